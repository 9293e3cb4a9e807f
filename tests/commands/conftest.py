"""What the tests of several commands share."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw


@pytest.fixture(scope="session")
def seven(tmp_path_factory) -> Path:
    """A picture file: a 7, black on white."""
    picture = Image.new("L", (280, 200), "white")
    corners = [(100, 40), (180, 40), (130, 160)]
    ImageDraw.Draw(picture).line(corners, fill="black", width=16, joint="curve")
    path = tmp_path_factory.mktemp("pictures") / "seven.png"
    picture.save(path)
    return path
