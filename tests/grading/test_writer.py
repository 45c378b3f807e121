"""What a batch writes is what nbgrader writes, and a kill or a lost gradebook leaves no half."""

import json
import shutil
import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import classroom
import nbformat
import pytest
from classroom import RIGHT, answered, source_notebook, submit, tables
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateAssignment

from unrolled.grading import gradebook, judges
from unrolled.grading.course import GradingError, open_course
from unrolled.grading.quiet import quiet
from unrolled.grading.runner import grade
from unrolled.grading.writer import CannotGoOn, Writer

pytestmark = pytest.mark.sandbox

PENALTY = """
from nbgrader.plugins import LateSubmissionPlugin


class Half(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score / 2 if total_seconds_late < 10**6 else 10 * score


c.AssignLatePenalties.plugin_class = Half
"""


def one_by_one(root, *args, **options):
    with ThreadPoolExecutor(1) as executor:
        return {row.student: row for row in grade(root, *args, executor=executor, **options)}


def written_by_hand(source):
    """Add what a person grades: a text of the student's, and a task."""
    text = new_markdown_cell("Why?")
    text["id"] = "why"
    meta = {"grade": True, "solution": True, "locked": False, "task": False, "points": 3}
    text.metadata["nbgrader"] = {**meta, "grade_id": "why", "schema_version": 3}
    task = new_markdown_cell("Draw it.")
    task["id"] = "draw"
    meta = {"grade": False, "solution": False, "locked": True, "task": True, "points": 2}
    task.metadata["nbgrader"] = {**meta, "grade_id": "draw", "schema_version": 3}
    source.cells += [text, task]
    return source


def hand_in(root, student, stamp=None, why="Why?", **answers):
    notebook = answered(**answers)
    path = submit(root, student, written_by_hand(notebook))
    notebook.cells[-2].source = why
    nbformat.write(notebook, path)
    if stamp:
        (path.parent / "timestamp.txt").write_text(stamp)
    return path.parent


def first_class(root):
    hand_in(root, "ada", "2026-03-01 10:00:00 UTC", why="Because.", **RIGHT)
    hand_in(root, "bob", affine="def affine(x, W, b): return x @ W")
    hand_in(root, "cy", affine="print('<b>no</b>')\n1 / 0", rnn_step=RIGHT["rnn_step"])
    hand_in(root, "dee")
    hand_in(root, "eve", "2026-03-05 10:00:00 +0900", **RIGHT)
    hand_in(root, "fay", "2027-03-05 10:00:00 UTC", **RIGHT)
    beside = hand_in(root, "gus", **RIGHT)
    (beside / "data").mkdir()
    (beside / "data" / "mine.csv").write_text("1")
    (beside / "table.csv").write_text("mine")
    (beside / "own.csv").write_text("mine")
    nbformat.write(answered(), beside / "other.ipynb")
    (beside / "old.pyc").write_text("")
    (beside / "picture.png").write_bytes(b"\x89PNG")
    (beside / "picture.png").chmod(0o755)


def second_class(root):
    """Some hand in again after a person has graded."""
    with Gradebook(f"sqlite:///{root}/gradebook.db") as db:
        for student, name, score in (
            ("ada", "test_affine", 1),
            ("ada", "why", 3),
            ("dee", "draw", 1),
        ):
            grade = db.find_grade(name, "00_start", "00_start", student)
            grade.manual_score, grade.needs_manual_grade = score, False
        db.find_grade("test_rnn_step", "00_start", "00_start", "bob").extra_credit = 0.5
        db.find_comment("affine", "00_start", "00_start", "bob").manual_comment = "Think of b."
        db.db.commit()
    hand_in(root, "ada", "2026-03-06 10:00:00 UTC", why="Because!", affine=RIGHT["affine"])
    hand_in(root, "bob", **RIGHT)
    hand_in(root, "eve", "2026-02-01 10:00:00 UTC", **RIGHT)
    hand_in(root, "hal", **RIGHT)


