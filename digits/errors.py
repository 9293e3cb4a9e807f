"""The errors a user can cause: each one's text is a single clear line that names the fix."""


class DigitsError(Exception):
    """Base of every error meant for the user; `str(error)` is the one line to show."""


class DataError(DigitsError):
    """A data set is missing, damaged, or not the one expected."""


class ImageError(DigitsError):
    """A picture cannot be read as one."""


class ModelError(DigitsError):
    """A model file is missing, damaged, or not one of ours."""
