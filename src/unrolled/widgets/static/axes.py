"""What the static pictures share: a sheet in the theme, plain axes, the curve of a state."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from unrolled.palette import colour


def sheet(width: float, height: float, theme: str) -> Figure:
    return Figure((width, height), facecolor=colour("ground", theme), layout="constrained")


def plain(axes: Axes, theme: str) -> None:
    """Axes without a frame, in the theme's quiet ink."""
    axes.set_facecolor("none")
    axes.tick_params(which="both", length=0, colors=colour("quiet", theme), labelsize=9)
    for spine in axes.spines.values():
        spine.set_visible(False)


def heading(axes: Axes, words: str, theme: str) -> None:
    axes.set_title(words, loc="left", color=colour("ink", theme), fontsize=12, pad=10)


def draw_curve(axes: Axes, values, step: int, theme: str) -> None:
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


def short(token: str, longest: int = 14) -> str:
    # A dollar sign would start matplotlib's mathematics.
    token = token if len(token) <= longest else token[: longest - 1] + "…"
    return token.replace("$", r"\$")
