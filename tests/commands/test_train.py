"""`train` as a person runs it: real processes, real signals, real files."""

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digits import DigitClassifier
from digits.data.corrections import COLUMNS
from digits.data.digit_forms import parse_form
from digits.data.splits import sample
from digits.data.strokes import draw

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "models" / "mnist_model.keras"
SMALL = "--architecture mlp --data mnist --images 2000 --epochs 8 --batch-size 64 --seed 3"


class Training:
    """The command, started in a folder."""

    def __init__(self, folder: Path, flags: str, **settings):
        self.out, self.err = folder / "out.txt", folder / "err.txt"
        # Where the tests run in the background Ctrl-C is ignored, and the command would inherit it.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        steering = ("GRADIO_", "TF_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(steering)}
        with self.out.open("w") as out, self.err.open("w") as err:
            self.process = subprocess.Popen(
                [sys.executable, ROOT / "mnist_classification.py", "train", *flags.split()],
                cwd=folder,
                env=kept,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                **settings,
            )

    def end(self) -> tuple[int, str, str]:
        """Wait for it: exit code, stdout, stderr."""
        try:
            code = self.process.wait(timeout=300)
        finally:
            self.process.kill()
        return code, self.out.read_text(), self.err.read_text()

    def stop_in_epoch(self, epoch: int, by: signal.Signals) -> tuple[int, str, str]:
        """Send it a signal once it says that it has come so far."""
        deadline = time.monotonic() + 300
        while f"Epoch {epoch}/" not in self.out.read_text() and self.process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        self.process.send_signal(by)
        return self.end()


def train(folder: Path, flags: str, **settings) -> tuple[int, str, str]:
    return Training(folder, flags, **settings).end()


# ---- what is asked wrongly


@pytest.mark.parametrize(
    "flags, complaint",
    [
        ("--epochs 0", "argument --epochs: it is a whole number from 1 on, not '0'"),
        ("--images some", "argument --images: it is a whole number from 1 on, not 'some'"),
        ("--seed -1", "argument --seed: it is a whole number from 0 to 4294967295, not '-1'"),
        ("--output my.h5", "argument --output: a model file ends in .keras, 'my.h5' does not"),
        ("--data letters", "argument --data: invalid choice: 'letters'"),
        ("--arch mlp", "unrecognized arguments: --arch mlp"),
    ],
)
def test_a_bad_flag_is_one_line(tmp_path, flags, complaint):
    code, out, err = train(tmp_path, flags)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert complaint in err


@pytest.mark.parametrize(
    "flags, complaint",
    [
        ("--model my.keras", "choose one with --architecture, or go on from that model with"),
        ("--from-feedback --epochs 3", "goes on from a trained model in its own way: leave --epo"),
        ("--from-feedback --no-augment", "in its own way: leave --augment out"),
        ("--from-feedback --resume", "in its own way: leave --resume out"),
    ],
)
def test_flags_that_do_not_go_together_are_one_line(tmp_path, flags, complaint):
    code, out, err = train(tmp_path, flags)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("error: ")
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
        "error: the model cannot be saved as file/my.keras (File exists): choose another place\n"
    )


def test_a_full_disk_leaves_the_old_model(tmp_path):
    shutil.copy(SHIPPED, tmp_path / "my.keras")

    def no_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    code, _, err = train(tmp_path, f"{SMALL} --output my.keras", preexec_fn=no_room)
    assert code == 1
    assert re.fullmatch(r"error: the training cannot be kept in my\.training .* room there\n", err)
    assert (tmp_path / "my.keras").read_bytes() == SHIPPED.read_bytes()
    assert not list(tmp_path.glob("*.part*"))


# ---- training, stopped and gone on with


def weights(file: Path) -> np.ndarray:
    network = DigitClassifier.load(file).model
    return np.concatenate([array.ravel() for array in network.get_weights()])


