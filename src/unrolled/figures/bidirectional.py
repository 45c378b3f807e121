"""The drawing of lecture 07: at one word, what either direction has read."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from unrolled.figures.drawing import Drawing, arrow, box, circle, finish, sheet, styled, write
from unrolled.figures.steps import HEIGHT, RADIUS, spread, token, width_of
from unrolled.language import _
from unrolled.palette import colour as of

WORDS, FORWARD, BACKWARD, JOINED, ANSWER = 1.2, 2.2, 3.05, 3.9, 4.7  # heights, in inches


def _direction(
    axes: Axes, places: Sequence[float], at: int, step: int, y: float, theme: str
) -> None:
    """Draw a row of states read to the right (step 1) or left (-1), dark up to the word `at`."""
    state, faint = of("state", theme), of("bias", theme)
    order = range(len(places))[::step]
    for place in order:
        x = places[place]
        read = (at - place) * step >= 0
        circle(axes, x, y, RADIUS - 0.02, state if read else faint, 0.6 if read else 0.0)
        if place != order[-1]:
            after = places[place + step]
            ends = (x + step * RADIUS, y), (after - step * (RADIUS + 0.02), y)
            on = (at - place) * step > 0
            arrow(axes, *ends, state if on else faint, lw=1.8 if on else 1.0)


def _heard(axes: Axes, x: float, forward: bool, backward: bool, theme: str) -> None:
    """Draw the ways of a word to both directions, dark to those that have read it."""
    start = WORDS + HEIGHT / 2
    colour = of("input" if backward else "bias", theme)
    ends = (x + 0.14, start), (x + 0.12, BACKWARD - RADIUS)
    arrow(axes, *ends, colour, 0.3, lw=1.8 if backward else 1.0)
    colour = of("input" if forward else "bias", theme)
    arrow(axes, (x, start), (x, FORWARD - RADIUS - 0.02), colour, lw=1.8 if forward else 1.0)


def _span(axes: Axes, left, right, y: float, words: str, theme: str, side: str = "left") -> None:
    """Draw a bracket under words, and what it says below the end on its side."""
    xs = [left, left, right, right]
    axes.plot(xs, [y + 0.1, y, y, y + 0.1], color=of("state", theme), lw=1.8)
    end = left if side == "left" else right
    write(axes, end, y - 0.19, words, of("quiet", theme), ha=side)


def bidirectional_rnn(
    tokens: Sequence[str] = ("He", "said", "Teddy", "Roosevelt", "was", "great"),
    at: int = 2,
    theme: str | None = None,
) -> Drawing:
    """Draw two readings of a sentence, and what both know at the word number `at`.

    at: counts from 0; -1 is the last word, of which alone the backward reading knows there.
    """
    at %= len(tokens)
    shade = theme or "light"
    ink, quiet = of("ink", shade), of("quiet", shade)
    with styled():
        places = spread(1.45, tokens, 0.25)
        # Beside the boxes stand words, on the side where there is room.
        side = 1 if at < len(tokens) / 2 else -1
        aside: dict[str, Any] = {"ha": "left" if side == 1 else "right"}
        x = places[at] + 0.7 * side
        axes = sheet(max(places[-1] + 0.8, x + 1.9 * side), 5.05)
        _direction(axes, places, at, 1, FORWARD, shade)
        _direction(axes, places, at, -1, BACKWARD, shade)
        for place, (middle, word) in enumerate(zip(places, tokens, strict=True)):
            token(axes, middle, WORDS, word, "input", shade)
            _heard(axes, middle, place <= at, place >= at, shade)
        _joined(axes, places[at], shade)
        write(axes, 1.3, FORWARD, _("forward →"), quiet, ha="right")
        write(axes, 1.3, BACKWARD, _("← backward"), quiet, ha="right")
        half = [width_of(word) / 2 for word in tokens]
        left, right = places[0] - half[0], places[-1] + half[-1]
        _span(axes, left, places[at] + half[at], 0.83, _("forward has read"), shade)
        _span(axes, places[at] - half[at], right, 0.42, _("backward has read"), shade, "right")
        write(axes, x, JOINED, _("both states side by side"), quiet, **aside)
        write(axes, x, ANSWER, _("is it a name?"), ink, **aside)
        alt = _(
            "A sentence read in both directions. At “{word}” the forward state has read "
            "“{before}” and the backward state “{after}”; the answer is made from both."
        )
        before, after = " ".join(tokens[: at + 1]), " ".join(tokens[at:])
        return finish(axes, alt.format(word=tokens[at], before=before, after=after), theme)


def _joined(axes: Axes, x: float, theme: str) -> None:
    """Draw the two states of a word put side by side, and the answer above."""
    state, ink = of("state", theme), of("ink", theme)
    box(axes, x, JOINED, (1.0, 0.5), state, lw=1.4)
    for side in (-0.24, 0.24):
        circle(axes, x + side, JOINED, 0.17, state, 0.6)
    arrow(axes, (x, BACKWARD + RADIUS), (x + 0.24, JOINED - 0.27), state)
    arrow(axes, (x - 0.17, FORWARD + 0.17), (x - 0.26, JOINED - 0.27), state, bend=-0.25)
    token(axes, x, ANSWER, "?", "output", theme)
    arrow(axes, (x, JOINED + 0.26), (x, ANSWER - HEIGHT / 2 - 0.02), ink)
