"""Drawings of lecture 02's first half: a sentence on its way to numbers."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from unrolled.figures.drawing import Drawing, arrow, box, breadth, finish, sheet, styled, write
from unrolled.language import _
from unrolled.palette import colour as of

ROW = 0.36  # height of a line of a list, in inches


def entity_exam(tokens: Sequence[str], labels: Sequence[int], theme: str | None = None) -> Drawing:
    """Draw a sentence of at most a dozen words, and under each the answer wanted: 1 for a name.

    theme: "light", "dark", or None to follow the page.
    """
    ink, quiet, right = (of(name, theme or "light") for name in ("ink", "quiet", "state"))
    paper_input = of("input", theme or "light")
    widths = [breadth(token) + 0.26 for token in tokens]
    margin, gap = 1.25, 0.1
    with styled():
        axes = sheet(margin + sum(widths) + gap * len(tokens), 1.55)
        write(axes, margin - 0.2, 1.2, _("words in"), quiet, ha="right")
        write(axes, margin - 0.2, 0.32, _("answers out"), quiet, ha="right")
        left = margin
        for token, label, width in zip(tokens, labels, widths, strict=True):
            x = left + width / 2
            box(axes, x, 1.2, (width, 0.42), paper_input, 0.22 if label else 0.0)
            write(axes, x, 1.2, token, ink)
            arrow(axes, (x, 0.94), (x, 0.56), quiet, lw=1.2)
            write(axes, x, 0.32, str(label), right if label else quiet, fontsize=15)
            left += width + gap
        found = ", ".join(t for t, label in zip(tokens, labels, strict=True) if label)
        alt = _("A sentence, word by word, and under each word the answer: 1 for {names}, else 0.")
        return finish(axes, alt.format(names=found), theme)


def _shown(vocabulary: Mapping[str, int], tokens: Sequence[str], first: int = 4) -> list[int]:
    """Return the ids to show: the first few, the sentence's and the last; -1 stands for a gap."""
    wanted = {*range(first), *(vocabulary[token] for token in tokens), len(vocabulary) - 1}
    ids: list[int] = []
    for index in sorted(wanted):
        if ids and index > ids[-1] + 1:
            ids.append(-1)
        ids.append(index)
    return ids


def _list(
    axes: Axes, vocabulary: Mapping[str, int], ids: Sequence[int], top: float, theme: str
) -> list[float]:
    """Write the vocabulary as a list of ids and words; returns the heights of its lines."""
    words = {index: word for word, index in vocabulary.items()}
    heights = [top - ROW * row for row in range(len(ids))]
    for index, y in zip(ids, heights, strict=True):
        if index < 0:
            write(axes, 0.9, y, "⋮", of("quiet", theme))
            continue
        write(axes, 0.55, y, str(index), of("quiet", theme), ha="right")
        write(axes, 0.72, y, words[index], of("ink", theme), ha="left")
    return heights


def vocabulary(
    vocabulary: Mapping[str, int], tokens: Sequence[str], theme: str | None = None
) -> Drawing:
    """Draw a vocabulary as a numbered list, and a sentence whose words point at their lines."""
    shade = theme or "light"
    ids = _shown(vocabulary, tokens)
    height = ROW * len(ids) + 0.75
    with styled():
        axes = sheet(6.1, height)
        top = height - 0.7
        write(axes, 0.3, height - 0.25, _("vocabulary"), of("quiet", shade), ha="left")
        write(axes, 3.35, height - 0.25, _("sentence"), of("quiet", shade), ha="left")
        write(axes, 5.6, height - 0.25, _("ids"), of("quiet", shade))
        heights = _list(axes, vocabulary, ids, top, shade)
        spread = (top - heights[-1]) / max(1, len(tokens) - 1)
        for place, token in enumerate(tokens):
            y, index = top - spread * place, vocabulary[token]
            end = (0.85 + breadth(token), heights[ids.index(index)])
            arrow(axes, (3.25, y), end, of("input", shade), lw=1.5)
            box(axes, 4.0, y, (1.4, 0.34), of("input", shade), 0.15)
            write(axes, 4.0, y, token, of("ink", shade))
            write(axes, 5.1, y, "→", of("quiet", shade))
            write(axes, 5.6, y, str(index), of("ink", shade), fontsize=14)
        pairs = ", ".join(f"{token} {vocabulary[token]}" for token in tokens)
        alt = _("Each word of a sentence points at its line of the vocabulary: {pairs}.")
        return finish(axes, alt.format(pairs=pairs), theme)


