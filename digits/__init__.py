"""Read handwritten digits, and show how: the classifier and the data it learnt from."""

from importlib import import_module

from digits.errors import DataError, DigitsError, ImageError, ModelError

__all__ = [
    "DataError",
    "DigitClassifier",
    "DigitsError",
    "ImageError",
    "ModelError",
    "Prediction",
    "load_mnist",
]

# TensorFlow takes seconds to import and may be missing: whoever only wants a usage message, or a
# clear line on what is missing, does not wait for it.
_LATER = {
    "DigitClassifier": "digits.classifier",
    "Prediction": "digits.classifier",
    "load_mnist": "digits.data.mnist",
}


def __getattr__(name: str):
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module 'digits' has no attribute {name!r}")
