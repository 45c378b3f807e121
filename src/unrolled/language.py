"""The language a reader is spoken to in, and the catalogue its sentences come from."""

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "ko")
_current = os.environ.get("UNROLLED_LANG", "en")


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    with files("unrolled").joinpath(f"{language}.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def current_language() -> str:
    """Return "en" or "ko"; an unknown UNROLLED_LANG counts as English."""
    return _current if _current in LANGUAGES else "en"


def set_language(language: str) -> None:
    """Speak English ("en") or Korean ("ko") from here on."""
    global _current
    if language not in LANGUAGES:
        raise ValueError(f"set_language({language!r}): write one of {', '.join(LANGUAGES)}.")
    _current = language


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak another language inside a `with` block."""
    before = _current
    set_language(language)
    try:
        yield
    finally:
        set_language(before if before in LANGUAGES else "en")


def _(sentence: str) -> str:
    """Return the sentence in the current language. Fill its {fields} afterwards."""
    return _catalogue(current_language()).gettext(sentence) if sentence else sentence


def N_(sentence: str) -> str:
    """Mark a sentence for the catalogue that is translated only where it is shown."""
    return sentence
