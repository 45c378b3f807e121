"""Says where a translation differs from its English in more than words."""

import re
from collections.abc import Callable, Iterator

from unrolled.authoring import links, prose

FENCES = re.compile(r"^(```+|~~~+)[\s\S]*?^\1", re.MULTILINE)
SPANS = re.compile(r"(?<!`)(`+)(?!`)([\s\S]*?)(?<!`)\1(?!`)")
MATHS = re.compile(r"\$\$[\s\S]+?\$\$|(?<![\\$\w])\$(?!\s)[^$\n]+?(?<!\s)\$(?!\w)")
HEADINGS = re.compile(r"^(#{1,6}) ", re.MULTILINE)
# One-digit numbers may be words in either language.
NUMBERS = re.compile(r"\d+(?:[.,]\d+)*")


def faults(kind: str, english: str, korean: str) -> Iterator[str]:
    """Yield what is wrong with a translation of a kind: "markdown", "code" or "text"."""
    yield from {"markdown": _markdown_faults, "code": _code_faults, "text": _text_faults}[kind](
        english, korean
    )


def _text_faults(english: str, korean: str) -> Iterator[str]:
    wanted, given = (set(re.findall(r"\{[^{}]*\}", text)) for text in (english, korean))
    yield from _difference("placeholder", wanted, given)
    for edge in ("\n", " "):
        if english.endswith(edge) != korean.endswith(edge):
            yield "one of the two ends in a blank or a new line, the other does not"


def _code_faults(english: str, korean: str) -> Iterator[str]:
    wanted = prose.code_of(english)
    try:
        given = prose.code_of(korean)
    except SyntaxError as error:
        yield f"line {error.lineno} is not Python ({error.msg})"
        return
    if wanted.tree != given.tree:
        yield "its code differs: only comments and texts may be translated"
        return
    for one, other in zip(wanted.strings, given.strings, strict=True):
        if one != other and not prose.is_prose(one):
            yield f"its code differs: {one!r} became {other!r}; a text of one word is a name"
        else:
            yield from _text_faults(one, other)


def _markdown_faults(english: str, korean: str) -> Iterator[str]:
    def compared(find: Callable[[str], list[str]]) -> tuple[list[str], list[str]]:
        return sorted(find(english)), sorted(find(korean))

    wanted, given = compared(lambda text: list(links.targets(text)))
    yield from _difference("link", wanted, given)
    wanted, given = compared(lambda text: [span[1] for span in SPANS.findall(_unfenced(text))])
    # A code word may be said again where English says "it".
    yield from _difference("code span", set(wanted), set(given))
    wanted, given = HEADINGS.findall(_unfenced(english)), HEADINGS.findall(_unfenced(korean))
    if wanted != given:
        yield f"the headings are {given or 'none'}, in English {wanted or 'none'}"
    for name, count in (
        ("code block", lambda text: len(FENCES.findall(text))),
        ("formula", lambda text: len(MATHS.findall(_bare(text, maths=False)))),
        ("<details>", lambda text: text.count("<details")),
        ("table row", lambda text: len(re.findall(r"^\s*\|", text, re.MULTILINE))),
    ):
        if count(english) != count(korean):
            yield f"it has {count(korean)} × {name}, the English {count(english)}"
    wanted, given = compared(
        lambda text: [n for n in NUMBERS.findall(_bare(text, maths=True)) if len(n) > 1]
    )
    yield from _difference("number", wanted, given)


def _unfenced(text: str) -> str:
    return FENCES.sub("", text)


def _bare(text: str, maths: bool) -> str:
    """Take out code and links' targets, and formulas too if asked."""
    text = SPANS.sub(" ", _unfenced(text))
    for target in set(links.targets(text)):
        text = text.replace(target, " ")
    return MATHS.sub(" ", text) if maths else text


def _difference(what: str, wanted: set[str] | list[str], given: set[str] | list[str]):
    if wanted == given:
        return
    for item in sorted(set(wanted) - set(given)):
        yield f"the {what} {item} is missing"
    for item in sorted(set(given) - set(wanted)):
        yield f"the {what} {item} is not in the English"
    if set(wanted) == set(given):
        yield f"it has {len(given)} × {what}, the English {len(wanted)}"
