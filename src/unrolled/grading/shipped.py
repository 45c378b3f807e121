"""Tell whether a course's configuration asks of nbgrader's autograding what the shipped one does.

Then a batch writes the same by itself, much faster; else nbgrader's own converter writes, so that
nothing of a course's own configuration is lost.
"""

from nbconvert.exporters import NotebookExporter
from nbconvert.writers.files import FilesWriter
from nbgrader.converters import Autograde
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    SaveAutoGrades,
)
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from unrolled.grading.course import GradingError
from unrolled.grading.intake import refuse_unsafe
from unrolled.grading.judge import Judge
from unrolled.grading.match import MatchCells

SANITIZE = [ClearOutput, MatchCells]
GRADE = [Judge, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata]
# Settings that the batch's own writing heeds, or looks at here.
HEEDED = {
    "Autograde": {
        "autograde_preprocessors",
        "create_student",
        "exclude_overwriting",
        "force",
        "permissions",
        "pre_convert_hook",
        "sanitize_preprocessors",
    },
    "AssignLatePenalties": {"plugin_class"},
    "Judge": {"keras_limits", "limits", "sandboxed"},
}


def is_as_shipped(config: Config, converter: Autograde) -> bool:
    """Whether nothing but what we heed is set of all that nbgrader's autograding goes through."""
    if classes(converter.sanitize_preprocessors) != SANITIZE:
        return False
    if classes(converter.autograde_preprocessors) != GRADE:
        return False
    if converter.pre_convert_hook not in (None, refuse_unsafe):
        return False
    steps = [Autograde, NotebookExporter, FilesWriter, *SANITIZE, *GRADE]
    names = {parent.__name__ for step in steps for parent in step.__mro__}
    return all(
        key in HEEDED.get(name, ())
        for name, settings in config.items()
        if name in names
        for key in settings
    )


def require_judge(converter: Autograde) -> None:
    """Refuse a configuration under which nbgrader would run students' code in a kernel."""
    if Judge not in classes(converter.autograde_preprocessors):
        raise GradingError(
            "c.Autograde.autograde_preprocessors in nbgrader_config.py has no "
            "unrolled.grading.judge.Judge, so nbgrader would run students' code unprotected. "
            "Put it in the place of Execute."
        )


def classes(preprocessors: list) -> list:
    """The classes that a list of preprocessors names, by name or by itself."""
    return [import_item(each) if isinstance(each, str) else each for each in preprocessors]
