"""The drawing of pictures with their captions: what was written, and what is true where it errs."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from unrolled.figures.drawing import Drawing, breadth, finish, sheet, styled, write
from unrolled.language import _
from unrolled.palette import colour as of
from unrolled.tasks.caption_reader import seen

SIDE, GAP, LINE, MARGIN = 1.9, 0.35, 0.26, 0.2  # inches
SHARPER = 8  # each pixel is drawn as so many, so that a page does not blur it


def captioned(
    pictures: np.ndarray | Sequence[np.ndarray],
    captions: str | Sequence[str],
    truths: str | Sequence[str] = (),
    theme: str | None = None,
) -> Drawing:
    """Draw one picture with its caption below it, or several in a row.

    A picture is (24, 24, 3). A caption that differs from its truth, where there is one, is marked,
    and the truth stands below it. Raises ValueError for what is no picture, and where there are
    not as many captions as pictures.
    """
    if isinstance(captions, str):
        pictures, captions = [np.asarray(pictures)], [captions]
    truths = [truths] if isinstance(truths, str) else truths
    shown = [seen(picture) for picture in pictures]
    many = {len(shown), len(captions), len(truths) or len(shown)}
    if len(many) > 1 or not shown:
        sentence = _("{captions} captions for {pictures} pictures: give each picture its own.")
        raise ValueError(sentence.format(captions=len(captions), pictures=len(shown)))
    shade = theme or "light"
    told = [_lines(each, true) for each, true in _pairs(captions, truths)]
    below = LINE * max(map(len, told)) + 0.1
    with styled():
        width = 2 * MARGIN + len(shown) * (SIDE + GAP) - GAP
        axes = sheet(width, SIDE + below + 2 * MARGIN)
        for place, (picture, lines) in enumerate(zip(shown, told, strict=True)):
            x = MARGIN + place * (SIDE + GAP)
            _picture(axes, picture, x, MARGIN + below, shade)
            for number, (words, identity) in enumerate(lines):
                y = MARGIN + below - 0.1 - LINE * (number + 0.5)
                write(axes, x + SIDE / 2, y, words, of(identity, shade), fontsize=11)
        # The pictures leave the limits of the sheet as they are.
        axes.set(xlim=(0, width), ylim=(0, SIDE + below + 2 * MARGIN))
        return finish(axes, _told(captions, truths), theme)


def _pairs(captions: Sequence[str], truths: Sequence[str]):
    """Each caption with its truth, or with nothing where it is right or there is none."""
    for caption, true in zip(captions, truths or [""] * len(captions), strict=True):
        yield caption, "" if true == caption else true


def _lines(caption: str, true: str) -> list[tuple[str, str]]:
    """A caption in lines as wide as its picture, marked where it errs, and the truth below."""
    lines = [(line, "ink") for line in _wrapped(f"✗ {caption}" if true else caption)]
    return lines + [(line, "right") for line in (_wrapped(f"✓ {true}") if true else [])]


def _wrapped(text: str) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if 0.8 * breadth(longer) > SIDE + GAP - 0.1 and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _picture(axes: Axes, picture: np.ndarray, x: float, y: float, theme: str) -> None:
    pixels = np.repeat(np.repeat(picture, SHARPER, axis=0), SHARPER, axis=1)
    extent = (x, x + SIDE, y, y + SIDE)
    axes.imshow(pixels, extent=extent, aspect="auto", interpolation="none")
    frame = Rectangle((x, y), SIDE, SIDE, facecolor="none", edgecolor=of("input", theme), lw=1.8)
    axes.add_patch(frame)


def _told(captions: Sequence[str], truths: Sequence[str]) -> str:
    sentence = _("A picture with the caption “{caption}”.")
    mistaken = _("A picture with the caption “{caption}”, though it shows “{true}”.")
    return " ".join(
        (mistaken if true else sentence).format(caption=caption, true=true)
        for caption, true in _pairs(captions, truths)
    )
