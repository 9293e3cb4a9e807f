"""Where the bundled sample of both data sets is: it lets tests and quick runs work offline.

`README.md` in this folder says what is in it; `python -m digits.data.sample` makes it again.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
MNIST = FOLDER / "mnist-sample.npz"  # as `digits.data.mnist.load_mnist` takes it
PEN = FOLDER  # as `digits.data.pen_digits.load_pendigits` takes it
