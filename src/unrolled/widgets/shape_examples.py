"""True examples of the four tasks, written by hand, and six new jobs to be recognised.

They show what a task asks for. No model made them.
"""

from dataclasses import dataclass
from typing import Any

from unrolled.tasks.scenes import Scene, draw
from unrolled.widgets.shapes import SHAPES, Example

# The small thing is named first, as the trained captioner does it.
_RED_CIRCLE = Scene(("red", "circle"), "above", ("blue", "square"))
_GREEN_TRIANGLE = Scene(("green", "triangle"), "above", ("blue", "square"))
_SIGMOID: Any = {"head": 'Dense(1, activation="sigmoid")', "width": "1"}
_LETTERS = dict(zip("CDEFGA", "도레미파솔라", strict=True))
_TWINKLE = list("CCGGAAGFFEEDDCGGFFEED")  # "Ah! vous dirai-je, maman" (1761), 21 notes
_DO = [_LETTERS[note] for note in _TWINKLE]

EXAMPLES = (
    Example(
        "sentiment",
        SHAPES[0],
        ["The", "actors", "are", "fine", "but", "this", "film", "is", "not", "good"],
        ["negative"],
        name="English",
        language="en",
        **_SIGMOID,
    ),
    Example(
        "sentiment",
        SHAPES[0],
        ["배우들은", "좋지만", "이", "영화는", "전혀", "재미있지", "않습니다"],
        ["부정"],
        name="한국어",
        language="ko",
        **_SIGMOID,
    ),
    Example("melody", SHAPES[1], _TWINKLE[:20], _TWINKLE[1:], name="C D E", language="en"),
    Example("melody", SHAPES[1], _DO[:20], _DO[1:], name="도 레 미", language="ko"),
    Example(
        "translation",
        SHAPES[2],
        list("이천삼백사십오"),
        ["two", "thousand", "three", "hundred", "forty-five"],
        name="2345",
    ),
    Example("translation", SHAPES[2], list("구백십이"), ["nine", "hundred", "twelve"], name="912"),
    Example(
        "caption",
        SHAPES[3],
        ["picture"],
        _RED_CIRCLE.caption("en"),
        name="English",
        language="en",
        image=draw(*_RED_CIRCLE),
    ),
    Example(
        "caption",
        SHAPES[3],
        ["그림"],
        _GREEN_TRIANGLE.caption("ko"),
        name="한국어",
        language="ko",
        image=draw(*_GREEN_TRIANGLE),
    ),
)


@dataclass(frozen=True)
class Job:
    """A new job: the key of its sentences, and an example for readers of either language."""

    key: str
    english: Example
    korean: Example

    @property
    def answer(self) -> int:
        """Which of SHAPES it has."""
        return SHAPES.index(self.english.shape)


def _job(key, shape, english, korean, **more) -> Job:
    """Inputs and outputs stand on either side of the arrow, their steps apart by blanks."""
    both = [[side.split() for side in words.split(" → ")] for words in (english, korean)]
    return Job(key, *(Example(key, SHAPES[shape], read, write, **more) for read, write in both))


JOBS = (
    _job(
        "spam",
        0,
        "You have won a free prize → spam",
        "축하합니다 무료 경품에 당첨되셨습니다 → 스팸",
        **_SIGMOID,
    ),
    _job(
        "live",
        1,
        "sound1 sound2 sound3 sound4 sound5 → welcome to the talk today",
        "소리1 소리2 소리3 소리4 → 오늘 발표를 시작하겠습니다 여러분",
    ),
    _job(
        "video",
        0,
        "frame1 frame2 frame3 frame4 frame5 frame6 → football",
        "장면1 장면2 장면3 장면4 장면5 장면6 → 축구",
    ),
    _job(
        "weather",
        0,
        "12° 14° 13° 15° 17° 16° 18° → 19°",
        "12° 14° 13° 15° 17° 16° 18° → 19°",
        head="Dense(1)",
        width="1",
    ),
    _job(
        "story",
        3,
        "title7 → Once there was a small fox",
        "제목7 → 옛날 옛적에 작은 여우가 살았습니다",
    ),
    _job(
        "summary",
        2,
        "It rained all day so the game was put off → game put off",
        "종일 비가 내려 경기가 다음 주로 미뤄졌습니다 → 경기 연기",
    ),
)
