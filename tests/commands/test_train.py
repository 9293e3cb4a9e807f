"""`train` as a person runs it: real processes, real signals, real files."""

import json
import re
import shutil
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from command_line import MODEL, ON_A_FULL_DISK, ROOT, start

from digits import DigitClassifier

# Without augmentation, whose graph takes seconds to make in each process.
SMALL = (
    "--architecture mlp --data mnist --images 1500 --epochs 40 --batch-size 64 --seed 3 "
    "--no-augment"
)


class Training:
    """The command, started in a folder."""

    def __init__(self, folder: Path, flags: str, **settings):
        self.out, self.err = folder / "out.txt", folder / "err.txt"
        with self.out.open("w") as out, self.err.open("w") as err:
            settings |= {"folder": folder, "out": out, "err": err}
            self.process = start("train", *flags.split(), **settings)

    def end(self) -> tuple[int, str, str]:
        """Wait for it: exit code, stdout, stderr."""
        try:
            code = self.process.wait(timeout=300)
        finally:
            self.process.kill()
        return code, self.out.read_text(), self.err.read_text()

    def stop_in_epoch(self, epoch: int, by: signal.Signals) -> tuple[int, str, str]:
        """Send it a signal once it reports this epoch."""
        deadline = time.monotonic() + 300
        while f"Epoch {epoch}/" not in self.out.read_text() and self.process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        self.process.send_signal(by)
        return self.end()


def train(folder: Path, flags: str, **settings) -> tuple[int, str, str]:
    return Training(folder, flags, **settings).end()


# ---- wrong usage


@pytest.mark.parametrize(
    "flags, complaint",
    [
        ("--epochs 0", "argument --epochs: give a whole number, 1 or larger, not '0'"),
        ("--images some", "argument --images: give a whole number, 1 or larger, not 'some'"),
        ("--seed -1", "argument --seed: give a whole number from 0 to 4294967295, not '-1'"),
        ("--output my.h5", "argument --output: a model file ends in .keras; 'my.h5' does not"),
        ("--data letters", "argument --data: invalid choice: 'letters'"),
        ("--arch mlp", "unrecognized arguments: --arch mlp"),
        ("--model my.keras", "unrecognized arguments: --model my.keras"),
        ("--preset fast --like a.json", "argument --like: not allowed with argument --preset"),
    ],
)
def test_a_bad_flag_is_one_line(tmp_path, flags, complaint):
    code, out, err = train(tmp_path, flags, fresh=True)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert complaint in err


def test_an_unknown_network_is_one_line_with_the_known_ones(tmp_path):
    code, out, err = train(tmp_path, "--architecture resnet")
    assert (code, out) == (1, "")
    assert re.fullmatch(r"error: there is no network 'resnet': choose one of .*mlp.*\n", err)
    assert not (tmp_path / "models").exists()


def test_a_place_that_cannot_be_written_is_told_before_the_training(tmp_path):
    (tmp_path / "file").write_text("")
    code, out, err = train(tmp_path, f"{SMALL} --output file/my.keras")
    assert (code, out) == (1, "")
    assert err == (
        "error: the model cannot be saved as file/my.keras (File exists): choose another place, or "
        "free some space there\n"
    )


def test_a_full_disk_leaves_the_old_model(tmp_path):
    shutil.copy(MODEL, tmp_path / "my.keras")
    full = {"python": ("-c", ON_A_FULL_DISK), "PYTHONPATH": ROOT}
    code, out, err = train(tmp_path, f"{SMALL} --output my.keras", **full)
    assert (code, out) == (1, "")  # before any epoch
    assert err == (
        "error: the model cannot be saved as my.keras (File too large): choose another place, or "
        "free some space there\n"
    )
    assert (tmp_path / "my.keras").read_bytes() == MODEL.read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"my.keras", "out.txt", "err.txt"}


# ---- training, stopped and resumed


def weights(file: Path) -> np.ndarray:
    network = DigitClassifier.load(file).model
    return np.concatenate([array.ravel() for array in network.get_weights()])


def models_in(folder: Path) -> list[str]:
    """The files that people see in the folder's models/."""
    return sorted(p.name for p in (folder / "models").iterdir() if not p.name.startswith("."))


