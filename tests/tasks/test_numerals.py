"""The shipped translator of numerals: what holds without Keras."""

import unicodedata
from dataclasses import replace

import numpy as np
import pytest

from unrolled.language import speaking
from unrolled.sequences import PAD
from unrolled.tasks import numerals
from unrolled.tasks.numeral_reader import END, MOST_WORDS, START
from unrolled.tasks.numeral_words import SYLLABLES, WORDS, english_words, syllables
from unrolled.widgets.shapes import Example


@pytest.fixture(scope="module")
def model():
    return numerals.load()


@pytest.fixture(scope="module")
def examples():
    return numerals.split()


def test_held_out_numbers_are_translated(model, examples):
    training, held_out = examples
    score, word_by_word = numerals.evaluate(model, held_out), numerals.baseline(training, held_out)
    assert score.keys() == word_by_word.keys() == {"exact", "words"}
    assert min(score.values()) > 0.98
    assert word_by_word["exact"] < 0.2
    assert word_by_word["words"] < 0.5


def test_every_number_below_a_hundred_is_translated(model):
    score = numerals.evaluate(model, range(100))
    assert score["exact"] >= 0.97


@pytest.mark.parametrize(
    ("text", "translated"),
    [
        ("이천삼백사십오", "two thousand three hundred forty-five"),
        ("십이", "twelve"),
        ("십이만", "one hundred twenty thousand"),
        ("이만 삼천", "twenty-three thousand"),
        (" 구백\n십이 ", "nine hundred twelve"),
        (unicodedata.normalize("NFD", "천구백팔십칠"), "one thousand nine hundred eighty-seven"),
    ],
)
def test_a_learners_own_numeral_is_translated(model, text, translated):
    assert model.predict(text) == translated


def test_steps_tell_what_was_read_written_and_thought(model):
    steps = model.steps("이천삼백사십오")
    assert steps.read == list("이천삼백사십오")
    assert steps.written == [*english_words(2345), END]
    assert steps.text == model.predict("이천삼백사십오")
    assert steps.encoder.shape == (7, model.units)
    assert steps.decoder.shape == (len(steps.written), model.units)
    assert steps.probabilities.shape == (len(steps.written), len(model.words))
    np.testing.assert_allclose(steps.probabilities.sum(axis=1), 1, rtol=1e-5)
    for step, word in enumerate(steps.written):
        likeliest = steps.likeliest(step)
        assert likeliest[0] == (word, pytest.approx(steps.probabilities[step].max()))
        assert [p for _, p in likeliest] == sorted((p for _, p in likeliest), reverse=True)
    assert len(steps.likeliest(0, 5)) == 5


def test_what_is_said_so_far_changes_with_what_follows(model):
    """Why a translator waits for the end."""
    assert model.so_far("십이만") == [
        ("십", "ten"),
        ("십이", "twelve"),
        ("십이만", "one hundred twenty thousand"),
    ]


def test_an_example_for_the_widget_fits_its_shape(model):
    example = Example(**model.example("구백 십이"))
    assert example.inputs == tuple("구백십이")
    assert example.outputs == ("nine", "hundred", "twelve")
    assert (example.task, example.name) == ("translation", "구백십이")
    speechless = replace(model, weights=model.weights | {"V": np.zeros_like(model.weights["V"])})
    speechless.weights["c"] = np.eye(len(model.words))[model.words[END]]
    assert speechless.predict("일") == ""
    assert Example(**speechless.example("일")).outputs == (END,)


def test_decoding_by_hand_writes_the_same(model):
    """One step after the other, as assignment 08 does it."""
    ids = np.array([[model.vocabulary[each] for each in "삼만오백"]])
    state, token, written = model.encoder_steps(ids)["h"][:, -1], model.words[START], []
    while token != model.words[END]:
        logits, state = model.decoder_step(np.array([token]), state)
        token = int(logits[0].argmax())
        written.append(list(model.words)[token])
    assert written == model.steps("삼만오백").written


def test_padding_changes_nothing(model):
    ids = np.array([[model.vocabulary[each] for each in "삼만오백"]])
    padded = np.pad(ids, [(0, 0), (0, 5)])
    last = model.encoder_steps(padded)["h"][:, -1]
    np.testing.assert_array_equal(last, model.encoder_steps(padded)["h"][:, 3])
    np.testing.assert_allclose(last, model.encoder_steps(ids)["h"][:, -1], rtol=1e-5, atol=1e-6)


