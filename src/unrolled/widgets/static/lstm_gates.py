"""LSTMGates in matplotlib: the valves under the hand, and a trained layer with gates held."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from unrolled.language import _
from unrolled.palette import colour, diverging
from unrolled.widgets.static.axes import heading, plain, sheet, short

_IDENTITY = {
    "i": "input_gate",
    "f": "forget_gate",
    "o": "output_gate",
    "g": "candidate",
    "c": "memory",
    "h": "state",
}


def valves_by_hand(values, step, task, theme="light") -> Figure:
    """Memory and state of one cell over the steps, what the task asks for, and the valves."""
    figure = sheet(8.5, 5.2, theme)
    grid = figure.subplots(5, 1, sharex=True, height_ratios=[4.2, 1, 1, 1, 1])
    steps = np.arange(len(values["c"]))
    for axes in grid:
        plain(axes, theme)
        axes.axvspan(step - 0.5, step + 0.5, color=colour("ink", theme), alpha=0.08, linewidth=0)
    above = grid[0]
    for it in task.demands:
        size = (it.end - it.first, it.high - it.low)
        goal = Rectangle((it.first - 0.5, it.low), *size, alpha=0.25, linewidth=0)
        goal.set_facecolor(colour("right", theme))
        above.add_patch(goal)
    above.axhline(0, color=colour("line", theme), linewidth=0.8)
    for name in "hc":
        _line(above, steps, values[name], name, theme)
    reach = [*values["c"], -1, 1, *(it.high for it in task.demands)]
    above.set_ylim(min(reach) - 0.15, max(reach) + 0.15)
    for axes, name in zip(grid[1:], "fiog", strict=True):
        axes.bar(steps, values[name], width=0.8, color=colour(_IDENTITY[name], theme))
        axes.axhline(0, color=colour("line", theme), linewidth=0.8)
        axes.set_ylim(-1.05 if name == "g" else 0, 1.05)
        axes.set_yticks([])
        axes.set_ylabel(name, **_beside(theme))
        for t, value in enumerate(values[name]):
            low = -0.2 if name == "g" else 0.1
            number = axes.text(t, low, f"{value:g}".replace("-", "−"), ha="center", fontsize=9)
            number.set(color=colour("ink", theme), path_effects=[_halo(theme)])
    letters = task.letters if len(task.letters) == len(steps) else " " * len(steps)
    names = [f"{t + 1} {letter}".strip() for t, letter in enumerate(letters)]
    grid[-1].set_xticks(steps, names)
    heading(above, _("Which gate did it, at this step?"), theme)
    return figure


def _beside(theme: str) -> dict:
    return {
        "rotation": 0,
        "ha": "right",
        "va": "center",
        "style": "italic",
        "color": colour("ink", theme),
    }


def _halo(theme: str) -> withStroke:
    """A rim in the ground's colour, so that words on a coloured bar can be read."""
    return withStroke(linewidth=2.5, foreground=colour("ground", theme))


def _line(axes, steps, values, name: str, theme: str, ghost=None) -> None:
    """One curve with its letter at the end, and dashed what it was with every gate free."""
    tone = colour(_IDENTITY[name], theme)
    if ghost is not None:
        axes.plot(steps, ghost, color=tone, linewidth=1.2, linestyle=(0, (4, 3)))
    marker = "o" if name == "c" else None
    axes.plot(steps, values, color=tone, linewidth=2, marker=marker, markersize=4, clip_on=False)
    # c on the outer side and h on the inner one: both letters can be read where the curves meet.
    outside = 6 if values[-1] >= 0 else -6
    beside = (8, outside if name == "c" else -outside)
    axes.annotate(
        name, (steps[-1], values[-1]), beside, textcoords="offset points", va="center",
        style="italic", color=colour("ink", theme), annotation_clip=False,
    )  # fmt: skip


