"""The two shipped taggers of names that later words settle: what holds without Keras."""

import numpy as np
import pytest

from unrolled.cells import sigmoid
from unrolled.sequences import build_vocabulary
from unrolled.tasks import later_names

PAIRS = [
    ("He said, Teddy Roosevelt was a great president", "He said, Teddy bears are on sale", 2),
    ("She wrote: Will is late", "She wrote: Will they come home?", 2),
    ("Harry said, Rose is my sister", "Harry said, Rose is my favourite colour", 2),
    ("어제 하늘 선생님이 웃었다", "어제 하늘 색이 고왔다", 1),
    ("나는 바다 언니를 좋아했다", "나는 바다 냄새를 좋아했다", 1),
    ("내 생각에는 바다가 마음이 참 넓다", "내 생각에는 바다가 참 넓다", 2),
]


@pytest.fixture(scope="module")
def model():
    return later_names.load()


@pytest.fixture(scope="module")
def examples():
    return later_names.split()


def at(model, text, place):
    """The probability of a name at one word, read one way and both ways."""
    return model.predict(text)[place][1:]


# --- What they know


def test_one_way_is_a_coin_and_both_ways_are_sure(model, examples):
    score = later_names.evaluate(model, examples[1])
    for lang in ("", "_en", "_ko"):
        assert score[f"one_way{lang}"] == 0.5
        assert score[f"bidirectional{lang}"] > 0.995
    assert score["one_way_elsewhere"] > 0.995
    assert score["bidirectional_elsewhere"] > 0.995


def test_one_word_at_a_time_is_a_coin_as_well(examples):
    score = later_names.baseline(*examples)
    assert score.keys() == later_names.evaluate(later_names.load(), examples[1][:2]).keys() | {
        "one_way_ko",
        "bidirectional_ko",
    }
    assert {value for name, value in score.items() if "elsewhere" not in name} == {0.5}
    assert score["one_way_elsewhere"] == score["bidirectional_elsewhere"] > 0.99


def test_the_baseline_gives_each_word_its_usual_label():
    def sentence(text, labels):
        return later_names.Sentence(text.split(), labels, 0, "en")

    training = [sentence("a b", [1, 0]), sentence("a c", [1, 0]), sentence("a", [0])]
    held_out = [sentence("a b", [1, 0]), sentence("a zork", [0, 1])]
    score = later_names.baseline(training, held_out)
    assert score["one_way"] == score["bidirectional_en"] == score["one_way_elsewhere"] == 0.5


@pytest.mark.parametrize(("name", "thing", "place"), PAIRS)
def test_later_words_settle_what_the_one_way_tagger_cannot_know(model, name, thing, place):
    (coin, sure), (same, other) = at(model, name, place), at(model, thing, place)
    assert coin == same
    assert 0.4 < coin < 0.6
    assert sure > 0.95
    assert other < 0.05


def test_the_forward_half_says_the_same_of_twins_and_the_backward_half_decides(model, examples):
    for name, thing in zip(examples[1][::20], examples[1][1::20], strict=True):
        (there, back), (same, against) = model.evidence(name.tokens), model.evidence(thing.tokens)
        assert there[name.place] == same[thing.place]
        assert back[name.place] > 0 > against[thing.place]
        assert back[name.place] - against[thing.place] > 4


def test_both_halves_and_the_bias_make_the_probability(model):
    tokens = later_names.tokenize(PAIRS[0][0])
    forward, backward = model.evidence(tokens)
    expected = sigmoid(forward + backward + model.weights["c"])
    np.testing.assert_allclose(model.bidirectional(tokens), expected)
    logits = model.states(tokens) @ model.weights["V"]
    np.testing.assert_allclose(forward + backward, logits, rtol=1e-5, atol=1e-5)


