"""Pairs of sentences that begin alike: the same word is a name in one and none in the other.

"He said, Teddy Roosevelt was a great president" and "he said, teddy bears are on sale"; "어제
하늘 선생님이 웃었다" and "어제 하늘 색이 고왔다". Each sentence has its twin, so whoever has read
up to the ambiguous word, that word included, can only toss a coin.
"""

import random
import re
from typing import NamedTuple

from unrolled.language import _
from unrolled.tasks.name_sentences import expand

TRAINING, HELD_OUT = 1200, 400  # distinct sentences of each language, half of them names


class Sentence(NamedTuple):
    """Words, labels (1 for a name, else 0), the place of the ambiguous word, and "en" or "ko"."""

    tokens: list[str]
    labels: list[int]
    place: int
    lang: str


# A capital word stands for any one line of its rule; a star marks a name. Lines written several
# times come up more often. Beginnings fit what follows, whichever it is.
ENGLISH = {
    "BEGINNING": ["WHEN SPEAKER SAID"],
    "WHEN": ["", "", "yesterday", "once", "then"],
    "SPEAKER": [
        *("he", "he", "she", "they", "harry*", "emma*", "tom*", "my friend", "our teacher"),
        *("the old man", "the children"),
    ],
    "SAID": ["said", "said", "wrote", "whispered", "shouted"],
    # What goes on after a name. The last line shares all but its first word with things.
    "PERSON": [
        *(3 * ["DID"] + 2 * ["ISMY RELATION", "LAST* DID", "FAMOUS", "FAMOUS"]),
        *("and HIS RELATION DEED", "never DEED", "'s OWNED"),
    ],
    "DID": [*(4 * ["DEED"]), "was late", "is here"],
    "DEED": [
        *("slept well", "laughed at us", "sang a song", "met my friend", "won the race"),
        *("called my sister", "helped me", "came home"),
    ],
    "ISMY": ["is my", "was my"],
    "RELATION": ["cousin", "teacher", "friend", "neighbour", "KIN", "KIN"],
    "LAST": ["smith", "baker", "jones", "miller", "granger", "hunter"],
    # What goes on after a thing.
    "SOLD": [
        *("are on sale", "are on sale", "are soft", "are cheap", "sell well", "look old"),
        "make good presents",
    ],
    "DO": ["wait", "stay", "win the race", "sing a song", "come home"],
    "HELP": ["DO", "help me"],
    "PAGE": ["my words", "the page", "the date", "your answers", "the map"],
    "CARE": ["", "well", "with care", "at once"],
}
# Each word with its pronoun, its most famous bearer, what someone of that name may own, and what
# is said where it is no name.
ENGLISH_WORDS = {
    "teddy": ("his", "roosevelt* was a great president", "bears SOLD", ["bears SOLD"]),
    "rose": (
        *("her", "LAST* was a great teacher", "petals SOLD"),
        ["petals SOLD", "bushes need water", "tea tastes sweet", "ISMY favourite colour"],
    ),
    "lily": (
        *("her", "LAST* was a great doctor", "bulbs SOLD"),
        ["bulbs SOLD", "petals SOLD", "bulbs need water", "ponds are quiet", "ponds look old"],
    ),
    "grace": (
        *("her", "kelly* was a great actress", "notes sound sweet"),
        [
            "is a virtue",
            "under pressure is rare",
            "and beauty last",
            "notes sound sweet",
            "never fades",
            "ISMY aim",
        ],
    ),
    "hope": (
        *("her", "LAST* was a great writer", "words are kind"),
        ["is a good thing", "and joy last", "keeps us going", "never dies", "ISMY strength"],
    ),
    "art": (
        *("his", "tatum* was a great pianist", "books SOLD"),
        ["books SOLD", "classes are free", "is long", "and music last", "never dies", "ISMY hobby"],
    ),
    "may": (
        *("her", "LAST* was a great poet", "flowers SOLD"),
        ["flowers SOLD", "i DO", "we DO", "they HELP", "is a warm month", "and july are warm"],
    ),
    "will": (
        *("his", "shakespeare* was a great poet", "words are kind"),
        ["you HELP", "they HELP", "we DO", "it rain", "HIS RELATION HELP"],
    ),
    "mark": (
        *("his", "twain* was a great writer", "books SOLD"),
        ["PAGE CARE", "PAGE CARE", "and fold the page", "and keep the date"],
    ),
}

