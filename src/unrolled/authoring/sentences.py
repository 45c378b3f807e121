"""Gathers every sentence that a reader sees: cells of notebooks, and marked strings of the code."""

import ast
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from unrolled.authoring.prose import has_prose

# gettext's words for "every argument" and "the second one".
KEYWORDS = {"_": None, "N_": None, "mistake": (2,)}
NOTE_TAG = "Translators:"
CODE_CELL = "A code cell: translate its comments and its texts, leave the code as it is."


@dataclass(frozen=True)
class Sentence:
    """Something to translate.

    context: a cell's notebook and id, or None for a sentence of the code; kind: "markdown",
    "code" or "text"; file: where a sentence of the code stands; note: what translators must know.
    """

    context: str | None
    english: str
    kind: str
    file: str = ""
    note: str = ""


def context_of(name: str, cell: NotebookNode) -> str:
    """Return the catalogue's context of a cell: "course/02_recurrent_neuron:setup"."""
    return f"{name}:{cell.id}"


def cell_sentences(documents: Mapping[str, NotebookNode]) -> list[Sentence]:
    """Return the cells to translate of notebooks by name, in reading order."""
    return [
        Sentence(
            context_of(name, cell),
            cell.source,
            cell.cell_type,
            note=CODE_CELL if cell.cell_type == "code" else "",
        )
        for name, notebook in sorted(documents.items())
        for cell in notebook.cells
        if cell.source
        and (cell.cell_type == "markdown" or (cell.cell_type == "code" and has_prose(cell.source)))
    ]


def code_sentences(root: Path) -> tuple[list[Sentence], list[str]]:
    """Return the sentences of src/unrolled, and what cannot be translated there."""
    found: dict[str, Sentence] = {}
    faults: list[str] = []
    for path in sorted((root / "src/unrolled").rglob("*.py")):
        file = path.relative_to(root).as_posix()
        source = path.read_text(encoding="utf-8")
        try:
            sentences, unseen = _sentences_of(source, file)
        except SyntaxError as error:
            faults.append(f"{file}, line {error.lineno}: {error.msg}. Mend it first.")
            continue
        faults += unseen
        for sentence in sentences:
            found.setdefault(sentence.english, sentence)
    return sorted(found.values(), key=lambda each: (each.file, each.english)), faults


def _sentences_of(source: str, file: str) -> tuple[list[Sentence], list[str]]:
    from babel.messages.extract import extract

    tree = ast.parse(source)
    keywords = KEYWORDS | dict.fromkeys(_aliases(tree))
    sentences = [
        Sentence(None, message, "text", file, " ".join(notes).removeprefix(NOTE_TAG).strip())
        for _line, message, notes, _context in extract(
            "python", io.BytesIO(source.encode()), keywords, [NOTE_TAG]
        )
        if isinstance(message, str)
    ]
    seen = {sentence.english for sentence in sentences}
    faults, marked = [], set()
    for line, name, argument in _marked(tree, keywords):
        where = f"{file}, line {line}: {name}(…)"
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            marked.add(argument.value or None)
            if argument.value and argument.value not in seen:
                faults.append(f"{where} is not seen by Babel. Give it a line of its own.")
        elif isinstance(argument, ast.JoinedStr | ast.BinOp) or name == "mistake":
            faults.append(
                f"{where} cannot be translated: its sentence is put together while the program "
                f'runs. Write {name}("… {{x}} …") and fill it afterwards with .format(x=…).'
            )
        elif isinstance(argument, ast.Call) and _called(argument) == "format":
            faults.append(f"{where} is filled before it is translated. Move .format outside.")
    # What Babel takes for a sentence and Python does not would never be looked up.
    return [sentence for sentence in sentences if sentence.english in marked], faults


def _aliases(tree: ast.Module) -> list[str]:
    """Return the other names under which a module imports `_` or `N_`."""
    return [
        name.asname
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "unrolled.language"
        for name in node.names
        if name.name in KEYWORDS and name.asname
    ]


def _marked(tree: ast.Module, keywords: Mapping) -> Iterator[tuple[int, str, ast.expr]]:
    """Yield line, name and sentence of each call that marks a sentence."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := _called(node)) in keywords:
            place = 1 if keywords[name] else 0
            if len(node.args) > place:
                yield node.lineno, name, node.args[place]


def _called(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr if function.attr in ("mistake", "format") else ""
    return function.id if isinstance(function, ast.Name) else ""
