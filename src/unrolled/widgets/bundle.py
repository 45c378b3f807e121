"""One small JavaScript module out of a widget's own file and the shared files it imports."""

import re
from importlib.resources import files

from rjsmin import jsmin

_IMPORT = re.compile(r'import \{(.*)\} from "\./(\w+\.js)";')
_TOP = re.compile(r"^(?=(?:export )?(?:default|const|let|function) )", re.MULTILINE)
_EXPORTED = re.compile(r"export (?:const|let|function) (\w+)")


def read(name: str) -> str:
    """The text of a file that lies beside the widgets."""
    return files("unrolled.widgets").joinpath(name).read_text(encoding="utf-8")


def esm(name: str) -> str:
    """One module without imports: of the shared files what NAME.js needs, then its own text.

    A front end loads a module from a blob, where a relative import finds nothing. Comments, blanks
    and what nobody calls stay behind: a page is sent every byte.
    """
    modules: dict[str, list[str]] = {}
    wanted: dict[str, set[str]] = {}

    def add(file: str):
        text = read(file)
        for names, other in _IMPORT.findall(text):
            wanted.setdefault(other, set()).update(re.findall(r"\w+", names))
            if other not in modules:
                add(other)
        # Minified one by one: a comment that mentions a function must not keep it.
        modules[file] = [str(jsmin(part)) for part in _TOP.split(_IMPORT.sub("", text))]

    add(f"{name}.js")
    parts = [part for file, all in modules.items() for part in _used(all, wanted.get(file))]
    return "\n".join(part for part in parts if part)


def _used(parts: list[str], wanted: set[str] | None) -> list[str]:
    """The parts of a file that are wanted, or that such parts use; all when nobody imports it."""
    if wanted is None:
        return parts
    names = [found[1] if (found := _EXPORTED.match(part)) else None for part in parts]
    kept = [name is None or name in wanted for name in names]
    for _round in parts:  # at least one more is kept in each round, until none is
        text = "".join(part for part, keep in zip(parts, kept, strict=True) if keep)
        kept = [
            keep or bool(re.search(rf"\b{name}\b", text))
            for keep, name in zip(kept, names, strict=True)
        ]
    return [part for part, keep in zip(parts, kept, strict=True) if keep]
