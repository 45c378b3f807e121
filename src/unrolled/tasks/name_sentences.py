"""Sentences in which the same word is a name or not, by what stands before it; and their words."""

import random
import re
import unicodedata
from collections.abc import Sequence

from unrolled.language import _

Sentence = tuple[list[str], list[int]]
"""The words of a sentence and their labels: 1 for a name, else 0."""

TRAINING, HELD_OUT = 3000, 600  # distinct sentences of each language

# A capital word stands for any one line of its rule; a star marks a name. Lines written several
# times come up more often.
ENGLISH = {
    "SENTENCE": 8 * ["PERSON DEED PLACE"] + ["PRONOUN DEED PLACE", "THING grew in the garden"],
    "PERSON": [
        *(9 * ["NAME"] + 7 * ["SOMEBODY"] + 2 * ["OWNER 's CRAFT"]),
        *("FULL the CRAFT", "LAST* FIRST* 's FRIEND", "KNOWN"),
    ],
    "NAME": [
        *("FULL", "FULL", "TITLE LAST*", "TITLE LAST*", "LAST*", "mr and mrs LAST*"),
        *("KNOWN FIRST*", "KNOWN FIRST* LAST*", "a child named FULL", "someone called FULL"),
        *("FULL and FULL", "LAST* and LAST*"),
    ],
    "FULL": ["FIRST*", "FIRST* LAST*"],
    "OWNER": ["FULL", "TITLE LAST*", "KNOWN"],
    "KNOWN": ["POSSESSIVE FRIEND", "POSSESSIVE old FRIEND", "POSSESSIVE clever FRIEND"],
    "POSSESSIVE": ["my", "our", "his"],
    "FRIEND": ["friend", "cousin", "teacher", "neighbour"],
    "SOMEBODY": [
        *(2 * ["DETERMINER CRAFT", "DETERMINER ADJECTIVE CRAFT"]),
        *("DETERMINER very old CRAFT", "DETERMINER little old CRAFT"),
        "DETERMINER ADJECTIVE CRAFT and CRAFT",
    ],
    "THING": [
        *("DETERMINER FLOWER", "DETERMINER COLOUR FLOWER", "DETERMINER little COLOUR FLOWER"),
        "DETERMINER COLOUR FLOWER and FLOWER",
    ],
    "DEED": [
        *("SLEPT", "MET PERSON", "MET PERSON", "PAINTED THING", "MADE", "MADE"),
        *("CAN cook the fish", "CAN meet PERSON"),
    ],
    "SLEPT": ["smiled", "slept", "sang"],
    "MET": ["met", "saw", "thanked", "helped"],
    "PAINTED": ["sold", "painted", "saw"],
    "MADE": ["invented a new spell", "made a new bowl", "made a bowl", "baked the bread"],
    "CAN": ["will", "can"],
    "PLACE": 6 * [""] + 2 * ["in the garden"] + ["with PERSON", "near PERSON"],
    "PRONOUN": ["she", "he", "they"],
    "DETERMINER": ["the", "a", "this", "every", "her", "our"],
    "ADJECTIVE": ["old", "little", "clever", "busy"],
    "COLOUR": ["red", "white", "old"],
    "TITLE": ["mr", "mrs", "dr", "professor", "uncle", "aunt"],
    "FIRST": ["harry", "hermione", "emma", "tom", "anna", "FLOWER", "FLOWER"],
    "LAST": 3 * ["CRAFT"] + ["granger"],
    "CRAFT": ["potter", "baker", "smith", "cook", "hunter", "mason"],  # surnames as well
    "FLOWER": ["rose", "lily", "daisy"],  # first names as well
}

