"""What holds of every task that reads sentences: their making, its weights, what it refuses."""

import os
import subprocess
import sys

import numpy as np
import pytest

from unrolled import tasks
from unrolled.sequences import PAD, UNKNOWN
from unrolled.tasks import dates, later_names, names, quotes, sentiment

# How a task makes sentences in either language, and what of a sentence is read.
MAKERS = {
    "names": (names.sentences, lambda example: tuple(example[0])),
    "sentiment": (sentiment.reviews, lambda example: example.tokens),
    "quotes": (quotes.texts, str),
    "later_names": (later_names.sentences, lambda example: tuple(example.tokens)),
    "dates": (dates.phrases, lambda example: example.day),
}
ALL_WEIGHTS = 200_000  # bytes, of all tasks together
# What a task says of a text with nothing in it, of one too long, and of what is no text.
SAID = {name: ("no word", "too long", "reads a text") for name in MAKERS}
SAID["quotes"] = ("nothing in this text", "at most 200 characters", "at most 200 characters")
SAID["numerals"] = ("no numeral", "too long", "reads a text")
SAID["dates"] = ("no date", "too long", "reads a text")
KNOWS_ALL = {"dates"}  # there is no token for what is unknown
READS_WORDS = ["names", "sentiment", "later_names"]  # not characters


@pytest.fixture(scope="module", params=MAKERS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def task(name):
    return tasks.get(name)


@pytest.fixture(scope="module")
def model(task):
    return task.load()


def refused(model, text, said):
    with pytest.raises(ValueError, match=said):
        model.predict(text)


# --- The sentences


@pytest.mark.parametrize("name", MAKERS, indirect=True)
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_same_seed_gives_the_same_examples(name, lang):
    make, read = MAKERS[name]
    made = make(200, lang, seed=3)
    assert made == make(200, lang, seed=3)
    assert made[:50] == make(50, lang, seed=3)
    assert made != make(200, lang, seed=4)
    assert len({read(example) for example in made}) == 200


@pytest.mark.parametrize("name", MAKERS, indirect=True)
def test_examples_do_not_depend_on_the_hash_seed(name):
    make = MAKERS[name][0]
    code = f"from unrolled.tasks import {name}; print({name}.{make.__name__}(20, 'ko', 1))"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


@pytest.mark.parametrize("name", MAKERS, indirect=True)
def test_an_unknown_language_is_told(name):
    with pytest.raises(ValueError, match="'fr'"):
        MAKERS[name][0](2, "fr", seed=0)


@pytest.mark.parametrize("name", MAKERS, indirect=True)
@pytest.mark.parametrize("seed", [0, 1])
def test_held_out_examples_are_never_trained_on(name, task, seed):
    read = MAKERS[name][1]
    training, held_out = task.split(seed)
    assert len(held_out) == 2 * task.HELD_OUT
    trained = {read(example) for example in training}
    assert len(trained) == len(training)
    assert not trained & {read(example) for example in held_out}


# --- The file


def test_all_weights_together_are_small():
    assert sum(tasks.get(name).PATH.stat().st_size for name in tasks.TASKS) < ALL_WEIGHTS


def test_the_weights_load_without_keras_at_once(name):
    code = (
        f"import sys, time, numpy; from unrolled.tasks import {name} as task\n"
        "start = time.perf_counter(); task.load(); seconds = time.perf_counter() - start\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules), 'Keras was loaded'\n"
        "print(seconds)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert float(run.stdout) < 0.05


def test_saving_what_was_loaded_gives_the_same_bytes(task, model, tmp_path):
    task.save(model, tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == task.PATH.read_bytes()


def test_weights_are_float32_and_the_vocabulary_begins_with_padding(name, model):
    assert {array.dtype for array in model.weights.values()} == {np.dtype(np.float32)}
    begins = [PAD] if name in KNOWS_ALL else [PAD, UNKNOWN]
    assert list(model.vocabulary)[: len(begins)] == begins


# --- Hostile text


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_empty_text_is_refused(name, model, text):
    refused(model, text, SAID[name][0])


@pytest.mark.parametrize("name", READS_WORDS, indirect=True)
@pytest.mark.parametrize("text", ["…!?", "\x00\x07\x1b", "\ud800", "😀"])
def test_a_text_without_words_is_refused(name, model, text):
    refused(model, text, SAID[name][0])


@pytest.mark.parametrize("text", ["a " * 101, "a" * 2001, "good " * 1_000_000])
def test_a_text_that_is_too_long_is_refused(name, model, text):
    refused(model, text, SAID[name][1])


@pytest.mark.parametrize("text", [None, 3, ["a"], b"a"])
def test_what_is_no_text_is_refused(name, model, text):
    refused(model, text, SAID[name][2])


@pytest.mark.parametrize("name", READS_WORDS, indirect=True)
def test_the_longest_text_is_read(model):
    assert len(model.predict("good " * 100)) == 100


@pytest.mark.parametrize("name", READS_WORDS, indirect=True)
def test_nobody_can_write_padding(model):
    read = getattr(model, "probabilities", None) or model.bidirectional
    assert read([PAD]) == read([UNKNOWN])
    assert [token for token, *_odds in model.predict("<pad> <unk>")] == ["pad", "unk"]
