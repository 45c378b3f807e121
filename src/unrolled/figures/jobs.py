"""Drawings of lecture 01: the four tasks on one example each."""

from collections.abc import Sequence
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.patches import Circle, Rectangle

from unrolled.figures.drawing import Drawing, arrow, box, finish, route, sheet, styled, write
from unrolled.figures.steps import (
    HEIGHT,
    RADIUS,
    RISE,
    lined_up,
    name_rows,
    spread,
    states,
    steps,
    token,
)
from unrolled.language import _
from unrolled.palette import colour as of

# Beethoven's ninth, the first 21 notes of its hymn: (white keys above middle C, quarters).
MELODY = [(2, 1), (2, 1), (3, 1), (4, 1), (4, 1), (3, 1), (2, 1), (1, 1), (0, 1), (0, 1), (1, 1)]
MELODY += [(2, 1), (2, 1.5), (1, 0.5), (1, 2), (2, 1), (2, 1), (3, 1), (4, 1), (4, 1), (3, 1)]


def sentiment(theme: str | None = None) -> Drawing:
    """Draw a sentence whose last words decide, and its one verdict at the end."""
    shade = theme or "light"
    words = _("the film was good for nothing").split()
    verdict = _("negative")
    with styled():
        places = spread(1.1, words)
        axes = sheet(places[-1] + 0.8, 3.3)
        name_rows(axes, 0.95, shade)
        steps(axes, places, words, [""] * (len(words) - 1) + [verdict], shade)
        says = _("as far as “good” it sounds positive: only the end tells")
        write(axes, (places[-1] + 0.8) / 2, 0.25, says, of("quiet", shade))
        alt = _(
            "The words of “{sentence}” go in one by one; the one output, after the last, is "
            "“{verdict}”."
        )
        return finish(axes, alt.format(sentence=" ".join(words), verdict=verdict), theme)


def _notes(axes: Axes, left: float, floor: float, theme: str) -> list[tuple[float, float]]:
    """Draw the melody as bars, the last as an output; returns where each begins and its height."""
    x, corners = left, []
    for number, (key, quarters) in enumerate(MELODY):
        y, width = floor + 0.15 * key, 0.3 * quarters
        last = number == len(MELODY) - 1
        colour = of("output" if last else "input", theme)
        look = {"facecolor": "none", "lw": 1.8} if last else {"facecolor": (colour, 0.45), "lw": 1}
        axes.add_patch(Rectangle((x, y), width - 0.05, 0.13, edgecolor=colour, **look))
        corners.append((x, y))
        x += width
    return corners


def music(theme: str | None = None) -> Drawing:
    """Draw twenty notes with one target, and the same twenty with a target each."""
    shade = theme or "light"
    ink, quiet = of("ink", shade), of("quiet", shade)
    with styled():
        axes = sheet(7.1, 3.75)
        corners = _notes(axes, 0.3, 2.25, shade)
        end, last = corners[-1]
        bracket = [(0.3, 2.1), (0.3, 2.0), (end - 0.05, 2.0), (end - 0.05, 2.1)]
        route(axes, bracket, ink, False, lw=1.4)
        write(axes, (0.3 + end) / 2, 1.8, _("a window of 20 notes"), quiet)
        route(axes, [(end - 0.05, 2.0), (end + 0.12, 2.0), (end + 0.12, last - 0.04)], ink, lw=1.4)
        write(axes, 0.3, 3.5, _("one target: the 21st note"), ink, ha="left")
        corners = _notes(axes, 0.3, 0.3, shade)
        for (x, y), (after, target) in pairwise(corners):
            start, stop = (x + 0.1, y + 0.15), (after + 0.1, target + 0.17)
            arrow(axes, start, stop, ink, -0.55, lw=1, arrowstyle="-|>,head_length=3,head_width=2")
        says = _("twenty targets: after each note, the next")
        write(axes, 0.3, 1.36, says, ink, ha="left")
        alt = _(
            "A melody of 21 notes, twice. Above, the first 20 are one window with one target, the "
            "21st: sequence-to-vector. Below, each note points at the next: sequence-to-sequence."
        )
        return finish(axes, alt, theme)


def translation(theme: str | None = None) -> Drawing:
    """Draw a Korean numeral read to its end, then written in English."""
    shade = theme or "light"
    quiet, read = of("quiet", shade), list("십이만")
    so_far = ["10", "12", "120,000"]
    written = ["one", "hundred", "twenty", "thousand"]
    with styled():
        places = spread(1.1, so_far, 0.1)
        later = lined_up(places[-1] + 0.65, written)
        axes = sheet(later[-1] + 0.85, 3.75)
        name_rows(axes, 0.95, shade, 1.25)
        inputs, outputs = [*read, "", "", "", ""], ["", "", "", *written]
        steps(axes, places + later, inputs, outputs, shade, 1.25)
        write(axes, 0.95, 0.78, _("so far"), quiet, ha="right")
        for x, number in zip(places, so_far, strict=True):
            write(axes, x, 0.78, number, quiet)
        says = _("without waiting it would begin “ten”, then “twelve”: wrong both times")
        write(axes, (later[-1] + 0.85) / 2, 0.25, says, quiet)
        alt = _(
            "The syllables {read} are read first; read so far they mean {so_far}. Only then the "
            "words “{written}” are written."
        )
        alt = alt.format(read=" ".join(read), so_far=" · ".join(so_far), written=" ".join(written))
        return finish(axes, alt, theme)


def _scene(axes: Axes, x: float, y: float, theme: str) -> None:
    """Draw the picture that is described: a circle above a square."""
    ink = of("ink", theme)
    box(axes, x, y, (1.3, 1.5), of("input", theme), 0.12, lw=1.8)
    axes.add_patch(Circle((x - 0.1, y + 0.33), 0.24, facecolor=(ink, 0.75), edgecolor="none"))
    square = Rectangle((x - 0.18, y - 0.55), 0.44, 0.44, facecolor=(ink, 0.35), edgecolor=ink)
    axes.add_patch(square)


def imagecaption(theme: str | None = None) -> Drawing:
    """Draw a picture that becomes the first state, and a sentence about it."""
    shade = theme or "light"
    words = _("a circle above a square").split()
    with styled():
        places = spread(2.15, words)
        axes = sheet(places[-1] + 0.75, 2.5)
        middle = 1.15
        _scene(axes, 0.9, middle, shade)
        arrow(axes, (1.58, middle), (places[0] - RADIUS - 0.02, middle), of("input", shade))
        states(axes, places, middle, shade)
        _spoken(axes, places, words, middle, shade)
        says = _("the picture comes in once; the words come out one by one")
        write(axes, (2.0 + places[-1] + 0.5) / 2, 0.4, says, of("quiet", shade))
        alt = _(
            "A picture of a circle above a square goes into the first state. Out of the states, "
            "step by step, come the words “{sentence}”."
        )
        return finish(axes, alt.format(sentence=" ".join(words)), theme)


def _spoken(
    axes: Axes, places: Sequence[float], words: Sequence[str], middle: float, theme: str
) -> None:
    """Draw the words that come out of a row of states."""
    for x, word in zip(places, words, strict=True):
        edge = middle + RISE - 0.1 - HEIGHT / 2
        arrow(axes, (x, middle + RADIUS), (x, edge - 0.02), of("output", theme))
        token(axes, x, middle + RISE - 0.1, word, "output", theme)