def vocab2(
    vocabulary: Mapping[str, int], tokens: Sequence[str], theme: str | None = None
) -> Drawing:
    """Draw a sentence as one-hot vectors: a column per word, a single 1 in each."""
    shade = theme or "light"
    ids = _shown(vocabulary, tokens)
    height, step = ROW * len(ids) + 0.75, 1.0
    with styled():
        axes = sheet(2.3 + step * len(tokens), height)
        heights = _list(axes, vocabulary, ids, height - 0.75, shade)
        for place, token in enumerate(tokens):
            x = 2.5 + step * place
            write(axes, x, height - 0.25, token, of("ink", shade))
            middle = (heights[0] + heights[-1]) / 2
            box(axes, x, middle, (0.5, ROW * len(ids)), of("line", shade), lw=1.0)
            for index, y in zip(ids, heights, strict=True):
                one = index == vocabulary[token]
                if one:
                    box(axes, x, y, (0.44, ROW - 0.06), of("input", shade), 0.45)
                mark = "⋮" if index < 0 else "1" if one else "0"
                write(axes, x, y, mark, of("ink" if one else "quiet", shade))
        alt = _("{count} one-hot vectors of {size} numbers: a single 1, at the word's own id.")
        return finish(axes, alt.format(count=len(tokens), size=len(vocabulary)), theme)


def _grid(axes: Axes, left: float, top: float, rows: int, columns: int, paint, line: str) -> None:
    """Draw cells of a matrix; paint(row, column) gives a colour with its share, or None."""
    for row in range(rows):
        for column in range(columns):
            x, y = left + 0.3 * column + 0.15, top - 0.3 * row - 0.15
            box(axes, x, y, (0.28, 0.28), line, lw=1.0)
            if tone := paint(row, column):
                box(axes, x, y, (0.28, 0.28), *tone, lw=1.4)


def lookup(theme: str | None = None) -> Drawing:
    """Draw a one-hot row times a matrix: the product is the matrix's row of that number."""
    shade, size, units, chosen = theme or "light", 8, 4, 5
    orange, ink, quiet = of("input", shade), of("ink", shade), of("quiet", shade)
    tones = [0.75, 0.25, 0.95, 0.5]
    with styled():
        axes = sheet(6.7, 3.1)
        middle = 1.75

        def row_of(_row, column):
            return (orange, tones[column])

        def one(_row, column):
            return (orange, 0.45) if column == chosen else None

        def picked(row, column):
            return (orange, tones[column]) if row == chosen else None

        _grid(axes, 0.1, middle + 0.15, 1, size, one, of("line", shade))
        _grid(axes, 3.15, middle + 1.2, size, units, picked, of("line", shade))
        _grid(axes, 5.2, middle + 0.15, 1, units, row_of, of("line", shade))
        for column in range(size):
            mark, tone = ("1", ink) if column == chosen else ("0", quiet)
            write(axes, 0.25 + 0.3 * column, middle, mark, tone)
        write(axes, 2.82, middle, "@", ink, fontsize=14)
        write(axes, 4.78, middle, "=", ink, fontsize=14)
        write(axes, 1.3, 0.2, _("one-hot word"), quiet)
        write(axes, 3.75, 0.2, "$W_x$", quiet, fontsize=15)
        write(axes, 5.8, 0.2, _("one row of it"), quiet)
        alt = _("A one-hot row times the matrix W_x gives the one row of W_x that its 1 points at.")
        return finish(axes, alt, theme)
