"""Computes what the Inside tab shows of a drawing's way through a network: pictures and figures.

Every picture is a PNG data URL. `inside_story.html` puts them on the page with their captions.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image

from digits.images.colour_maps import for_and_against, heat, mosaic, smooth
from digits.images.data_urls import data_url
from digits.prediction import Prediction

if TYPE_CHECKING:  # TensorFlow takes seconds to import, and the page is shown before
    from digits.explain import Evidence, Explainer

TILE = 168  # pixels of an evidence picture: maps of 4, 7, 8, 12, 14 and 28 places fit evenly
SHOWN = ("Conv2D", "MaxPooling2D", "AveragePooling2D", "ReLU")  # layers with a caption


class Step(NamedTuple):
    """What one layer makes of a feature map."""

    kind: str  # the Keras class, one of SHOWN
    picture: str
    size: tuple[int, int]  # height and width of the map
    pool: tuple[int, ...]  # height and width of the pooling window; () where nothing is pooled


class FilterAtWork(NamedTuple):
    """A filter of the first convolution, and its feature map in each layer that follows."""

    picture: str
    size: tuple[int, int]
    steps: list[Step]


class Maps(NamedTuple):
    """All feature maps of one convolution on one sheet."""

    picture: str
    filters: int  # how many, one map each
    size: tuple[int, int]  # height and width of each map


class Convolutions(NamedTuple):
    """The filters of the first convolution on one sheet, and the maps of every convolution."""

    filters: str
    maps: list[Maps]


class Card(NamedTuple):
    """What adds up for and against one digit."""

    score: str  # the logit, with its sign
    probability: float  # 0 to 1
    picture: str | None  # None where the last layer does not weight feature maps
    best: bool  # whether this is the answer


def filter_at_work(explainer: "Explainer", image: np.ndarray) -> FilterAtWork:
    """Follow one filter of the first convolution up to the next convolution.

    Args:
        explainer: of a network with convolutions.
        image: (28, 28) float32 digit image.

    Returns:
        The filter whose map varies most over this image, and what the layers make of that map.
    """
    model = explainer.classifier.model
    outputs = explainer.layer_outputs(image)
    names = explainer.stages()[0]
    chosen = outputs[names[-1]].std(axis=(0, 1)).argmax()
    steps = []
    for name in names:
        layer = model.get_layer(name)
        kind = type(layer).__name__
        if kind in SHOWN:
            values = outputs[name][:, :, chosen]
            height, width = values.shape
            colours = for_and_against if values.min() < 0 else heat
            picture = data_url(colours(values / _largest(values)))
            pool = getattr(layer, "pool_size", ())
            steps.append(Step(kind, picture, (height, width), pool))
    kernel = model.get_layer(names[0]).kernel.numpy()[:, :, 0, chosen]
    picture = data_url(for_and_against(kernel / _largest(kernel)))
    return FilterAtWork(picture, kernel.shape, steps)


def convolutions(explainer: "Explainer", image: np.ndarray) -> Convolutions:
    """Picture the first convolution's filters and every convolution's feature maps.

    Args:
        explainer: of a network with convolutions.
        image: (28, 28) float32 digit image.
    """
    found = explainer.feature_maps(image)
    kernels = explainer.classifier.model.get_layer(next(iter(found))).kernel.numpy()[:, :, 0]
    filters = np.moveaxis(kernels, -1, 0)
    maps = []
    for values in (np.moveaxis(channels_last, -1, 0) for channels_last in found.values()):
        count, height, width = values.shape
        picture = data_url(_sheet(heat(values / _largest(values))))
        maps.append(Maps(picture, count, (height, width)))
    return Convolutions(data_url(_sheet(for_and_against(filters / _largest(filters)))), maps)


def cards(evidence: "Evidence", prediction: Prediction) -> list[Card]:
    """Lay out the evidence for the digits 0 to 9, one card each."""
    shown = []
    for digit, probability in enumerate(prediction.probabilities):
        picture = None
        if evidence.places is not None and evidence.window is not None:
            colours = for_and_against(evidence.places[digit] / _largest(evidence.places))
            picture = data_url(_under_the_digit(colours, prediction.image, evidence.window))
        score = f"{evidence.scores[digit]:+.1f}".replace("-", "−")
        best = digit == prediction.probabilities.argmax()
        shown.append(Card(score, float(probability), picture, bool(best)))
    return shown


def _under_the_digit(
    colours: np.ndarray, image: np.ndarray, window: tuple[float, float, float, float]
) -> np.ndarray:
    """Lay the digit, half transparent, over the colours of the places in its `window`."""
    top, left, bottom, right = window
    digit = Image.fromarray(smooth(image, 8)).transform(
        (TILE, TILE), Image.Transform.EXTENT, tuple(8 * edge for edge in (left, top, right, bottom))
    )
    base = np.asarray(Image.fromarray(colours).resize((TILE, TILE), Image.Resampling.NEAREST))
    ink = 0.6 * np.asarray(digit)[:, :, None]
    return np.round(base * (1 - ink) + 255 * ink).astype(np.uint8)


def _sheet(tiles: np.ndarray) -> np.ndarray:
    """Enlarge tiles (N, H, W, 3) and put them on one sheet, a little wider than it is high."""
    columns = max(8, int(np.ceil(np.sqrt(len(tiles) * 4 / 3))))
    scale = max(1, 960 // (columns * tiles.shape[2]))  # sharp on a phone's fine pixels too
    large = tiles.repeat(scale, axis=1).repeat(scale, axis=2)
    return mosaic(large, columns=columns, gap=8)


def _largest(values: np.ndarray) -> float:
    """Find the largest absolute value, to divide by; 1 where all values are 0."""
    return float(np.abs(values).max()) or 1.0
