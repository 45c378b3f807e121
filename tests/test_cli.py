"""The command line says in a sentence what is wrong, and ends with the code that is promised."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from unrolled.cli import main

ROOT = Path(__file__).parent.parent


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course's root with the first assignment, and the place where commands run."""
    shutil.copytree(ROOT / "source/00_start", tmp_path / "source/00_start")
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words):
    result = CliRunner().invoke(main, list(words))
    assert "Traceback" not in result.output
    return result


@pytest.mark.parametrize("command", ["release", "translate", "grade", "lab", "demo"])
def test_outside_a_course_a_command_says_where_to_go(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    result = run(command)
    assert result.exit_code == 1
    assert "is not a course" in result.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["release", "99_none"], "99_none"),
        (["grade", "99_none"], "no assignment '99_none'"),
        (["grade", "--student", "nobody"], "no student 'nobody'"),
        (["train", "nothing"], "'nothing'"),
    ],
)
def test_an_unknown_name_is_said_with_what_there_is(course, words, sentence):
    (course / "submitted").mkdir()
    result = run(*words)
    assert result.exit_code == 2
    assert sentence in " ".join(result.output.split())


def test_training_says_which_way_each_measure_goes(monkeypatch):
    from unrolled import tasks

    melodies = SimpleNamespace(
        split=lambda: ([], []),
        train=lambda progress: (None, {"bits": 3.5, "accuracy": 0.25}),
        save=lambda model: None,
        baseline=lambda training, held_out: {"bits": 4.5, "accuracy": 0.125},
        LOWER_IS_BETTER={"bits"},
    )
    monkeypatch.setattr(tasks, "get", lambda name: melodies)
    said = " ".join(run("train", "melodies").output.split())
    assert "bits 3.500, baseline 4.500 (lower is better; trained in 0 s)" in said
    assert "accuracy 0.250, baseline 0.125 (trained in 0 s)" in said


def test_training_ends_with_the_readmes_table(monkeypatch):
    from unrolled import tasks
    from unrolled.authoring.tables import TASK_HEAD

    names = SimpleNamespace(
        split=lambda: ([], []),
        train=lambda progress: (None, {"accuracy": 0.9876, "ambiguous": 0.5}),
        save=lambda model: None,
        baseline=lambda training, held_out: {"accuracy": 0.75, "ambiguous": 0.25},
    )
    monkeypatch.setattr(tasks, "get", lambda name: names)
    said = run("train", "names", "quotes").output
    assert said.endswith(
        f"\n{TASK_HEAD}\n"
        "| names | accuracy | 0.988 | 0.750 | 0 |\n"
        "|  | ambiguous | 0.500 | 0.250 |  |\n"
        "| quotes | accuracy | 0.988 | 0.750 | 0 |\n"
        "|  | ambiguous | 0.500 | 0.250 |  |\n"
    )
    readme = (ROOT / "README.md").read_text()
    assert f"<!-- tasks -->\n{TASK_HEAD}\n" in readme
    assert "<!-- /tasks -->" in readme


def test_wrong_usage_ends_with_2(course):
    assert run("grade", "--workers", "none").exit_code == 2
    assert run("release", "--lang", "fr").exit_code == 2
    assert run("grade", "--json", "nowhere/scores.json").exit_code == 2


def test_an_edited_source_makes_the_release_stale(course):
    assert run("release").exit_code == 0
    assert run("release").output.startswith("Every derived file is fresh.")
    notebook = course / "source/00_start/00_start.ipynb"
    notebook.write_text(notebook.read_text().replace("Before anything recurs", "Before anything"))
    result = run("release", "--check")
    assert result.exit_code == 1
    said = " ".join(result.output.split())
    assert "release/00_start is stale: source/00_start/00_start.ipynb changed" in said
    assert "Run: make release" in said


def test_without_a_sandbox_nothing_is_graded(course, monkeypatch):
    run("release")
    handed_in = course / "submitted/ada/00_start"
    shutil.copytree(course / "release/00_start", handed_in)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("os.defpath", "")
    from unrolled.grading import sandbox

    sandbox.found.cache_clear()
    result = run("grade")
    sandbox.found.cache_clear()
    assert result.exit_code == 1
    assert "No sandbox" in result.output
    assert "apt-get install bubblewrap" in " ".join(result.output.split())
    assert not list((course / "autograded").glob("ada"))


@pytest.mark.sandbox
def test_scores_are_written_in_every_format(course):
    run("release")
    shutil.copytree(course / "release/00_start", course / "submitted/ada/00_start")
    shutil.copytree(course / "source/00_start", course / "submitted/bo/00_start")
    files = ["--json", "s.json", "--csv", "s.csv", "--junit", "s.xml"]
    result = run("grade", *files, "--lms", "lms.csv", "--summary", "s.md")
    assert result.exit_code == 0
    assert '"student": "ada"' in (course / "s.json").read_text()
    students = [line.split(",")[0] for line in (course / "s.csv").read_text().splitlines()]
    assert students == ["student", "ada", "bo"]
    assert "<testsuite" in (course / "s.xml").read_text()
    assert '"ada","","","ada","",0' in (course / "lms.csv").read_text()
    assert "<td>2 / 2</td>" in (course / "s.md").read_text()
    assert "0 / 2" in result.output
    assert "2 / 2" in result.output


@pytest.mark.sandbox
def test_a_refused_second_hand_in_says_that_the_first_grade_stands(course):
    run("release")
    shutil.copytree(course / "source/00_start", course / "submitted/ada/00_start")
    assert "2 / 2" in run("grade").output
    (course / "submitted/ada/00_start/00_start.ipynb").write_text("{")
    assert run("grade", "--json", "s.json").exit_code == 1
    said = (course / "s.json").read_text()
    assert "the grade of what was handed in before, 2, stands" in said


def test_where_nothing_was_handed_in_grade_says_so(course):
    (course / "submitted").mkdir()
    result = run("grade")
    assert result.exit_code == 0
    assert "Nothing to grade" in result.output


def test_a_folder_that_cannot_be_written_is_named(course):
    (course / "submitted").mkdir()
    (course / "autograded").write_text("a file in its place")
    result = run("grade")
    assert result.exit_code == 1
    assert "autograded" in result.output
    assert "cannot be written" in result.output
