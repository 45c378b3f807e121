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
from unrolled.grading.intake import PATTERNS

PACKAGE = Path(unrolled.__file__).parent
# The parts of unrolled that a score depends on.
JUDGING_PARTS = ("*.py", "exercises/*.py", "grading/*.py")
MAX_FILES_BYTES = 8 * 2**20
WORKSHOP = ".grading"  # inside autograded/; nbgrader's patterns do not see it


class GradingError(RuntimeError):
    """Grading cannot begin; the message says why and what to do."""


class CannotGoOn(GradingError):
    """What went wrong would meet every other submission too; what was written stays."""


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
        for name, notebooks in found.items():
            for bad in (n for n in (name, *(p.stem for p in notebooks)) if set(n) & set(PATTERNS)):
                raise GradingError(
                    f"{bad!r} in {source.name}/ has one of {PATTERNS} in its name, which nbgrader "
                    "takes for a pattern. Rename it."
                )
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
        """The folders under submitted/ that are asked for; links and strange names included.

        A student who handed in nothing at all is listed too, with folders that are not there.
        """
        submitted = self.root / self.directory().submitted_directory
        people = sorted(
            path
            for path in submitted.glob("*")
            # Jupyter's own; any other name may be a student's.
            if path.name != ".ipynb_checkpoints" and may_be_folder(path)
        )
        unknown = sorted(set(students) - {person.name for person in people})
        if unknown:
            raise GradingError(f"There is no student {unknown[0]!r} in {submitted.name}/.")
        found = []
        for person in people:
            if students and person.name not in students:
                continue
            folders = [path for path in person.glob("[!.]*") if may_be_folder(path)]
            if person.is_symlink() or not folders:
                # A link is not even followed: it may point anywhere.
                found += [Submission(person.name, name, person / name) for name in assignments]
                continue
            for folder in sorted(folders):
                if every or folder.name in assignments:
                    found.append(Submission(person.name, folder.name, folder))
        return found


def open_course(root: Path | str) -> Course:
    """The course in a folder, with its nbgrader_config.py where it has one."""
    root = Path(root).resolve()
    # nbgrader starts alembic by name when it makes a gradebook.
    programs = str(Path(sys.executable).parent)
    paths = os.environ.get("PATH", os.defpath).split(os.pathsep)
    if programs not in paths:
        os.environ["PATH"] = os.pathsep.join([programs, *paths])
    seed = os.environ.get("UNROLLED_SEED", "")
    if seed and not (seed.isascii() and seed.isdigit()):
        raise GradingError(f"UNROLLED_SEED is {seed!r}. Set it to a whole number, or unset it.")
    config = Config()
    name = "nbgrader_config.py"
    if not (root / name).is_file():
        raise GradingError(f"There is no {name} in this folder. Run in the course's root.")
    config.merge(PyFileConfigLoader(name, str(root)).load_config())
    return Course(root, config)


def may_be_folder(path: Path) -> bool:
    """Whether it is a folder, a link, or cannot be told: what is wrong with it, its row says."""
    try:
        return path.is_symlink() or path.is_dir()
    except PermissionError:
        return True


def assignment_files(folder: Path) -> dict[str, bytes]:
    """What an assignment has beside its notebooks, for students' code to read: path → content."""
    paths = {path.relative_to(folder): path for path in sorted(folder.rglob("*"))}
    paths = {
        place: path
        for place, path in paths.items()
        if path.is_file()
        and path.suffix not in (".ipynb", ".pyc")
        and not any(part.startswith(".") for part in place.parts)
    }
    size = sum(path.stat().st_size for path in paths.values())
    if size > MAX_FILES_BYTES:
        raise GradingError(
            f"The files in {folder.parent.name}/{folder.name}/ have {size / 2**20:.1f} MB beside "
            f"the notebooks; students' code gets at most {MAX_FILES_BYTES // 2**20} to read. Make "
            "them smaller, or take out what no notebook reads."
        )
    return {place.as_posix(): path.read_bytes() for place, path in paths.items()}


@contextlib.contextmanager
def alone(course: Course) -> Iterator[Path]:
    """Hold the course's lock; a second run at the same time stops with a word."""
    try:
        course.workshop.mkdir(parents=True, exist_ok=True)
        lock = (course.workshop / "lock").open("w")
    except OSError as error:
        raise GradingError(
            f"{error.filename or course.workshop.parent} cannot be written ({error.strerror}). "
            "Make it writable for you, then try again."
        ) from None
    with lock as file:
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
    seed = os.environ.get("UNROLLED_SEED", "")
    return digest([code_digest().encode(), seed.encode(), settings.encode()]).encode()


def code_digest() -> str:
    """Our code that a score depends on, as it lies on this machine."""
    files = sorted(path for pattern in JUDGING_PARTS for path in PACKAGE.glob(pattern))
    return digest([part for f in files for part in (f.name.encode(), f.read_bytes())])
