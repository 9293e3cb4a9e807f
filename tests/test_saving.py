"""A model and its card are saved as one: afterwards either the new or the old pair is intact."""

import hashlib
import json
import os
import signal
import time
from pathlib import Path

import keras
import numpy as np
import pytest
from command_line import ROOT, run, start

from digits import DigitClassifier, ModelError
from digits.architectures import build
from digits.learning.recipe import PRESETS, Recipe
from digits.saving import read_card, save, set_aside, weights_sha256

PAIR = ["digits.json", "digits.keras"]


def visible(folder: Path) -> list[str]:
    """The files that people see in the folder."""
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".writing")]


def test_a_model_is_set_aside_once(tmp_path):
    file = tmp_path / "digits.keras"
    assert set_aside(file) is None
    save(build("mlp"), file, {"task": "first"})
    assert set_aside(file) == tmp_path / "digits-2.keras"
    assert set_aside(file) == tmp_path / "digits-2.keras"  # it is the same model
    assert read_card(tmp_path / "digits-2.keras").facts["task"] == "first"
    save(build("mlp"), file, {"task": "second"})
    assert set_aside(file) == tmp_path / "digits-3.keras"
    assert read_card(tmp_path / "digits-2.keras").facts["task"] == "first"
    assert read_card(tmp_path / "digits-3.keras").facts["task"] == "second"
    assert leftovers(tmp_path) == []


def test_saving_writes_the_model_and_its_card(tmp_path):
    network = build("three_conv")
    save(network, tmp_path / "new" / "digits.keras", {"task": "test"})
    card = json.loads((tmp_path / "new" / "digits.json").read_text())
    file = tmp_path / "new" / "digits.keras"
    assert card["task"] == "test"
    assert card["parameters"] == network.count_params()
    assert card["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert visible(file.parent) == PAIR
    assert leftovers(file.parent) == []
    loaded = keras.models.load_model(file, compile=False)
    x = np.random.default_rng(0).uniform(0, 1, (2, 28, 28, 1)).astype(np.float32)
    assert np.allclose(loaded.predict(x, verbose=0), network.predict(x, verbose=0), atol=1e-6)
    assert weights_sha256(loaded) == card["weights_sha256"]


def test_the_hash_of_the_weights_is_that_of_the_weights_alone(tmp_path):
    network = build("mlp")
    save(network, tmp_path / "one.keras", {})
    save(network, tmp_path / "two.keras", {"other": "facts"})
    cards = [json.loads((tmp_path / f"{name}.json").read_text()) for name in ("one", "two")]
    assert cards[0]["weights_sha256"] == cards[1]["weights_sha256"]
    # Computed here from its definition: each array's shape and dtype, then its bytes.
    digest = hashlib.sha256()
    for array in network.get_weights():
        digest.update(f"({array.shape}, 'float32')".encode())
        digest.update(array.astype("<f4").tobytes())
    assert cards[0]["weights_sha256"] == digest.hexdigest()
    weights = network.get_weights()
    weights[0][0, 0] += 1e-3
    network.set_weights(weights)
    assert weights_sha256(network) != digest.hexdigest()


def test_a_full_disk_leaves_the_old_pair(tmp_path):
    save(build("three_conv"), tmp_path / "digits.keras", {"made": "first"})
    before = {path.name: path.read_bytes() for path in tmp_path.glob("digits.*")}
    script = (
        "import resource, sys; from pathlib import Path\n"
        "from digits.architectures import build; from digits.saving import save\n"
        "from digits.errors import ModelError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "try: save(build('three_conv'), Path(sys.argv[1]), {'made': 'second'})\n"
        "except ModelError as error: print(error)\n"
    )
    _, out, _ = run(tmp_path / "digits.keras", python=("-c", script), folder=ROOT)
    assert out.startswith(f"the model cannot be saved as {tmp_path / 'digits.keras'} (")
    assert out.endswith("choose another place, or free some space there\n")
    assert {path.name: path.read_bytes() for path in tmp_path.glob("digits.*")} == before
    assert leftovers(tmp_path) == []


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="cannot be saved as"):
        save(build("three_conv"), tmp_path / "file" / "digits.keras", {})


KILLED = """
import os, signal, sys
from pathlib import Path
from digits.architectures import build
from digits.saving import save

replace, calls = os.replace, []

def replace_and_die(source, target):
    if len(calls) == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    calls.append(target)
    replace(source, target)

os.replace = replace_and_die
save(build("mlp"), Path(sys.argv[1]), {"made": "second"})
"""


@pytest.mark.parametrize(
    ("replaced", "made"), [(0, "first"), (1, "first"), (2, "second"), (3, "second")]
)
def test_a_kill_between_two_files_leaves_one_pair_or_the_other(tmp_path, replaced, made):
    """Killed before the first, second or third replacement, or after the last one."""
    file = tmp_path / "digits.keras"
    save(build("mlp"), file, {"made": "first"})
    code, _, err = run(file, replaced, python=("-c", KILLED), folder=ROOT)
    assert code == (-signal.SIGKILL if replaced < 3 else 0), err
    classifier = DigitClassifier.load(file)
    assert classifier.card_problem is None
    assert classifier.card["made"] == made
    assert classifier.card["weights_sha256"] == weights_sha256(classifier.model)
    # A later save removes what the killed process left.
    for left in tmp_path.glob(".writing-*"):
        os.utime(left, (0, 0))
    save(build("mlp"), file, {"made": "third"})
    assert leftovers(tmp_path) == []
    assert visible(tmp_path) == PAIR
    assert read_card(file).facts["made"] == "third"


