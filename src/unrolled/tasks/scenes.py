"""Drawn scenes of a small thing beside a large one, and the captions that tell what stands where.

A caption names the small thing first, by where it lies from the large one, so that each picture has
one true caption in either language: "a red circle above a blue square" and "빨간 원이 파란 사각형
위에 있습니다".
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import product
from typing import NamedTuple

import numpy as np

from unrolled.language import LANGUAGES, _, current_language

SIZE = 24  # pixels a side
GROUND = 0.96
NOISE = 0.03  # standard deviation of what is added to each pixel
HELD_OUT = 96  # of the 576 scenes that there are
PICTURES, HELD_OUT_PICTURES = 40, 5  # of each scene

COLOURS = {
    "red": (0.84, 0.15, 0.16),
    "blue": (0.12, 0.38, 0.75),
    "green": (0.1, 0.55, 0.25),
    "yellow": (0.95, 0.74, 0.1),
}
FORMS = ("circle", "square", "triangle")
RELATIONS = ("above", "below", "left of", "right of")
KOREAN = {
    **{"red": "빨간", "blue": "파란", "green": "초록", "yellow": "노란"},
    **{"circle": "원", "square": "사각형", "triangle": "삼각형"},
    **{"above": "위에", "below": "아래에", "left of": "왼쪽에", "right of": "오른쪽에"},
}
LONGEST_TEXT = 200  # characters

# What a description may say: every word in either language, and what a noun or a colour may bear.
UNDERSTOOD = {word.split()[0]: word for word in KOREAN} | {
    word + end: name for name, word in KOREAN.items() for end in ("", "이", "은", "의", "색")
}
PASSED_OVER = {"a", "an", "the", "is", "to", "of", "있습니다"}

Thing = tuple[str, str]
"""A colour and a form: ("red", "circle")."""


class Scene(NamedTuple):
    """What a picture shows: the small thing, where it lies, and the large thing that it lies by."""

    small: Thing
    relation: str
    large: Thing

    def caption(self, lang: str = "en") -> list[str]:
        """Return the words of the one true caption, in "en" or "ko"."""
        if checked_language(lang) == "en":
            return f"a {' '.join(self.small)} {self.relation} a {' '.join(self.large)}".split()
        (colour, form), (other_colour, other_form) = (
            [KOREAN[word] for word in thing] for thing in (self.small, self.large)
        )
        # Each form ends in a consonant, so its subject particle is 이.
        return [
            *(colour, form + "이", other_colour, other_form),
            *(KOREAN[self.relation], "있습니다"),
        ]


class Example(NamedTuple):
    """A picture (24, 24, 3) and the scene that it shows."""

    picture: np.ndarray
    scene: Scene


SCENES = tuple(
    Scene(small, relation, large)
    for small, relation, large in product(
        product(COLOURS, FORMS), RELATIONS, product(COLOURS, FORMS)
    )
)


def checked_language(lang: str) -> str:
    """Return the language of a caption; raises ValueError for one that there is none in."""
    if lang not in LANGUAGES:
        raise ValueError(_("No captions in {lang!r}: write 'en' or 'ko'.").format(lang=lang))
    return lang


# --- Drawing


def paint(shapes: Iterable[tuple[str, str, float, float, float]]) -> np.ndarray:
    """Paint shapes (colour, form, x, y, reach) on paper, each over those before it.

    x and y, of its middle, go right and down from the upper left corner; reach is half its height,
    all in pixels. Returns a picture (24, 24, 3) with values from 0 to 1. Raises ValueError for a
    colour or a form that does not exist.
    """
    picture = np.full((SIZE, SIZE, 3), GROUND, dtype=np.float32)
    down, across = np.mgrid[:SIZE, :SIZE] + 0.5  # the middles of pixels
    for colour, form, x, y, reach in shapes:
        inside = _inside(_known(form, FORMS), across - x, down - y, reach)
        covered = np.clip(inside + 0.5, 0, 1)[..., None]  # of an edge's pixels a part
        picture += covered * (np.array(COLOURS[_known(colour, COLOURS)]) - picture)
    return picture


def _inside(form: str, x: np.ndarray, y: np.ndarray, reach: float) -> np.ndarray:
    """How far each pixel lies within a form around (0, 0), below 0 outside."""
    if form == "circle":
        return reach - np.hypot(x, y)
    if form == "square":
        return 0.9 * reach - np.maximum(abs(x), abs(y))
    return np.minimum(reach - y, 0.9 * ((y + reach) / 2 - abs(x)))


def draw(
    small: Thing,
    relation: str,
    large: Thing,
    rng: np.random.Generator | int | None = None,
    noise: float = NOISE,
) -> np.ndarray:
    """Draw a scene: `draw(("red", "circle"), "above", ("blue", "square"))`.

    With a generator or a seed both things get places and sizes of their own, and the picture a
    little noise; without, they stand in the middle, clean. Returns a picture (24, 24, 3) with
    values from 0 to 1. Raises ValueError for a colour, a form or a relation that does not exist.
    """
    scene = checked(Scene(small, relation, large))
    rng = None if rng is None else np.random.default_rng(rng)
    places = _places(scene.relation, rng)
    things = zip((scene.large, scene.small), reversed(places), strict=True)
    picture = paint((*thing, *place) for thing, place in things)
    if rng is None:
        return picture
    shaken = picture + noise * rng.standard_normal(picture.shape, dtype=np.float32)
    return np.clip(shaken, 0, 1, dtype=np.float32)


def _places(relation: str, rng: np.random.Generator | None):
    """Where the small and the large thing stand, and how large: two of (x, y, reach)."""
    if rng is None:
        small, large, start, gap, across, aside = 3.5, 5.5, 2.0, 2.0, SIZE / 2, 0.0
    else:
        small, large = rng.uniform(3.2, 3.8), rng.uniform(5.2, 5.8)
        free = SIZE - 2 * (small + large) - 1  # half a pixel stays free at either edge
        gap = rng.uniform(1, free - 1)
        start = 0.5 + rng.uniform(0, free - gap)
        across = rng.uniform(large + 0.5, SIZE - large - 0.5)
        aside = rng.uniform(-3, 3)
    near, far = start, start + gap
    if relation in ("above", "left of"):
        along = near + small, far + 2 * small + large
    else:
        along = far + 2 * large + small, near + large
    beside = float(np.clip(across + aside, small + 0.5, SIZE - small - 0.5))
    places = ((beside, along[0]), (across, along[1]))
    if relation in ("left of", "right of"):
        places = tuple((down, right) for right, down in places)
    return [(*place, reach) for place, reach in zip(places, (small, large), strict=True)]


# --- What there is


def _known(word: str, words: Iterable[str]) -> str:
    if not isinstance(word, str) or word not in words:
        sentence = _("{word!r} cannot be drawn. Choose from: {words}.")
        raise ValueError(sentence.format(word=word, words=", ".join(words)))
    return word


def checked(scene: Scene) -> Scene:
    """Return a scene of words that all exist; raises ValueError, with a sentence, for others."""
    things = []
    for thing in (scene.small, scene.large):
        if isinstance(thing, str) or not isinstance(thing, list | tuple) or len(thing) != 2:
            sentence = _(
                'A thing is a colour and a form, such as ("red", "circle"), not {thing!r}.'
            )
            raise ValueError(sentence.format(thing=thing))
        things.append((_known(thing[0], COLOURS), _known(thing[1], FORMS)))
    return Scene(things[0], _known(scene.relation, RELATIONS), things[1])


def read_scene(text: str) -> Scene:
    """Understand a description such as "a red circle above a blue square", or the Korean one.

    Raises ValueError, with a sentence, for what describes no scene.
    """
    said = text if isinstance(text, str) and len(text) <= LONGEST_TEXT else ""
    words = re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", said).lower())
    named = [UNDERSTOOD.get(word) for word in words if word not in PASSED_OVER]
    if len(named) == 5:
        # A Korean caption tells the relation at its end.
        first, form, relation, second, other = (
            named[place] for place in ((0, 1, 4, 2, 3) if named[4] in RELATIONS else range(5))
        )
        scene = Scene((str(first), str(form)), str(relation), (str(second), str(other)))
        if scene in SCENES:
            return scene
    sentence = _(
        'Describe a scene as in "{example}": colours {colours}; forms {forms}; and {relations}.'
    )
    lang = current_language()
    known = {"colours": COLOURS, "forms": FORMS, "relations": RELATIONS}
    listed = {
        name: ", ".join(KOREAN[word] if lang == "ko" else word for word in words)
        for name, words in known.items()
    }
    raise ValueError(sentence.format(example=" ".join(SCENES[17].caption(lang)), **listed))


# --- The examples


def split(seed: int = 0) -> tuple[list[Example], list[Example]]:
    """Return training and held-out examples; no scene of either is among the other's.

    Of a held-out scene training shows each word, never all of them together.
    """
    rng = np.random.default_rng(seed)
    chosen = [SCENES[index] for index in rng.permutation(len(SCENES))]
    return (
        _examples(chosen[HELD_OUT:], PICTURES, rng),
        _examples(chosen[:HELD_OUT], HELD_OUT_PICTURES, rng),
    )


def _examples(scenes: Iterable[Scene], pictures: int, rng: np.random.Generator) -> list[Example]:
    return [Example(draw(*scene, rng), scene) for scene in scenes for _picture in range(pictures)]
