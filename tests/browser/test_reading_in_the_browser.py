"""The browser reads as Python does: the same digit images, the same probabilities, the same words.

Python is the reference. Both are given the same pictures: what the browser draws of 2,000 drawings.
"""

import base64
import json
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from playwright.sync_api import expect

from digits.architectures import ARCHITECTURES, build
from digits.data.digit_forms import DIGIT_FORMS, parse_form, synthetic_strokes
from digits.data.handwriting import vary
from digits.data.non_digit_forms import LETTER_FORMS, SIGN_FORMS
from digits.data.strokes import bounds
from digits.images.preprocessing import digit_image
from digits.page.browser.scripts import reader_script
from digits.page.wording import MENTIONED, heading_and_bars, phrase
from digits.prediction import CERTAIN, THRESHOLD
from digits.web_weights import run, to_web

# Reads all drawings with the page's own scripts. Each picture comes back as run lengths, because
# a PNG of each would take longer than everything else. They are given as text, because Playwright
# wraps each number of a list.
READ_ALL = """async (text) => {
  const drawings = JSON.parse(text);
  const side = 280;
  const context = new OffscreenCanvas(side, side).getContext("2d", {
    alpha: false,
    willReadFrequently: true,
  });
  const network = digits.makeNetwork(await (await fetch("network.bin")).arrayBuffer());
  const base64 = (array) => {
    const bytes = new Uint8Array(array.buffer);
    let encoded = "";
    for (let i = 0; i < bytes.length; i += 8192) {
      encoded += String.fromCharCode(...bytes.subarray(i, i + 8192));
    }
    return btoa(encoded);
  };
  const runs = [];
  const images = new Float32Array(784 * drawings.length);
  const probabilities = new Float32Array(10 * drawings.length).fill(-1);
  const said = drawings.map((strokes, number) => {
    digits.drawPicture(context, strokes, side);
    const pixels = context.getImageData(0, 0, side, side).data;
    const whole = new Uint32Array(pixels.buffer);
    for (let i = 0; i < whole.length; ) {
      const start = i;
      while (whole[i] === whole[start]) i++;
      runs.push(whole[start] & 255, i - start);
    }
    const image = digits.digitImage(pixels, side);
    const answer = image && network.probabilities(image);
    if (image) images.set(image, 784 * number);
    if (image) probabilities.set(answer, 10 * number);
    const { heading, words } = digits.inWords(answer);
    return [heading, words];
  });
  return {
    runs: base64(Int32Array.from(runs)),
    images: base64(images),
    probabilities: base64(probabilities),
    said,
  };
}"""

Drawing = list[dict]  # strokes as the sketchpad keeps them: {"width": ..., "points": [[x, y], ...]}


def placed(
    strokes: Sequence[np.ndarray], size: float, centre: tuple[float, float], width: float
) -> Drawing:
    """Strokes with their longer side `size` pixels long, around a centre on the canvas."""
    low, high = bounds(strokes)
    scale = size / max((high - low).max(), 1e-6)
    moved = [(stroke - (low + high) / 2) * scale + centre for stroke in strokes]
    return [{"width": float(width), "points": stroke.round(2).tolist()} for stroke in moved]


