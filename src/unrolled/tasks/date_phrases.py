"""Days from 1950 to 2049 as people write them, in English and Korean, with their true weekday.

Only forms that can mean one day are written: the month is a word, or the year stands first.
03/04/2024, which is April to some and March to others, is not among them.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from unrolled.language import _
from unrolled.tasks.numeral_words import korean

FIRST, LAST = date(1950, 1, 1), date(2049, 12, 31)
TRAINING, HELD_OUT = 6000, 500  # days of each language, each once

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHORT = 3  # letters of a month or a weekday that is cut short: Mar, Tue
KOREAN_WEEKDAYS = "월화수목금토일"  # before 요일
# Before 월. June and October lose a sound: 유월 and 시월, not 육월 and 십월.
KOREAN_MONTHS = ("일", "이", "삼", "사", "오", "유", "칠", "팔", "구", "시", "십일", "십이")

# What stands in braces is filled in by `write`.
FORMS: dict[str, tuple[str, ...]] = {
    "en": (
        *("{day} {month} {year}", "{day} {mon} {year}", "{day}-{mon}-{year}"),
        *("{month} {day}, {year}", "{mon} {day}, {year}"),
        *("{nth} {month} {year}", "the {nth} of {month} {year}", "{month} {nth}, {year}"),
        *("{weekday}, {day} {month} {year}", "{weekday}, {month} {day}, {year}"),
        *("{wkd}, {day} {mon} {year}", "{wkd}, {mon} {day}, {year}"),
    ),
    "ko": (
        *("{year}년 {number}월 {day}일", "{year}년 {number:02}월 {day:02}일"),
        *("{year}년 {number}월 {day}일 {요일}요일", "{year}년 {number}월 {day}일({요일})"),
        *("{year}. {number}. {day}.", "{year}. {number}. {day}. ({요일})"),
        "{해}년 {달}월 {날}일",  # in words
    ),
}
# All that a phrase is made of, in lower case.
CHARACTERS = " (),-.0123456789abcdefghijlmnoprstuvwy년월일화수목금토요이삼사오육칠팔구십백천유시"

# Written by hand, in forms or years that `FORMS` does not make: to see how far a reader gets.
UNUSUAL = {
    "12 MARCH 2024": "2024-03-12",
    "March 12 2024": "2024-03-12",
    "Tuesday the 12th of March 2024": "2024-03-12",
    "Sept. 3, 1998": "1998-09-03",
    "the 5th day of June in 1987": "1987-06-05",
    "2024 March 12": "2024-03-12",
    "2024-03-12": "2024-03-12",
    "14 July 1789": "1789-07-14",
    "1 January 2100": "2100-01-01",
    "2024년3월12일": "2024-03-12",
    "2024년 3월 12일 (화요일)": "2024-03-12",
    "3월 12일, 2024년": "2024-03-12",
    "화요일 2024년 3월 12일": "2024-03-12",
    "2024.3.12": "2024-03-12",
    "이천이십사 년 삼 월 십이 일": "2024-03-12",
    "1443년 12월 30일": "1443-12-30",
}


@dataclass(frozen=True)
class Phrase:
    """A day as it is written in one language."""

    text: str
    day: date
    lang: str

    @property
    def iso(self) -> str:
        """The day as ISO 8601 writes it: YYYY-MM-DD."""
        return self.day.isoformat()


def nth(day: int) -> str:
    """Write a day as an English ordinal: 1st, 2nd, 3rd, 4th, 11th, 21st."""
    ending = "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def write(day: date, form: str) -> str:
    """Write a day in a form such as "{weekday}, {day} {month} {year}"."""
    month, weekday = MONTHS[day.month - 1], WEEKDAYS[day.weekday()]
    return form.format(
        **{"year": day.year, "number": day.month, "day": day.day, "nth": nth(day.day)},
        **{"month": month, "mon": month[:SHORT], "weekday": weekday, "wkd": weekday[:SHORT]},
        **{"해": korean(day.year), "달": KOREAN_MONTHS[day.month - 1], "날": korean(day.day)},
        **{"요일": KOREAN_WEEKDAYS[day.weekday()]},
    )


def _drawn(lang: str, rng: random.Random) -> Iterator[Phrase]:
    """Draw day after day, each written in one form, drawn as well."""
    if lang not in FORMS:
        raise ValueError(_("No dates in {lang!r}: write 'en' or 'ko'.").format(lang=lang))
    while True:
        day = date.fromordinal(rng.randint(FIRST.toordinal(), LAST.toordinal()))
        yield Phrase(write(day, rng.choice(FORMS[lang])), day, lang)


def _fill(drawn: dict[date, Phrase], count: int, lang: str, rng: random.Random) -> list[Phrase]:
    """Draw `count` phrases of days that were not drawn before."""
    before = len(drawn)
    for phrase in _drawn(lang, rng):
        drawn.setdefault(phrase.day, phrase)
        if len(drawn) == before + count:
            break
    return list(drawn.values())[before:]


def phrases(count: int, lang: str, seed: int) -> list[Phrase]:
    """Draw `count` different days and write each in one form of a language.

    lang is "en" or "ko"; the same seed gives the same phrases.
    """
    return _fill({}, count, lang, random.Random(f"{lang} {seed}"))


def split(seed: int = 0) -> tuple[list[Phrase], list[Phrase]]:
    """Return training and held-out phrases of both languages; no day is in both, or twice."""
    rng, drawn = random.Random(seed), {}
    held_out = [phrase for lang in FORMS for phrase in _fill(drawn, HELD_OUT, lang, rng)]
    training = [phrase for lang in FORMS for phrase in _fill(drawn, TRAINING, lang, rng)]
    return training, held_out
