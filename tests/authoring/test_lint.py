import pytest
from nbformat import v4

from unrolled.authoring import notebooks
from unrolled.authoring.lint import lint

LECTURE = "course/00_start.ipynb"
ASSIGNMENT = "source/00_start/00_start.ipynb"


def test_a_clean_course_has_nothing_to_say(course):
    assert lint(course.root) == []


def change(course, path, change_cells):
    """Change the raw file, past our own writer, which would tidy it."""
    notebook = course.read(path)
    change_cells({cell.id: cell for cell in notebook.cells}, notebook)
    (course.root / path).write_text(v4.writes(notebook) + "\n")


def outputs(cells, _notebook):
    cells["count"].outputs = [v4.new_output("stream", text="2")]


def run_count(cells, _notebook):
    cells["count"].execution_count = 3


def random_id(cells, _notebook):
    cells["count"].id = "3fa9c2d1"


def twice(cells, _notebook):
    cells["count"].id = "plot"


def without_id(cells, _notebook):
    del cells["count"]["id"]


def other_grade_id(cells, _notebook):
    cells["affine"].id = "solution"


def no_test(cells, notebook):
    notebook.cells.remove(cells["test_affine"])


def no_solution(cells, notebook):
    notebook.cells.remove(cells["affine"])


def no_setup(cells, notebook):
    notebook.cells.remove(cells["setup"])


def no_language(cells, _notebook):
    cells["setup"].source = "import numpy as np"


def long_cell(cells, _notebook):
    cells["count"].source = "# one idea\n\n" + "x = 1\n" * 12 + "x"


def wide_line(cells, _notebook):
    cells["count"].source = "x = " + "1 + " * 30 + "1"


def no_python(cells, _notebook):
    cells["count"].source = "def"


def no_hidden_test(cells, _notebook):
    cells["test_affine"].source = 'check("affine", affine)'


def stub(cells, _notebook):
    cells["affine"].source = "def affine(x, W, b):\n    raise NotImplementedError()"


def dead_link(cells, _notebook):
    cells["title"].source = "See [it](nowhere.ipynb)."


def link_to_solutions(cells, _notebook):
    cells["title"].source = "See [it](../source/00_start/00_start.ipynb)."


def other_form(cells, notebook):
    notebook.metadata.language_info = {"name": "python", "version": "3.11"}


@pytest.mark.parametrize(
    ("path", "fault", "sentence"),
    [
        (LECTURE, outputs, "course/00_start.ipynb, cell count: it holds outputs. Run: "),
        (LECTURE, run_count, "cell count: it holds a run count. Run: "),
        (LECTURE, random_id, "cell 3fa9c2d1: its id looks random. Give"),
        (LECTURE, twice, "cell plot: 2 cells have this id. Give"),
        (LECTURE, without_id, "00_start.ipynb: 1 cells have no id. Give"),
        (LECTURE, no_setup, "its first code cell is not `setup`. Add"),
        (LECTURE, no_language, 'cell setup: it does not say set_language("en"). Add'),
        (LECTURE, long_cell, "cell count: it has 13 lines of code, more than 12. Split"),
        (LECTURE, wide_line, "cell count: a line is 125 wide, more than 88"),
        (LECTURE, no_python, "cell count: line 1 is not Python"),
        (LECTURE, dead_link, "cell title: it links to nowhere.ipynb, which is not there."),
        (LECTURE, link_to_solutions, "Link to release/ instead."),
        (LECTURE, other_form, "is not in the form that the repository keeps. Run: "),
        (ASSIGNMENT, other_grade_id, "cell solution: its grade id is 'affine'. Give"),
        (ASSIGNMENT, no_test, "cell affine: there is no test cell test_affine. Add"),
        (ASSIGNMENT, no_solution, "cell test_affine: there is no solution cell it tests."),
        (ASSIGNMENT, no_hidden_test, "cell test_affine: it has no hidden test. Add"),
        (ASSIGNMENT, stub, "cell affine: it holds the stub in place of the solution. Write"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_each_fault_has_one_sentence(course, path, fault, sentence):
    change(course, path, fault)
    (said,) = lint(course.root)
    assert sentence in said
    assert said.startswith(path)


def test_what_is_no_notebook_does_not_stop_the_rest(course):
    (course.root / "course/01_broken.ipynb").write_text("{")
    change(course, ASSIGNMENT, stub)
    assert len(lint(course.root)) == 2


def test_tidying_mends_the_form(course):
    change(course, LECTURE, outputs)
    assert notebooks.tidy(course.root / LECTURE)
    assert lint(course.root) == []
