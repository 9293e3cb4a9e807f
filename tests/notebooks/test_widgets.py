"""What can be touched in the notebooks is a still picture where nobody is watching."""

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from notebooks import widgets
from notebooks.widgets import Pad, sliders, sliding_kernel

SAMPLE = np.zeros((280, 280), np.float32)
SAMPLE[100:180, 130:150] = 1


@pytest.fixture(autouse=True)
def nobody(monkeypatch):
    for name in (*widgets.OPEN_IN, "KAGGLE_KERNEL_RUN_TYPE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def shell():
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def test_without_anybody_to_draw_the_sample_is_used(capsys):
    pad = Pad(SAMPLE)
    pad._ipython_display_()
    assert capsys.readouterr().out == "Nobody is drawing here, so the sample digit is used.\n"
    assert pad.ink is SAMPLE


@pytest.mark.parametrize(
    ("name", "value", "watching"),
    [
        ("JPY_SESSION_NAME", "notebooks/convolution.ipynb", True),
        ("COLAB_RELEASE_TAG", "release", True),
        ("KAGGLE_KERNEL_RUN_TYPE", "Interactive", True),
        ("KAGGLE_KERNEL_RUN_TYPE", "Batch", False),
    ],
)
def test_whether_somebody_is_watching(name, value, watching, monkeypatch):
    assert not widgets.somebody_is_watching()
    monkeypatch.setenv(name, value)
    assert widgets.somebody_is_watching() is watching


def test_sliders_show_a_still_picture(shell, monkeypatch):
    shown = []

    def show(**values):
        shown.append(values)

    sliders(show, {"kernel": "edges", "row": 3}, kernel=["edges", "dots"], row=range(5))
    assert shown == [{"kernel": "edges", "row": 3}]
    monkeypatch.setenv("JPY_SESSION_NAME", "notebooks/convolution.ipynb")
    with capture_output():
        sliders(show, {"kernel": "dots", "row": 4}, kernel=["edges", "dots"], row=range(5))
    assert shown[1:] == [{"kernel": "dots", "row": 4}]


def test_text_that_is_no_drawing_leaves_the_sample(shell, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "notebooks/convolution.ipynb")
    pad = Pad(SAMPLE)
    with capture_output():
        pad._ipython_display_()
    for text in ("hello", "data:image/png;base64,AAAA"):
        pad.field.value = text
        assert pad.ink is SAMPLE


def test_a_page_with_a_sliding_kernel_asks_nobody_for_anything():
    page = sliding_kernel(np.eye(5) * 100, np.ones((3, 3))).data
    assert "[100, 0, 0, 0, 0]" in page
    assert "[1, 1, 1]" in page
    assert "http" not in page
    assert "{{" not in page


@pytest.mark.parametrize(
    ("variables", "can_show"),
    [
        ({"JPY_SESSION_NAME": "x.ipynb"}, True),
        ({"JPY_SESSION_NAME": "x.ipynb", "JUPYTERHUB_USER": "me"}, False),
        ({"JPY_SESSION_NAME": "x.ipynb", "KAGGLE_KERNEL_RUN_TYPE": "Interactive"}, False),
        ({"COLAB_RELEASE_TAG": "r"}, False),
        ({"VSCODE_PID": "1"}, False),
        ({}, False),
    ],
)
def test_netron_is_only_opened_where_its_frame_is_not_dead(monkeypatch, variables, can_show):
    for name in (*widgets.OPEN_IN, "JUPYTERHUB_USER", "KAGGLE_KERNEL_RUN_TYPE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert widgets.netron_can_show() is can_show
