"""The Play tab: three games with the network, which reads in the browser; nothing is sent.

`play.html` holds what stands still; the words that change are here.
"""

from pathlib import Path

import gradio as gr

from digits.data.digit_forms import DIGIT_FORMS, parse_form
from digits.images.canvas import CANVAS, PEN_WIDTH
from digits.page.browser.scripts import script
from digits.page.examples import centred
from digits.page.sketchpad import Sketchpad
from digits.prediction import THRESHOLD

HERE = Path(__file__).parent
# In the order in which they are joined: the last one starts what the others define.
SCRIPTS = ("parts", "card", "clock", "fool", "strokes_between", "morph", "games")
SECONDS = 20
SURE = 0.85  # the least confidence that counts while the pen is still down
# A digit to draw, and the one it might be taken for.
PAIRS = ((4, 9), (7, 1), (1, 7), (3, 8), (5, 6), (0, 6), (9, 4), (2, 7), (3, 5), (8, 3), (7, 2))
MORPHED = (3, 8)  # whose forms stand there until the visitor draws two digits
WORDS = {
    "waiting": "The network is on its way …",
    "unread": "These games need the network in the browser, and this model cannot run there. "
    "Choose another model on Draw.",
    "clock_ready": "Draw 0 to 9, as fast as you can",
    "clock_draw": "Draw a {digit}",
    "start": "Start",
    "skip": "Skip",
    "again": "Again",
    "clock_all": "0 to 9 in {seconds} seconds",
    "clock_some": "{count} of 10 digits in {seconds} seconds",
    "clock_best": "Your best on this device: {seconds} seconds",
    "clock_best_yet": "Your best on this device so far",
    "card_foot": "Read by a small neural network, while I drew",
    "fool_draw": "Draw a {digit} that it takes for a {wanted}",
    "fool_first": "First, have it see your {digit}",
    "fool_then": "Now change it, stroke by stroke, until it says {wanted}",
    "fool_done": "Fooled: it takes your {digit} for a {wanted}",
    "fool_card": "I drew a {digit}. It says {wanted}",
    "another": "Another",
    "morph_first": "Draw the first digit",
    "morph_second": "Draw the second digit",
    "swap": "Now the second",
    "swap_back": "Now the first",
    "morph_at": "{share} % of the way",
    "unsure": "?",
}


def play_tab() -> None:
    """Lay out the tab."""
    forms = [centred(parse_form(DIGIT_FORMS[digit][0]), CANVAS) for digit in MORPHED]
    with gr.Column(elem_id="play-stage"):
        gr.HTML(
            html_template=(HERE / "play.html").read_text(encoding="utf-8"),
            js_on_load=script("strokes")
            + "\n".join((HERE / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS),
            apply_default_css=False,
            elem_id="play-games",
            side=CANVAS,
            pen_width=PEN_WIDTH,
            threshold=THRESHOLD,
            sure=SURE,
            seconds=SECONDS,
            pairs=PAIRS,
            forms=forms,
            words=WORDS,
        )
        Sketchpad(label="Sketchpad of the games", elem_id="play-pad", stays_here=True)
