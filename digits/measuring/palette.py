"""The colours and sizes of all plots: those of the page, and safe for colour-blind readers."""

import matplotlib.pyplot as plt
from matplotlib.colors import LinearSegmentedColormap

DPI = 144
# The page's colours for evidence for and against a digit; every other colour is a neighbour's.
ORANGE, BLUE = "#c45c00", "#2068c0"
GREEN, PURPLE, YELLOW, GREY = "#00846b", "#7a4fa3", "#d9a400", "#5f6470"
CYCLE = (BLUE, ORANGE, GREEN, PURPLE, YELLOW, GREY)
INK = "gray_r"  # ink is 1 in digit images, and drawn dark
# From -1 to 1. The page has near black in the middle; a notebook is printed, so this has white.
FOR_AND_AGAINST = LinearSegmentedColormap.from_list(
    "for_and_against", ["#0b3c7a", BLUE, "#a9c8ec", "#ffffff", "#f3c08f", ORANGE, "#7a3600"]
)


def use_in_notebook() -> None:
    """Give all plots of a notebook these colours, readable labels and 144 dots per inch."""
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    plt.rcParams.update(
        {
            "axes.prop_cycle": plt.cycler(color=CYCLE),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlesize": 11,
            "figure.dpi": DPI / 2,  # "retina" doubles it, and shows the picture at half its size
            "font.size": 10,
            "legend.frameon": False,
        }
    )
    set_matplotlib_formats("retina")
