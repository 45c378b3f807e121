"""The shipped reader of dates: what holds without Keras."""

import unicodedata
from dataclasses import replace

import numpy as np
import pytest

from unrolled.language import speaking
from unrolled.sequences import PAD, attention
from unrolled.tasks import dates
from unrolled.tasks.date_phrases import CHARACTERS, Phrase, split
from unrolled.tasks.date_reader import START, STEPS, WRITTEN

LARGEST = 40_000  # bytes of weights


@pytest.fixture(scope="module")
def model():
    return dates.load()


@pytest.fixture(scope="module")
def twin(model):
    """The same weights, but the output reads the decoder's state alone."""
    return replace(model, weights=model.weights | {"V": model.weights["V"][: model.units]})


@pytest.fixture(scope="module")
def examples():
    return split()


def looked_at(reading, step):
    """The character that counted most when a step was written, and its share."""
    at = int(reading.weights[step].argmax())
    return at, reading.read[at]


def test_held_out_dates_are_read_better_than_by_counting_pairs(model, examples):
    training, held_out = examples
    score, pairs = dates.evaluate(model, held_out), dates.baseline(training, held_out)
    assert score.keys() == pairs.keys() == {"exact", "characters"}
    assert score["exact"] > 0.98
    assert score["characters"] > 0.995
    assert 0.8 < pairs["exact"] < 0.95
    single = dates.baseline(training, held_out, neighbours=1)
    assert single["exact"] < 0.1
    assert single["characters"] < 0.8


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_both_languages_are_read(model, examples, lang):
    chosen = [phrase for phrase in examples[1] if phrase.lang == lang]
    assert dates.evaluate(model, chosen)["exact"] > 0.98


def test_without_what_it_looks_at_it_writes_nothing_right(twin, examples):
    assert dates.evaluate(twin, examples[1])["exact"] < 0.05


@pytest.mark.parametrize(
    "text",
    [
        *("12 March 2024", "Mar 12, 2024", "12-Mar-2024", "Tuesday, 12 March 2024"),
        *("the 12th of March 2024", "TUE, MAR 12, 2024", "  12\n March\t2024 "),
        *("2024년 3월 12일", "2024년 3월 12일 화요일", "2024년 03월 12일", "2024. 3. 12. (화)"),
        *("이천이십사년 삼월 십이일", unicodedata.normalize("NFD", "2024년 3월 12일(화)")),
        *("２０２４년 ３월 １２일", "2024년 3월 12일（화）"),
    ],
)
def test_a_learners_own_date_is_read(model, text):
    assert model.predict(text) == "2024-03-12"


