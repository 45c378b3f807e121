"""The drawing of a melody as a piano roll: what was given and what the network went on with."""

from collections.abc import Sequence

from matplotlib.patches import Rectangle

from unrolled.figures.drawing import Drawing, finish, sheet, styled, write
from unrolled.language import _
from unrolled.palette import colour as of
from unrolled.tasks.melody_notes import Note, playable

BEAT, SEMITONE = 0.17, 0.11  # inches
LEFT, FLOOR, WIDEST = 0.75, 0.55, 15.0


def piano_roll(
    notes: Sequence[Note], continued: Sequence[Note] = (), theme: str | None = None
) -> Drawing:
    """Draw notes as bars, to the right in time and up in pitch, and those that continue them.

    Either is a list of (pitch, beats); raises ValueError for what is no melody.
    """
    shade = theme or "light"
    given = playable(notes)
    every = [*given, *(playable(continued) if len(continued) else [])]
    low, high = (pick(note.pitch for note in every) for pick in (min, max))
    total = sum(note.beats for note in every)
    beat = min(BEAT, (WIDEST - LEFT) / total)
    top = FLOOR + SEMITONE * (high - low + 1)
    with styled():
        axes = sheet(max(LEFT + beat * total + 0.3, 4.2), top + 0.25)
        _lines(axes, range(low, high + 1), LEFT + beat * total, shade)
        x = LEFT
        for number, note in enumerate(every):
            new = number >= len(given)
            colour = of("state" if new else "input", shade)
            edge = of("ink", shade) if new else colour
            corner = (x, FLOOR + SEMITONE * (note.pitch - low))
            width = max(beat * note.beats - 0.03, 0.02)
            axes.add_patch(
                Rectangle(corner, width, SEMITONE, facecolor=colour, edgecolor=edge, lw=0.8)
            )
            x += beat * note.beats
        _legend(axes, len(continued) > 0, shade)
        return finish(axes, _told(given, every[len(given) :]), theme)


def _lines(axes, pitches: range, right: float, theme: str) -> None:
    """Rule a line under every C and at the outermost notes, each with its name."""
    named = {pitches[0], pitches[-1]}
    # A name needs more room than a semitone has.
    named |= {each for each in pitches if each % 12 == 0 and min(abs(each - n) for n in named) > 2}
    if len(pitches) < 3:
        named = {pitches[0]}
    for pitch in sorted(named):
        y = FLOOR + SEMITONE * (pitch - pitches[0] + 0.5)
        axes.plot([LEFT, right], [y, y], color=of("line", theme), lw=0.8, zorder=0)
        write(axes, LEFT - 0.12, y, str(Note(pitch)), of("quiet", theme), ha="right", fontsize=10)


def _legend(axes, continued: bool, theme: str) -> None:
    labels = [(_("given"), "input"), (_("continued"), "state")][: 1 + continued]
    for place, (words, identity) in enumerate(labels):
        x, edge = LEFT + 1.5 * place, of("ink" if place else identity, theme)
        fill = of(identity, theme)
        axes.add_patch(Rectangle((x, 0.2), 0.2, 0.12, facecolor=fill, edgecolor=edge, lw=0.8))
        write(axes, x + 0.28, 0.26, words, of("ink", theme), ha="left")


def _told(given: Sequence[Note], continued: Sequence[Note]) -> str:
    sentence = _("A melody of {count} notes as bars, higher where they sound higher: {notes}.")
    if continued:
        sentence = _(
            "A melody as bars, higher where they sound higher: {count} notes were given, {notes}; "
            "then come {more} of the network's own, {own}."
        )
    return sentence.format(
        count=len(given),
        notes=" ".join(map(str, given)),
        more=len(continued),
        own=" ".join(map(str, continued)),
    )
