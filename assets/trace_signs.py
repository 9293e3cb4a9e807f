"""Traces signs and letters of a font into pen strokes: `python -m assets.trace_signs`.

It made `digits/data/traced_signs.json`, which is part of the project, and traces the characters
that this file names again. They are signs and letters of many alphabets from DejaVu Sans, which
Matplotlib ships. They were chosen by eye: no character that people may take for a digit, and none
like the kinds that `digits.data.non_digits` holds out.

It needs scikit-image, which nothing else here does: `pip install scikit-image`.

Each character is drawn large and thinned to its skeleton, whose pixels are then followed from end
to end; where lines cross, a stroke goes straight on. A character that is a filled shape has no pen
strokes, so its outline is traced instead.
"""

import json
import sys
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from skimage.morphology import skeletonize

SIGNS = Path("digits/data/traced_signs.json")
HEIGHT = 10.0  # of every form, in the units of `digits.data.digit_forms`
GLYPH = 240  # pixels: the size at which glyphs are drawn to be traced
FILLED = 0.16  # a pen wider than this share of the glyph: the shape is filled, not written
SPUR = 0.09  # branches of the skeleton shorter than this share of the glyph are artefacts
Pixel = tuple[int, int]


def glyph(character: str, font: ImageFont.FreeTypeFont) -> np.ndarray:
    """Draw a character, cropped to its ink: (H, W) bool."""
    picture = Image.new("L", (4 * GLYPH, 4 * GLYPH))
    ImageDraw.Draw(picture).text((2 * GLYPH, 2 * GLYPH), character, 255, font, "mm")
    inked = np.asarray(picture) > 127
    rows, columns = np.flatnonzero(inked.any(1)), np.flatnonzero(inked.any(0))
    if not rows.size:
        return np.zeros((0, 0), bool)
    return np.pad(inked[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], 3)


def trace(inked: np.ndarray) -> list[np.ndarray]:
    """The pen strokes of a glyph, each (K, 2) float: x and y in pixels."""
    side = max(inked.shape)
    thickness = 2 * cv2.distanceTransform(inked.astype(np.uint8), cv2.DIST_L2, 5).max()
    if thickness > FILLED * side:
        found, _ = cv2.findContours(inked.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        return [np.vstack([line[:, 0], line[:1, 0]]).astype(float) for line in found]
    return [np.array(path, float)[:, ::-1] for path in _paths(skeletonize(inked), SPUR * side)]


def _paths(skeleton: np.ndarray, shortest: float) -> list[list[Pixel]]:
    """Lines of pixels (row, column) that together cover the skeleton."""
    pixels = {tuple(map(int, pixel)) for pixel in np.argwhere(skeleton)}
    nodes = {pixel for pixel in pixels if len(_around(pixel, pixels)) != 2}
    edges: list[list[Pixel]] = []
    walked: set[tuple[Pixel, Pixel]] = set()
    for start in sorted(nodes):
        for step in _around(start, pixels):
            if (start, step) in walked:
                continue
            path = [start, step]
            while path[-1] not in nodes:
                ahead = [p for p in _around(path[-1], pixels) if p != path[-2]]
                ahead = [p for p in ahead if p not in path[-4:]] or ahead
                path.append(ahead[0])
                if len(path) > 10_000:
                    break
            walked |= {(path[0], path[1]), (path[-1], path[-2])}
            edges.append(path)
    on_edges = {pixel for edge in edges for pixel in edge}
    rings = pixels - on_edges - nodes
    while rings:  # a closed line without ends or crossings
        start = min(rings)
        path = [start]
        rings.discard(start)
        while ahead := [p for p in _around(path[-1], pixels) if p in rings]:
            path.append(ahead[0])
            rings.discard(ahead[0])
        edges.append([*path, start])
    if not edges:
        return [[min(pixels), min(pixels)]] if pixels else []
    return [path for path in _joined(_without_spurs(edges, shortest)) if len(path) > 1]


def _around(pixel: Pixel, pixels: set[Pixel]) -> list[Pixel]:
    """The neighbours of a pixel; those across an edge hide those across a corner beside them."""
    y, x = pixel
    straight = [p for p in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)) if p in pixels]
    slanted = [
        (y + dy, x + dx)
        for dy in (-1, 1)
        for dx in (-1, 1)
        if (y + dy, x + dx) in pixels and (y + dy, x) not in pixels and (y, x + dx) not in pixels
    ]
    return straight + slanted


