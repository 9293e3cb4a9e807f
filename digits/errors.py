"""Errors that a user can cause. Each message is one clear line that names the fix."""


class DigitsError(Exception):
    """Base class of all errors that are shown to the user; `str(error)` is the line to show."""


class DataError(DigitsError):
    """A data set is missing, damaged or not the expected one."""


class ImageError(DigitsError):
    """A picture cannot be decoded."""


class ModelError(DigitsError):
    """A model file is missing or damaged, or does not hold a digit classifier."""


class SavingError(ModelError):
    """A model cannot be saved where it should be."""
