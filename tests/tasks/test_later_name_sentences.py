"""Sentences in pairs: up to the ambiguous word nothing tells a name from what is none."""

import re
from collections import Counter, defaultdict

import pytest

from unrolled.tasks import later_name_sentences as later
from unrolled.tasks import later_names

LANGUAGES = ["en", "ko"]


@pytest.fixture(scope="module")
def parts():
    return later.split()


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("part", [0, 1], ids=["training", "held out"])
def test_every_beginning_is_as_often_that_of_a_name(seed, part):
    """So a reader from left to right is right in exactly half the cases, whatever it has learnt."""
    counts = Counter(
        (tuple(sentence.tokens[: sentence.place + 1]), sentence.labels[sentence.place])
        for sentence in later.split(seed)[part]
    )
    assert len(counts) > 300
    for (beginning, label), count in counts.items():
        assert counts[beginning, 1 - label] == count, beginning


def test_every_shorter_beginning_is_too(parts):
    for part in parts:
        counts = Counter(
            (tuple(sentence.tokens[:time]), sentence.labels[sentence.place])
            for sentence in part
            for time in range(sentence.place + 1)
        )
        assert all(counts[start, 0] == counts[start, 1] for start, _label in counts)


def test_before_the_ambiguous_word_twins_have_the_same_labels(parts):
    for part in parts:
        for name, thing in zip(part[::2], part[1::2], strict=True):
            place = name.place
            assert (place, name.lang) == (thing.place, thing.lang)
            assert name.tokens[: place + 1] == thing.tokens[: place + 1]
            assert name.labels[:place] == thing.labels[:place]
            assert (name.labels[place], thing.labels[place]) == (1, 0)


def test_the_whole_sentence_always_decides(parts):
    """What follows the ambiguous word never follows it with the other meaning."""
    told = defaultdict(set)
    for sentence in [*parts[0], *parts[1]]:
        after = tuple(sentence.tokens[sentence.place :])
        told[after].add(tuple(sentence.labels[sentence.place :]))
    assert len(told) > 500
    assert all(len(labels) == 1 for labels in told.values())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_next_word_alone_does_not_always_decide(parts, lang):
    """Some must be read on from: "rose is my sister", "rose is my favourite colour"."""
    told = defaultdict(set)
    for sentence in parts[0]:
        if sentence.lang == lang:
            pair = tuple(sentence.tokens[sentence.place : sentence.place + 2])
            told[pair].add(sentence.labels[sentence.place])
    assert sum(len(labels) == 2 for labels in told.values()) >= 5


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_ambiguous_word_is_used_and_stands_once_in_a_sentence(parts, lang):
    for part in parts:
        chosen = [sentence for sentence in part if sentence.lang == lang]
        used = Counter(sentence.tokens[sentence.place] for sentence in chosen)
        assert set(used) == set(later.AMBIGUOUS[lang])
        assert min(used.values()) >= 10
        for sentence in chosen:
            assert sum(token in later.AMBIGUOUS[lang] for token in sentence.tokens) == 1


def test_other_words_are_always_names_or_never(parts):
    told = defaultdict(set)
    for sentence in [*parts[0], *parts[1]]:
        for place, pair in enumerate(zip(sentence.tokens, sentence.labels, strict=True)):
            if place != sentence.place:
                told[pair[0]].add(pair[1])
    assert all(len(labels) == 1 for labels in told.values())
    assert told["harry"] == told["roosevelt"] == told["민수는"] == {1}
    assert told["bears"] == told["'s"] == told["씨"] == told["선생님이"] == {0}


def test_the_parts_are_as_large_as_they_should(parts):
    assert [len(part) for part in parts] == [2 * later.TRAINING, 2 * later.HELD_OUT]


def test_every_generated_token_is_a_token_of_the_tokenizer(parts):
    for sentence in [*parts[0], *parts[1]]:
        assert later_names.tokenize(" ".join(sentence.tokens)) == sentence.tokens
        assert len(sentence.tokens) == len(sentence.labels)
        assert not re.search(r"[A-Z*/]", "".join(sentence.tokens))


def test_words_of_the_frame_are_words_of_the_sentences(parts):
    used = {token for sentence in parts[0] for token in sentence.tokens}
    assert set(later.FRAME.split()) <= used


# --- Grammar


@pytest.mark.parametrize(
    ("noun", "subject", "thing"),
    [("선생님", "선생님이", "선생님을"), ("언니", "언니가", "언니를"), ("색", "색이", "색을")],
)
def test_korean_particles_go_by_the_last_sound(noun, subject, thing):
    assert later.particle(noun, "이", "가") == subject
    assert later.particle(noun, "을", "를") == thing


def test_every_noun_and_title_has_the_particle_that_fits(parts):
    tokens = {token for part in parts for sentence in part for token in sentence.tokens}
    for noun in [*later.NOUNS, *later.KOREAN["TITLE"]]:
        closed = (ord(noun[-1]) - ord("가")) % 28 > 0
        wrong = ("가", "를") if closed else ("이", "을")
        assert not {noun + particle for particle in wrong} & tokens
        assert {noun + particle for particle in "이가을를"} & tokens


def test_pronouns_and_kin_fit_the_name(parts):
    for sentence in parts[0]:
        if sentence.lang == "en" and sentence.labels[sentence.place]:
            his = later.ENGLISH_WORDS[sentence.tokens[sentence.place]][0]
            other, kin = ("her", "sister") if his == "his" else ("his", "brother")
            after = sentence.tokens[sentence.place + 1 :]
            assert other not in after
            assert " ".join(after[:3]) not in (f"is my {kin}", f"was my {kin}")
