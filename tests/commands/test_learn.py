"""`learn` as a person runs it: corrections become a new model, and the old one stays."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from command_line import run
from PIL import Image

from digits import DigitClassifier
from digits.data.corrections import COLUMNS
from digits.data.digit_forms import parse_form
from digits.data.splits import sample
from digits.data.strokes import draw


def learn(folder: Path, flags: str = "", **settings) -> tuple[int, str, str]:
    """Run the command to its end: exit code, stdout, stderr."""
    return run("learn", *flags.split(), folder=folder, **settings)


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
    few = sample(mnist.validation, 100)
    old.train(mnist.train, few, epochs=2, augmentation=None, verbose=0)
    old.save(tmp_path / "mlp.keras")
    before = (tmp_path / "mlp.keras").read_bytes()
    code, out, err = learn(tmp_path, "--model mlp.keras --images 500 --seed 1", fresh=True)
    assert (code, err) == (0, "")
    assert "feedback holds 8 different corrections (1 more is damaged)." in out
    held_out, test = re.findall(r"^ +([\d.]+) % and +([\d.]+) % of (?:the )?([\d,]+)", out, re.M)
    assert (held_out[2], test[2]) == ("4", f"{len(mnist.test.y):,}")
    assert (tmp_path / "mlp.keras").read_bytes() == before
    new = DigitClassifier.load(tmp_path / "models/corrected.keras")
    figures = [100 * model.evaluate(*mnist.test)["accuracy"] for model in (old, new)]
    assert [float(share) for share in test[:2]] == pytest.approx(figures, abs=0.011)
    card = json.loads((tmp_path / "models/corrected.json").read_text())
    assert card["started_from"] == "mlp.keras"
    assert list(card["recipe"]["parts"])[0].startswith("corrections, each ")

    # The model to start from is replaced only if --output names it.
    before = (tmp_path / "models/corrected.keras").read_bytes()
    code, _, err = learn(tmp_path, "--model models/corrected.keras")
    assert code == 1
    assert err == (
        "error: models/corrected.keras is the model to start from: choose a name for the new one "
        "with --output (the same name replaces it)\n"
    )
    assert (tmp_path / "models/corrected.keras").read_bytes() == before


@pytest.mark.parametrize(
    "count, complaint",
    [
        (None, "there is no elsewhere/corrections.csv: correct some answers on the page first"),
        (3, "elsewhere holds 3 different corrections, and learning takes at least 4"),
    ],
)
def test_without_enough_corrections_it_says_so(tmp_path, count, complaint):
    if count:
        keep_corrections(tmp_path / "elsewhere", count)
    code, out, err = learn(tmp_path, "elsewhere")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert complaint in err
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize(
    "flags, complaint",
    [
        ("--epochs 3", "unrecognized arguments: --epochs"),
        ("--resume", "unrecognized arguments: --resume"),
        ("--images 0", "argument --images: give a whole number, 1 or larger, not '0'"),
    ],
)
def test_options_of_a_training_are_refused_in_one_line(tmp_path, flags, complaint):
    code, out, err = learn(tmp_path, flags, fresh=True)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert complaint in err
