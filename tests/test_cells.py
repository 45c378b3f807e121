"""The reference cells agree with Keras, with their equations written out, and with float32."""

import math

import numpy as np
import pytest

from unrolled import cells

BATCH, FEATURES, UNITS = 2, 3, 7


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def weights(rng, gates=1, bias_rows=None, dtype=np.float64, scale=0.7):
    bias_shape = (gates * UNITS,) if bias_rows is None else (bias_rows, gates * UNITS)
    shapes = [(FEATURES, gates * UNITS), (UNITS, gates * UNITS), bias_shape]
    return [rng.normal(0, scale, shape).astype(dtype) for shape in shapes]


def inputs(rng, states=1, dtype=np.float64):
    x = rng.normal(size=(BATCH, FEATURES)).astype(dtype)
    return [x, *(rng.normal(size=(BATCH, UNITS)).astype(dtype) for _ in range(states))]


def keras_cell(cell, given, states, w):
    cell.build((BATCH, FEATURES))
    cell.set_weights(w)
    _output, new = cell(given, states)
    return [np.asarray(each) for each in (new if isinstance(new, list | tuple) else [new])]


@pytest.mark.keras
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_rnn_step_is_the_cell_of_keras(seed):
    import keras

    rng = np.random.default_rng(seed)
    (x, h), w = inputs(rng, 1), weights(rng)
    cell = keras.layers.SimpleRNNCell(UNITS, dtype="float64")
    np.testing.assert_allclose(cells.rnn_step(x, h, *w), keras_cell(cell, x, [h], w)[0], 1e-10)


@pytest.mark.keras
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_lstm_step_is_the_cell_of_keras(seed):
    import keras

    rng = np.random.default_rng(seed)
    (x, h, c), w = inputs(rng, 2), weights(rng, 4)
    cell = keras.layers.LSTMCell(UNITS, dtype="float64")
    theirs = keras_cell(cell, x, [h, c], w)
    for mine, their in zip(cells.lstm_step(x, h, c, *w), theirs, strict=True):
        np.testing.assert_allclose(mine, their, 1e-10)


@pytest.mark.keras
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("reset_after", [False, True])
def test_gru_steps_are_the_cells_of_keras(seed, reset_after):
    import keras

    rng = np.random.default_rng(seed)
    (x, h), w = inputs(rng, 1), weights(rng, 3, bias_rows=2 if reset_after else None)
    step = cells.gru_step_reset_after if reset_after else cells.gru_step
    cell = keras.layers.GRUCell(UNITS, reset_after=reset_after, dtype="float64")
    np.testing.assert_allclose(step(x, h, *w), keras_cell(cell, x, [h], w)[0], 1e-10)


def logistic(a):
    return 1 / (1 + math.exp(-a))


def sums(x, h, W_x, W_h, b, row, column):
    """x W_x and h W_h + b for one example and one column, without NumPy's products."""
    given = sum(x[row, i] * W_x[i, column] for i in range(FEATURES))
    return given, sum(h[row, i] * W_h[i, column] for i in range(UNITS)), b[column]


def test_rnn_step_is_its_equation_number_by_number(rng):
    (x, h), w = inputs(rng), weights(rng)
    new = cells.rnn_step(x, h, *w)
    for row in range(BATCH):
        for unit in range(UNITS):
            assert new[row, unit] == pytest.approx(math.tanh(sum(sums(x, h, *w, row, unit))))


def test_lstm_step_is_its_equations_number_by_number(rng):
    (x, h, c), w = inputs(rng, 2), weights(rng, 4)
    new_h, new_c = cells.lstm_step(x, h, c, *w)
    for row in range(BATCH):
        for unit in range(UNITS):
            i, f, g, o = (sum(sums(x, h, *w, row, unit + k * UNITS)) for k in range(4))
            memory = logistic(f) * c[row, unit] + logistic(i) * math.tanh(g)
            assert new_c[row, unit] == pytest.approx(memory)
            assert new_h[row, unit] == pytest.approx(logistic(o) * math.tanh(memory))


