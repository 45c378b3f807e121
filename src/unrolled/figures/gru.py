"""The drawing of lecture 06: one state that slides between old and new."""

from matplotlib.axes import Axes

from unrolled.figures.drawing import Drawing, arrow, box, finish, gate, route, sheet, styled, write
from unrolled.figures.lstm import STEADY
from unrolled.language import _
from unrolled.palette import colour as of

OLD, NEW, TRACK, LOW = 3.0, 6.6, 2.55, 1.1  # ends and height of the slider; the candidate's height


def _slider(axes: Axes, share: float, theme: str) -> float:
    """Draw a track from the old state to the candidate with z on it; returns where z stands."""
    quiet, knob = of("quiet", theme), NEW + share * (OLD - NEW)
    axes.plot([OLD, NEW], [TRACK, TRACK], color=of("line", theme), lw=9, solid_capstyle="round")
    for tick in range(11):
        x = OLD + (NEW - OLD) * tick / 10
        axes.plot([x, x], [TRACK - 0.2, TRACK - 0.12], color=quiet, lw=1)
    gate(axes, knob, TRACK, "z", "update_gate", theme)
    write(axes, OLD, TRACK - 0.4, "$z = 1$", of("ink", theme), fontsize=14)
    write(axes, NEW - 0.12, TRACK - 0.4, "$z = 0$", of("ink", theme), fontsize=14, ha="right")
    write(axes, knob + 0.4, TRACK + 0.38, _("how much stays?"), quiet, ha="left")
    write(axes, OLD, TRACK + 0.38, _("all old"), quiet)
    write(axes, NEW, TRACK + 0.38, _("all new"), quiet)
    return knob


def gru(theme: str | None = None) -> Drawing:
    """Draw one GRU cell: z slides between the old state and the candidate that r lets it see."""
    shade = theme or "light"
    state, ink, quiet = of("state", shade), of("ink", shade), of("quiet", shade)
    with styled():
        axes = sheet(8.6, 4.1)
        route(axes, [(0.95, TRACK), (OLD - 0.12, TRACK)], state, lw=4)
        route(axes, [(1.6, TRACK), (1.6, LOW), (NEW - 0.29, LOW)], state, lw=2)
        arrow(axes, (NEW, 0.6), (NEW, LOW - 0.29), of("input", shade))
        route(axes, [(NEW, LOW), (NEW, TRACK - 0.24)], of("candidate", shade), casing=ink, lw=3)
        knob = _slider(axes, 0.7, shade)
        route(axes, [(knob, TRACK + 0.27), (knob, 3.55), (7.85, 3.55)], state, lw=4)
        gate(axes, OLD, LOW, "r", "reset_gate", shade)
        gate(axes, NEW, LOW, "n", "candidate", shade)
        box(axes, NEW, 0.36, (0.62, 0.46), of("input", shade), 0.22)
        for x, y, name in [
            (0.55, TRACK, "$h_{t-1}$"),
            (8.15, 3.55, "$h_t$"),
            (NEW, 0.35, "$x_t$"),
        ]:
            write(axes, x, y, name, ink, fontsize=17)
        write(axes, OLD, LOW - 0.5, _("how much of the old may it see?"), quiet)
        write(axes, NEW + 0.4, LOW, _("candidate"), quiet, ha="left")
        formula = r"$h_t = z \cdot h_{t-1} + (1 - z) \cdot n$"
        write(axes, knob + 0.3, 3.82, formula, ink, fontsize=16, ha="left")
        write(axes, 0.3, 0.2, _("z and r come from $x_t$ and $h_{t-1}$"), quiet, ha="left")
        alt = _(
            "A GRU cell. The new state h_t is a point on a track between the old state (z = 1) and "
            "the candidate n (z = 0); gate z sets where. The candidate reads x_t and as much of "
            "the old state as gate r lets through."
        )
        return finish(axes, alt, theme, "", STEADY)
