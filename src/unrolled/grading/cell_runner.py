"""Run one cell of a notebook inside the worker, and keep what it shows.

A cell is plain Python almost always. What is not (magics, ``!``, ``?``) goes through IPython's
own translation, and IPython's shell is started for a magic that needs it.
"""

import ast
import asyncio
import base64
import builtins
import inspect
import io
import linecache
import sys
import types
import warnings

# A sibling: inside the sandbox these files lie side by side, without a package around them.
import stand_ins  # pyright: ignore[reportMissingImports]

COMPILE_FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
CELL = "<cell "
NOT_AT_HAND, SKIPPED = "__not_at_hand__", "__skipped__"
FIGURES_A_CELL = 8
FIGURE_BYTES = 400_000
# Magics that set up a front end or a machine: there is none here.
SKIPPED_LINE = {
    "alias", "autoreload", "autosave", "cd", "colors", "conda", "config", "debug", "env", "gui",
    "history", "hist", "load_ext", "logstart", "mamba", "matplotlib", "micromamba", "notebook",
    "page", "pdb", "pdef", "pdoc", "pfile", "pinfo", "pinfo2", "pip", "psource", "pylab",
    "reload_ext", "reset", "rm", "sx", "system", "tensorboard", "unload_ext", "uv", "xmode",
}  # fmt: skip
RUN_AS_IT_IS = {"time", "capture", "prun", "timeit", "memit", "mprun", "lprun"}


class Capture:
    """Keeps what a cell prints, up to a number of bytes for the whole notebook."""

    def __init__(self, limit):
        self.left = limit
        self.items = []

    def write(self, name, text):
        text = str(text)[: max(self.left, 0)]
        self.left -= len(text.encode(errors="replace"))
        if not text:
            return
        if self.items and self.items[-1]["type"] == "stream" and self.items[-1]["name"] == name:
            self.items[-1]["text"] += text
        else:
            self.items.append({"type": "stream", "name": name, "text": text})

    def show(self, kind, **data):
        size = sum(len(value) for value in data.values())
        if size <= self.left:
            self.left -= size
            self.items.append({"type": kind, **data})

    def take(self):
        items, self.items = self.items, []
        return items


class Stream(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr`` of the notebook."""

    encoding = "utf-8"

    def __init__(self, name, capture):
        self.name = name
        self._capture = capture

    def write(self, text):
        self._capture.write(self.name, text)
        return len(text)

    def writable(self):
        return True

    def fileno(self):
        return 2


class Notebook:
    """The state of a running notebook: its names, what it showed, its shell if it needs one."""

    def __init__(self, output_bytes):
        self.capture = Capture(output_bytes)
        # Where classes and dataclasses of the notebook look for their module.
        self.module = types.ModuleType("__main__")
        sys.modules["__main__"] = self.module
        self.names = self.module.__dict__
        self.names["display"] = self.display
        # IPython's own names, kept here too: a notebook may put other things in their place.
        self.inputs, self.outputs = [""], {}
        self.name_shell()
        # Not among the notebook's names, where they would be seen.
        builtins.__dict__.update({NOT_AT_HAND: stand_ins.NotAtHand, SKIPPED: self.skipped})
        sys.stdout = Stream("stdout", self.capture)
        sys.stderr = Stream("stderr", self.capture)
        self.shell = None
        warnings.filterwarnings("ignore", message=".*non-interactive, and thus cannot be shown")

    def run(self, source, cell_id):
        """Run a cell; returns its error (kind, text, line, source) or None."""
        name = f"{CELL}{cell_id}>"
        self.names["__name__"] = "__main__"
        self.inputs.append(source)
        try:
            self.execute(source, name)
            self.collect_figures()
        except BaseException as error:
            return describe_error(error)
        return None

    def execute(self, source, name):
        tree, source = self.parse(source, name)
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        last = tree.body[-1] if tree.body else None
        shown = isinstance(last, ast.Expr) and not source.rstrip().endswith(";")
        if shown:
            tree.body.pop()
        tree.body = [guarded(statement) for statement in tree.body]
        self.evaluate(compile(tree, name, "exec", COMPILE_FLAGS))
        if shown and isinstance(last, ast.Expr):
            value = self.evaluate(compile(ast.Expression(last.value), name, "eval", COMPILE_FLAGS))
            if value is not None:
                self.names["_"] = self.outputs[len(self.inputs) - 1] = value
                self.display(value)

    def evaluate(self, code):
        value = eval(code, self.names)
        if code.co_flags & inspect.CO_COROUTINE:
            return asyncio.run(value)
        return value

    def parse(self, source, name):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                flags = COMPILE_FLAGS | ast.PyCF_ONLY_AST
                return compile(source, name, "exec", flags), source
        except SyntaxError as error:
            translated = self.translate(source)
            if translated is None or translated == source:
                raise
            try:
                flags = COMPILE_FLAGS | ast.PyCF_ONLY_AST
                return compile(translated, name, "exec", flags), translated
            except SyntaxError:
                raise error from None

    def translate(self, source):
        """IPython's syntax as Python, in which magics are calls of ``get_ipython()``."""
        try:
            from IPython.core.inputtransformer2 import TransformerManager

            translated = TransformerManager().transform_cell(source)
        except Exception:
            return None
        self.name_shell()
        return translated

    def name_shell(self):
        self.names |= {"get_ipython": self.get_ipython, "In": self.inputs, "Out": self.outputs}

    def get_ipython(self):
        return Shell(self)

    def skipped(self):
        """Say that a statement was left out: it used a library that is not here."""
        self.capture.write("stderr", f"(left out: {sys.exc_info()[1]})\n")

    def display(self, *values, **options):
        for value in values:
            figure = getattr(sys.modules.get("matplotlib.figure"), "Figure", None)
            if figure is not None and isinstance(value, figure):
                self.show_figure(value)
                continue
            text = repr(value)
            if text:
                self.capture.show("result", text=text)

    def collect_figures(self):
        plots = sys.modules.get("matplotlib.pyplot")
        if plots is None or not hasattr(plots, "get_fignums"):
            return
        for number in plots.get_fignums()[:FIGURES_A_CELL]:
            self.show_figure(plots.figure(number))
        plots.close("all")

    def show_figure(self, figure):
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=72)
        if file.tell() <= FIGURE_BYTES:
            self.capture.show("png", data=base64.b64encode(file.getvalue()).decode())


