"""Shows how far a student's own assignments have come, read from the notebooks as they were saved.

Nothing is run and nothing is changed: an exercise is passed when the output of its check, saved in
the notebook, says so; untouched while its cell is as it was released; else begun.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from unrolled import exercises
from unrolled.language import LANGUAGES, N_, _, current_language

__all__ = ["Progress", "Standing", "progress"]

PASSED, BEGUN, UNTOUCHED, UNKNOWN = "passed", "begun", "untouched", "unknown"
SAID = {
    PASSED: N_("✓ passed: {names}"),
    BEGUN: N_("✎ begun: {names}"),
    UNTOUCHED: N_("○ not begun: {names}"),
}
LARGEST = 20_000_000  # bytes; no notebook of this course comes near it
LEVELS = 4  # how far above a notebook the folder release/ is looked for


@dataclass(frozen=True)
class Standing:
    """One assignment: its title, where it lies, each exercise's state, and what is amiss."""

    assignment: str
    title: str
    path: Path
    states: Mapping[str, str]
    remark: str = ""

    def named(self, state: str) -> list[str]:
        """Return the exercises in a state."""
        return [name for name, each in self.states.items() if each == state]


@dataclass(frozen=True)
class Progress:
    """How far each assignment has come. It shows well in a notebook and in a terminal."""

    standings: tuple[Standing, ...] = ()
    remark: str = ""
    folder: Path = field(default_factory=Path.cwd)

    def count(self, state: str) -> int:
        return sum(len(standing.named(state)) for standing in self.standings)

    def __str__(self) -> str:
        if self.remark:
            return self.remark
        lines = [self._sum(), ""]
        for standing in self.standings:
            lines += [f"{standing.title}: {_share(standing)}"]
            lines += [f"    {line}" for line in (*_lines(standing), standing.remark) if line]
        return "\n".join([*lines, "", self._next(escaped=False)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        if self.remark:
            return f"<p>{escape(self.remark)}</p>"
        heads = (_("assignment"), _("passed"), _("exercises"))
        columns = "".join(f'<th scope="col" style="{LEFT}">{escape(head)}</th>' for head in heads)
        rows = "".join(self._row(standing) for standing in self.standings)
        return (
            f"<p><b>{escape(self._sum())}</b> {self._next(escaped=True)}</p>"
            f'<table style="margin-left: 0"><thead><tr>{columns}</tr></thead>'
            f"<tbody>{rows}</tbody></table><p>{escape(_(HOW))}</p>"
        )

    def _row(self, standing: Standing) -> str:
        share = 100 * len(standing.named(PASSED)) / len(standing.states)
        # The words beside it say the same, so a screen reader may pass the bar over.
        bar = (
            f'<div aria-hidden="true" style="{TRACK}">'
            f'<div style="{BAR}; width: {share:.0f}%"></div></div>'
        )
        if standing.named(UNKNOWN):
            bar = ""
        what = [escape(line) for line in _lines(standing)]
        if standing.remark:
            what.append(f"<b>{escape(standing.remark)}</b>")
        return (
            f'<tr><th scope="row" style="{LEFT}; font-weight: normal">{self._link(standing)}</th>'
            f'<td style="{LEFT}; white-space: nowrap">{escape(_share(standing))}{bar}'
            f'</td><td style="{LEFT}">{"<br>".join(what)}</td></tr>'
        )

    def _sum(self) -> str:
        every = sum(len(standing.states) for standing in self.standings)
        text = _("{passed} of {all} exercises passed, {begun} begun.")
        return text.format(passed=self.count(PASSED), all=every, begun=self.count(BEGUN))

    def _next(self, escaped: bool) -> str:
        """Say where to go on: at the first exercise that was begun, else at the first untouched."""
        for state in (BEGUN, UNTOUCHED):
            for standing in self.standings:
                for name in standing.named(state):
                    shown = f"<code>{escape(name)}</code>" if escaped else name
                    title = self._link(standing) if escaped else standing.title
                    text = _("Go on with {exercise} in {assignment}.")
                    return text.format(exercise=shown, assignment=title)
        return "" if self.count(UNKNOWN) else _("Every exercise is passed.")

    def _link(self, standing: Standing) -> str:
        if not standing.path.is_file():
            return escape(standing.title)
        path = Path(os.path.relpath(standing.path, self.folder)).as_posix()
        return f'<a href="{escape(quote(path))}">{escape(standing.title)}</a>'


HOW = N_(
    "Read from your notebooks as they were last saved. Passed means that the output of the check, "
    "saved in the notebook, says so; after you have changed an answer, run its check again."
)
LEFT = "text-align: left; vertical-align: top"
TRACK = "width: 6em; height: 6px; margin-top: 5px; border: 1px solid currentColor"
BAR = "height: 100%; background: var(--jp-success-color1, #1b7f3b)"


def progress(folder: str | Path | None = None) -> Progress:
    """Look at the assignments of the work copy that holds `folder`, else this notebook."""
    here = Path.cwd() if folder is None else Path(folder).resolve()
    places = [here, *here.parents][:LEVELS]
    root = next((place for place in places if (place / "release").is_dir()), None)
    if root is None:
        text = _("There is no folder release/ above {folder}. Open this notebook by: make lab")
        return Progress(remark=text.format(folder=here))
    assignments = exercises.assignments()
    standings = (
        _standing(root, assignment, [each.name for each in group])
        for assignment, group in sorted(assignments.items())
    )
    return Progress(tuple(standings), folder=here)


def _standing(root: Path, assignment: str, names: list[str]) -> Standing:
    """Read an assignment's notebook: of its copies, the one that has come furthest.

    At first place stands the student's own in the language spoken; then its later versions, which
    `make lab` puts beside it, and the same in the other language.
    """
    best, remark = None, ""
    own, *others = _copies(root, assignment)
    for path in (own, *others):
        try:
            cells = _cells(path)
        except ValueError as error:
            if path == own:
                remark = f"{path.relative_to(root).as_posix()}: {error}"
            continue
        found = Standing(assignment, _title(cells, assignment), path, _states(cells, names))
        if best is None or _reached(found) > _reached(best):
            best = found
    if best is None:
        return Standing(assignment, assignment, own, dict.fromkeys(names, UNKNOWN), remark)
    if not remark and best.path != own:
        where = best.path.relative_to(root).as_posix()
        remark = _("This is what {path} holds.").format(path=where)
    return Standing(assignment, best.title, best.path, best.states, remark)


def _copies(root: Path, assignment: str) -> Iterator[Path]:
    folders = {"en": root / "release" / assignment, "ko": root / "release" / "ko" / assignment}
    for language in sorted(LANGUAGES, key=lambda each: each != current_language()):
        folder = folders[language]
        own = folder / f"{assignment}.ipynb"
        if own.is_file() or language == current_language():
            yield own
        yield from sorted(folder.glob(f"{assignment}.new*.ipynb"))


def _reached(standing: Standing) -> tuple[int, int]:
    return len(standing.named(PASSED)), len(standing.named(BEGUN))


def _cells(path: Path) -> list[dict]:
    """Return a notebook's cells, whatever wrote it; what cannot be read is a ValueError."""
    try:
        size = path.stat().st_size if path.is_file() else None
        data = path.read_bytes() if size is not None and size <= LARGEST else b""
    except OSError:
        size, data = 0, b""
    if size is None:
        raise ValueError(_("it is not there. `make lab` copies it again."))
    if size > LARGEST:
        text = _("it is too large to read ({size} MB). Clear its outputs and save it.")
        raise ValueError(text.format(size=round(size / 1e6)))
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError):
        notebook = None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise ValueError(
            _("it cannot be read as a notebook. Rename it, and `make lab` copies a new one.")
        )
    return [cell for cell in cells if isinstance(cell, dict)]


def _states(cells: Iterable[dict], names: list[str]) -> dict[str, str]:
    by_name: dict[str, dict] = {}
    for cell in cells:
        by_name.setdefault(_grade_id(cell), cell)  # of a copied cell, the first
    return {
        name: _state(name, by_name.get(name, {}), by_name.get(f"test_{name}", {})) for name in names
    }


def _state(name: str, answer: dict, test: dict) -> str:
    if _has_passed(name, test):
        return PASSED
    return UNTOUCHED if not answer or _as_released(answer) else BEGUN


def _has_passed(name: str, test: dict) -> bool:
    """Tell whether a check's saved output says that it passed, in whichever language."""
    said = ""
    for output in _list(test.get("outputs")):
        if not isinstance(output, dict) or output.get("output_type") == "error":
            return False
        plain = _dict(output.get("data")).get("text/plain")
        said += f"\n{_text(output.get('text'))}\n{_text(plain)}"
    return bool(re.search(rf"^✓ {re.escape(name)}:", said, re.MULTILINE))


def _as_released(cell: dict) -> bool:
    """Tell whether a cell holds what was released, by the checksum that nbgrader wrote into it."""
    grading, source = _dict(_dict(cell.get("metadata")).get("nbgrader")), _text(cell.get("source"))
    checksum = grading.get("checksum")
    if not isinstance(checksum, str):
        return bool(re.search(r"^\s*raise NotImplementedError\b", source, re.MULTILINE))
    flags = [bool(grading.get(key)) for key in ("grade", "solution", "locked")]
    parts = (source, cell.get("cell_type"), *flags, grading.get("grade_id"))
    text = "".join(str(part) for part in parts)
    return hashlib.md5(text.encode(errors="replace"), usedforsecurity=False).hexdigest() == checksum


def _title(cells: Iterable[dict], otherwise: str) -> str:
    """Return the first heading."""
    for cell in cells:
        if cell.get("cell_type") == "markdown":
            heading = re.match(r"# (.{1,80})$", _text(cell.get("source")), re.MULTILINE)
            return heading[1].strip() if heading else otherwise
    return otherwise


def _grade_id(cell: dict) -> str:
    grade_id = _dict(_dict(cell.get("metadata")).get("nbgrader")).get("grade_id")
    return str(grade_id or cell.get("id", ""))


def _share(standing: Standing) -> str:
    text = _("{passed} of {all}")
    passed = "?" if standing.named(UNKNOWN) else len(standing.named(PASSED))
    return text.format(passed=passed, all=len(standing.states))


def _lines(standing: Standing) -> list[str]:
    """Return the exercises by state, a line for each state that is known and occurs."""
    return [
        _(sentence).format(names=", ".join(named))
        for state, sentence in SAID.items()
        if (named := standing.named(state))
    ]


def _dict(value: Any) -> dict:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    """Return a text that a notebook may keep in lines; half a character becomes a "?"."""
    lines = value if isinstance(value, list) else [value]
    text = "".join(line for line in lines if isinstance(line, str))
    return text.encode(errors="replace").decode()
