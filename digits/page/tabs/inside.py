"""The Inside tab: what the network makes of the drawing, layer by layer, and the network itself."""

import html

import gradio as gr
import numpy as np
from PIL import Image

from digits.classifier import NOTHING_DRAWN, Prediction
from digits.data.digit_forms import DIGIT_FORMS, parse_form
from digits.data.strokes import draw
from digits.explain import Evidence, Explainer, layers
from digits.images.colour_maps import for_and_against, heat, mosaic, smooth
from digits.images.data_urls import data_url
from digits.page.model_menu import ModelMenu, chosen_model
from digits.page.model_store import ModelStore
from digits.page.sketchpad import Sketchpad
from digits.page.tabs.answer import errors_shown, in_words

EXAMPLE = draw(parse_form(DIGIT_FORMS[7][0]))  # ink, shown while nothing is drawn
NOTHING_YET = (
    "Nothing is drawn yet, so this is a 7 of ours. Draw a digit in the first tab and come back: "
    "then you see yours."
)
TILE = 168  # pixels of an evidence picture; 4, 7, 8, 12, 14 and 28 places fit into it evenly

# What the layer makes of one filter's answers, by its kind.
STEPS = {
    "Conv2D": "Its answers, one for each place: orange where the strokes fit, blue where they do "
    "not.",
    "MaxPooling2D": "Pooling keeps the largest of each {size} answers: the map gets smaller, and a "
    "stroke may lie a little further left or right.",
    "AveragePooling2D": "Pooling keeps the mean of each {size} answers: the map gets smaller, and "
    "a stroke may lie a little further left or right.",
    "ReLU": "ReLU sets all answers below a threshold to zero: only the finds are left, bright.",
}
FINDS_FIRST = "small pieces of strokes: edges, ends and bends"
FINDS_BETWEEN = "parts of digits: arcs, corners and crossings"
FINDS_LAST = "whole shapes, such as loops and hooks, and how they hang together"

KINDS = {
    "Conv2D": "convolution",
    "MaxPooling2D": "pooling (largest)",
    "AveragePooling2D": "pooling (mean)",
    "BatchNormalization": "normalisation",
    "ReLU": "ReLU (no negatives)",
    "Flatten": "maps into one list",
    "Dropout": "dropout (in training)",
    "Dense": "dense (weigh and add)",
}

HOW_TO_NETRON = (
    "<p>Netron, a viewer of networks by other people, shows it here when the page runs on your own "
    "computer: <code>python3 mnist_classification.py</code>.</p>"
)


def inside_tab(
    store: ModelStore,
    sketchpad: Sketchpad,
    model: ModelMenu,
    tab: gr.Tab,
    netron_address: str | None,
) -> None:
    """Lay out the tab.

    Args:
        store: the models.
        sketchpad: holds the drawing to explain.
        model: the menu of models, in the Draw tab; shows the one to explain.
        tab: this tab; the drawing is explained anew each time a person opens it.
        netron_address: where Netron shows the network; None where it does not.
    """

    def show(drawing, name):
        explainer, menu = chosen_model(store, name)
        return story(explainer, drawing), layer_table(explainer), menu

    pictures = gr.HTML(elem_id="inside-story", apply_default_css=False, min_height=600)
    layers = gr.HTML(layer_table(store.own), elem_id="inside-layers", apply_default_css=False)
    gr.HTML(netron(netron_address), elem_id="inside-netron", apply_default_css=False)
    tab.select(
        show,
        [sketchpad, model],
        [pictures, layers, model],
        show_progress="hidden",
        api_visibility="private",
    )


def story(explainer: Explainer, drawing: Image.Image | None) -> str:
    """Tell as HTML what the network makes of a drawing, from the picture to the answer.

    Args:
        drawing: any picture; of None, or empty paper, an example is told.

    Raises:
        gr.Error: the picture cannot be read; its message is one clear line.
    """
    with errors_shown():
        prediction = explainer.classifier.predict(EXAMPLE if drawing is None else drawing)
    drawn = drawing is not None and prediction.reason != NOTHING_DRAWN
    if not drawn:
        prediction = explainer.classifier.predict(EXAMPLE)
    said = f"This is your drawing on its way to the answer: {in_words(prediction)}."
    parts = [f"<p>{said if drawn else NOTHING_YET}</p>", arrival(explainer, prediction)]
    if explainer.stages():
        parts += [one_filter(explainer, prediction.image), maps(explainer, prediction.image)]
    if evidence := explainer.evidence(prediction.image):
        parts.append(decision(evidence, prediction))
    return "".join(parts)


