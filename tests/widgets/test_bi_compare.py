"""BiCompare: the two halves in Python, in the page, and as Keras computes them."""

import base64

import numpy as np
import pytest

from unrolled.cells import sigmoid
from unrolled.sequences import one_hot
from unrolled.widgets import BiCompare
from unrolled.widgets.directions import find_pairs, parting, shared_start

from .examples import HOSTILE
from .two_way import (
    SENTENCES,
    SKY,
    TEDDY,
    VOCABULARY,
    bi_compare,
    random_half,
    random_weights,
    teddy_weights,
)

CASES = [("SimpleRNN", True), ("LSTM", True), ("GRU", True), ("GRU", False)]


@pytest.mark.parametrize(("cell", "after"), CASES)
def test_the_page_reads_as_python_does(javascript, cell, after):
    text = "He said , constructor __proto__ Teddy bears"
    widget = bi_compare((text, ""), random_weights(cell, after=after))
    data = {
        "weights": [
            {name: base64.b64encode(value).decode() for name, value in half.items()}
            for half in widget._weights
        ],
        "vocabulary": widget._vocabulary,
        "text": text,
    }
    read = javascript(
        "bi_compare",
        """widget.readTokens(
          widget.split(data.text, "space"), Object.fromEntries(data.vocabulary),
          widget.unpack(data.weights.map((half) =>
            Object.fromEntries(Object.entries(half).map(([name, value]) =>
              [name, new DataView(Uint8Array.from(Buffer.from(value, "base64")).buffer)])))))""",
        data,
    )
    expected = widget.readings[0]
    assert expected.known == read["known"] == [True, True, True, False, False, True, True]
    for half, states, pushes in zip(read["halves"], expected.states, expected.pushes, strict=True):
        np.testing.assert_allclose(half["states"], states, atol=1e-5)
        np.testing.assert_allclose(half["pushes"], pushes, atol=1e-5)
    np.testing.assert_allclose(read["one_way"], expected.one_way, atol=1e-5)
    assert read["c"] == pytest.approx(expected.c)


def test_what_the_kernel_sends_is_what_the_page_would_have_made(javascript):
    widget = bi_compare(weights=random_weights("GRU", 33))
    sent, reading = widget._readings[1], widget.readings[1]
    assert widget._weights == []
    for half, states, pushes in zip(sent["halves"], reading.states, reading.pushes, strict=True):
        np.testing.assert_allclose(half["states"], states, atol=1e-4)
        np.testing.assert_allclose(half["pushes"], pushes, atol=1e-4)
    np.testing.assert_allclose(sent["one_way"], reading.one_way, atol=1e-4)
    widget.other = "He said"
    assert len(widget._readings[1]["halves"][0]["states"]) == 2


@pytest.mark.parametrize("text", ["  two  words ", "탭\t과 줄", "", "a\u00a0b", "é🙂ㅎ"])
def test_a_text_is_split_as_in_python(javascript, text):
    assert javascript("bi_compare", "widget.split(data, 'space')", text) == text.split()
    assert javascript("bi_compare", "widget.split(data, 'character')", text) == list(text)


def test_a_half_tells_when_its_push_differs_by_at_least_one(javascript):
    gaps = [[0, 8], [3, 1], [0.4, 0.9], [1, 0]]
    assert javascript("bi_compare", "data.map(widget.teller)", gaps) == [1, 0, 2, 0]


@pytest.mark.parametrize("pair", [TEDDY, SKY])
def test_up_to_the_word_the_forward_half_is_the_same_and_the_backward_half_is_not(pair):
    widget = bi_compare(pair)
    one, two = widget.readings
    assert one.tokens[widget.step] in ("Teddy", "하늘은")
    shared = shared_start(one.tokens, two.tokens)
    assert widget.step < shared
    np.testing.assert_array_equal(one.states[0][:shared], two.states[0][:shared])
    np.testing.assert_array_equal(one.one_way[:shared], two.one_way[:shared])
    assert np.abs(one.states[1][widget.step] - two.states[1][widget.step]).max() > 1
    assert one.probabilities[widget.step] < 0.1 < 0.9 < two.probabilities[widget.step]
    assert 0.4 < sigmoid(one.one_way[widget.step]) < 0.6
    assert "forward half's push differs by 0.00" in widget.describe()


