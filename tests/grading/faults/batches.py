"""Run `unrolled grade` as a process of its own, disturb it, and see what it leaves behind."""

import contextlib
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from classroom import REPOSITORY, RIGHT, answered, source_notebook, submit, tables
from nbgrader.api import Gradebook

import unrolled
from unrolled.grading.memory_watch import family

SOURCE = Path(unrolled.__file__).parents[1]
UNROLLED = Path(sys.executable).with_name("unrolled")
CHILD_SUBREAPER = 36  # linux/prctl.h
PATIENCE = 120  # seconds that anything may take on a busy machine

CONFIGURATION = """
from nbgrader.plugins import LateSubmissionPlugin


class Half(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score / 2


c.AssignLatePenalties.plugin_class = Half
"""
SLOW = "import time\ntime.sleep(0.3)\n"
BIAS_IGNORED = "def affine(x, W, b): return x @ W"
ENDS = "import os\nos._exit(0)"


def new_course(root: Path) -> Path:
    (root / "source" / "00_start").mkdir(parents=True)
    (root / "submitted").mkdir()
    nbformat.write(source_notebook(), root / "source" / "00_start" / "00_start.ipynb")
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    with (root / "nbgrader_config.py").open("a") as file:
        file.write(CONFIGURATION)
    return root


def hand_in(root: Path, student: str, stamp: str = "", **answers: str) -> Path:
    path = submit(root, student, answered(**answers))
    if stamp:
        (path.parent / "timestamp.txt").write_text(stamp)
    return path


def first_hand_in(root: Path) -> None:
    hand_in(root, "ada", affine=RIGHT["affine"])
    hand_in(root, "bob", rnn_step=RIGHT["rnn_step"])
    hand_in(root, "dee", rnn_step=RIGHT["rnn_step"])
    hand_in(root, "eve", "2026-03-01 10:00:00 UTC", **RIGHT)
    (root / "submitted" / "fay" / "00_start").mkdir(parents=True)


def second_hand_in(root: Path) -> None:
    """A person has graded, a date is due, and most hand in again."""
    with Gradebook(f"sqlite:///{root}/gradebook.db", "unrolled") as db:
        db.update_or_create_assignment("00_start", duedate="2026-03-02 00:00:00 UTC")
        grade = db.find_grade("test_affine", "00_start", "00_start", "bob")
        grade.manual_score, grade.needs_manual_grade = 1, False
        db.db.commit()
    hand_in(root, "ada", affine=SLOW + RIGHT["affine"], rnn_step=RIGHT["rnn_step"])
    hand_in(root, "bob", affine=BIAS_IGNORED, rnn_step=SLOW + RIGHT["rnn_step"])
    hand_in(root, "cy", affine=ENDS, rnn_step=RIGHT["rnn_step"])
    hand_in(root, "eve", "2026-03-04 10:00:00 UTC", affine=SLOW + RIGHT["affine"])
    hand_in(root, "gus", affine=SLOW + RIGHT["affine"], rnn_step="1 / 0")
    hand_in(root, "hal", affine=RIGHT["affine"], rnn_step=SLOW + RIGHT["rnn_step"])
    nbformat.write(answered(), root / "submitted" / "hal" / "00_start" / "other.ipynb")


def without_override() -> tuple[str, ...]:
    """Words that start a program for which permissions count, even if root starts it."""
    if os.geteuid() != 0:
        return ()
    lacking = "-dac_override,-dac_read_search"
    return ("setpriv", f"--bounding-set={lacking}", f"--inh-caps={lacking}")


