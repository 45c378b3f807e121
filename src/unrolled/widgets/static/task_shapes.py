"""TaskShapes in matplotlib."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle

from unrolled.language import _
from unrolled.palette import colour
from unrolled.widgets.static.axes import heading, plain, sheet, short

_OUT, _STATE, _IN, _HALF = 2.0, 1.0, 0.0, 0.2  # heights of the rows, and half of a box's


def task_shapes(
    inputs, outputs, arrows, step=0, title="", shape="", said="", code=(), parts=(), image=None,
    theme="light",
) -> Figure:  # fmt: skip
    """An unrolled network: inputs below, states, outputs above, arrows only where they exist.

    inputs and outputs hold a word or None for each step; arrows are (kind, from, to), parts
    (name, first step, last step), code (line, shape in, shape out). What comes after `step` is
    dashed, and its outputs are not yet known.
    """
    count = len(inputs)
    words = [word for word in (*inputs, *outputs) if word is not None]
    lines = [f"{line}   {into} → {out}" for line, into, out in code]
    each = float(np.clip(0.36 + 0.1 * max(map(len, words)), 0.5, 1.15))
    room = 1 + 0.078 * max(map(len, lines), default=0)  # of the longest line of code
    width = float(np.clip(1 + each * count, max(7.5, room), 16))
    each = (width - 1) / count
    low = -0.55 if image is None else -1.05
    below = 0.4 + 0.25 * len(code)
    height = 2.35 - low + below
    figure = sheet(width, 1.2 * height + 0.4, theme)
    axes = figure.subplots()
    plain(axes, theme)
    left = -0.5 - 0.7 / each
    ink, quiet = colour("ink", theme), colour("quiet", theme)
    axes.axvspan(step - 0.5, step + 0.5, color=ink, alpha=0.07, lw=0, ymin=below / height)
    for y, name in ((_OUT, _("output")), (_STATE, _("state")), (_IN, _("input"))):
        axes.text(left, y, name, color=quiet, va="center", fontsize=10)
    longest, crowded = int(max(4, each / 0.095)), each < 0.33  # then the arrows alone are seen
    for t in range(count):
        name = "" if crowded else f"$h_{{{t + 1}}}$"
        _box(axes, t, _STATE, name, "state", t > step, theme, full=t == step)
        if not crowded or t % 10 == 9:
            axes.text(t, low + 0.12, str(t + 1), color=quiet, ha="center", fontsize=9)
        if (word := outputs[t]) is not None:
            word = "" if t > step or crowded else short(word, longest)
            _box(axes, t, _OUT, word, "output", t > step, theme)
        if (word := inputs[t]) is not None and image is None:
            word = "" if crowded else short(word, longest)
            _box(axes, t, _IN, word, "input", t > step, theme)
    if image is not None:
        _image(axes, image, 1.2 * 0.95 / each / 2, theme)  # as wide as high, in inches
    for arrow in arrows:
        _arrow(axes, arrow, step, parts, theme)
    _brackets(axes, parts, theme)
    axes.text(left, low - 0.2, said.replace("$", r"\$"), color=ink, va="center", wrap=True)
    for i, line in enumerate(lines):
        style = {"family": "DejaVu Sans Mono", "fontsize": 9, "va": "center", "color": quiet}
        axes.text(left, low - 0.5 - 0.25 * i, line.replace("$", r"\$"), **style)
    axes.set(xlim=(left, count - 0.4), ylim=(low - below, 2.35), xticks=[], yticks=[])
    heading(axes, title, theme)
    axes.set_title(shape, loc="right", color=quiet, fontsize=11, pad=10)
    return figure


def _image(axes: Axes, image, half: float, theme) -> None:
    """The one input, a picture: framed below the first state, 2 half columns wide."""
    extent = (-half, half, _IN - 0.75, _IN + _HALF)
    axes.imshow(image, extent=extent, aspect="auto", interpolation="nearest", zorder=3)
    frame = Rectangle((-half, _IN - 0.75), 2 * half, 0.75 + _HALF, fill=False, lw=1.4)
    frame.set(edgecolor=colour("input", theme), zorder=4)
    axes.add_patch(frame)


def _brackets(axes: Axes, parts, theme) -> None:
    """The names of the networks: the reader's above its states, the writer's below."""
    quiet = colour("quiet", theme)
    for i, (name, first, last) in enumerate(parts):
        y = _STATE - 0.5 if i else _STATE + 0.5
        axes.plot([first - 0.4, last + 0.4], [y, y], color=quiet, lw=1)
        style = {"ha": "center", "va": "top" if i else "bottom", "color": quiet, "fontsize": 10}
        axes.text((first + last) / 2, y + (-0.08 if i else 0.08), name, **style)


def _box(axes: Axes, x, y, word, kind, later, theme, full=False) -> None:
    """A box with a word: dashed where it is still to come, filled where it is now."""
    hue, ground = colour(kind, theme), colour("ground", theme)
    share = 0.07 if kind == "output" else 0.22
    mixed = share * np.array(to_rgb(hue)) + (1 - share) * np.array(to_rgb(ground))
    half = 0.3 if kind == "state" else 0.42
    box = FancyBboxPatch(
        (x - half, y - _HALF),
        2 * half,
        2 * _HALF,
        boxstyle="round,pad=0,rounding_size=0.08",
        lw=1.4,
    )
    box.set(facecolor=hue if full else ground if later else mixed, edgecolor=hue, zorder=3)
    box.set_linestyle("--" if later else "-")
    axes.add_patch(box)
    on = ground if full else colour("quiet" if later else "ink", theme)
    axes.text(x, y, word, color=on, ha="center", va="center", fontsize=11, zorder=4)


def _arrow(axes: Axes, arrow, step, parts, theme) -> None:
    kind, start, end = arrow
    points = {
        "input": ((end, _IN + _HALF), (end, _STATE - _HALF)),
        "output": ((end, _STATE + _HALF), (end, _OUT - _HALF)),
        "state": ((start + 0.3, _STATE), (end - 0.3, _STATE)),
        "fed": ((start + 0.25, _OUT - _HALF), (end - 0.2, _STATE + _HALF)),
    }[kind]
    line = FancyArrowPatch(*points, arrowstyle="->", mutation_scale=11, shrinkA=0, shrinkB=0)
    bridge = kind == "state" and any(end == first for _name, first, _last in parts[1:])
    line.set(color=colour("output" if kind == "fed" else kind, theme), zorder=2)
    line.set(lw=4 if bridge else 2.4 if end == step else 1.6, alpha=0.4 if end > step else 1)
    line.set_linestyle(":" if kind == "fed" else "-")
    axes.add_patch(line)
