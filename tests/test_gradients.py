"""Gradients agree with numeric differences in float64 and with TensorFlow's GradientTape."""

import numpy as np
import pytest

from unrolled.cells import rnn_step
from unrolled.gradients import bptt, clip_by_global_norm, gradient_norm_by_lag, rnn_step_backward
from unrolled.layers import rnn_layer

BATCH, FEATURES, UNITS = 2, 3, 5
NAMES = ("x", "h0", "W_x", "W_h", "b")


def numeric(loss, array, step=1e-6):
    """Central differences of a scalar loss in every entry of an array."""
    gradient = np.zeros_like(array)
    for place in np.ndindex(array.shape):
        kept = array[place]
        array[place] = kept + step
        above = loss()
        array[place] = kept - step
        gradient[place] = (above - loss()) / (2 * step)
        array[place] = kept
    return gradient


def drawn(time, seed=0):
    rng = np.random.default_rng([seed, time])
    shapes = [(BATCH, time, FEATURES), (BATCH, UNITS), (FEATURES, UNITS), (UNITS, UNITS), (UNITS,)]
    arrays = [rng.normal(0, 0.6, shape) for shape in shapes]
    return arrays, rng.normal(size=(BATCH, time, UNITS))


@pytest.mark.parametrize("seed", range(3))
def test_a_steps_gradients_are_numeric_ones(seed):
    (x, h, W_x, W_h, b), dstates = drawn(1, seed)
    x, dh = x[:, 0].copy(), dstates[:, 0]

    def loss():
        return np.sum(dh * rnn_step(x, h, W_x, W_h, b))

    mine = rnn_step_backward(dh, x, h, rnn_step(x, h, W_x, W_h, b), W_x, W_h)
    for gradient, array in zip(mine, (x, h, W_x, W_h, b), strict=True):
        np.testing.assert_allclose(gradient, numeric(loss, array), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("time", [1, 2, 5])
def test_gradients_through_time_are_numeric_ones(time):
    arrays, dstates = drawn(time)

    def loss():
        return np.sum(dstates * rnn_layer(*arrays))

    mine = bptt(dstates, *arrays)
    for name, gradient, array in zip(NAMES, mine, arrays, strict=True):
        expected = numeric(loss, array)
        np.testing.assert_allclose(gradient, expected, rtol=1e-6, atol=1e-8, err_msg=name)


@pytest.mark.keras
@pytest.mark.slow
def test_gradients_through_time_are_those_of_a_tape():
    import tensorflow as tf

    arrays, dstates = drawn(30)
    watched = [tf.Variable(array) for array in arrays]
    x, h, W_x, W_h, b = watched
    with tf.GradientTape() as tape:
        loss = 0.0
        for t in range(30):
            h = tf.tanh(x[:, t] @ W_x + h @ W_h + b)
            loss += tf.reduce_sum(h * dstates[:, t])
    for mine, theirs in zip(bptt(dstates, *arrays), tape.gradient(loss, watched), strict=True):
        np.testing.assert_allclose(mine, tf.convert_to_tensor(theirs), rtol=1e-9, atol=1e-12)


def test_bptt_leaves_its_arguments_alone():
    arrays, dstates = drawn(5)
    kept = [array.copy() for array in (dstates, *arrays)]
    bptt(dstates, *arrays)
    for array, before in zip((dstates, *arrays), kept, strict=True):
        np.testing.assert_array_equal(array, before)


@pytest.mark.parametrize("max_norm", [0.1, 1, 7.5])
def test_clipping_brings_the_joint_norm_to_the_limit_and_keeps_the_direction(max_norm):
    rng = np.random.default_rng(1)
    gradients = [rng.normal(size=shape) * 9 for shape in [(3, 5), (5,), (2, 1, 4)]]
    clipped = clip_by_global_norm(gradients, max_norm)
    one = np.concatenate([each.ravel() for each in gradients])
    other = np.concatenate([each.ravel() for each in clipped])
    assert np.linalg.norm(other) == pytest.approx(max_norm)
    assert one @ other == pytest.approx(np.linalg.norm(one) * max_norm)


@pytest.mark.parametrize("values", [0.0, 0.01])
def test_a_norm_below_the_limit_stays(values):
    gradients = [np.full((3, 5), values), np.full(5, values)]
    for one, other in zip(gradients, clip_by_global_norm(gradients, 1.0), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.keras
@pytest.mark.slow
def test_clipping_is_that_of_tensorflow():
    import tensorflow as tf

    gradients = [np.random.default_rng(2).normal(size=shape) for shape in [(3, 5), (5,)]]
    theirs, _norm = tf.clip_by_global_norm(gradients, 0.7)
    for one, other in zip(clip_by_global_norm(gradients, 0.7), theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_the_gradient_norm_by_lag_is_that_of_numeric_jacobians():
    (x, h0, W_x, W_h, b), _ = drawn(4)
    states = rnn_layer(x, h0, W_x, W_h, b)
    norms = gradient_norm_by_lag(states, W_h)
    assert norms.shape == (BATCH, 4)
    for row in range(BATCH):
        for lag in range(4):
            start = states[row, 3 - lag].copy()
            jacobian = np.zeros((UNITS, UNITS))
            for unit in range(UNITS):

                def last(unit=unit, row=row, lag=lag, start=start):
                    h = start[None]
                    for t in range(4 - lag, 4):
                        h = rnn_step(x[row : row + 1, t], h, W_x, W_h, b)
                    return h[0, unit]

                jacobian[:, unit] = numeric(last, start)
            assert norms[row, lag] == pytest.approx(np.linalg.norm(jacobian, 2), rel=1e-5)


def test_gradients_vanish_below_a_spectral_radius_of_one_and_explode_above():
    rng = np.random.default_rng(3)
    W_h = np.linalg.qr(rng.normal(size=(UNITS, UNITS)))[0]
    states = np.zeros((1, 50, UNITS))  # where tanh' is 1
    assert gradient_norm_by_lag(states, 0.9 * W_h)[0, -1] == pytest.approx(0.9**49)
    assert gradient_norm_by_lag(states, 1.1 * W_h)[0, -1] == pytest.approx(1.1**49)
