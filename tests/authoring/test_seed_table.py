"""Every heading, figure, code cell and count of the seed lecture has its cell in the course."""

from collections import Counter
from pathlib import Path

import pytest
from nbformat import NotebookNode

from unrolled import figures
from unrolled.authoring import notebooks

from .seed_table import ROWS, TABLE

ROOT = Path(__file__).parent.parent.parent
# The seed itself is not kept here: these are its numbers.
KINDS = {"heading": 16, "figure": 18, "code": 5, "count": 13, "equation": 1, "statement": 35}
NOTEBOOKS = sorted({row.notebook for row in ROWS})


def read(name: str) -> dict[str, NotebookNode]:
    return {cell.id: cell for cell in notebooks.read(ROOT / f"course/{name}.ipynb").cells}


def test_no_row_of_the_seed_is_missing():
    assert Counter(row.kind for row in ROWS) == KINDS
    assert len({(row.kind, row.what) for row in ROWS}) == len(ROWS)
    lines = [line for line in TABLE.read_text().splitlines() if line.startswith("|")]
    heads = [line for line in lines if line.startswith(("| | in the lecture", "|---"))]
    assert len(lines) == len(ROWS) + len(heads), "a row is not in the form of the others"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_cell_that_the_table_names_is_there(name):
    cells = read(name)
    for row in ROWS:
        if row.notebook == name:
            assert row.cell in cells, f"{row.kind} {row.what}: {name} has no cell {row.cell}"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_figure_is_drawn_and_a_model_built_in_the_cell_that_is_named(name):
    for row in ROWS:
        if row.notebook == name and row.kind in ("figure", "code"):
            cell = read(name)[row.cell]
            assert cell.cell_type == "code"
            if row.kind == "figure":
                assert callable(getattr(figures, row.what))
                assert f"figures.{row.what}(" in cell.source
