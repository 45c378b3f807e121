"""The captioner and Keras: same arithmetic."""

import numpy as np
import pytest

from unrolled.sequences import PAD, teacher_forcing_inputs
from unrolled.tasks import captions
from unrolled.tasks.caption_reader import END, STARTS, WRITTEN
from unrolled.tasks.scenes import GROUND, SCENES, Example, draw

pytestmark = pytest.mark.keras

EXAMPLES = [Example(draw(*scene, seed), scene) for seed, scene in enumerate(SCENES[::40])]
PICTURES = np.stack([example.picture for example in EXAMPLES])


@pytest.fixture(scope="module")
def model():
    return captions.load()


@pytest.fixture(scope="module")
def network(model):
    """The Keras model with the shipped weights."""
    network = captions.build()
    weights = model.weights
    for number in (1, 2, 3):
        network.get_layer(f"K{number}").set_weights([weights[f"K{number}"], weights[f"k{number}"]])
    for layer, names in {"state": "Pp", "words": "E", "output": "Vc"}.items():
        network.get_layer(layer).set_weights([weights[name] for name in names])
    network.get_layer("decoder").set_weights([weights[name] for name in ("W_x", "W_h", "b")])
    return network


def forced(lang):
    words = captions._targets(EXAMPLES, lang)
    return words, teacher_forcing_inputs(words, WRITTEN.index(STARTS[lang]))


@pytest.mark.parametrize("lang", STARTS)
def test_numpy_looks_and_writes_as_keras_does(model, network, lang):
    before = forced(lang)[1]
    ours = model.decode(model.start(PICTURES), lang, before.shape[1], before)[1]
    theirs = np.asarray(network([GROUND - PICTURES, before]))
    np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("lang", STARTS)
def test_keras_running_freely_writes_the_same(model, network, lang):
    ours = model.decode(model.start(PICTURES), lang, captions.LONGEST)[0]
    before = np.zeros_like(ours)
    before[:, 0] = WRITTEN.index(STARTS[lang])
    for step in range(captions.LONGEST):
        written = np.asarray(network([GROUND - PICTURES, before]))[:, step].argmax(axis=-1)
        going = ours[:, step] != WRITTEN.index(PAD)
        np.testing.assert_array_equal(written[going], ours[going, step])
        if step + 1 < captions.LONGEST:
            before[:, step + 1] = written


def test_the_trained_network_is_read_whole():
    network = captions.build(seed=5)
    model = captions._model_of(network)
    before = forced("ko")[1]
    ours = model.decode(model.start(PICTURES), "ko", before.shape[1], before)[1]
    np.testing.assert_allclose(
        ours, np.asarray(network([GROUND - PICTURES, before])), rtol=1e-4, atol=1e-6
    )


def test_captions_are_laid_into_arrays_of_one_width():
    words, before = forced("ko")
    assert words.shape == before.shape == (len(EXAMPLES), captions.LONGEST)
    assert before[0, :2].tolist() == [WRITTEN.index("<ko>"), words[0, 0]]
    assert WRITTEN[words[0, 6]] == END
    assert (words[0, 7:] == WRITTEN.index(PAD)).all()


@pytest.mark.slow
def test_early_in_training_captions_are_mostly_wrong():
    calls = []
    score = captions.train(progress=lambda *call: calls.append(call), epochs=2)[1]
    assert calls == [(1, 2), (2, 2)]
    assert score["exact"] < 0.5
    assert score["words"] > 0.4