def test_stopped_twice_it_ends_where_it_would_have_ended(tmp_path, mnist):
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    whole.mkdir()
    stopped.mkdir()

    code, out, err = train(whole, SMALL)
    assert (code, err) == (0, "")
    printed = re.search(r"Saved models/mlp\.keras after .* reads ([\d.]+) % of the validation", out)
    accuracy = DigitClassifier.load(whole / "models/mlp.keras").evaluate(*mnist.validation)
    assert float(printed[1]) == pytest.approx(100 * accuracy["accuracy"], abs=0.01)
    assert accuracy["accuracy"] > 0.85
    assert models_in(whole) == ["mlp.json", "mlp.keras"]

    # Ctrl-C saves the best network so far, and prints how to continue.
    code, out, err = Training(stopped, SMALL).stop_in_epoch(3, signal.SIGINT)
    assert (code, err) == (130, "")
    done = int(
        re.search(r"Stopped after (\d+) epochs\. The best network so far is saved as", out)[1]
    )
    assert 2 <= done < 38
    best = DigitClassifier.load(stopped / "models/mlp.keras")
    assert best.evaluate(*mnist.validation)["accuracy"] > 0.5
    again = re.search(r"^To continue: python3 \S+ train (.*)$", out, re.MULTILINE)[1]
    assert again == f"{SMALL} --resume"

    # A kill leaves the existing model intact.
    kept = (stopped / "models/mlp.keras").read_bytes()
    code, out, _ = Training(stopped, again).stop_in_epoch(done + 2, signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert f"Epoch {done + 1}/" in out and f"Epoch {done}/" not in out
    assert (stopped / "models/mlp.keras").read_bytes() == kept

    code, out, err = train(stopped, again)
    assert (code, err) == (0, "")
    assert f"Epoch {done}/" not in out
    ours, theirs = weights(stopped / "models/mlp.keras"), weights(whole / "models/mlp.keras")
    assert np.allclose(ours, theirs, atol=1e-3)
    assert models_in(stopped) == ["mlp.json", "mlp.keras"]


def test_other_data_are_not_resumed(tmp_path, mnist, drawings):
    endless = SMALL.replace("--epochs 40", "--epochs 4000")  # a busy machine may stop it late
    code, _, _ = Training(tmp_path, endless).stop_in_epoch(2, signal.SIGINT)
    assert code == 130
    for flags, difference in [
        (
            endless.replace("--data mnist", "--data mnist+synthetic"),
            "data mnist, not mnist+synthetic",
        ),
        (endless.replace("--images 1500", "--images 1000"), "images 1500, not 1000"),
        (endless.replace("--batch-size 64", "--batch-size 32"), "batch size 64, not 32"),
    ]:
        code, _, err = train(tmp_path, f"{flags} --resume")
        assert code == 1
        assert err == (
            f"error: the training in models/mlp.training was started with {difference}: give the "
            "same options, or start over without --resume\n"
        )


# ---- with the recipe in a card


def test_a_model_is_rebuilt_from_its_card(tmp_path, mnist):
    small = "--architecture mlp --data mnist --images 600 --epochs 1 --no-augment --seed 3"
    code, _, err = train(tmp_path, f"{small} --output first.keras", fresh=True)
    assert (code, err) == (0, "")
    code, out, err = train(tmp_path, "--like first.json --output second.keras")
    assert (code, err) == (0, "")
    cards = [json.loads((tmp_path / f"{name}.json").read_text()) for name in ("first", "second")]
    assert cards[0]["recipe"] == cards[1]["recipe"]
    recipe = cards[0]["recipe"]
    assert (recipe["architecture"], recipe["data"], recipe["images"]) == ("mlp", "mnist", 600)
    assert (recipe["parts"], recipe["seed"], recipe["epochs"]) == ({"MNIST digits": 600}, 3, 1)
    assert (recipe["augmentation"], recipe["settling_epochs"]) == (None, 0)
    assert np.allclose(
        weights(tmp_path / "first.keras"), weights(tmp_path / "second.keras"), atol=1e-4
    )
    same = cards[0]["weights_sha256"] == cards[1]["weights_sha256"]
    result = (
        "are identical to those of first.json." if same else "differ from those of first.json: the"
    )
    assert f"Its weights {result}" in out

    code, out, err = train(tmp_path, "--like first.json --seed 4 --output third.keras")
    assert (code, err) == (0, "")
    assert "Its weights differ from those of first.json: seed 3, not 4." in out


@pytest.mark.parametrize(
    "card, complaint",
    [
        (None, "card.json cannot be read as a model card: name the .json file beside a model"),
        ("nonsense", "card.json cannot be read as a model card"),
        ("[]", "card.json cannot be read as a model card"),
        ("[" * 100_000, "card.json cannot be read as a model card"),
        ('{"task": 5}', "card.json holds no recipe: name the card of a model trained here"),
        ('{"recipe": 5}', "card.json: the recipe is not an object with named values"),
        ('{"recipe": {"architecture": "mlp"}}', "card.json: the recipe lacks 'data'"),
    ],
)
def test_a_card_without_a_recipe_is_one_line(tmp_path, card, complaint):
    if card is not None:
        (tmp_path / "card.json").write_text(card)
    code, out, err = train(tmp_path, "--like card.json")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith(f"error: {complaint}")
    assert not (tmp_path / "models").exists()