def arrival(explainer: Explainer, prediction: Prediction) -> str:
    """Show what the network received, and where it looked."""
    digit = int(prediction.probabilities.argmax())
    return section(
        "What arrives",
        figures(
            figure(
                prediction.image,
                "The drawing as 28 by 28 pixels, white on black",
                f"The drawing as it arrives: cut out, shrunk to {times(28, 28)} numbers, centred.",
                "inside-seen",
            ),
            figure(
                explainer.overlay(prediction.image, digit),
                f"The same digit, brightest where its strokes count most for a {digit}",
                "Where the network looks (by integrated gradients): the brighter a stroke, the "
                f"more it counts for a {digit}.",
                "inside-looked",
            ),
        ),
    )


def one_filter(explainer: Explainer, image: np.ndarray) -> str:
    """Follow the first convolution's most telling filter up to the next convolution."""
    model = explainer.classifier.model
    outputs = explainer.layer_outputs(image)
    names = explainer.stages()[0]
    chosen = outputs[names[-1]].std(axis=(0, 1)).argmax()
    shown = []
    for name in names:
        layer = model.get_layer(name)
        answers = outputs[name][:, :, chosen]
        caption = STEPS.get(type(layer).__name__)
        if caption is None:
            continue
        colour = for_and_against if answers.min() < 0 else heat
        shown.append(
            figure(
                colour(answers / largest(answers)),
                f"{len(answers)} by {answers.shape[1]} squares, the answers as colours",
                caption.format(size=times(*getattr(layer, "pool_size", ()))),
            )
        )
    kernel = model.get_layer(names[0]).kernel.numpy()[:, :, 0, chosen]
    height, width = kernel.shape
    return section(
        "One filter at work",
        figures(
            figure(
                for_and_against(kernel / largest(kernel)),
                f"{height} by {width} squares, orange and blue",
                f"A filter: {times(height, width)} numbers that slide over the picture, looking "
                "for ink where they are orange and for none where they are blue.",
                "inside-filter",
            ),
            *shown,
        ),
    )


def maps(explainer: Explainer, image: np.ndarray) -> str:
    """Show all maps of each convolution, and the filters of the first."""
    found = explainer.feature_maps(image)
    kernels = explainer.classifier.model.get_layer(next(iter(found))).kernel.numpy()[:, :, 0]
    filters = np.moveaxis(kernels, -1, 0)
    shown = [
        figure(
            sheet(for_and_against(filters / largest(filters))),
            f"{len(filters)} filters, each with orange and blue squares",
            f"The {len(filters)} filters of convolution 1, found by training.",
            "inside-filters",
        )
    ]
    for number, answers in enumerate(np.moveaxis(a, -1, 0) for a in found.values()):
        count, height, width = answers.shape
        last = number == len(found) - 1
        finds = FINDS_FIRST if number == 0 else FINDS_LAST if last else FINDS_BETWEEN
        source = "the picture" if number == 0 else "all those maps together"
        shown.append(
            figure(
                sheet(heat(answers / largest(answers))),
                f"{count} maps of {height} by {width} squares, bright where a filter found "
                "what it looks for",
                f"Convolution {number + 1} looks at {source} with {count} filters and leaves "
                f"{count} maps of {times(height, width)}, bright where it found {finds}.",
                f"inside-maps-{number + 1}",
            )
        )
    return section("What every filter finds", f'<div class="sheets">{"".join(shown)}</div>')


def decision(evidence: Evidence, prediction: Prediction) -> str:
    """Show what speaks for and against each digit, and how scores become shares."""
    cards = []
    for digit, (score, share) in enumerate(
        zip(evidence.scores, prediction.probabilities, strict=True)
    ):
        picture = ""
        if evidence.places is not None:
            colours = for_and_against(evidence.places[digit] / largest(evidence.places))
            alt = f"The places that speak for a {digit}, orange, and against it, blue"
            picture = img(under_the_digit(colours, prediction.image, evidence.window), alt)
        best = ' class="best"' if digit == prediction.probabilities.argmax() else ""
        cards.append(
            f"<li{best}>{picture}<strong>{digit}</strong>"
            f'<span><span class="visually-hidden"> score </span>{signed(score)}</span>'
            f'<div class="bar"><div style="width: {share:.1%}"></div></div>'
            f"<span>{per_cent(share)}</span></li>"
        )
    places = " Orange places speak for the digit, blue ones against it."
    return section(
        "How the answer adds up",
        "<p>For each digit, the last layer weighs everything found and adds it up to a score."
        f"{'' if evidence.places is None else places}</p>"
        f'<ul id="inside-evidence">{"".join(cards)}</ul>'
        "<p>The bars turn the ten scores into shares of 100&nbsp;%: one point more makes a digit "
        "2.7 times as likely.</p>",
    )