def drawings_to_read(hands: Sequence[Sequence[np.ndarray]]) -> Iterator[Drawing]:
    """2,000 drawings: people's digits, invented forms, non-digits, and odd ones."""
    rng = np.random.default_rng(0)

    def anywhere(strokes: Sequence[np.ndarray]) -> Drawing:
        size = rng.uniform(90, 240)
        room = (280 - size) / 2
        centre = 140 + rng.uniform(-room, room, 2)
        return placed(strokes, size, tuple(centre), rng.integers(10, 27))

    for number in rng.integers(len(hands), size=800):
        yield anywhere(hands[number])
    for number in range(300):
        yield anywhere(synthetic_strokes(number % 10, rng))
    others = [form for forms in (LETTER_FORMS | SIGN_FORMS).values() for form in forms]
    for number in range(300):
        yield anywhere(vary(parse_form(others[number % len(others)]), rng))
    forms = [parse_form(form) for forms in DIGIT_FORMS.values() for form in forms]
    for number in range(150):  # tiny
        strokes = forms[number % len(forms)]
        yield placed(strokes, rng.uniform(1, 40), tuple(rng.uniform(20, 260, 2)), 10)
    for number in range(100):  # huge, beyond the canvas
        yield placed(forms[number % len(forms)], rng.uniform(260, 600), (140, 140), 26)
    for number in range(150):  # at the rim, partly outside
        side = rng.choice([-10.0, 5, 275, 290])
        centre = (side, rng.uniform(0, 280)) if number % 2 else (rng.uniform(0, 280), side)
        yield placed(forms[number % len(forms)], rng.uniform(60, 200), centre, 18)
    for _ in range(60):  # dots, alone and several
        dots = [rng.uniform(0, 280, (1, 2)) for _ in range(rng.integers(1, 4))]
        yield [{"width": float(rng.integers(10, 27)), "points": dot.tolist()} for dot in dots]
    for _ in range(40):  # a digit, and dots of a finer pen beside it
        digit = placed(forms[int(rng.integers(len(forms)))], 120, (100, 140), 26)
        dots = [{"width": 10.0, "points": [[float(x), 40.0]]} for x in rng.uniform(200, 270, 3)]
        yield digit + dots
    for _ in range(35):  # bars, whose centre of mass lies between two pixels
        a, b = rng.integers(20, 260, 2).tolist()
        yield [{"width": 18.0, "points": [[a, 40], [a, 240]]}]
        yield [{"width": 10.0, "points": [[40, b], [240, b]]}]
    for _ in range(29):  # scribbles that fill the canvas
        yield [{"width": 26.0, "points": rng.uniform(0, 280, (60, 2)).round(1).tolist()}]
    yield []


def pictures(runs: bytes) -> np.ndarray:
    """The pictures that the browser drew: (N, 280, 280) uint8 grey."""
    shades, lengths = np.frombuffer(runs, np.int32).reshape(-1, 2).T
    return np.repeat(shades.astype(np.uint8), lengths).reshape(-1, 280, 280)


@pytest.fixture(scope="module")
def readings(browser, address, drawings):
    """What the browser makes of the drawings, read once for all tests."""
    page = browser.new_page()
    page.goto(address)
    page.wait_for_function("() => window.digits")
    hands = [drawing.strokes for drawing in drawings]
    found = page.evaluate(READ_ALL, json.dumps([*drawings_to_read(hands)]))
    page.close()
    decoded = {name: base64.b64decode(found[name]) for name in ("runs", "images", "probabilities")}
    return (
        pictures(decoded["runs"]),
        np.frombuffer(decoded["images"], np.float32).reshape(-1, 28, 28),
        np.frombuffer(decoded["probabilities"], np.float32).reshape(-1, 10),
        found["said"],
    )


def test_two_thousand_drawings_are_read_as_python_reads_them(readings, classifier):
    seen, images, probabilities, said = readings
    expected = [digit_image(picture) for picture in seen]
    answers = classifier.answers(expected)
    assert len(seen) == 2000
    ink = np.stack([np.zeros((28, 28)) if image is None else image for image in expected])
    assert (np.abs(images - ink) <= 1 / 255).mean() >= 0.999
    drawn = np.array([image is not None for image in expected])
    assert ((probabilities >= 0).all(axis=1) == drawn).all()
    assert 1900 < drawn.sum() < 2000
    reference = np.stack([answer.probabilities for answer in answers])
    assert np.abs(probabilities - reference)[drawn].max() <= 0.01
    for answer, (heading, words) in zip(answers, said, strict=True):
        first, second, third = np.sort(answer.probabilities)[:-4:-1]
        gaps = [first - second, abs(first - CERTAIN) * 5, abs(first - THRESHOLD)]
        if first < THRESHOLD:  # the words may name the second, too
            gaps += [second - third, abs(second - MENTIONED), abs(first + second - THRESHOLD)]
        if answer.image.any() and min(gaps) <= 0.02:
            continue  # a tie
        assert heading == heading_and_bars(answer, "Draw a digit")[0]
        assert words == phrase(answer)