# Three beginnings: somebody or something did, somebody saw them, somebody thinks of them. The
# ambiguous word stands bare before a title (하늘 선생님이) or a noun (하늘 색이); in the third it
# ends in a vowel, so that name and noun take the same particle (바다가).
KOREAN = {
    "DOING": [
        *("어제", "그저께", "어젯밤에", "오늘 아침에", "지난주에", "지난달에", "그날", "그때"),
        *("며칠 전에", "오늘"),
    ],
    "SEEING": ["SEER TIME"],
    "SEER": ["나는", "우리는", "민수는*", "영희는*", "철수는*", "내 친구는", "내 동생은"],
    "TIME": ["", "", "그때", "예전에", "늘"],
    "THINKING": ["THINKER 생각에는", "THINKER 눈에는"],
    "THINKER": ["내", "우리", "민수*", "영희*", "철수*", "내 친구", "내 동생", "우리 선생님"],
    # After a name. Whose picture it is, a title tells: the rest is as after a thing.
    "PERSON": ["TITLE이/가 DID", "TITLE이/가 DID", "TITLE OWNED"],
    "DID": [
        *("웃었다", "노래를 불렀다", "책을 읽었다", "밥을 먹었다", "집에 갔다", "잠을 잤다"),
        *("친구를 만났다", "달렸다"),
    ],
    "TITLE": ["선생님", "언니", "누나", "형", "이모", "삼촌", "씨"],
    "OWNED": [
        *("사진이 예뻤다", "사진이 좋았다", "그림이 멋졌다", "그림이 예뻤다", "노래가 들렸다"),
        *("노래가 좋았다", "옷이 예뻤다", "음식이 맛있었다"),
    ],
    "SEEN": ["TITLE을/를 SAW", "TITLE을/를 SAW", "TITLE KEPT"],
    "SAW": ["보았다", "만났다", "도왔다", "기다렸다", "좋아했다", "떠올렸다", "그렸다"],
    "KEPT": [
        *("사진을 보았다", "사진을 찍었다", "그림을 좋아했다", "노래를 불렀다", "옷을 입었다"),
        "음식을 먹었다",
    ],
    "THOUGHT": ["VERY KIND", "VERY KIND", "마음이 VERY 넓다"],
    "VERY": ["", "참", "정말", "아주", "가장"],
    "KIND": ["친절하다", "착하다", "부지런하다", "똑똑하다", "다정하다"],
}
# What is seen or heard of a thing, with what is said of it, and what one does with it.
NOUNS = {
    "사진": ("예뻤다 아름다웠다 좋았다 떠올랐다", "보았다 찍었다 좋아했다 떠올렸다"),
    "그림": ("예뻤다 멋졌다 좋았다 떠올랐다", "보았다 그렸다 좋아했다 떠올렸다"),
    "풍경": ("아름다웠다 멋졌다 좋았다 떠올랐다", "보았다 그렸다 좋아했다 떠올렸다"),
    "색": ("고왔다 예뻤다 아름다웠다 좋았다", "보았다 좋아했다 떠올렸다"),
    "모양": ("예뻤다 좋았다 떠올랐다", "보았다 그렸다 떠올렸다"),
    "냄새": ("났다 좋았다 떠올랐다", "맡았다 좋아했다 떠올렸다"),
    "소리": ("들렸다 좋았다 떠올랐다", "들었다 좋아했다 떠올렸다"),
    "날씨": ("좋았다 맑았다 나빴다", "좋아했다 기다렸다 즐겼다"),
    "노래": ("들렸다 좋았다 떠올랐다", "불렀다 들었다 좋아했다"),
    "소풍": ("즐거웠다 좋았다 떠올랐다", "갔다 기다렸다 떠올렸다"),
    "방학": ("즐거웠다 시작되었다 끝났다", "기다렸다 좋아했다 떠올렸다"),
    "옷": ("예뻤다 좋았다", "입었다 샀다 좋아했다"),
    "음식": ("맛있었다 좋았다 떠올랐다", "먹었다 만들었다 좋아했다"),
    "영화": ("좋았다 시작되었다 끝났다", "보았다 좋아했다 기다렸다"),
    "여행": ("즐거웠다 시작되었다 떠올랐다", "떠났다 기다렸다 떠올렸다"),
    "역사": ("떠올랐다", "배웠다 좋아했다 떠올렸다"),
    "경제": ("좋아졌다 어려워졌다", "걱정했다 배웠다"),
    "살림": ("나아졌다 어려워졌다", "걱정했다 맡았다"),
}
KOREAN_WORDS = {
    "하늘": ["사진", "그림", "풍경", "색"],
    "바다": ["사진", "그림", "풍경", "냄새", "소리"],
    "가을": ["사진", "풍경", "날씨", "노래", "소풍", "옷"],
    "봄": ["사진", "풍경", "날씨", "노래", "소풍", "옷"],
    "여름": ["사진", "풍경", "날씨", "노래", "방학", "음식"],
    "나라": ["역사", "경제", "살림"],
    "별": ["사진", "그림", "모양"],
    "우주": ["사진", "그림", "영화", "여행"],
    "노을": ["사진", "그림", "풍경", "색"],
}
THOUGHTS = {
    "바다가": ["넓다", "깊다", "푸르다"],
    "나라가": ["넓다", "평화롭다", "부유하다"],
    "우주가": ["넓다", "신비롭다", "멀다"],
}
AMBIGUOUS = {"en": (*ENGLISH_WORDS,), "ko": (*KOREAN_WORDS, *THOUGHTS)}
"""The ambiguous words of each language, as they stand in the sentences."""

