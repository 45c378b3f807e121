"""Read a submission safely, or refuse it with a reason.

Nothing under submitted/ is trusted: not that it is a file, nor its size, nor its text.
"""

import errno
import json
import os
import stat
import unicodedata
from pathlib import Path
from typing import Any, cast

from nbformat.notebooknode import NotebookNode, from_dict
from nbgrader.utils import parse_utc

from unrolled.grading.match import CELL_ID

MAX_BYTES = 10 * 2**20
MAX_DEPTH = 60
MAX_CELLS = 2000
MAX_CODE = 2**20  # its tree takes a thousand times that, here, outside the sandbox
MAX_NAME = 200
STAMP, MAX_STAMP = "timestamp.txt", 100
PATTERNS = "[]*?"


class Refused(Exception):
    """A submission that is not a regular notebook; the text is a reason for the instructor."""


def read_submission(folder: Path, notebook: str) -> tuple[bytes, NotebookNode]:
    """The bytes and the notebook of ``folder/notebook.ipynb``."""
    content = read_regular(folder / f"{notebook}.ipynb")
    return content, parse_notebook(content)


def check_name(name: str) -> str:
    """A student's or an assignment's name, if it can be shown and stored as it is."""
    bad = [c for c in name if unicodedata.category(c).startswith("C")]
    if bad or name.startswith((".", "-")) or name != name.strip() or len(name) > MAX_NAME:
        raise Refused("a folder name with control characters, a leading dot or too many letters")
    if any(character in PATTERNS for character in name):
        raise Refused("a folder name with [, ], * or ?, which nbgrader takes for a pattern")
    return name


def read_stamp(folder: Path) -> str | None:
    """The time of submission that ``folder/timestamp.txt`` names, if there is one."""
    path = folder / STAMP
    if not os.path.lexists(path):
        return None
    try:
        text = read_regular(path, MAX_STAMP).decode().strip()
        if text:
            parse_utc(text)
    except (ValueError, OverflowError, TypeError):
        raise Refused(f"{STAMP} holds no date and time: mend it, or delete it") from None
    return text or None


def shown_name(name: str) -> str:
    """A name as it may be printed, whatever it holds."""
    safe = "".join(
        c if not unicodedata.category(c).startswith("C") else f"\\u{ord(c):04x}" for c in name
    )
    return safe[:MAX_NAME]


def read_regular(path: Path, most: int = MAX_BYTES) -> bytes:
    """The bytes of a regular file; a link, a device, a pipe or a huge file is refused."""
    refuse_links(path.parent)
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise Refused(f"no {path.name} in the submission{others(path)}") from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            kind = "notebook" if path.suffix == ".ipynb" else "file"
            raise Refused(f"{path.name} is a link, not a {kind}") from None
        raise Refused(f"{path.name} cannot be read: {error.strerror or error}") from None
    info = os.fstat(fd)
    if not stat.S_ISREG(info.st_mode):
        os.close(fd)
        raise Refused(f"{path.name} is not a regular file")
    with os.fdopen(fd, "rb") as file:
        content = file.read(most + 1)
    if max(info.st_size, len(content)) > most:
        size = "10 MB" if most == MAX_BYTES else f"{most} bytes"
        raise Refused(f"{path.name} has more than {size}")
    return content


def refuse_links(folder: Path) -> None:
    """Refuse a submission's folder, or its student's, that is a link to somewhere else."""
    for part in (folder, folder.parent):
        try:
            mode = os.lstat(part).st_mode
        except FileNotFoundError:
            raise Refused("nothing was handed in") from None
        except OSError as error:
            raise Refused(f"{part.name} cannot be read: {error.strerror}") from None
        if not stat.S_ISDIR(mode):
            raise Refused(f"{part.name} is not a folder but a link or a file")


