"""Says which figures in a lecture's prose none of its cells prints.

A figure is a number of two digits that count or more: 321,089, .98, 12 %, 50. What has one (0.5, 3)
may be a word or something to try. Years, formulas, code, names of lectures ("02"), links and
sources are no figures.

Within its section ("## …") a figure may be a rounded form of a printed one, or a percentage of a
printed share. What another section prints is said as it stands there, and so that it cannot be met
by chance: a whole number, or three digits that count.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from unrolled.authoring import links, times
from unrolled.authoring.fidelity import FENCES, MATHS, SPANS

NUMBER = re.compile(
    r"(?<![\w.,])(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.\d+|\d+)"
    r"(?P<percent>\s?%)?(?![A-Za-z_]|[.,]\d)",
    re.ASCII,
)
PRINTED = re.compile(
    r"(?<![\w.])(?:\d{1,3}(?:,\d{3})+|\d[\d_]*)(?:\.\d+)?(?:e[+-]?\d+)?|(?<![\w.])\.\d+", re.ASCII
)
YEAR = re.compile(r"(?:19|20)\d\d")
HEADING = re.compile(r"^## ", re.MULTILINE)
NO_FIGURES = ("sources",)  # cells whose numbers are pages, volumes and years
TAGS = re.compile(r"<[^>]+>")
ATTRIBUTES = re.compile(r'(?:alt|aria-label)="([^"]*)"')


@dataclass(frozen=True)
class Figure:
    """A figure of the prose: as it is written, and the cell and the section it stands in."""

    written: str
    cell: str
    section: int
    percent: bool

    @property
    def value(self) -> float:
        return float(self.written.replace(",", ""))

    @property
    def decimals(self) -> int:
        return len(self.written.partition(".")[2])

    @property
    def digits(self) -> int:
        """How many digits count: two of 0.036, one of 0.5 and of "02"."""
        return len(re.sub(r"[.,]", "", self.written).lstrip("0"))


@dataclass(frozen=True)
class Printed:
    """A number that a code cell prints, shows in words or holds."""

    value: float
    decimals: int
    section: int


def unprinted(notebook: NotebookNode) -> list[str]:
    """Return a sentence for each figure of an executed lecture that no cell prints or holds."""
    known = list(printed(notebook))
    return [
        f"cell {figure.cell}: no cell prints {figure.written}. Print it in this section, or leave "
        "it out."
        for figure in figures(notebook)
        if not any(_is(figure, number) for number in known)
    ]


def figures(notebook: NotebookNode) -> Iterator[Figure]:
    """Yield the figures of a notebook's prose."""
    for section, cell in _sections(notebook):
        if cell.cell_type != "markdown" or cell.id in NO_FIGURES:
            continue
        for match in NUMBER.finditer(_prose(cell.source)):
            figure = Figure(match["number"], cell.id, section, bool(match["percent"]))
            is_year = YEAR.fullmatch(figure.written) and not figure.percent
            if figure.digits > 1 and not is_year:
                yield figure


def _sections(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    section = 0
    for cell in notebook.cells:
        section += cell.cell_type == "markdown" and bool(HEADING.search(cell.source))
        yield section, cell


def _prose(text: str) -> str:
    text = times.TIME.sub(r"\1", text)  # the minutes in a map are counted when it is made
    text = SPANS.sub(" ", FENCES.sub(" ", text))
    for target in set(links.targets(text)):
        text = text.replace(target, " ")
    return html.unescape(TAGS.sub(" ", MATHS.sub(" ", text)))


def printed(notebook: NotebookNode) -> Iterator[Printed]:
    """Yield every number that cells print, show in words or hold."""
    for section, cell in _sections(notebook):
        for text in _texts(cell) if cell.cell_type == "code" else ():
            for match in PRINTED.finditer(text):
                written = match[0].replace(",", "").replace("_", "")
                decimals = 99 if "e" in written else len(written.partition(".")[2])
                yield Printed(float(written), decimals, section)


def _texts(cell: NotebookNode) -> Iterator[str]:
    yield cell.source
    for output in cell.get("outputs", []):
        yield output.get("text", "")
        data: dict[str, str] = output.get("data", {})
        yield data.get("text/plain", "")
        page = data.get("text/html", "")
        yield html.unescape(TAGS.sub(" ", page))
        yield from map(html.unescape, ATTRIBUTES.findall(page))


def _is(figure: Figure, number: Printed) -> bool:
    """Tell whether a printed number is the figure, or rounds to it in the same section."""
    is_near = number.section == figure.section
    is_alike = number.decimals == figure.decimals and (not figure.decimals or figure.digits > 2)
    if not is_near and not is_alike:
        return False
    for scale in (0, 2) if figure.percent else (0,):  # 12 % is 12 or .12
        value, places = figure.value / 10**scale, figure.decimals + scale
        half = 0.5 * 10**-places if is_near and number.decimals > places else 0
        if abs(value - number.value) <= half + 1e-9 * max(1, abs(value)):
            return True
    return False
