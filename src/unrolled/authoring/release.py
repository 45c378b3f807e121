"""Makes every derived file: students' notebooks, Korean notebooks, the catalogue, the tables."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from unrolled import exercises
from unrolled.authoring import catalogue, invariants, notebooks, tables, times
from unrolled.authoring.korean import Korean, korean_notebook
from unrolled.authoring.students import (
    IGNORED,
    Released,
    assignment_names,
    students_version,
)
from unrolled.language import LANGUAGES


@dataclass(frozen=True)
class Derived:
    """A derived file's content, and the file that it is made of."""

    data: bytes
    origin: str


Files = dict[str, Derived]


def release(
    root: Path,
    assignments: Iterable[str] | None = None,
    languages: Iterable[str] = LANGUAGES,
    check: bool = False,
) -> list[str]:
    """Write the derived files that changed and return their paths.

    assignments: only these, and their lectures; None: all, and what belongs to none of them.
    With `check` nothing is written; each stale file and broken rule is returned as a sentence.
    Without it a broken rule raises a ValueError before anything is written.
    """
    known = assignment_names(root)
    names = known if assignments is None else sorted(set(assignments))
    for name in names:
        if name not in known:
            raise ValueError(f"There is no source/{name}. Assignments: {', '.join(known)}.")
    sources = {
        path.relative_to(root / "source").as_posix(): notebooks.read(path)
        for name in names
        for path in sorted((root / "source" / name).glob("*.ipynb"))
    }
    released = students_version(root, names)
    broken = _broken_rules(sources, released)
    if broken and not check:
        raise ValueError("\n".join(broken))
    has_catalogue = (root / catalogue.PO).is_file()  # without one a course has no Korean
    spoken = [language for language in languages if language != "ko" or has_catalogue]
    wanted = _derived(root, released, names, spoken, everything=assignments is None)
    present = set(_present(root, None if assignments is None else names, spoken))
    if check:
        return broken + list(_stale(root, wanted, present))
    return _write(root, wanted, present)


def _broken_rules(sources: dict[str, NotebookNode], released: Released) -> list[str]:
    ours = exercises.assignments()
    broken = []
    for key, source in sources.items():
        where, student = f"source/{key}", released.notebooks[key]
        broken += invariants.leaks(where, source, student)
        name = key.split("/", 1)[0]
        if key == f"{name}/{name}.ipynb" and name in ours:
            broken += invariants.faults(where, student, ours[name], source)
    return broken


def _derived(
    root: Path, released: Released, names: list[str], languages: Sequence[str], everything: bool
) -> Files:
    files: Files = {}
    if "en" in languages:
        files |= _english(released)
        if everything:
            files |= _documents(root, released) | _maps(root, released)
    if "ko" in languages:
        po = catalogue.load(root)
        files |= _korean(root, released, names, catalogue.korean_of(po), everything)
        if (root / catalogue.MO).parent.is_dir():
            files[catalogue.MO] = Derived(catalogue.compiled(po), catalogue.PO)
    return files


def _english(released: Released) -> Files:
    made = {
        f"release/{key}": Derived(notebooks.text_of(notebook).encode(), f"source/{key}")
        for key, notebook in released.notebooks.items()
    }
    copied = {f"release/{k}": Derived(data, f"source/{k}") for k, data in released.files.items()}
    return made | copied


def _korean(
    root: Path, released: Released, names: list[str], korean: Korean, everything: bool
) -> Files:
    lectures = {
        f"course/{path.name}": path
        for path in sorted(root.glob("course/*.ipynb"))
        if everything or path.stem in names
    }
    # Links to what has a Korean version lead there, whatever is made now.
    moved = {
        f"course/{path.name}": f"course/ko/{path.name}" for path in root.glob("course/*.ipynb")
    }
    for path in root.glob("source/*/**/*"):
        key = path.relative_to(root / "source").as_posix()
        if path.is_file() and not set(path.parts) & set(IGNORED):
            moved[f"release/{key}"] = f"release/ko/{key}"
    # An English notebook's link to its Korean means "the other language", and so does its Korean's.
    moved |= {korean_path: path for path, korean_path in moved.items()}
    known = times.minutes_of_course(root, released.notebooks) if everything else {}
    files: Files = {}
    for path, file in lectures.items():
        notebook = times.untimed(notebooks.normalised(notebooks.read(file)))
        made = korean_notebook(notebook, f"course/{file.stem}", korean, path, moved)
        made = times.timed(made, moved[path], known)
        origin = f"{path} or {catalogue.PO}"
        files[moved[path]] = Derived(notebooks.text_of(made).encode(), origin)
    for key, notebook in released.notebooks.items():
        name = catalogue.document_name(key)
        made = korean_notebook(notebook, name, korean, f"release/{key}", moved)
        origin = f"source/{key} or {catalogue.PO}"
        files[f"release/ko/{key}"] = Derived(notebooks.text_of(made).encode(), origin)
    for key, data in released.files.items():
        files[f"release/ko/{key}"] = Derived(data, f"source/{key}")
    return files


