"""Reviews with a verdict that hangs on the order of their words, not on which words they hold."""

import random
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from unrolled.language import _
from unrolled.tasks import sentiment_english, sentiment_korean

TRAINING, HELD_OUT = 2400, 500  # different reviews of each language

GRAMMARS = {"en": sentiment_english, "ko": sentiment_korean}
NEGATIVES = {"not", "never", "neither", "nobody", "no", "wasn't", "weren't", "isn't", "didn't"}
NEGATION = re.compile(
    r"\b(not|never|nobody|no|neither)\b|n't\b|않|\b안 |아니(?!라)|것이 아니라|하나도 없"
)

# Reviews that no grammar made, with their verdicts: what real readers might type. Many lie beyond
# what a model can learn from the grammars, and show where it ends.
WRITTEN = {
    "this is the best film i have ever seen": True,
    "i fell asleep after ten minutes": False,
    "the film was anything but boring": True,
    "i would not say that the film was boring": True,
    "i have never seen a better film": True,
    "the film could not have been worse": False,
    "i liked the film although the ending was bad": True,
    "there was nothing good about this hotel": False,
    "the soup was cold and we were not happy": False,
    "not a single boring minute": True,
    "the film was far from good": False,
    "i did not think the film was good": False,
    "지루할 틈이 없었다": True,
    "재미있을 줄 알았는데 지루했다": False,
    "지루할 줄 알았는데 재미있었다": True,
    "시간이 아까웠다": False,
    "다시 보고 싶은 영화였다": True,
    "이보다 더 좋을 수 없다": True,
    "기대했지만 실망했다": False,
    "좋다고 할 수 없다": False,
    "재미라고는 하나도 없었다": False,
    "나쁘지 않았고 오히려 좋았다": True,
    "음식이 맛있어서 또 오고 싶다": True,
    "불편함이 전혀 없었다": True,
}

# --- Reviews -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Review:
    """A review, its tokens, and after each token the verdict on what has been read so far.

    A verdict is 1 (praise), 0 (blame) or 0.5 (nothing said yet). `turns` is True at tokens that
    say or change it and at the last one, whose verdict is the review's.
    """

    lang: str
    text: str
    tokens: tuple[str, ...]
    verdicts: tuple[float, ...]
    turns: tuple[bool, ...]

    @property
    def positive(self) -> bool:
        """Whether the whole review is a praise."""
        return self.verdicts[-1] == 1

    @cached_property
    def negated(self) -> bool:
        """Whether something in it is negated."""
        return NEGATION.search(self.text) is not None


def mirrored(line: str, lang: str) -> str:
    """Turn a line of praise into the blame of the same shape, or the other way round."""
    opposite = GRAMMARS[lang].OPPOSITE | {"+": "-"}
    opposite |= {blame: praise for praise, blame in opposite.items()}
    return re.sub(r"[A-Z]+|[+-]", lambda symbol: opposite.get(symbol[0], symbol[0]), line)


def _line(lang: str, sign: str, rng: random.Random) -> str:
    """Make the text of a review whose verdict is `sign`, with signs in it."""
    grammar = GRAMMARS[lang]
    topic = rng.choice(grammar.TOPICS)
    lines = grammar.LINES + topic.get("LINES", [])
    if sign == "-":
        lines = [mirrored(line, lang) for line in lines]
    return grammar.filled(rng.choice(lines + grammar.EXTRA[sign]), topic, rng)


def _review(lang: str, line: str) -> Review:
    """Read the signs off a finished line."""
    tokens, verdicts, turns, verdict = [], [], [], 0.5
    for token, sign in re.findall(r"([가-힣]|[a-z']+)([+-]?)", line):
        verdict = {"+": 1.0, "-": 0.0, "": verdict}[sign]
        tokens.append(token)
        verdicts.append(verdict)
        turns.append(sign != "")
    turns[-1] = True
    text = re.sub("[+-]", "", line)
    return Review(lang, text, tuple(tokens), tuple(verdicts), tuple(turns))


def reviews(count: int, lang: str, seed: int) -> list[Review]:
    """Make `count` different reviews of a language, as many praises as blames.

    lang is "en" or "ko"; the same seed gives the same reviews.
    """
    if lang not in GRAMMARS:
        raise ValueError(_("No reviews in {lang!r}: write 'en' or 'ko'.").format(lang=lang))
    rng, made = random.Random(f"{lang} {seed}"), {}
    while len(made) < count:
        review = _review(lang, _line(lang, "+-"[len(made) % 2], rng))
        made.setdefault(review.tokens, review)
    return list(made.values())


def split(seed: int = 0) -> tuple[list[Review], list[Review]]:
    """Return training and held-out reviews of both languages; they share no review."""
    english, korean = (reviews(TRAINING + HELD_OUT, lang, seed) for lang in GRAMMARS)
    return english[:TRAINING] + korean[:TRAINING], english[TRAINING:] + korean[TRAINING:]


def tokenize(text: str) -> list[str]:
    """Split a text into tokens: English by word, Korean by syllable.

    Punctuation, spaces and capitals are left out; "wasn't" is one word. By syllable an ending
    that was never seen whole is still read ("재미있지는 않았어요"), and so is 안좋았다 without
    its space. Korean syllables that come as single jamo are put together first.
    """
    text = unicodedata.normalize("NFC", text).replace("\u2019", "'").lower()
    return re.findall(r"[가-힣ㄱ-ㅣ]|[^\W_가-힣ㄱ-ㅣ]+(?:['-][^\W_가-힣ㄱ-ㅣ]+)*", text)


def topic_tokens() -> set[str]:
    """Return the tokens that only name what a review is about: any other noun could stand there."""
    english, korean = (set(tokenize(" ".join(grammar.nouns()))) for grammar in GRAMMARS.values())
    said = [*sentiment_korean.PREDICATES.values(), *sentiment_korean.GRAMMAR["ADVERB"]]
    said += [*sentiment_korean.LINES, *sentiment_korean.EXTRA["+"], "이가은는을를그별로최고"]
    korean -= set(tokenize(" ".join(said)))
    return (english | korean) - set(["the", "this", "was", "were", "piece", "it"])
