"""GRUGates by hand in matplotlib."""

import numpy as np
from matplotlib.figure import Figure

from unrolled.language import _
from unrolled.palette import colour
from unrolled.widgets.static.axes import draw_curve, heading, plain, sheet


def gru_gates(z, r, inputs, candidates, states, step=0, swapped=False, theme="light") -> Figure:
    """Old state and candidate as two ends with the new state between; over time h, z, r and x."""
    figure = sheet(10, 4.6, theme)
    grid = figure.add_gridspec(4, 2, width_ratios=[1, 1.7], height_ratios=[4, 1, 1, 1])
    blend = figure.add_subplot(grid[:, 0])
    before = states[step - 1] if step else 0.0
    _draw_blend(blend, z[step], before, candidates[step], states[step], swapped, theme)
    heading(blend, _("How do z and r share one state?"), theme)
    rows = [figure.add_subplot(grid[i, 1]) for i in range(4)]
    shown = [1 - value for value in z] if swapped else z
    for axes, name in zip(rows, "hzrx", strict=True):
        plain(axes, theme)
        axes.axvspan(step - 0.5, step + 0.5, color=colour("ink", theme), alpha=0.08, linewidth=0)
        axes.set_ylabel(
            name, rotation=0, ha="right", va="center", style="italic", color=colour("ink", theme)
        )
    draw_curve(rows[0], states, step, theme)
    kinds = ("update_gate", "reset_gate", "input")
    for axes, values, kind in zip(rows[1:], (shown, r, inputs), kinds, strict=True):
        axes.bar(range(len(values)), values, width=0.6, color=colour(kind, theme))
        axes.axhline(0, color=colour("line", theme), linewidth=0.8)
        low = min(0, np.min(values))
        axes.set_ylim(low, max(1, np.max(values)))
        axes.set_yticks([0, 1] if kind != "input" else [])
    for axes in rows:
        axes.set(xlim=(-0.6, len(states) - 0.4), xticks=[])
    rows[-1].set_xticks(range(len(states)), [str(t + 1) for t in range(len(states))])
    return figure


def _draw_blend(axes, z, before, candidate, state, swapped, theme):
    """A straight line from candidate to old state, and the new state on it at z."""
    plain(axes, theme)
    ink, ground = colour("ink", theme), colour("ground", theme)
    for level in (-1, 0, 1):
        style = "-" if level == 0 else (0, (2, 4))
        axes.axhline(level, color=colour("line", theme), linewidth=0.8, linestyle=style)
    fresh, old = (1, 0) if swapped else (0, 1)
    at = fresh + z * (old - fresh)
    axes.plot([fresh, old], [candidate, before], color=ink, linewidth=1)
    axes.plot([at, at], [-1.35, state], ":", color=colour("update_gate", theme), clip_on=False)
    dot = {"linestyle": "", "marker": "o", "clip_on": False}
    blue = colour("state", theme)
    yellow = colour("candidate", theme)
    axes.plot([fresh], [candidate], markersize=14, color=yellow, markeredgecolor=ink, **dot)
    axes.plot(
        [old], [before], markersize=13, color=ground, markeredgecolor=blue, markeredgewidth=2, **dot
    )
    axes.plot([at], [state], markersize=9, color=blue, markeredgecolor=ground, **dot)
    words = {
        fresh: _("candidate n") + f" {candidate:+.2f}",
        old: _("old h") + f" {before:+.2f}",
    }
    for where, value in ((fresh, candidate), (old, before)):
        axes.annotate(
            words[where].replace("-", "−"),
            (where, value),
            (-10 if where else 10, 10),
            textcoords="offset points",
            ha="right" if where else "left",
            color=ink,
            fontsize=9,
        )
    axes.annotate(
        f"h′ {state:+.2f}".replace("-", "−"),
        (at, state),
        (10 if at < 0.3 else -10 if at > 0.7 else 0, -18),
        textcoords="offset points",
        ha="left" if at < 0.3 else "right" if at > 0.7 else "center",
        color=ink,
        fontsize=10,
    )
    axes.set(xlim=(-0.05, 1.05), ylim=(-1.35, 1.35))
    axes.set_yticks([-1, 0, 1], ["−1", "0", "1"])
    names = [_("z = {z}: all new"), _("z = {z}: all old")]
    if swapped:
        names.reverse()
    axes.set_xticks([0, 1], [names[0].format(z=0), names[1].format(z=1)])
    for label, side in zip(axes.get_xticklabels(), ("left", "right"), strict=True):
        label.set_horizontalalignment(side)