def test_the_search_finds_the_pairs_that_show_the_point():
    reader = bi_compare().reader
    assert find_pairs(reader, SENTENCES) == [TEDDY, SKY]
    assert find_pairs(reader, reversed(SENTENCES), most=1) == [TEDDY]
    assert find_pairs(reader, ["He said , bears", "He said , sale"]) == []
    for text, other in find_pairs(reader, SENTENCES):
        one, two = reader.read(text), reader.read(other)
        at = parting(one, two)
        assert one.probabilities[at] < 0.5 < two.probabilities[at]
        np.testing.assert_array_equal(one.states[0][at], two.states[0][at])


def test_pushes_and_bias_add_up_to_the_logit():
    reading = bi_compare().readings[0]
    forward, backward = reading.states
    V = teddy_weights()["V"]
    logits = np.concatenate([forward, backward], axis=1) @ V + reading.c
    np.testing.assert_allclose(sigmoid(logits), reading.probabilities, atol=1e-6)


def test_a_sentence_may_be_emptied_or_stand_alone():
    widget = bi_compare()
    widget.sentence = 1
    widget.other = ""
    assert (widget.sentence, len(widget.readings)) == (0, 1)
    widget.sentence = 1
    assert widget.sentence == 0
    widget.text = "He"
    assert widget.step == 0
    assert widget.describe()
    widget.text = ""
    assert (widget.describe(), widget.labels["title"]) == ("No tokens yet.", widget.labels["title"])
    assert widget.static()
    assert bi_compare(("", "He said"), step=9).step == 0


def test_a_front_end_may_send_both_texts_and_a_step_together():
    widget = bi_compare(("He", ""))
    widget.set_state({"step": 3, "text": TEDDY[0], "other": TEDDY[1], "sentence": 1})
    assert (widget.step, widget.sentence, len(widget.readings)) == (3, 1, 2)


def test_hostile_words_and_extreme_numbers_are_drawn(tmp_path):
    weights = random_weights()
    weights["forward"]["W_h"][0, 0] = 3e38
    for widget in (
        bi_compare((" ".join(HOSTILE), " ".join(HOSTILE[::-1]))),
        bi_compare(weights=weights),
        bi_compare(("$x_1$ 50%", "")),
    ):
        assert widget.describe()
        for theme in ("light", "dark"):
            assert widget.static(theme).axes
        assert "NaN" not in widget.to_html(tmp_path / "page.html").read_text().split("state")[-1]