def test_a_reader_of_its_halves_reads_as_it_does(model):
    """BiCompare takes the same keywords, and pairs for it are searched with this reader."""
    from unrolled.widgets import BiCompare
    from unrolled.widgets.directions import find_pairs, two_way_reader

    reader = two_way_reader(**model.halves())
    for text in (PAIRS[0][0], PAIRS[3][1], "He said, Zork slept"):
        tokens, reading = later_names.tokenize(text), reader.read(text)
        assert reading.tokens == tokens
        np.testing.assert_allclose(reading.pushes, model.evidence(tokens), rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(reading.probabilities, model.bidirectional(tokens), atol=1e-5)
        np.testing.assert_allclose(sigmoid(reading.one_way), model.one_way(tokens), atol=1e-5)
    (thing, name), *_ = find_pairs(reader, [text for pair in PAIRS for text in pair[:2]])
    widget = BiCompare.from_weights(text=thing, other=name, **model.halves())
    assert widget.readings[0].probabilities[widget.step] < 0.05
    assert widget.readings[1].probabilities[widget.step] > 0.95


@pytest.mark.parametrize(
    ("text", "place", "is_name"),
    [
        ("He said, Will Zork helped me", 2, True),
        ("어제 하늘 씨가 다녀갔다", 1, True),
        ("She said, Teddy bears eat zork", 2, False),
        ("어제 하늘 구름이 예뻤다", 1, False),
    ],
)
def test_sentences_with_unknown_words_are_read(model, text, place, is_name):
    assert any(token not in model.vocabulary for token in later_names.tokenize(text))
    assert (at(model, text, place)[1] > 0.5) == is_name


def test_later_words_change_nothing_one_way(model):
    long = model.one_way(["he", "said", "teddy", "bears", "sell", "well"])
    np.testing.assert_allclose(long[:3], model.one_way(["he", "said", "teddy"]), rtol=1e-6)


def test_a_sentence_broken_off_leaves_both_in_doubt(model, examples):
    """Reading both ways helps only when something follows."""
    broken = [sentence.tokens[: sentence.place + 1] for sentence in examples[1][::2]]
    for read in (model.one_way, model.bidirectional):
        last = np.array([read(tokens)[-1] for tokens in broken])
        assert np.mean((last > 0.2) & (last < 0.8)) > 0.9
    growing = [at(model, text, 2)[1] for text in ("he said, rose", "he said, rose is my sister")]
    assert 0.3 < growing[0] < 0.7 < growing[1]


# --- Shapes and sizes


def test_shapes_and_vocabulary_are_as_documented(model, examples):
    size, units = len(model.vocabulary), later_names.UNITS
    expected = {"V": (2 * units,), "c": (1,), "one_way_V": (units,), "one_way_c": (1,)}
    for name in ("forward", "backward", "one_way"):
        shapes = ((size, units), (units, units), (units,))
        expected |= {f"{name}_W_x": shapes[0], f"{name}_W_h": shapes[1], f"{name}_b": shapes[2]}
        assert tuple(array.shape for array in model.layer(name)) == shapes
    assert {name: array.shape for name, array in model.weights.items()} == expected
    tokens = [sentence.tokens for sentence in examples[0]]
    assert model.vocabulary == build_vocabulary(tokens, later_names.VOCABULARY_SIZE)
    assert size < later_names.VOCABULARY_SIZE  # every word of the sentences has its row
    assert model.states(["he", "said"]).shape == (2, 2 * units)


def test_no_words_are_read_as_nothing(model):
    assert model.states([]).shape == (0, 2 * later_names.UNITS)
    assert model.one_way([]).shape == model.bidirectional([]).shape == (0,)


def test_prediction_gives_each_word_with_both_probabilities(model):
    read = model.predict("He said, Teddy")
    assert [word for word, *_ in read] == ["he", "said", "teddy"]
    assert all(0 <= each <= 1 for _, *both in read for each in both)


@pytest.mark.parametrize("size", [{"units": 0}, {"units": 129}, {"layers": 0}, {"layers": 5}])
def test_an_attempt_has_a_size_that_ends_soon(size):
    with pytest.raises(ValueError, match="1 to 128 units"):
        later_names.attempt(**size)
