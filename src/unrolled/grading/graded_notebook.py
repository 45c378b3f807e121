"""What an autograded notebook says of itself: its scores, its comments, what the judge told."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import reads
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task


@dataclass(frozen=True)
class Told:
    """What the judge told of an exercise."""

    exercise: str
    mistake: str | None
    message: str


@dataclass(frozen=True)
class GradedNotebook:
    """An autograded notebook's content, as far as grades and reports need it; by cell name.

    scores: of each graded cell, None where a person has to grade it; comments: of each answer,
    None or that there was none; told: what the judge said, of each test cell.
    """

    hash: str
    language: str
    seconds: float
    scores: Mapping[str, float | None]
    comments: Mapping[str, str | None]
    told: Mapping[str, Told] = field(default_factory=dict)


def read_graded(text: str) -> GradedNotebook:
    """Read a notebook that a batch wrote; raises KeyError, ValueError … for any other."""
    notebook = reads(text)
    ours = notebook["metadata"]["unrolled"]
    scores, comments, told = {}, {}, {}
    for cell in notebook["cells"]:
        if "nbgrader" not in cell["metadata"]:
            continue
        name = cell.metadata.nbgrader.grade_id
        if is_grade(cell):
            scores[name], _ = determine_grade(cell)
        if is_solution(cell) or is_task(cell):
            comments[name] = comment_on(cell)
        if "unrolled" in cell.metadata:
            said = cell.metadata["unrolled"]
            told[name] = Told(said["exercise"], said["mistake"], said["message"])
    hash = ours["record"]["hash"]
    return GradedNotebook(hash, ours["language"], ours["seconds"], scores, comments, told)


def comment_on(cell: NotebookNode) -> str | None:
    """nbgrader's own comment on an answer that was left as it was released."""
    untouched = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
    return "No response." if untouched and not is_task(cell) else None