def prepared(root, config=PENALTY):
    """A course with a date due, recorded by nbgrader, and its configuration with a plugin."""
    path = root / "source" / "00_start" / "00_start.ipynb"
    nbformat.write(written_by_hand(source_notebook()), path)
    (path.parent / "table.csv").write_text("the assignment's")
    (path.parent / "own.csv").write_text("the assignment's")
    with (root / "nbgrader_config.py").open("a") as file:
        file.write(config)
        file.write('c.Autograde.exclude_overwriting = {"00_start": ["own.csv"]}\n')
    course = open_course(root)
    with quiet():
        directory = course.directory(assignment_id="00_start")
        GenerateAssignment(coursedir=directory, config=course.config).start()
    with Gradebook(f"sqlite:///{root}/gradebook.db", "unrolled") as db:
        db.update_or_create_assignment("00_start", duedate="2026-03-02 00:00:00 UTC")
    return course


def plain_autograde(course):
    directory = course.directory(assignment_id="00_start", student_id="*")
    with quiet():
        Autograde(coursedir=directory, config=course.config, force=True).start()


def gradebook_of(root):
    return f"sqlite:///{root}/gradebook.db"


def files(root):
    """Every file in autograded/ with its mode; of notebooks what does not change with each run."""
    found = {}
    for path in sorted((root / "autograded").rglob("*")):
        name = path.relative_to(root / "autograded")
        if ".grading" in name.parts:
            continue
        content = path.read_bytes() if path.is_file() else None
        if path.suffix == ".ipynb":
            content = json.loads(path.read_text())
            content["metadata"]["unrolled"] |= {"seconds": 0, "record": None}
        found[str(name)] = (oct(path.stat().st_mode), content)
    return found


@pytest.mark.parametrize(
    "more", ["", "c.CourseDirectory.groupshared = True\n", "c.Autograde.permissions = 640\n"]
)
def test_a_batch_leaves_what_nbgrader_leaves(course, tmp_path, more):
    plain = prepared(course, PENALTY + more)
    first_class(course)
    other = tmp_path / "other"
    shutil.copytree(course, other)
    plain_autograde(plain)
    rows = one_by_one(other)
    assert {row.reason for row in rows.values()} == {None}
    assert tables(gradebook_of(other)) == tables(gradebook_of(course))
    assert files(other) == files(course)
    with Gradebook(f"sqlite:///{other}/gradebook.db") as db:
        late = {
            s.student.id: s.late_submission_penalty for s in db.assignment_submissions("00_start")
        }
    assert (late["ada"], late["eve"], late["fay"]) == (0, 2, 4)
    if more:
        return
    for root in (course, other):
        second_class(root)
    plain_autograde(plain)
    rows = one_by_one(other)
    assert {name for name, row in rows.items() if not row.skipped} == {"ada", "bob", "eve", "hal"}
    assert tables(gradebook_of(other)) == tables(gradebook_of(course))
    assert files(other) == files(course)
    assert (rows["ada"].score, rows["bob"].score, rows["dee"].score) == (4, 4.5, 1)
    assert rows["dee"].points == 9
    assert all(row.skipped for row in one_by_one(other).values())


def test_what_a_browser_would_run_is_not_laid_before_an_instructor(course, tmp_path):
    beside = submit(course, "ada", answered(**RIGHT)).parent
    for name in ("page.html", "page.XHTML", "picture.svg", "code.js", "notes.txt"):
        (beside / name).write_text("<script>alert(1)</script>")
    (beside / "elsewhere").symlink_to(tmp_path)
    (beside / "secret.txt").symlink_to("/etc/passwd")
    (beside / "huge.bin").write_bytes(bytes(21 * 2**20))
    assert one_by_one(course)["ada"].score == 4
    left = {path.name for path in (course / "autograded" / "ada" / "00_start").iterdir()}
    assert left == {"00_start.ipynb", "notes.txt"}


def test_a_notebook_that_is_missing_refuses_the_submission_and_writes_nothing(course):
    shutil.copy(course / "source/00_start/00_start.ipynb", course / "source/00_start/second.ipynb")
    submit(course, "ada", answered(**RIGHT))
    row = one_by_one(course)["ada"]
    assert (row.status, row.score) == ("refused", None)
    assert "no second.ipynb" in (row.reason or "")
    assert not (course / "autograded" / "ada").exists()


