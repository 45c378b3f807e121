"""What every drawing shares: a sheet in inches, the course's font, and SVG that fits its page."""

import html
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from matplotlib import font_manager, rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from unrolled import palette

FONT = "Unrolled Sans KR"
"""A Korean font that comes with the course, since few systems have one that matplotlib finds."""

for _file in files("unrolled").joinpath("fonts").iterdir():
    if _file.name.endswith(".ttf"):
        font_manager.fontManager.addfont(str(_file))

# Glyphs become paths and ids are salted, so that a drawing is the same bytes everywhere.
STYLE: Any = {
    "font.family": [FONT, "DejaVu Sans"],
    "font.size": 12,
    "mathtext.fontset": "stix",
    "svg.fonttype": "path",
    "svg.hashsalt": "unrolled",
}
_NOTHING = {"Date": None, "Creator": None, "Format": None, "Type": None}
_THEMED = ("ink", "quiet", "line", "ground", "state", "right", "wrong")


@dataclass(frozen=True)
class Drawing:
    """A picture as SVG, and what it shows in words.

    In a notebook its colours follow the page's theme, unless it was drawn for one theme.
    """

    svg: str
    alt: str
    png: bytes = field(repr=False)

    def __repr__(self) -> str:
        return self.alt

    def _repr_html_(self) -> str:
        return f'<div class="unrolled-drawing">{self.svg}</div>'

    def _repr_mimebundle_(self, **_kwargs):
        data = {"text/html": self._repr_html_(), "image/png": self.png, "text/plain": self.alt}
        return data, {"image/png": {"alt": self.alt}}


def sheet(width: float, height: float) -> Axes:
    """Return an empty sheet whose units are inches, (0, 0) at the lower left."""
    figure = Figure(figsize=(width, height))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    return axes


def finish(
    axes: Axes, alt: str, theme: str | None, rules: str = "", steady: Sequence[str] = ()
) -> Drawing:
    """Turn a sheet into a drawing; theme None follows the page. Call it inside `styled()`.

    rules: CSS of its own; an artist's gid is there the class of its group.
    steady: colours that stay as they are on a dark page, such as those of the gates.
    """
    figure = axes.figure
    assert isinstance(figure, Figure)
    vector, bitmap = io.StringIO(), io.BytesIO()
    figure.savefig(vector, format="svg", transparent=True, metadata=_NOTHING)
    # A front end that shows no SVG gets paper under the picture, whatever its theme.
    paper = palette.colour("ground", theme or "light")
    figure.savefig(bitmap, format="png", dpi=110, facecolor=paper, metadata={"Software": None})
    svg = _clean(vector.getvalue(), alt, theme, rules, steady)
    return Drawing(svg, alt, bitmap.getvalue())


def styled():
    """The settings of matplotlib under which a drawing is made, for a `with` block."""
    return rc_context(STYLE)


def _clean(svg: str, alt: str, theme: str | None, rules: str, steady: Sequence[str]) -> str:
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg[svg.index("<svg") :], flags=re.S)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.S)
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg))
    # Only ids that are referred to stay; one page holds many drawings.
    svg = re.sub(r' id="([^"]+)"', lambda m: m[0] if m[1] in used else f' class="{m[1]}"', svg)
    svg = re.sub(r' class="(?:figure|axes|patch|line2d|text)_\d+"', "", svg)
    label = f'role="img" aria-label="{html.escape(alt)}" style="max-width: 100%; height: auto"'
    svg = svg.replace("<svg ", f"<svg {label} ", 1)
    if theme is None:
        svg, rules = _follow_page(svg, steady), _page_colours() + rules
    if rules:
        svg = svg.replace(">", f">\n<style>{rules}</style>", 1)
    return svg.strip() + "\n"


def _follow_page(svg: str, steady: Sequence[str]) -> str:
    for name in [name for name in _THEMED if name not in steady]:
        light = palette.colour(name).lower()
        svg = re.sub(rf"(fill|stroke): {light}\b", rf"\1: var(--d-{name}, {light})", svg)
    return svg


