"""Simulates photos of digits on paper whose ink is known, for the benchmark and for tests.

It is not part of the package, because the page does not need it. A photo is built up as in
reality: reflectances on the paper plane (texture, ruled lines, ink, table), seen by a tilted
camera under uneven light, followed by blur, noise, sharpening and JPEG compression.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np

from digits.data.strokes import Strokes, draw

RGB = tuple[int, int, int]


class Pen(NamedTuple):
    """A pen: its colour, and the ranges of its line width and of the digits written with it, mm."""

    colour: RGB
    width: tuple[float, float]
    size: tuple[float, float]  # of the digits
    strength: tuple[float, float]  # opacity; 1 covers the paper completely
    grain: float = 0.0  # the share of a stroke where rough paper stays bare
    light: bool = False  # writes on dark paper


PENS = {
    "blue ball pen": Pen((25, 45, 140), (0.45, 0.8), (8, 28), (0.7, 0.95), 0.10),
    "black ball pen": Pen((35, 35, 42), (0.45, 0.8), (8, 28), (0.7, 0.95), 0.10),
    "red pen": Pen((190, 25, 35), (0.5, 1.2), (8, 30), (0.75, 1.0), 0.05),
    "fountain pen": Pen((30, 40, 110), (0.5, 1.1), (8, 28), (0.7, 1.0)),
    "felt pen": Pen((20, 20, 25), (1.0, 2.5), (12, 50), (0.9, 1.0)),
    "blue marker": Pen((20, 50, 150), (2.0, 5.0), (25, 90), (0.85, 1.0)),
    "pencil": Pen((75, 75, 80), (0.5, 1.0), (8, 30), (0.45, 0.85), 0.35),
    "chalk": Pen((235, 235, 225), (6, 14), (70, 220), (0.6, 0.95), 0.35, light=True),
    "white pen": Pen((245, 245, 240), (0.8, 2.0), (10, 40), (0.75, 1.0), 0.08, light=True),
    "yellow crayon": Pen((235, 205, 90), (1.5, 3.5), (20, 70), (0.6, 0.9), 0.25, light=True),
}
PAPERS = {
    "white": (240, 240, 238),
    "cream": (238, 230, 208),
    "recycled": (205, 200, 190),
    "yellow note": (245, 228, 120),
    "envelope": (196, 168, 128),
}
DARK_PAPERS = {
    "blackboard": (48, 52, 50),
    "green board": (38, 74, 60),
    "black card": (38, 36, 36),
    "blue card": (34, 48, 92),
}
RULE_COLOURS = {
    "grey": (150, 150, 155),
    "blue": (120, 150, 205),
    "violet": (150, 140, 195),
    "red": (225, 140, 140),
    "dark": (90, 95, 105),
}
TABLES = {
    "dark wood": (92, 60, 38),
    "light wood": (190, 150, 105),
    "black": (28, 28, 30),
    "grey": (120, 122, 125),
    "white": (226, 226, 224),
}


@dataclass(frozen=True)
class Scene:
    """What a photo shows and how it was taken. Lengths on the paper are in millimetres."""

    pen: str = "black ball pen"
    pen_width: float = 0.7
    pen_strength: float = 0.9
    paper: RGB = PAPERS["white"]
    texture: float = 0.015  # roughness of the paper, relative to its brightness
    rules: str = "none"  # "ruled", "squared" or "none"
    rule_colour: RGB = RULE_COLOURS["blue"]
    rule_pitch: float = 8.0
    rule_width: float = 0.2
    margin_line: bool = False  # a red vertical line on the left of ruled paper
    specks: int = 0
    folds: int = 0  # each leaves a visible crease and a slightly different shade on either side
    curl: float = 0.0  # how far the ruled lines bend because the paper does not lie flat
    table: str | None = None  # visible beyond the paper; None: the paper fills the picture
    paper_size: tuple[float, float] = (0.8, 0.8)  # fractions of the picture, if there is a table
    finger: bool = False  # holds the paper at the edge of the picture

    digit_size: float = 20.0  # the digit's longer side
    digit_share: float = 0.4  # its longer side, as a fraction of the picture's shorter side
    digit_turn: float = 0.0  # degrees, on the paper
    place: tuple[float, float] = (0.5, 0.5)  # of the digit, x and y, as fractions of the picture
    pixels: tuple[int, int] = (1000, 750)  # width, height
    roll: float = 0.0  # rotation of the camera, degrees
    tilt: tuple[float, float] = (0.0, 0.0)  # angle of view from the side and from below, degrees

    exposure: float = 0.75  # brightness of the paper in the picture, 0 to 1 in linear light
    cast: RGB = (255, 255, 255)  # the colour of the light
    falloff: float = 0.1  # how much darker the far side is
    shadow: float = 0.0  # share of the light that the shadow removes
    shadow_softness: float = 0.03  # of its edge, as a fraction of the picture
    blur: float = 0.0008  # of the lens, as a fraction of the picture's longer side
    motion: float = 0.0  # length of the motion blur, as such a fraction
    noise: float = 0.01  # of the sensor at the paper's brightness
    sharpening: float = 0.5  # strength, as phones apply it
    jpeg: int = 85  # quality


class Photo(NamedTuple):
    """A simulated photo and its ground truth."""

    picture: np.ndarray  # (H, W, 3) uint8 RGB
    ink: np.ndarray  # (H, W) float32 in [0, 1]: where the pen touched the paper


KINDS = (
    "plain",
    "ruled",
    "squared",
    "shadow",
    "light on dark",
    "pencil",
    "blurred",
    "dim and noisy",
    "table and finger",
    "everything at once",
)


def random_scene(kind: str, rng: np.random.Generator, *, largest: int = 2000) -> Scene:
    """Make a random scene: each kind has its own difficulty, and a little of the others'.

    Args:
        kind: one of KINDS.
        largest: the longer side of the picture is between 640 pixels and this many.
    """
    mixed = kind == "everything at once"
    light = kind == "light on dark" or (mixed and rng.random() < 0.15)
    names = [name for name, pen in PENS.items() if pen.light == light]
    name = "pencil" if kind == "pencil" else str(rng.choice(names))
    pen = PENS[name]
    papers = list((DARK_PAPERS if light else PAPERS).values())
    white_first = None if light else (0.6, 0.12, 0.12, 0.08, 0.08)
    longer = int(rng.uniform(640, largest))
    sides = (longer, round(longer / rng.choice((4 / 3, 16 / 9, 1.0))))
    scene = Scene(
        pen=name,
        pen_width=rng.uniform(*pen.width),
        pen_strength=rng.uniform(*pen.strength),
        paper=papers[rng.choice(len(papers), p=white_first)],
        texture=rng.uniform(0.005, 0.03),
        specks=int(rng.poisson(2)),
        folds=int(rng.poisson(0.5 if mixed else 0.15)),
        digit_size=rng.uniform(*pen.size),
        digit_share=rng.uniform(0.15, 0.7),
        digit_turn=rng.normal(0, 3),
        pixels=sides if rng.random() < 0.5 else sides[::-1],
        roll=float(np.clip(rng.normal(0, 4), -10, 10)),
        tilt=(rng.uniform(-15, 15), rng.uniform(-5, 25)),
        exposure=rng.uniform(0.45, 0.9) * (0.35 if light else 1),
        cast=((255, 255, 255), (255, 246, 234), (255, 238, 212), (244, 248, 255))[rng.integers(4)],
        falloff=rng.uniform(0.05, 0.35),
        blur=rng.uniform(0.0004, 0.0015),
        noise=rng.uniform(0.005, 0.025),
        sharpening=rng.uniform(0, 1.2),
        jpeg=int(rng.integers(60, 96)),
    )
    if kind in ("ruled", "squared") or (mixed and not light and rng.random() < 0.6):
        scene = _with_rules(scene, kind if not mixed else rng.choice(("ruled", "squared")), rng)
    if kind == "shadow" or (mixed and rng.random() < 0.6):
        scene = replace(
            scene, shadow=rng.uniform(0.3, 0.7), shadow_softness=10 ** rng.uniform(-2.3, -0.9)
        )
    if kind == "blurred" or (mixed and rng.random() < 0.3):
        if rng.random() < 0.5:
            scene = replace(scene, blur=rng.uniform(0.002, 0.005))
        else:
            scene = replace(scene, motion=rng.uniform(0.006, 0.018))
    if kind == "dim and noisy" or (mixed and rng.random() < 0.3):
        scene = replace(
            scene,
            exposure=scene.exposure * rng.uniform(0.15, 0.5),
            noise=rng.uniform(0.04, 0.1),
            jpeg=int(rng.integers(30, 65)),
        )
    if kind == "table and finger" or (mixed and rng.random() < 0.3):
        table = str(rng.choice([name for name in TABLES if not (light and name == "black")]))
        scene = replace(
            scene,
            table=table,
            paper_size=(rng.uniform(0.65, 0.95), rng.uniform(0.65, 0.95)),
            finger=bool(rng.random() < 0.5),
            digit_share=min(scene.digit_share, 0.45),
        )
    # The digit lies anywhere that leaves some room to the edge of the picture or the paper.
    share = scene.digit_share * min(scene.pixels) / np.array(scene.pixels)
    room = (np.array(scene.paper_size if scene.table else (1, 1)) - 1.35 * share) / 2
    return replace(scene, place=tuple(0.5 + rng.uniform(-1, 1, 2) * room.clip(0, 0.2)))


def _with_rules(scene: Scene, rules: str, rng: np.random.Generator) -> Scene:
    """Add ruled or squared lines as in exercise books; the pitch is 4 to 10 mm."""
    colours = list(RULE_COLOURS.values())
    pitch = rng.uniform(7, 10) if rules == "ruled" else rng.uniform(4, 6)
    return replace(
        scene,
        rules=rules,
        rule_colour=colours[rng.integers(len(colours))],
        rule_pitch=pitch,
        rule_width=rng.uniform(0.12, 0.35),
        margin_line=rules == "ruled" and bool(rng.random() < 0.3),
        curl=rng.uniform(0, 0.8),
    )


def take_photo(strokes: Strokes | None, scene: Scene, rng: np.random.Generator) -> Photo:
    """Simulate a photo of a drawing, or of empty paper.

    Args:
        strokes: each (K, 2), x and y, y downwards, in any unit; None for empty paper.
        scene: everything else that the photo shows, and how it is taken.
        rng: for texture, specks, noise and the direction of the light.
    """
    width, height = scene.pixels
    scale = scene.digit_share * min(width, height) / scene.digit_size  # pixels per mm
    x, y = _paper_coordinates(scene, scale)
    y_bent = y + scene.curl * np.sin(x / (0.35 * width / scale) + rng.uniform(0, 6.28))
    bare = _smooth_noise((height, width), max(0.08 * scale, 0.7), rng)  # roughness of the paper

    colour = _linear(scene.paper) * np.ones((height, width, 1), np.float32)
    clouds = _smooth_noise((height, width), 4 * scale, rng)
    colour *= (1 + scene.texture * (bare + 0.7 * clouds))[..., None]
    for cover, rule in _rules(scene, x, y_bent, scale, rng):
        colour = _blend(colour, rule, cover * 0.85)
    for _ in range(scene.folds):
        colour *= _fold(x, y, scale, rng)[..., None]
    for _ in range(scene.specks):
        at = rng.uniform(0.05, 0.95, 2) * (width, height)
        radius = max(0.6, scale * rng.uniform(0.05, 0.35))
        speck = np.zeros((height, width), np.float32)
        cv2.circle(speck, at.astype(int).tolist(), max(1, round(radius)), 1.0, -1, cv2.LINE_AA)
        colour = _blend(colour, _linear((70, 60, 50)), speck * rng.uniform(0.2, 0.8))
    ink = np.zeros((height, width), np.float32)
    if strokes is not None:
        pen = PENS[scene.pen]
        ink = _stroke_cover(strokes, scene, x, y_bent, scale)
        # Pressure changes slowly along a stroke; where the paper is rough, it shows through.
        pressure = 1 - 0.12 * (1 + _smooth_noise((height, width), 3 * scale, rng)).clip(0, 2)
        holes = np.clip((bare - 1.6 + 4 * pen.grain) * 0.8, 0, 1) if pen.grain else 0.0
        cover = ink * scene.pen_strength * pressure * (1 - holes)
        colour = _blend(colour, _linear(pen.colour), cover)
    if scene.table is not None:
        colour = _lay_on_table(colour, scene, x, y, scale, rng)
    if scene.finger:
        colour = _hold(colour, scene, rng)

    colour = colour * (_light(scene, rng) * scene.exposure / _linear(scene.paper).max())[..., None]
    colour *= _linear(scene.cast)
    return Photo(_develop(colour, scene, rng), _smear(ink, scene))


def _linear(colour: RGB) -> np.ndarray:
    """An RGB colour as linear light, (3,) float32 in [0, 1]."""
    return ((np.array(colour, np.float32) / 255) ** 2.2).astype(np.float32)


def _blend(below: np.ndarray, colour: np.ndarray, cover: np.ndarray) -> np.ndarray:
    return below + cover[..., None] * (colour - below)


def _smooth_noise(shape: tuple[int, int], sigma: float, rng: np.random.Generator) -> np.ndarray:
    """Noise with mean 0, standard deviation 1 and grains of `sigma` pixels: float32 of `shape`."""
    step = max(1, int(sigma))  # coarse grains need no fine noise
    small = rng.standard_normal((shape[0] // step + 2, shape[1] // step + 2)).astype(np.float32)
    small = cv2.GaussianBlur(small, (0, 0), max(sigma / step, 0.5))
    noise = cv2.resize(small, shape[::-1], interpolation=cv2.INTER_CUBIC)
    return (noise - noise.mean()) / noise.std()


def _paper_coordinates(scene: Scene, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Where on the paper each pixel lies: (H, W) x and y in mm from the digit's centre."""
    width, height = scene.pixels
    roll, across, along = np.radians((scene.roll, *scene.tilt))
    turn = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    # Perspective: the camera is two picture widths away, and more distant parts look smaller.
    distance = 2.0 * max(width, height)
    squeeze = np.diag([1 / np.cos(across), 1 / np.cos(along), 1.0])
    squeeze[2, :2] = np.tan(across) / distance, np.tan(along) / distance
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height))
    from_digit = columns - scene.place[0] * width, rows - scene.place[1] * height
    points = np.stack([*from_digit, np.ones_like(columns)])
    u, v, w = np.einsum("ij,jhw->ihw", squeeze @ turn, points.astype(np.float32))
    return (u / w / scale).astype(np.float32), (v / w / scale).astype(np.float32)


