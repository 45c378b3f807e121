"""Recall and Keras: the networks start as their names say, and short sequences are learnt."""

import numpy as np
import pytest

from unrolled.tasks import recall

pytestmark = pytest.mark.keras
UNITS = recall.UNITS


def recurrent_weights(start, length=50, seed=0):
    return recall.build(start, length, seed).layers[1].get_weights()


def test_simple_networks_start_with_the_lengths_they_should():
    eye = np.eye(UNITS)
    for start, size in (("orthogonal", 1), ("orthogonal / 2", 0.25), ("identity", 1)):
        W_h = recurrent_weights(f"simple, {start}")[1]
        np.testing.assert_allclose(W_h @ W_h.T, size * eye, atol=1e-5)
    np.testing.assert_array_equal(recurrent_weights("simple, identity")[1], eye)
    glorot = recurrent_weights("simple, glorot")[1]
    assert not np.allclose(glorot @ glorot.T, eye, atol=0.1)
    assert np.abs(glorot).max() <= np.sqrt(6 / (2 * UNITS)) + 1e-6


def test_only_the_biases_of_the_lstms_differ():
    default, raised, chrono = (
        recurrent_weights(f"lstm, {way}") for way in ("default", "forget bias 5", "chrono")
    )
    for one, other in zip(default[:2], raised[:2], strict=True):
        np.testing.assert_array_equal(one, other)
    blocks = [np.split(weights[2], 4) for weights in (default, raised, chrono)]  # i, f, g, o
    assert [float(block.mean()) for block in blocks[0]] == [0, 1, 0, 0]
    assert [float(block.mean()) for block in blocks[1]] == [0, 5, 0, 0]
    i, f, g, o = blocks[2]
    np.testing.assert_allclose(i, -f)
    assert f.max() <= np.log(49)
    assert not g.any()
    assert not o.any()


def test_the_same_seed_starts_and_measures_the_same():
    steps = 2 * recall.LOOK
    one, other = (recall.measure("simple, orthogonal", 3, seed=4, steps=steps) for _ in range(2))
    assert one == other


@pytest.mark.slow
def test_a_short_sequence_is_learnt_and_training_then_ends():
    calls = []
    row = recall.measure("simple, orthogonal", 5, progress=lambda *call: calls.append(call))
    assert row.accuracy >= recall.LEARNT
    assert row.steps == calls[-1][0] < recall.STEPS
