"""Finds the links of a Markdown text, and turns relative ones to another place."""

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping

# Code comes first, so that what looks like a link in it is left alone.
_PATTERN = re.compile(
    r"""
    (?P<code> ^(?P<fence>```+|~~~+)[\s\S]*?^(?P=fence)
            | (?<!`)(?P<ticks>`+)(?!`)[\s\S]*?(?<!`)(?P=ticks)(?!`) )
    | (?P<open> \]\(\s*<? | (?:src|href)\s*=\s*["'] | ^\[[^\]]+\]:[ ]+ )
      (?P<target> [^\s"'<>()]+ (?:\([^\s()]*\)[^\s"'<>()]*)? )
    """,
    re.MULTILINE | re.VERBOSE,
)


def targets(text: str) -> Iterator[str]:
    """Yield where a text's links and images lead, as they are written."""
    for match in _PATTERN.finditer(text):
        if match["target"]:
            yield match["target"]


def is_relative(target: str) -> bool:
    """Tell a path beside the notebook from an address, an anchor or an attachment."""
    return not re.match(r"[a-zA-Z][\w+.-]*:|[/#]", target)


def leads_to(target: str, place: str) -> str:
    """Return the file, from the course's root, that a relative link in a folder leads to."""
    return posixpath.normpath(posixpath.join(place, re.split("[#?]", target)[0]))


def relinked(text: str, place: str, new_place: str, moved: Mapping[str, str]) -> str:
    """Return a text of folder `place` whose links hold in `new_place`.

    moved: where files have a counterpart, both from the course's root: links lead there instead.
    """

    def new_target(target: str) -> str:
        file = leads_to(target, place)
        tail = target[len(re.split("[#?]", target)[0]) :]
        return posixpath.relpath(moved.get(file, file), new_place) + tail

    return _replaced(text, new_target)


def _replaced(text: str, new_target: Callable[[str], str]) -> str:
    def replace(match: re.Match) -> str:
        if not match["target"] or not is_relative(match["target"]):
            return match[0]
        return match["open"] + new_target(match["target"])

    return _PATTERN.sub(replace, text)
