"""List what of this machine a worker may read inside the sandbox, and at which paths."""

import os
import platform
import re
import site
import sys
import sysconfig
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from unrolled.grading.profiles import NUMPY, Profile

HERE = Path(__file__).resolve().parent
# Paths inside the sandbox. They are the same everywhere, so that nothing of the machine shows.
PYTHON, SITE, WORKER = "/python", "/site", "/worker"
SYSTEM_LIBRARIES = ("/usr/lib", "/usr/lib64", "/usr/lib32", "/lib", "/lib64", "/lib32")
WORKER_FILES = ("worker.py", "frames.py", "stand_ins.py", "cell_runner.py", "fork_server.py")


def system_links() -> list[str]:
    """The links among the library folders (/lib → usr/lib), as links."""
    links = [path for path in SYSTEM_LIBRARIES if os.path.islink(path)]
    return [part for path in links for part in ("--symlink", os.readlink(path), path)]


@cache
def shown_files(profile: Profile) -> tuple[tuple[str, str], ...]:
    """(path on this machine, path in the sandbox) of everything the worker may read."""
    binds = [(path, path) for path in library_folders() if os.path.exists(path)]
    binds.append((os.path.realpath(sys.executable), f"{PYTHON}/bin/python3"))
    binds += [(str(path), PYTHON + shown) for path, shown in interpreter_files()]
    binds += [(str(HERE / name), f"{WORKER}/{name}") for name in WORKER_FILES]
    for path in distribution_files(profile.distributions):
        binds.append((str(path), f"{SITE}/{path.name}"))
    return tuple(binds)


def library_folders() -> list[str]:
    """The system's shared libraries, and as little beside them as can be."""
    multiarch = f"{platform.machine()}-linux-gnu"
    real = [path for path in SYSTEM_LIBRARIES if os.path.isdir(path) and not os.path.islink(path)]
    # Debian keeps libraries in a folder of their own, and whole programs beside it.
    folders = [f"{path}/{multiarch}" for path in real if os.path.isdir(f"{path}/{multiarch}")]
    folders += [path for path in real if not os.path.isdir(f"{path}/{multiarch}")]
    return [*folders, "/etc/ld.so.cache", "/nix/store"]


def interpreter_files() -> list[tuple[Path, str]]:
    """The standard library and the interpreter's own shared libraries."""
    prefix = Path(sys.base_prefix)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    files = []
    for name in ("lib", "lib64"):
        folder = prefix / name
        if not folder.is_dir() or folder.is_symlink():
            continue
        if (prefix / "conda-meta").is_dir():
            # There every package keeps its shared libraries in this one folder.
            files.append((folder, f"/{name}"))
            continue
        parts = [folder / version, *folder.glob("libpython*.so*")]
        files += [(path.resolve(), f"/{name}/{path.name}") for path in parts if path.exists()]
    return files


@cache
def masked_folders() -> tuple[str, ...]:
    """Folders of installed packages inside what is shown: emptied, for only a few may be seen."""
    prefix = Path(sys.base_prefix)
    real = {*site.getsitepackages([sys.base_prefix]), sysconfig.get_path("purelib")}
    real |= {sysconfig.get_path("platlib"), "/usr/lib/python3/dist-packages"}
    real |= {
        str(path) for lib in ("lib", "lib64") for path in prefix.glob(f"{lib}/python3*/*-packages")
    }
    masked = []
    for source, shown in shown_files(NUMPY):
        inside = [path for path in real if path.startswith(f"{source}/") and os.path.isdir(path)]
        masked += [shown + path.removeprefix(source) for path in inside]
    return tuple(sorted(set(masked)))


@cache
def distribution_files(names: tuple[str, ...]) -> tuple[Path, ...]:
    """The top folders and modules of these distributions and of all that they require."""
    found_files: dict[str, Path] = {}
    waiting: list[tuple[str, tuple[str, ...]]] = [(name, ("",)) for name in names]
    seen = set()
    while waiting:
        name, extras = waiting.pop()
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        key = (re.sub(r"[-_.]+", "-", name).lower(), extras)
        if key in seen:
            continue
        seen.add(key)
        for file in distribution.files or ():
            top = file.parts[0]
            if top not in ("..", "__pycache__", ".") and not top.endswith(".pth"):
                found_files[top] = Path(str(distribution.locate_file(top)))
        for text in distribution.requires or ():
            needed = Requirement(text)
            if needed.marker is None or any(needed.marker.evaluate({"extra": e}) for e in extras):
                waiting.append((needed.name, tuple(sorted(needed.extras)) or ("",)))
    return tuple(path.resolve() for path in found_files.values() if path.exists())
