"""Drawings of lecture 01's end: sentences of unequal length in one batch."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from unrolled.figures.drawing import Drawing, arrow, circle, finish, sheet, styled, write
from unrolled.figures.steps import HEIGHT, RADIUS, spread, token
from unrolled.language import _
from unrolled.palette import colour as of


def _read(axes: Axes, places: Sequence[float], y: float, masked: int, theme: str) -> None:
    """Draw states over the places; the last `masked` of them are copies, else they fade."""
    state, quiet, ink = of("state", theme), of("quiet", theme), of("ink", theme)
    real = len(places) - 3
    for place, x in enumerate(places):
        padded = place - real + 1 if place >= real else 0
        fill = 0.75 if masked or not padded else (0.45, 0.22, 0.08)[padded - 1]
        circle(axes, x, y, RADIUS, state, fill)
        if place == 0:
            continue
        left = places[place - 1]
        if masked and padded:
            write(axes, (left + x) / 2, y, "=", ink, fontsize=17)
        else:
            arrow(axes, (left + RADIUS, y), (x - RADIUS - 0.02, y), state)
    write(axes, places[-1] + 0.4, y, _("← read here"), quiet, ha="left")


def padding(theme: str | None = None) -> Drawing:
    """Draw a padded sentence read without a mask and with one."""
    shade = theme or "light"
    ink, quiet = of("ink", shade), of("quiet", shade)
    words = [*_("a fine film").split(), "<pad>", "<pad>", "<pad>"]
    real = len(words) - 3
    with styled():
        places = spread(1.6, words, 0.35)
        axes = sheet(places[-1] + 1.6, 3.6)
        for place, (x, word) in enumerate(zip(places, words, strict=True)):
            token(axes, x, 1.75, word, "input" if place < real else "bias", shade)
            arrow(axes, (x, 1.75 + HEIGHT / 2), (x, 2.75 - RADIUS - 0.02), of("input", shade))
            if place < real:
                arrow(axes, (x, 1.75 - HEIGHT / 2), (x, 0.75 + RADIUS + 0.02), of("input", shade))
        _read(axes, places, 2.75, 0, shade)
        _read(axes, places, 0.75, 3, shade)
        write(axes, 0.15, 2.75, _("without mask"), ink, ha="left")
        write(axes, 0.15, 0.75, _("with mask"), ink, ha="left")
        middle = (places[0] + places[-1]) / 2
        write(axes, middle, 3.35, _("every pad is read like a word, and the state drifts"), quiet)
        write(axes, middle, 0.2, _("at a pad the state stays as it is"), quiet)
        alt = _(
            "A sentence of {real} words and three pads. Without a mask the state goes on changing "
            "over the pads; with a mask it is copied, and the last equals that at the last word."
        )
        return finish(axes, alt.format(real=real), theme)
