"""Draws learning curves as SVG; the style sheet gives them the colours of the page's theme."""

from collections.abc import Sequence

WIDTH, HEIGHT = 320, 190
LEFT, TOP, RIGHT, BOTTOM = 46, 10, 312, 160  # the edges of the part with the curves


def loss_curves(training: Sequence[float], validation: Sequence[float], epochs: int) -> str:
    """Draw the loss from 0 up, as HTML.

    Args:
        training, validation: a value for each epoch that is done; none draws an empty frame.
        epochs: how many there will be; the axis is that long from the beginning.
    """
    high = max([*training, *validation], default=0) or 1
    return _chart("Loss", training, validation, epochs, (0, high), "{:.2f}")


def accuracy_curves(training: Sequence[float], validation: Sequence[float], epochs: int) -> str:
    """Draw accuracies, shares of 1, in per cent up to 100; otherwise as `loss_curves`."""
    training, validation = ([100 * share for share in line] for line in (training, validation))
    low = 5 * (min([95, *training, *validation]) // 5)
    return _chart("Accuracy", training, validation, epochs, (low, 100), "{:.1f}&nbsp;%")


def _chart(
    name: str,
    training: Sequence[float],
    validation: Sequence[float],
    epochs: int,
    span: tuple[float, float],
    form: str,
) -> str:
    """Draw two lines in a frame whose axis has the `span`, with their last values in a legend."""
    low, high = span

    def y(value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (value - low) / (high - low)

    drawn = f'<text x="{LEFT}" y="{HEIGHT - 8}">epoch 1</text>' if epochs else ""
    if epochs > 1:
        drawn += f'<text class="end" x="{RIGHT}" y="{HEIGHT - 8}">{epochs}</text>'
    for tick in (low, (low + high) / 2, high):
        drawn += f'<line x1="{LEFT}" x2="{RIGHT}" y1="{y(tick):.1f}" y2="{y(tick):.1f}"/>'
        if epochs:
            text = f"{tick:.2f}" if high < 10 else f"{tick:.3g}"
            drawn += f'<text class="end" x="{LEFT - 6}" y="{y(tick) + 4:.1f}">{text}</text>'
    legend = ""
    for kind, line in {"training": training, "validation": validation}.items():
        if not line:
            continue
        points = [
            (LEFT + (RIGHT - LEFT) * epoch / max(epochs - 1, 1), y(value))
            for epoch, value in enumerate(line)
        ]
        path = " ".join(f"{left:.1f},{top:.1f}" for left, top in points)
        left, top = points[-1]
        drawn += f'<polyline class="{kind}" points="{path}"/>'
        drawn += f'<circle class="{kind}" cx="{left:.1f}" cy="{top:.1f}" r="3.5"/>'
        legend += f' <span class="{kind}">{kind} {form.format(line[-1])}</span>'
    return (
        f"<figure><figcaption><strong>{name}</strong>{legend}</figcaption>"
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{name}, epoch by epoch">'
        f"{drawn}</svg></figure>"
    )