OWN_STEP = """
from nbgrader.preprocessors import NbGraderPreprocessor


class Sign(NbGraderPreprocessor):
    def preprocess(self, nb, resources):
        nb.metadata["signed"] = "by the course"
        return nb, resources


c.Autograde.autograde_preprocessors.append(Sign)
"""


def test_a_course_s_own_step_is_heeded(course):
    prepared(course, PENALTY + OWN_STEP)
    hand_in(course, "ada", **RIGHT)
    hand_in(course, "eve", "2026-03-05 10:00:00 UTC", affine=RIGHT["affine"])
    rows = one_by_one(course)
    assert {name: row.score for name, row in rows.items()} == {"ada": 4, "eve": 2}
    path = course / "autograded" / "ada" / "00_start" / "00_start.ipynb"
    assert json.loads(path.read_text())["metadata"]["signed"] == "by the course"
    with Gradebook(f"sqlite:///{course}/gradebook.db") as db:
        assert db.find_submission("00_start", "eve").late_submission_penalty == 1
    assert all(row.skipped for row in one_by_one(course).values())


@pytest.mark.parametrize(
    ("setting", "direct"),
    [
        ("c.Autograde.permissions = 644", True),
        ("c.LateSubmissionPlugin.penalty_method = 'zero'", True),
        ("c.Judge.limits = {'call_seconds': 5}", True),
        ("c.SaveAutoGrades.enabled = False", False),
        ("c.NbConvertBase.display_data_priority = []", False),
        ("c.NotebookExporter.nbformat_version = 4", False),
        ("c.Autograde.exporter_class = 'nbconvert.exporters.HTMLExporter'", False),
        ("c.Autograde.post_convert_hook = print", False),
        ("c.Autograde.sanitize_preprocessors.append('nbgrader.preprocessors.LimitOutput')", False),
    ],
)
def test_what_the_batch_does_not_heed_is_left_to_nbgrader(course, tmp_path, setting, direct):
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(setting + "\n")
    (course / "autograded" / ".grading").mkdir(parents=True)
    with Writer(open_course(course), course / "autograded" / ".grading") as writer:
        assert writer.direct is direct


def test_a_configuration_that_would_run_students_code_unprotected_is_refused(course):
    (course / "nbgrader_config.py").write_text("c = get_config()\n")
    submit(course, "ada", answered(**RIGHT))
    with pytest.raises(GradingError, match="unprotected"):
        one_by_one(course)


class Killed(BaseException):
    """Ends a run where it is, as a kill does."""


def rename_but_once(course):
    real, calls = Path.rename, []

    def rename(self, target):
        calls.append(target)
        if len(calls) == 2:
            raise Killed
        return real(self, target)

    return Path, "rename", rename


def killed(*args, **options):
    raise Killed


@pytest.mark.parametrize("step", ["lay out", "save", "put", "rename", "unlink"])
@pytest.mark.parametrize("again", [True, False])
def test_a_kill_at_any_step_leaves_nothing_that_a_later_run_believes(
    course, monkeypatch, step, again
):
    submit(course, "ada", answered(affine=RIGHT["affine"]))
    assert one_by_one(course)["ada"].score == 2
    submit(course, "ada", answered(**RIGHT))
    with monkeypatch.context() as patch:
        places = {
            "lay out": (Writer, "_lay_out", killed),
            "save": (gradebook.OpenGradebook, "save", killed),
            "put": (Writer, "_put_in_place", killed),
            "rename": rename_but_once(course),
            "unlink": (Path, "unlink", killed),
        }
        patch.setattr(*places[step])
        with pytest.raises(Killed):
            one_by_one(course)
    with Gradebook(f"sqlite:///{course}/gradebook.db") as db:
        assert db.find_submission("00_start", "ada").score in (2, 4)
    if not again:  # the student goes back to what was graded first
        submit(course, "ada", answered(affine=RIGHT["affine"]))
    row = one_by_one(course)["ada"]
    assert row.score == (4 if again else 2)
    with Gradebook(f"sqlite:///{course}/gradebook.db") as db:
        assert db.find_submission("00_start", "ada").score == row.score
    assert one_by_one(course)["ada"].skipped


