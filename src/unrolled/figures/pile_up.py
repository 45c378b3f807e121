"""The drawing of lecture 08: how errors pile up when a writer reads its own words."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from unrolled.figures.drawing import Drawing, finish, sheet, styled, write
from unrolled.language import _
from unrolled.palette import colour as of

LEFT, FLOOR, HEIGHT, STEP = 0.9, 0.75, 2.2, 0.6  # inches


def pile_up(shares: Mapping[str, Sequence[float]], theme: str | None = None) -> Drawing:
    """Draw the share right at each place: of "forced", told the true words, and of "free".

    shares as `tasks.numerals.forced_and_free` returns them. Raises ValueError where the two are
    not equally long, or a share lies outside 0 … 1.
    """
    shade = theme or "light"
    forced, free = ([float(share) for share in shares[way]] for way in ("forced", "free"))
    if len(forced) != len(free) or not forced or not all(0 <= s <= 1 for s in forced + free):
        raise ValueError(_("Give both ways as many shares from 0 to 1, one for each place."))
    places = [LEFT + STEP * (number + 0.5) for number in range(len(forced))]
    right = LEFT + STEP * len(places)
    with styled():
        axes = sheet(max(right, LEFT + 4.2) + 0.3, FLOOR + HEIGHT + 0.85)
        _scale(axes, right, places, shade)
        look = {"forced": ("o-", "input"), "free": ("s--", "state")}
        for way, values in (("forced", forced), ("free", free)):
            marker, identity = look[way]
            heights = [FLOOR + HEIGHT * value for value in values]
            axes.plot(places, heights, marker, color=of(identity, shade), lw=2, ms=7)
        names = {"forced": _("teacher forcing"), "free": _("free running")}
        for place, (way, name) in enumerate(names.items()):
            x, y = LEFT + 2.3 * place, FLOOR + HEIGHT + 0.55
            marker, identity = look[way]
            axes.plot([x, x + 0.25, x + 0.5], [y] * 3, marker, color=of(identity, shade), lw=2)
            write(axes, x + 0.62, y, name, of("ink", shade), ha="left")
        alt = _(
            "The share of words that are right at each place: with the true words before them "
            "{forced}, with the model's own {free}."
        )
        told = {way: _listed(values) for way, values in (("forced", forced), ("free", free))}
        return finish(axes, alt.format(**told), theme)


def _scale(axes: Axes, right: float, places: Sequence[float], theme: str) -> None:
    """Rule a line at 0, a half and 1, and number the places below."""
    quiet = of("quiet", theme)
    for share in (0, 0.5, 1):
        y = FLOOR + HEIGHT * share
        axes.plot([LEFT, right], [y, y], color=of("line", theme), lw=0.8, zorder=0)
        write(axes, LEFT - 0.12, y, f"{share:g}", quiet, ha="right")
    for number, x in enumerate(places, start=1):
        write(axes, x, FLOOR - 0.22, str(number), quiet)
    write(axes, (LEFT + right) / 2, 0.2, _("word of the answer"), quiet)


def _listed(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.2f}" for value in values)
