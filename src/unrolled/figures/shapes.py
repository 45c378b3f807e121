"""Drawings of lecture 01: which inputs and outputs exist at which step of a task."""

from collections.abc import Sequence

from unrolled.figures.drawing import Drawing, finish, sheet, styled, write
from unrolled.figures.steps import RISE, name_rows, steps
from unrolled.language import _
from unrolled.palette import colour as of


def _shape(
    inputs: Sequence[str], outputs: Sequence[str], says: str, alt: str, theme: str | None
) -> Drawing:
    """Draw a task's steps; "" is a step without input or output."""
    shade = theme or "light"
    places = [1.45 + 1.05 * step for step in range(len(inputs))]
    with styled():
        axes = sheet(places[-1] + 0.7, 3.3)
        name_rows(axes, 0.95, shade)
        steps(axes, places, inputs, outputs, shade)
        write(axes, (0.25 + places[-1] + 0.4) / 2, 0.25, says, of("quiet", shade))
        return finish(axes, alt, theme)


def seq2one(theme: str | None = None) -> Drawing:
    """Draw sequence-to-vector: an input at every step, an output at the last alone."""
    alt = _("Four steps, each with an input. Only the last has an output: it has read them all.")
    inputs = ["$x_1$", "$x_2$", "$x_3$", "$x_4$"]
    return _shape(inputs, ["", "", "", "$y$"], _("one answer, when all is read"), alt, theme)


def seq2seq(theme: str | None = None) -> Drawing:
    """Draw sequence-to-sequence: an input and an output at every step."""
    alt = _("Four steps, each with an input and, at once, an output of its own.")
    inputs, outputs = ([f"${letter}_{n}$" for n in (1, 2, 3, 4)] for letter in "xy")
    return _shape(inputs, outputs, _("an answer at every step"), alt, theme)


def one2seq(theme: str | None = None) -> Drawing:
    """Draw vector-to-sequence: an input at the first step, an output at every step."""
    alt = _("Four steps. Only the first has an input; every step has an output.")
    outputs = ["$y_1$", "$y_2$", "$y_3$", "$y_4$"]
    return _shape(["$x$", "", "", ""], outputs, _("heard once, then it speaks"), alt, theme)


def seq2seq_delay(theme: str | None = None) -> Drawing:
    """Draw delayed sequence-to-sequence: all inputs first, then all outputs."""
    shade = theme or "light"
    quiet = of("quiet", shade)
    places = [1.45 + 1.05 * step for step in range(6)]
    inputs = ["$x_1$", "$x_2$", "$x_3$", "", "", ""]
    outputs = ["", "", "", "$y_1$", "$y_2$", "$y_3$"]
    with styled():
        axes = sheet(places[-1] + 0.7, 3.3)
        name_rows(axes, 0.95, shade)
        steps(axes, places, inputs, outputs, shade)
        border = (places[2] + places[3]) / 2
        for low, high in [(0.45, 0.85 + RISE - 0.12), (0.85 + RISE + 0.12, 3.15)]:
            axes.plot([border, border], [low, high], color=quiet, lw=1.2, ls=(0, (4, 3)))
        write(axes, places[1], 0.25, _("first it reads to the end"), quiet)
        write(axes, places[4], 0.25, _("then it writes"), quiet)
        alt = _(
            "Six steps. The first three have inputs and no output, the last three outputs and no "
            "input; all that passes between the halves is the state."
        )
        return finish(axes, alt, theme)
