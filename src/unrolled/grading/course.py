"""The course's folder as grading sees it: its configuration, assignments, submissions, lock."""

import contextlib
import fcntl
import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets.config.loader import Config, PyFileConfigLoader

import unrolled

PACKAGE = Path(unrolled.__file__).parent
# The parts of unrolled that a score depends on.
JUDGING_PARTS = ("*.py", "exercises/*.py", "grading/*.py")
WORKSHOP = ".grading"  # inside autograded/; nbgrader's patterns do not see it


class GradingError(RuntimeError):
    """Grading cannot begin; the message says why and what to do."""


class AlreadyRunning(GradingError):
    """Another run grades this course now."""


@dataclass(frozen=True)
class Submission:
    """Where a student's submission lies."""

    student: str
    assignment: str
    folder: Path


@dataclass(frozen=True)
class Course:
    """A course's root folder with its configuration."""

    root: Path
    config: Config

    def directory(self, **options) -> CourseDirectory:
        """nbgrader's view of the course, with some folders or ids set."""
        config = Config(self.config)
        return CourseDirectory(config=config, root=str(self.root), **options)

    @property
    def workshop(self) -> Path:
        return self.root / self.directory().autograded_directory / WORKSHOP

    def assignments(self, wanted: Sequence[str] = ()) -> dict[str, tuple[Path, ...]]:
        """Each assignment's source notebooks, by its name."""
        source = self.root / self.directory().source_directory
        found = {
            folder.name: tuple(sorted(folder.glob("*.ipynb")))
            for folder in sorted(source.glob("[!.]*"))
            if folder.is_dir()
        }
        found = {name: notebooks for name, notebooks in found.items() if notebooks}
        unknown = [name for name in wanted if name not in found]
        if unknown or not found:
            what = f"no assignment {unknown[0]!r}" if unknown else "no assignment"
            have = f"; there are: {', '.join(found)}" if found else ""
            raise GradingError(
                f"There is {what} in {source.name}/{have}. Run in the course's root."
            )
        return {name: found[name] for name in wanted or found}

    def submissions(
        self, assignments: Sequence[str], students: Sequence[str] = (), *, every: bool = False
    ) -> list[Submission]:
        """The folders under submitted/ that are asked for; links and strange names included."""
        submitted = self.root / self.directory().submitted_directory
        people = sorted(p for p in submitted.glob("[!.]*") if p.is_symlink() or p.is_dir())
        unknown = sorted(set(students) - {person.name for person in people})
        if unknown:
            raise GradingError(f"There is no student {unknown[0]!r} in {submitted.name}/.")
        found = []
        for person in people:
            if students and person.name not in students:
                continue
            if person.is_symlink():
                # Not even listed: it may point anywhere.
                found += [Submission(person.name, name, person / name) for name in assignments]
                continue
            for folder in sorted(person.glob("[!.]*")):
                if folder.name in assignments or (
                    every and (folder.is_dir() or folder.is_symlink())
                ):
                    found.append(Submission(person.name, folder.name, folder))
        return found


def open_course(root: Path | str) -> Course:
    """The course in a folder, with its nbgrader_config.py where it has one."""
    root = Path(root).resolve()
    # nbgrader starts alembic by name when it makes a gradebook.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    config = Config()
    name = "nbgrader_config.py"
    places = [root, Path(__file__).parents[3]]
    place = next((folder for folder in places if (folder / name).is_file()), None)
    if place is None:
        raise GradingError(f"There is no {name} in this folder. Run in the course's root.")
    config.merge(PyFileConfigLoader(name, str(place)).load_config())
    return Course(root, config)


@contextlib.contextmanager
def alone(course: Course) -> Iterator[Path]:
    """Hold the course's lock; a second run at the same time stops with a word."""
    course.workshop.mkdir(parents=True, exist_ok=True)
    with (course.workshop / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AlreadyRunning(
                "This course is being graded by another run at the moment. "
                "Wait until it is done, or stop it, then try again."
            ) from None
        yield course.workshop


def digest(parts: Sequence[bytes]) -> str:
    """One hash for several contents, none of which can pass for another."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big") + part)
    return total.hexdigest()


def judging_digest(settings: str) -> bytes:
    """What of us a score depends on: our code, the hidden seed, the limits."""
    files = sorted(path for pattern in JUDGING_PARTS for path in PACKAGE.glob(pattern))
    parts = [part for f in files for part in (f.name.encode(), f.read_bytes())]
    seed = os.environ.get("UNROLLED_SEED", "")
    return digest([*parts, seed.encode(), settings.encode()]).encode()
