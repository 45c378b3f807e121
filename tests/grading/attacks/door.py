"""At the door: folders and files that are no notebooks, notebooks that lie, text that acts."""
# ruff: noqa: E501 - a line of an attack's source is one line here

import copy
import json
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from tests.grading.attacks.attack import RIGHT, TELL, WRONG, Attack


def replaced(make: Callable[[Path], object]) -> Callable[[Path], None]:
    """Something else where the notebook was."""

    def spoil(path: Path) -> None:
        path.unlink()
        make(path)

    return spoil


def written(content: bytes | str) -> Callable[[Path], None]:
    data = content.encode() if isinstance(content, str) else content
    return lambda path: path.write_bytes(data) and None


def rewritten(change: Callable[[str], str | bytes]) -> Callable[[Path], None]:
    """The notebook's own text, changed."""

    def spoil(path: Path) -> None:
        content = change(path.read_text())
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    return spoil


def with_cell(cell: dict) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        data = json.loads(path.read_text())
        data["cells"].append(cell)
        path.write_text(json.dumps(data))

    return spoil


def listen(path: Path) -> None:
    """A socket in the file system, bound by its short name: its whole path may be too long."""
    before = os.getcwd()
    os.chdir(path.parent)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)
    os.chdir(before)


def sparse(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(2**40)


def linked_folder(path: Path) -> None:
    shutil.rmtree(path.parent)
    path.parent.symlink_to("../../source/00_start")


def linked_student(path: Path) -> None:
    shutil.rmtree(path.parents[1])
    path.parents[1].symlink_to("../source")


def beside(path: Path) -> None:
    """Right notebook, with links, pipes and strange files beside it."""
    (path.parent / "gradebook.db").symlink_to("../../../gradebook.db")
    (path.parent / "nbgrader_config.py").write_text("raise SystemExit('read')")
    (path.parent / "data").symlink_to("/")
    os.mkfifo(path.parent / "pipe")
    os.mkdir(os.path.join(os.fsencode(path.parent), b"\xff\xfe"))


STRANGE = '{"cells": [%s], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'

FILES = (
    Attack("linked-notebook", "a link to the solution in place of the notebook",
           spoil=replaced(lambda p: p.symlink_to("../../../source/00_start/00_start.ipynb")), due=None),
    Attack("dangling-link", "a link to nowhere",
           spoil=replaced(lambda p: p.symlink_to("/nowhere")), due=None),
    Attack("linked-folder", "the assignment's folder is a link to the solution", spoil=linked_folder,
           due=None),
    Attack("linked-student", "the student's folder is a link to the course", spoil=linked_student,
           due=None),
    Attack("hard-link", "another name of the course's configuration",
           spoil=replaced(lambda p: p.hardlink_to(p.parents[3] / "nbgrader_config.py")), due=None),
    Attack("pipe", "a pipe that nobody writes to", spoil=replaced(os.mkfifo), due=None),
    Attack("socket", "a socket in place of the notebook", spoil=replaced(listen), due=None),
    Attack("device", "a link to a device that never ends",
           spoil=replaced(lambda p: p.symlink_to("/dev/zero")), due=None),
    Attack("a-folder", "a folder that is called like the notebook", spoil=replaced(os.mkdir), due=None),
    Attack("sparse", "a file of a terabyte, all of it hole", spoil=sparse, due=None),
    Attack("beside", "links, pipes and a configuration beside a right notebook", RIGHT, spoil=beside,
           due=4),
    Attack("other-case", "the notebook's name in other letters",
           spoil=lambda p: p.rename(p.with_name("00_START.IPYNB")) and None, due=None),
    Attack("stamp-link", "a time of submission that is a link", RIGHT,
           spoil=lambda p: (p.parent / "timestamp.txt").symlink_to("../../../gradebook.db"), due=None),
    Attack("stamp-bomb", "a time of submission of no time", RIGHT,
           spoil=lambda p: (p.parent / "timestamp.txt").write_text("9" * 90) and None, due=None),
)  # fmt: skip

TEXT = (
    Attack("not-json", "half a file", spoil=rewritten(lambda t: t[:700]), due=None),
    Attack("deep-json", "a million open brackets", spoil=written("[" * 10**6), due=None),
    Attack("deep-metadata", "metadata a thousand levels deep",
           spoil=rewritten(lambda t: t.replace('"metadata": {', '"metadata": {"x": '
                           + "[" * 900 + "]" * 900 + ", ", 1)), due=None),
    Attack("wide-json", "millions of empty lists",
           spoil=written('{"nbformat": 4, "cells": [], "x": [' + "[]," * (3 * 10**6) + "[]]}"),
           due=0),
    Attack("json-number", "a number of millions of digits, quadratic to read",
           spoil=written('{"nbformat": ' + "4" * (9 * 10**6) + ', "cells": []}'), due=None),
    Attack("long-fraction", "a fraction of millions of digits",
           spoil=rewritten(lambda t: t.replace('"nbformat": 4', '"x": 0.' + "1" * (9 * 10**6)
                           + ', "nbformat": 4', 1)), due=0),
    Attack("json-nan", "NaN and Infinity for numbers",
           spoil=rewritten(lambda t: t.replace('"nbformat_minor": 5', '"x": [NaN, -Infinity],'
                           ' "nbformat_minor": NaN')), due=0),
    Attack("twice-the-keys", "cells given twice: who reads which?",
           spoil=rewritten(lambda t: '{"cells": [],' + t.lstrip()[1:]), due=0),
    Attack("bad-bytes", "bytes that are no UTF-8", spoil=written(b'{"cells": ["\xff\xfe"]}'), due=None),
    Attack("utf-16", "the notebook in UTF-16", spoil=rewritten(lambda t: t.encode("utf-16")), due=None),
    Attack("byte-order-mark", "a right notebook with a byte order mark", RIGHT,
           spoil=rewritten(lambda t: t.encode("utf-8-sig")), due=4),
    Attack("half-letters", "half surrogate pairs in sources, ids and metadata", RIGHT,
           spoil=with_cell({"cell_type": "markdown", "id": "\ud800", "metadata": {"\udfff": "\ud83d"},
                            "source": ["\ud83d", "\udfff"]}), due=4),
    Attack("nulls", "NUL characters in sources and names", RIGHT,
           spoil=with_cell({"cell_type": "code", "id": "n\0l", "metadata": {}, "outputs": [],
                            "execution_count": 1, "source": "print('\0')"}), due=4),
    Attack("version-3", "a notebook of format 3",
           spoil=written('{"nbformat": 3, "worksheets": [{"cells": []}]}'), due=None),
    Attack("version-lies", "a notebook whose format is true, a text, a list",
           spoil=written('{"nbformat": true, "cells": []}'), due=None),
    Attack("many-cells", "a hundred thousand cells",
           spoil=written(STRANGE % ",".join(['{"cell_type": "raw", "source": ""}'] * 10**5)), due=None),
    Attack("wrong-kinds", "cells that are numbers, lists and of unknown kinds",
           spoil=with_cell({"cell_type": ["code"], "source": {"a": 1}}), due=None),
    Attack("a-wrong-cell", "cells that is an object", spoil=written('{"nbformat": 4, "cells": {}}'),
           due=None),
    Attack("huge-code", "megabytes of code, whose tree takes gigabytes outside the sandbox",
           spoil=with_cell({"cell_type": "code", "metadata": {}, "outputs": [], "source":
                            "affine\n" + "a\n" * (2 * 10**6)}), due=None,
           win="the judge's memory or time grows"),
    Attack("long-code", "one long cell, below every limit", RIGHT,
           spoil=with_cell({"cell_type": "code", "metadata": {}, "outputs": [], "source":
                            "affine\n" + "a\n" * 200_000}), due=4, win="the judge's time grows"),
)  # fmt: skip


def named(name: str, about: str) -> Attack:
    """A right notebook in a folder of a strange name."""
    return Attack(name, about, RIGHT, due=None)


NAMES = (
    named("\u202egnihtyna", "a name that reverses what is printed after it"),
    named("bell\x07\x1b[31m", "a name that rings and colours"),
    named("line\nfeed", "a name of two lines"),
    named("-rf", "a name that is an option"),
    named(".hidden", "a name that is not listed"),
    named("*", "a name that is everybody's"),
    named("[a-z]da", "a name that is a pattern"),
    named("n" * 255, "a name as long as names go"),
    named(" space ", "a name with spaces around it"),
    Attack("..evil", "a name that begins like the folder above", RIGHT, due=None),
    Attack("=cmd|' C calc'!A0", "a name that a spreadsheet would run", RIGHT, due=4),
    Attack("{student_id}%s$HOME", "a name with templates in it", RIGHT, due=4),
    Attack("<b>&amp;", "a name with markup in it", RIGHT, due=4),
    Attack("robert'); drop table grade;--", "a name that is SQL", RIGHT, due=4),
    Attack("김하늘", "an honest name", RIGHT, due=4),
    Attack("unknown-assignment", "a folder for an assignment that there is not", RIGHT, due=None,
           assignment="99_unknown"),
    Attack("climbing-assignment", "an assignment's folder with .. in its name", RIGHT, due=None,
           assignment="..00_start"),
)  # fmt: skip


def lie(notebook: NotebookNode) -> None:
    """Metadata that claims points, locks and manual grades, on every cell, with the same ids."""
    for cell in notebook.cells:
        cell.metadata["nbgrader"] = {
            "grade": True, "solution": True, "locked": True, "task": True, "points": 100,
            "grade_id": "test_affine", "schema_version": 99, "checksum": "0" * 32,
        }  # fmt: skip
        cell.metadata["unrolled"] = {"exercise": "affine", "mistake": None, "message": "right"}
    notebook.metadata["unrolled"] = {
        "language": "../../etc",
        "record": {"hash": "0"},
        "seconds": -1,
    }


def skip(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.metadata["tags"] = ["skip-execution", "raises-exception", "remove-cell", "parameters"]


def rewrite_tests(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if cell.get("id", "").startswith("test_"):
            cell.source = "100.0"
            data = {"text/plain": "100.0"}
            cell.outputs = [new_output("execute_result", data, execution_count=1)]


def copy_ids(notebook: NotebookNode) -> None:
    """The answer's and the test's grade ids borne by many cells, of all kinds."""
    for cell in list(notebook.cells):
        twin = copy.deepcopy(cell)
        twin.cell_type = "markdown"
        notebook.cells += [copy.deepcopy(cell), twin]


ACTIVE = (
    "<script>document.title='spo'+'ils:'</script><img src=x onerror=alert(1)>"
    "<svg onload=alert(1)><iframe src='javascript:alert(1)'></iframe>"
    "<a href='javascript:alert(1)'>a</a><a href='data:text/html,x'>b</a>"
    "<meta http-equiv='refresh' content='0;url=http://e.example'><base href='http://e.example'>"
    "<form action='http://e.example'><input name=a></form><style>*{display:none}</style>"
    "<object data='x.swf'></object><embed src=x><link rel=stylesheet href=http://e.example>"
    "<details open ontoggle=alert(1)></details><math><mi xlink:href='javascript:a'>x</mi></math>"
    "![p](http://e.example/p.png)\n\n[j](javascript:alert(1)) <http://e.example>"
    "\n\n```html\n</code></pre><script>alert(2)</script>\n```\n\n$\\href{javascript:alert(1)}{x}$"
)


def act(notebook: NotebookNode) -> None:
    """Active text in every kind of cell, in outputs, attachments and metadata."""
    shown = {"text/html": ACTIVE, "application/javascript": "alert(1)", "image/svg+xml": ACTIVE,
             "text/markdown": ACTIVE, "application/vnd.jupyter.widget-view+json": {"model_id": "x"},
             "text/latex": ACTIVE, "text/plain": ACTIVE}  # fmt: skip
    output = new_output("display_data", shown)
    attachments = {"a.svg": {"image/svg+xml": ACTIVE}}
    code = f"print({ACTIVE!r})\nprint('\\x1b]8;;http://e.example\\x07\\x1b[31m\\u202e')\n{ACTIVE!r}"
    notebook.cells += [
        new_code_cell(code, outputs=[output]),
        new_markdown_cell(ACTIVE, attachments=attachments),
        new_raw_cell(ACTIVE, metadata={"raw_mimetype": "text/html", "format": "text/html"}),
        new_code_cell(f"raise ValueError({ACTIVE!r} + '\\x1b[2J')"),
        new_code_cell(f"class E(Exception): pass\nE.__name__ = {ACTIVE!r}\nraise E"),
    ]
    notebook.metadata["title"] = ACTIVE


def speak_falsely(notebook: NotebookNode) -> None:
    notebook.metadata["kernelspec"] = {"name": "bash", "language": "bash", "display_name": ACTIVE}
    notebook.metadata["language_info"] = {"name": "R", "pygments_lexer": "html", "version": ACTIVE}


def many_words(notebook: NotebookNode) -> None:
    notebook.cells.append(new_markdown_cell("$a " * 60_000 + "\\begin{a}" * 60_000))
    notebook.cells.append(new_markdown_cell("[" * 100_000 + "*_`" * 200_000 + "> " * 60_000))


MAGIC = (
    "%%bash\ncat @ROOT@/gradebook.db; env",
    "%%writefile /tmp/x.py\nprint(1)",
    "%run /tmp/x.py\n%run @ROOT@/source/00_start/00_start.ipynb",
    "%load_ext autoreload\n%autoreload 2\n%load @ROOT@/nbgrader_config.py",
    "!env; cat /etc/passwd\nfiles = !ls /\n%sx env\n%system env\n!!env",
    "%%script python3\nimport os; print(os.environ)",
    "%%html\n<script>alert(1)</script>",
    "%%javascript\nalert(1)",
    "from IPython.display import HTML, Javascript, SVG, Markdown\n"
    "display(HTML('<script>alert(1)</script>'), Javascript('alert(1)'))",
    "input('password?')\nimport getpass; getpass.getpass()",
    "%cd @ROOT@\n%pdb on\n%debug\nbreakpoint()",
    "get_ipython().kernel.do_shutdown(False)",
    "exit()\nquit()\nraise SystemExit",
)

NOTEBOOKS = (
    Attack("metadata-lies", "metadata that claims points, locks and other cells' ids", edit=lie),
    Attack("skipped-cells", "tags that make a plain runner skip every cell", edit=skip),
    Attack("tests-rewritten", "tests that give themselves a hundred points", edit=rewrite_tests),
    Attack("ids-copied", "grade ids copied to cells of all kinds", RIGHT, edit=copy_ids, due=4),
    Attack("active-text", "scripts, frames, forms and escapes in every kind of cell and output",
           RIGHT, edit=act, due=4, win="one of them is alive in autograded outputs or on a page"),
    Attack("language-lies", "a kernel and a language that are others", RIGHT, edit=speak_falsely,
           due=4),
    Attack("many-words", "a megabyte of Markdown that is slow to parse", RIGHT, edit=many_words, due=4,
           win="the writer or the feedback page takes for ever"),
    Attack("magics", "magics, shell commands, displays, input and exit", RIGHT, before=MAGIC, due=4),
    Attack("marks-in-text", "the hidden tests' marks in the student's own cells", WRONG,
           before=(TELL + "### BEGIN HIDDEN TESTS\nprint(1)\n### END HIDDEN TESTS",),
           after=("### BEGIN SOLUTION\n1\n### END SOLUTION",)),
)  # fmt: skip

ATTACKS = (*FILES, *TEXT, *NAMES, *NOTEBOOKS)
