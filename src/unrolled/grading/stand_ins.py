"""Stand in, inside the worker, for modules that are not there.

``unrolled`` does nothing at all: checks pass, widgets show nothing. Any other missing module that
a notebook imports can be imported, named and subclassed, and fails with a sentence once it is
used: an unused import must not cost a correct answer its marks. What only shows something in a
front end (``interact``, ``tqdm``) does nothing, and progress bars go through what they are given.
"""

import builtins
import importlib
import importlib.abc
import importlib.machinery
import operator
import sys
import types

# Harmless calls that a notebook makes in passing, beside the code that matters.
HARMLESS = {
    "backend", "clear_session", "device_count", "empty_cache", "floatx", "get_logger",
    "get_option", "image_data_format", "is_available", "is_gpu_available", "list_logical_devices",
    "list_physical_devices", "manual_seed", "manual_seed_all", "option_context",
    "run_functions_eagerly", "seed", "seed_everything", "set", "use",
    "use_deterministic_algorithms",
}  # fmt: skip
HARMLESS_STARTS = ("set_", "enable_", "disable_", "reset_")
# Libraries that only show something.
FRONT_END = {"ipywidgets", "anywidget", "ipympl", "ipycanvas", "tqdm", "google"}


class NotAtHand(RuntimeError):
    """Something of a module that is not there was used."""


class Nothing:
    """Accepts whatever is done with it, and does nothing but go through what it was given."""

    def __init__(self, items=()):
        object.__setattr__(self, "_items", items)

    def __call__(self, *args, **kwargs):
        # A decorator leaves the function it was put on as it is.
        if len(args) == 1 and not kwargs and isinstance(args[0], types.FunctionType):
            return args[0]
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
        return iter(self._items)

    def __len__(self):
        return operator.length_hint(self._items)

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
        root, name = cls._path.partition(".")[0], cls._path.rpartition(".")[2]
        if root == "tqdm":
            return Nothing(iterated(name, args, kwargs))
        # A decorator leaves the function it was put on as it is.
        if len(args) == 1 and not kwargs and isinstance(args[0], types.FunctionType):
            return args[0]
        if root in FRONT_END or name in HARMLESS or name.startswith(HARMLESS_STARTS):
            return Nothing()
        raise NotAtHand(f"{root} is not at hand where this is graded, and {cls._path} was used")


def iterated(name, args, kwargs):
    """What a progress bar that is made so goes through."""
    if name in ("trange", "tnrange", "tgrange"):
        return range(*args)
    items = args[0] if args else kwargs.get("iterable")
    return items if hasattr(items, "__iter__") else ()


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


def with_shell(module, names):
    """IPython's module with the notebook's ``get_ipython``; its own knows of no shell here."""
    shown = types.ModuleType(module.__name__)
    shown.__dict__.update(vars(module))
    shown.__dict__["get_ipython"] = names.get("get_ipython", module.get_ipython)
    return shown


def install(roots):
    """Put stand-ins in place: for ``roots`` at once, for any other module when it is missed."""
    finder = StandInFinder(roots)
    sys.meta_path.insert(0, finder)
    real_import = builtins.__import__

    def import_or_stand_in(name, globals=None, locals=None, fromlist=(), level=0):
        root = name.partition(".")[0]
        # Only for a notebook's own imports: libraries try optional modules, and must be told.
        from_notebook = globals is not None and globals.get("__name__") == "__main__"
        try:
            module = real_import(name, globals, locals, fromlist, level)
            if from_notebook and root == "IPython" and "get_ipython" in (fromlist or ()):
                return with_shell(module, globals)
            return module
        except ModuleNotFoundError as error:
            if not (from_notebook and level == 0 and error.name == root):
                raise
            # A file that the notebook has written just now may not have been noticed yet.
            importlib.invalidate_caches()
            if importlib.machinery.PathFinder.find_spec(root) is None:
                finder.roots.add(root)
            return real_import(name, globals, locals, fromlist, level)

    builtins.__import__ = import_or_stand_in
