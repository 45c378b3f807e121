"""Korean reviews: what they are made of, and how a line of the grammar is filled."""

import random
import re

# G and B stand for a predicate that praises or blames, with the form it takes; END for an ending.
# 않, 안, 아니라 and 없 turn what is said, -을 뿐만 아니라 does not.
LINES = [
    *(3 * ["IT G:past+END", "IT ADVERB G:past+END", "IT G:now+"] + ["IT SUPER+END"]),
    *(4 * ["IT B:ji- 않+았END", "IT 안 B:an+END"] + ["IT B:ji- 않+NOT"]),
    *(2 * ["IT NONE B:none 않+았END"] + ["IT 별로 안 B:an+END", "IT 전혀 안 B:an+END"]),
    *(2 * ["IT B:ji- 않+고 G:past+END", "IT G:go+ B:ji 않+았END", "IT G:go+ 안 B:an+END"]),
    *(2 * ["IT B:ing- 것이 아니+라 G:past+END", "IT G:will+ 뿐만 아니라 G:past+END"]),
    *("PART B:past-지만 WHOLE G:past+END", "PART G:ji+ 않-았지만 WHOLE G:past+END"),
    *("PART B:past-지만 WHOLE B:ji- 않+았END", "PART POOR-지만 WHOLE B:ji- 않+았END"),
    *(2 * ["PART POOR-지만 WHOLE G:past+END"]),
    *("PART 안 G:an-지만 WHOLE G:past+END", "PART B:past-지만 WHOLE SUPER+END"),
    *("G:ing+ THING 많+았END", "B:ing- THING 하나도 없+었END"),
    *("G:ing+ KINDWAS+END", "B:ing- KIND 아니+었END"),
]
EXTRA = {
    "+": [
        *("IT 마음에 들+었END", "마음에 안 드-는 THING 하나도 없+었END", "OBJECT 추천합+니다"),
        *("마음에 들+지 않-는 THING 하나도 없+었END", "OBJECT 추천하고 싶+다"),
    ],
    "-": [
        *("IT 마음에 들+지 않-았END", "IT 마음에 안 들-었END", "OBJECT 추천하지 않-습니다"),
        *("IT G:ji+는 않-았END", "IT 별로 DULLEND", "OBJECT 추천하고 싶+지 않-다"),
    ],
}
GRAMMAR = {
    "IT": ["WHOLE", "WHOLE", "PART", "PART", ""],
    "ADVERB": ["정말", "아주", "무척", "참"],
    "NONE": ["전혀", "별로", "그다지"],
    "SUPER": ["최고+였", "완벽+했"],
    "POOR": ["별로-였", "형편없-었"],
    "END": ["다", "다", "어요", "습니다"],
    "NOT": ["다", "아요", "습니다"],
}
THIS = ["", "", "이 ", "그 "]
BIEUP = 17  # its place among the final consonants of a syllable
# Forms: -지, past stem, -고, -는, -을; a star where the word has said what it says.
FORMS = ("ji", "past", "go", "ing", "will")
PREDICATES = {
    "재미있다": "재미있*지 재미있*었 재미있*고 재미있*는 재미있*을",
    "좋다": "좋*지 좋*았 좋*고 좋*은 좋*을",
    "훌륭하다": "훌륭*하지 훌륭*했 훌륭*하고 훌륭*한 훌륭*할",
    "즐겁다": "즐겁*지 즐거*웠 즐겁*고 즐거*운 즐거*울",
    "아름답다": "아름답*지 아름다*웠 아름답*고 아름다*운 아름다*울",
    "맛있다": "맛있*지 맛있*었 맛있*고 맛있*는 맛있*을",
    "편하다": "편하*지 편했* 편하*고 편한* 편할*",
    "편안하다": "편안*하지 편안*했 편안*하고 편안*한 편안*할",
    "깨끗하다": "깨끗*하지 깨끗*했 깨끗*하고 깨끗*한 깨끗*할",
    "지루하다": "지루*하지 지루*했 지루*하고 지루*한 지루*할",
    "나쁘다": "나쁘*지 나빴* 나쁘*고 나쁜* 나쁠*",
    "재미없다": "재미없*지 재미없*었 재미없*고 재미없*는 재미없*을",
    "답답하다": "답답*하지 답답*했 답답*하고 답답*한 답답*할",
    "시시하다": "시시*하지 시시*했 시시*하고 시시*한 시시*할",
    "어색하다": "어색*하지 어색*했 어색*하고 어색*한 어색*할",
    "맛없다": "맛없*지 맛없*었 맛없*고 맛없*는 맛없*을",
    "느끼하다": "느끼*하지 느끼*했 느끼*하고 느끼*한 느끼*할",
    "불편하다": "불편*하지 불편*했 불편*하고 불편*한 불편*할",
    "더럽다": "더럽*지 더러*웠 더럽*고 더러*운 더러*울",
    "좁다": "좁*지 좁*았 좁*고 좁*은 좁*을",
}
# Short negation with 안 is at home with these only (안 좋았다, but 훌륭하지 않았다).
SHORT = {"좋다", "즐겁다", "편하다", "깨끗하다", "지루하다", "나쁘다", "답답하다", "어색하다"}
SHORT |= {"느끼하다", "불편하다", "더럽다", "좁다"}
# Nouns, then what is said of the whole and of its parts.
STORY = {
    "THING": ["장면이"],
    "DULL": ["재미없-었"],
    "said": {
        "WHOLE": (
            "재미있다 좋다 훌륭하다 즐겁다 아름답다",
            "지루하다 나쁘다 재미없다 답답하다 시시하다",
        ),
        "PART": ("좋다 훌륭하다 아름답다", "나쁘다 어색하다 시시하다"),
    },
}
MEAL = ("맛있다 좋다 훌륭하다", "맛없다 나쁘다 느끼하다")
ROOM = ("편하다 편안하다 깨끗하다 좋다", "불편하다 더럽다 좁다")
TOPICS = [
    STORY | {"WHOLE": ["영화", "연극", "드라마"], "PART": ["음악", "연기", "노래", "결말"]},
    STORY | {"WHOLE": ["책", "소설", "동화"], "PART": ["그림", "문장", "결말", "대사"]},
    {
        "WHOLE": ["음식", "점심", "저녁", "식사"],
        "PART": ["국물", "반찬", "고기", "국수", "빵"],
        "THING": ["음식이", "반찬이"],
        "DULL": ["맛없-었"],
        "said": {"WHOLE": MEAL, "PART": MEAL},
    },
    {
        "WHOLE": ["방", "숙소", "호텔"],
        "PART": ["침대", "의자", "욕실", "부엌"],
        "THING": ["방이", "의자가"],
        "DULL": ["안 좋-았"],
        "said": {"WHOLE": ROOM, "PART": ROOM},
    },
]
# Words of one family are not said of one thing ("재미있고 재미없지 않았다").
FAMILIES = ["재미있다 재미없다", "맛있다 맛없다", "편하다 편안하다 불편하다"]
FAMILY = {word: family for family in FAMILIES for word in family.split()}
OPPOSITE = {"G": "B", "SUPER": "POOR"}


