"""What breaks on a real machine: damaged files, kills, a full disk, two writers, a wrong clock."""

import io
import json
import os
import random
import signal
import subprocess
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from command_line import WarmProcess, run, start
from PIL import Image

from digits import DigitClassifier, DigitsError, ModelError
from digits.data import sample
from digits.data.corrections import keep_correction, load_corrections
from digits.data.mnist import load_mnist
from digits.data.pen_digits import load_pendigits
from digits.errors import DataError
from digits.files import replace_file
from digits.learning.checkpoints import Checkpoint
from digits.learning.recipe import Recipe
from digits.saving import read_card

ROOT = Path(__file__).resolve().parents[1]


def flipped(data: bytes, place: int, bit: int) -> bytes:
    """The same bytes with one bit changed."""
    return data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]


def flips(data: bytes, count: int) -> list[bytes]:
    """Copies with one bit changed, a third each near the start, near the end and in between."""
    rng = random.Random(14)
    ends = min(400, len(data) // 3)
    regions = [(0, ends), (ends, len(data) - ends), (len(data) - ends, len(data))]
    return [flipped(data, rng.randrange(*regions[n % 3]), n % 8) for n in range(count)]


# ---- damaged models


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    """A model with its card."""
    file = tmp_path_factory.mktemp("models") / "whole.keras"
    DigitClassifier.build("mlp").save(file)
    return file


def regions(data: bytes) -> list[int]:
    """A few places in each part of a zip: headers, content, table of contents, and its end."""
    rng, places = random.Random(15), []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            content = info.header_offset + 30 + len(info.filename)
            places += [info.header_offset + rng.randrange(30) for _ in range(2)]
            places += [content + rng.randrange(max(1, info.compress_size)) for _ in range(3)]
        places += [rng.randrange(archive.start_dir, len(data)) for _ in range(6)]
    return [*places, len(data) - 6, len(data) - 1]


def test_a_flipped_bit_in_a_model_is_noticed(model, tmp_path):
    """Either it does not load, in one line, or its card is told not to belong to it."""
    whole, refused = model.read_bytes(), 0
    file = tmp_path / "model.keras"
    file.with_suffix(".json").write_bytes(model.with_suffix(".json").read_bytes())
    for number, place in enumerate(regions(whole)):
        file.write_bytes(flipped(whole, place, number % 8))
        try:
            problem = DigitClassifier.load(file).card_problem
        except ModelError as error:
            refused += 1
            assert "\n" not in str(error)
        else:
            assert "belongs to another model file (its sha256 differs)" in problem
    assert refused >= 10


def edited(model: Path, to: Path, part: str, **changes: object) -> Path:
    """Copy a model with changes to one of its JSON parts."""
    with zipfile.ZipFile(model) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == part:
                content = json.dumps(json.loads(content) | changes).encode()
            new.writestr(name, content)
    return to


@pytest.mark.parametrize(
    "changes",
    [
        {"class_name": "SequentialOfTheNextVersion"},
        {"config": {"name": "mlp", "layers": [{"class_name": "NewLayer", "config": {}}]}},
        {"config": {"a": "format", "nobody": "knows"}},
        {"config": None},
        {"module": "keras5.models", "registered_name": "keras5>Sequential"},
    ],
    ids=["class", "layer", "format", "nothing", "module"],
)
def test_a_model_of_a_keras_to_come_is_one_clear_line(model, tmp_path, changes):
    file = edited(model, tmp_path / "new.keras", "config.json", **changes)
    with pytest.raises(ModelError, match=r"new\.keras is damaged or is no Keras model") as caught:
        DigitClassifier.load(file)
    assert "\n" not in str(caught.value)


def test_the_version_alone_is_no_reason_to_refuse_a_model(model, tmp_path):
    file = edited(model, tmp_path / "new.keras", "metadata.json", keras_version="9.0.0")
    assert DigitClassifier.load(file).model.count_params() > 0


def test_a_card_of_another_model_is_told_by_the_command(model, tmp_path):
    (tmp_path / "mine.keras").write_bytes(model.read_bytes())
    (tmp_path / "mine.json").write_bytes((ROOT / "models" / "mnist_model.json").read_bytes())
    arguments = ("predict", "--model", "mine.keras", ROOT / "assets" / "seven.png")
    code, out, err = run(*arguments, folder=tmp_path)
    assert (code, out.count("\n")) == (0, 1)
    assert err == (
        "note: mine.json belongs to another model file (its sha256 differs): it is ignored\n"
    )


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
def test_what_is_no_file_is_no_card(model, tmp_path, make):
    """Reading a pipe would wait for ever."""
    (tmp_path / "mine.keras").write_bytes(model.read_bytes())
    make(tmp_path / "mine.json")
    facts, problem = read_card(tmp_path / "mine.keras")
    assert facts == {}
    assert problem.endswith("mine.json is damaged or not a model card: it is ignored")
    with pytest.raises(DigitsError, match=r"mine\.json cannot be read as a model card: name the"):
        Recipe.from_card(tmp_path / "mine.json")


# ---- damaged data


def test_a_flipped_bit_in_mnist_is_noticed(tmp_path):
    file = tmp_path / "mnist.npz"
    whole, refused = load_mnist(sample.MNIST), 0
    for damaged in flips(sample.MNIST.read_bytes(), 48):
        file.write_bytes(damaged)
        try:
            read = load_mnist(file)
        except DataError as error:
            refused += 1
            assert "\n" not in str(error)
        else:  # a bit of the archive that carries nothing, such as the time of a file in it
            for part, expected in zip(read, whole, strict=True):
                assert (part.x == expected.x).all() and (part.y == expected.y).all()
    assert refused >= 20


def test_a_flipped_bit_in_the_pen_digits_is_noticed(tmp_path):
    names = [path.name for path in sample.PEN.iterdir() if path.name.endswith(".gz")]
    assert len(names) == 2
    whole, refused = load_pendigits(sample.PEN), 0
    for name in names:
        for other in names:
            (tmp_path / other).write_bytes((sample.PEN / other).read_bytes())
        data = (sample.PEN / name).read_bytes()
        for damaged in [*flips(data, 24), data[: len(data) // 2], data[:-1], b""]:
            (tmp_path / name).write_bytes(damaged)
            try:
                read = load_pendigits(tmp_path)
            except DataError as error:
                refused += 1
                assert "\n" not in str(error)
            else:
                assert read == whole
    assert refused >= 30


# ---- kills

# Each saves again and again, and says so once before it begins.
SAVES_MODELS = """
import itertools, sys
from pathlib import Path
from digits.architectures import build
from digits.saving import read_card, save
file, network = Path(sys.argv[1]) / "digits.keras", build("mlp")
first = read_card(file).facts["number"] + 1 if file.exists() else 1
print("begun", flush=True)
for number in itertools.count(first):
    save(network, file, {"number": number})
"""
SAVES_CHECKPOINTS = """
import io, itertools, json, sys
import numpy as np
from pathlib import Path
from digits.errors import DataError
from digits.files import replace_file
print("begun", flush=True)
for number in itertools.count(1):
    content = io.BytesIO()
    np.savez(content, number=number, weights=np.full(300_000, number))
    replace_file(Path(sys.argv[1]) / "digits.training", content.getvalue())
"""
SAVES_CORRECTIONS = """
import os, sys
from PIL import Image
from digits.data.corrections import keep_correction
print("begun", flush=True)
for number in range(100_000):
    drawing = Image.new("L", (280, 280), "white")
    drawing.putpixel(divmod(number % 70_000, 280), 0)
    drawing.putpixel((os.getpid() % 280, 279), 0)
    keep_correction(sys.argv[1], drawing, answer=7, confidence=0.9, label=number % 10)
"""


@contextmanager
def started(script: str, folder: Path) -> Iterator[WarmProcess | subprocess.Popen]:
    """A process that is saving; it is killed at the end."""
    reading, writing = os.pipe()
    process = start(folder, python=("-c", script), folder=ROOT, out=writing, err=2)
    os.close(writing)
    try:
        with open(reading) as printed:
            assert printed.readline() == "begun\n"
        yield process
    finally:
        process.kill()
        process.wait(timeout=30)


def killed_somewhere(script: str, folder: Path, rng: random.Random) -> None:
    """Let a process save for up to half a second, and kill it wherever it is then."""
    with started(script, folder) as process:
        time.sleep(rng.uniform(0, 0.5))  # the moment is arbitrary: whatever it is, all is whole
    assert process.returncode == -signal.SIGKILL


def leave_behind(folder: Path) -> None:
    """Make what killed processes left look older than a save ever takes."""
    for left in folder.rglob(".writing-*"):
        os.utime(left, (0, 0))


def test_killed_while_it_saves_a_model_leaves_whole_pairs(tmp_path):
    rng, file, number = random.Random(1), tmp_path / "digits.keras", 0
    for _ in range(10):
        killed_somewhere(SAVES_MODELS, tmp_path, rng)
        if file.exists():
            card = read_card(file)
            assert card.problem is None
            assert card.facts["number"] >= number
            number = card.facts["number"]
    assert number > 1
    leave_behind(tmp_path)
    DigitClassifier.build("mlp").save(file)
    assert {path.name for path in tmp_path.iterdir()} <= {"digits.json", "digits.keras", ".lock"}
    assert DigitClassifier.load(file).card_problem is None


def test_killed_while_it_saves_a_checkpoint_leaves_a_whole_one(tmp_path):
    rng, file = random.Random(2), tmp_path / "digits.training"
    for _ in range(10):
        killed_somewhere(SAVES_CHECKPOINTS, tmp_path, rng)
        if file.exists():
            with np.load(file) as content:
                assert (content["weights"] == content["number"]).all()
    assert file.exists()
    leave_behind(tmp_path)
    replace_file(file, b"the next one")
    assert [path.name for path in tmp_path.iterdir()] == ["digits.training"]


def test_killed_while_it_keeps_corrections_leaves_whole_ones(tmp_path):
    rng, kept = random.Random(3), 0
    for _ in range(10):
        killed_somewhere(SAVES_CORRECTIONS, tmp_path, rng)
        if (tmp_path / "corrections.csv").exists():
            corrections = load_corrections(tmp_path)
            assert corrections.skipped == 0
            assert len(corrections.labels) >= kept
            kept = len(corrections.labels)
    assert kept > 0
    leave_behind(tmp_path)
    drawing = Image.new("L", (280, 280), "black")
    keep_correction(tmp_path, drawing, answer=None, confidence=0.2, label=3)
    assert list(tmp_path.rglob(".writing-*")) == []


def test_two_processes_keep_corrections_in_one_folder(tmp_path):
    count = 0
    with started(SAVES_CORRECTIONS, tmp_path) as one, started(SAVES_CORRECTIONS, tmp_path) as two:
        while count < 40:
            assert (one.poll(), two.poll()) == (None, None)
            if (tmp_path / "corrections.csv").exists():
                corrections = load_corrections(tmp_path)
                assert corrections.skipped == 0
                count = len(corrections.labels)
    assert load_corrections(tmp_path).skipped == 0


# ---- leftovers

WRITES_SLOWLY = """
import sys, time
from pathlib import Path
from digits.errors import DataError
from digits.files import prepared_beside
with prepared_beside(Path(sys.argv[1]) / "slow.keras") as part:
    part.write_bytes(b"half")
    print("begun", flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("when", [0, 2**32], ids=["long ago", "in the future"])
def test_only_what_nobody_writes_any_more_is_cleared_away(tmp_path, when):
    """However old it looks, and whatever the clock says."""
    with started(WRITES_SLOWLY, tmp_path):
        (writing,) = tmp_path.glob(".writing-*")
        os.utime(writing, (when, when))
        replace_file(tmp_path / "other", b"")
        assert (writing / "slow.keras").read_bytes() == b"half"
    os.utime(writing, (when, when))
    replace_file(tmp_path / "other", b"")
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_what_older_versions_and_killed_saves_left_is_cleared_away(model, tmp_path):
    """Except a stranger's files, and those that may still be written."""
    (tmp_path / "gone.json.new").write_text(json.dumps({"sha256": "0" * 64}))
    (tmp_path / "notes.json.new").write_text("somebody's")
    for name in ("old.part.keras", "new.part.keras"):
        (tmp_path / name).write_bytes(b"half a model")
    os.utime(tmp_path / "old.part.keras", (0, 0))
    DigitClassifier.load(model).save(tmp_path / "mine.keras")
    left = {path.name for path in tmp_path.iterdir()} - {".lock"}
    assert left == {"mine.json", "mine.keras", "notes.json.new", "new.part.keras"}


# ---- a full disk

ON_A_FULL_DISK = """
import resource, sys
import keras
import numpy as np
from pathlib import Path
from digits.architectures import build
from digits.data.splits import Split
from digits.errors import DigitsError
from digits.learning.recipe import Recipe
from digits.learning.training import fit
from digits.saving import check_writable

folder, small = Path(sys.argv[1]), Split(np.zeros((4, 28, 28), np.float32), np.arange(4))
network = build("three_conv_small")
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)

def fill(*_):
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, most))

def free():
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

def train(name, **settings):
    recipe = Recipe("three_conv_small", "custom", epochs=3)
    fit(network, small, small, recipe, checkpoint=folder / name, **settings)

fills = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, _: epoch == 1 and fill())
for prepare, attempt in (
    (fill, lambda: check_writable(folder / "my.keras", network)),
    (fill, lambda: train("my.training", verbose=2)),
    (free, lambda: train("later.training", verbose=0, callbacks=[fills])),
):
    prepare()
    try:
        attempt()
    except DigitsError as error:
        print(error)
"""


def test_a_full_disk_is_noticed_before_the_first_epoch(tmp_path):
    _, out, _ = run(tmp_path, python=("-c", ON_A_FULL_DISK), folder=ROOT)
    first, second, third = out.splitlines()  # and no line about an epoch
    assert first.startswith(f"the model cannot be saved as {tmp_path / 'my.keras'} (File too large")
    assert second.startswith(f"the checkpoint {tmp_path / 'my.training'} cannot be written (File")
    # If it fills up later, the checkpoint of the epoch before is still there.
    assert third.startswith(f"the checkpoint {tmp_path / 'later.training'} cannot be written (File")
    assert [path.name for path in tmp_path.iterdir()] == ["later.training"]
    with np.load(tmp_path / "later.training") as file:
        assert len(json.loads(str(file["facts"]))["history"]["loss"]) == 1


# ---- well-formed but wrong checkpoints

RECIPE = Recipe("mlp", "custom", epochs=3, keras="3.12.0")
STATE = {"phase": 0, "start": 0, "finished": False, "best": 1.5, "best_epoch": 1}
CURVES = {name: [2.0, 1.5] for name in ("loss", "accuracy", "val_loss", "val_accuracy")}


def checkpoint(file: Path, *, state: object = STATE, history: object = CURVES, **arrays) -> Path:
    facts = {"recipe": RECIPE.to_dict(), "state": state, "history": history}
    with file.open("wb") as opened:
        np.savez(opened, facts=json.dumps(facts), **{"best_0": np.zeros(3)} | arrays)
    return file


def test_a_whole_checkpoint_is_read(tmp_path):
    memory = Checkpoint(checkpoint(tmp_path / "my.training"), RECIPE, resume=True)
    assert (memory.epoch, memory.phase_start) == (2, 0)
    assert [weights.shape for weights in memory.best_weights] == [(3,)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": STATE | {"phase": 2}},
        {"state": STATE | {"phase": -1}},
        {"state": STATE | {"start": 10**30}},  # it would have trained for ever
        {"state": STATE | {"start": -1}},
        {"state": STATE | {"phase": 1, "start": 3}},
        {"state": STATE | {"best": float("nan")}},
        {"state": STATE | {"best": float("inf")}},
        {"state": STATE | {"best_epoch": 2}},
        {"state": STATE | {"best_epoch": 10**30}},
        {"state": STATE | {"more": 1}},
        {"state": None},
        {"history": {}},
        {"history": {"val_loss": [2.0, 1.5]}},
        {"history": CURVES | {"loss": [2.0]}},
        {"history": CURVES | {"other": [2.0, 1.5]}},
        {"history": {name: [1.0] * 4 for name in CURVES}},  # of three epochs
        {"history": {name: [] for name in CURVES}},
        {"history": CURVES | {"loss": [None, 1.5]}},
        {"history": CURVES | {"loss": [10**400, 1]}},
        {"best_0": np.array([np.nan, 0, 0])},
        {"best_0": np.array(["a", "b", "c"])},
        {"best_2": np.zeros(3)},
    ],
    ids=lambda wrong: str(wrong)[:60],
)
def test_a_checkpoint_that_no_training_wrote_is_one_clear_line(tmp_path, wrong):
    file = checkpoint(tmp_path / "my.training", **wrong)
    with pytest.raises(DigitsError, match=r"my\.training is damaged or not a checkpoint") as caught:
        Checkpoint(file, RECIPE, resume=True)
    assert "\n" not in str(caught.value)


def test_a_checkpoint_of_another_keras_is_named(tmp_path):
    file = checkpoint(tmp_path / "my.training")
    newer = RECIPE.changed({"keras": "4.0.0"})
    with pytest.raises(DigitsError, match=r"was started with keras 3\.12\.0, not 4\.0\.0: give"):
        Checkpoint(file, newer, resume=True)


def test_a_flipped_bit_in_a_checkpoint_is_noticed(tmp_path):
    file = checkpoint(tmp_path / "my.training", model_0=np.arange(5_000.0))
    whole, refused = file.read_bytes(), 0
    for damaged in [*flips(whole, 60), whole[:-1], whole[: len(whole) // 2], b""]:
        file.write_bytes(damaged)
        try:
            memory = Checkpoint(file, RECIPE, resume=True)
        except DigitsError as error:
            refused += 1
            assert "\n" not in str(error)
        else:
            assert memory.history == CURVES
    assert refused >= 20
