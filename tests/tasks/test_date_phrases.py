"""Days in both languages: every phrase means its day, and only that."""

import re
from collections import Counter
from datetime import date, timedelta

import pytest

from unrolled.tasks import date_phrases
from unrolled.tasks.date_phrases import CHARACTERS, FORMS, MONTHS, WEEKDAYS, nth, phrases, write
from unrolled.tasks.numeral_words import korean

EVERY_DAY = [
    date_phrases.FIRST + timedelta(days)
    for days in range((date_phrases.LAST - date_phrases.FIRST).days + 1)
]
SOME = EVERY_DAY[::11]
FORM_OF = [(lang, form) for lang, forms in FORMS.items() for form in forms]

# The last 일 of a day in words is that of 삼십일일; what stands after it begins with a space or (.
KOREAN_ORDER = re.compile(r"(\S+)[년.] (\S+)[월.] (\S+?)[일.](?=[ (]|$)")


def value(word):
    """Read digits or a Korean numeral; 유 and 시 are six and ten before 월."""
    if word.isdecimal():
        return int(word)
    word = {"유": "육", "시": "십"}.get(word, word)
    return next(number for number in range(2050) if korean(number) == word)


def meant(text, lang):
    """Read a phrase as a reader does: year, month and day, whatever stands between."""
    if lang == "ko":
        parts = KOREAN_ORDER.match(text)
        return [value(part) for part in parts.groups()]
    (month,) = [i + 1 for i, name in enumerate(MONTHS) if re.search(name[:3] + r"\b|" + name, text)]
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    day, year = sorted(numbers)
    return [year, month, day]


@pytest.mark.parametrize(("lang", "form"), FORM_OF)
def test_every_phrase_means_its_day(lang, form):
    for day in SOME[::13] if "해" in form else SOME:
        assert meant(write(day, form), lang) == [day.year, day.month, day.day], day


@pytest.mark.parametrize(("lang", "form"), FORM_OF)
def test_no_two_days_are_written_alike(lang, form):
    assert len({write(day, form) for day in EVERY_DAY}) == len(EVERY_DAY)


@pytest.mark.parametrize(("lang", "form"), FORM_OF)
def test_a_weekday_is_the_true_one(lang, form):
    for day in SOME:
        text = write(day, form)
        if lang == "en":
            named = [i for i, name in enumerate(WEEKDAYS) if re.search(rf"\b{name[:3]}", text)]
        else:
            named = [
                "월화수목금토일".index(each)
                for each in re.findall(r"\((.)\)|(.)요일", text)
                for each in each
                if each
            ]
        assert named == ([day.weekday()] if re.search("weekday|wkd|요일", form) else [])


@pytest.mark.parametrize(("form", "text"), [
    ("{day} {month} {year}", "12 March 2024"),
    ("{day}-{mon}-{year}", "12-Mar-2024"),
    ("{weekday}, {month} {day}, {year}", "Tuesday, March 12, 2024"),
    ("{wkd}, {day} {mon} {year}", "Tue, 12 Mar 2024"),
    ("the {nth} of {month} {year}", "the 12th of March 2024"),
    ("{year}년 {number}월 {day}일 {요일}요일", "2024년 3월 12일 화요일"),
    ("{year}년 {number:02}월 {day:02}일", "2024년 03월 12일"),
    ("{year}. {number}. {day}. ({요일})", "2024. 3. 12. (화)"),
    ("{해}년 {달}월 {날}일", "이천이십사년 삼월 십이일"),
])  # fmt: skip
def test_days_are_written_as_people_do(form, text):
    assert form in FORMS["ko" if "년" in text or "화" in text else "en"]
    assert write(date(2024, 3, 12), form) == text


def test_june_and_october_lose_a_sound_in_korean_words():
    form = "{해}년 {달}월 {날}일"
    assert write(date(1999, 6, 6), form) == "천구백구십구년 유월 육일"
    assert write(date(2000, 10, 10), form) == "이천년 시월 십일"
    assert write(date(2010, 12, 31), form) == "이천십년 십이월 삼십일일"