def under_the_digit(
    colours: np.ndarray, image: np.ndarray, window: tuple[float, float, float, float]
) -> np.ndarray:
    """Lay a digit, half transparent, over the colours of the places in its `window`."""
    top, left, bottom, right = window
    ink = Image.fromarray(smooth(image, 8)).transform(
        (TILE, TILE), Image.Transform.EXTENT, tuple(8 * edge for edge in (left, top, right, bottom))
    )
    base = np.asarray(Image.fromarray(colours).resize((TILE, TILE), Image.Resampling.NEAREST))
    ink = 0.6 * np.asarray(ink)[:, :, None]
    return np.round(base * (1 - ink) + 255 * ink).astype(np.uint8)


def layer_table(explainer: Explainer) -> str:
    """List the network's layers as a table."""
    rows = "".join(
        f'<tr><th scope="row">{html.escape(layer.name)}</th>'
        f"<td>{KINDS.get(layer.kind, html.escape(layer.kind))}</td>"
        f"<td>{times(*layer.shape)}</td><td>{layer.parameters:,}</td></tr>"
        for layer in layers(explainer.classifier.model)
    )
    total = explainer.classifier.model.count_params()
    return section(
        "The network, layer by layer",
        "<p>What each layer hands on to the next, and how many numbers it has learned.</p>"
        '<table><thead><tr><th scope="col">Layer</th><th scope="col">Kind</th>'
        '<th scope="col">Output</th><th scope="col">Parameters</th></tr></thead>'
        f"<tbody>{rows}</tbody>"
        f'<tfoot><tr><th scope="row" colspan="3">In all</th><td>{total:,}</td></tr></tfoot>'
        "</table>",
    )


def netron(address: str | None) -> str:
    """Show Netron in a frame, or tell how to get it."""
    if address is None:
        return section("The network in Netron", HOW_TO_NETRON)
    address = html.escape(address)
    return section(
        "The network in Netron",
        "<p>Netron is a viewer of networks by other people: click a layer to see its settings. "
        f'<a href="{address}" target="_blank" rel="noopener">Open it alone</a></p>'
        # Closed until asked for: Netron takes the focus, and the page would scroll down to it.
        "<details><summary>Show it here</summary>"
        f'<iframe src="{address}" title="The network in Netron" loading="lazy"></iframe></details>',
    )


def section(heading: str, content: str) -> str:
    """A part of the tab with its heading."""
    return f"<section><h2>{heading}</h2>{content}</section>"


def figures(*shown: str) -> str:
    """Figures side by side, as many as the screen is wide."""
    return f'<div class="figures">{"".join(shown)}</div>'


def figure(pixels: np.ndarray, alt: str, caption: str, elem_id: str = "") -> str:
    """A picture with its sentence."""
    name = f' id="{elem_id}"' if elem_id else ""
    return f"<figure{name}>{img(pixels, alt)}<figcaption>{caption}</figcaption></figure>"


def img(pixels: np.ndarray, alt: str) -> str:
    """A picture, `pixels` as for `data_url`."""
    return f'<img src="{data_url(pixels)}" alt="{alt}">'


def sheet(tiles: np.ndarray) -> np.ndarray:
    """All tiles (N, H, W, 3), enlarged, on one sheet that is a little wider than high."""
    columns = max(8, int(np.ceil(np.sqrt(len(tiles) * 4 / 3))))
    scale = max(1, 960 // (columns * tiles.shape[2]))  # sharp on a phone's fine pixels too
    large = tiles.repeat(scale, axis=1).repeat(scale, axis=2)
    return mosaic(large, columns=columns, gap=8)


def times(*sizes: int) -> str:
    """Sizes that stay on one line: 12 × 12 × 32."""
    return "&nbsp;×&nbsp;".join(f"{size:,}" for size in sizes)


def largest(values: np.ndarray) -> float:
    """The largest amount among `values`, to divide by: 1 where all are 0."""
    return float(np.abs(values).max()) or 1.0


def signed(score: float) -> str:
    """A score with its sign: +9.8 or −3.1."""
    return f"{score:+.1f}".replace("-", "−")


def per_cent(share: float) -> str:
    """A share of 1 in per cent: 98 %; never nothing and never all, for no answer is so sure."""
    if share < 0.01:
        return "&lt;&nbsp;1&nbsp;%"
    return f"{share * 100:.0f}&nbsp;%" if share < 0.99 else "&gt;&nbsp;99&nbsp;%"
