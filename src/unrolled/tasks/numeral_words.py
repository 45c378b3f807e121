"""Numbers from 0 to 999,999 in Korean syllables and in English words, exact by construction.

Korean counts in ten thousands, English in thousands. 십 is ten, 십이 twelve and 십이만 one hundred
twenty thousand, so the first English word hangs on what comes syllables later.
"""

import random
import unicodedata
from collections.abc import Sequence

LARGEST = 999_999
TRAINING, HELD_OUT = 12_000, 1_000  # numbers, each once

DIGITS = "영일이삼사오육칠팔구"
PLACES = {1000: "천", 100: "백", 10: "십", 1: ""}
SYLLABLES = (*DIGITS, "십", "백", "천", "만")

SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
WORDS = (*SMALL, *TENS, "hundred", "thousand")

# All other numbers are made of these, so they are never held out: those below 100, and 이백, 삼천,
# 십만 … with one digit that is not 0.
PARTS = (*range(100), *(digit * 10**places for places in range(2, 6) for digit in range(1, 10)))


def _checked(number: int) -> int:
    if not 0 <= number <= LARGEST:
        raise ValueError(f"{number} is outside 0 … {LARGEST}.")
    return number


def korean(number: int) -> str:
    """Spell a number in Korean, with a space after 만: 12345 is "만 이천삼백사십오".

    No 일 stands before 십, 백, 천 and 만. Raises ValueError outside 0 … 999,999.
    """
    if _checked(number) == 0:
        return DIGITS[0]
    above, below = divmod(number, 10_000)
    parts = ["만" if above == 1 else _group(above) + "만"] if above else []
    return " ".join([*parts, _group(below)]).strip()


def _group(number: int) -> str:
    """Spell what is below ten thousand; nothing for 0."""
    text = ""
    for place, name in PLACES.items():
        digit = number // place % 10
        if digit:
            text += name if digit == 1 and name else DIGITS[digit] + name
    return text


def english_words(number: int) -> list[str]:
    """Spell a number in English words, "forty" and "five" apart.

    American style, without "and". Raises ValueError outside 0 … 999,999.
    """
    if _checked(number) < 20:
        return [SMALL[number]]
    words = []
    if number >= 1000:
        words += [*english_words(number // 1000), "thousand"]
    if hundreds := number // 100 % 10:
        words += [SMALL[hundreds], "hundred"]
    rest = number % 100 if number >= 100 else number
    if rest >= 20:
        words.append(TENS[rest // 10 - 2])
        rest %= 10
    return [*words, SMALL[rest]] if rest else words


def english(number: int) -> str:
    """Spell a number in English: 2345 is "two thousand three hundred forty-five"."""
    return joined(english_words(number))


def joined(words: Sequence[str]) -> str:
    """Write words as one text, with a hyphen between a ten and the one after it: "forty-five"."""
    text = ""
    for before, word in zip(["", *words], words, strict=False):
        hyphen = before in TENS and word in SMALL[1:10]
        text += ("-" if hyphen else " " if before else "") + word
    return text


def syllables(text: str) -> list[str]:
    """Split a Korean numeral by syllable; spaces fall away."""
    return [each for each in unicodedata.normalize("NFC", text) if not each.isspace()]


def numbers(count: int, seed: int) -> list[int]:
    """Draw different numbers of three to six digits, some with many zeros; none is in `PARTS`.

    So short and round ones, which people write most, are not lost among all the long ones.
    """
    rng = random.Random(seed)
    drawn: dict[int, None] = {}
    while len(drawn) < count:
        places = rng.choice([3, 4, 4, 4, 5, 5, 5, 6, 6, 6])
        first, *others = [rng.randint(1, 9) for _place in range(places)]
        zeros = rng.choice([0.1, 0.3, 0.6, 0.8])
        digits = [first, *(0 if rng.random() < zeros else digit for digit in others)]
        if any(digits[1:]):
            drawn[int("".join(map(str, digits)))] = None
    return list(drawn)


def split(seed: int = 0) -> tuple[list[int], list[int]]:
    """Return numbers to train on and numbers held out, which have none in common.

    `PARTS` are for training. The same seed gives the same numbers.
    """
    drawn = numbers(TRAINING - len(PARTS) + HELD_OUT, seed)
    return [*PARTS, *drawn[HELD_OUT:]], drawn[:HELD_OUT]