def test_a_text_without_an_end_is_cut(model):
    endless = replace(model, weights=model.weights | {"V": np.zeros_like(model.weights["V"])})
    endless.weights["c"] = np.eye(len(model.words))[model.words["one"]]
    assert endless.predict("일").split() == ["one"] * MOST_WORDS
    assert END not in endless.steps("일").written


# --- Measures


def test_a_score_counts_whole_numbers_and_single_words():
    model = numerals.load()
    one, end = model.words["one"], model.words[END]
    truth = np.array([[one, end, 0], [one, one, end]])
    assert numerals._score(truth, truth) == {"exact": 1, "words": 1}
    written = np.array([[one, end, 0], [one, end, 0]])
    assert numerals._score(written, truth) == {"exact": 0.5, "words": 0.6}
    longer = np.array([[one, end, one], [one, one, end]])
    assert numerals._score(longer, truth) == {"exact": 0.5, "words": 1}


def test_the_dictionary_finds_each_digit_and_place(examples):
    found = numerals.dictionary(examples[0])
    assert list(found) == list(SYLLABLES)
    assert list(found.values())[:10] == list(WORDS[:10])
    assert (found["백"], found["천"], found["만"]) == ("hundred", "thousand", "thousand")


def test_word_by_word_is_right_where_every_syllable_is_a_word(examples):
    score = numerals.baseline(examples[0], [6908, 2345])
    assert score["exact"] == 0.5


def test_forced_and_free_agree_on_the_first_word_and_where_nothing_is_wrong(model, examples):
    shares = numerals.forced_and_free(model, examples[1][:300])
    forced, free = shares["forced"], shares["free"]
    assert forced[0] == free[0]
    assert forced.shape == free.shape
    assert min(forced.min(), free.min()) > 0.9
    assert len(numerals.forced_and_free(model, [3, 7])["free"]) == 2


def test_a_mistake_brings_more_only_when_the_decoder_runs_free(model, examples):
    rng = np.random.default_rng(0)
    shaken = {
        name: array + 0.08 * rng.standard_normal(array.shape)
        for name, array in model.weights.items()
    }
    shares = numerals.forced_and_free(replace(model, weights=shaken), examples[1])
    assert shares["forced"][1:].mean() > shares["free"][1:].mean() + 0.02


# --- Hostile text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (2345, "in quotation marks"),
        ("2345", "for 2345 write 이천삼백사십오"),
        ("12,345", "for 12345 write 만 이천삼백사십오"),
        ("１２", "for 12 write 십이"),
        ("1000000", "without digits"),
        ("2천", "without digits"),
        ("²", "without digits"),
        ("삼억", "'억'"),
        ("hello", "'h', 'e', 'l', 'o'"),
        ("<pad>", "'<'"),
        ("일\ud800", r"\\ud800"),
        ("\x00", r"\\x00"),
        ("일" * 31, "at most 30 syllables"),
        ("일 " * 10**6, "at most 30 syllables"),
    ],
)
def test_what_cannot_be_read_is_told(model, text, said):
    with pytest.raises(ValueError, match=said):
        model.predict(text)


def test_it_is_told_in_korean_too(model):
    with speaking("ko"), pytest.raises(ValueError, match="2345 → 이천삼백사십오"):
        model.predict("2345")


@pytest.mark.parametrize("text", ["일" * 30, "이십삼십", "만만만", "백이십만 삼천", "일천이백"])
def test_what_is_no_usual_numeral_is_translated_as_well_as_it_goes(model, text):
    steps = model.steps(text)
    assert steps.read == syllables(text)
    assert len(steps.written) <= MOST_WORDS
    assert np.isfinite(steps.probabilities).all()


def test_shapes_and_vocabularies_are_as_documented(model):
    read, written, units = len(model.vocabulary), len(model.words), numerals.UNITS
    assert {name: array.shape for name, array in model.weights.items()} == {
        **{"encoder_W_x": (read, 3 * units), "decoder_W_x": (written, 3 * units)},
        **{f"{name}_W_h": (units, 3 * units) for name in ("encoder", "decoder")},
        **{f"{name}_b": (2, 3 * units) for name in ("encoder", "decoder")},
        **{"V": (units, written), "c": (written,)},
    }
    assert list(model.vocabulary) == [PAD, *SYLLABLES]
    assert list(model.words) == [PAD, START, END, *WORDS]
