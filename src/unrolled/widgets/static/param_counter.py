"""ParamCounter in matplotlib."""

from math import prod

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

from unrolled.language import _
from unrolled.palette import colour
from unrolled.widgets.static.axes import heading, plain, sheet


def param_counter(blocks, step=0, theme="light") -> Figure:
    """All parameters as one bar in true proportion, the small blocks under a lens, and a table.

    blocks holds (name, kind, factors) of each block of weights.
    """
    counts = [prod(factors) for _name, _kind, factors in blocks]
    total, largest = sum(counts), int(np.argmax(counts))
    small = [i for i in range(len(blocks)) if i != largest]
    rest = total - counts[largest]
    figure = sheet(8.5, 4.2, theme)
    axes = figure.subplots()
    plain(axes, theme)
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
    heading(axes, _("Where do the parameters sit?"), theme)
    axes.text(1, 2.25, f"{total:,}", ha="right", va="bottom", color=ink, fontsize=17)
    return figure


def _math(name: str) -> str:
    return f"${name}$" if name != "Dense" else name
