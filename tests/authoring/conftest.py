"""A small course in a folder of its own: one lecture, one assignment, some code."""

from dataclasses import dataclass
from pathlib import Path

import polib
import pytest
from nbformat import NotebookNode, v4

from unrolled.authoring import catalogue, notebooks

LECTURE = "course/00_start.ipynb"
ASSIGNMENT = "source/00_start/00_start.ipynb"

HINTS = "\n\n".join(
    f"<details>\n<summary>Hint {n}</summary>\n\nThink.\n\n</details>" for n in "123"
)
SETUP = 'import numpy as np\nfrom unrolled import check, set_language\n\nset_language("en")'
SOLUTION = '''def affine(x, W, b):
    """Return x W + b, shape (batch, units)."""
    ### BEGIN SOLUTION
    return np.matmul(x, W) + b
    ### END SOLUTION'''
TEST = """check("affine", affine)
### BEGIN HIDDEN TESTS
check("affine", affine, seed=...)
### END HIDDEN TESTS"""
PLOT = """# Draw the state.
words = "Harry Potter"
title = f"{words} at step {1 + 1}"
print(title, "{x} and {y}".format(x=1, y=2), "h_t")"""
CODE = """from unrolled.language import N_, _ as translated

OTHER = N_("another formula")


@affine.mistake(
    "bias-ignored",
    "The bias b is missing: "
    "y = x W + b.",
    hint=gives(formula="not this one"),
)
def _(x, W, b):
    return x @ W


def say(count):
    # Translators: shown after a check.
    return translated("{count} of {all} cases.").format(count=count, all=translated(OTHER))
"""


def markdown(id: str, source: str) -> NotebookNode:
    return NotebookNode(cell_type="markdown", id=id, metadata={}, source=source)


def code(id: str, source: str, **grading) -> NotebookNode:
    cell = v4.new_code_cell(source, id=id)
    if grading:
        grading |= {"grade_id": id, "schema_version": 3, "task": False}
        cell.metadata["nbgrader"] = NotebookNode(grading)
    return cell


@dataclass(frozen=True)
class Course:
    root: Path

    def read(self, path: str) -> NotebookNode:
        return notebooks.read(self.root / path)

    def cell(self, path: str, id: str) -> NotebookNode:
        return next(cell for cell in self.read(path).cells if cell.id == id)

    def edit(self, path: str, id: str, old: str, new: str) -> None:
        notebook = self.read(path)
        cell = next(cell for cell in notebook.cells if cell.id == id)
        assert old in cell.source
        cell.source = cell.source.replace(old, new)
        notebooks.write(self.root / path, notebook)

    def korean(self, **words: str) -> None:
        """Give every sentence the same Korean as English, but for these words."""
        catalogue.translate(self.root)
        po = polib.pofile(str(self.root / catalogue.PO), wrapwidth=0)
        for entry in po:
            entry.msgstr, entry.flags, entry.previous_msgid = entry.msgid, [], None
            for old, new in words.items():
                entry.msgstr = entry.msgstr.replace(old, new)
        (self.root / catalogue.PO).write_text(catalogue.text_of(po))
        catalogue.translate(self.root)

    def snapshot(self) -> dict[str, bytes]:
        files = [path for path in self.root.rglob("*") if path.is_file()]
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def course(tmp_path) -> Course:
    lecture = [
        markdown(
            "title",
            "# Start\n\nSee [the assignment](../release/00_start/00_start.ipynb#top), "
            "![a figure](figures/neuron.svg) and [Keras](https://keras.io). "
            "Write `[here](as_it_is.md)`. It has 10,000 words. [Korean](ko/00_start.ipynb)",
        ),
        code("setup", SETUP),
        code("plot", PLOT),
        code("count", "1 + 1"),
    ]
    exercise = [
        markdown("title", "# Assignment\n\nIt belongs to [lecture](../../course/00_start.ipynb)."),
        code("setup", SETUP),
        markdown("affine-statement", "## `affine`\n\nSee ![shapes](shapes.svg)."),
        code("affine", SOLUTION, grade=False, solution=True, locked=False),
        code("test_affine", TEST, grade=True, solution=False, locked=True, points=2),
        markdown("affine-hints", HINTS),
    ]
    for path, cells in ((LECTURE, lecture), (ASSIGNMENT, exercise)):
        notebooks.write(tmp_path / path, v4.new_notebook(cells=cells))
    (tmp_path / "course/figures").mkdir()
    (tmp_path / "course/figures/neuron.svg").write_text("<svg/>")
    (tmp_path / "source/00_start/shapes.svg").write_text("<svg/>")
    (tmp_path / "src/unrolled").mkdir(parents=True)
    (tmp_path / "src/unrolled/exercise.py").write_text(CODE)
    return Course(tmp_path)
