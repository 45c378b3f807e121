"""Drawings of lecture 02's second half: a neuron that hears itself, and its layer unrolled."""

from itertools import pairwise, product

from matplotlib.axes import Axes

from unrolled.figures.drawing import Drawing, arrow, box, circle, finish, sheet, styled, write
from unrolled.language import _
from unrolled.palette import colour as of


def _neuron(axes: Axes, x: float, y: float, number: str, theme: str) -> None:
    """Draw x_t below a neuron h_t, joined by w_x."""
    circle(axes, x, y, 0.36, of("state", theme))
    write(axes, x, y, f"$h_{number}$", of("ink", theme), fontsize=17)
    box(axes, x, y - 1.55, (0.62, 0.5), of("input", theme), 0.22)
    write(axes, x, y - 1.55, f"$x_{number}$", of("ink", theme), fontsize=17)
    arrow(axes, (x, y - 1.28), (x, y - 0.38), of("input", theme))
    write(axes, x - 0.12, y - 0.86, "$w_x$", of("ink", theme), fontsize=15, ha="right")


def recurrent_neuron(theme: str | None = None) -> Drawing:
    """Draw a neuron with its loop, and the same neuron unrolled over three steps."""
    shade = theme or "light"
    state, ink, quiet = of("state", shade), of("ink", shade), of("quiet", shade)
    with styled():
        axes = sheet(8.2, 2.75)
        y = 2.2
        _neuron(axes, 0.9, y, "t", shade)
        arrow(axes, (1.16, y + 0.25), (1.16, y - 0.25), state, bend=-2.6)
        write(axes, 1.98, y, "$w_h$", ink, fontsize=15)
        write(axes, 0.9, 0.2, _("a neuron with a loop"), quiet)
        arrow(axes, (2.42, y), (3.02, y), quiet, lw=1.2)
        write(axes, 2.72, y + 0.28, _("unrolled"), quiet)
        write(axes, 3.45, y, "$h_0 = 0$", quiet, fontsize=15)
        places = [4.7, 6.1, 7.5]
        for number, x in enumerate(places, start=1):
            start = 3.85 if number == 1 else x - 1.4 + 0.38
            arrow(axes, (start, y), (x - 0.38, y), state)
            write(axes, (start + x - 0.38) / 2 - 0.03, y + 0.24, "$w_h$", ink, fontsize=15)
            _neuron(axes, x, y, str(number), shade)
        write(axes, 6.1, 0.2, _("the same neuron, three steps, the same two weights"), quiet)
        alt = _(
            "Left: a neuron hears the input x_t through w_x and, by a loop, its own last state "
            "through w_h. Right: the same drawn step by step, h_0 to h_3, every arrow with the "
            "same w_x and w_h."
        )
        return finish(axes, alt, theme)


def _lighting(names: list[str], resting: str) -> str:
    """CSS that lights every copy of the weight under the pointer, and dims the resting one."""
    here = ".unrolled-drawing svg"
    bright = "stroke-width: 3.6 !important; stroke-opacity: 1 !important; opacity: 1 !important"
    dim = "stroke-width: 0.9 !important; stroke-opacity: 0.35 !important"
    rules = [f'{here}:has([class^="w-"]:hover) .{resting}:not(.touch) path {{ {dim} }}']
    for name in names:
        rules.append(f"{here}:has(.{name}:hover) .{name}:not(.touch) path {{ {bright} }}")
    return "\n" + "\n".join(rules) + "\n"


def recurrent_layer(
    words: tuple[str, str, str] = ("harry", "potter", "and"),
    lit: tuple[int, int] = (0, 2),
    theme: str | None = None,
) -> Drawing:
    """Draw a layer of four units unrolled over three words.

    lit: the weight W_h[i, j] that is shown at all its places; in a notebook, whichever weight
    the pointer touches lights up as well.
    """
    shade = theme or "light"
    state, orange = of("state", shade), of("input", shade)
    ink, quiet = of("ink", shade), of("quiet", shade)
    units, top, gap = 4, 3.75, 0.52
    columns = [0.75, 2.95, 5.15, 7.35]
    heights = [top - gap * unit for unit in range(units)]
    with styled():
        axes = sheet(8.1, 4.55)
        for left, right in pairwise(columns):
            for i, j in product(range(units), repeat=2):
                _weight(axes, (left, heights[i]), (right, heights[j]), (i, j) == lit, state, i, j)
            write(axes, (left + right) / 2, top + 0.42, "$W_h$", ink, fontsize=16)
        for step, x in enumerate(columns):
            box(axes, x, top - 1.5 * gap, (0.62, units * gap + 0.08), state, lw=1.2)
            for y in heights:
                circle(axes, x, y, 0.19, state, 0.12 if step == 0 else 0.35)
            name = "$h_0 = 0$" if step == 0 else f"$h_{step}$"
            write(axes, x, top + 0.48, name, ink, fontsize=16)
        for step, (x, word) in enumerate(zip(columns[1:], words, strict=True), start=1):
            arrow(axes, (x, 1.0), (x, top - 3.5 * gap - 0.03), orange, gid="w-x", lw=1.8)
            write(axes, x + 0.14, 1.4, "$W_x$", ink, fontsize=16, ha="left")
            box(axes, x, 0.74, (1.3, 0.46), orange, 0.22)
            write(axes, x, 0.74, f"$x_{step}$ = {word}", ink)
        write(axes, 0.1, 0.2, _("time →"), quiet, ha="left")
        write(axes, 5.15, 0.2, _("one weight of the layer, three copies: always the same"), quiet)
        alt = _(
            "A layer of {units} units unrolled over the words {words}. One weight, from unit {i} "
            "to unit {j}, is lit at every step: its copies are one and the same number."
        )
        alt = alt.format(units=units, words=", ".join(words), i=lit[0], j=lit[1])
        names = [f"w-{i}-{j}" for i, j in product(range(units), repeat=2)]
        return finish(axes, alt, theme, _lighting([*names, "w-x"], "w-{}-{}".format(*lit)))


def _weight(axes: Axes, start, end, lit: bool, colour: str, i: int, j: int) -> None:
    """Draw one line of W_h between two columns of units."""
    xs, ys = (start[0] + 0.2, end[0] - 0.2), (start[1], end[1])
    (line,) = axes.plot(xs, ys, color=colour, lw=3.6 if lit else 0.9, alpha=1 if lit else 0.35)
    line.set_gid(f"w-{i}-{j}")
    # A thin line is hard to hit: an invisible broad one takes the pointer for it.
    (touch,) = axes.plot(xs, ys, color=colour, lw=8, alpha=0)
    touch.set_gid(f"w-{i}-{j} touch")
