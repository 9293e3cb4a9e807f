"""Reads pictures with one digit reader from the package index, in an environment of its own.

`python benchmarks/peer_readers.py PACKAGE FOLDER FILE` reads the PNG files in each folder within
FOLDER, and writes into FILE, as JSON, for each of these folders a list of [digit, confidence], in
the order of the files' names; the confidence is null where the package tells none.
`benchmarks.peers` starts it. It imports nothing of this project, which is not installed there.

Each package is called as its own documentation says, and prepares the pictures itself.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

Answers = list[tuple[int, "float | None"]]


def digit_recognizer_py(folder: Path) -> Answers:
    """Inverts dark ink on light paper by itself, and shrinks the whole picture to 28×28."""
    from digit_recognizer import DigitRecognizer

    reader = DigitRecognizer(device="cpu")
    results = [reader.predict(path, detailed=True) for path in sorted(folder.iterdir())]
    return [(result.digit, result.confidence) for result in results]


def ccexam(folder: Path) -> Answers:
    """Of its three models the default one, trained on MNIST; light on dark, as MNIST is."""
    from ccexam import run_inference

    labels = run_inference(model="mnist", input_path=folder, device="cpu")
    return [(labels[path], None) for path in sorted(folder.iterdir())]


def digitsclassifier(folder: Path) -> Answers:
    """Takes grey arrays, dark on light; finds the box of the ink and fits it into 24×24."""
    import numpy as np
    from digitsclassifier import predict_digits
    from PIL import Image

    pictures = (np.asarray(Image.open(path).convert("L")) for path in sorted(folder.iterdir()))
    digits, probabilities = predict_digits(pictures, 1)
    return [(int(d), float(p)) for d, p in zip(digits[:, 0], probabilities[:, 0], strict=True)]


READERS: dict[str, Callable[[Path], Answers]] = {
    "digit-recognizer-py": digit_recognizer_py,
    "ccexam": ccexam,
    "digitsclassifier": digitsclassifier,
}


if __name__ == "__main__":
    package, pictures, file = sys.argv[1:]
    answers = {folder.name: READERS[package](folder) for folder in Path(pictures).iterdir()}
    Path(file).write_text(json.dumps(answers), encoding="utf-8")
