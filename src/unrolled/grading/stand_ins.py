"""Stand in, inside the worker, for modules that are not there.

``unrolled`` does nothing at all: checks pass, widgets show nothing. Any other missing module that
a notebook imports can be imported, named and subclassed, and fails with a sentence once it is
used: an unused import must not cost a correct answer its marks.
"""

import builtins
import importlib.abc
import importlib.machinery
import sys
import types

# Harmless calls that a notebook makes in passing, beside the code that matters.
HARMLESS = {
    "clear_session", "disable_interactive_logging", "enable_interactive_logging", "get_logger",
    "list_physical_devices", "set_floatx", "set_random_seed", "set_seed", "set_verbosity",
    "set_visible_devices", "set_memory_growth", "enable_op_determinism", "use", "set_theme",
}  # fmt: skip


class Nothing:
    """Accepts whatever is done with it, and does nothing."""

    def __init__(self, *args, **kwargs):
        pass

    def __call__(self, *args, **kwargs):
        return self

    def __getattr__(self, name):
        if name.startswith("__") or name.startswith("_repr_") or name.startswith("_ipython"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key):
        return self

    def __setitem__(self, key, value):
        pass

    def __setattr__(self, name, value):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0

    def __repr__(self):
        return ""


class Absent(type):
    """The type of everything in an absent module: a class that can be named but not used."""

    _path: str

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return absent(f"{cls._path}.{name}")

    def __call__(cls, *args, **kwargs):
        if cls._path.rpartition(".")[2] in HARMLESS:
            return Nothing()
        # A decorator leaves the function it was put on as it is.
        if len(args) == 1 and not kwargs and isinstance(args[0], types.FunctionType):
            return args[0]
        root = cls._path.partition(".")[0]
        raise RuntimeError(f"{root} is not at hand where this is graded, and {cls._path} was used")


def absent(path):
    return type.__call__(Absent, path.rpartition(".")[2], (), {"_path": path, "__module__": path})


class StandIn(types.ModuleType):
    """A module that is not there."""

    def __getattr__(self, name):
        if name.startswith("__"):
            if name == "__version__":
                return "0"
            raise AttributeError(name)
        path = f"{self.__name__}.{name}"
        return Nothing() if path.partition(".")[0] == "unrolled" else absent(path)


class StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a stand-in for the modules named, and for those that notebooks ask for in vain."""

    def __init__(self, roots):
        self.roots = set(roots)

    def find_spec(self, fullname, path=None, target=None):
        if fullname.partition(".")[0] in self.roots:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec):
        return StandIn(spec.name)

    def exec_module(self, module):
        pass


def install(roots):
    """Put stand-ins in place: for ``roots`` at once, for any other module when it is missed."""
    finder = StandInFinder(roots)
    sys.meta_path.insert(0, finder)
    real_import = builtins.__import__

    def import_or_stand_in(name, globals=None, locals=None, fromlist=(), level=0):
        try:
            return real_import(name, globals, locals, fromlist, level)
        except ModuleNotFoundError as error:
            root = name.partition(".")[0]
            # Only for a notebook's own imports: libraries try optional modules, and must be told.
            from_notebook = globals is not None and globals.get("__name__") == "__main__"
            if not (from_notebook and level == 0 and error.name == root):
                raise
            finder.roots.add(root)
            return real_import(name, globals, locals, fromlist, level)

    builtins.__import__ = import_or_stand_in