# Words that hold a sentence together; training never makes them unknown.
FRAME = (
    "he she they said wrote is was are my his her and never 's the you we i it "
    "나는 우리는 내 어제 그때 늘 생각에는 눈에는 씨 씨가 씨를 마음이 참 정말 아주 가장"
)


def particle(noun: str, after_consonant: str, after_vowel: str) -> str:
    """Put the particle after a Korean noun that its last sound asks for (이 or 가, 을 or 를)."""
    return noun + (after_consonant if (ord(noun[-1]) - ord("가")) % 28 else after_vowel)


def _inflected(line: str) -> str:
    """Choose between the particles written as 이/가 or 을/를."""
    return re.sub(r"(\w+)([이을])/([가를])", lambda found: particle(*found.groups()), line)


def _english(rng: random.Random) -> tuple[str, str, str, str]:
    word = rng.choice(list(ENGLISH_WORDS))
    his, famous, owned, things = ENGLISH_WORDS[word]
    kin = "brother" if his == "his" else "sister"
    own = {"HIS": [his], "KIN": [kin], "FAMOUS": [famous], "OWNED": [owned], "THING": things}
    grammar = ENGLISH | own
    beginning, person, thing = (
        expand(rule, grammar, rng) for rule in ("BEGINNING", "PERSON", "THING")
    )
    return word, beginning, person, thing


def _korean(rng: random.Random) -> tuple[str, str, str, str]:
    kind, person = rng.choice(
        2 * [("DOING", "PERSON")] + 2 * [("SEEING", "SEEN")] + [("THINKING", "THOUGHT")]
    )
    if kind == "THINKING":
        word = rng.choice(list(THOUGHTS))
        thing = f"VERY {rng.choice(THOUGHTS[word])}"
    else:
        word = rng.choice(list(KOREAN_WORDS))
        noun = rng.choice(KOREAN_WORDS[word])
        said, done = NOUNS[noun]
        doing = kind == "DOING"
        thing = (
            f"{noun}{'이/가' if doing else '을/를'} {rng.choice((said if doing else done).split())}"
        )
    lines = (expand(rule, KOREAN, rng) for rule in (kind, person, thing))
    beginning, named, meant = map(_inflected, lines)
    return word, beginning, named, meant


_MAKERS = {"en": _english, "ko": _korean}


def _sentence(beginning: str, word: str, rest: str, lang: str) -> Sentence:
    words = f"{beginning} {word} {rest}".split()
    labels = [int(each.endswith("*")) for each in words]
    return Sentence(
        [each.removesuffix("*") for each in words], labels, len(beginning.split()), lang
    )


def sentences(count: int, lang: str, seed: int) -> list[Sentence]:
    """Make `count` different sentences of a language, each name followed by its twin that is none.

    lang is "en" or "ko", count even; the same seed gives the same sentences.
    """
    if lang not in _MAKERS:
        raise ValueError(_("No sentences in {lang!r}: write 'en' or 'ko'.").format(lang=lang))
    rng, made = random.Random(f"later {lang} {seed}"), {}
    while len(made) < count:
        word, beginning, person, thing = _MAKERS[lang](rng)
        twins = [
            _sentence(beginning, f"{word}*", person, lang),
            _sentence(beginning, word, thing, lang),
        ]
        if not any(tuple(twin.tokens) in made for twin in twins):
            made.update((tuple(twin.tokens), twin) for twin in twins)
    return list(made.values())


def split(seed: int = 0) -> tuple[list[Sentence], list[Sentence]]:
    """Return training and held-out sentences of both languages; they share no sentence."""
    english, korean = (sentences(TRAINING + HELD_OUT, lang, seed) for lang in _MAKERS)
    return english[:TRAINING] + korean[:TRAINING], english[TRAINING:] + korean[TRAINING:]