def _refused(**changes):
    return lambda: bi_compare(weights=random_weights() | changes)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_refused(V=np.zeros(13)), "V has 13 weights; the two halves have 7 \\+ 7 units"),
        (_refused(forward={"W_x": np.eye(2)}), "0 \\+ 7 units"),
        (
            _refused(backward=random_weights()["backward"] | {"b": np.zeros(3)}),
            "backward weights do not",
        ),
        (_refused(cell="LSTM"), "Of an LSTM, expected"),
        (_refused(cell="Transformer"), "write one of SimpleRNN, GRU, LSTM"),
        (_refused(one_way={"W_x": np.eye(2)}), "one_way weights lack V"),
        (_refused(one_way={"V": np.zeros(2), "W_x": np.eye(2)}), "one_way weights lack W_h"),
        (_refused(one_way={"V": np.zeros(2), "W_h": np.zeros((2, 5))}), "do not fit any cell"),
        (_refused(V=np.full(14, np.inf)), "forward weights hold NaN or infinity in V"),
        (
            _refused(
                forward={
                    k: v[:3] if k == "W_x" else v for k, v in random_weights()["forward"].items()
                }
            ),
            "forward weights do not fit the vocabulary: .* only 3 rows",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_a_half_without_a_matrix_is_named():
    weights = random_weights()
    del weights["backward"]["b"]
    with pytest.raises(ValueError, match="backward weights lack b"):
        bi_compare(weights=weights)


def test_a_cell_is_told_by_its_shapes():
    rng = np.random.default_rng(0)
    for cell, after in CASES:
        half = random_half(rng, cell, after=after)
        widget = bi_compare(weights=random_weights(cell, after=after) | {"forward": half})
        assert widget.reader.forward.cell == cell


def _tagger(keras, kind, merge="concat", embedding=False, sequences=True, **head):
    layers = keras.layers
    first = [layers.Embedding(len(VOCABULARY), 3)] if embedding else []
    shape = keras.Input((None,) if embedding else (None, len(VOCABULARY)))
    inner = getattr(layers, kind)(5, return_sequences=sequences)
    wrapped = layers.Bidirectional(inner, merge_mode=merge) if merge != "one way" else inner
    last = layers.Dense(**({"units": 1, "activation": "sigmoid"} | head))
    model = keras.Sequential([shape, *first, wrapped, last])
    rng = np.random.default_rng(2)
    model.set_weights([rng.normal(size=weight.shape) / 2 for weight in model.get_weights()])
    return model


@pytest.fixture(scope="module")
def keras():
    import keras

    return keras


@pytest.mark.keras
@pytest.mark.parametrize("kind", ["SimpleRNN", "LSTM", "GRU"])
@pytest.mark.parametrize("merge", ["concat", "sum", "ave"])
def test_probabilities_are_keras_own(keras, kind, merge):
    model, alone = _tagger(keras, kind, merge), _tagger(keras, "GRU", "one way", embedding=True)
    widget = BiCompare.from_keras(model, TEDDY[0], VOCABULARY, other=TEDDY[1], one_way=alone)
    for text, reading in zip(TEDDY, widget.readings, strict=True):
        ids = np.array([[VOCABULARY[word] for word in text.split()]])
        said = np.ravel(model(one_hot(ids, len(VOCABULARY))))
        np.testing.assert_allclose(reading.probabilities, said, atol=1e-5)
        np.testing.assert_allclose(sigmoid(reading.one_way), np.ravel(alone(ids)), atol=1e-5)


@pytest.mark.keras
def test_an_embedding_is_multiplied_into_the_weights(keras):
    model = _tagger(keras, "LSTM", embedding=True)
    widget = BiCompare.from_keras(model, TEDDY[0], VOCABULARY)
    ids = np.array([[VOCABULARY[word] for word in TEDDY[0].split()]])
    said = np.ravel(model(ids))
    np.testing.assert_allclose(widget.readings[0].probabilities, said, atol=1e-5)


@pytest.mark.keras
def test_a_model_it_cannot_read_is_refused(keras):
    def refuse(words, model, **options):
        with pytest.raises(ValueError, match=words):
            BiCompare.from_keras(model, "He", VOCABULARY, **options)

    refuse("merge_mode is 'mul'", _tagger(keras, "GRU", "mul"))
    refuse("return_sequences=True", _tagger(keras, "GRU", sequences=False))
    refuse("with a Bidirectional", _tagger(keras, "GRU", "one way"))
    refuse("activation='sigmoid'", _tagger(keras, "GRU", activation="softmax"))
    refuse("activation='sigmoid'", _tagger(keras, "GRU", units=2))
    refuse("forwards alone", _tagger(keras, "GRU"), one_way=_tagger(keras, "GRU"))
    layers = [keras.Input((None, 4)), keras.layers.Conv1D(3, 1), keras.layers.GRU(3)]
    refuse("Conv1D → GRU", keras.Sequential(layers))
    refuse("no layers", object())
    relu = keras.layers.SimpleRNN(3, activation="relu", return_sequences=True)
    head = keras.layers.Dense(1, activation="sigmoid")
    stack = [keras.Input((None, 4)), keras.layers.Bidirectional(relu), head]
    refuse("tanh", keras.Sequential(stack))
