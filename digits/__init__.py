"""Read handwritten digits, and show how: the classifier and the data it was trained on."""

from importlib import import_module

from digits.errors import DataError, DigitsError, ImageError, ModelError

__version__ = "1.0.0"

__all__ = [
    "DataError",
    "DigitClassifier",
    "DigitsError",
    "ImageError",
    "ModelError",
    "Prediction",
    "Reading",
    "load_mnist",
]

# Imported on first use: TensorFlow takes seconds to import and may be missing, and neither a usage
# message nor the line that names what is missing should wait for it.
_LAZY = {
    "DigitClassifier": "digits.classifier",
    "Prediction": "digits.prediction",
    "Reading": "digits.prediction",
    "load_mnist": "digits.data.mnist",
}


def __getattr__(name: str) -> object:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'digits' has no attribute {name!r}")
