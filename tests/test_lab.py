"""A student's work copy is refreshed and never overwritten."""

from pathlib import Path

import pytest

from unrolled.lab import open_lab, refresh_work_copy

ROOT = Path(__file__).parent.parent


@pytest.fixture
def course(tmp_path):
    for name in ("course/00_start.ipynb", "release/00_start/00_start.ipynb"):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text("first version")
    return tmp_path


def test_everything_is_copied(course):
    assert refresh_work_copy(course) == []
    assert (course / "work/course/00_start.ipynb").read_text() == "first version"
    assert (course / "work/release/00_start/00_start.ipynb").read_text() == "first version"


def test_a_new_version_replaces_an_untouched_copy(course):
    refresh_work_copy(course)
    (course / "course/00_start.ipynb").write_text("second version")
    assert refresh_work_copy(course) == []
    assert (course / "work/course/00_start.ipynb").read_text() == "second version"


def test_a_students_work_is_kept_and_the_new_version_laid_beside_it(course):
    refresh_work_copy(course)
    mine = course / "work/release/00_start/00_start.ipynb"
    mine.write_text("my answer")
    (course / "release/00_start/00_start.ipynb").write_text("second version")
    said = refresh_work_copy(course)
    assert mine.read_text() == "my answer"
    assert (mine.parent / "00_start.new2.ipynb").read_text() == "second version"
    assert len(said) == 1
    assert "00_start.new2.ipynb" in said[0]
    assert refresh_work_copy(course) == []


def test_a_file_that_stood_there_before_the_first_copy_is_kept(course):
    mine = course / "work/course/00_start.ipynb"
    mine.parent.mkdir(parents=True)
    mine.write_text("my notes")
    refresh_work_copy(course)
    assert mine.read_text() == "my notes"


def test_an_unchanged_course_leaves_edited_work_alone(course):
    refresh_work_copy(course)
    mine = course / "work/release/00_start/00_start.ipynb"
    mine.write_text("my answer")
    assert refresh_work_copy(course) == []
    assert mine.read_text() == "my answer"


def test_work_in_a_second_version_is_kept_too(course):
    refresh_work_copy(course)
    folder = course / "work/release/00_start"
    (folder / "00_start.ipynb").write_text("my answer")
    (course / "release/00_start/00_start.ipynb").write_text("second version")
    refresh_work_copy(course)
    (folder / "00_start.new2.ipynb").write_text("my second answer")
    (course / "release/00_start/00_start.ipynb").write_text("third version")
    refresh_work_copy(course)
    assert [path.read_text() for path in sorted(folder.glob("*.ipynb"))] == [
        "my answer",
        "my second answer",
        "third version",
    ]


@pytest.mark.parametrize(("language", "place"), [("en", "course"), ("ko", "course/ko")])
def test_the_front_page_opens_first(course, monkeypatch, language, place):
    started = []
    monkeypatch.setattr("os.execv", lambda _program, words: started.extend(words))
    monkeypatch.setenv("UNROLLED_LANG", "")  # so that it is put back
    open_lab(course, language)
    assert f"--LabApp.default_url=/lab/tree/{place}/index.ipynb" in started
    assert f"--ServerApp.root_dir={course / 'work'}" in started
    assert (ROOT / place / "index.ipynb").is_file()
