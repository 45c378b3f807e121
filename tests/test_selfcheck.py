"""`unrolled check` says outside Jupyter what a notebook's own checks say."""

from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from unrolled.cli import main
from unrolled.selfcheck import check_notebook

ROOT = Path(__file__).parent.parent


def write(path, source):
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]), path)


START = "00_start/00_start.ipynb"


def test_the_source_passes_its_own_checks():
    results = check_notebook(ROOT / "source" / START)
    assert [(result.exercise, result.passed) for result in results] == [("affine", True)]


@pytest.mark.parametrize(
    ("folder", "sentence"), [("release", "not written yet"), ("release/ko", "아직")]
)
def test_an_untouched_release_is_told_so_in_its_language(folder, sentence):
    (result,) = check_notebook(ROOT / folder / START)
    assert not result.passed
    assert sentence in result.message


def test_a_file_that_is_no_notebook_gets_a_sentence(tmp_path):
    path = tmp_path / "half.ipynb"
    path.write_text('{"cells": [')
    result = CliRunner().invoke(main, ["check", str(path)])
    assert result.exit_code == 1
    assert "cannot be read as a notebook" in result.output
    assert "Traceback" not in result.output


def test_a_cell_that_ends_python_gets_a_sentence(tmp_path):
    write(tmp_path / "odd.ipynb", "import os; os._exit(1)")
    with pytest.raises(ValueError, match="ended Python itself"):
        check_notebook(tmp_path / "odd.ipynb")


def test_a_cell_that_never_ends_is_interrupted(tmp_path):
    write(tmp_path / "odd.ipynb", "while True:\n    pass")
    (result,) = check_notebook(tmp_path / "odd.ipynb", seconds_per_cell=2)
    assert "more than 2 s" in result.message


@pytest.mark.parametrize("became", ["assert True", None], ids=["rewritten", "deleted"])
def test_an_exercise_is_checked_whatever_became_of_its_check_cell(tmp_path, became):
    notebook = nbformat.read(ROOT / "release" / START, as_version=4)
    (check,) = [cell for cell in notebook.cells if cell.id == "test_affine"]
    if became:
        check.source = became
    else:
        notebook.cells.remove(check)
    nbformat.write(notebook, tmp_path / "odd.ipynb")
    (result,) = check_notebook(tmp_path / "odd.ipynb")
    assert (result.exercise, result.passed) == ("affine", False)


def test_a_tag_keeps_no_check_from_running(tmp_path):
    notebook = nbformat.read(ROOT / "release" / START, as_version=4)
    for cell in notebook.cells:
        cell.metadata["tags"] = ["skip-execution"]
    nbformat.write(notebook, tmp_path / "tagged.ipynb")
    assert [result.passed for result in check_notebook(tmp_path / "tagged.ipynb")] == [False]


def test_the_table_names_each_exercise(tmp_path):
    result = CliRunner().invoke(main, ["check", str(ROOT / "release" / START)])
    assert result.exit_code == 0
    assert "✗ affine" in result.output
