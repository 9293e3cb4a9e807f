"""The About tab: the model's card in human words."""

import json
from pathlib import Path
from typing import Any

import gradio as gr

from digits.classifier import DigitClassifier
from digits.files import PROJECT

NOTEBOOK = PROJECT / "notebooks" / "training.ipynb"

NO_CARD = "This model came without a card: how it was trained, and how good it is, is not known."
NOT_MEASURED = "Its card does not tell."
LIMITS = """## Its limits

- It reads one digit at a time. Two at once, a word or a sum are no digit to it.
- A letter that looks like a digit (O, l, S) is read as one, and a sign it has never met is
  sometimes taken for one.
- Where it is less than {threshold:.0f} % sure of every digit, it names none.
- The people it learned from are American clerks and pupils of around 1990, and students of one
  university. Your hand may be one it has never met.
- It is made to play with and to learn from, not to read cheques or exams."""
SOURCES = """## Where it comes from

MNIST by Y. LeCun, C. Cortes and C. Burges (CC BY-SA 3.0). *Pen-Based Recognition of Handwritten
Digits* by E. Alpaydin and F. Alimoglu, UCI Machine Learning Repository (CC BY 4.0). The program is
under the MIT licence.

The notebook trains this network from the first line to the last, and every figure is measured
there. Open it with Jupyter, or run `make notebook`."""


def about_tab(classifier: DigitClassifier) -> None:
    """Lay out the tab."""
    gr.Markdown(card_in_words(read_card(classifier.path)), elem_id="card")
    gr.Markdown(LIMITS.format(threshold=100 * classifier.threshold))
    gr.Markdown(SOURCES)
    gr.DownloadButton("Download the notebook", value=NOTEBOOK, size="sm", elem_id="notebook")


def read_card(model_path: Path | None) -> dict[str, Any] | None:
    """The card beside a model file; None when there is none that can be read."""
    try:
        return json.loads(model_path.with_suffix(".json").read_text(encoding="utf-8"))
    except (AttributeError, OSError, ValueError):
        return None


def card_in_words(card: dict[str, Any] | None) -> str:
    """Tell what a card of `digits.saving.save` says, as Markdown."""
    if card is None:
        return NO_CARD
    trained_on = "".join(
        f"- {count:,} pictures: {name}\n"
        for name, count in card.get("trained_on", {}).items()
        if count
    )
    return f"""## What it is

The network `{card["architecture"]}`, {card["parameters"]:,} learned numbers, saved on
{card["saved"]}. It {card["task"]}.

## What it was trained on

{trained_on}
## How well it reads

{_figures_in_words(card.get("figures", {})) or NOT_MEASURED}"""


def _figures_in_words(figures: dict[str, Any]) -> str:
    lines = []
    if mnist := figures.get("mnist_test"):
        lines.append(
            f"Of the {mnist['count']:,} **MNIST test digits**, which it had never seen, it reads "
            f"**{100 * mnist['accuracy']:.2f} %** right."
        )
    if chosen_by := figures.get("validation"):
        lines.append(
            f"Of the {chosen_by['count']:,} **validation digits**, by which its best epoch was "
            f"chosen, it reads **{100 * chosen_by['accuracy']:.2f} %** right."
        )
    if pen := figures.get("pen_test_writers"):
        lines.append(
            f"Of {pen['count']:,} **drawings by 14 people** it had never met, at random places, "
            f"sizes and brushes, **{100 * pen['accuracy']:.2f} %**."
        )
    if mnist and pen:
        lines.append(
            "Its **confidence** means what it says to within "
            f"{100 * mnist['calibration_error']:.2f} % (MNIST) and "
            f"{100 * pen['calibration_error']:.2f} % (drawings): of the answers "
            "that it is 90 % sure of, about 90 % are right."
        )
    if others := figures.get("no_digits"):
        lines.append(
            "Shown letters and signs of kinds it had never met, it turns down "
            f"**{100 * others['declined']:.1f} %** of them where it accepts 97 % of the digits."
        )
    return "".join(f"- {line}\n" for line in lines)
