"""Drawings of lecture 05: a memory that runs straight through, and the valves on its way."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Circle

from unrolled.figures.drawing import Drawing, box, finish, gate, route, sheet, styled, write
from unrolled.language import _
from unrolled.palette import colour as of

STEADY = ("right", "wrong")  # in the gates' hues, which stay on a dark page
LINE, VALVE, SOURCE, BUS = 3.5, 2.55, 1.6, 0.95  # heights in the cell, in inches
F, G, O = 2.3, 4.35, 7.3  # places of f, of i over g, and of o  # noqa: E741


def _sign(axes: Axes, x: float, y: float, mark: str, theme: str, radius: float = 0.17) -> None:
    """Draw a small disc with an operation."""
    look = {"facecolor": of("ground", theme), "edgecolor": of("ink", theme), "lw": 1.3}
    axes.add_patch(Circle((x, y), radius, zorder=3, **look))
    write(axes, x, y, mark, of("ink", theme), fontsize=15, zorder=4)


def _flows(axes: Axes, theme: str) -> None:
    """Draw what flows: the old memory through f, the candidate through i, the memory through o."""
    memory, state, ink = of("memory", theme), of("state", theme), of("ink", theme)
    route(axes, [(0.95, LINE), (8.65, LINE)], memory, lw=5)
    route(axes, [(G, SOURCE + 0.27), (G, LINE - 0.19)], of("candidate", theme), casing=ink, lw=3)
    route(axes, [(O, LINE), (O, VALVE + 0.27)], memory, False, lw=3)
    route(axes, [(O, VALVE - 0.27), (O, SOURCE), (8.65, SOURCE)], state, lw=3)
    box(axes, O, LINE - 0.41, (0.56, 0.3), of("ground", theme), 1.0)
    box(axes, O, LINE - 0.41, (0.56, 0.3), ink, lw=1.2)
    write(axes, O, LINE - 0.42, "tanh", ink, fontsize=10)


def _taps(axes: Axes, theme: str) -> None:
    """Draw how x and the old state reach every gate."""
    quiet = of("quiet", theme)
    route(axes, [(0.95, BUS), (1.45, BUS)], of("state", theme), False, lw=2.4)
    route(axes, [(1.45, 0.6), (1.45, BUS)], of("input", theme), False, lw=2.4)
    route(axes, [(1.45, BUS), (O - 0.6, BUS)], quiet, False, lw=1.2)
    axes.plot([1.45], [BUS], "o", color=quiet, ms=6)
    for points in (
        [(F, BUS), (F, LINE - 0.29)],
        [(G - 0.9, BUS), (G - 0.9, VALVE), (G - 0.29, VALVE)],
        [(G, BUS), (G, SOURCE - 0.29)],
        [(O - 0.6, BUS), (O - 0.6, VALVE), (O - 0.29, VALVE)],
    ):
        route(axes, points, quiet, lw=1.2)


def lstm(theme: str | None = None) -> Drawing:
    """Draw one LSTM cell: the memory line, and f, i, g and o where they act."""
    shade = theme or "light"
    ink, quiet = of("ink", shade), of("quiet", shade)
    with styled():
        axes = sheet(9.4, 4.5)
        _flows(axes, shade)
        _taps(axes, shade)
        gate(axes, F, LINE, "f", "forget_gate", shade)
        gate(axes, G, VALVE, "i", "input_gate", shade)
        gate(axes, G, SOURCE, "g", "candidate", shade)
        gate(axes, O, VALVE, "o", "output_gate", shade)
        _sign(axes, G, LINE, "+", shade)
        write(axes, F, LINE + 0.5, _("how much stays?"), quiet)
        write(axes, G + 0.4, VALVE, _("how much enters?"), quiet, ha="left")
        write(axes, G + 0.4, SOURCE, _("candidate"), quiet, ha="left")
        write(axes, O + 0.4, VALVE, _("how much shows?"), quiet, ha="left")
        for x, y, name in [
            (0.55, LINE, "$c_{t-1}$"),
            (8.95, LINE, "$c_t$"),
            (0.55, BUS, "$h_{t-1}$"),
            (8.95, SOURCE, "$h_t$"),
        ]:
            write(axes, x, y, name, ink, fontsize=17)
        box(axes, 1.45, 0.36, (0.62, 0.46), of("input", shade), 0.22)
        write(axes, 1.45, 0.35, "$x_t$", ink, fontsize=17)
        write(axes, 4.15, 0.4, r"$c_t = f \cdot c_{t-1} + i \cdot g$", ink, fontsize=16)
        write(axes, 6.9, 0.4, r"$h_t = o \cdot \tanh(c_t)$", ink, fontsize=16)
        write(axes, 5.7, LINE + 0.5, _("the memory runs straight through"), quiet)
        alt = _(
            "An LSTM cell. The memory c runs straight from left to right: gate f sets how much of "
            "it stays, gate i how much of the candidate g is added, gate o how much of tanh(c) "
            "shows as the state h. All four read x_t and h_{t-1}."
        )
        return finish(axes, alt, theme, "", STEADY)


def _valve(axes: Axes, x: float, y: float, letter: str, is_open: bool, theme: str) -> None:
    """Draw a gate that is open (a filled disc) or shut (an empty one, dashed)."""
    identity = {"f": "forget_gate", "i": "input_gate", "o": "output_gate"}[letter]
    if is_open:
        gate(axes, x, y, letter, identity, theme)
        return
    look = {"facecolor": of("ground", theme), "edgecolor": of("quiet", theme), "lw": 1.2}
    axes.add_patch(Circle((x, y), 0.27, zorder=3, ls=(0, (3, 2)), **look))
    write(axes, x, y + 0.01, f"${letter}$", of("quiet", theme), fontsize=18, zorder=4)


def _open_at(steps: Sequence[int], count: int) -> list[bool]:
    return [step in steps for step in range(1, count + 1)]


def lstm2(theme: str | None = None) -> Drawing:
    """Draw a cell over six steps: what enters at step 2 is kept, shown at step 5, then dropped."""
    shade = theme or "light"
    memory, quiet = of("memory", shade), of("quiet", shade)
    keep, enter, show = _open_at((3, 4, 5), 6), _open_at((2,), 6), _open_at((5,), 6)
    places, middle = [1.6 + 1.25 * step for step in range(6)], 2.4
    with styled():
        axes = sheet(9.0, 4.35)
        for step, x in enumerate(places, start=1):
            route(axes, [(x - 0.7, middle), (x + 0.31, middle)], of("line", shade), False, lw=2)
            _step(axes, x, middle, step, enter[step - 1], show[step - 1], shade)
        enters, ends = places[1] + 0.3, places[5] - 0.72
        route(axes, [(enters, 1.72), (enters, middle), (ends, middle)], memory, False, lw=6)
        route(axes, [(places[4] + 0.3, middle), (places[4] + 0.3, 3.15)], memory, lw=6)
        for step, x in enumerate(places):
            _valve(axes, x - 0.45, middle, "f", keep[step], shade)
            _valve(axes, x + 0.3, 1.72, "i", enter[step], shade)
            _valve(axes, x + 0.3, 3.08, "o", show[step], shade)
        for y, name in [(3.75, _("state")), (middle, _("memory")), (0.95, _("input"))]:
            write(axes, 0.1, y, name, quiet, ha="left")
        says = _("filled: open · dashed: shut. What enters at step 2 is still there at step 5")
        write(axes, 4.5, 0.25, says, quiet)
        alt = _(
            "A memory over six steps. Gate i is open at step 2 alone: a value enters. Gate f stays "
            "open for steps 3 to 5 and keeps it; gate o opens at step 5 and shows it; at step 6 "
            "gate f is shut and the value is gone."
        )
        return finish(axes, alt, theme, "", STEADY)


def _step(axes: Axes, x: float, middle: float, step: int, enters: bool, shows: bool, theme) -> None:
    """Draw a step's input below and state above, joined to the memory."""
    x += 0.3
    for low, high in [(1.2, middle), (middle, 3.5)]:
        route(axes, [(x, low), (x, high)], of("line", theme), False, lw=2)
    box(axes, x, 0.95, (0.62, 0.46), of("input", theme), 0.5 if enters else 0.1)
    write(axes, x, 0.94, f"$x_{step}$", of("ink", theme), fontsize=16)
    box(axes, x, 3.75, (0.62, 0.46), of("state", theme), 0.5 if shows else 0.05)
    write(axes, x, 3.74, f"$h_{step}$", of("ink", theme), fontsize=16)