def test_without_webassembly_it_computes_the_same(readings, browser, address, drawings):
    page = browser.new_page()
    page.add_init_script("delete globalThis.WebAssembly")
    page.goto(address)
    page.wait_for_function("() => window.digits")
    first = list(drawings_to_read([drawing.strokes for drawing in drawings]))[:50]
    found = page.evaluate(READ_ALL, json.dumps(first))
    page.close()
    computed = np.frombuffer(base64.b64decode(found["probabilities"]), np.float32).reshape(-1, 10)
    _, _, probabilities, _ = readings
    assert np.abs(computed - probabilities[:50]).max() <= 1e-4
    assert not np.array_equal(computed, probabilities[:50])  # in another precision


def test_the_browser_says_what_python_says(visit):
    """Cases at the limits; `tests/page/test_wording.py` holds Python to the same."""
    guest = visit()
    cases = {
        (0.99, 0.005): ["4", "Certain", "4, certain"],
        (0.98, 0.01): ["4", "Probably", "4, probably"],
        (0.70, 0.28): ["4", "Probably", "4, probably"],
        (0.69, 0.30): ["4 or 9?", "4 or 9?", "4 or 9?"],
        (0.60, 0.29): 3 * ["Not a digit, I think"],
        (0.36, 0.32): 3 * ["Not a digit, I think"],
    }
    for (first, second), said in cases.items():
        probabilities = [(1 - first - second) / 8] * 10
        probabilities[4], probabilities[9] = first, second
        spoken = guest.page.evaluate(
            """(probabilities) => {
                const { heading, words } = digits.inWords(probabilities);
                return [heading, words, digits.aloud(heading, words)];
            }""",
            probabilities,
        )
        assert spoken == said, (first, second)
    percentages = "[1, 0.99, 0.9899, 0.905, 0.01, 0.0099, 0].map((p) => digits.percent(p))"
    expected = ["> 99 %", "> 99 %", "99 %", "91 %", "1 %", "< 1 %", "< 1 %"]
    assert guest.page.evaluate(percentages) == expected
    aloud = {("?2", "1 of 2"): "?2, 1 of 2", ("42", "Probably"): "42, probably"}
    aloud |= {
        (heading, "two of them"): "two of them" for heading in ("Several digits", "No answer")
    }
    for pair, line in aloud.items():
        assert guest.page.evaluate("(pair) => digits.aloud(...pair)", pair) == line


def test_the_page_shows_what_was_measured_here(visit):
    """The worker draws and reads as the scripts above do, which ran on the page itself."""
    guest = visit()
    guest.page.wait_for_function("() => digits.ready")
    guest.draw((80, 70), (200, 70), (120, 220))
    expect(guest.heading).to_have_text("7")
    guest.settle()
    image = np.array(guest.page.evaluate("[...digits.last.image]")).reshape(28, 28)
    expected = digit_image(guest.last_picture())
    assert np.abs(image - expected).max() <= 1 / 255


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_network_of_ours_runs_in_the_browser(browser, address, name):
    rng = np.random.default_rng(0)
    network, image = to_web(build(name)), rng.uniform(0, 1, 784).astype(np.float32)
    page = browser.new_page()
    page.goto(f"{address}reader.js")
    page.add_script_tag(content=reader_script())
    got = page.evaluate(
        """([network, image]) => {
            const bytes = Uint8Array.from(atob(network), (character) => character.charCodeAt(0));
            return digits.makeNetwork(bytes.buffer).probabilities(Float32Array.from(image));
        }""",
        [base64.b64encode(network).decode(), image.tolist()],
    )
    page.close()
    assert np.abs(np.array(got) - run(network, image.reshape(1, 28, 28))[0]).max() < 1e-4
