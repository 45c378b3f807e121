"""StateMap in matplotlib."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from unrolled.language import _
from unrolled.palette import colour, diverging
from unrolled.widgets.static.axes import draw_curve, heading, plain, sheet, short


def state_map(
    tokens,
    states,
    step=0,
    unit=0,
    rows=None,
    probabilities=(),
    outcome="",
    known=None,
    theme="light",
) -> Figure:
    """States (time, units) as a heatmap, one unit as a curve below, probabilities above."""
    count, rows = len(tokens), list(range(np.shape(states)[1])) if rows is None else list(rows)
    if not count:
        figure = sheet(7, 1, theme)
        figure.text(0.02, 0.5, _("No tokens yet."), color=colour("quiet", theme))
        return figure
    width = float(np.clip(1.2 + 0.72 * count, 5, 13))
    crowded = (width - 1) / count < 0.62
    map_height = float(np.clip(0.2 * len(rows), 1.2, 4.2))
    heights = [0.6] * bool(len(probabilities)) + [map_height, 1.2]
    figure = sheet(width, sum(heights) + (1.4 if crowded else 0.9), theme)
    grid = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights, squeeze=False)[:, 0]
    ink, ground = colour("ink", theme), colour("ground", theme)
    heat, curve = grid[-2], grid[-1]
    for axes in grid:
        plain(axes, theme)
        if axes is not heat:
            axes.axvspan(step - 0.5, step + 0.5, color=ink, alpha=0.08, linewidth=0)

    ramp = LinearSegmentedColormap.from_list("state", diverging(theme))
    shown = np.asarray(states, dtype=float)[:, rows].T
    heat.imshow(shown, cmap=ramp, vmin=-1, vmax=1, aspect="auto", interpolation="nearest")
    heat.set_xticks(np.arange(-0.5, count), minor=True)
    heat.set_yticks(np.arange(-0.5, len(rows)), minor=True)
    heat.grid(which="minor", color=ground, linewidth=1)
    every = 1 if len(rows) <= 16 else 4
    places = range(0, len(rows), every)
    heat.set_yticks(list(places), [str(rows[i]) for i in places])
    if unit in rows:
        at = rows.index(unit)
        frame = {"fill": False, "edgecolor": ink, "linewidth": 1.6, "clip_on": False}
        heat.add_patch(Rectangle((-0.5, at - 0.5), count, 1, **frame))
        heat.add_patch(Rectangle((step - 0.5, -0.5), 1, len(rows), alpha=0.5, **frame))
    draw_curve(curve, np.asarray(states)[:, unit], step, theme)
    name = _("unit {unit}").format(unit=unit)
    curve.set_ylabel(name, rotation=0, ha="right", va="center", color=ink)

    if len(probabilities):
        odds = grid[0]
        odds.bar(range(count), probabilities, width=0.5, color=colour("output", theme))
        odds.set_ylim(0, 1.3)
        odds.set_yticks([])
        odds.set_ylabel(outcome, rotation=0, ha="right", va="center", color=colour("quiet", theme))
        for t, p in enumerate(probabilities):
            odds.annotate(
                f"{p:.2f}", (t, p), (0, 2), textcoords="offset points", ha="center", fontsize=8,
                color=ink,
            )  # fmt: skip
    top = grid[0]
    marks = [True] * count if known is None else known
    names = [
        short(token) + ("" if known else "*") for token, known in zip(tokens, marks, strict=True)
    ]
    curve.set_xticks(range(count), names, rotation=60 if crowded else 0)
    curve.tick_params(axis="x", labelcolor=ink, labelsize=10)
    heading(top, _("What does each unit hold at each token?"), theme)
    if not all(marks):
        curve.set_xlabel(_("* not in the vocabulary"), color=colour("quiet", theme), loc="left")
    return figure
