"""Measures how well damaged digits are read: `python -m benchmarks.damage [MODEL]`.

Nothing is trained on these families of damage: `digits.learning.damage` has others. Each damages
the same test digits, half of them from MNIST and half of the pen writers. A damaged digit image is
read twice: by the network as it is, and by `predict` as a picture of 28×28 pixels.
`--validation` damages validation digits instead: use it to make choices.
"""

import argparse
import os
import sys
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import cv2
import numpy as np

from digits.classifier import DigitClassifier
from digits.console import print_error
from digits.data.corpus import MEASURING_SEED, drawn_to_measure, measuring_drawings
from digits.data.mnist import load_mnist
from digits.data.splits import Split, combine, sample
from digits.errors import DigitsError
from digits.images.preprocessing import SIZE

COUNT = 1000  # digits of each kind
BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) / 16 + 1 / 32
ROWS, COLUMNS = np.mgrid[:SIZE, :SIZE].astype(np.float32)


def photons(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """So little light that single photons show: more noise where it is brighter."""
    light = rng.uniform(2, 8)
    return rng.poisson((0.06 + 0.9 * image) * light) / light


def smear(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A hand wiped over wet ink: a tail behind every stroke."""
    turned = np.rot90(image, turns := int(rng.integers(4))).copy()
    keep = rng.uniform(0.6, 0.88)
    for column in range(1, SIZE):
        turned[:, column] = np.maximum(turned[:, column], keep * turned[:, column - 1])
    return np.rot90(turned, -turns)


def squared_paper(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lines of squared paper, as dark as ink or paler."""
    pitch, start = rng.integers(4, 9), rng.integers(0, 8, 2)
    lines = ((ROWS + start[0]) % pitch < 1) | ((COLUMNS + start[1]) % pitch < 1)
    return np.maximum(image, lines * rng.uniform(0.25, 0.8))


def waves(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Wavy lines across the digit."""
    for _ in range(rng.integers(1, 4)):
        y = rng.uniform(4, 24) + rng.uniform(1, 5) * np.sin(
            COLUMNS * rng.uniform(0.15, 0.8) + rng.uniform(0, 6)
        )
        image = np.maximum(image, np.clip(1.2 - np.abs(ROWS - y), 0, 1))
    return image


def rings(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Rings that cups left on the paper."""
    for _ in range(rng.integers(1, 3)):
        distance = np.hypot(ROWS - rng.uniform(2, 26), COLUMNS - rng.uniform(2, 26))
        ring = np.clip(1.4 - np.abs(distance - rng.uniform(5, 12)), 0, 1)
        image = np.maximum(image, ring * rng.uniform(0.4, 1))
    return image


def ghost(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Everything twice, a little shifted, as a shaking camera sees it."""
    right, down = rng.choice([-3, -2, 2, 3], 2)
    return np.maximum(image, rng.uniform(0.4, 0.9) * np.roll(image, (down, right), (0, 1)))


def torn(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Strips of the picture slipped sideways."""
    image = image.copy()
    for _ in range(rng.integers(1, 4)):
        top, height = rng.integers(3, 22), rng.integers(2, 8)
        image[top : top + height] = np.roll(image[top : top + height], rng.integers(-4, 5), 1)
    return image


def slanting_light(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Light from one side: the far side as dark as ink."""
    angle = rng.uniform(0, 6.28)
    ramp = (np.cos(angle) * (COLUMNS - 13.5) + np.sin(angle) * (ROWS - 13.5)) / 38 + 0.5
    dark = ramp * rng.uniform(0.4, 0.85)
    return dark + image * (1 - dark) * rng.uniform(0.5, 1)


def dashes(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A pen that writes only every few millimetres."""
    pitch, angle = rng.uniform(3.5, 6), rng.uniform(0, 3.14)
    along = np.cos(angle) * COLUMNS + np.sin(angle) * ROWS + rng.uniform(0, 6)
    across = np.sin(angle) * COLUMNS - np.cos(angle) * ROWS + rng.uniform(0, 6)
    return image * ((along % pitch < 0.62 * pitch) & (across % pitch < 0.8 * pitch))


def newsprint(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shades printed as dots of ink, on grey."""
    grey = rng.uniform(0.05, 0.3) + image * rng.uniform(0.35, 0.7)
    return (grey > np.tile(BAYER, (7, 7))).astype(np.float32)


def compressed(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """JPEG of the lowest quality."""
    quality = int(rng.integers(1, 9))
    picture = np.rint(image * 255).astype(np.uint8)
    _, code = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(code, cv2.IMREAD_GRAYSCALE).astype(np.float32) / 255


def frosted(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Seen through frosted glass: every pixel comes from somewhere near."""
    rows, columns = (
        np.clip(np.rint(axis + rng.normal(0, 1.1, axis.shape)), 0, SIZE - 1).astype(int)
        for axis in (ROWS, COLUMNS)
    )
    return image[rows, columns]


def relief(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Engraved: the edges towards the light are light, those away from it dark."""
    angle = rng.uniform(0, 6.28)
    down, right = np.gradient(cv2.GaussianBlur(image, (0, 0), 0.7))
    return 0.35 + rng.uniform(0.5, 1) * (np.cos(angle) * right + np.sin(angle) * down)


def thread(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A thread or hair lies on the paper, dark or light."""
    course = np.cumsum(rng.normal(0, 0.35, 60)) + rng.uniform(0, 6.28)
    path = np.cumsum(np.stack([np.cos(course), np.sin(course)], 1), 0) + rng.uniform(4, 24, 2)
    line = np.zeros((SIZE * 8, SIZE * 8), np.uint8)
    cv2.polylines(line, [np.rint(path * 8).astype(np.int32)], False, 255, 9)
    line = cv2.resize(line, (SIZE, SIZE), interpolation=cv2.INTER_AREA) / 255
    return np.maximum(image, line) if rng.random() < 0.5 else image * (1 - line)


FAMILIES: tuple[Callable[[np.ndarray, np.random.Generator], np.ndarray], ...] = (
    photons, smear, squared_paper, waves, rings, ghost, torn, slanting_light, dashes, newsprint,
    compressed, frosted, relief, thread,
)  # fmt: skip


def damaged(
    family: Callable[[np.ndarray, np.random.Generator], np.ndarray], images: np.ndarray
) -> np.ndarray:
    """Damage digit images, (N, 28, 28) float32 in [0, 1], always in the same way."""
    rng = np.random.default_rng(MEASURING_SEED)
    spoiled = [np.clip(family(image, rng), 0, 1) for image in images]
    return (np.rint(np.array(spoiled) * 255) / 255).astype(np.float32)


def digits_to_damage(validation: bool) -> Split:
    """As many digits of MNIST as of the pen writers."""
    mnist = load_mnist()
    ours = drawn_to_measure(measuring_drawings(validation=validation))
    parts = (mnist.validation if validation else mnist.test, ours)
    return combine(*(sample(part, min(COUNT, len(part.y)), seed=0) for part in parts))


def measure(classifier: DigitClassifier, validation: bool) -> dict[str, tuple[float, float]]:
    """The share read correctly for each family: as digit images, and by `predict`."""
    digits = digits_to_damage(validation)
    rows = {}
    for family in (None, *FAMILIES):
        images = digits.x if family is None else damaged(family, digits.x)
        as_images = classifier.probabilities(images).argmax(1) == digits.y
        pictures = [np.rint(image * 255).astype(np.uint8) for image in images]
        answers = classifier.predict_batch(pictures)
        most_likely = [
            -1 if answer.image is None else answer.probabilities.argmax() for answer in answers
        ]
        name = "undamaged" if family is None else family.__name__.replace("_", " ")
        rows[name] = (float(as_images.mean()), float((np.array(most_likely) == digits.y).mean()))
    families = [row for name, row in rows.items() if name != "undamaged"]
    network, pictures = np.mean(families, 0)
    rows["mean of all damage"] = (float(network), float(pictures))
    return rows


def main(argv: list[str] | None = None) -> int:
    """Measure and print the table; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.damage", description=__doc__)
    parser.add_argument("model", nargs="?", help="a .keras file (default: the bundled model)")
    parser.add_argument("--validation", action="store_true", help="damage validation digits")
    arguments = parser.parse_args(argv)
    try:
        rows = measure(DigitClassifier.load(arguments.model), arguments.validation)
    except DigitsError as error:
        print_error(error)
        return 1
    print("| damage | network | predict |\n| --- | --- | --- |")
    for name, (network, picture) in rows.items():
        print(f"| {name} | {network:.1%} | {picture:.1%} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
