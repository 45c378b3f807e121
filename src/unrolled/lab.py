"""Opens the course in JupyterLab, on a work copy that never overwrites a student's file."""

import hashlib
import itertools
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

WORK = "work"
RECORD = ".copied.json"


def refresh_work_copy(root: Path) -> list[str]:
    """Copy lectures and released assignments of `root` to root/work.

    A file that was edited there since it was copied stays as it is. When its original has
    changed meanwhile, the new version is put beside it, and a sentence returned says so.
    """
    work = root / WORK
    work.mkdir(exist_ok=True)
    record_file = work / RECORD
    record = json.loads(record_file.read_text()) if record_file.exists() else {}
    said = []
    for original in _originals(root):
        name, wanted = original.relative_to(root), _hash(original)
        for copy in _places(work / name):
            key = copy.relative_to(work).as_posix()
            if copy.exists() and record.get(key) == wanted:
                break  # this version was handed over already; what became of it is the student's
            if not copy.exists() or _hash(copy) in (record.get(key), wanted):
                copy.parent.mkdir(parents=True, exist_ok=True)
                half_done = copy.with_name(f".{copy.name}.part")
                shutil.copyfile(original, half_done)
                half_done.replace(copy)  # an interrupted copy must not pass for a student's work
                record[key] = wanted
                if copy.name != original.name:
                    said.append(f"{WORK}/{name} holds your work and is kept; new: {copy.name}")
                break
    record_file.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n")
    return said


def _places(copy: Path) -> Iterator[Path]:
    """Where a version may lie: its own name, then names that never hide an edited file."""
    yield copy
    for number in itertools.count(2):
        yield copy.with_name(f"{copy.stem}.new{number}{copy.suffix}")


def _originals(root: Path) -> Iterator[Path]:
    for folder in ("course", "release"):
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and not any(part.startswith(".") for part in path.parts):
                yield path


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def open_lab(root: Path, language: str) -> None:
    """Replace this process by JupyterLab, opened at the front page."""
    first = "course/ko/index.ipynb" if language == "ko" else "course/index.ipynb"
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root / WORK}"]
    command += [f"--LabApp.default_url=/lab/tree/{first}", "--LabApp.news_url=None"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    os.environ["UNROLLED_LANG"] = language
    os.execv(sys.executable, command)
