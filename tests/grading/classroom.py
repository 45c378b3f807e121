"""A throw-away course, and short ways to write a submission into it."""

import os
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Base
from nbgrader.preprocessors import (
    ClearHiddenTests,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)
from sqlalchemy import create_engine, select

from unrolled.grading.judge import judge_notebook
from unrolled.grading.judging import judge_submission
from unrolled.grading.match import RecordedCell, match_cells

REPOSITORY = Path(__file__).parents[2]
SOLUTIONS = {
    "affine": (
        "def affine(x, W, b):\n    ### BEGIN SOLUTION\n    return x @ W + b\n    ### END SOLUTION"
    ),
    "rnn_step": (
        "def rnn_step(x, h, W_x, W_h, b):\n    ### BEGIN SOLUTION\n"
        "    return np.tanh(x @ W_x + h @ W_h + b)\n    ### END SOLUTION"
    ),
}
RIGHT = {
    name: "\n".join(line for line in source.splitlines() if "###" not in line)
    for name, source in SOLUTIONS.items()
}


def cell(name: str, source: str, **nbgrader):
    made = new_code_cell(source=source)
    made["id"] = name
    if nbgrader:
        base = {"grade": False, "solution": False, "locked": False, "task": False}
        made.metadata["nbgrader"] = {**base, "grade_id": name, "schema_version": 3, **nbgrader}
    return made


def tests_of(name: str) -> str:
    return (
        f'check("{name}", {name})\n### BEGIN HIDDEN TESTS\n'
        f'check("{name}", {name}, seed=...)\n### END HIDDEN TESTS'
    )


def source_notebook(solutions=SOLUTIONS):
    cells = [new_markdown_cell("# An assignment")]
    cells[0]["id"] = "title"
    cells.append(cell("setup", "import numpy as np\n\nfrom unrolled import check, set_language"))
    for name, source in solutions.items():
        cells.append(cell(name, source, solution=True))
        cells.append(cell(f"test_{name}", tests_of(name), grade=True, locked=True, points=2))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "unrolled": {"language": "en"}}
    return new_notebook(cells=cells, metadata=metadata)


def released_notebook(solutions=SOLUTIONS):
    notebook = source_notebook(solutions)
    for step in (LockCells(), ClearSolutions(), ComputeChecksums(), ClearHiddenTests()):
        notebook, _ = step.preprocess(notebook, {})
    return notebook


def recorded(solutions=SOLUTIONS) -> list[RecordedCell]:
    notebook = source_notebook(solutions)
    for step in (LockCells(), ClearSolutions(), ComputeChecksums()):
        notebook, _ = step.preprocess(notebook, {})
    return [
        RecordedCell(
            name=meta["grade_id"],
            cell_type=one.cell_type,
            source=one.source,
            checksum=meta["checksum"],
            locked=meta["locked"],
            grade=meta["grade"],
            solution=meta["solution"],
            task=False,
            points=meta.get("points"),
        )
        for one in notebook.cells
        if (meta := one.metadata.get("nbgrader"))
    ]


def answered(solutions=SOLUTIONS, **answers: str):
    """A released notebook in which these cells were written."""
    notebook = released_notebook(solutions)
    for one in notebook.cells:
        if one.id in answers:
            one.source = answers[one.id]
    return notebook


def judge(notebook, solutions=SOLUTIONS, **options):
    """Match and judge a submission: exercise → TestResult, and the judgement."""
    judgement = judge_notebook(match_cells(notebook, recorded(solutions)), **options)
    return {result.exercise: result for result in judgement.tests.values()}, judgement


def scores(notebook, solutions=SOLUTIONS, **options) -> dict[str, bool]:
    results, _ = judge(notebook, solutions, **options)
    return {name: result.passed for name, result in results.items()}


def submit(root: Path, student: str, notebook, assignment: str = "00_start") -> Path:
    folder = root / "submitted" / student / assignment
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{assignment}.ipynb"
    nbformat.write(notebook, path)
    return path


def tables(url: str) -> dict[str, list[str]]:
    """Every table of a gradebook, its random ids replaced by what they stand for."""
    with create_engine(url).connect() as db:
        rows = {
            name: [dict(row._mapping) for row in db.execute(select(table))]
            for name, table in Base.metadata.tables.items()
        }

    def meaning(table, row):
        plain = {}
        for column in table.columns:
            keys = list(column.foreign_keys)
            if keys and row[column.name] is not None:
                other = keys[0].column.table
                found = [r for r in rows[other.name] if r["id"] == row[column.name]]
                plain[column.name] = meaning(other, found[0])
            elif column.name != "id" or column.default is None:
                plain[column.name] = row[column.name]
        return repr(plain)

    return {
        name: sorted(meaning(table, row) for row in rows[name])
        for name, table in Base.metadata.tables.items()
    }


def deadly_judge(task):
    """Judge as always, but end the process at one submission."""
    if task.submission.student == "s2":
        os._exit(1)
    return judge_submission(task)