def filled(line: str, topic: dict, rng: random.Random) -> str:
    """Put words in the place of a line's capitals; the signs + and - stay."""
    line = line.replace("IT", rng.choice(GRAMMAR["IT"]), 1)
    particles = ["은는"] if "지만" in line else ["이가", "은는"]
    about, used = "WHOLE", set()

    def choose(symbol: re.Match[str]) -> str:
        nonlocal about
        name, form, sign = symbol.groups()
        if name in ("G", "B"):
            said = topic["said"][about][name == "B"].split()
            said = [word for word in said if FAMILY.get(word, word) not in used]
            chosen = rng.choice([word for word in said if _takes(word, form)])
            used.add(FAMILY.get(chosen, chosen))
            return _form(chosen, form, rng).replace("*", sign)
        if name in ("WHOLE", "PART"):
            about = name
            return rng.choice(THIS) + _with_particle(rng.choice(topic[name]), rng.choice(particles))
        if name == "DULLEND":
            return rng.choice(topic["DULL"]) + rng.choice(GRAMMAR["END"])
        if name == "OBJECT":
            return rng.choice(THIS) + _with_particle(rng.choice(topic["WHOLE"]), "을를")
        if name in ("KIND", "KINDWAS"):
            noun = rng.choice(topic["WHOLE"])
            if name == "KIND":
                return _with_particle(noun, "이가")
            return noun + ("이었" if _final(noun) else "였") + sign
        return rng.choice(topic[name] if name in topic else GRAMMAR[name]) + sign

    return re.sub(r"([A-Z]+)(?::([a-z]+))?([+-]?)", choose, line).strip()


def _final(word: str) -> int:
    """The place of a word's last consonant among those that end a syllable; 0 for none."""
    return (ord(word.rstrip("*")[-1]) - ord("가")) % 28


def _with_particle(noun: str, pair: str) -> str:
    return noun + pair[not _final(noun)]


def _form(predicate: str, form: str, rng: random.Random) -> str:
    forms: dict[str, str] = dict(zip(FORMS, PREDICATES[predicate].split(), strict=True))
    if form == "now":
        return rng.choice(_present(forms["ji"][:-1], forms["past"]))
    return forms[{"an": "past", "none": "ji"}.get(form, form)]


def _takes(predicate: str, form: str) -> bool:
    """Whether a predicate is at home in a form (안 좋았다 is right, 안 훌륭했다 is odd)."""
    if form == "none":
        return not predicate.endswith("없다")
    return form != "an" or predicate in SHORT


def _present(stem: str, past: str) -> list[str]:
    """The present of a predicate: 좋다 좋아요 좋습니다, 나쁘다 나빠요 나쁩니다."""

    def with_final(word: str, final: int) -> str:
        last = word.rstrip("*")[-1]
        return chr(ord(last) - _final(last) + final).join(word.rsplit(last, 1))

    # Without its last ㅆ (좋았, 했, 나빴) the past stem takes -요; ㅂ goes under an open syllable.
    formal = stem + "습" if _final(stem) else with_final(stem, BIEUP)
    return [stem + "다", with_final(past, 0) + "요", formal + "니다"]


def nouns() -> list[str]:
    """Return what the reviews are about."""
    return [noun for topic in TOPICS for key in ("WHOLE", "PART") for noun in topic[key]]
