"""The sentences and the shipped name tagger: what holds without Keras."""

import unicodedata

import numpy as np
import pytest

from unrolled.sequences import UNKNOWN, build_vocabulary
from unrolled.tasks import names

SEED_SENTENCE = "Harry Potter and Hermione Granger invented a new spell ."


@pytest.fixture(scope="module")
def model():
    return names.load()


@pytest.fixture(scope="module")
def examples():
    return names.split()


def marked(model, text):
    return [int(probability > 0.5) for _, probability in model.predict(text)]


# --- The sentences


def test_every_generated_token_is_a_token_of_the_tokenizer(examples):
    for tokens, labels in examples[0]:
        assert names.tokenize(" ".join(tokens)) == tokens
        assert len(tokens) == len(labels)


def test_labels_say_what_is_a_name(examples):
    """Rules that hold whatever the grammar makes of them."""
    always = {"harry", "hermione", "emma", "tom", "anna", "granger", "민수가", "영희는", "철수를"}
    never = {"the", "and", "'s", "friend", "mr", "친구", "내", "친구의", "met", "보았다"}
    follows = {word: set() for word in ("the", "mr", "every", "친구", "친구의", "동생의", "파란")}
    for tokens, labels in [*examples[0], *examples[1]]:
        for token, label in zip(tokens, labels, strict=True):
            assert label == 1 or token not in always, tokens
            assert label == 0 or token not in never, tokens
        for before, token, label in zip(tokens, tokens[1:], labels[1:], strict=False):
            if before in follows and token != "and":
                follows[before].add(label)
    assert follows["mr"] == follows["친구"] == {1}
    assert follows["the"] == follows["every"] == {0}
    assert follows["친구의"] == follows["동생의"] == follows["파란"] == {0}


def test_what_came_before_always_decides(examples):
    """No two sentences begin alike and then disagree: a one-way reader can be right."""
    told = {}
    for tokens, labels in [*examples[0], *examples[1]]:
        for time, label in enumerate(labels):
            assert told.setdefault(tuple(tokens[: time + 1]), label) == label, tokens


def test_the_ambiguous_words_are_those_meant(examples):
    ambiguous = names.ambiguous_words(examples[1])
    assert {"potter", "baker", "rose", "바다가", "미소는", "지혜를", "하늘이"} <= ambiguous
    assert not {"harry", "hermione", "the", "친구"} & ambiguous


def test_windows_carry_the_label_of_their_last_word():
    tokens = ["harry", "potter", "and", "hermione", "granger"]
    cut, labels = names.windows(tokens, [1, 1, 0, 1, 1])
    assert cut[:2] == [("harry", "potter", "and"), ("potter", "and", "hermione")]
    assert labels == [0, 1, 1]
    assert names.windows(tokens[:2], [1, 1]) == ([], [])


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Harry Potter and Hermione .", ["harry", "potter", "and", "hermione"]),
        ("Potter, Harry's friend!", ["potter", "harry", "'s", "friend"]),
        ("the potter\u2019s wheel", ["the", "potter", "'s", "wheel"]),
        ("O'Neill-Smith slept", ["o'neill-smith", "slept"]),
        (unicodedata.normalize("NFD", "내 친구 바다가"), ["내", "친구", "바다가"]),
        ("'바다'가 보인다…", ["바다", "가", "보인다"]),
        ("", []),
    ],
)
def test_text_is_split_into_words(text, tokens):
    assert names.tokenize(text) == tokens


# --- The shipped model