def _maps(root: Path, released: Released) -> Files:
    """Return the lectures by hand whose map says how long the others take."""
    known = times.minutes_of_course(root, released.notebooks)
    files: Files = {}
    for file in sorted(root.glob("course/*.ipynb")):
        notebook, path = notebooks.read(file), f"course/{file.name}"
        if times.has_times(notebook):
            made = notebooks.text_of(times.timed(notebook, path, known))
            files[path] = Derived(made.encode(), "a lecture, an assignment")
    return files


def _documents(root: Path, released: Released) -> Files:
    """Return the documents with a table of exercises."""
    known = {e.name: len(e.mistakes) for group in exercises.assignments().values() for e in group}
    rows = [
        tables.Row(key.split("/", 1)[0], name, points, known.get(name, 0))
        for key, notebook in released.notebooks.items()
        for name, points in notebooks.exercise_points(notebook).items()
    ]
    files: Files = {}
    for path in sorted([*root.glob("*.md"), *root.glob("docs/**/*.md")]):
        text = path.read_text(encoding="utf-8")
        if tables.BLOCK.search(text):
            data = tables.refreshed(text, rows).encode()
            files[path.relative_to(root).as_posix()] = Derived(data, "source/")
    return files


def _present(root: Path, names: list[str] | None, languages: Sequence[str]) -> Iterator[str]:
    """Yield the generated files that are there, of these assignments (None: of all)."""
    for path in sorted([*root.glob("release/*/**/*"), *root.glob("course/ko/*.ipynb")]):
        inside = path.relative_to(root)
        hidden = any(part.startswith(".") for part in inside.parts)
        if path.is_dir() or hidden or set(inside.parts) & set(IGNORED):
            continue
        is_korean = inside.parts[1] == "ko"
        place = 2 if is_korean else 1
        name = inside.parts[place] if inside.parts[0] == "release" else inside.stem
        if ("ko" if is_korean else "en") in languages and (names is None or name in names):
            yield inside.as_posix()


def _stale(root: Path, wanted: Files, present: set[str]) -> Iterator[str]:
    for path, derived in wanted.items():
        file = root / path
        if not file.is_file():
            yield f"{path} is missing: {derived.origin} has not been released. Run: make release"
        elif file.read_bytes() != derived.data:
            yield (
                f"{_short(path)} is stale: {derived.origin} changed, or {path} was edited by "
                "hand. Run: make release"
            )
    for path in sorted(present - wanted.keys()):
        if path.endswith(".ipynb"):
            yield f"{path} is stale: it has no source any more. Run: make release"
        else:
            yield _unsourced(path)


def _unsourced(path: str) -> str:
    return f"{path} has no source and is left alone: put it into source/, or delete it"


def _short(path: str) -> str:
    """Name an assignment by its folder where its notebook bears the same name."""
    folder, _, file = path.rpartition("/")
    return folder if file == f"{folder.rpartition('/')[2]}.ipynb" else path


def _write(root: Path, wanted: Files, present: set[str]) -> list[str]:
    changed = []
    for path, derived in wanted.items():
        file = root / path
        if not file.is_file() or file.read_bytes() != derived.data:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(derived.data)
            changed.append(path)
    for path in sorted(present - wanted.keys()):
        if not path.endswith(".ipynb"):  # somebody may have laid it there
            changed.append(_unsourced(path))
            continue
        (root / path).unlink()
        changed.append(f"{path} (removed: it has no source any more)")
        for folder in (root / path).parents:
            if folder in (root / "release", root / "course/ko", root) or any(folder.iterdir()):
                break
            folder.rmdir()
    return changed
