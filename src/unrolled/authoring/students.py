"""Makes the students' version of assignments with nbgrader's own converter."""

import logging
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from unrolled.authoring import notebooks

IGNORED = (".ipynb_checkpoints", "__pycache__", ".DS_Store")


@dataclass(frozen=True)
class Released:
    """What students get: notebooks and other files, by their paths below release/."""

    notebooks: dict[str, NotebookNode] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)


def assignment_names(root: Path) -> list[str]:
    """Return every assignment that has a notebook, in order."""
    return sorted({path.parent.name for path in root.glob("source/*/*.ipynb")})


def students_version(root: Path, assignments: Iterable[str]) -> Released:
    """Convert assignments in a folder of their own, so that no gradebook is touched."""
    released = Released()
    with tempfile.TemporaryDirectory(prefix="unrolled-") as folder:
        course = Path(folder).resolve()
        for name in assignments:
            shutil.copytree(
                root / "source" / name,
                course / "source" / name,
                ignore=shutil.ignore_patterns(*IGNORED),
            )
            _generate(root, course, name)
        for path in sorted((course / "release").rglob("*")):
            key = path.relative_to(course / "release").as_posix()
            if path.suffix == ".ipynb":
                released.notebooks[key] = notebooks.normalised(notebooks.read(path))
            elif path.is_file():
                released.files[key] = path.read_bytes()
    return released


def _generate(root: Path, course: Path, name: str) -> None:
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory

    log, said = _quiet_log()
    config = _configuration(root, course)
    directory = CourseDirectory(config=config, log=log, assignment_id=name)
    converter = GenerateAssignment(directory, config=config, log=log, no_database=True)
    # Only grading needs the cells in a gradebook, and it records them itself.
    converter.preprocessors = [
        step for step in converter.preprocessors if "SaveCells" not in str(step)
    ]
    try:
        converter.start()
    except NbGraderException:
        reason = next((text for text in said if "Traceback" in text), said[0] if said else "")
        raise ValueError(
            f"source/{name}: nbgrader cannot make the students' version: "
            f"{reason.strip().splitlines()[-1]}. Mend the cell and run: make release"
        ) from None


def _configuration(root: Path, course: Path) -> Any:
    from traitlets.config import Config
    from traitlets.config.loader import PyFileConfigLoader

    config = Config()
    if (root / "nbgrader_config.py").is_file():
        config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.source_directory = "source"
    config.CourseDirectory.release_directory = "release"
    config.CourseDirectory.db_url = "sqlite://"
    return config


def _quiet_log() -> tuple[logging.Logger, list[str]]:
    """Return a logger that prints nothing, and the list of errors that it gathers."""
    said: list[str] = []
    log = logging.Logger("unrolled.release", logging.ERROR)
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())
    log.addHandler(handler)
    return log, said