# Nouns that are also given names, with what goes with them. They end in a vowel, so that name
# and noun take the same particle and their 어절 look alike.
NOUNS = {
    "바다": (["파란", "푸른", "넓은", "깊은"], ["보인다", "아름답다"]),
    "유리": (["맑은", "얇은", "투명한", "깨진"], ["반짝인다", "보인다"]),
    "미소": (["밝은", "환한", "따뜻한"], ["보인다", "아름답다"]),
    "지혜": (["깊은", "놀라운", "새로운"], ["필요하다", "좋다"]),
    "나라": (["작은", "먼", "넓은", "따뜻한"], ["보인다", "좋다"]),
    "우주": (["넓은", "먼", "새로운"], ["보인다", "아름답다"]),
    "은하": (["먼", "밝은", "작은"], ["반짝인다", "보인다"]),
    "나리": (["하얀", "붉은", "작은", "예쁜"], ["피었다", "아름답다"]),
}
# After a consonant the noun's 이 (파란 하늘이 보인다) meets the name's (내 친구 하늘이 생일은 …).
SEASONS = {
    "하늘이": (["파란", "맑은", "높은"], ["보인다", "아름답다"]),
    "봄이": (["따뜻한", "새로운"], ["왔다", "좋다"]),
    "가을이": (["깊은", "맑은", "새로운"], ["왔다", "좋다"]),
    "이슬이": (["맑은", "작은", "하얀"], ["보인다", "반짝인다"]),
}
KOREAN = {
    "SENTENCE": ["WHAT", "TODAY WHAT", "WHO", "TODAY WHO", "WHO", "WHOM", "WHOM"],
    "TODAY": ["오늘"],
    # The predicates of things are said of people too, so that they give nothing away.
    "WHAT": [
        *(2 * ["ISIT", "THING와 SEASON"] + ["SEASON", "NOUN와 SEASON"]),
        *("THING와 NOUN~ 아름답다", "NOUN와 NOUN~ 아름답다"),
        *("OWNER OWNED~ 좋다", "OWNER OWNED~ 필요하다"),
    ],
    "WHO": [
        *(3 * ["NAMED~* DOES"] + 2 * ["NAMED와* CALLED~* DOES"]),
        *("KNOWN SEASONNAME* BELONGS", "KNOWN 하늘이~* DOES", "SOMEBODY DOES"),
    ],
    "WHOM": [
        *("SUBJECT NOUN를 SAW", "SUBJECT THING를 SAW", "SUBJECT THING와 NOUN를 SAW", "NOUN를 SAW"),
        *(2 * ["SUBJECT KNOWN CALLED를* SAW"] + ["SUBJECT OWNER OWNED를 SAW"]),
    ],
    "SUBJECT": ["나는", "우리는", "선생님은", "SOMEBODY", "NAMED~*", "NAMED~*"],
    "NAMED": 4 * ["KNOWN CALLED"] + ["NAME"],
    "CALLED": 4 * ["NOUN"] + ["NAME"],
    "NAME": ["민수", "영희", "철수"],
    "KNOWN": [
        *("친구", "내 친구", "우리 반 친구", "착한 친구", "내 오랜 친구", "내 짝"),
        *("내 동생", "어린 동생", "사촌 동생", "우리 언니", "옆집 아이"),
    ],
    "SOMEBODY": ["내 친구가", "친구가", "어린 동생이", "옆집 아이가", "우리 선생님은"],
    "OWNER": [
        *("내", "친구의", "내 친구의", "내 동생의", "옆집 아이의", "우리 선생님의"),
        *("NAME의*", "NAME의*", "KNOWN CALLED의*"),
    ],
    "OWNED": ["미소", "지혜", "나라"],
    "NOUN": list(NOUNS),
    "SEASONNAME": list(SEASONS),
    "THING": [
        f"{adjective} {noun}"
        for noun, (adjectives, _) in NOUNS.items()
        for adjective in [*adjectives, f"저 {adjectives[0]}", "그"]
    ],
    "ISIT": [
        f"{adjective} {noun}~ {predicate}"
        for noun, (adjectives, predicates) in NOUNS.items()
        for adjective in [*adjectives, f"저 {adjectives[0]}", "그", "", "", ""]
        for predicate in predicates
    ],
    "SEASON": [
        f"{adjective} {season} {predicate}"
        for season, (adjectives, predicates) in SEASONS.items()
        for adjective in [*adjectives, ""]
        for predicate in predicates
    ],
    "~": ["가", "는"],
    "DOES": [
        *("웃었다", "달렸다", "노래를 불렀다", "집에 갔다", "책을 읽었다", "잠을 잤다"),
        *("보인다", "아름답다", "좋다"),
    ],
    "BELONGS": ["생일은 내일이다", "가방이 좋다", "책을 읽었다"],
    "SAW": ["보았다", "그렸다", "좋아한다", "떠올렸다"],
}
GRAMMARS = {"en": ENGLISH, "ko": KOREAN}
# Words that hold a sentence together; training never makes them unknown.
FRAME = (
    "the a an this every her our my his she he they and 's will can in with near very named "
    "called mr mrs dr professor uncle aunt friend cousin teacher neighbour "
    "내 우리 그 저 반 친구 동생 사촌 언니 옆집 아이 짝 나는 우리는 선생님은 "
    "친구의 동생의 아이의 선생님의"
)