class Batch:
    """A course's folder, and the runs of `unrolled grade` in it."""

    def __init__(self, root: Path):
        self.root = root
        # Most often its path is short enough for sockets to have their place in it.
        self.temporary = Path(tempfile.mkdtemp(prefix="faults-"))
        self.shared_memory: set[str] = set()
        self.seconds, self.rows, self.said = 0.0, [], ""
        ctypes.CDLL(None).prctl(CHILD_SUBREAPER, 1)
        self._others = set(children(os.getpid()))

    def start(self, *words: str, within: tuple[str, ...] = (), **environment: str):
        """Begin `unrolled grade`; ``within`` are words of a program that starts it."""
        paths = [str(SOURCE), *sys.path[:2]]
        given = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "UNROLLED_SEED": "7"}
        given |= {"TMPDIR": str(self.temporary), **environment}
        return subprocess.Popen(
            [*within, str(UNROLLED), "grade", *words],
            cwd=self.root,
            env=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str, **options) -> subprocess.CompletedProcess:
        return result_of(self.start(*words, **options))

    def finish(self, *words: str) -> None:
        """Run until all is graded; what is refused stays so."""
        began = time.monotonic()
        rows = self.root.with_name("rows.json")
        done = self.run("--json", str(rows), *words)
        self.seconds = time.monotonic() - began
        self.said = said(done)
        self.rows = without_seconds(rows)
        assert {row["student"] for row in self.rows if row["status"] == "failed"} == set()

    def same_as(self, other: "Batch", *words: str) -> bool:
        """Whether one more run leaves what the other, undisturbed, has: rows, tables, folders."""
        self.finish(*words)
        assert self.rows == other.rows
        assert tables(gradebook(self.root)) == tables(gradebook(other.root))
        assert folders(self.root) == folders(other.root)
        return True

    def written(self) -> set[tuple[str, int]]:
        """The notebooks in autograded/, each as written at one time."""
        found = self.root.glob("autograded/*/00_start/00_start.ipynb")
        with contextlib.suppress(FileNotFoundError):
            return {(str(path), path.stat().st_mtime_ns) for path in found}
        return set()

    def note(self, process: subprocess.Popen) -> None:
        """Remember the shared memory that a run has, to see later that it is gone."""
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{process.pid}/maps").read_text().splitlines():
                _, found, name = line.partition("/dev/shm/")
                if found:
                    self.shared_memory.add(found + name.removesuffix(" (deleted)"))

    def end(self) -> None:
        """See that no process, stage, temporary file or shared memory is left of any run."""
        until = time.monotonic() + 30
        while (alive := self.orphans()) and time.monotonic() < until:
            time.sleep(0.05)
        for pid in alive:
            os.kill(pid, signal.SIGKILL)
        assert alive == {}
        assert sorted(os.listdir(self.root / "autograded" / ".grading")) in (
            ["lock"],
            ["lock", "unsure"],
        )
        self.temporary.rmdir()  # nothing is left in it
        assert not [path for path in self.shared_memory if os.path.exists(path)]

    def orphans(self) -> dict[int, str]:
        """Processes that a run has left, with their commands; those that ended are reaped."""
        found = {}
        for pid in set(children(os.getpid())) - self._others:
            with contextlib.suppress(ChildProcessError):
                if os.waitpid(pid, os.WNOHANG)[0] == 0:
                    found[pid] = command(pid)
        return found


def result_of(process: subprocess.Popen) -> subprocess.CompletedProcess:
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def said(done: subprocess.CompletedProcess) -> str:
    """What a run says to a person, in one line; never a traceback."""
    assert "Traceback" not in done.stderr, done.stderr
    return " ".join((done.stdout + done.stderr).split())


def without_seconds(path: Path) -> list[dict]:
    return [{**row, "seconds": None} for row in json.loads(path.read_text())]


def gradebook(root: Path) -> str:
    return f"sqlite:///{root}/gradebook.db"


def folders(root: Path) -> dict[str, tuple]:
    """Every file in autograded/ with its mode and content, but for the seconds it took."""
    found = {}
    for path in sorted((root / "autograded").rglob("*")):
        name = path.relative_to(root / "autograded")
        if ".grading" in name.parts:
            continue
        content = path.read_bytes() if path.is_file() else None
        if path.suffix == ".ipynb":
            content = json.loads(path.read_text())
            content["metadata"]["unrolled"]["seconds"] = 0
        found[str(name)] = (oct(path.stat().st_mode), content)
    return found


def wait_until(condition, seconds: float = PATIENCE):
    """The condition's value as soon as it is true; it may look at processes that end."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if value := condition():
                return value
        time.sleep(0.01)
    raise TimeoutError(f"{condition} did not come true")


def children(pid: int) -> list[int]:
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, path.read_text().split())
    return found


def command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip()
    return ""


def kinds(pid: int) -> dict[str, list[int]]:
    """The processes of a run, by what they are."""
    importing = [p for p in children(pid) if "multiprocessing.forkserver" in command(p)]
    found = {"importing process": importing, "judging process": [], "sandbox": []}
    found["fork server"] = []
    for judging in (p for each in importing for p in children(each)):
        inside = [p for p in family(judging)[1:] if "/proc" not in command(p)]
        boxes = [p for p in inside if "bwrap" in command(p).split(" ")[0]]
        if boxes:
            found["judging process"].append(judging)
            found["sandbox"].append(boxes[0])
        found["fork server"] += [p for p in inside if is_fork_server(command(p))][:1]
    return found


def is_fork_server(line: str) -> bool:
    return line.endswith("fork_server.py") and "bwrap" not in line
