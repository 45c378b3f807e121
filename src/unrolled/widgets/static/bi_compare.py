"""BiCompare in matplotlib."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from unrolled.cells import sigmoid
from unrolled.language import _
from unrolled.palette import colour, diverging
from unrolled.widgets.static.axes import heading, plain, sheet, short


def bi_compare(readings, step, title, outcome="", theme="light") -> Figure:
    """A row for each sentence: the states of both halves, and their pushes at one token."""
    readings = [reading for reading in readings if reading.tokens]
    if not readings:
        figure = sheet(7, 1, theme)
        axes = figure.subplots()
        plain(axes, theme)
        axes.set(xticks=[], yticks=[])
        heading(axes, _("No tokens yet."), theme)
        return figure
    longest = max(len(reading.tokens) for reading in readings)
    width = float(np.clip(6 + 0.5 * longest, 8.5, 15))
    figure = sheet(width, 0.6 + 2.9 * len(readings), theme)
    grid = figure.subplots(len(readings), 2, width_ratios=[width - 4.2, 4.2], squeeze=False)
    # One axis for both sentences, or a longer bar would not mean a stronger push.
    reach = max(_reach(reading, min(step, len(reading.tokens) - 1)) for reading in readings)
    for (left, right), reading in zip(grid, readings, strict=True):
        t = min(step, len(reading.tokens) - 1)
        _draw_states(left, reading, t, theme)
        _draw_pushes(right, reading, t, reach, outcome, theme)
    heading(grid[0, 0], title.replace("$", r"\$"), theme)
    return figure


def _reach(reading, t: int) -> float:
    total = float(np.abs(reading.pushes[:, t]).sum() + abs(reading.c))
    return total if np.isfinite(total) and total else 1.0


def _draw_states(axes: Axes, reading, t: int, theme: str) -> None:
    """Both halves over the tokens; what a half has not read yet at token t is pale."""
    plain(axes, theme)
    count = len(reading.tokens)
    ramp = LinearSegmentedColormap.from_list("state", diverging(theme))
    forward, backward = reading.states
    seen = np.ones((forward.shape[1] + backward.shape[1], count))
    seen[: forward.shape[1], t + 1 :] = seen[forward.shape[1] :, :t] = 0.25
    values = np.concatenate([forward, backward], axis=1).T
    axes.imshow(
        values, cmap=ramp, vmin=-1, vmax=1, alpha=seen, aspect="auto", interpolation="nearest"
    )
    ink, middle = colour("ink", theme), forward.shape[1] - 0.5
    axes.axhline(middle, color=ink, linewidth=1.5)
    axes.axvline(t - 0.5, color=ink, linewidth=1)
    axes.axvline(t + 0.5, color=ink, linewidth=1)
    forwards = _("forward →")
    backwards = _("← backward")
    axes.set_yticks(
        [middle / 2 - 0.25, middle + backward.shape[1] / 2],
        [f"{forwards}\n{t + 1}/{count}", f"{backwards}\n{count - t}/{count}"],
    )
    names = [
        short(token) + ("" if known else "*")
        for token, known in zip(reading.tokens, reading.known, strict=True)
    ]
    crowded = max(map(len, names)) * count > 60
    axes.set_xticks(range(count), names, rotation=60 if crowded else 0)
    axes.tick_params(axis="x", labelcolor=ink, labelsize=10)
    if not all(reading.known):
        axes.set_xlabel(_("* not in the vocabulary"), color=colour("quiet", theme), loc="left")


def _draw_pushes(axes: Axes, reading, t: int, reach: float, outcome: str, theme: str) -> None:
    """Each push starts where the one before it ends; below them the sum."""
    plain(axes, theme)
    f, b = reading.pushes[:, t]
    total = f + b + reading.c
    bars = [
        (_("forward →"), 0, f, "state", ""),
        (_("← backward"), f, b, "state", "////"),
        (_("bias"), f + b, reading.c, "bias", ""),
        (_("sum"), 0, total, "output", ""),
    ]
    for row, (_name, start, size, identity, hatch) in enumerate(bars):
        axes.barh(
            row, size, left=start, height=0.6, color=colour(identity, theme), hatch=hatch,
            edgecolor=colour("ground", theme), linewidth=0,
        )  # fmt: skip
        number = f"{size:+.2f}".replace("-", "−")
        axes.text(1.05 * reach, row, number, va="center", ha="left", color=colour("ink", theme))
    axes.axvline(0, color=colour("ink", theme), linewidth=1)
    axes.set(xlim=(-reach, reach), ylim=(len(bars) - 0.4, -0.6))
    no = _("not a name")
    yes = _("a name")
    axes.set_xticks([-reach, reach], [no, yes])
    axes.get_xticklabels()[0].set_horizontalalignment("left")
    axes.get_xticklabels()[1].set_horizontalalignment("right")
    axes.set_yticks(range(len(bars)), [bar[0] for bar in bars])
    both = _("both halves")
    said = f"{short(outcome)}:  {both} {sigmoid(total):.2f}"
    if len(reading.one_way):
        name = _("one-way tagger")
        said += f" · {name} {sigmoid(reading.one_way[t]):.2f}"
    axes.set_title(said, loc="left", color=colour("ink", theme), fontsize=10, pad=10)
