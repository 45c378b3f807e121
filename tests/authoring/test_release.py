import time

import pytest
from nbgrader.utils import compute_checksum

from unrolled.authoring import catalogue
from unrolled.authoring.release import release

LECTURE = "course/00_start.ipynb"
ASSIGNMENT = "source/00_start/00_start.ipynb"
ENGLISH = "release/00_start/00_start.ipynb"
KOREAN = "release/ko/00_start/00_start.ipynb"
KOREAN_LECTURE = "course/ko/00_start.ipynb"
README = "# Course\n\n<!-- exercises -->\n<!-- /exercises -->\n"


@pytest.fixture
def released(course):
    course.korean(Draw="그리기", Return="반환:", Think="생각해 보십시오")
    (course.root / "README.md").write_text(README)
    release(course.root)
    return course


def test_one_command_makes_every_derived_file(course):
    course.korean()
    (course.root / "README.md").write_text(README)
    (course.root / "src/unrolled/ko.mo").unlink()
    assert set(release(course.root)) == {
        ENGLISH,
        KOREAN,
        KOREAN_LECTURE,
        "release/00_start/shapes.svg",
        "release/ko/00_start/shapes.svg",
        "src/unrolled/ko.mo",
        "README.md",
    }


def test_a_second_release_changes_no_byte(released):
    before = released.snapshot()
    assert release(released.root) == []
    assert release(released.root, check=True) == []
    assert released.snapshot() == before


def test_a_changed_source_makes_it_stale(released):
    released.edit(ASSIGNMENT, "title", "Assignment", "Homework")
    before = released.snapshot()
    said = release(released.root, check=True)
    assert said[0].startswith(
        "release/00_start is stale: source/00_start/00_start.ipynb changed, or "
    )
    assert said[0].endswith("Run: make release")
    assert said[1].startswith("release/ko/00_start is stale: ")
    assert released.snapshot() == before
    assert release(released.root) == [ENGLISH, KOREAN]
    assert release(released.root, check=True) == []


@pytest.mark.parametrize("path", [ENGLISH, KOREAN, KOREAN_LECTURE])
def test_a_generated_file_edited_by_hand_is_stale(released, path):
    released.edit(path, "title", "#", "##")
    (said,) = release(released.root, check=True)
    assert f"{path} was edited by hand. Run: make release" in said


def test_what_has_no_source_any_more_goes(released):
    stray = released.root / "release/01_gone/01_gone.ipynb"
    stray.parent.mkdir()
    stray.write_text("{}")
    (released.root / "course/ko/01_gone.ipynb").write_text("{}")
    said = release(released.root, check=True)
    assert "release/01_gone/01_gone.ipynb is stale: it has no source any more." in said[1]
    assert set(release(released.root)) == {
        "release/01_gone/01_gone.ipynb (removed: it has no source any more)",
        "course/ko/01_gone.ipynb (removed: it has no source any more)",
    }
    assert not stray.parent.exists()


def test_students_get_neither_solutions_nor_hidden_tests(released):
    for path in (ENGLISH, KOREAN):
        text = (released.root / path).read_text()
        assert "matmul" not in text
        assert "seed=" not in text
        assert "SOLUTION" not in text
        assert "HIDDEN" not in text
        assert "raise NotImplementedError" in released.cell(path, "affine").source
        assert released.cell(path, "test_affine").source == 'check("affine", affine)'


def test_korean_notebooks_speak_korean_and_keep_their_code(released):
    assert released.cell(KOREAN_LECTURE, "plot").source.startswith("# 그리기 the state.")
    assert '"""반환: x W + b' in released.cell(KOREAN, "affine").source
    for path in (KOREAN, KOREAN_LECTURE):
        assert 'set_language("ko")' in released.cell(path, "setup").source
        assert released.read(path).metadata.unrolled.language == "ko"
    assert released.read(ENGLISH).metadata.unrolled.language == "en"
    assert 'set_language("en")' in released.cell(ENGLISH, "setup").source


def test_a_translated_cell_does_not_look_changed_to_nbgrader(released):
    cells = [cell for path in (ENGLISH, KOREAN) for cell in released.read(path).cells]
    graded = [cell for cell in cells if "checksum" in cell.metadata.get("nbgrader", {})]
    assert len(graded) == 4
    assert all(compute_checksum(cell) == cell.metadata.nbgrader.checksum for cell in graded)


