"""Judge one submission in whatever process it is sent to; all it takes travels in the task."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import nbformat
from nbgrader.preprocessors import CheckCellMetadata

from unrolled.grading.course import GradingError, Submission
from unrolled.grading.intake import Refused, parse_notebook
from unrolled.grading.judge import judge_notebook, write_judgement
from unrolled.grading.match import RecordedCell, match_cells
from unrolled.grading.sandbox import SandboxUnavailable
from unrolled.grading.trial import JudgeError
from unrolled.grading.writer import Judged, JudgedNotebook


class SelfTestFailed(GradingError):
    """The assignment's own solution does not score full here, so nothing is graded."""


@dataclass(frozen=True)
class Part:
    """What judging needs of an assignment.

    recorded: its cells by notebook name, as the gradebook has them; files: what lies beside its
    notebooks; options: of `judge_notebook`; direct: whether the batch writes by itself.
    """

    recorded: Mapping[str, tuple[RecordedCell, ...]]
    files: Mapping[str, bytes]
    options: Mapping[str, Any]
    direct: bool = True


@dataclass(frozen=True)
class Task:
    """One submission to judge: its notebooks' bytes by name, and what must be said of it later."""

    submission: Submission
    contents: Mapping[str, bytes]
    part: Part
    hash: str = ""
    stamp: str | None = None


def judge_submission(task: Task) -> Judged:
    """Judge one submission; raises for what is our fault or the machine's."""
    try:
        return judge_notebooks(task)
    except (GradingError, JudgeError, Refused, SandboxUnavailable):
        raise
    except Exception as error:  # not every exception can be sent to another process
        raise JudgeError(str(error) or type(error).__name__) from error


def judge_notebooks(task: Task) -> Judged:
    part, notebooks = task.part, {}
    for name, content in task.contents.items():
        notebook = match_cells(parse_notebook(content), part.recorded[name])
        judgement = judge_notebook(notebook, files=part.files, **part.options)
        if part.direct:
            write_judgement(notebook, judgement)
            notebook.metadata["unrolled"]["record"] = {"hash": task.hash}
            notebooks[name] = JudgedNotebook(nbformat.writes(notebook) + "\n")
        else:
            plain = nbformat.writes(parse_notebook(content)) + "\n"
            notebooks[name] = JudgedNotebook(plain, judgement)
    return Judged(notebooks, task.hash, task.stamp)


def judge_solution(task: Task) -> None:
    """Judge an assignment's own solution; raises SelfTestFailed where it does not score full."""
    for name, content in task.contents.items():
        notebook = match_cells(parse_notebook(content), task.part.recorded[name])
        # What nbgrader would check of each notebook: all of them get these cells' metadata.
        CheckCellMetadata().preprocess(notebook, {})
        judgement = judge_notebook(notebook, files=task.part.files, **task.part.options)
        for test in judgement.tests.values():
            if not test.passed:
                raise SelfTestFailed(
                    f"Nothing was graded: the solution in source/{task.submission.assignment} does "
                    f"not pass its own test of {test.exercise} on this machine.\n{test.message}\n"
                    "Mend the assignment, or see whether the machine is overloaded."
                )
