"""Writes a network as one small file that `digits/page/browser/network.js` runs in a browser.

The file holds the length of its header (4 bytes, little endian), the header (JSON: the layers, in
order), and the weights of each layer: its kernel, then its vectors. Kernels are in half precision
where the network answers the same with it. Batch normalization is folded into the layer before it
where nothing lies between them, and dropout, which is active in training only, is left out.
"""

import json
import struct
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import layers

from digits.data.digit_forms import DIGIT_FORMS, parse_form
from digits.data.strokes import draw
from digits.errors import ModelError
from digits.images.preprocessing import SIZE, to_digit_image

# The largest change of a probability that half precision may cause.
TOLERANCE = 0.005


class Step(NamedTuple):
    """One layer in the file: what the header says of it, its kernel, and its vectors."""

    header: dict[str, Any]
    kernel: np.ndarray  # float32, any shape; empty if there is none
    vectors: list[np.ndarray]  # float32: a bias, or a scale and a shift


NO_KERNEL = np.zeros(0, np.float32)


def to_web(model: keras.Model) -> bytes:
    """Write a network for the browser.

    Args:
        model: a chain of layers of the kinds in `digits.architectures`, from (N, 28, 28, 1) to
            (N, 10) probabilities.

    Raises:
        ModelError: the network has a layer that is not among those kinds.
    """
    steps, images = list(_steps(model)), _trial_images()
    single = _written(model.name, steps, np.float32)
    half = _written(model.name, steps, np.float16)
    with np.errstate(over="ignore", invalid="ignore"):  # weights that are infinite as halves
        same = np.abs(run(half, images) - run(single, images)).max() <= TOLERANCE  # no if NaN
    return half if same else single


@lru_cache
def _trial_images() -> np.ndarray:
    """Digits of every form, to see whether half precision is enough: (N, 28, 28) float32."""
    forms = [parse_form(form) for forms in DIGIT_FORMS.values() for form in forms]
    images = (to_digit_image(draw(form)) for form in forms)
    return np.stack([image for image in images if image is not None])