def test_links_of_korean_notebooks_lead_to_korean_ones(released):
    lecture = released.cell(KOREAN_LECTURE, "title").source
    assert "](../../release/ko/00_start/00_start.ipynb#top)" in lecture
    assert "](../figures/neuron.svg)" in lecture
    assert "](https://keras.io)" in lecture
    assert "[Korean](../00_start.ipynb)" in lecture  # the other language's
    assert "`[here](as_it_is.md)`" in lecture
    assert "](../../../course/ko/00_start.ipynb)" in released.cell(KOREAN, "title").source
    assert "](shapes.svg)" in released.cell(KOREAN, "affine-statement").source
    assert (released.root / "release/ko/00_start/shapes.svg").is_file()


@pytest.mark.parametrize("is_merged", [False, True])
def test_what_is_fuzzy_stays_english(released, is_merged):
    released.edit(LECTURE, "plot", "Draw the", "Show the")
    if is_merged:
        catalogue.translate(released.root)
    release(released.root)
    assert released.cell(KOREAN_LECTURE, "plot").source.startswith("# Show the state.")


def test_what_has_no_korean_yet_stays_english(course):
    catalogue.translate(course.root)
    release(course.root)
    assert course.cell(KOREAN_LECTURE, "title").source.startswith("# Start")


def test_one_assignment_or_language_leaves_the_others_alone(released):
    released.edit(ASSIGNMENT, "title", "Assignment", "Homework")
    released.edit(LECTURE, "title", "Start", "Begin")
    assert release(released.root, languages=["en"]) == [ENGLISH]
    other = released.root / "course/01_other.ipynb"
    other.write_bytes((released.root / LECTURE).read_bytes())
    stray = released.root / "release/ko/01_other/01_other.ipynb"
    stray.parent.mkdir()
    stray.write_text("{}")
    assert release(released.root, ["00_start"], ["ko"]) == [KOREAN_LECTURE, KOREAN]
    with pytest.raises(ValueError, match=r"There is no source/05_lstm. Assignments: 00_start"):
        release(released.root, ["05_lstm"])


def test_a_course_without_a_catalogue_has_no_korean(course):
    assert release(course.root) == [ENGLISH, "release/00_start/shapes.svg"]


def test_no_gradebook_and_nothing_else_is_touched(course):
    before = course.snapshot()
    (course.root / "nbgrader_config.py").write_text(
        "c = get_config()\n"
        'c.CourseDirectory.db_url = "sqlite:///gradebook.db"\n'
        'c.ClearSolutions.code_stub = {"python": "raise NotImplementedError()  # yours"}\n'
    )
    release(course.root)
    after = course.snapshot()
    assert set(after) - set(before) == {
        "nbgrader_config.py",
        ENGLISH,
        "release/00_start/shapes.svg",
    }
    assert "# yours" in course.cell(ENGLISH, "affine").source


def test_the_table_of_exercises_follows_the_sources(released):
    from unrolled.exercises import get

    readme = released.root / "README.md"
    assert f"| 00_start | `affine` | 2 | {len(get('affine').mistakes)} |" in readme.read_text()
    readme.write_text(readme.read_text().replace("| 2 |", "| 3 |"))
    (said,) = release(released.root, check=True)
    assert said.startswith("README.md is stale: ")


@pytest.mark.parametrize(
    ("cell", "old", "new", "sentence"),
    [
        ("title", "It belongs", "BEGIN SOLUTION", "nbgrader cannot make the students' version"),
        ("test_affine", "### END HIDDEN TESTS", "", "nbgrader cannot make the students' version"),
        (
            "setup",
            "set_language(",
            "y = 1\nreturn np.matmul(x, W) + b\nset_language(",
            "cell setup",
        ),
        ("affine-hints", "<details>\n<summary>Hint 3", "<summary>Hint 3", "affine has 2 hints"),
        ("test_affine", "### BEGIN HIDDEN TESTS", "### BEGIN", "cell test_affine"),
    ],
)
def test_what_students_must_not_get_is_not_released(course, cell, old, new, sentence):
    course.edit(ASSIGNMENT, cell, old, new)
    before = course.snapshot()
    with pytest.raises(ValueError, match=sentence):
        release(course.root)
    assert course.snapshot() == before


def test_it_is_quick(released):
    start = time.perf_counter()
    release(released.root, check=True)
    assert time.perf_counter() - start < 8


def test_a_file_that_somebody_laid_into_the_release_is_kept_and_named(released):
    stray = released.root / "release/00_start/data.csv"
    stray.write_text("mine")
    for check in (True, False):
        (said,) = release(released.root, check=check)
        assert "data.csv has no source and is left alone" in said
    assert stray.read_text() == "mine"
