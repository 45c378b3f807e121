"""GRUGates of a trained layer in matplotlib."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from unrolled.language import _
from unrolled.palette import colour, diverging
from unrolled.widgets.static.axes import draw_curve, heading, plain, sheet, short


def gru_reading(
    tokens,
    values,
    free=None,
    step=0,
    row=0,
    *,
    held=(),
    probabilities=(),
    outcome="",
    unit=0,
    memory=None,
    theme="light",
) -> Figure:
    """z, r, n and h (time,) of one unit as a map, h below with its unclamped ghost `free`.

    held are (gate, step, value); probabilities stand above, the memory c of an LSTM last.
    """
    count = len(tokens)
    if not count:
        figure = sheet(7, 1, theme)
        figure.subplots().set_axis_off()
        figure.axes[0].text(0, 0.5, _("No tokens yet."), color=colour("quiet", theme))
        return figure
    width = float(np.clip(1.2 + 0.72 * count, 5, 13))
    crowded = (width - 1) / count < 0.62
    heights = [0.6] * bool(len(probabilities)) + [1.3, 1.2] + [1.2] * (memory is not None)
    figure = sheet(width, sum(heights) + (1.4 if crowded else 0.9), theme)
    grid = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights, squeeze=False)[:, 0]
    ink, quiet = colour("ink", theme), colour("quiet", theme)
    above, below = grid[: bool(len(probabilities))], grid[bool(len(probabilities)) + 1 :]
    heat = grid[len(above)]
    for axes in grid:
        plain(axes, theme)
        if axes is not heat:
            axes.axvspan(step - 0.5, step + 0.5, color=ink, alpha=0.08, linewidth=0)
    _draw_map(heat, values, step, row, held, theme)
    for axes in above:
        axes.bar(range(count), probabilities, width=0.5, color=colour("output", theme))
        axes.set(ylim=(0, 1.3), yticks=[])
        axes.set_ylabel(outcome, rotation=0, ha="right", va="center", color=quiet)
        for t, p in enumerate(probabilities):
            place = {"textcoords": "offset points", "ha": "center", "fontsize": 8, "color": ink}
            axes.annotate(f"{p:.2f}", (t, p), (0, 2), **place)
    if free is not None:
        below[0].plot(range(count), free, color=quiet, linewidth=1.2, linestyle=(0, (5, 5)))
    draw_curve(below[0], values["h"], step, theme)
    names = [_("h, unit {unit}").format(unit=unit), _("c of an LSTM")]
    if memory is not None:
        _draw_memory(below[1], memory, theme)
    for axes, name in zip(below, names, strict=False):
        axes.set_ylabel(name, rotation=0, ha="right", va="center", color=ink)
    grid[-1].set_xticks(range(count), [short(token) for token in tokens], rotation=60 * crowded)
    grid[-1].tick_params(axis="x", labelcolor=ink, labelsize=10)
    heading(grid[0], _("How do z and r share one state, token by token?"), theme)
    return figure


def _draw_map(axes, values, step, row, held, theme):
    ramp = LinearSegmentedColormap.from_list("state", diverging(theme))
    shown = np.array([values[name] for name in "zrnh"], dtype=float)
    count, ink, ground = shown.shape[1], colour("ink", theme), colour("ground", theme)
    axes.imshow(shown, cmap=ramp, vmin=-1, vmax=1, aspect="auto", interpolation="nearest")
    axes.set_xticks(np.arange(-0.5, count), minor=True)
    axes.set_yticks(np.arange(-0.5, 4), minor=True)
    axes.grid(which="minor", color=ground, linewidth=1)
    axes.set_yticks(range(4), list("zrnh"), style="italic", fontsize=11)
    axes.tick_params(axis="y", labelcolor=ink)
    frame = {"fill": False, "edgecolor": ink, "linewidth": 1.6, "clip_on": False}
    axes.add_patch(Rectangle((-0.5, row - 0.5), count, 1, **frame))
    axes.add_patch(Rectangle((step - 0.5, -0.5), 1, 4, alpha=0.5, **frame))
    for gate, t, value in held:
        box = {"facecolor": ground, "edgecolor": ink, "boxstyle": "round,pad=0.2"}
        text = {"ha": "center", "va": "center", "color": ink, "fontsize": 9}
        axes.text(t, "zr".index(gate), f"{value:g}", bbox=box, **text)


def _draw_memory(axes, memory, theme):
    """The memory c of an LSTM, whose reach is not -1 to 1."""
    reach = max(1.0, float(np.abs(memory).max()))
    for level in (-1, 0, 1):
        style = "-" if level == 0 else (0, (2, 4))
        axes.axhline(level, color=colour("line", theme), linewidth=0.8, linestyle=style)
    axes.plot(range(len(memory)), memory, color=colour("memory", theme), marker="o", markersize=4)
    axes.set_ylim(-1.12 * reach, 1.12 * reach)
    axes.set_yticks([-1, 0, 1], ["−1", "0", "1"])