def _written(name: str, steps: list[Step], precision: type) -> bytes:
    header: dict[str, Any] = {
        "name": name,
        "shape": [SIZE, SIZE, 1],
        "weights": np.dtype(precision).name,
        "layers": [step.header for step in steps],
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    with np.errstate(over="ignore"):  # beyond half precision it is infinite, and answers otherwise
        parts = [
            array.astype(np.dtype(kind).newbyteorder("<")).tobytes()
            for step in steps
            for kind, array in ((precision, step.kernel), *((np.float32, v) for v in step.vectors))
        ]
    return struct.pack("<I", len(text)) + text + b"".join(parts)


def _steps(model: keras.Model) -> Iterator[Step]:
    """The steps of a network, each with what can be folded into it."""
    waiting: Step | None = None  # the last step, into which the next layer may be folded
    for layer in model.layers:
        if isinstance(layer, layers.InputLayer | layers.Dropout):
            continue
        step = _step(layer)
        joined = _folded(waiting, step) if waiting else None
        if joined is None and waiting:
            yield waiting
        waiting = joined or step
    if waiting:
        yield waiting


def _step(layer: keras.Layer) -> Step:
    """One layer by itself."""
    name, activation = layer.name, "linear"
    if isinstance(layer, layers.Conv2D | layers.Dense | layers.Activation):
        activation = layer.activation.__name__
        if activation not in ("linear", "relu", "softmax"):
            raise _unknown(layer, f"the activation {activation}")
    header = {"name": name, "activation": activation}
    match layer:
        case layers.Conv2D() if layer.groups == 1 and layer.dilation_rate == (1, 1):
            header |= {
                "kind": "convolution",
                "kernel_size": layer.kernel_size,
                "filters": layer.filters,
                "strides": layer.strides,
                "padding": layer.padding,
            }
            return Step(header, np.asarray(layer.kernel), [_bias(layer, layer.filters)])
        case layers.Dense() if len(layer.input.shape) == 2:
            header |= {"kind": "dense", "units": layer.units}
            return Step(header, np.asarray(layer.kernel), [_bias(layer, layer.units)])
        case layers.MaxPooling2D() | layers.AveragePooling2D():
            header |= {
                "kind": "pooling",
                "by": "max" if isinstance(layer, layers.MaxPooling2D) else "average",
                "window": layer.pool_size,
                "strides": layer.strides,
                "padding": layer.padding,
            }
            return Step(header, NO_KERNEL, [])
        case layers.BatchNormalization():
            mean, variance = np.asarray(layer.moving_mean), np.asarray(layer.moving_variance)
            scale = 1 / np.sqrt(variance + layer.epsilon)
            if layer.scale:
                scale = scale * np.asarray(layer.gamma)
            shift = -mean * scale
            if layer.center:
                shift = shift + np.asarray(layer.beta)
            return _scaling(name, scale, shift)
        case layers.Rescaling() if np.ndim(layer.scale) == np.ndim(layer.offset) == 0:
            channels = layer.input.shape[-1]
            return _scaling(name, np.full(channels, layer.scale), np.full(channels, layer.offset))
        case layers.ReLU() if (layer.max_value, layer.negative_slope, layer.threshold) == (
            None,
            0,
            0,
        ):
            return Step(header | {"kind": "activation", "activation": "relu"}, NO_KERNEL, [])
        case layers.Softmax() if layer.axis in (-1, 1):
            return Step(header | {"kind": "activation", "activation": "softmax"}, NO_KERNEL, [])
        case layers.Activation():
            return Step(header | {"kind": "activation"}, NO_KERNEL, [])
        case layers.Flatten():
            return Step(header | {"kind": "flattening"}, NO_KERNEL, [])
    raise _unknown(layer, f"the layer {type(layer).__name__}")


def _unknown(layer: keras.Layer, what: str) -> ModelError:
    return ModelError(
        f"{what} ({layer.name}) cannot run in a browser: use the layers of digits/architectures.py"
    )


def _bias(layer: keras.Layer, size: int) -> np.ndarray:
    return np.asarray(layer.bias) if layer.use_bias else np.zeros(size, np.float32)


def _scaling(name: str, scale: np.ndarray, shift: np.ndarray) -> Step:
    header = {"name": name, "activation": "linear", "kind": "scaling"}
    return Step(header, NO_KERNEL, [scale.astype(np.float32), shift.astype(np.float32)])


def _folded(before: Step, step: Step) -> Step | None:
    """Two steps as one that computes the same; None if they have to stay apart."""
    if before.header["activation"] != "linear":
        return None
    kind = step.header["kind"]
    if kind == "activation":
        return before._replace(header=before.header | {"activation": step.header["activation"]})
    if kind == "scaling" and before.header["kind"] in ("convolution", "dense"):
        scale, shift = step.vectors
        return before._replace(
            kernel=before.kernel * scale, vectors=[before.vectors[0] * scale + shift]
        )
    return None


# ---- the same in NumPy, to check a file before anybody gets it --------------------------------


def run(file: bytes, images: np.ndarray) -> np.ndarray:
    """Run a network from its file, step by step as the browser does.

    Args:
        file: as `to_web` writes it.
        images: (N, 28, 28) float32 in [0, 1], 1 is ink.

    Returns:
        (N, 10) float32 probabilities.
    """
    # In slices: the windows of a thousand images at once would take hundreds of megabytes.
    slices = [_run(file, images[start : start + 50]) for start in range(0, len(images), 50)]
    return np.concatenate([np.zeros((0, 10), np.float32), *slices])


def _run(file: bytes, images: np.ndarray) -> np.ndarray:
    (length,) = struct.unpack_from("<I", file)
    header = json.loads(file[4 : 4 + length])
    place = 4 + length

    def take(shape: tuple[int, ...], precision: str) -> np.ndarray:
        nonlocal place
        kind = np.dtype(precision).newbyteorder("<")
        array = np.frombuffer(file, kind, int(np.prod(shape)), place)
        place += array.nbytes
        return array.reshape(shape).astype(np.float32)

    values = images[..., None].astype(np.float32)
    for layer in header["layers"]:
        channels = values.shape[-1]
        match layer["kind"]:
            case "convolution":
                kernel = take(
                    (*layer["kernel_size"], channels, layer["filters"]), header["weights"]
                )
                seen = _windows(values, layer["kernel_size"], layer, fill=0)
                values = np.einsum("nyxcvu,vucf->nyxf", seen, kernel, optimize=True)
                values += take((layer["filters"],), "float32")
            case "dense":
                values = values @ take((channels, layer["units"]), header["weights"])
                values += take((layer["units"],), "float32")
            case "pooling" if layer["by"] == "max":
                values = _windows(values, layer["window"], layer, fill=-np.inf).max((4, 5))
            case "pooling":
                values = np.nanmean(_windows(values, layer["window"], layer, fill=np.nan), (4, 5))
            case "scaling":
                scale, shift = take((channels,), "float32"), take((channels,), "float32")
                values = values * scale + shift
            case "flattening":
                values = values.reshape(len(values), -1)
        if layer["activation"] == "relu":
            values = np.maximum(values, 0)
        elif layer["activation"] == "softmax":
            values = np.exp(values - values.max(-1, keepdims=True))
            values /= values.sum(-1, keepdims=True)
    return values


def _windows(
    maps: np.ndarray, window: tuple[int, int], layer: dict[str, Any], *, fill: float
) -> np.ndarray:
    """What each output sees: (N, H, W, C) to (N, H', W', C, *window)."""
    if layer["padding"] == "same":
        edges = []
        for size, side, stride in zip(maps.shape[1:3], window, layer["strides"], strict=True):
            missing = max(0, (-(-size // stride) - 1) * stride + side - size)
            edges.append((missing // 2, missing - missing // 2))
        maps = np.pad(maps, ((0, 0), *edges, (0, 0)), constant_values=fill)
    down, right = layer["strides"]
    views = np.lib.stride_tricks.sliding_window_view(maps, tuple(window), (1, 2))
    return views[:, ::down, ::right]