def test_a_kill_leaves_no_time_that_was_taken_back(course, monkeypatch):
    """The scores are alike, so that only the mark tells that the gradebook has another time."""
    stamp = submit(course, "ada", answered(**RIGHT)).parent / "timestamp.txt"
    stamp.write_text("2026-01-01 10:00:00 UTC")
    one_by_one(course)
    stamp.write_text("2026-02-01 10:00:00 UTC")
    with monkeypatch.context() as patch:
        patch.setattr(Writer, "_put_in_place", killed)
        with pytest.raises(Killed):
            one_by_one(course)
    stamp.write_text("2026-01-01 10:00:00 UTC")
    assert not one_by_one(course)["ada"].skipped
    with Gradebook(gradebook_of(course)) as db:
        assert db.find_submission("00_start", "ada").timestamp.month == 1
    assert one_by_one(course)["ada"].skipped


def test_a_gradebook_from_before_is_noticed(course):
    submit(course, "ada", answered(affine=RIGHT["affine"]))
    one_by_one(course)
    shutil.copy(course / "gradebook.db", course / "backup.db")
    submit(course, "ada", answered(**RIGHT))
    one_by_one(course)
    shutil.copy(course / "backup.db", course / "gradebook.db")
    row = one_by_one(course)["ada"]
    assert (row.skipped, row.score) == (False, 4)


def test_a_locked_gradebook_fails_rows_then_stops_and_a_second_run_completes(course, monkeypatch):
    monkeypatch.setattr(gradebook, "LOCKED_MILLISECONDS", 100)
    for number in range(5):
        submit(course, f"s{number}", answered(**RIGHT))
    seen, other = [], sqlite3.connect(course / "gradebook.db", check_same_thread=False)

    def lock_and_release(done, total, row):
        seen.append(row)
        if done == 1:
            other.execute("BEGIN IMMEDIATE")
        if done == 2:
            other.rollback()

    rows = one_by_one(course, progress=lock_and_release)
    assert [row.status for row in seen] == ["graded", "failed", *["graded"] * 3]
    assert "gradebook.db cannot be read or written: database is locked" in seen[1].reason
    assert sum(row.score or 0 for row in rows.values()) == 16
    seen.clear()

    def lock(done, total, row):
        seen.append(row)
        if not other.in_transaction and not row.skipped:
            other.execute("BEGIN IMMEDIATE")

    with pytest.raises(CannotGoOn, match="run again"):
        one_by_one(course, force=True, progress=lock)
    other.close()
    assert [row.status for row in seen] == ["graded", "failed", "failed"]
    rows = one_by_one(course)
    assert [row.score for row in rows.values()] == [4] * 5


def test_a_judge_that_dies_takes_no_other_submission_with_it(course, monkeypatch):
    for number in range(7):
        submit(course, f"s{number}", answered(**RIGHT))
    monkeypatch.setattr(judges, "judge_submission", classroom.deadly_judge)
    rows = {row.student: row for row in grade(course, workers=2)}
    assert {name for name, row in rows.items() if row.status == "failed"} == {"s2"}
    assert "not a score" in rows["s2"].reason
    assert all(row.score == 4 for name, row in rows.items() if name != "s2")


def test_no_more_submissions_are_in_hand_than_the_window_holds():
    class Slow:
        """Finishes a task only when no more are taken in."""

        def __init__(self):
            self.running, self.most = [], 0

        def submit(self, function, task):
            self.running.append(Future())
            self.most = max(self.most, len(self.running))
            if len(self.running) == self.window():
                self.running.pop(0).set_result(task)
                return self.running[-1]
            return self.running[-1]

        def window(self):
            return 8

        def lost(self, error):
            return False

    read = []

    def tasks():
        for number in range(100):
            read.append(number)
            yield number

    slow = Slow()
    stream = judges.judged(slow, tasks())
    for done in range(1, 60):
        next(stream)
        assert len(read) <= done + slow.window()
    assert slow.most == slow.window()
