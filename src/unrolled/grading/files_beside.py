"""Lay what belongs beside an autograded notebook: the student's own files, then the assignment's.

nbgrader copies the same, but follows links, copies what is no file, and knows no limit.
"""

import contextlib
import fnmatch
import mimetypes
import os
import re
import shutil
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

STUDENT_BYTES = 20 * 2**20
STUDENT_FILES = 500
FOLDERS = 1000  # that are looked into
# Formgrader would show it to an instructor as a page of its own, with all that the page may do.
ACTIVE = re.compile(r"html|xml|script|message/|x-shockwave|pdf")


def copy_students_files(folder: Path, place: Path, ignored: Sequence[str]) -> None:
    """Copy a student's regular files but notebooks, as many as a submission may have."""
    left = STUDENT_BYTES
    for count, path in enumerate(files_in(folder, [*ignored, "*.ipynb"]), 1):
        if count > STUDENT_FILES:
            break
        if ACTIVE.search(mimetypes.guess_type(path.name)[0] or ""):
            continue
        with contextlib.suppress(OSError):  # a link, or gone meanwhile
            left -= copy_regular(path, place / path.relative_to(folder), left)


def copy_regular(path: Path, place: Path, most: int) -> int:
    """Copy a file if it is a regular one of at most so many bytes; returns its size, or 0."""
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(fd, "rb") as source:
        info = os.fstat(fd)
        if not stat.S_ISREG(info.st_mode) or info.st_size > most:
            return 0
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("wb") as copy:
            shutil.copyfileobj(source, copy)
    return info.st_size


def copy_assignments_files(
    folder: Path, place: Path, ignored: Sequence[str], left_to_students: Sequence[str]
) -> None:
    """Copy what lies in source/ beside the notebooks, over a student's files of the same names."""
    for path in files_in(folder, [*ignored, "*.ipynb"]):
        name = path.relative_to(folder)
        if str(name) in left_to_students:
            continue
        target = place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        shutil.copy(path, target)


def files_in(folder: Path, ignored: Sequence[str]) -> Iterator[Path]:
    """Every file in a folder, no link to a folder followed, without those of these patterns."""
    for number, (parent, folders, names) in enumerate(os.walk(folder)):
        if number == FOLDERS:
            return
        folders[:] = sorted(name for name in folders if not matches(name, ignored))
        for name in sorted(names):
            if not matches(name, ignored):
                yield Path(parent, name)


def matches(name: str, patterns: Sequence[str]) -> bool:
    """Whether a pattern is the name's, as a shell has it: * does not begin with a dot."""
    return any(
        fnmatch.fnmatchcase(name, pattern) and name.startswith(".") <= pattern.startswith(".")
        for pattern in patterns
    )
