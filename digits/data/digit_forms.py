"""Forms of digits that are rare in the data sets, written down as pen strokes.

MNIST shows how digits were written in the United States around 1990, and the pen digits how 44
people at one Turkish university wrote them. Elsewhere people slash their zeros, cross their sevens,
and write a one with a hook and a foot. The forms below were made for this project.

To add a form, add a line to `DIGIT_FORMS`. A form is a drawing on a grid 6 wide and 10 high: `|`
separates strokes; a point is `x,y` with y downwards; points are joined by a smooth curve, and `!`
after a point makes a corner there. Coordinates may leave the grid.
"""

import numpy as np

DIGIT_FORMS = {
    0: (
        "3,0 .8,2 0,5 .8,8 3,10 5.2,8 6,5 5.2,2 3,0",  # round
        "4.5,.6 2,.3 .3,3 .3,7 2.5,10 5,8.5 5.8,5 5,1.5 3,.2",  # starts on the right
        "3,0 5.2,2 6,5 5.2,8 3,10 .8,8 0,5 .8,2 3,0",  # clockwise
        "3,0 .8,2 0,5 .8,8 3,10 5.2,8 6,5 5.2,2 3,0 | 6.5,-.5 -.5,10.5",  # slashed through
        "3,0 .8,2 0,5 .8,8 3,10 5.2,8 6,5 5.2,2 3,0 | 5,1.8 1,8.2",  # slashed inside
        "3,0 .8,2 0,5 .8,8 3,10 5.2,8 6,5 5.2,2 3,0 | -.3,-.2 6.3,10.2",  # slashed backwards
        "3,0 .8,2 0,5 .8,8 3,10 5.2,8 6,5 5.2,2 3,0 | 3,4.8 3,5.2",  # dotted
        "4,0 1,2 0,6 1.5,10 4.5,8 5.5,4 4,0 2.5,1.5 4.5,1.8 6.5,.6",  # looped at the top
        "3.6,.4 1,1.6 .2,5 1,8.4 3,10 5,8.4 5.8,5 5,1.6 2.4,.2",  # its ends cross
        "2.2,.2 .4,3 .2,7 2,9.8 4.6,9 5.8,6 5.4,2.4 4,.4",  # open
    ),
    1: (
        "3,0 3,10",
        "1,2.2 3,0! 3,10",  # hook
        "-.5,4.5 3,0! 3,10",  # long hook
        "1,2.2 3,0! 3,10 | .6,10 5.4,10",  # hook and foot
        "-.2,3.8 3,0! 3,10 | .6,10 5.4,10",  # long hook and foot
        "1.2,1 3,0! 3,10! 1,10! 5,10",  # in one stroke
        "3,0 3,10 | 1,10 5,10",  # foot
        "1.5,.6 3,0! 3,10 | 1.2,9.8 4.8,10",
        "0,3.2 1.8,1.8 3,0! 3,10",  # curved hook
        "1.6,1.6 3,0! 2.6,9.2 3.4,10 4.6,9.6",  # ends in a curve
    ),
    2: (
        "0,2.5 1,.5 3,0 5.3,1.2 5.3,3.4 3.5,6.3 0,10! 6,10",  # sharp foot
        "0,2.5 1,.5 3,0 5.3,1.2 5.3,3.4 3.5,6.3 0,10! 2.5,9.3 6,10",  # waved foot
        "0,2.3 1,.5 3,0 5.2,1.4 4.8,4 2.5,8 .8,9.6 .2,8.6 1.4,8 3.3,9.4 6,9.6",  # loop
        "0,1.2 1.5,0 4,0 5.6,1.6 4.6,4.6 0,9.6! 3,10 6,9.2",
        "0,.8 3,0 5.6,.6 5.3,3 0,10! 6,10",  # flat head
        "0,0 5.4,0! 0,10! 6,10",  # like a Z
        "0,2 1.4,.2 4,.2 5,2.4 3.6,6 .6,9.6 1.6,10 6,9.8",
    ),
    3: (
        "0,1 3,0 5.4,1.6 4.6,4 2.2,4.8! 5,5.4 5.9,7.6 3.5,10 0,9.2",
        "0,0 5.6,0! 2.4,4! 5.2,5.2 5.8,7.8 3.4,10 0,9",  # flat top
        "0,1.2 3,0 5.2,2 3.6,4.4 2.6,5 4,5.2 5.8,7.4 3.5,10 0,9",  # loop in the middle
        "0,.6 4,0 5,2 2.5,4.6! 5.4,6.5 4.4,9.5 .5,10",
        "-.3,1 2.8,0 4.8,1.6 3.5,4.2 1.8,4.4 2.6,3.8 4,4.8 5.6,7.4 3,10 -.2,8.6",
        "0,1 4.4,0 4.8,2.6 1.8,4.8! 5.4,6 4.6,9.4 0,9",
        "1,.4 4,.2 5,2 3,4.6 2,4.8 5,5.6 5.6,8 3,10 .4,8.8",
    ),
    4: (
        "1,0 .4,5.8! 6,5.8 | 4.5,2 4.5,10",  # open
        "1.4,0 0,6! 6,5.6 | 4.6,.2 4,10",
        "4.5,10 4.5,0! 0,6.8! 6.2,6.8",  # closed, stem first
        "4.2,0 0,6.5! 6.2,6.5 | 4.4,3 4.4,10",
        "4.3,0 0,6.8! 6.2,6.8 | 4.5,0 4.5,10",  # closed
        "1,0 .2,4.8 1.4,6 4.4,4.4 5.2,.6! 4.8,5 4.2,10",  # one sweep
        "0,0 .3,4.6 2.5,5.4 5,4.6! | 5.4,0 5,5 4.8,10",
        "1,0 .3,5.5! 5,5.2! 4.8,1! 4.2,10",  # one stroke, cornered
        "4.6,0 1.6,2.8 .8,4.4 2,5 4.4,5.2 4.8,6.6 4,10",  # one sweep, like an S
        "4.2,0 0,6! 5.4,6 5.6,4.2 4.6,4.4 4.2,10",  # one stroke, with a loop
        "3,0 0,6.5! 6,6.5 | 3.6,4.6 3.4,10",  # short stem
        "2,0 0,4.6! 4.8,4.6 | 5.4,1 2.8,10",  # slanted stem
        ".4,0 .6,3.6 2.4,5 4.6,4 5,0! 5,10",  # round, one stroke
        "0,0 .8,4 2.6,4.8 4.8,3.6 | 5.4,0 4,6 2,10",  # like a y
        "4,0 0,6! 5,5.6! 4,10",  # lightning
    ),
    5: (
        "1,0 .6,4.6! 3,4 5.6,5.8 5,9 2.6,10 0,9.2 | 1,0 5.6,0",
        "5.6,0 1,0! .6,4.6! 3,4 5.6,5.8 5,9 2.6,10 0,9.2",  # one stroke
        "5.4,.6 3,0 .8,1.6 1.8,4 4.4,5.6 5.4,8 3,10 0,9.2",  # like an S
        "1.2,.8 1,4.6! 4,4.4 5.6,6.8 4,9.8 0,9.4 | 1.5,.4 6.5,-.4",
        "1.2,0 .4,5! 5,5! 5,10! 0,10 | 1.2,0 6,0",  # square
        "0,.4 6.4,-.4 | 2.2,.2 1.2,4! 4.4,4.6 4.8,6.8 3,9.4 0,10",  # bar to both sides
        "5.5,-.4 1.6,.4! 1,3.6! 4,4.2 5,6.6 3.4,9.4 0,10",
        "1.2,0 1,5 3.4,4 5.4,6 4.4,9.4 .4,9.8 | 1.2,0 4.6,0",  # round belly
    ),
    6: (
        "5,0 2,2.2 .2,6 1,9.2 3.2,10 5.6,8 4.6,5.8 2.4,5.6 .4,7.6",
        "3.6,0 1.4,3 .2,6.8 1.2,9.6 3.6,10 5.6,8.2 4.4,6 1.8,6.2 .5,8",
        "5.4,1 3.6,0 1.2,2 .2,6 1,9.2 3.2,10 5.6,8 4.6,5.8 2.4,5.6 .4,7.6",  # curled top
        "1,0 .2,6 1.4,9.6 4,10 5.6,8 4.2,6 1.6,6.4 .6,8",  # straight back
        "4.8,0 .6,6.6! .6,8.6 2.8,10 5.4,8.4 4.4,6 1.8,6 .5,7.8",
        ".6,7.6 2.4,5.6 5,6.4 5.4,8.6 3,10 .6,8.6 .4,5 2,1.6 5,0",  # the loop first
    ),
    7: (
        "0,0 6,0! 2.4,10",
        "0,0 6,0! 2.4,10 | 1.2,5 5.8,5",  # crossed
        "0,1.8 .2,0! 6,0! 2.4,10",  # hooked
        "0,1.8 .2,0! 6,0! 2.4,10 | 1.2,5 5.8,5",  # hooked and crossed
        "0,.5 2,-.2 4,.5 6,0! 4.2,4 3.2,10",  # waved
        "0,.5 2,-.2 4,.5 6,0! 4.2,4 3.2,10 | 1.4,5.6 6,4.6",
        "0,0 5.8,0! 5.4,5 5.2,10",  # upright
        "0,0 6,0! 3,6 2.4,10 | 1.6,6 5.4,4.2",  # slanted cross
        "0,2.2 0,0! 6,0! 3,10",  # upright hook
        "0,.6 5.4,0 6,1 4.4,5 3.6,10",  # round corner
    ),
    8: (
        "5.2,1.6 3,0 .8,1.6 1.6,3.8 4.4,5.6 5.6,8 3,10 .4,8 1.6,5.6 4.4,3.8 5.2,1.6",
        "3,4.8 .8,3 1.2,.8 3,0 4.8,.8 5.2,3 3,4.8 .4,6.6 .6,9 3,10 5.4,9 5.6,6.6 3,4.8",
        "3,0 1,2.3 3,4.7 5,2.3 3,0 | 3,4.7 .2,7.3 3,10 5.8,7.3 3,4.7",  # two rings
        "5.6,.4 3,0 .8,1.8 3.2,4.6 5.4,7.6 3,10 .6,8 2.4,5 5.8,.8",  # open at the top
        "1,.8 3,4.8 5,8.4 3,10 .8,8.4 3,4.8 5,1.4 3,0 1,.8",
        "5,.6 2.4,0 1,2 3,4.4 5.2,6.8 4.4,9.6 2,9.8 1,7.6 3,4.8 5.4,.4",  # from the right
        "3,.2 1.2,2 3,4 4.6,2 3,.2 | 3,4.6 .6,7.4 3,10 5.4,7.4 3,4.6",  # apart
    ),
    9: (
        "5,1.8 3,0 .6,2 2,4.8 4.8,3 5,.6! 4.8,10",  # straight
        "5,1.8 3,0 .6,2 2,4.8 4.8,3 5.2,.8! 4.8,7 3.4,10 .6,9.4",  # curled
        "3,0 .6,2 2.4,4.8 5,3 3,0 | 5,2.6 4.4,6.5 2.8,10",  # ring and tail
        "4.8,1 2.6,0 .4,2.4 2.2,4.8 4.8,2.6 5.2,.4! 5.2,8 3.8,10 1,10! 0,9",  # foot
        "5.2,2.4 3,0 .6,2.2 2.6,4.8 5.2,2.4 4.6,6 1.6,10",  # one curve
        "5,.4 1.2,.2 .8,4.4 4.8,4! 5,.4! 5,10",  # square
        "5.6,.6 3.4,0 2.4,1.4 4.4,1.8 5.8,.4! 4.4,5 1.8,10",  # flat loop
        "4.4,4.4 2,4.6 1.6,1.6 4,0 5.8,1.8 5,5.4 2.6,8.6 0,10",  # one sweep, from inside
        "4.6,.6 1.6,.6 .8,3.4 3,4.6 5.2,2.6 5,.4! 4.6,6 4.8,10",
        "4.8,.8 3.4,0 2,1.6 3.2,3.2 5,2 5.4,.8 5.6,4 4,8 0,10",  # small loop, long tail
        "5,1 2.4,.2 1,2.6 3,4.6 5,2.4 5,.6! 4.8,7.6 3,10 1,9 2,7.4",  # curled far in
    ),
}