def expand(line: str, grammar: dict[str, list[str]], rng: random.Random) -> str:
    def choose(rule: re.Match[str]) -> str:
        return expand(rng.choice(grammar[rule[0]]), grammar, rng)

    return re.sub("[A-Z]+|~", choose, line)


def _sentence(grammar: dict[str, list[str]], rng: random.Random) -> Sentence:
    line = expand("SENTENCE", grammar, rng)
    if re.search(r"\b(\w+)\*? and \1\b|(\w\w)와\*? \2", line):  # nobody is with himself
        return _sentence(grammar, rng)
    words = re.sub(r"\ba (?=[aeiou])", "an ", line).split()
    return [word.removesuffix("*") for word in words], [int(word[-1] == "*") for word in words]


def sentences(count: int, lang: str, seed: int) -> list[Sentence]:
    """Make `count` different sentences of a language, each with the label of every word.

    lang is "en" or "ko"; the same seed gives the same sentences. Returns pairs (tokens, labels),
    label 1 where the word is a name.
    """
    if lang not in GRAMMARS:
        raise ValueError(_("No sentences in {lang!r}: write 'en' or 'ko'.").format(lang=lang))
    rng, made = random.Random(f"{lang} {seed}"), {}
    while len(made) < count:
        tokens, labels = _sentence(GRAMMARS[lang], rng)
        made.setdefault(tuple(tokens), labels)
    return [(list(tokens), labels) for tokens, labels in made.items()]


def split(seed: int = 0) -> tuple[list[Sentence], list[Sentence]]:
    """Return training and held-out sentences of both languages; they share no sentence."""
    english, korean = (sentences(TRAINING + HELD_OUT, lang, seed) for lang in GRAMMARS)
    return english[:TRAINING] + korean[:TRAINING], english[TRAINING:] + korean[TRAINING:]


def windows(
    tokens: Sequence[str], labels: Sequence[int], size: int = 3
) -> tuple[list[tuple[str, ...]], list[int]]:
    """Cut a sentence into windows of `size` words, each with the label of its *last* word.

    (harry, potter, and) → 0, (potter, and, hermione) → 1. A shorter sentence has none.
    """
    cut = [tuple(tokens[i : i + size]) for i in range(len(tokens) - size + 1)]
    return cut, list(labels[size - 1 :])


def tokenize(text: str) -> list[str]:
    """Split a text into lower-cased words: English by space, Korean by 어절 with its particle.

    Punctuation is left out. "harry's" becomes "harry" and "'s": only the first is a name.
    A particle stays with its noun, as splitting it off takes a dictionary (고양이 is one noun).
    Korean syllables that come as single jamo are put together first.
    """
    text = unicodedata.normalize("NFC", text).replace("\u2019", "'").lower()
    return re.findall(r"'s\b|[^\W_]+(?:(?:-|'(?!s\b)(?=[a-z]))[^\W_]+)*", text)
