"""GradientLab in matplotlib."""

import numpy as np
from matplotlib.figure import Figure

from unrolled.language import _
from unrolled.palette import colour
from unrolled.widgets.backflow import GONE, NORM_LIMIT, VALUE_LIMIT, WILD
from unrolled.widgets.static.axes import heading, plain, sheet

HIGH, LOW = 6, -12  # powers of ten at the chart's ends


def gradient_lab(made, step, cell, radius, theme="light", how="none", clipped=None) -> Figure:
    """The share by lag, the factors below, and beside them a clipped gradient if asked for."""
    figure = sheet(8.5, 4.6, theme)
    beside = clipped is not None and how != "none"
    grid = figure.add_gridspec(
        2, 1 + beside, height_ratios=[3, 1], width_ratios=[3, 1.1][: 1 + beside]
    )
    above = figure.add_subplot(grid[0, 0])
    below = figure.add_subplot(grid[1, 0], sharex=above)
    for axes in (above, below):
        plain(axes, theme)
        axes.axvspan(step - 0.5, step + 0.5, color=colour("ink", theme), alpha=0.08, linewidth=0)
    _draw_shares(above, made, step, cell, theme)
    _draw_factors(below, made, step, cell, theme)
    heading(above, _("Why does the first token's gradient vanish or explode?"), theme)
    figure.text(0.99, 0.98, f"r = {radius:.2f}", ha="right", va="top", color=colour("ink", theme))
    if beside:
        _draw_plane(figure.add_subplot(grid[0, 1]), clipped, how, theme)
    return figure


def _draw_shares(axes, made, step, cell, theme):
    state, ink, quiet = (colour(name, theme) for name in ("state", "ink", "quiet"))
    axes.axhspan(WILD, HIGH, color=colour("wrong", theme), alpha=0.12, linewidth=0)
    axes.axhspan(LOW, GONE, color=ink, alpha=0.06, linewidth=0)
    for level in range(LOW, HIGH + 1, 3):
        look = {"color": quiet} if level == 0 else {"color": colour("line", theme), "ls": ":"}
        axes.axhline(level, linewidth=1, **look)
    with np.errstate(divide="ignore"):
        alone = np.log10(made.kept if cell == "lstm" else made.pushed)
    alone = np.clip(np.concatenate([[0], np.cumsum(alone)]), LOW, HIGH)
    logs = np.clip(made.logs, LOW, HIGH)
    axes.plot(alone, color=quiet, linewidth=1.5, linestyle=(0, (3, 3)))
    axes.plot(logs, color=state, linewidth=2.5, alpha=0.35)
    axes.plot(logs[: step + 1], color=state, linewidth=2.5)
    axes.plot([step], [logs[step]], "o", color=state, markersize=8, clip_on=False)
    axes.set_ylim(LOW, HIGH)
    ticks = range(LOW, HIGH + 1, 3)
    axes.set_yticks(list(ticks), [f"$10^{{{log}}}$" if log else "1" for log in ticks])
    axes.tick_params(labelbottom=False)
    for words, at, va in ((_("explodes"), HIGH - 0.4, "top"), (_("vanishes"), LOW + 0.4, "bottom")):
        axes.annotate(
            words, (0, at), (8, 0), textcoords="offset points", va=va, color=quiet, fontsize=9
        )


def _draw_factors(axes, made, step, cell, theme):
    """Bars: what tanh' (or the forget gate) leaves; dashes: what W_h (or the whole) makes."""
    lags = np.arange(1, len(made.kept) + 1)
    lstm = cell == "lstm"
    bars = axes.bar(lags, made.kept, 0.7, color=colour("forget_gate" if lstm else "quiet", theme))
    for bar in bars[step:]:
        bar.set_alpha(0.35)
    # As on the page, a factor above the frame is drawn at its edge.
    strokes = np.minimum(made.factors if lstm else made.pushed, 1.6)
    dashes = axes.hlines(
        strokes, lags - 0.5, lags + 0.5, color=colour("state", theme), linewidth=2.5
    )
    axes.axhline(1, color=colour("line", theme), linewidth=1)
    axes.set_ylim(0, 1.65)
    axes.set_yticks([0, 1])
    axes.set_xlim(-0.5, len(made.kept) + 0.5)
    names = ("f", _("the whole factor")) if lstm else ("tanh'", "$W_h$")
    axes.set_xlabel(_("steps back →"), color=colour("quiet", theme), loc="left")
    axes.legend(
        [bars, dashes],
        names,
        loc="upper right",
        bbox_to_anchor=(1, -0.22),
        ncols=2,
        frameon=False,
        labelcolor=colour("quiet", theme),
        fontsize=9,
    )


def _draw_plane(axes, clipped, how, theme):
    """Two weights' gradient before clipping, cut at the frame, and after."""
    plain(axes, theme)
    reach = 1.5 * VALUE_LIMIT if how == "value" else 0.6 * NORM_LIMIT
    raw, ink = np.array(clipped.raw), colour("quiet", theme)
    raw = raw / max(1, np.abs(raw).max() / reach)
    if how == "value":
        edges = VALUE_LIMIT * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
        axes.fill(*edges.T, color=colour("state", theme), alpha=0.12, linewidth=0)
    for tip, shade, wide in ((raw, ink, 1.5), (clipped.clipped, colour("state", theme), 3)):
        arrow = {"arrowstyle": "-|>", "color": shade, "linewidth": wide, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", tip, (0, 0), arrowprops=arrow)
    for line in (axes.axhline, axes.axvline):
        line(0, color=colour("line", theme), linewidth=0.8)
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), xticks=[], yticks=[], aspect="equal")
    axes.set_xlabel(_("turned by {turned}°").format(turned=f"{clipped.turned:.0f}"), color=ink)