def test_stopped_twice_it_ends_where_it_would_have_ended(tmp_path, mnist):
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    whole.mkdir()
    stopped.mkdir()

    code, out, err = train(whole, SMALL)
    assert (code, err) == (0, "")
    said = re.search(r"Saved models/mlp\.keras after .* reads ([\d.]+) % of the validation", out)
    accuracy = DigitClassifier.load(whole / "models/mlp.keras").evaluate(*mnist.validation)
    assert float(said[1]) == pytest.approx(100 * accuracy["accuracy"], abs=0.01)
    assert accuracy["accuracy"] > 0.85
    assert sorted(p.name for p in (whole / "models").iterdir()) == ["mlp.json", "mlp.keras"]

    # Ctrl-C keeps the best so far, and says how to go on.
    code, out, err = Training(stopped, SMALL).stop_in_epoch(3, signal.SIGINT)
    assert (code, err) == (130, "")
    done = int(re.search(r"Stopped after (\d+) epochs; the best network so far is", out)[1])
    assert 2 <= done < 6
    best = DigitClassifier.load(stopped / "models/mlp.keras")
    assert best.evaluate(*mnist.validation)["accuracy"] > 0.5
    again = re.search(r"^To go on: python3 \S+ train (.*)$", out, re.MULTILINE)[1]
    assert again == f"{SMALL} --resume"

    # A kill leaves the model that was there.
    kept = (stopped / "models/mlp.keras").read_bytes()
    code, out, _ = Training(stopped, again).stop_in_epoch(7, signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert f"Epoch {done + 1}/" in out and f"Epoch {done}/" not in out
    assert (stopped / "models/mlp.keras").read_bytes() == kept

    code, out, err = train(stopped, again)
    assert (code, err) == (0, "")
    assert "Epoch 6/" not in out
    ours, theirs = weights(stopped / "models/mlp.keras"), weights(whole / "models/mlp.keras")
    assert np.allclose(ours, theirs, atol=1e-3)
    assert sorted(p.name for p in (stopped / "models").iterdir()) == ["mlp.json", "mlp.keras"]


# ---- from feedback


def keep_corrections(folder: Path, count: int) -> None:
    """A folder as the page leaves it: sevens with a foot, which were read as ones."""
    (folder / "drawings").mkdir(parents=True)
    lines = [COLUMNS]
    for i in range(count):
        name = f"drawings/{i:016x}.png"
        ink = draw(parse_form("-.2,1.8 0,0! 5.4,0! 3.4,5 3,10 | .6,10 5.6,9.8"), size=0.5 + i / 50)
        Image.fromarray(np.uint8(255 - 255 * ink)).save(folder / name)
        lines.append(f"{name},1,0.9000,7,2026-01-01T12:00:00+00:00")
    (folder / "corrections.csv").write_text("\n".join([*lines, "damaged", ""]))


def test_corrections_are_learned_into_a_new_file(tmp_path, mnist):
    keep_corrections(tmp_path / "feedback", 8)
    old = DigitClassifier.build("mlp")
    old.train(sample(mnist.train, 2000), sample(mnist.validation, 100), epochs=2, verbose=0)
    old.save(tmp_path / "mlp.keras")
    before = (tmp_path / "mlp.keras").read_bytes()
    code, out, err = train(tmp_path, "--from-feedback --model mlp.keras --images 500 --seed 1")
    assert (code, err) == (0, "")
    assert "feedback holds 8 different corrections (1 more are damaged)." in out
    held_out, test = re.findall(r"^ +([\d.]+) % and +([\d.]+) % of (?:the )?([\d,]+)", out, re.M)
    assert (held_out[2], test[2]) == ("4", f"{len(mnist.test.y):,}")
    assert (tmp_path / "mlp.keras").read_bytes() == before
    new = DigitClassifier.load(tmp_path / "models/corrected.keras")
    figures = [100 * model.evaluate(*mnist.test)["accuracy"] for model in (old, new)]
    assert [float(share) for share in test[:2]] == pytest.approx(figures, abs=0.011)
    card = json.loads((tmp_path / "models/corrected.json").read_text())
    assert card["started_from"] == "mlp.keras"
    assert card["trained_on"]["corrections"] == 8

    # The model to go on from is replaced only where --output says so.
    before = (tmp_path / "models/corrected.keras").read_bytes()
    code, _, err = train(tmp_path, "--from-feedback --model models/corrected.keras")
    assert code == 1
    assert err == (
        "error: models/corrected.keras is the model to go on from: name the new one with --output "
        "(the same name replaces it)\n"
    )
    assert (tmp_path / "models/corrected.keras").read_bytes() == before


@pytest.mark.parametrize(
    "count, complaint",
    [
        (None, "there is no elsewhere/corrections.csv: correct some answers on the page first"),
        (3, "elsewhere holds 3 different corrections, and it takes 4 to learn from them"),
    ],
)
def test_without_enough_corrections_it_says_so(tmp_path, count, complaint):
    if count:
        keep_corrections(tmp_path / "elsewhere", count)
    code, out, err = train(tmp_path, "--from-feedback elsewhere")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert complaint in err
    assert not (tmp_path / "models").exists()