def _without_spurs(edges: list[list[Pixel]], shortest: float) -> list[list[Pixel]]:
    """Drop short lines that end freely at one side: thinning leaves them at corners."""
    ends = [end for edge in edges for end in (edge[0], edge[-1])]

    def is_spur(edge: list[Pixel]) -> bool:
        free = [ends.count(end) == 1 for end in (edge[0], edge[-1])]
        return sum(free) == 1 and len(edge) < shortest

    return [edge for edge in edges if not is_spur(edge)]


def _joined(edges: list[list[Pixel]]) -> list[list[Pixel]]:
    """Join lines that meet, the straightest continuation first."""
    paths = [list(edge) for edge in edges]
    while True:
        best: tuple[float, int, int] | None = None
        for i, first in enumerate(paths):
            for j, second in enumerate(paths):
                if i == j:
                    continue
                for a in (first, first[::-1]):
                    for b in (second, second[::-1]):
                        # Crossing lines meet in two junctions a few pixels apart.
                        if abs(a[-1][0] - b[0][0]) + abs(a[-1][1] - b[0][1]) > 2:
                            continue
                        turn = _turn(a, b)
                        if turn < 0.9 and (best is None or turn < best[0]):
                            best = (turn, i, j)
                            chosen = [*a, *b]
        if best is None:
            return paths
        _, i, j = best
        paths = [path for index, path in enumerate(paths) if index not in (i, j)] + [chosen]


def _turn(first: list[Pixel], second: list[Pixel]) -> float:
    """The angle, in radians, by which the pen turns from the end of one line into another."""
    before = np.subtract(first[-1], first[max(0, len(first) - 16)])
    after = np.subtract(second[min(15, len(second) - 1)], second[0])
    lengths = np.hypot(*before) * np.hypot(*after)
    return float(np.arccos(np.clip(before @ after / max(lengths, 1e-6), -1, 1)))


def form(strokes: list[np.ndarray]) -> str:
    """The strokes in the notation of `digits.data.digit_forms`, scaled to its height."""
    points = np.concatenate(strokes)
    low, high = points.min(0), points.max(0)
    scale = HEIGHT / max((high - low).max(), 1)
    written = []
    for stroke in strokes:
        stroke = (stroke - low) * scale
        kept = _spaced(stroke)
        words = []
        for index, (x, y) in enumerate(kept):
            corner = 0 < index < len(kept) - 1 and _is_corner(*kept[index - 1 : index + 2])
            words.append(f"{x:.1f},{y:.1f}" + "!" * corner)
        written.append(" ".join(words).replace(".0", ""))
    return " | ".join(written)


def _spaced(stroke: np.ndarray) -> np.ndarray:
    """Few points that keep the shape: the corners of a polygon within a tenth of a unit."""
    kept = cv2.approxPolyDP(stroke.astype(np.float32).reshape(-1, 1, 2), 0.12, False)[:, 0]
    return kept if len(kept) > 1 else np.vstack([kept, kept])


def _is_corner(before: np.ndarray, at: np.ndarray, after: np.ndarray) -> bool:
    a, b = at - before, after - at
    cosine = a @ b / max(np.hypot(*a) * np.hypot(*b), 1e-6)
    return bool(cosine < 0.5)  # turns by more than 60 degrees


def main() -> int:
    """Trace every character of SIGNS again and rewrite the file; returns the exit code."""
    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    font = ImageFont.truetype(str(fonts / "DejaVuSans.ttf"), GLYPH)
    characters = json.loads(SIGNS.read_text(encoding="utf-8"))
    traced = {character: form(trace(glyph(character, font))) for character in characters}
    text = json.dumps(traced, ensure_ascii=False, indent=0)
    SIGNS.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
