"""Drawings of lectures 04 and 08: what training hands back, cuts short and takes for granted."""

from collections.abc import Sequence
from itertools import pairwise
from math import hypot

from matplotlib.axes import Axes
from matplotlib.patches import Circle, Rectangle

from unrolled.figures.drawing import Drawing, arrow, box, finish, sheet, styled, write
from unrolled.figures.steps import HEIGHT, RADIUS, spread, states, steps
from unrolled.language import _
from unrolled.palette import colour as of


def backpropagation(share: float = 0.6, timesteps: int = 6, theme: str | None = None) -> Drawing:
    """Draw the gradient on its way back from the loss: each step hands on `share` of it."""
    shade = theme or "light"
    ink, quiet, grey = of("ink", shade), of("quiet", shade), of("bias", shade)
    shares = [share ** (timesteps - step) for step in range(1, timesteps + 1)]
    places, middle, floor = [0.9 + 1.2 * step for step in range(timesteps)], 2.55, 0.75
    with styled():
        axes = sheet(places[-1] + 1.8, 3.6)
        states(axes, places, middle, shade)
        loss = places[-1] + 1.2
        arrow(axes, (places[-1] + RADIUS, middle), (loss - 0.36, middle), ink)
        box(axes, loss, middle, (0.68, 0.5), ink, lw=1.6)
        write(axes, loss, middle, _("loss"), ink)
        for number, (x, part) in enumerate(zip(places, shares, strict=True), start=1):
            write(axes, x, middle, f"$h_{number}$", ink, fontsize=14)
            after = places[number] if number < timesteps else loss
            arrow(axes, (after - 0.1, middle + 0.34), (x + 0.1, middle + 0.34), ink, 0.35)
            height = 1.25 * part / max(shares)
            bar = Rectangle((x - 0.24, floor), 0.48, height, facecolor=(grey, 0.45), edgecolor=ink)
            axes.add_patch(bar)
            write(axes, x, floor - 0.18, f"{part:.3g}", ink)
            if number < timesteps:
                write(axes, (x + after) / 2, middle + 0.75, f"× {share:g}", ink)
        says = _("the share of the blame that reaches each step")
        write(axes, (places[0] + places[-1]) / 2, 0.22, says, quiet)
        alt = _(
            "States over {steps} steps and the loss after the last. The gradient goes back from "
            "step to step, each time multiplied by {share}; it arrives at them as {shares}."
        )
        values = ", ".join(f"{part:.3g}" for part in shares)
        return finish(axes, alt.format(steps=timesteps, share=f"{share:g}", shares=values), theme)


def _clipped(axes: Axes, x: float, y: float, target, limit, words, theme: str) -> None:
    """Draw a gradient from (x, y), and what a limit, a circle or a square, leaves of it."""
    ink, quiet, grey = of("ink", theme), of("quiet", theme), of("bias", theme)
    gradient = (2.4, 0.8)
    for ends in ([(x - 1.15, y), (x + 2.7, y)], [(x, y - 1.15), (x, y + 1.4)]):
        axes.plot(*zip(*ends, strict=True), color=of("line", theme), lw=1.2, zorder=0)
    for name, where in [("$w_1$", (x + 2.75, y - 0.22)), ("$w_2$", (x + 0.24, y + 1.35))]:
        write(axes, *where, name, quiet, fontsize=14)
    limit.set(facecolor=(grey, 0.12), edgecolor=grey, lw=1.4, ls=(0, (4, 2)))
    axes.add_patch(limit)
    arrow(axes, (x, y), (x + gradient[0], y + gradient[1]), quiet, lw=1.4, ls="-")
    end = (x + target[0], y + target[1])
    arrow(axes, (x, y), end, ink, lw=3.4, arrowstyle="-|>,head_length=7,head_width=4")
    write(axes, x + gradient[0], y + gradient[1] + 0.2, _("gradient"), quiet)
    write(axes, x + 0.75, y + 1.75, words[0], ink, fontsize=13)
    write(axes, x + 0.75, y - 1.42, words[1], quiet)


def clipping(theme: str | None = None) -> Drawing:
    """Draw a long gradient clipped by its norm and by its values."""
    shade = theme or "light"
    length = hypot(2.4, 0.8)
    with styled():
        axes = sheet(8.8, 3.75)
        y = 1.75
        ball, cube = Circle((1.35, y), 1.0), Rectangle((4.7, y - 1.0), 2.0, 2.0)
        shorter = (2.4 / length, 0.8 / length)
        words = (_("clipped by norm"), _("shorter, the same direction"))
        _clipped(axes, 1.35, y, shorter, ball, words, shade)
        words = (_("clipped by value"), _("another direction"))
        _clipped(axes, 5.7, y, (1.0, 0.8), cube, words, shade)
        alt = _(
            "The same long gradient twice. Clipped by norm it ends on a circle and points the same "
            "way; clipped by value each number is cut at a square's side, and it points elsewhere."
        )
        return finish(axes, alt, theme)


def _attempt(axes: Axes, places: Sequence[float], heard, said, low: float, theme: str) -> None:
    """Draw what a model heard and said; a cross marks what is not the answer wanted."""
    wanted = ["two", "thousand", "three", "hundred"]
    wrong = [n for n, pair in enumerate(zip(said, wanted, strict=True)) if pair[0] != pair[1]]
    steps(axes, places, heard, said, theme, low, wrong)


def teacher_forcing(theme: str | None = None) -> Drawing:
    """Draw one mistake while the teacher dictates, and the same one when nobody does."""
    shade = theme or "light"
    ink, quiet = of("ink", shade), of("quiet", shade)
    start = _("<start>")
    with styled():
        places = spread(1.5, ["thousand"] * 4, 0.5)
        axes = sheet(places[-1] + 0.9, 6.2)
        heard = [start, "two", "thousand", "three"]
        _attempt(axes, places, heard, ["two", "hundred", "three", "hundred"], 3.75, shade)
        said = ["two", "hundred", "thirty", "four"]
        _attempt(axes, places, [start, *said[:3]], said, 0.6, shade)
        for left, right in pairwise(places):
            begin, end = (left + 0.3, 2.6 - HEIGHT / 2), (right - 0.25, 0.6 + HEIGHT / 2 + 0.03)
            arrow(axes, begin, end, ink, -0.15, lw=1.2, ls=(0, (4, 2)))
        for y, name in [(4.75, _("teacher\nforcing")), (1.6, _("free\nrunning"))]:
            write(axes, 0.15, y, name, ink, ha="left", fontsize=13)
        says = _("the right word goes in, whatever it said: one mistake")
        write(axes, (places[0] + places[-1]) / 2, 3.3, says, quiet)
        says = _("its own word goes in: one mistake brings the next")
        write(axes, (places[0] + places[-1]) / 2, 0.18, says, quiet)
        alt = _(
            "A model writes “two thousand three hundred” and errs at the second word. Above, the "
            "teacher puts the right word in next and the rest is right. Below, its own word goes "
            "in, and all that follows is wrong."
        )
        return finish(axes, alt, theme)
