"""The widgets' pictures in matplotlib, drawn from plain data."""

from math import prod

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

from unrolled.language import _
from unrolled.palette import colour, diverging


def _figure(width: float, height: float, theme: str) -> Figure:
    return Figure((width, height), facecolor=colour("ground", theme), layout="constrained")


def _plain(axes: Axes, theme: str) -> None:
    """Axes without a frame, in the theme's quiet ink."""
    axes.set_facecolor("none")
    axes.tick_params(which="both", length=0, colors=colour("quiet", theme), labelsize=9)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _title(axes: Axes, words: str, theme: str) -> None:
    axes.set_title(words, loc="left", color=colour("ink", theme), fontsize=12, pad=10)


def _curve(axes: Axes, values, step: int, theme: str) -> None:
    """Values between -1 and 1 over time, the present step larger."""
    state, ground = colour("state", theme), colour("ground", theme)
    for level in (-1, 0, 1):
        style = "-" if level == 0 else (0, (2, 4))
        axes.axhline(level, color=colour("line", theme), linewidth=0.8, linestyle=style)
    steps = np.arange(len(values))
    axes.plot(steps, values, color=state, linewidth=2, marker="o", markersize=4, clip_on=False)
    axes.plot([step], [values[step]], "o", color=state, markersize=9, markeredgecolor=ground)
    axes.set_ylim(-1.12, 1.12)
    axes.set_yticks([-1, 0, 1], ["−1", "0", "1"])


def _short(token: str, longest: int = 14) -> str:
    # A dollar sign would start matplotlib's mathematics.
    token = token if len(token) <= longest else token[: longest - 1] + "…"
    return token.replace("$", r"\$")


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
        figure = _figure(7, 1, theme)
        figure.text(0.02, 0.5, _("No tokens yet."), color=colour("quiet", theme))
        return figure
    width = float(np.clip(1.2 + 0.72 * count, 5, 13))
    crowded = (width - 1) / count < 0.62
    map_height = float(np.clip(0.2 * len(rows), 1.2, 4.2))
    heights = [0.6] * bool(len(probabilities)) + [map_height, 1.2]
    figure = _figure(width, sum(heights) + (1.4 if crowded else 0.9), theme)
    grid = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights, squeeze=False)[:, 0]
    ink, ground = colour("ink", theme), colour("ground", theme)
    heat, curve = grid[-2], grid[-1]
    for axes in grid:
        _plain(axes, theme)
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
    _curve(curve, np.asarray(states)[:, unit], step, theme)
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
        _short(token) + ("" if known else "*") for token, known in zip(tokens, marks, strict=True)
    ]
    curve.set_xticks(range(count), names, rotation=60 if crowded else 0)
    curve.tick_params(axis="x", labelcolor=ink, labelsize=10)
    _title(top, _("What does each unit hold at each token?"), theme)
    if not all(marks):
        curve.set_xlabel(_("* not in the vocabulary"), color=colour("quiet", theme), loc="left")
    return figure


def neuron_lab(w_x, w_h, b, inputs, states, step=0, theme="light") -> Figure:
    """One neuron's state over time, its input pulses below."""
    figure = _figure(8.5, 4, theme)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
    for axes in (above, below):
        _plain(axes, theme)
        axes.axvspan(step - 0.5, step + 0.5, color=colour("ink", theme), alpha=0.08, linewidth=0)
    _curve(above, states, step, theme)
    below.bar(range(len(inputs)), inputs, width=0.6, color=colour("input", theme))
    below.axhline(0, color=colour("line", theme), linewidth=0.8)
    below.set_yticks([])
    below.set_xticks(range(len(inputs)), range(1, len(inputs) + 1))
    for axes, name in ((above, "h"), (below, "x")):
        axes.set_ylabel(
            name, rotation=0, ha="right", va="center", style="italic", color=colour("ink", theme)
        )
    _title(above, _("What does one neuron do with x and its own past?"), theme)
    figure.text(
        0.99,
        0.98,
        f"$w_x$ = {w_x:.2f}    $w_h$ = {w_h:.2f}    $b$ = {b:.2f}".replace("-", "−"),
        ha="right",
        va="top",
        color=colour("ink", theme),
    )
    return figure


def param_counter(blocks, step=0, theme="light") -> Figure:
    """All parameters as one bar in true proportion, the small blocks under a lens, and a table.

    blocks holds (name, kind, factors) of each block of weights.
    """
    counts = [prod(factors) for _name, _kind, factors in blocks]
    total, largest = sum(counts), int(np.argmax(counts))
    small = [i for i in range(len(blocks)) if i != largest]
    rest = total - counts[largest]
    figure = _figure(8.5, 4.2, theme)
    axes = figure.subplots()
    _plain(axes, theme)
    axes.set(xlim=(0, 1), ylim=(-2.35, 2.2), xticks=[], yticks=[])
    ink, quiet, ground = (colour(name, theme) for name in ("ink", "quiet", "ground"))

    def bar(which, whole, bottom):
        left = 0.0
        for i in which:
            name, kind, _factors = blocks[i]
            wide = counts[i] / whole
            block = Rectangle((left, bottom), wide, 0.7, facecolor=colour(kind, theme), lw=1.2)
            block.set(edgecolor=ink if i == step else ground, zorder=3 if i == step else 1)
            axes.add_patch(block)
            if wide > 0.1:
                on = ground if kind in ("output", "state") else "#000000"
                middle = {"ha": "center", "va": "center", "fontsize": 12, "zorder": 4}
                axes.text(left + wide / 2, bottom + 0.35, _math(name), color=on, **middle)
            left += wide

    lens = rest < 0.25 * total
    bar([largest, *small] if lens else range(len(blocks)), total, 1.4)
    if lens:
        start = 1 - rest / total
        axes.add_patch(
            Polygon([(start, 1.4), (1, 1.4), (1, 0.85), (0, 0.85)], color=ink, alpha=0.08, lw=0)
        )
        words = _("the other {share}, drawn {times} times as large").format(
            share=f"{100 * rest / total:.2f} %", times=f"{total / rest:,.0f}"
        )
        axes.text(0.99, 0.93, words, ha="right", color=quiet, fontsize=9)
        bar(small, rest, 0.15)
    for i, (name, kind, factors) in enumerate(blocks):
        y = -0.45 - 0.5 * i
        if i == step:
            axes.add_patch(Rectangle((0, y - 0.22), 1, 0.5, color=ink, alpha=0.07, lw=0))
        axes.add_patch(
            Rectangle((0.008, y - 0.1), 0.014, 0.26, facecolor=colour(kind, theme), lw=0)
        )
        row = {"color": ink, "va": "center", "fontsize": 11}
        axes.text(0.036, y, _math(name), **row)
        axes.text(0.5, y, " × ".join(f"{n:,}" for n in factors), ha="right", **row)
        axes.text(0.75, y, f"{counts[i]:,}", ha="right", **row)
        axes.text(0.99, y, f"{100 * counts[i] / total:.2f} %", ha="right", **row)
    _title(axes, _("Where do the parameters sit?"), theme)
    axes.text(1, 2.25, f"{total:,}", ha="right", va="bottom", color=ink, fontsize=17)
    return figure


def _math(name: str) -> str:
    return f"${name}$" if name != "Dense" else name
