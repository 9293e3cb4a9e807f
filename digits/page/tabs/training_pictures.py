"""What both parts of the Train tab that train show of it as HTML."""

import base64

import numpy as np

from digits.images.data_urls import data_url
from digits.images.preprocessing import SIZE
from digits.page.background_training.jobs import Progress
from digits.templates import render


def progress_bar(now: Progress) -> str:
    """Show as HTML what the training is doing and how far it is; "" once it is over."""
    if now.over or now.place:
        return ""
    return render("page/tabs/train_progress.html", step=now.step, share=now.share)


def picture_of(image: str) -> str:
    """A digit image of a report, 784 bytes in base64, as a PNG data URL."""
    return data_url(np.frombuffer(base64.b64decode(image), np.uint8).reshape(SIZE, SIZE))
