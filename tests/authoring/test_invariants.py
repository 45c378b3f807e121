from dataclasses import replace

import pytest

from unrolled.authoring import notebooks
from unrolled.authoring.invariants import faults, leaks
from unrolled.authoring.students import students_version
from unrolled.exercises import get

ASSIGNMENT = "source/00_start/00_start.ipynb"


@pytest.fixture
def versions(course):
    released = students_version(course.root, ["00_start"])
    return course.read(ASSIGNMENT), released.notebooks["00_start/00_start.ipynb"]


def said_of(versions, bank=None):
    source, student = versions
    exercises = [get("affine")] if bank is None else bank
    return [*leaks("here", source, student), *faults("here", student, exercises, source)]


def cell_of(notebook, id):
    return next(cell for cell in notebook.cells if cell.id == id)


def test_a_right_assignment_has_no_fault(versions):
    assert said_of(versions) == []


def test_a_solution_or_hidden_test_anywhere_is_a_leak(versions):
    source, student = versions
    cell_of(student, "affine").source = cell_of(source, "affine").source
    cell_of(student, "setup").source += '\ncheck("affine", affine, seed=...)'
    said = " ".join(said_of(versions))
    assert "'BEGIN SOLUTION' reaches students" in said
    assert "'return np.matmul(x, W) + b' of a solution reaches students" in said
    assert "of a hidden test reaches students" in said
    assert "does not raise NotImplementedError" in said


def test_an_exercise_needs_its_bank(versions):
    assert "unrolled.exercises knows no affine" in said_of(versions, [])[0]
    assert (
        "affine knows no mistake by name"
        in said_of(versions, [replace(get("affine"), mistakes=[])])[0]
    )
    other = replace(get("affine"), name="other")
    assert "no cell for the exercise other" in said_of(versions, [get("affine"), other])[0]


def test_a_mistake_names_a_hint_that_exists(versions):
    mistake = replace(get("affine").mistakes[0], hint=4)
    bank = [replace(get("affine"), mistakes=[mistake])]
    assert said_of(versions, bank) == [
        f"affine, mistake {mistake.id}: there is no hint 4. Name 1 to 3."
    ]


def test_hints_belong_to_the_longest_name_that_a_cell_bears(versions):
    source, student = versions
    longer = notebooks.NotebookNode(
        cell_type="markdown", id="affine_twice-hints", metadata={}, source="<details>" * 3
    )
    student.cells.append(longer)
    assert "affine has 6 hints" in said_of(versions)[0]
    solution = cell_of(source, "affine").copy()
    solution.metadata = {"nbgrader": {"grade_id": "affine_twice", "solution": True}}
    student.cells.append(notebooks.NotebookNode(solution))
    assert not any("hints" in line for line in said_of(versions))
