"""Numerals in both languages: every spelling means the number it is made from."""

import random
import unicodedata

import pytest

from unrolled.tasks import numeral_words
from unrolled.tasks.numeral_words import english, english_words, joined, korean, syllables

SOME = [*range(12_000), *random.Random(0).sample(range(12_000, 1_000_000), 4000), 999_999]


def value_of_korean(text):
    """Read a numeral as a reader does: a digit multiplies the place after it."""
    total = group = digit = 0
    for each in syllables(text):
        if each in numeral_words.DIGITS:
            digit = numeral_words.DIGITS.index(each)
        elif each == "만":
            total, group, digit = (group + digit or 1) * 10_000, 0, 0
        else:
            group += (digit or 1) * {"천": 1000, "백": 100, "십": 10}[each]
            digit = 0
    return total + group + digit


def value_of_english(text):
    total = group = 0
    for word in text.replace("-", " ").split():
        if word == "thousand":
            total, group = group * 1000, 0
        elif word == "hundred":
            group *= 100
        elif word in numeral_words.TENS:
            group += 10 * (numeral_words.TENS.index(word) + 2)
        else:
            group += numeral_words.SMALL.index(word)
    return total + group


def test_every_spelling_means_its_number():
    for number in SOME:
        assert value_of_korean(korean(number)) == number
        assert value_of_english(english(number)) == number


@pytest.mark.parametrize(
    ("number", "in_korean", "in_english"),
    [
        (0, "영", "zero"),
        (1, "일", "one"),
        (10, "십", "ten"),
        (11, "십일", "eleven"),
        (16, "십육", "sixteen"),
        (20, "이십", "twenty"),
        (100, "백", "one hundred"),
        (101, "백일", "one hundred one"),
        (110, "백십", "one hundred ten"),
        (1000, "천", "one thousand"),
        (1111, "천백십일", "one thousand one hundred eleven"),
        (2345, "이천삼백사십오", "two thousand three hundred forty-five"),
        (4019, "사천십구", "four thousand nineteen"),
        (10_000, "만", "ten thousand"),
        (10_001, "만 일", "ten thousand one"),
        (23_000, "이만 삼천", "twenty-three thousand"),
        (100_000, "십만", "one hundred thousand"),
        (110_000, "십일만", "one hundred ten thousand"),
        (120_000, "십이만", "one hundred twenty thousand"),
        (
            *(999_999, "구십구만 구천구백구십구"),
            "nine hundred ninety-nine thousand nine hundred ninety-nine",
        ),
    ],
)
def test_numbers_are_spelt_as_people_do(number, in_korean, in_english):
    assert korean(number) == in_korean
    assert english(number) == in_english


def test_no_one_stands_before_a_place_in_korean():
    for number in SOME:
        text = korean(number)
        assert not any(f"일{place}" in text for place in "십백천")
        assert "일만" not in text or "십일만" in text
        assert text.count("영") == (number == 0)
        assert text == text.strip()
        assert text.count(" ") == (number > 10_000 and number % 10_000 > 0)


def test_a_beginning_of_a_numeral_is_a_numeral():
    """So one can ask what it means so far."""
    for number in SOME[::7]:
        read = syllables(korean(number))
        for length in range(1, len(read) + 1):
            so_far = "".join(read[:length])
            assert syllables(korean(value_of_korean(so_far))) == list(so_far)


def test_words_have_hyphens_where_the_text_has():
    assert english_words(45_021) == ["forty", "five", "thousand", "twenty", "one"]
    assert english(45_021) == "forty-five thousand twenty-one"
    assert joined(["forty", "thousand", "five"]) == "forty thousand five"
    assert joined(["forty", "ten"]) == "forty ten"
    assert joined([]) == ""


@pytest.mark.parametrize("number", [-1, 1_000_000])
def test_what_lies_outside_is_told(number):
    for spell in (korean, english, english_words):
        with pytest.raises(ValueError, match=f"{number} is outside"):
            spell(number)


def test_syllables_are_composed_and_spaces_fall_away():
    assert syllables(" 이만\t삼천\n") == list("이만삼천")
    assert syllables(unicodedata.normalize("NFD", "이만")) == list("이만")
    assert syllables("") == []


@pytest.mark.parametrize("seed", [0, 1])
def test_held_out_numbers_are_never_trained_on(seed):
    training, held_out = numeral_words.split(seed)
    assert len(set(training)) == len(training) == numeral_words.TRAINING
    assert len(set(held_out)) == len(held_out) == numeral_words.HELD_OUT
    assert not set(training) & set(held_out)
    assert set(numeral_words.PARTS) <= set(training)
    spelt = {"".join(syllables(korean(number))) for number in training}
    assert not spelt & {"".join(syllables(korean(number))) for number in held_out}
    assert not {english(number) for number in training} & {english(n) for n in held_out}


def test_parts_are_small_or_round():
    assert len(set(numeral_words.PARTS)) == len(numeral_words.PARTS) == 136
    assert {99, 100, 200, 3000, 90_000, 100_000, 900_000} <= set(numeral_words.PARTS)
    assert not {110, 1100, 120_000} & set(numeral_words.PARTS)


def test_the_same_seed_gives_the_same_numbers():
    assert numeral_words.split(3) == numeral_words.split(3)
    assert numeral_words.split(3) != numeral_words.split(4)
    assert numeral_words.numbers(100, 3)[:50] == numeral_words.numbers(50, 3)


def test_held_out_numbers_are_long_and_short_and_round():
    held_out = numeral_words.split()[1]
    lengths = [sum(10**places <= n < 10 ** (places + 1) for n in held_out) for places in range(6)]
    assert lengths[:2] == [0, 0]
    assert min(lengths[2:]) >= 50
    assert 40 <= sum(number % 1000 == 0 for number in held_out) <= 100
