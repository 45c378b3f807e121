"""The texts and the shipped quotation model: what holds without Keras."""

import unicodedata

import numpy as np
import pytest

from unrolled.sequences import build_vocabulary
from unrolled.tasks import quotes

TEXT = 'she said "i saw the sea" and left.'
OPENS, CLOSES = (place for place, each in enumerate(TEXT) if each == quotes.MARK)


@pytest.fixture(scope="module")
def model():
    return quotes.load()


@pytest.fixture(scope="module")
def examples():
    return quotes.split()


def told(probabilities):
    return (np.asarray(probabilities) > 0.5).astype(int).tolist()


def clamped(model, gate, value, place, units):
    forced = np.full((len(TEXT), model.units), np.nan)
    forced[place, units] = value
    return told(model.probabilities(TEXT, {gate: forced}))


# --- The texts


def test_texts_are_short_closed_and_as_they_are_read(examples):
    counts = set()
    for text in (*examples[0], *examples[1]):
        assert text == quotes.normalize(text)
        assert len(text) <= 60
        assert quotes.opened(text)[-1] == 0
        counts.add(text.count(quotes.MARK))
    assert counts == {0, 2, 4, 6}


def test_korean_particles_fit_and_their_quotations_too(examples):
    korean = " ".join(text for text in examples[0] if text[1:2] >= "가")
    assert '"라고' in korean
    for wrong in ("민수이", "동생가", "선생님가", '"이라고', '"고 '):
        assert wrong not in korean


def test_the_same_words_stand_inside_and_outside(examples):
    inside, outside = set(), set()
    for text in examples[0]:
        parts = text.split(quotes.MARK)
        outside.update(" ".join(parts[::2]).split())
        inside.update(" ".join(parts[1::2]).split())
    assert {"said", "anna", "is", "sea", "비가", "민수가", "바다"} <= inside & outside


def test_a_mark_opens_and_the_next_one_closes():
    assert quotes.opened('a "b" c') == [0, 0, 1, 1, 0, 0, 0]
    assert quotes.opened('""') == [1, 0]
    assert quotes.opened('"a') == [1, 1]
    assert quotes.opened("") == []


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("\u201cHello\u201d", '"hello"'),
        ("「안녕」\t", '"안녕" '),
        (unicodedata.normalize("NFD", "바다"), "바다"),
        ("it's", "it's"),
    ],
)
def test_a_text_is_put_into_the_characters_that_are_read(text, read):
    assert quotes.normalize(text) == read


# --- The shipped model


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        '그는 "오늘은 정말 춥다"라고 말했다.',
        "no quotation here",
        "\u201cWho is there?\u201d she asked.",
        '"' + 100 * "a" + '" and no more',
        '"it never ends and never ends and never ends',
    ],
)
def test_a_learners_own_text_is_read(model, text):
    characters, probabilities = zip(*model.predict(text), strict=True)
    assert "".join(characters) == quotes.normalize(text)
    assert told(probabilities) == quotes.opened(quotes.normalize(text))


def test_the_model_knows_what_one_character_alone_cannot_tell(model, examples):
    training, held_out = examples
    score, ceiling = quotes.evaluate(model, held_out), quotes.baseline(training, held_out)
    assert score.keys() == ceiling.keys() == {"accuracy", "whole_texts"}
    assert score["accuracy"] > 0.99
    assert score["whole_texts"] > 0.95
    assert ceiling["accuracy"] < 0.75
    assert ceiling["whole_texts"] < 0.05


def test_the_baseline_gives_each_character_its_usual_label():
    score = quotes.baseline(['"a"b', '"a"b', "b"], ['"a"b', "bb"])
    assert score == {"accuracy": 5 / 6, "whole_texts": 0.5}


def test_the_sign_of_one_memory_tells_an_open_quotation(model, examples):
    unit, correlation = quotes.find_unit(model, examples[1])
    assert abs(correlation) > 0.85
    memory = model.steps(TEXT)["c"][:, unit] * np.sign(correlation)
    between = slice(OPENS + 2, CLOSES)
    assert memory[between].min() > 0
    assert memory[: OPENS - 1].max() < 0
    assert memory[CLOSES + 2 :].max() < 0


def test_gates_open_and_shut_the_quotation(model):
    """What lecture 05 does by hand."""
    everything = slice(None)
    right = quotes.opened(TEXT)
    assert told(model.probabilities(TEXT)) == right
    # The first mark never gets in, and the last one is taken for it.
    shut = clamped(model, "i", 0, OPENS, everything)
    assert shut[CLOSES - 3 : CLOSES + 3] == [0, 0, 0, 1, 1, 1]
    # One letter erases the memory, and the mark that should close opens.
    erased = clamped(model, "f", 0, OPENS + 4, everything)
    assert erased[OPENS : OPENS + 4] == [1, 1, 1, 1]
    assert erased[CLOSES - 5 :] == [0, 0, 0, 0, 0] + [1] * (len(TEXT) - CLOSES)
    # The memory is kept where it should be cleared: the quotation never ends.
    assert clamped(model, "f", 1, CLOSES, everything)[-5:] == [1, 1, 1, 1, 1]


def test_shapes_and_vocabulary_are_as_documented(model, examples):
    size, units = len(model.vocabulary), quotes.UNITS
    assert {name: array.shape for name, array in model.weights.items()} == {
        **{"W_x": (size, 4 * units), "W_h": (units, 4 * units), "b": (4 * units,)},
        **{"V": (units, 1), "c": (1,)},
    }
    assert model.vocabulary == build_vocabulary(examples[0], quotes.VOCABULARY_SIZE)
    assert model.steps(TEXT)["c"].shape == (len(TEXT), units)
    assert model.probabilities("").shape == (0,)


# --- Hostile text


@pytest.mark.parametrize("text", ["\ud800", "\x00", "😀", "<pad>", 200 * '"'])
def test_any_other_text_is_read(model, text):
    assert np.isfinite([probability for _, probability in model.predict(text)]).all()


@pytest.mark.parametrize("text", [201 * "a", 10**6 * '"'])
def test_a_text_of_more_than_200_characters_is_refused(model, text):
    with pytest.raises(ValueError, match="at most 200 characters"):
        model.predict(text)