def test_gru_steps_are_their_equations_number_by_number(rng):
    (x, h), (W_x, W_h, b) = inputs(rng), weights(rng, 3)
    b_h = rng.normal(size=3 * UNITS)
    before = cells.gru_step(x, h, W_x, W_h, b)
    after = cells.gru_step_reset_after(x, h, W_x, W_h, np.stack([b, b_h]))
    for row in range(BATCH):
        gates = [logistic(sum(sums(x, h, W_x, W_h, b, row, k))) for k in range(2 * UNITS)]
        z, r = np.array(gates[:UNITS]), np.array(gates[UNITS:])
        late = [logistic(sum(sums(x, h, W_x, W_h, b, row, k)) + b_h[k]) for k in range(2 * UNITS)]
        for unit in range(UNITS):
            column = 2 * UNITS + unit
            given, _state, bias = sums(x, h, W_x, W_h, b, row, column)
            past = sum(r[i] * h[row, i] * W_h[i, column] for i in range(UNITS))
            n = math.tanh(given + past + bias)
            assert before[row, unit] == pytest.approx(z[unit] * h[row, unit] + (1 - z[unit]) * n)
            _given, state, _bias = sums(x, h, W_x, W_h, b, row, column)
            n = math.tanh(given + bias + late[UNITS + unit] * (state + b_h[column]))
            expected = late[unit] * h[row, unit] + (1 - late[unit]) * n
            assert after[row, unit] == pytest.approx(expected)


def test_sigmoid_has_no_overflow_and_is_exact_in_the_middle():
    with np.errstate(all="raise"):
        values = cells.sigmoid(np.array([-1e4, -30.0, 0.0, 30.0, 1e4]))
    assert values[0] == 0
    assert values[4] == 1
    assert values[2] == 0.5
    assert values[3] == pytest.approx(logistic(30.0), rel=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cells_keep_shape_and_precision_and_leave_their_inputs_alone(rng, dtype):
    for step, states, gates, rows in (
        (cells.rnn_step, 1, 1, None),
        (cells.lstm_step, 2, 4, None),
        (cells.gru_step, 1, 3, None),
        (cells.gru_step_reset_after, 1, 3, 2),
    ):
        given = [*inputs(rng, states, dtype), *weights(rng, gates, rows, dtype)]
        kept = [each.copy() for each in given]
        new = step(*given)
        for state in new if isinstance(new, tuple) else (new,):
            assert state.shape == (BATCH, UNITS)
            assert state.dtype == dtype
            assert np.isfinite(state).all()
        assert all(np.array_equal(a, b) for a, b in zip(given, kept, strict=True))


def test_shut_and_open_gates_keep_and_replace_the_memory(rng):
    x, h, c = inputs(rng, 2)
    W_x, W_h = np.zeros((FEATURES, 4 * UNITS)), np.zeros((UNITS, 4 * UNITS))
    shut, wide = -50.0, 50.0
    keep = np.repeat([shut, wide, 3.0, wide], UNITS)
    new_h, new_c = cells.lstm_step(x, h, c, W_x, W_h, keep)
    np.testing.assert_allclose(new_c, c)
    np.testing.assert_allclose(new_h, np.tanh(c))
    replace = np.repeat([wide, shut, 3.0, shut], UNITS)
    new_h, new_c = cells.lstm_step(x, h, c, W_x, W_h, replace)
    np.testing.assert_allclose(new_c, np.tanh(3.0))
    np.testing.assert_allclose(new_h, 0, atol=1e-20)
    open_z = np.repeat([wide, shut, 3.0], UNITS)
    np.testing.assert_allclose(
        cells.gru_step(x, h, W_x[:, : 3 * UNITS], W_h[:, : 3 * UNITS], open_z), h
    )