def _page_colours() -> str:
    dark = " ".join(f"--d-{name}: {palette.colour(name, 'dark')};" for name in _THEMED)
    own = "body:not([data-jp-theme-light]):not([class*=vscode])"
    return (
        "\n[data-jp-theme-light=false] .unrolled-drawing, .vscode-dark .unrolled-drawing "
        f"{{{dark}}}\n@media (prefers-color-scheme: dark) {{{own} .unrolled-drawing {{{dark}}}}}\n"
    )


def breadth(word: str) -> float:
    """About how wide a word is written, in inches: a Hangul syllable is twice as wide."""
    wide = sum(unicodedata.east_asian_width(letter) == "W" for letter in word)
    return 0.1 * (len(word) + wide)


def write(axes: Axes, x: float, y: float, words: str, colour: str, **more) -> None:
    """Write centred words, unless `ha` or `va` say otherwise."""
    look: dict[str, Any] = {"ha": "center", "va": "center"}
    axes.text(x, y, words, color=colour, **(look | more))


def circle(axes: Axes, x: float, y: float, radius: float, colour: str, fill: float = 0.18) -> None:
    """Draw a circle with a tinted inside that lets the page shine through."""
    axes.add_patch(Circle((x, y), radius, facecolor=(colour, fill), edgecolor=colour, lw=1.8))


def box(
    axes: Axes,
    x: float,
    y: float,
    size: tuple[float, float],
    colour: str,
    fill: float = 0.0,
    lw: float = 1.4,
    ls: str = "-",
) -> None:
    """Draw a rounded box of (width, height) centred at (x, y)."""
    width, height = size
    shape = f"round,pad=0,rounding_size={min(0.08, height / 4)}"
    corner = (x - width / 2, y - height / 2)
    patch = FancyBboxPatch(corner, width, height, shape, facecolor=(colour, fill), lw=lw, ls=ls)
    patch.set_edgecolor(colour)
    axes.add_patch(patch)


def arrow(axes: Axes, start, end, colour: str, bend: float = 0.0, gid: str = "", **more) -> None:
    """Draw an arrow from point to point, bent to its right by a share of its length."""
    look: dict[str, Any] = {
        "arrowstyle": "-|>,head_length=5,head_width=2.6",
        "lw": 1.8,
        "shrinkA": 0,
        "shrinkB": 0,
    }
    patch = FancyArrowPatch(
        start, end, connectionstyle=f"arc3,rad={bend}", color=colour, **(look | more)
    )
    patch.set_gid(gid or None)
    axes.add_patch(patch)


def route(axes: Axes, points: Sequence, colour: str, head: bool = True, casing="", **more) -> None:
    """Draw a line through points, with an arrow's head at its end.

    casing: the colour of a rim, for a line as pale as the page.
    """
    look: dict[str, Any] = {"lw": 1.8, "capstyle": "butt", "joinstyle": "round"}
    look["arrowstyle"] = "-|>,head_length=5,head_width=2.6" if head else "-"
    patch = FancyArrowPatch(path=Path(points), **(look | more))
    # An open path must not be filled, its head must.
    patch.set(edgecolor=colour, facecolor=colour, fill=head)
    if casing:
        patch.set_path_effects([withStroke(linewidth=look["lw"] + 1.6, foreground=casing)])
    axes.add_patch(patch)


def gate(axes: Axes, x: float, y: float, letter: str, identity: str, theme: str) -> None:
    """Draw a gate: a disc in its colour, rimmed with ink, that bears its letter."""
    ink = palette.colour("ink", theme)
    axes.add_patch(Circle((x, y), 0.27, facecolor=palette.colour("ground", theme), lw=0, zorder=3))
    fill = (palette.colour(identity, theme), 0.5)
    axes.add_patch(Circle((x, y), 0.27, facecolor=fill, edgecolor=ink, lw=1.3, zorder=3))
    write(axes, x, y + 0.01, f"${letter}$", ink, fontsize=18, zorder=4)