def trained_gates(
    tokens, clamped, free, *, answers=(), free_answers=(), clamps=(), place=(0, 0, "f"),
    outcome="", theme="light",
) -> Figure:  # fmt: skip
    """The gates of one unit as a heatmap, memory and state below, and the answer under them.

    clamped and free hold i, f, o, g, c and h (time,) of the unit; clamps are [gate, step, unit,
    value] of those that bear on it; place is (step, unit, gate).
    """
    count = len(tokens)
    if not count:
        figure = sheet(7, 1, theme)
        axes = figure.subplots()
        plain(axes, theme)
        axes.set(xticks=[], yticks=[])
        heading(axes, _("No tokens yet."), theme)
        return figure
    step, unit, gate = place
    width = float(np.clip(1.4 + 0.8 * count, 6, 13))
    crowded = (width - 1.4) / count < 0.7
    heights = [2.0, 1.4] + [0.9] * bool(len(answers))
    figure = sheet(width, sum(heights) + (1.6 if crowded else 1.1), theme)
    grid = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights)
    ink, steps = colour("ink", theme), np.arange(count)
    for axes in grid:
        plain(axes, theme)
        if axes is not grid[0]:
            axes.axvspan(step - 0.5, step + 0.5, color=ink, alpha=0.08, linewidth=0)
    _map(grid[0], clamped, clamps, (step, gate), theme)
    changed = any(not np.array_equal(clamped[name], free[name]) for name in "ch")
    grid[1].axhline(0, color=colour("line", theme), linewidth=0.8)
    for name in "hc":
        _line(grid[1], steps, clamped[name], name, theme, free[name] if changed else None)
    reach = max(1, np.abs([clamped["c"], free["c"]]).max())
    grid[1].set_ylim(-1.1 * reach, 1.1 * reach)
    grid[1].set_ylabel(_("unit {unit}").format(unit=unit), **(_beside(theme) | {"style": "normal"}))
    if len(answers):
        _answers(grid[2], answers, free_answers if changed else None, outcome, theme)
    grid[-1].set_xticks(steps, [short(token) for token in tokens], rotation=60 if crowded else 0)
    grid[-1].tick_params(axis="x", labelcolor=ink, labelsize=10)
    heading(grid[0], _("Which gate did it, at this step?"), theme)
    return figure


def _map(axes, values, clamps, place, theme: str) -> None:
    """The rows i, f, o, g, c, h over the tokens; what is held is framed and bears its value."""
    rows, ink = "ifogch", colour("ink", theme)
    shown = np.array([values[name] for name in rows])
    ramp = LinearSegmentedColormap.from_list("state", diverging(theme))
    axes.imshow(shown, cmap=ramp, vmin=-1, vmax=1, aspect="auto", interpolation="nearest")
    axes.set_xticks(np.arange(-0.5, shown.shape[1]), minor=True)
    axes.set_yticks(np.arange(-0.5, len(rows)), minor=True)
    axes.grid(which="minor", color=colour("line", theme), linewidth=0.8)
    axes.set_yticks(range(len(rows)), list(rows), style="italic")
    for label, name in zip(axes.get_yticklabels(), rows, strict=True):
        tone = colour(_IDENTITY[name], theme)
        label.set(color="#000000" if name != "h" else "#FFFFFF", fontsize=10)
        label.set_bbox({"facecolor": tone, "edgecolor": "none", "pad": 2})
    frame = {"fill": False, "edgecolor": ink, "linewidth": 1.6, "clip_on": False}
    step, gate = place
    axes.add_patch(Rectangle((-0.5, rows.index(gate) - 0.5), shown.shape[1], 1, **frame))
    axes.add_patch(Rectangle((step - 0.5, -0.5), 1, len(rows), alpha=0.5, **frame))
    for name, t, _unit, value in clamps:
        if t < shown.shape[1]:
            axes.text(
                t, rows.index(name), f"{value:g}", ha="center", va="center",
                color=ink, bbox={"facecolor": colour("ground", theme), "edgecolor": ink, "pad": 3},
            )  # fmt: skip


def _answers(axes, answers, ghost, outcome: str, theme: str) -> None:
    steps, tone = np.arange(len(answers)), colour("output", theme)
    for level, style in ((0, "-"), (0.5, (0, (2, 4))), (1, "-")):
        axes.axhline(level, color=colour("line", theme), linewidth=0.8, linestyle=style)
    if ghost is not None:
        axes.plot(steps, ghost, color=tone, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.plot(steps, answers, color=tone, linewidth=2, marker="o", markersize=4, clip_on=False)
    axes.set(ylim=(-0.1, 1.1))
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes.set_ylabel(outcome, **(_beside(theme) | {"style": "normal"}))