def parse_form(form: str) -> list[np.ndarray]:
    """Turn a form into strokes, each (K, 2) float32: x and y, y downwards."""
    strokes = []
    for part in form.split("|"):
        pieces, piece = [], []
        for word in part.split():
            piece.append([float(number) for number in word.rstrip("!").split(",")])
            if word.endswith("!"):
                pieces.append(piece)
                piece = piece[-1:]
        pieces.append(piece)
        strokes.append(np.concatenate([_curve(np.array(piece)) for piece in pieces]))
    return [stroke.astype(np.float32) for stroke in strokes]


def _curve(points: np.ndarray, steps: int = 8) -> np.ndarray:
    """A smooth curve through the points (a Catmull-Rom spline)."""
    if len(points) < 3:
        ends = points[[0, -1]]
        return ends[0] + np.linspace(0, 1, steps)[:, None] * (ends[1] - ends[0])
    closed = np.array_equal(points[0], points[-1])
    padded = (
        np.concatenate([points[-2:-1], points, points[1:2]])
        if closed
        else np.concatenate([points[:1], points, points[-1:]])
    )
    before, start, end, after = (padded[i : len(padded) - 3 + i, None] for i in range(4))
    t = np.linspace(0, 1, steps)[None, :, None]
    curve = 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t**2
        + (3 * start - before - 3 * end + after) * t**3
    )
    return curve.reshape(-1, 2)


def synthetic_strokes(digit: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Choose one of the digit's forms at random, as strokes: each (K, 2) float32, x and y.

    `digits.data.handwriting.vary` makes handwriting of it.
    """
    return parse_form(DIGIT_FORMS[digit][rng.integers(len(DIGIT_FORMS[digit]))])