def test_a_reading_tells_what_was_read_written_and_thought(model):
    text = "Tuesday, March 12, 2024"
    reading = model.read(text)
    assert reading.read == list(text)
    assert reading.written == list("2024-03-12")
    assert reading.text == model.predict(text)
    assert reading.encoder.shape == (len(text), model.units)
    assert reading.decoder.shape == (STEPS, model.units)
    assert reading.weights.shape == (STEPS, len(text))
    assert reading.probabilities.shape == (STEPS, len(WRITTEN))
    assert reading.vocabulary == WRITTEN
    np.testing.assert_allclose(reading.weights.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(reading.probabilities.sum(axis=1), 1, rtol=1e-5)
    for step, character in enumerate(reading.written):
        likeliest = reading.likeliest(step)
        assert likeliest[0] == (character, pytest.approx(reading.probabilities[step].max()))
        assert [p for _, p in likeliest] == sorted((p for _, p in likeliest), reverse=True)
    assert len(reading.likeliest(0, 5)) == 5


def test_it_looks_at_what_it_writes(model):
    """The day stands in front here, yet is written last."""
    reading = model.read("12 March 2024")
    places = [looked_at(reading, step) for step in (2, 3, 8, 9)]
    assert places == [(11, "2"), (12, "4"), (0, "1"), (1, "2")]
    assert looked_at(reading, 6)[1] in "March"
    reading = model.read("2024년 3월 12일")
    assert [looked_at(reading, step)[0] for step in (2, 3, 8, 9)] == [2, 3, 9, 10]
    assert looked_at(reading, 6)[1] in "3월"  # the state after 월 has read 3 just before


def test_the_map_is_what_attention_gives(model):
    reading = model.read("12 March 2024")
    keys = np.repeat(reading.encoder[None], STEPS, axis=0)
    context, weights = attention(reading.decoder, keys, keys, np.ones(keys.shape[:2], bool))
    np.testing.assert_allclose(weights, reading.weights, rtol=1e-4, atol=1e-6)
    logits = np.hstack([reading.decoder, context]) @ model.weights["V"] + model.weights["c"]
    assert [WRITTEN[index] for index in logits.argmax(axis=1)] == reading.written


def test_a_model_without_attention_looks_at_nothing(model, twin):
    assert (model.attends, twin.attends) == (True, False)
    reading = twin.read("12 March 2024")
    assert reading.weights.shape == (STEPS, 13)
    assert not reading.weights.any()
    assert len(reading.text) == STEPS


def test_decoding_by_hand_writes_the_same(model):
    """One step after the other, as assignment 08 does it."""
    ids = np.array([[model.vocabulary[each] for each in "3 may 1999"]])
    keys, mask, token, written = model.encode(ids), ids != 0, START, []
    state = keys[:, -1]
    for _step in range(STEPS):
        logits, state, looks = model.decoder_step(np.array([token]), state, keys, mask)
        token = int(logits[0].argmax())
        written.append(WRITTEN[token])
        assert looks.sum() == pytest.approx(1, rel=1e-5)
    assert written == model.read("3 May 1999").written


def test_padding_changes_nothing_and_is_never_looked_at(model):
    ids = np.array([[model.vocabulary[each] for each in "3 may 1999"]])
    plain, padded = model.decode(ids), model.decode(np.pad(ids, [(0, 0), (0, 7)]))
    np.testing.assert_array_equal(plain[0], padded[0])
    assert not padded[1][:, :, 10:].any()
    np.testing.assert_allclose(padded[1][:, :, :10], plain[1], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(padded[2], plain[2], rtol=1e-4, atol=1e-6)


def test_forced_to_write_the_truth_it_writes_the_same(model):
    phrase = split()[1][0]
    ids, truth = dates._batch([phrase])
    forced = np.concatenate([[[START]], truth[:, :-1]], axis=1)
    np.testing.assert_array_equal(model.decode(ids, forced)[0], model.decode(ids)[0])


def test_forms_and_years_beyond_training_show_where_it_ends(model):
    right = [model.predict(text) == iso for text, iso in dates.UNUSUAL.items()]
    assert 0.4 < np.mean(right) < 0.9


# --- Measures


def test_a_score_counts_whole_dates_and_single_characters():
    truth = np.array([[1] * 10, [2] * 10])
    assert dates._score(truth, truth) == {"exact": 1, "characters": 1}
    written = truth.copy()
    written[0, 9] = 0
    assert dates._score(written, truth) == {"exact": 0.5, "characters": 0.95}


def test_the_baseline_counts_runs_with_a_space_at_either_end(examples):
    phrase = Phrase("1 May", examples[0][0].day, "en")
    assert dates._neighbours(phrase, 2) == [" 1", "1 ", " m", "ma", "ay", "y "]
    assert dates._neighbours(phrase, 1) == list(" 1 may ")


# --- Hostile text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("03/04/2024", "two days"),
        ("Tue, 3.4.2024", "two days"),
        ("3 - 4 - 24", "two days"),
        ("2024/3/12", "'/'"),
        ("Tuesday", "no date"),
        ("12 März 2024", "'ä'"),
        ("12 mars 2024 à Paris, chez moi", "'à', 'z'"),
        ("2024年3月12日", "'年', '月', '日'"),
        ("<pad>", "'<', '>'"),
        ("12 March 2024\ud800", r"\\ud800"),
        ("1\x002024", r"\\x00"),
        ("1 " * 21, "at most 40 characters"),
        ("1" * 10**6, "at most 40 characters"),
        ("ﷺ" * 100, "at most 40 characters"),
    ],
)
def test_what_cannot_be_read_is_told(model, text, said):
    with pytest.raises(ValueError, match=said):
        model.predict(text)


def test_it_is_told_in_korean_too(model):
    with speaking("ko"), pytest.raises(ValueError, match="두 날짜로 읽힐 수 있습니다"):
        model.predict("03/04/2024")


@pytest.mark.parametrize(
    "text", ["1", "년", "1 " * 19 + "12", "31 February 2024", "2024", "14 July 1789", "0" * 40]
)
def test_what_is_no_usual_date_is_written_as_well_as_it_goes(model, text):
    reading = model.read(text)
    assert len(reading.written) == STEPS
    assert np.isfinite(reading.probabilities).all()
    np.testing.assert_allclose(reading.weights.sum(axis=1), 1, rtol=1e-5)


# --- The file


def test_shapes_and_vocabularies_are_as_documented(model):
    read, units = len(model.vocabulary), dates.UNITS
    widths = dict(zip(("encoder", "decoder"), dates.EMBEDDINGS, strict=True))
    sizes = {"encoder": read, "decoder": len(WRITTEN) + 1}
    expected = {"V": (2 * units, len(WRITTEN)), "c": (len(WRITTEN),)}
    for name, width in widths.items():
        expected |= {f"{name}_E": (sizes[name], width), f"{name}_W_x": (width, 3 * units)}
        expected |= {f"{name}_W_h": (units, 3 * units), f"{name}_b": (2, 3 * units)}
    assert {name: array.shape for name, array in model.weights.items()} == expected
    assert list(model.vocabulary) == [PAD, *CHARACTERS]


def test_the_weights_are_small():
    assert dates.PATH.stat().st_size < LARGEST