def _fold(x: np.ndarray, y: np.ndarray, scale: float, rng: np.random.Generator) -> np.ndarray:
    """The factor by which a fold changes the paper's brightness: (H, W) float32, about 1."""
    angle = rng.choice((0, np.pi / 2)) + rng.normal(0, 0.1)
    away = x * np.cos(angle) + y * np.sin(angle)
    away = away - rng.uniform(away.min(), away.max())
    sides = 1 + rng.uniform(-0.06, 0.06) * np.tanh(away / (40 / scale))
    return sides * (1 - rng.uniform(0.0, 0.12) * np.exp(-np.abs(away) / max(0.15, 1 / scale)))


def _rules(scene: Scene, x: np.ndarray, y: np.ndarray, scale: float, rng: np.random.Generator):
    """Yield the coverage, (H, W) in [0, 1], and the colour of each set of lines."""
    if scene.rules == "none":
        return
    shift = rng.uniform(0, scene.rule_pitch, 2)
    for axis in (y, x)[: 2 if scene.rules == "squared" else 1]:
        away = np.abs((axis + shift[0]) % scene.rule_pitch - scene.rule_pitch / 2)
        yield _line_cover(away, scene.rule_width, scale), _linear(scene.rule_colour)
        shift = shift[::-1]
    if scene.margin_line:
        away = np.abs(x + scene.digit_size * rng.uniform(0.6, 1.2))
        yield _line_cover(away, scene.rule_width * 1.3, scale), _linear((215, 90, 95))