def test_ordinals_end_as_they_are_said():
    ends = {nth(day) for day in range(1, 32) if not nth(day).endswith("th")}
    assert ends == {"1st", "2nd", "3rd", "21st", "22nd", "23rd", "31st"}
    assert [nth(day) for day in (4, 11, 12, 13, 20, 30)] == [
        *("4th", "11th", "12th", "13th", "20th", "30th")
    ]


def test_names_of_months_and_weekdays_are_those_of_cldr():
    """Babel brings Unicode's names; ours are written by hand."""
    dates = pytest.importorskip("babel.dates")
    for lang, width, ours in (
        ("en", "wide", MONTHS),
        ("en", "abbreviated", [name[:3] for name in MONTHS]),
        ("ko", "wide", [f"{number}월" for number in range(1, 13)]),
    ):
        assert [*dates.get_month_names(width, locale=lang).values()] == [*ours]
    for lang, width, ours in (
        ("en", "wide", WEEKDAYS),
        ("en", "abbreviated", [name[:3] for name in WEEKDAYS]),
        ("ko", "wide", [f"{each}요일" for each in date_phrases.KOREAN_WEEKDAYS]),
        ("ko", "abbreviated", date_phrases.KOREAN_WEEKDAYS),
    ):
        names = dates.get_day_names(width, locale=lang)
        assert [names[day] for day in range(7)] == list(ours)  # 0 is Monday


def test_cldr_writes_some_of_our_forms_itself():
    dates = pytest.importorskip("babel.dates")
    for lang, pattern, form in (
        ("en_GB", "long", "{day} {month} {year}"),
        ("en_US", "long", "{month} {day}, {year}"),
        ("en_US", "medium", "{mon} {day}, {year}"),
        ("en_US", "full", "{weekday}, {month} {day}, {year}"),
        ("ko", "long", "{year}년 {number}월 {day}일"),
        ("ko", "full", "{year}년 {number}월 {day}일 {요일}요일"),
        ("ko", "medium", "{year}. {number}. {day}."),
    ):
        for day in SOME[::50]:
            assert dates.format_date(day, pattern, locale=lang) == write(day, form)


def test_the_characters_are_those_of_all_forms_and_no_others():
    used = {each for day in SOME for _, form in FORM_OF for each in write(day, form).lower()}
    assert used == set(CHARACTERS)
    assert len(CHARACTERS) == len(used)


# --- What is drawn


@pytest.mark.parametrize("seed", [0, 1])
def test_no_day_is_both_trained_on_and_held_out(seed):
    training, held_out = date_phrases.split(seed)
    assert len(training) == 2 * date_phrases.TRAINING
    days = [phrase.day for phrase in (*training, *held_out)]
    assert len(set(days)) == len(days)  # nor in both languages, nor twice
    assert min(days) >= date_phrases.FIRST
    assert max(days) <= date_phrases.LAST


def test_the_same_seed_gives_the_same_split():
    assert date_phrases.split(3) == date_phrases.split(3)
    assert date_phrases.split(3) != date_phrases.split(4)


@pytest.mark.parametrize("lang", FORMS)
def test_every_form_comes_up_about_as_often(lang):
    forms = {
        phrase: [form for form in FORMS[lang] if write(phrase.day, form) == phrase.text]
        for phrase in phrases(2000, lang, seed=0)
    }
    counts = Counter(found[0] for found in forms.values())
    assert set(counts) <= set(FORMS[lang])
    assert all(len(found) <= 2 for found in forms.values())  # "May" is never cut short
    expected = 2000 / len(FORMS[lang])
    assert all(0.6 * expected < counts[form] < 1.5 * expected for form in FORMS[lang])


def test_a_phrase_says_its_day_in_iso():
    phrase = phrases(1, "ko", seed=0)[0]
    assert (phrase.lang, phrase.iso) == ("ko", f"{phrase.day:%Y-%m-%d}")


def test_unusual_dates_are_written_in_no_form_of_training():
    drawn = {write(date(2024, 3, 12), form) for _, form in FORM_OF}
    for text, iso in date_phrases.UNUSUAL.items():
        year, month, day = map(int, iso.split("-"))
        meant = date(year, month, day)
        assert text not in drawn
        if date_phrases.FIRST <= meant <= date_phrases.LAST:
            assert text not in {write(meant, form) for _, form in FORM_OF}
