"""The melody model and Keras: same arithmetic, for one answer and for many."""

import numpy as np
import pytest

from unrolled.tasks import melodies
from unrolled.tasks.melody_notes import PARTS

pytestmark = pytest.mark.keras


def shipped(every_step):
    """The Keras model with the weights of the course."""
    network = melodies.build(every_step=every_step)
    weights = melodies.load().weights
    for variable, name in zip(network.trainable_variables, melodies.NAMES, strict=True):
        variable.assign(weights[name])
    return network


def test_numpy_reads_as_keras_does():
    model, network = melodies.load(), shipped(every_step=True)
    ids, _targets, real = melodies.batches(melodies.split()[1])
    theirs = np.asarray(network(ids[::7]))[real[::7]]
    ours = melodies.softmax(model.logits(ids[::7]))[real[::7]]
    np.testing.assert_allclose(ours, theirs, rtol=2e-4, atol=1e-6)


def test_the_answer_to_a_window_is_the_last_of_all_its_answers():
    """Sequence-to-vector and sequence-to-sequence: the same weights, one answer or twenty."""
    ids, _targets = melodies.windows(melodies.split()[1])
    one, every = (np.asarray(shipped(each)(ids[:5])) for each in (False, True))
    assert one.shape == (5, len(PARTS))
    assert every.shape == (5, melodies.WINDOW, len(PARTS))
    np.testing.assert_allclose(one, every[:, -1], rtol=1e-5, atol=1e-7)


def test_what_a_note_is_is_not_trained():
    network = melodies.build()
    fixed = [variable.numpy().tolist() for variable in network.non_trainable_weights]
    assert fixed == [PARTS.tolist(), PARTS.T.tolist()]
