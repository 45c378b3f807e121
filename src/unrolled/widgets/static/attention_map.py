"""AttentionMap in matplotlib."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from unrolled.language import _
from unrolled.palette import colour, diverging
from unrolled.widgets.attention_readings import AttentionReading
from unrolled.widgets.static.axes import heading, plain, sheet, short


def attention_map(
    reading: AttentionReading, step=0, token=-1, title="", said="", theme="light"
) -> Figure:
    """Weights (output steps, input steps) as a heatmap; above it those of one step as bars."""
    steps, count = reading.weights.shape
    if not steps or not count:
        figure = sheet(7, 1, theme)
        axes = figure.subplots()
        plain(axes, theme)
        axes.set(xticks=[], yticks=[])
        heading(axes, _("Nothing was written here."), theme)
        return figure
    width = float(np.clip(2 + 0.45 * count, 7.5, 13))
    tall = float(np.clip(0.28 * steps, 1.2, 5))
    likeliest = reading.likeliest[step]
    heights = [0.7, tall, *([0.3 * len(likeliest)] if likeliest else [])]
    figure = sheet(width, sum(heights) + (2.2 if likeliest else 1.6), theme)
    grid = figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    for axes in grid:
        plain(axes, theme)
    _draw_bars(grid[0], reading, step, theme)
    _draw_map(grid[1], reading, step, token, theme)
    grid[1].set_xlabel(said.replace("$", r"\$"), color=colour("ink", theme), loc="left", wrap=True)
    if likeliest:
        _draw_candidates(grid[2], likeliest, theme)
    heading(grid[0], title, theme)
    return figure


def _name(token: str, longest: int) -> str:
    return short(token, longest) if token.strip() else "␣"


def _draw_bars(axes: Axes, reading: AttentionReading, step: int, theme: str) -> None:
    """The weights of the step over the tokens that were read."""
    row, count = reading.weights[step], len(reading.read)
    axes.bar(range(count), row, width=0.6, color=colour("state", theme))
    for i, weight in enumerate(row):
        if weight >= 0.05 or count <= 12:
            style = {"ha": "center", "fontsize": 8, "color": colour("ink", theme)}
            axes.annotate(f"{weight:.2f}", (i, weight), (0, 2), textcoords="offset points", **style)
    axes.set(xlim=(-0.5, count - 0.5), ylim=(0, 1.3), yticks=[])
    letters = max(map(len, reading.read)) <= 2
    turned = 0 if letters else 90 if count > 20 else 60
    axes.set_xticks(range(count), [_name(token, 14) for token in reading.read], rotation=turned)
    axes.tick_params(axis="x", labelcolor=colour("ink", theme), labelsize=11 if letters else 10)
    quiet = {"rotation": 0, "ha": "right", "va": "center", "color": colour("quiet", theme)}
    axes.set_ylabel(_("weight"), **quiet)


def _draw_map(axes: Axes, reading: AttentionReading, step: int, token: int, theme: str) -> None:
    """All steps of writing, the present one framed, and the column of a token."""
    steps, count = reading.weights.shape
    ramp = LinearSegmentedColormap.from_list("weight", diverging(theme)[2:])
    axes.imshow(reading.weights, cmap=ramp, vmin=0, vmax=1, aspect="auto", interpolation="nearest")
    axes.set_xticks(np.arange(-0.5, count), minor=True)
    axes.set_yticks(np.arange(-0.5, steps), minor=True)
    axes.grid(which="minor", color=colour("line", theme), linewidth=0.6)
    axes.set_xticks([])
    every = max(1, steps // 25)
    names = [_name(word, 10) for word in reading.written]
    axes.set_yticks(range(0, steps, every), names[::every])
    for t, label in zip(range(0, steps, every), axes.get_yticklabels(), strict=True):
        label.set_color(colour("ink" if t <= step else "quiet", theme))
    frame = {"fill": False, "edgecolor": colour("ink", theme), "clip_on": False}
    axes.add_patch(Rectangle((-0.5, step - 0.5), count, 1, linewidth=1.8, **frame))
    if token >= 0:
        axes.add_patch(Rectangle((token - 0.5, -0.5), 1, steps, alpha=0.5, linewidth=1.6, **frame))
    quiet = {"rotation": 0, "ha": "right", "va": "top", "color": colour("quiet", theme)}
    axes.set_ylabel(_("writes"), y=1.0, **quiet)


def _draw_candidates(axes: Axes, likeliest, theme: str) -> None:
    """What could be written at the step, the likeliest above."""
    odds = [p for _word, p in likeliest]
    axes.barh(range(len(odds)), odds, height=0.6, color=colour("output", theme))
    for y, p in enumerate(odds):
        style = {"va": "center", "fontsize": 9, "color": colour("ink", theme)}
        axes.annotate(f"{p:.2f}", (p, y), (4, 0), textcoords="offset points", **style)
    axes.set(xlim=(0, 2.5), ylim=(len(odds) - 0.4, -0.6), xticks=[])
    axes.set_yticks(range(len(odds)), [_name(word, 14) for word, _p in likeliest])
    axes.tick_params(axis="y", labelcolor=colour("ink", theme))
    axes.set_title(
        _("It could write (probability)"), loc="left", fontsize=10, color=colour("quiet", theme)
    )