class Shell:
    """What ``get_ipython()`` gives: magics that matter work, the others do no harm."""

    def __init__(self, notebook):
        self._notebook = notebook

    def __getattr__(self, name):
        return getattr(self._real(), name)

    def _real(self):
        notebook = self._notebook
        if notebook.shell is None:
            from IPython.core.interactiveshell import InteractiveShell
            from traitlets.config import Config

            config = Config()
            config.HistoryManager.enabled = False
            notebook.shell = InteractiveShell(
                config=config, user_ns=notebook.names, user_module=notebook.module
            )
            notebook.name_shell()
        return notebook.shell

    def magic(self, line):
        name, _, rest = line.strip().lstrip("%").partition(" ")
        return self.run_line_magic(name, rest)

    def system(self, command):
        self._notebook.capture.write("stdout", "(shell commands are not run here)\n")

    system_raw = system_piped = system

    def getoutput(self, command, *args, **kwargs):
        self.system(command)
        return []

    def run_line_magic(self, name, line, *args, **kwargs):
        if name in SKIPPED_LINE:
            return None
        if name in RUN_AS_IT_IS:
            return self._run(strip_options(line))
        return self._try(f"%{name}", "run_line_magic", name, line)

    def run_cell_magic(self, name, line, cell):
        if name in RUN_AS_IT_IS:
            return self._run(cell)
        return self._try(f"%%{name}", "run_cell_magic", name, line, cell)

    def _run(self, source):
        notebook = self._notebook
        notebook.execute(source, f"{CELL}magic>")

    def _try(self, shown, method, *args):
        try:
            return getattr(self._real(), method)(*args)
        except Exception as error:
            self._notebook.capture.write("stdout", f"{shown}: {error}\n")


def guarded(statement):
    """A bare expression that goes on where a library is not here.

    What it would have shown or set up is no reason to lose the definitions after it.
    """
    if not isinstance(statement, ast.Expr) or isinstance(statement.value, ast.Constant):
        return statement
    skip = ast.Expr(ast.Call(ast.Name(SKIPPED, ast.Load()), [], []))
    handler = ast.ExceptHandler(ast.Name(NOT_AT_HAND, ast.Load()), None, [skip])
    whole = ast.Try(body=[statement], handlers=[handler], orelse=[], finalbody=[])
    return ast.fix_missing_locations(ast.copy_location(whole, statement))


def strip_options(line):
    """A line magic's statement without the options before it."""
    words = line.split()
    while words and words[0].startswith("-"):
        words.pop(0)
        line = line.strip().partition(" ")[2]
    return line


def describe_error(error):
    """An exception as data: its kind, text, and the last line of a cell that it passed."""
    line, source = None, None
    if isinstance(error, SyntaxError) and str(error.filename).startswith(CELL):
        line, source = error.lineno, error.text
    trace, steps = error.__traceback__, 0
    while trace is not None and steps < 10_000:
        name = trace.tb_frame.f_code.co_filename
        if name.startswith(CELL):
            line, source = trace.tb_lineno, linecache.getline(name, trace.tb_lineno)
        trace, steps = trace.tb_next, steps + 1
    try:
        text = str(error.args[0] if isinstance(error, SyntaxError) else error)
    except BaseException:
        text = ""
    # A subclass of ValueError is one where a contract asks for a ValueError.
    kind = "ValueError" if isinstance(error, ValueError) else type(error).__name__
    return {
        "kind": str(kind)[:80],
        "text": text[:500],
        "line": line if isinstance(line, int) else None,
        "source": str(source or "").strip()[:200] or None,
    }