def _line_cover(away: np.ndarray, width: float, scale: float) -> np.ndarray:
    """The share of each pixel that a line covers whose centre is `away` mm from the pixel."""
    return np.clip((width / 2 - away) * scale + 0.5, 0, min(1.0, width * scale))


def _stroke_cover(
    strokes: Strokes, scene: Scene, x: np.ndarray, y: np.ndarray, scale: float
) -> np.ndarray:
    """The share of each pixel that the pen covers: (H, W) float32 in [0, 1]."""
    fine = 2 * scale  # pixels per mm in the drawing
    canvas = int((scene.digit_size + scene.pen_width) * fine) + 4
    drawn = draw(strokes, canvas=canvas, size=1 - 2 / canvas, brush=scene.pen_width * fine)
    drawn = cv2.GaussianBlur(drawn, (0, 0), 0.8)
    turn = np.radians(scene.digit_turn)
    u = (x * np.cos(turn) - y * np.sin(turn)) * fine + canvas / 2
    v = (x * np.sin(turn) + y * np.cos(turn)) * fine + canvas / 2
    return cv2.remap(drawn, u.astype(np.float32), v.astype(np.float32), cv2.INTER_LINEAR)


def _lay_on_table(
    colour: np.ndarray, scene: Scene, x: np.ndarray, y: np.ndarray, scale: float, rng
) -> np.ndarray:
    """Let the paper end inside the picture, and cast a shadow on the table."""
    height, width = x.shape
    half = np.array(scene.paper_size) * (width, height) / 2 / scale  # mm
    # Coordinates start at the digit's centre; the paper is centred in the picture.
    middle = (0.5 - np.array(scene.place)) * (width, height) / scale
    inside = half - np.abs(np.stack([x, y], -1) - middle)
    edge = inside.min(-1)  # distance to the paper's edge in mm, negative on the table
    table = _linear(TABLES[scene.table]) * np.ones((height, width, 1), np.float32)
    grain = cv2.resize(
        _smooth_noise((height, max(8, width // 12)), 2.0 + 0.004 * height, rng), (width, height)
    )
    table *= (1 + (0.16 if "wood" in scene.table else 0.03) * grain)[..., None]
    contact = 1 - 0.5 * np.exp(np.minimum(edge, 0) / (0.02 * width / scale))
    on_paper = np.clip(edge * scale + 0.5, 0, 1)
    return _blend(table * contact[..., None], colour, on_paper)


def _hold(colour: np.ndarray, scene: Scene, rng: np.random.Generator) -> np.ndarray:
    """Add a finger that reaches in from the left or right edge."""
    height, width = colour.shape[:2]
    side = rng.choice((0, width))
    row, reach, thick = rng.uniform(0.1, 0.9) * height, 0.12 * width, 0.05 * max(width, height)
    finger = np.zeros((height, width), np.float32)
    cv2.ellipse(
        finger, (int(side), int(row)), (int(reach), int(thick)), rng.uniform(-25, 25), 0, 360, 1.0,
        -1, cv2.LINE_AA,
    )  # fmt: skip
    shade = cv2.GaussianBlur(finger, (0, 0), 0.01 * width)
    round_off = 0.75 + 0.25 * cv2.GaussianBlur(finger, (0, 0), 0.02 * width)
    skin = _linear((214, 160, 130)) * round_off[..., None]
    return _blend(colour * (1 - 0.4 * shade[..., None]), skin, finger)


def _light(scene: Scene, rng: np.random.Generator) -> np.ndarray:
    """The light that falls on each pixel: (H, W) float32, about 1 at the brightest."""
    width, height = scene.pixels
    columns, rows = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    angle = rng.uniform(0, 6.28)
    along = columns * np.cos(angle) + rows * np.sin(angle)
    light = 1 - scene.falloff * (along + 1.4) / 2.8 - 0.1 * (columns**2 + rows**2) / 2
    if scene.shadow:
        # The shadow of a head, a hand or the phone: a half-plane, or a band with two edges.
        angle = rng.uniform(0, 6.28)
        along = columns * np.cos(angle) + rows * np.sin(angle) + rng.uniform(-0.6, 0.6)
        along = along + 0.1 * np.sin(3 * (columns * np.sin(angle) - rows * np.cos(angle)))
        if rng.random() < 0.4:
            along = rng.uniform(0.25, 0.5) - np.abs(along)
        light = light * (1 - scene.shadow / (1 + np.exp(-along / (scene.shadow_softness * 0.6))))
    return light.astype(np.float32)


def _smear(image: np.ndarray, scene: Scene) -> np.ndarray:
    """Blur the image, as the lens and a moving hand do."""
    longer = max(scene.pixels)
    image = cv2.GaussianBlur(image, (0, 0), max(scene.blur * longer, 0.3))
    length = round(scene.motion * longer)
    if length > 1:
        kernel = np.zeros((length, length), np.float32)
        middle = (length - 1) / 2
        reach = np.array([np.cos(scene.roll), np.sin(scene.roll)]) * middle  # any direction
        start, end = np.round(middle - reach).astype(int), np.round(middle + reach).astype(int)
        cv2.line(kernel, start.tolist(), end.tolist(), 1.0)
        image = cv2.filter2D(image, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REFLECT)
    return image


def _develop(light: np.ndarray, scene: Scene, rng: np.random.Generator) -> np.ndarray:
    """Turn light into the phone's picture: blur, noise, sharpening, gamma, JPEG; uint8 RGB."""
    light = _smear(light, scene)
    grain = rng.standard_normal(light.shape).astype(np.float32)
    grain = (
        cv2.GaussianBlur(grain, (0, 0), 0.7) * 2.2
    )  # colour filters and denoising blur the noise
    light = light + scene.noise * scene.exposure * grain * np.sqrt(light / scene.exposure + 0.05)
    image = np.clip(light, 0, 1) ** (1 / 2.2)
    image = image + scene.sharpening * (image - cv2.GaussianBlur(image, (0, 0), 1.5))
    bgr = np.round(255 * image[..., ::-1].clip(0, 1)).astype(np.uint8)
    _, file = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, scene.jpeg])
    return np.ascontiguousarray(cv2.imdecode(file, cv2.IMREAD_COLOR)[..., ::-1])
