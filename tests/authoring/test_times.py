import polib
import pytest
from nbformat import v4

from unrolled.authoring import catalogue, notebooks, times
from unrolled.authoring.release import release

from .conftest import code, markdown

INDEX, KOREAN_INDEX = "course/index.ipynb", "course/ko/index.ipynb"
MAP = (
    "| lecture | assignment |\n|---|---|\n"
    "| [Start](00_start.ipynb)<br>… min | [affine](../release/00_start/00_start.ipynb)<br>… min |\n"
    "| [later](09_later.ipynb)<br>7 min | [no time](00_start.ipynb) takes 7 min |"
)


def test_minutes_are_those_of_words_cells_and_points():
    prose = markdown("prose", "word " * 10 * times.WORDS_A_MINUTE)
    cells = [code(f"code{n}", "1 + 1") for n in range(8)]
    assert times.minutes(v4.new_notebook(cells=[prose])) == 10
    assert times.minutes(v4.new_notebook(cells=[prose, *cells])) == 20
    assert times.minutes(v4.new_notebook(cells=cells[:1])) == 5
    test = code("test_a", "check()", grade=True, solution=False, locked=True, points=5)
    answer = code("a", "def a(): ...", grade=False, solution=True, locked=False)
    assert times.minutes(v4.new_notebook(cells=[prose, answer, test])) == 25


@pytest.fixture
def mapped(course):
    notebook = v4.new_notebook(cells=[markdown("map", MAP), code("setup", 'set_language("en")')])
    notebooks.write(course.root / INDEX, notebook)
    course.korean(lecture="강의", min="분")
    po = polib.pofile(str(course.root / catalogue.PO), wrapwidth=0)
    for entry in po:
        entry.msgstr = entry.msgstr.replace(" 분", "분")
    (course.root / catalogue.PO).write_text(catalogue.text_of(po))
    release(course.root)
    return course


def test_the_map_says_in_both_languages_how_long_each_notebook_takes(mapped):
    english, korean = mapped.cell(INDEX, "map").source, mapped.cell(KOREAN_INDEX, "map").source
    assert "(00_start.ipynb)<br>5 min |" in english
    assert "(../release/00_start/00_start.ipynb)<br>5 min |" in english
    assert "(00_start.ipynb)<br>5분 |" in korean
    assert "(../../release/ko/00_start/00_start.ipynb)<br>5분 |" in korean


def test_a_lecture_that_is_not_there_has_no_time_and_other_numbers_stay(mapped):
    assert "(09_later.ipynb)<br>… min" in mapped.cell(INDEX, "map").source
    assert "takes 7 min" in mapped.cell(INDEX, "map").source


def test_a_longer_lecture_makes_the_map_stale_and_no_translation(mapped):
    assert release(mapped.root, check=True) == []
    mapped.edit("course/00_start.ipynb", "title", "It has", "word " * 2_000 + "It has")
    said = release(mapped.root, check=True)
    assert f"{INDEX} is stale: a lecture, an assignment changed, or" in "\n".join(said)
    left = catalogue.translate(mapped.root, check=True)
    assert [line for line in left if "course/index" in line] == []
    release(mapped.root)
    assert "(00_start.ipynb)<br>15 min |" in mapped.cell(INDEX, "map").source
    assert "(00_start.ipynb)<br>15분 |" in mapped.cell(KOREAN_INDEX, "map").source