def others(path: Path) -> str:
    """What else lies there, as a hint: students rename notebooks."""
    found = sorted(p.name for p in path.parent.glob("*.ipynb"))[:3]
    return f" (there is {', '.join(map(shown_name, found))})" if found else ""


def parse_notebook(content: bytes) -> NotebookNode:
    """A notebook of format 4 from its bytes, with nothing in it but cells and plain metadata."""
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Refused("the notebook is not UTF-8 text") from None
    except RecursionError:
        raise Refused("the notebook is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise Refused(f"not a notebook: its JSON breaks off at line {error.lineno}") from None
    except ValueError as error:
        raise Refused(f"not a notebook: {str(error)[:80]}") from None
    if not isinstance(data, dict) or not isinstance(data.get("cells"), list):
        version = data.get("nbformat") if isinstance(data, dict) else None
        if isinstance(version, int) and version < 4:
            raise Refused(f"a notebook of format {version}: open and save it in Jupyter again")
        raise Refused("the file holds no notebook")
    if data.get("nbformat") != 4:
        raise Refused("a notebook of another format than 4: open and save it in Jupyter again")
    if len(data["cells"]) > MAX_CELLS:
        raise Refused(f"the notebook has {len(data['cells'])} cells; at most {MAX_CELLS} are taken")
    if depth_of(data) > MAX_DEPTH:
        raise Refused("the notebook is nested too deeply")
    cells = [plain_cell(cell) for cell in data["cells"]]
    code = sum(len(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    if code > MAX_CODE:
        raise Refused("the notebook's code has more than 1 MB: read data from a file instead")
    ours = plain_dict(plain_dict(data.get("metadata")).get("unrolled"))
    metadata = {"unrolled": {"language": ours.get("language")}} if ours else {}
    plain = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
    return cast(NotebookNode, from_dict(plain))


def plain_cell(cell: Any) -> dict:
    """A cell's kind, id, source and claimed grade id: all that grading looks at."""
    source = cell.get("source", "") if isinstance(cell, dict) else None
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str) or cell.get("cell_type") not in ("code", "markdown", "raw"):
        raise Refused("the notebook has a cell that is no cell")
    claimed = plain_dict(plain_dict(cell.get("metadata")).get("nbgrader")).get("grade_id")
    # Half a surrogate pair is valid JSON but can be written to no file.
    known = isinstance(claimed, str) and claimed.isprintable()
    metadata = {"nbgrader": {"grade_id": claimed}} if known else {}
    source = source.encode("utf-8", "replace").decode()
    plain = {"cell_type": cell["cell_type"], "metadata": metadata, "source": source}
    # One that is no id would bar the whole notebook from being written.
    if isinstance(cell.get("id"), str) and CELL_ID.fullmatch(cell["id"]):
        plain["id"] = cell["id"]
    if plain["cell_type"] == "code":
        plain |= {"outputs": [], "execution_count": None}
    return plain


def plain_dict(value: Any) -> dict:
    return value if isinstance(value, dict) else {}


def depth_of(data: Any) -> int:
    """How deeply lists and dictionaries are nested, counted without recursion."""
    depth, level = 0, [data]
    while level:
        depth += 1
        level = [
            item
            for value in level
            if isinstance(value, dict | list)
            for item in (value.values() if isinstance(value, dict) else value)
        ]
    return depth


def refuse_unsafe(assignment: str, student: str, notebooks: list[str]) -> None:
    """nbgrader's hook before it copies a submission: nothing but regular files comes through.

    nbgrader swallows what a hook raises, and copies what links point to. With no notebook left in
    the list it gives up on this submission alone.
    """
    try:
        for path in map(Path, notebooks):
            parse_notebook(read_regular(path))
            for folder, folders, files in os.walk(path.parent):
                for name in folders + files:
                    mode = os.lstat(os.path.join(folder, name)).st_mode
                    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                        raise Refused(f"{shown_name(name)} is not a regular file")
    except Refused:
        notebooks.clear()
        raise
