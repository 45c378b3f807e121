"""Texts with quotation marks, and for each character whether a quotation is open behind it."""

import random
import re
import unicodedata
from itertools import accumulate

from unrolled.language import _

TRAINING, HELD_OUT = 800, 200  # different texts of each language
LONGEST = 60  # characters of a generated text
MARK = '"'
# A quotation opens and closes with the same mark, so that only memory tells which one it was.
MARKS = str.maketrans(dict.fromkeys("“”„‟«»「」『』＂", MARK))

# A capital word stands for any one line of its rule. What is quoted is also said without marks,
# so that no letter gives away where it stands.
ENGLISH = {
    "TEXT": [
        *(2 * ['PERSON said "PHRASE".', '"PHRASE," said PERSON.', "PERSON said PHRASE."]),
        *('"PHRASE," said PERSON. "PHRASE."', 'PERSON said "PHRASE" and then "PHRASE".'),
        *('The word "WORD" is short.', 'PERSON wrote "WORD" and left.', 'What is "WORD"?'),
        *('"WORD" or "WORD"?', '"WORD" and "WORD" and "WORD".', "PHRASE.", "PERSON wrote WORD."),
        'PERSON said "PHRASE", and I said "PHRASE".',
    ],
    "PERSON": ["Anna", "Tom", "she", "he", "my friend", "the old man", "our teacher"],
    "PHRASE": [
        *("come here", "I am late", "the sea is far", "it is raining", "PERSON is here"),
        *("the WORD is old", "PERSON said no", "I like the WORD", "the WORD and the WORD"),
        *("we said yes and went home", "PERSON is far away, and the WORD is cold"),
    ],
    "WORD": ["bread", "rain", "house", "sea", "moon", "letter", "winter"],
}
KOREAN = {
    "TEXT": [
        *(2 * ['PERSON "PHRASE"라고 말했다.', '"PHRASE"라고 PERSON 말했다.', "PHRASE."]),
        *('PERSON "PHRASE"라고 하고 "PHRASE"라고 했다.', '"PHRASE." PERSON 말했다. "PHRASE."'),
        *('"PHRASE"라는 말을 들었다.', 'PERSON "WORD" 하고 말했다.', "PERSON WORD 하고 말했다."),
        *('"WORD", "WORD", "WORD".', '"WORD", 그리고 "WORD".', "PERSON 말했다. PHRASE."),
    ],
    "PERSON": ["민수가", "영희가", "내 친구가", "선생님이", "동생이"],
    "PHRASE": [
        *("지금 간다", "비가 온다", "바다가 멀다", "PERSON 왔다", "나는 WORD 그림을 그렸다"),
        *("PERSON 말했다", "오늘은 춥다", "PERSON 오고 비가 온다", "집에 가고 싶다"),
    ],
    "WORD": ["바다", "하늘", "편지", "겨울", "나무"],
}
GRAMMARS = {"en": ENGLISH, "ko": KOREAN}


def opened(text: str) -> list[int]:
    """Return for each character 1 where a quotation is open once it is read, else 0.

    The mark that opens counts as inside, the one that closes as outside.
    """
    marks = accumulate(character == MARK for character in text)
    return [count % 2 for count in marks]


def normalize(text: str) -> str:
    """Put a text into the characters that are read: small letters, one kind of quotation mark.

    Korean syllables that come as single jamo are put together; any blank becomes a space.
    """
    text = unicodedata.normalize("NFC", text).translate(MARKS).lower()
    return re.sub(r"\s", " ", text)


def texts(count: int, lang: str, seed: int) -> list[str]:
    """Make `count` different texts of a language ("en" or "ko"); a seed gives the same texts."""
    if lang not in GRAMMARS:
        raise ValueError(_("No texts in {lang!r}: write 'en' or 'ko'.").format(lang=lang))
    rng, made = random.Random(f"{lang} {seed}"), {}
    grammar = GRAMMARS[lang]

    def choose(rule: re.Match[str]) -> str:
        return re.sub("[A-Z]{2,}", choose, rng.choice(grammar[rule[0]]))

    while len(made) < count:
        text = normalize(re.sub("[A-Z]{2,}", choose, "TEXT"))
        if len(text) <= LONGEST:
            made[text] = None
    return list(made)


def split(seed: int = 0) -> tuple[list[str], list[str]]:
    """Return training and held-out texts of both languages; they share no text."""
    english, korean = (texts(TRAINING + HELD_OUT, lang, seed) for lang in GRAMMARS)
    return english[:TRAINING] + korean[:TRAINING], english[TRAINING:] + korean[TRAINING:]
