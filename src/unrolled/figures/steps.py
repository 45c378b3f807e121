"""The row that the drawings of tasks share: at each step an input, a state and an output."""

from collections.abc import Sequence
from itertools import pairwise

from matplotlib.axes import Axes

from unrolled.figures.drawing import arrow, box, breadth, circle, write
from unrolled.language import _
from unrolled.palette import colour as of

RADIUS = 0.24  # of a state, in inches
RISE = 1.0  # from input to state, and from state to output
HEIGHT = 0.46  # of a box


def width_of(word: str) -> float:
    """Return the width of the box of a word; a formula's box is small."""
    return 0.62 if word.startswith("$") else max(0.62, breadth(word) + 0.26)


def lined_up(left: float, words: Sequence[str], gap: float = 0.3) -> list[float]:
    """Return the middles of boxes for the words, side by side from left on, each as it is wide."""
    places = []
    for word in words:
        places.append(left + (width_of(word) + gap) / 2)
        left += width_of(word) + gap
    return places


def spread(left: float, words: Sequence[str], gap: float = 0.3) -> list[float]:
    """Return the middles of boxes for the words, side by side from left on, evenly spaced."""
    pitch = max(width_of(word) for word in words) + gap
    return [left + pitch * (place + 0.5) for place in range(len(words))]


def token(axes: Axes, x: float, y: float, word: str, identity: str, theme: str) -> None:
    """Draw a word in its box; an empty word is a dashed outline: nothing here."""
    if not word:
        box(axes, x, y, (0.5, HEIGHT - 0.1), of("bias", theme), lw=1.1, ls="dashed")
        return
    fill = 0.0 if identity in ("output", "bias") else 0.22
    box(axes, x, y, (width_of(word), HEIGHT), of(identity, theme), fill, lw=1.6)
    look = {"fontsize": 16} if word.startswith("$") else {}
    write(axes, x, y - 0.01, word, of("ink", theme), **look)


def states(axes: Axes, places: Sequence[float], y: float, theme: str) -> None:
    """Draw a row of states, each handed on to the next."""
    for left, right in pairwise(places):
        arrow(axes, (left + RADIUS, y), (right - RADIUS - 0.02, y), of("state", theme))
    for x in places:
        circle(axes, x, y, RADIUS, of("state", theme), 0.3)


def steps(
    axes: Axes,
    places: Sequence[float],
    inputs: Sequence[str],
    outputs: Sequence[str],
    theme: str,
    low: float = 0.85,
    wrong: Sequence[int] = (),
) -> None:
    """Draw one step at each place, its input at height low; "" is a step without one.

    wrong: the steps, from 0, whose output is crossed out at its corner.
    """
    middle, high, edge = low + RISE, low + 2 * RISE, HEIGHT / 2 + 0.02
    states(axes, places, middle, theme)
    for step, (x, heard, said) in enumerate(zip(places, inputs, outputs, strict=True)):
        token(axes, x, low, heard, "input", theme)
        token(axes, x, high, said, "wrong" if step in wrong else "output", theme)
        if step in wrong:
            corner = x + width_of(said) / 2 + 0.14
            write(axes, corner, high + 0.14, "×", of("wrong", theme), fontsize=18)
        if heard:
            arrow(axes, (x, low + edge), (x, middle - RADIUS - 0.02), of("input", theme))
        if said:
            arrow(axes, (x, middle + RADIUS), (x, high - edge), of("output", theme))


def name_rows(axes: Axes, x: float, theme: str, low: float = 0.85) -> None:
    """Write what the rows of `steps` are, to the left of x."""
    for rise, name in enumerate([_("input"), _("state"), _("output")]):
        write(axes, x, low + rise * RISE, name, of("quiet", theme), ha="right")
