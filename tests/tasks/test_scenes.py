"""Drawn scenes: each picture has one true caption, and no held-out scene is trained on."""

import unicodedata
from itertools import product

import numpy as np
import pytest

from unrolled.language import speaking
from unrolled.tasks import scenes
from unrolled.tasks.scenes import SCENES, Scene, draw, paint, read_scene

WORDS = (*scenes.COLOURS, *scenes.FORMS, *scenes.RELATIONS)


def things_seen(picture):
    """The middle (x, y) and the number of pixels of each thing, by what touches: small, large."""
    left = {tuple(place) for place in np.argwhere(abs(picture - scenes.GROUND).max(-1) > 0.3)}
    found = []
    while left:
        edge, thing = [left.pop()], []
        while edge:
            row, column = edge.pop()
            thing.append((column, row))
            near = set(product((row - 1, row, row + 1), (column - 1, column, column + 1))) & left
            left -= near
            edge += near
        found.append((np.mean(thing, axis=0), len(thing)))
    return sorted(found, key=lambda thing: thing[1])


def test_every_scene_is_there_once():
    assert len(set(SCENES)) == len(SCENES) == (4 * 3) ** 2 * 4


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_a_picture_shows_what_its_scene_says(seed):
    for scene in SCENES[:: 5 if seed else 1]:
        picture = draw(*scene, seed)
        assert picture.shape == (24, 24, 3)
        assert picture.dtype == np.float32
        assert picture.min() >= 0
        assert picture.max() <= 1
        (small, few), (large, many) = things_seen(picture)
        assert few < 0.8 * many, scene
        right, down = small - large
        where = {"above": -down, "below": down, "left of": -right, "right of": right}
        assert max(where, key=lambda relation: where[relation]) == scene.relation
        for thing, (x, y) in ((scene.small, small), (scene.large, large)):
            colour = picture[round(y), round(x)]
            assert np.abs(colour - scenes.COLOURS[thing[0]]).max() < 0.25


def test_the_same_seed_draws_the_same_and_another_seed_does_not():
    scene = SCENES[7]
    np.testing.assert_array_equal(draw(*scene, 3), draw(*scene, 3))
    assert (draw(*scene, 3) != draw(*scene, 4)).any()
    clean = draw(*scene)
    np.testing.assert_allclose(clean, clean[:, ::-1], atol=1e-6)  # in the middle, without noise


def test_forms_differ_and_lie_over_one_another():
    pictures = [paint([("red", form, 12, 12, 5)]) for form in scenes.FORMS]
    assert all((one != two).any() for one, two in product(pictures, pictures) if one is not two)
    over = paint([("red", "square", 12, 12, 5), ("blue", "square", 12, 12, 5)])
    np.testing.assert_array_equal(over[12, 12], np.float32(scenes.COLOURS["blue"]))
    assert (paint([]) == np.float32(scenes.GROUND)).all()


# --- Captions


def test_captions_are_in_simple_correct_english_and_korean():
    scene = Scene(("red", "circle"), "left of", ("blue", "square"))
    assert " ".join(scene.caption()) == "a red circle left of a blue square"
    assert " ".join(scene.caption("ko")) == "빨간 원이 파란 사각형 왼쪽에 있습니다"


def test_the_particle_fits_every_form():
    for form in scenes.FORMS:
        code = ord(scenes.KOREAN[form][-1]) - ord("가")
        assert code % 28, "a form without a final consonant takes 가"


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_no_two_scenes_have_the_same_caption_and_each_is_read_back(lang):
    captions = [" ".join(scene.caption(lang)) for scene in SCENES]
    assert len(set(captions)) == len(SCENES)
    assert [read_scene(caption) for caption in captions] == list(SCENES)


def test_every_word_has_its_korean():
    assert set(scenes.KOREAN) == set(WORDS)
    assert len(set(scenes.KOREAN.values())) == len(WORDS)


@pytest.mark.parametrize(
    "text",
    [
        *("The red circle is to the left of a BLUE square.", "red circle, left: blue square"),
        *("빨간색 원이 파란색 사각형의 왼쪽에 있습니다.", "빨간 원 파란 사각형 왼쪽에"),
        unicodedata.normalize("NFD", "빨간 원이 파란 사각형 왼쪽에 있습니다"),
    ],
)
def test_a_description_in_a_readers_own_words_is_understood(text):
    assert read_scene(text) == Scene(("red", "circle"), "left of", ("blue", "square"))


@pytest.mark.parametrize(
    "text",
    [
        *("", "…", "hello", "a red circle", "a red red above a blue square", "\x00", "\ud800"),
        *("a red circle above a blue square above a red circle", "a red circle " * 10**5, 3, None),
        *("circle red above square blue", "a pink circle above a blue square", "빨간 원이"),
    ],
)
def test_what_describes_no_scene_is_told_with_what_there_is(text):
    with pytest.raises(ValueError, match=r"colours red.*forms circle.*above, below"):
        read_scene(text)
    with speaking("ko"), pytest.raises(ValueError, match=r"빨간.*삼각형.*왼쪽에"):
        read_scene(text)


@pytest.mark.parametrize(
    ("scene", "said"),
    [
        ((("pink", "circle"), "above", ("red", "circle")), "'pink' cannot be drawn"),
        ((("red", "star"), "above", ("red", "circle")), "circle, square, triangle"),
        ((("red", "circle"), "on", ("red", "circle")), "left of, right of"),
        ((("red", "circle"), ["above"], ("red", "circle")), "cannot be drawn"),
        ((("red", "circle"), "above", (["red"], "circle")), "cannot be drawn"),
        (("red circle", "above", ("red", "circle")), "a colour and a form"),
        ((("red", "circle"), "above", None), "a colour and a form"),
        ((("red", "circle", "big"), "above", ("red", "circle")), "a colour and a form"),
    ],
)
def test_what_cannot_be_drawn_is_told(scene, said):
    with pytest.raises(ValueError, match=said):
        draw(*scene)


def test_an_unknown_language_is_told():
    with pytest.raises(ValueError, match="'fr'"):
        SCENES[0].caption("fr")


# --- The split


@pytest.mark.parametrize("seed", [0, 1])
def test_held_out_scenes_are_never_trained_on_but_all_their_words_are(seed, monkeypatch):
    monkeypatch.setattr(scenes, "PICTURES", 2)
    training, held_out = scenes.split(seed)
    trained, kept = ({example.scene for example in each} for each in (training, held_out))
    assert len(kept) == scenes.HELD_OUT
    assert len(held_out) == scenes.HELD_OUT * scenes.HELD_OUT_PICTURES
    assert trained | kept == set(SCENES)
    assert not trained & kept
    for scene in kept:  # each thing on its side of each relation was seen, only not all together
        assert any(scene[:2] == other[:2] for other in trained)
        assert any(scene[1:] == other[1:] for other in trained)


def test_the_same_seed_gives_the_same_examples(monkeypatch):
    monkeypatch.setattr(scenes, "PICTURES", 2)
    one, two, other = (scenes.split(seed)[1] for seed in (0, 0, 1))
    assert [example.scene for example in one] == [example.scene for example in two]
    assert all((a.picture == b.picture).all() for a, b in zip(one, two, strict=True))
    assert [example.scene for example in one] != [example.scene for example in other]