def test_the_seeds_sentence_is_told_exactly(model):
    assert marked(model, SEED_SENTENCE) == [1, 1, 0, 1, 1, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mr Baker met the baker", [0, 1, 0, 0, 0]),
        ("The very old potter made a bowl", [0, 0, 0, 0, 0, 0, 0]),
        ("Potter, Harry's friend, slept", [1, 1, 0, 0, 0]),
        ("the potter's wheel", [0, 0, 0, 0]),
        ("내 친구 바다가 파란 바다를 그렸다", [0, 0, 1, 0, 0, 0]),
        ("친구 미소가 좋다", [0, 1, 0]),
        ("친구의 미소가 좋다", [0, 0, 0]),
        ("내 동생 하늘이 생일은 내일이다", [0, 0, 1, 0, 0]),
        ("파란 하늘이 보인다", [0, 0, 0]),
    ],
)
def test_the_same_word_is_told_by_what_came_before(model, text, expected):
    assert marked(model, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mr zork met the zork", [0, 1, 0, 0, 0]),
        ("every old zork slept", [0, 0, 0, 0]),
        ("내 친구 다솜이가 웃었다", [0, 0, 1, 0]),
        ("파란 자전거가 보인다", [0, 0, 0]),
    ],
)
def test_unknown_words_are_told_by_their_context(model, text, expected):
    assert UNKNOWN not in names.tokenize(text)
    assert any(token not in model.vocabulary for token in names.tokenize(text))
    assert marked(model, text) == expected


def test_the_model_knows_what_one_word_alone_cannot_tell(model, examples):
    training, held_out = examples
    score, ceiling = names.evaluate(model, held_out), names.baseline(training, held_out)
    assert score["accuracy"] > 0.99 > 0.95 > ceiling["accuracy"] > 0.85
    assert score["ambiguous"] > 0.98
    assert ceiling["ambiguous"] < 0.70


def test_each_language_is_learnt(model, examples):
    for lang in names.GRAMMARS:
        korean = [s for s in examples[1] if (s[0][0] >= "가") == (lang == "ko")]
        assert len(korean) == names.HELD_OUT
        assert names.evaluate(model, korean)["ambiguous"] > 0.98


def test_the_baseline_gives_each_word_its_usual_label():
    training = [(["a", "b"], [1, 0]), (["a", "c"], [1, 0]), (["a"], [0])]
    score = names.baseline(training, [(["a", "b"], [1, 0]), (["a", "zork"], [0, 1])])
    assert score == {"accuracy": 0.5, "ambiguous": 0.5}


def test_one_unit_holds_that_a_name_has_begun(model, examples):
    unit, correlation = names.find_unit(model, examples[1])
    assert abs(correlation) > 0.95
    states = model.states(names.tokenize(SEED_SENTENCE))[:, unit] * np.sign(correlation)
    assert (states > 0).tolist() == [bool(mark) for mark in marked(model, SEED_SENTENCE)]


def test_another_unit_holds_that_a_name_is_introduced(model, examples):
    unit, correlation = names.find_unit(model, examples[1], "introduced")
    assert unit != names.find_unit(model, examples[1])[0]
    assert abs(correlation) > 0.7
    with pytest.raises(ValueError, match="'verb'"):
        names.find_unit(model, examples[1], "verb")


def test_shapes_and_vocabulary_are_as_documented(model, examples):
    size = len(model.vocabulary)
    shapes = {name: array.shape for name, array in model.weights.items()}
    units = names.UNITS
    assert shapes == {
        **{"W_x": (size, units), "W_h": (units, units), "b": (units,)},
        **{"V": (units, 1), "c": (1,)},
    }
    assert model.units == units
    assert size <= names.VOCABULARY_SIZE
    tokens = [tokens for tokens, _ in examples[0]]
    assert model.vocabulary == build_vocabulary(tokens, names.VOCABULARY_SIZE)
    assert model.states(["mr", "baker"]).shape == (2, units)
    assert model.probabilities([]).shape == (0,)


def test_later_words_change_nothing_before_them(model):
    long = model.probabilities(["mr", "baker", "met", "the", "baker"])
    np.testing.assert_allclose(long[:2], model.probabilities(["mr", "baker"]), rtol=1e-6)


# --- Hostile text


def test_control_characters_only_separate_words(model):
    assert model.predict("mr\x00baker\x1b met\u200bthe\u2028baker") == model.predict(
        "mr baker met the baker"
    )
