"""Makes the Korean notebook of an English one."""

import copy
import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from nbformat import NotebookNode

from unrolled.authoring.links import relinked
from unrolled.authoring.sentences import context_of

# Where an English notebook speaks English its Korean version speaks Korean, and the other way.
SPEAKS = {"en": 'set_language("en")', "ko": 'set_language("ko")'}
Korean = Mapping[tuple[str | None, str], str]


def korean_notebook(
    notebook: NotebookNode, name: str, korean: Korean, path: str, moved: Mapping[str, str]
) -> NotebookNode:
    """Return a notebook's Korean version; what has no Korean yet stays English.

    name: the notebook's in the catalogue; path: the English file; moved: every English file that
    has a Korean counterpart, among them this one. Paths are from the course's root.
    """
    place, new_place = (str(PurePosixPath(each).parent) for each in (path, moved[path]))
    notebook = copy.deepcopy(notebook)
    notebook.metadata["unrolled"] = {"language": "ko"}
    for cell in notebook.cells:
        source = korean.get((context_of(name, cell), cell.source), cell.source)
        if cell.cell_type == "markdown":
            source = relinked(source, place, new_place, moved)
        else:
            source = re.sub(r'set_language\("(en|ko)"\)', _other_language, source)
        if source != cell.source:
            cell.source = source
            _renew_checksum(cell)
    return notebook


def _other_language(call: re.Match) -> str:
    return SPEAKS["ko" if call[1] == "en" else "en"]


def _renew_checksum(cell: NotebookNode) -> None:
    """Keep nbgrader from taking the translation for a student's change."""
    if "checksum" in cell.metadata.get("nbgrader", {}):
        from nbgrader.utils import compute_checksum

        cell.metadata.nbgrader["checksum"] = compute_checksum(cell)
