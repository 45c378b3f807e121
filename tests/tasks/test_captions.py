"""The shipped captioner: what holds without Keras."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from unrolled.language import speaking
from unrolled.sequences import PAD, greedy_decode
from unrolled.tasks import captions
from unrolled.tasks.caption_reader import END, MOST_WORDS, STARTS, WORDS, WRITTEN, convolve
from unrolled.tasks.scenes import GROUND, SCENES, Scene, draw
from unrolled.widgets.shapes import Example

SCENE = Scene(("red", "circle"), "above", ("blue", "square"))


@pytest.fixture(scope="module")
def model():
    return captions.load()


@pytest.fixture(scope="module")
def examples():
    return captions.split()


def only_saying(model, word):
    """A model that gives the same word always."""
    weights = model.weights | {"V": np.zeros_like(model.weights["V"])}
    return replace(model, weights=weights | {"c": np.eye(len(WRITTEN))[WRITTEN.index(word)]})


def test_scenes_that_training_never_showed_are_captioned(model, examples):
    training, held_out = examples
    score, blind = captions.evaluate(model, held_out), captions.baseline(training, held_out)
    assert score.keys() == blind.keys() == {"exact", "words"}
    assert score["exact"] > 0.88
    assert score["words"] > 0.97
    assert blind["exact"] == 0
    assert blind["words"] < 0.5


def test_who_remembers_pictures_cannot_put_a_new_caption_together(examples):
    training, held_out = examples
    score = captions.nearest(training[::8], held_out[::4])
    assert score["exact"] == 0
    assert 0.6 < score["words"] < 0.95


@pytest.mark.parametrize(
    ("lang", "written"),
    [
        ("en", "a red circle above a blue square"),
        ("ko", "빨간 원이 파란 사각형 위에 있습니다"),
    ],
)
def test_a_learners_own_scene_is_captioned_however_it_is_given(model, lang, written):
    picture = draw(*SCENE)
    ways = [SCENE, "a red circle above a blue square", picture, picture.astype(np.float64)]
    ways += ["빨간 원이 파란 사각형 위에 있습니다", picture.tolist(), np.uint8(picture * 255)]
    assert {model.predict(way, lang) for way in ways} == {written}


def test_nearly_every_clean_scene_is_captioned(model):
    start = model.start(np.stack([draw(*scene) for scene in SCENES]))
    for lang in STARTS:
        ids = model.decode(start, lang)[0]
        truth = [[*scene.caption(lang), END] for scene in SCENES]
        right = [
            [WRITTEN[index] for index in row[: len(words)]] == words
            for row, words in zip(ids, truth, strict=True)
        ]
        assert np.mean(right) > 0.95


def test_a_caption_tells_what_was_written_and_thought(model):
    said = model.caption(SCENE, "ko")
    assert said.written == [*SCENE.caption("ko"), END]
    assert said.text == model.predict(SCENE, "ko")
    assert said.start.shape == (model.units,)
    assert said.states.shape == (len(said.written), model.units)
    assert said.probabilities.shape == (len(said.written), len(model.vocabulary))
    np.testing.assert_array_equal(said.picture, draw(*SCENE))
    np.testing.assert_allclose(said.probabilities.sum(axis=1), 1, rtol=1e-5)
    for step, word in enumerate(said.written):
        likeliest = said.likeliest(step)
        assert likeliest[0] == (word, pytest.approx(said.probabilities[step].max()))
        assert [p for _, p in likeliest] == sorted((p for _, p in likeliest), reverse=True)
    assert len(said.likeliest(0, 5)) == 5


def test_decoding_as_assignment_08_does_it_writes_the_same(model):
    state = model.start(draw(*SCENE)[None])[0]
    for lang, start in STARTS.items():
        ends = (model.vocabulary[start], model.vocabulary[END])
        ids = greedy_decode(model.weights, state, *ends, MOST_WORDS)
        assert [WRITTEN[index] for index in ids] == SCENE.caption(lang)


def test_reading_the_true_words_gives_the_same_where_all_were_right(model):
    said = model.caption(SCENE)
    before = [[model.vocabulary[word] for word in ["<en>", *said.written[:-1]]]]
    start = said.start[None]
    probabilities = model.decode(start, steps=len(said.written), forced=np.array(before))[1]
    np.testing.assert_allclose(probabilities[0], said.probabilities, rtol=1e-5, atol=1e-7)


def test_an_example_for_the_widget_fits_its_shape(model):
    example = Example(**model.example(SCENE, "ko"))
    assert example.outputs == tuple(SCENE.caption("ko"))
    assert (example.task, example.language) == ("caption", "ko")
    assert example.image is not None
    with speaking("ko"):
        assert model.example(SCENE)["inputs"] == ["그림"]
    assert model.example(SCENE)["language"] == "en"
    assert Example(**only_saying(model, END).example(SCENE)).outputs == (END,)


def test_a_caption_without_an_end_is_cut(model):
    endless = only_saying(model, "red")
    assert endless.predict(SCENE).split() == ["red"] * MOST_WORDS
    assert only_saying(model, END).predict(SCENE) == ""


def test_a_convolution_is_one_product_at_every_second_place():
    rng = np.random.default_rng(0)
    x, kernel, bias = rng.normal(size=(2, 7, 9, 3)), rng.normal(size=(3, 3, 3, 5)), np.arange(5)
    made = convolve(x, kernel, bias)
    assert made.shape == (2, 3, 4, 5)
    one = (x[1, 2:5, 4:7, :, None] * kernel).sum(axis=(0, 1, 2)) + bias
    np.testing.assert_allclose(made[1, 1, 2], np.maximum(one, 0))


def test_a_score_counts_whole_captions_and_single_words():
    red, end = WRITTEN.index("red"), WRITTEN.index(END)
    truth = np.array([[red, end, 0], [red, red, end]])
    assert captions._score(truth, truth) == {"exact": 1, "words": 1}
    assert captions._score(np.array([[red, end, 0], [red, end, 0]]), truth) == {
        "exact": 0.5,
        "words": 0.6,
    }


# --- Hostile pictures


@pytest.mark.parametrize(
    ("picture", "said"),
    [
        (np.zeros((24, 24)), r"\(24, 24, 3\).*\(24, 24\)"),
        (np.zeros((3, 24, 24)), "rows, columns, colours"),
        (np.zeros((1, 24, 24, 3)), "rows, columns, colours"),
        (np.zeros((0, 24, 3)), "rows, columns, colours"),
        (0.5, "rows, columns, colours"),
        ([[1], [1, 2]], "array of numbers"),
        (np.zeros((24, 24, 3), bool), "array of numbers"),
        (np.zeros((24, 24, 3), complex), "array of numbers"),
        (np.full((24, 24, 3), "red"), "array of numbers"),
        (None, "array of numbers"),
        (("red", "circle"), "array of numbers"),
        (b"a red circle", "array of numbers"),
        (np.full((24, 24, 3), np.nan), "from 0 to 1"),
        (np.full((24, 24, 3), np.inf), "from 0 to 1"),
        (np.full((24, 24, 3), 1.5), "from 0 to 1"),
        (np.full((24, 24, 3), -1), "from 0 to 255"),
        (np.full((24, 24, 3), 256), "from 0 to 255"),
        ("", "Describe a scene"),
        (Scene(("pink", "circle"), "above", ("red", "circle")), "'pink' cannot be drawn"),
    ],
)
def test_what_is_no_picture_is_told(model, picture, said):
    with pytest.raises(ValueError, match=said):
        model.predict(picture)


def test_it_is_told_in_korean_too(model):
    with speaking("ko"), pytest.raises(ValueError, match="그림의 형태"):
        model.predict(np.zeros((24, 24)))


def test_an_unknown_language_is_told(model):
    with pytest.raises(ValueError, match="'fr'"):
        model.predict(SCENE, "fr")


@pytest.mark.parametrize("value", [0, GROUND, 1])
def test_a_picture_of_nothing_known_gets_words_too(model, value):
    said = model.caption(np.full((24, 24, 3), value))
    assert 0 < len(said.written) <= MOST_WORDS
    assert np.isfinite(said.probabilities).all()


# --- The file


def test_the_weights_are_small_and_load_without_keras_at_once():
    code = (
        "import sys, time, numpy; from unrolled.tasks import captions as task\n"
        "start = time.perf_counter(); task.load(); seconds = time.perf_counter() - start\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules), 'Keras was loaded'\n"
        "print(seconds)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert float(run.stdout) < 0.05
    assert captions.PATH.stat().st_size < 25_000


def test_saving_what_was_loaded_gives_the_same_bytes(model, tmp_path):
    captions.save(model, tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == captions.PATH.read_bytes()


def test_shapes_and_vocabulary_are_as_documented(model):
    first, second, third = captions.FEATURES
    units, words, embedding = captions.UNITS, len(WRITTEN), captions.EMBEDDING
    assert {name: array.shape for name, array in model.weights.items()} == {
        **{"K1": (4, 4, 3, first), "K2": (3, 3, first, second), "K3": (3, 3, second, third)},
        **{"k1": (first,), "k2": (second,), "k3": (third,)},
        **{"P": (2 * 2 * third, units), "p": (units,), "E": (words, embedding)},
        **{"W_x": (embedding, units), "W_h": (units, units), "b": (units,)},
        **{"V": (units, words), "c": (words,)},
    }
    assert {array.dtype for array in model.weights.values()} == {np.dtype(np.float32)}
    assert list(model.vocabulary) == [PAD, "<en>", "<ko>", END, *WORDS]
