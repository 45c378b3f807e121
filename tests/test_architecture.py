"""Imports go one way, and importing the package stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src" / "unrolled"

# Each module may import from its own row and from the rows above it. Drawing may use checking's
# language, never the other way round; a student's half never needs what an author's half needs.
ROWS = (
    ("language", "errors", "palette"),
    ("cells", "plain"),
    ("comparison",),
    ("layers",),
    ("gradients", "sequences"),
    ("tasks", "trace"),
    ("figures",),
    ("widgets",),
    ("exercises",),
    ("outcome",),
    ("clues",),
    ("diagnosis",),
    ("checks", "progress"),
    ("__init__",),
    ("authoring", "lab", "selfcheck"),
    ("grading",),
    ("demo",),
    ("cli",),
)
RANK = {name: rank for rank, row in enumerate(ROWS) for name in row}
STUDENTS = {name for row in ROWS[: ROWS.index(("__init__",)) + 1] for name in row}
DRAWN = {"figures", "widgets", "tasks", "trace"}
HEAVY = {"nbgrader", "nbformat", "nbconvert", "polib", "babel", "click", "rich", "nh3"}


MODULES = [
    pytest.param(
        path,
        path.relative_to(PACKAGE).parts[0].removesuffix(".py"),
        id=path.relative_to(PACKAGE).as_posix(),
    )
    for path in sorted(PACKAGE.rglob("*.py"))
]


def imports(path: Path):
    """Every module imported in a file, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            if node.module == "unrolled":
                yield from (f"unrolled.{alias.name}" for alias in node.names)


@pytest.mark.parametrize(("path", "part"), MODULES)
def test_imports_go_one_way(path, part):
    assert part in RANK, f"{part} has no place in the order of modules: add it to ROWS"
    for name in imports(path):
        if name.startswith("unrolled.") and name.split(".")[1] in RANK:
            other = name.split(".")[1]
            assert RANK[other] <= RANK[part], f"{path.name} imports {name}, which lies above it"


@pytest.mark.parametrize(("path", "part"), MODULES)
def test_the_student_half_needs_only_numpy(path, part):
    if part in STUDENTS - DRAWN:
        tops = {name.split(".")[0] for name in imports(path)}
        # Keras is a student's own word inside a wrong answer to a Keras exercise.
        allowed = {"unrolled", "numpy", "keras"} if part == "exercises" else {"unrolled", "numpy"}
        assert tops <= allowed | sys.stdlib_module_names
    if part in STUDENTS:
        assert not {name.split(".")[0] for name in imports(path)} & HEAVY


def test_importing_is_quick_and_loads_no_tensorflow():
    code = (
        # Processor time: a clock on the wall also counts who else is at work on the machine.
        "import sys, time; start = time.process_time(); import unrolled;"
        "print(time.process_time() - start);"
        "print(*({'tensorflow', 'keras', 'matplotlib', 'nbgrader'} & set(sys.modules)))"
    )
    times, loaded = [], ""
    for _attempt in range(3):
        result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        seconds, loaded = result.stdout.split("\n")[:2]
        times.append(float(seconds))
    assert loaded == ""
    assert min(times) < 0.3
