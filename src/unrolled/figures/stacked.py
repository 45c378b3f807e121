"""The drawing of lecture 03: a layer that reads the states of another."""

from matplotlib.axes import Axes

from unrolled.figures.drawing import Drawing, arrow, box, circle, finish, sheet, styled, write
from unrolled.language import _
from unrolled.palette import colour as of

UNITS = 3  # drawn of each layer
COLUMNS = (1.95, 3.5, 5.05)


def _layer(axes: Axes, y: float, name: str, theme: str) -> None:
    """Draw a layer at each step, its states handed on to the right."""
    state = of("state", theme)
    for step, x in enumerate(COLUMNS):
        box(axes, x, y, (1.06, 0.42), state, lw=1.2)
        for unit in range(UNITS):
            circle(axes, x + 0.33 * (unit - 1), y, 0.13, state, 0.35)
        if step:
            arrow(axes, (COLUMNS[step - 1] + 0.55, y), (x - 0.56, y), state)
    write(axes, 1.15, y, name, of("ink", theme), ha="right")


def stacked_recurrent_layer(
    words: tuple[str, str, str] = ("harry", "potter", "and"), theme: str | None = None
) -> Drawing:
    """Draw two recurrent layers over three words: the second reads every state of the first."""
    shade = theme or "light"
    state, ink, quiet = of("state", shade), of("ink", shade), of("quiet", shade)
    low, first, second, out = 0.85, 1.85, 2.95, 3.95
    with styled():
        axes = sheet(7.8, 4.3)
        _layer(axes, first, _("layer 1"), shade)
        _layer(axes, second, _("layer 2"), shade)
        for x, word in zip(COLUMNS, words, strict=True):
            box(axes, x, low, (1.2, 0.46), of("input", shade), 0.22)
            write(axes, x, low, word, ink)
            arrow(axes, (x, low + 0.25), (x, first - 0.23), of("input", shade))
            arrow(axes, (x, first + 0.22), (x, second - 0.23), state, lw=2.6)
        box(axes, COLUMNS[-1], out, (0.7, 0.46), ink, lw=1.6)
        write(axes, COLUMNS[-1], out, "0", ink, fontsize=14)
        arrow(axes, (COLUMNS[-1], second + 0.22), (COLUMNS[-1], out - 0.25), ink)
        write(axes, 1.15, out, _("answer"), quiet, ha="right")
        write(axes, 1.15, low, _("input"), quiet, ha="right")
        shapes = {low: "(batch, 3, 10000)", first: "(batch, 3, 32)", second: "(batch, 32)"}
        for y, shape in {**shapes, out: "(batch, 1)"}.items():
            write(axes, 5.9, y, shape, ink, ha="left")
        write(axes, 5.9, first + 0.3, "return_sequences=True", quiet, ha="left", fontsize=10)
        write(axes, 5.9, second + 0.3, "return_sequences=False", quiet, ha="left", fontsize=10)
        says = _("what layer 2 reads is not words: it is the state of layer 1, at every step")
        write(axes, 3.5, 0.25, says, quiet)
        alt = _(
            "Two recurrent layers over the words {words}. Layer 1 hands its state up at every "
            "step; layer 2 reads those states, and its last state alone gives the answer."
        )
        return finish(axes, alt.format(words=", ".join(words)), theme)
