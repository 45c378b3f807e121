"""The drawing of lecture 08: a writer that looks back at what was read."""

from collections.abc import Sequence
from math import hypot

from matplotlib.axes import Axes

from unrolled.figures.drawing import Drawing, arrow, circle, finish, sheet, styled, write
from unrolled.figures.steps import HEIGHT, RADIUS, RISE, spread, states, token
from unrolled.language import _
from unrolled.palette import colour as of


def _look_back(axes: Axes, start, end, weight: float, colour: str) -> None:
    """Draw a line from the rim of a state, as thick as its weight."""
    across, up = end[0] - start[0], end[1] - start[1]
    share = (RADIUS + 0.02) / hypot(across, up)
    xs, ys = (start[0] + share * across, end[0]), (start[1] + share * up, end[1])
    axes.plot(xs, ys, color=colour, lw=0.8 + 8 * weight, solid_capstyle="butt", zorder=0)


def attention(
    read: Sequence[str] = ("7", "August", "2026"),
    weights: Sequence[float] = (0.05, 0.85, 0.1),
    written: str = "08",
    theme: str | None = None,
) -> Drawing:
    """Draw one step of writing, and how much of the state at each word read goes into it.

    weights: one for each word read, their sum 1; the ready ones are made up.
    """
    shade, low = theme or "light", 1.3
    state, ink, quiet = of("state", shade), of("ink", shade), of("quiet", shade)
    middle, high = low + RISE, low + 2 * RISE
    with styled():
        places = spread(1.2, read, 0.5)
        writer = places[-1] + 1.7
        axes = sheet(writer + 0.8, 4.5)
        states(axes, [*places, writer], middle, shade)
        for x, word, weight in zip(places, read, weights, strict=True):
            token(axes, x, low, word, "input", shade)
            edge = low + HEIGHT / 2 + 0.02
            arrow(axes, (x, edge), (x, middle - RADIUS - 0.02), of("input", shade))
            _look_back(axes, (x, middle), (writer, high - 0.1), weight, state)
            write(axes, x, 0.78, f"{weight:.2f}", ink)
        rows = {0.78: _("weight"), low: _("input"), middle: _("state"), high + 0.57: _("output")}
        for y, name in rows.items():
            write(axes, 0.95, y, name, quiet, ha="right")
        arrow(axes, (writer, middle + RADIUS), (writer, high - 0.22), state)
        circle(axes, writer, high - 0.1, 0.1, state, 1.0)
        arrow(axes, (writer, high), (writer, high + 0.55 - HEIGHT / 2), ink)
        token(axes, writer, high + 0.57, written, "output", shade)
        says = _("to write a word, it looks back at all it has read: most at what it needs")
        write(axes, (writer + 0.8) / 2, 0.25, says, quiet)
        alt = _(
            "A writer about to write “{written}” looks back at the states of the words read, with "
            "the weights {weights}; the thicker the line, the more of that state goes in."
        )
        pairs = ", ".join(f"{w} {share:.2f}" for w, share in zip(read, weights, strict=True))
        return finish(axes, alt.format(written=written, weights=pairs), theme)