def test_in_a_read_only_folder_the_new_card_serves_where_it_is(tmp_path):
    file = tmp_path / "digits.keras"
    save(build("mlp"), file, {"made": "first"})
    run(file, 2, python=("-c", KILLED), folder=ROOT)
    assert (tmp_path / "digits.json.new").exists()
    # A folder in the card's place cannot be replaced, not even by root.
    (tmp_path / "digits.json").unlink()
    (tmp_path / "digits.json").mkdir()
    (tmp_path / "digits.json" / "file").touch()
    assert read_card(file).facts["made"] == "second"


SAVES_OFTEN = """
import sys
from pathlib import Path
from digits.architectures import build
from digits.saving import save
network = build("mlp")
for _ in range(5):
    save(network, Path(sys.argv[1]), {"by": sys.argv[2]})
"""


def test_processes_that_save_the_same_model_leave_one_whole_pair(tmp_path):
    file = tmp_path / "digits.keras"
    processes = [
        start(file, number, python=("-c", SAVES_OFTEN), folder=ROOT, out=1, err=2)
        for number in range(3)
    ]
    readings = 0
    while any(process.poll() is None for process in processes):
        if file.exists() and read_card(file).problem is None:
            readings += 1
        time.sleep(0.01)
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert readings > 0
    assert visible(tmp_path) == PAIR
    assert leftovers(tmp_path) == []
    classifier = DigitClassifier.load(file)
    assert classifier.card_problem is None
    assert classifier.card["weights_sha256"] == weights_sha256(classifier.model)


SAVES_NEW = """
import sys
from pathlib import Path
from digits.architectures import build
from digits.saving import save_under_new_name
save_under_new_name(build("mlp"), Path(sys.argv[1]), "my_mlp", {})
"""


def test_two_processes_never_get_the_same_new_name(tmp_path):
    processes = [
        start(tmp_path, python=("-c", SAVES_NEW), folder=ROOT, out=1, err=2) for _ in range(3)
    ]
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0]
    names = ("my_mlp", "my_mlp-2", "my_mlp-3")
    assert visible(tmp_path) == sorted(f"{n}.{e}" for n in names for e in ("json", "keras"))


@pytest.mark.parametrize(
    ("card", "problem"),
    [
        (b"", "digits.json is damaged or not a model card: it is ignored"),
        (b"[1, 2]", "digits.json is damaged or not a model card"),
        (b"\xff\xfe", "digits.json is damaged or not a model card"),
        (b"[" * 100_000, "digits.json is damaged or not a model card"),
        (b'{"sha256": ' + b"9" * 5_000 + b"}", "digits.json is damaged or not a model card"),
        (b"{}" + b" " * 1_000_000, "digits.json is damaged or not a model card"),
        (b'{"sha256": 5}', "digits.json belongs to another model file (its sha256 differs)"),
    ],
    ids=["empty", "list", "not utf-8", "nested", "long", "1 MB", "other model"],
)
def test_a_card_that_cannot_be_trusted_is_named_and_the_model_reads_on(tmp_path, card, problem):
    file = tmp_path / "digits.keras"
    save(build("mlp"), file, {})
    (tmp_path / "digits.json").write_bytes(card)
    classifier = DigitClassifier.load(file)
    assert classifier.card == {}
    assert problem in classifier.card_problem
    assert "\n" not in classifier.card_problem
    assert classifier.probabilities(np.zeros((1, 28, 28))).shape == (1, 10)


def test_a_model_without_a_card_is_no_problem(tmp_path):
    save(build("mlp"), tmp_path / "digits.keras", {})
    (tmp_path / "digits.json").unlink()
    assert read_card(tmp_path / "digits.keras") == ({}, None)


def test_the_bundled_model_has_a_whole_card_with_the_recipe_that_rebuilds_it():
    classifier = DigitClassifier.load()
    assert classifier.card_problem is None
    assert classifier.card["weights_sha256"] == weights_sha256(classifier.model)
    recipe = Recipe.from_card(ROOT / "models" / "mnist_model.json")
    facts = (recipe.parts, recipe.validation_parts, recipe.data_sha256)
    described = PRESETS["standard"].describe(*facts)
    libraries = {"keras": recipe.keras, "tensorflow": recipe.tensorflow}
    assert described.changed(libraries) == recipe
    assert recipe.parts == {
        "MNIST digits, each twice": 110_000,
        "pen digits of 28 writers": 34_975,
        "synthetic handwriting": 30_000,
        "digits cut out of numbers": 8_000,
        "digits as the reader of numbers cuts them": 10_000,
        "non-digits": 20_000,
        "signs and letters of many alphabets": 14_000,
        "random shapes put together": 8_000,
        "parts and pairs of digits": 9_000,
        "two digits as the reader of numbers cuts them": 4_000,
    }
