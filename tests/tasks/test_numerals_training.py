"""The translator of numerals and Keras: same arithmetic, early in training and late."""

import numpy as np
import pytest

from unrolled.sequences import PAD, one_hot, teacher_forcing_inputs
from unrolled.tasks import numerals
from unrolled.tasks.numeral_reader import END, READ, START, WRITTEN

pytestmark = pytest.mark.keras


@pytest.fixture(scope="module")
def model():
    return numerals.load()


@pytest.fixture(scope="module")
def keras_writes(model):
    """A function (read, before) → probabilities: Keras's own layers with the shipped weights."""
    import keras

    encoder = keras.layers.GRU(model.units, return_state=True)
    decoder = keras.layers.GRU(model.units, return_sequences=True)
    output = keras.layers.Dense(len(WRITTEN), activation="softmax")
    encoder.build((None, None, len(READ)))
    decoder.build((None, None, len(WRITTEN)))
    output.build((None, None, model.units))
    encoder.set_weights(model.layer("encoder"))
    decoder.set_weights(model.layer("decoder"))
    output.set_weights([model.weights["V"], model.weights["c"]])

    def writes(read, before):
        mask = keras.ops.convert_to_tensor(read != READ.index(PAD))
        _states, state = encoder(one_hot(read, len(READ)), mask=mask)
        return np.asarray(output(decoder(one_hot(before, len(WRITTEN)), initial_state=state)))

    return writes


def test_numpy_reads_and_writes_as_keras_does(model, keras_writes):
    read, words = numerals._batch([0, 16, 2345, 10_000, 120_000, 999_999])
    before = teacher_forcing_inputs(words, WRITTEN.index(START))
    state = model.encoder_steps(read)["h"][:, -1]
    ours = model.decode(state, words.shape[1], before)[1]
    np.testing.assert_allclose(ours, keras_writes(read, before), rtol=1e-3, atol=1e-5)


def test_keras_running_freely_writes_the_same(model, keras_writes):
    read, _words = numerals._batch(numerals.split()[1][:50])
    ours = model.decode(model.encoder_steps(read)["h"][:, -1], numerals.LONGEST_WRITTEN)[0]
    before = np.full((len(read), 1), WRITTEN.index(START))
    for step in range(numerals.LONGEST_WRITTEN):
        written = keras_writes(read, before)[:, -1].argmax(axis=-1)
        going = ours[:, step] != WRITTEN.index(PAD)
        np.testing.assert_array_equal(written[going], ours[going, step])
        before = np.column_stack([before, written])


def test_the_trained_network_is_read_whole():
    """Embeddings and masks: what `train` fits is what the NumPy model computes."""
    network = numerals.build()
    model = numerals._model_of(network)
    read, words = numerals._batch([7, 2345, 999_999])
    before = teacher_forcing_inputs(words, WRITTEN.index(START))
    ours = model.decode(model.encoder_steps(read)["h"][:, -1], words.shape[1], before)[1]
    real = words != WRITTEN.index(PAD)
    theirs = np.asarray(network([read, before]))
    np.testing.assert_allclose(ours[real], theirs[real], rtol=1e-4, atol=1e-6)


def test_numbers_are_laid_into_arrays_of_one_width():
    read, words = numerals._batch([7, 999_999])
    assert (read[0] != 0).sum() == 1
    assert (words[0] != 0).sum() == 2  # "seven" and "<end>"
    assert words[0, 1] == WRITTEN.index(END)
    assert (words[1] != 0).all()
    assert read.shape[1] == numerals.LONGEST_READ
    assert words.shape[1] == numerals.LONGEST_WRITTEN
    before = teacher_forcing_inputs(words, WRITTEN.index(START))
    assert before[0, :2].tolist() == [WRITTEN.index(START), WRITTEN.index("seven")]


@pytest.mark.slow
def test_early_in_training_mistakes_pile_up_only_when_it_runs_free():
    calls = []
    early, score = numerals.train(progress=lambda *call: calls.append(call), epochs=2)
    assert calls == [(1, 2), (2, 2)]
    assert 0.2 < score["exact"] < 0.85
    shares = numerals.forced_and_free(early, numerals.split()[1])
    lost = shares["forced"] - shares["free"]
    assert abs(lost[0]) < 1e-9
    assert lost[5:9].mean() > 0.04
