"""Exercises of 04_long_term_dependencies: the backward pass of a step and a layer, clipping."""

import numpy as np

from unrolled import cells, gradients
from unrolled.exercises import Case, Exercise, Sizes
from unrolled.exercises.recurrent_neuron import CALM, weights
from unrolled.language import N_

# --- rnn_step_backward -------------------------------------------------------------------------


def step_backward_cases(rng, sizes: Sizes) -> list[Case]:
    def case(about, batch, dtype: type = np.float64, scale=1.0, **replaced):
        """One step forward, and a gradient at its new state. The bias is used, but not given."""
        given = {"dh": rng.normal(0, 0.5, (batch, sizes.units)).astype(dtype)} | replaced
        x = rng.normal(0, scale, (batch, sizes.features)).astype(dtype)
        h_prev = np.tanh(rng.normal(size=(batch, sizes.units))).astype(dtype)
        drawn = {"x": x, "h_prev": h_prev, **weights(rng, sizes, dtype)} | given
        h = cells.rnn_step(*(drawn[name] for name in ("x", "h_prev", "W_x", "W_h", "b")))
        names = ("dh", "x", "h_prev", "h", "W_x", "W_h")
        return Case(about, {name: (drawn | {"h": h})[name] for name in names})

    batch, _time, _features, units = sizes
    some = rng.normal(size=(batch, units))
    some[:, 0] = 0
    return [
        case(N_("any input"), batch),
        case(N_("a batch of one"), 1),
        case(N_("a previous state of zeros"), batch, h_prev=np.zeros((batch, units))),
        case(N_("a unit that no loss reaches"), batch, dh=some),
        case(N_("large inputs"), batch, scale=3.0),
        case(N_("float32"), batch, np.float32),
    ]


rnn_step_backward = Exercise(
    "rnn_step_backward",
    reference=gradients.rnn_step_backward,
    cases=step_backward_cases,
    returns={
        "dx": ("row", "feature"),
        "dh_prev": ("row", "unit"),
        "dW_x": ("feature", "unit"),
        "dW_h": ("unit", "unit"),
        "db": ("unit",),
    },
)


@rnn_step_backward.mistake(
    "tanh-derivative-missing",
    "dh is used as if it stood before tanh: on the way back it passes through tanh' first.",
    hint=1,
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh
    return da @ W_x.T, da @ W_h.T, x.T @ da, h_prev.T @ da, da.sum(axis=0)


@rnn_step_backward.mistake(
    "tanh-derivative-for-the-weights-missing",
    "The weights get dh as it came: their gradients, too, lie behind tanh.",
    hint=1,
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 - h**2)
    return da @ W_x.T, da @ W_h.T, x.T @ dh, h_prev.T @ dh, dh.sum(axis=0)


@rnn_step_backward.mistake(
    "tanh-twice",
    "tanh is taken of h again to get tanh': h has already been through it.",
    hint=2,
    seen="davidrmiller/neural2d#40",
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 - np.tanh(h) ** 2)
    return da @ W_x.T, da @ W_h.T, x.T @ da, h_prev.T @ da, da.sum(axis=0)


@rnn_step_backward.mistake(
    "derivative-from-the-sum",
    "tanh' is built from what went into tanh: it takes the square of what came out.",
    hint=2,
    seen="lazyprogrammer/facial-expression-recognition#2",
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 - (x @ W_x + h_prev @ W_h) ** 2)
    return da @ W_x.T, da @ W_h.T, x.T @ da, h_prev.T @ da, da.sum(axis=0)


@rnn_step_backward.mistake(
    "state-computed-anew",
    "The state is computed anew, without the bias, which is not given: h is at hand.",
    hint=2,
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 - np.tanh(x @ W_x + h_prev @ W_h) ** 2)
    return da @ W_x.T, da @ W_h.T, x.T @ da, h_prev.T @ da, da.sum(axis=0)


@rnn_step_backward.mistake(
    "plus-for-minus",
    "tanh' has a plus: that is the rule of the tangent. That of tanh never exceeds 1.",
    hint=2,
    seen="nicodjimenez/lstm#41",
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 + h**2)
    return da @ W_x.T, da @ W_h.T, x.T @ da, h_prev.T @ da, da.sum(axis=0)


@rnn_step_backward.mistake(
    "divided-by-the-derivative",
    "dh is divided by tanh': the chain rule multiplies, also on the way back.",
    hint=2,
    seen="oreilly-japan/deep-learning-from-scratch-2#26",
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh / (1 - h**2)
    return da @ W_x.T, da @ W_h.T, x.T @ da, h_prev.T @ da, da.sum(axis=0)


@rnn_step_backward.mistake(
    "derivative-of-a-sigmoid",
    "h (1 - h) is the derivative of a sigmoid; this step uses tanh.",
    hint=2,
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * h * (1 - h)
    return da @ W_x.T, da @ W_h.T, x.T @ da, h_prev.T @ da, da.sum(axis=0)


@rnn_step_backward.mistake(
    "square-forgotten",
    "tanh' is taken as 1 - h: the square is missing.",
    hint=2,
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 - h)
    return da @ W_x.T, da @ W_h.T, x.T @ da, h_prev.T @ da, da.sum(axis=0)


@rnn_step_backward.mistake(
    "derivative-from-the-old-state",
    "tanh' is built from h_prev: it belongs to the tanh that gave the new state h.",
    hint=2,
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 - h_prev**2)
    return da @ W_x.T, da @ W_h.T, x.T @ da, h_prev.T @ da, da.sum(axis=0)


@rnn_step_backward.mistake(
    "derivative-of-the-step-before",
    "dh_prev also passes through the tanh of the step before: that is that step's own work.",
    hint=1,
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 - h**2)
    return da @ W_x.T, (da @ W_h.T) * (1 - h_prev**2), x.T @ da, h_prev.T @ da, da.sum(axis=0)


@rnn_step_backward.mistake(
    "gradient-kept-beside",
    "dh itself is added to dh_prev: the old state reaches the new one through W_h only.",
    hint=1,
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 - h**2)
    return da @ W_x.T, da @ W_h.T + dh, x.T @ da, h_prev.T @ da, da.sum(axis=0)


@rnn_step_backward.mistake(
    "input-weights-not-transposed",
    "dx is da W_x: on the way back the weights are transposed.",
    hint=3,
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 - h**2)
    return da @ W_x, da @ W_h.T, x.T @ da, h_prev.T @ da, da.sum(axis=0)


@rnn_step_backward.mistake(
    "recurrent-weights-not-transposed",
    "dh_prev is da W_h: it fits, since W_h is square, but the way back takes the transpose.",
    hint=3,
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 - h**2)
    return da @ W_x.T, da @ W_h, x.T @ da, h_prev.T @ da, da.sum(axis=0)


@rnn_step_backward.mistake(
    "weights-inverted",
    "The weights are inverted: going back needs no inverse, only the transpose.",
    hint=3,
    seen="makeyourownneuralnetwork/makeyourownneuralnetwork#59",
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 - h**2)
    dx, dh_prev = da @ np.linalg.pinv(W_x), da @ np.linalg.pinv(W_h)
    return dx, dh_prev, x.T @ da, h_prev.T @ da, da.sum(axis=0)


@rnn_step_backward.mistake(
    "weight-gradients-transposed",
    "dW_x and dW_h are transposed: each is shaped like its matrix, inputs by units.",
    hint=3,
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 - h**2)
    return da @ W_x.T, da @ W_h.T, da.T @ x, da.T @ h_prev, da.sum(axis=0)


@rnn_step_backward.mistake(
    "recurrent-gradient-transposed",
    "dW_h is transposed, which its square shape hides: rows belong to the old state.",
    hint=3,
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 - h**2)
    return da @ W_x.T, da @ W_h.T, x.T @ da, da.T @ h_prev, da.sum(axis=0)


@rnn_step_backward.mistake(
    "input-and-state-swapped",
    "x and h_prev are swapped in dW_x and dW_h: each matrix met its own input.",
    hint=3,
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 - h**2)
    return da @ W_x.T, da @ W_h.T, h_prev.T @ da, x.T @ da, da.sum(axis=0)


@rnn_step_backward.mistake(
    "new-state-for-old",
    "dW_h is built from the new state h: what W_h was multiplied by is h_prev.",
    hint=3,
    seen="VikParuchuri/zero_to_gpt#9",
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 - h**2)
    return da @ W_x.T, da @ W_h.T, x.T @ da, h.T @ da, da.sum(axis=0)


@rnn_step_backward.mistake(
    "bias-not-summed",
    "db still has one row per example: all rows share the bias, so their gradients add up.",
    hint=3,
    seen="mlpack/mlpack#3679",
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 - h**2)
    return da @ W_x.T, da @ W_h.T, x.T @ da, h_prev.T @ da, da


@rnn_step_backward.mistake(
    "bias-averaged",
    "db is a mean over the batch: gradients of what all rows share are summed.",
    hint=3,
    seen="kvfrans/notes#5",
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 - h**2)
    return da @ W_x.T, da @ W_h.T, x.T @ da, h_prev.T @ da, da.mean(axis=0)


@rnn_step_backward.mistake(
    "weights-averaged",
    "dW_x, dW_h and db are divided by the batch size: they are sums over its rows.",
    hint=3,
    seen="heyxhh/nnet-numpy#1",
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 - h**2)
    n = len(x)
    return da @ W_x.T, da @ W_h.T, x.T @ da / n, h_prev.T @ da / n, da.mean(axis=0)


@rnn_step_backward.mistake(
    "bias-one-number",
    "db is one number: sum over the rows only, each unit keeps its own.",
    hint=3,
    seen="rasbt/stat453-deep-learning-ss21#5",
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 - h**2)
    return da @ W_x.T, da @ W_h.T, x.T @ da, h_prev.T @ da, da.sum()


@rnn_step_backward.mistake(
    "bias-summed-over-units",
    "db is summed over the units: the axis of the batch is the first.",
    hint=3,
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 - h**2)
    return da @ W_x.T, da @ W_h.T, x.T @ da, h_prev.T @ da, da.sum(axis=1)


@rnn_step_backward.mistake(
    "bias-with-two-axes",
    "db is a matrix of one row: b has the shape (units,), and so has its gradient.",
    hint=3,
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 - h**2)
    return da @ W_x.T, da @ W_h.T, x.T @ da, h_prev.T @ da, da.sum(axis=0, keepdims=True)


@rnn_step_backward.mistake(
    "weights-per-example",
    "dW_x and dW_h keep a matrix for every example: all examples share the weights, so add.",
    hint=3,
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 - h**2)
    dW_x = x[:, :, None] * da[:, None, :]
    dW_h = h_prev[:, :, None] * da[:, None, :]
    return da @ W_x.T, da @ W_h.T, dW_x, dW_h, da.sum(axis=0)


@rnn_step_backward.mistake(
    "returned-in-another-order",
    "The gradients are right but stand in another order: dx, dh_prev, dW_x, dW_h, db.",
    hint=3,
)
def _(dh, x, h_prev, h, W_x, W_h):
    da = dh * (1 - h**2)
    return da @ W_x.T, da @ W_h.T, da.sum(axis=0), x.T @ da, h_prev.T @ da


@rnn_step_backward.mistake(
    "gradient-written-in-place",
    "The gradients are right, but the caller's dh is overwritten: make a new array.",
    hint=3,
)
def _(dh, x, h_prev, h, W_x, W_h):
    dh *= 1 - h**2
    return dh @ W_x.T, dh @ W_h.T, x.T @ dh, h_prev.T @ dh, dh.sum(axis=0)


# --- bptt --------------------------------------------------------------------------------------


def bptt_cases(rng, sizes: Sizes) -> list[Case]:
    def case(about, sizes, dtype: type = np.float64, spread=0.5, silent=(), **replaced):
        """A layer's inputs, and gradients at all of its states except at the silent steps."""
        batch, time, features, units = sizes
        # Small losses, so that the rounding of a right answer stays small beside the tolerance.
        dstates = rng.normal(0, 0.1, (batch, time, units)).astype(dtype)
        dstates[:, list(silent)] = 0
        x = rng.normal(size=(batch, time, features)).astype(dtype)
        h0 = np.tanh(rng.normal(size=(batch, units))).astype(dtype)
        given = {"dstates": dstates, "x": x, "h0": h0, **weights(rng, sizes, dtype, spread)}
        return Case(about, given | replaced)

    batch, time, _features, units = sizes
    # In float32 the rounding of right answers soon shows: a small layer and two steps.
    small = Sizes(batch=2, time=2, features=3, units=5)
    return [
        case(N_("a loss at every step"), sizes),
        case(N_("a loss at the last step only"), sizes, silent=range(time - 1)),
        case(N_("a batch of one"), sizes._replace(batch=1)),
        case(N_("a single step"), sizes._replace(time=1)),
        case(N_("an initial state of zeros"), sizes, h0=np.zeros((batch, units))),
        case(N_("a bias of zeros"), sizes, b=np.zeros(units)),
        case(N_("no loss at every other step"), sizes, silent=range(time - 1, -1, -2)),
        case(N_("thirty steps"), sizes._replace(time=30), spread=CALM),
        case(N_("float32"), small, np.float32),
    ]


bptt = Exercise(
    "bptt",
    reference=gradients.bptt,
    cases=bptt_cases,
    returns={
        "dx": ("row", "step", "feature"),
        "dh0": ("row", "unit"),
        "dW_x": ("feature", "unit"),
        "dW_h": ("unit", "unit"),
        "db": ("unit",),
    },
)


@bptt.mistake(
    "gradient-not-carried",
    "No step hands anything back: a state also acts through all the steps that follow it.",
    hint=2,
    seen="https://community.deeplearning.ai/t/c5-w1a1-optional-rnn-back-propagation/48297",
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = dstates[:, t] * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "direct-gradients-lost",
    "Only the last step's loss counts: what arrives directly is added at every step.",
    hint=2,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), dstates[:, -1]
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = dh * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "direct-gradients-unused",
    "dstates never enters, so all gradients are zero: it is where the loss comes in.",
    hint=2,
    seen="https://community.deeplearning.ai/t/question-on-backpropagation-week-1-prog-assignment-1/555129",
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = dh * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "truncated-at-one-step",
    "A loss reaches back a single step: what is handed on includes what was handed to you.",
    hint=2,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = (dstates[:, t] * (1 - states[t + 1] ** 2)) @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "last-gradient-twice",
    "The last step's loss is counted twice: nothing is handed back to the last step.",
    hint=2,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), dstates[:, -1]
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "losses-moved-to-the-end",
    "All losses enter at the last step: each enters at the step it belongs to.",
    hint=2,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), dstates.sum(axis=1)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = dh * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "carried-gradient-piled-up",
    "What is handed back is added to what was carried: it contains that already, so it "
    "replaces it.",
    hint=2,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = dh + da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "handed-back-without-weights",
    "What is handed back has not passed through W_h.",
    hint=2,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "direct-gradient-past-tanh",
    "The direct gradient goes round tanh: add it to what is handed back, then take tanh'.",
    hint=2,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = dstates[:, t] + dh * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "forward-order",
    "The steps are gone through from the first to the last: what a step needs comes from later.",
    hint=1,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in range(x.shape[1]):
        da = (dstates[:, t] + dh) * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "first-step-skipped",
    "The loop ends before the first step: it has an input, and h0 lies behind it.",
    hint=1,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in range(x.shape[1] - 1, 0, -1):
        da = (dstates[:, t] + dh) * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "initial-state-ignored",
    "The states start from zeros: the forward pass begins with h0.",
    hint=1,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [np.zeros_like(h0)]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "bias-ignored",
    "The states are computed without b: the forward pass is that of rnn_layer, bias included.",
    hint=1,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "tanh-derivative-missing",
    "No step passes the gradient through tanh: each does what rnn_step_backward does.",
    hint=1,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = dstates[:, t] + dh
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "tanh-twice",
    "tanh is taken of the states again to get tanh': they have already been through it.",
    hint=1,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - np.tanh(states[t + 1]) ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "derivative-from-the-sum",
    "tanh' is built from what went into tanh: it takes the square of the state that came out.",
    hint=1,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        a = x[:, t] @ W_x + states[t] @ W_h + b
        da = (dstates[:, t] + dh) * (1 - a**2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "derivative-from-the-old-state",
    "tanh' of a step is built from the state before it: it belongs to the state after.",
    hint=1,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - states[t] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "weights-overwritten",
    "Each step overwrites the weights' gradients: all steps share the weights, so add up.",
    hint=3,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x = x[:, t].T @ da
        dW_h = states[t].T @ da
        db = da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "weights-of-the-last-step",
    "Only the last step's share is in dW_x, dW_h and db: every step has one.",
    hint=3,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        if t == x.shape[1] - 1:
            dW_x, dW_h, db = x[:, t].T @ da, states[t].T @ da, da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "averaged-over-time",
    "The weights' gradients are divided by the number of steps: they are sums.",
    hint=3,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    time = x.shape[1]
    return dx, dh, dW_x / time, dW_h / time, db / time


@bptt.mistake(
    "averaged-over-the-batch",
    "The weights' gradients are divided by the batch size: they are sums.",
    hint=3,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x / len(x), dW_h / len(x), db / len(x)


@bptt.mistake(
    "bias-averaged",
    "db takes a mean over the batch at every step: the shares of all rows are summed.",
    hint=3,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.mean(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "bias-not-summed",
    "db still has one row per example: all rows share the bias, so their gradients add up.",
    hint=3,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "recurrent-weights-not-transposed",
    "The gradient goes back through W_h as it is: the way back takes the transpose.",
    hint=3,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "recurrent-gradient-transposed",
    "dW_h is transposed, which its square shape hides: rows belong to the old state.",
    hint=3,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += da.T @ states[t]
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "new-state-for-old",
    "dW_h is built from the states after each step: what W_h was multiplied by is the one before.",
    hint=3,
    seen="VikParuchuri/zero_to_gpt#9",
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t + 1].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "last-state-before-the-first",
    "Before the first step stands the last state, index -1: it should be h0.",
    hint=3,
)
def _(dstates, x, h0, W_x, W_h, b):
    h, states = h0, []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
        states.append(h)
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - states[t] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t - 1].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "zeros-before-the-first-step",
    "dW_h takes zeros for the state before the first step: it is h0.",
    hint=3,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += (states[t].T @ da) if t > 0 else 0
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "initial-gradient-zeros",
    "dh0 is zero: it is what the first step hands back.",
    hint=3,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, np.zeros_like(h0), dW_x, dW_h, db


@bptt.mistake(
    "initial-gradient-one-step-late",
    "dh0 is the gradient at the first state: it has still to go back through the first step.",
    hint=3,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    dh0 = np.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        dh0 = dstates[:, t] + dh
        da = dh0 * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh0, dW_x, dW_h, db


@bptt.mistake(
    "inputs-in-reverse-order",
    "dx runs from the last step to the first, as it was collected: turn it round.",
    hint=3,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = [], np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - states[t + 1] ** 2)
        dx.append(da @ W_x.T)
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return np.stack(dx, axis=1), dh, dW_x, dW_h, db


@bptt.mistake(
    "time-axis-first",
    "dx has time in front: like x it is (batch, time, features).",
    hint=3,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = [], np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - states[t + 1] ** 2)
        dx.insert(0, da @ W_x.T)
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return np.stack(dx), dh, dW_x, dW_h, db


@bptt.mistake(
    "inputs-of-one-step",
    "dx holds a single step: every input has a gradient of its own, so keep them all.",
    hint=3,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - states[t + 1] ** 2)
        dx = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "inputs-added-up",
    "dx is added up over the steps: only the weights are shared, each input stands alone.",
    hint=3,
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x[:, 0]), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        da = (dstates[:, t] + dh) * (1 - states[t + 1] ** 2)
        dx += da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


@bptt.mistake(
    "gradients-written-in-place",
    "The gradients are right, but they are written into the caller's dstates: work on a copy.",
    hint=2,
    seen="Burton2000/CS231n-2017#7",
)
def _(dstates, x, h0, W_x, W_h, b):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_x + states[-1] @ W_h + b))
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        dstates[:, t] += dh
        da = dstates[:, t] * (1 - states[t + 1] ** 2)
        dx[:, t] = da @ W_x.T
        dW_x += x[:, t].T @ da
        dW_h += states[t].T @ da
        db += da.sum(axis=0)
        dh = da @ W_h.T
    return dx, dh, dW_x, dW_h, db


# --- clip_by_global_norm -----------------------------------------------------------------------


def clip_cases(rng, sizes: Sizes) -> list[Case]:
    def case(about, shapes, share, max_norm, dtype: type = np.float64):
        """Gradients whose joint norm is `share` times max_norm, never close to it."""
        drawn = [rng.normal(size=shape) for shape in shapes]
        scale = share * max_norm / np.sqrt(sum(np.sum(g**2) for g in drawn))
        arrays = [np.array(g * scale, dtype=dtype) for g in drawn]
        return Case(about, {"gradients": arrays, "max_norm": max_norm})

    def each_alone(about, shapes, share, max_norm):
        arrays = [rng.normal(size=shape) for shape in shapes]
        scales = [share * max_norm / np.linalg.norm(g) for g in arrays]
        arrays = [g * scale for g, scale in zip(arrays, scales, strict=True)]
        return Case(about, {"gradients": arrays, "max_norm": max_norm})

    batch, time, features, units = sizes
    layer = [(features, units), (units, units), (units,)]
    any_shapes = [(units,), (), (batch, time, features), (1, units)]
    limit, low = round(rng.uniform(2, 4), 2), round(rng.uniform(0.3, 0.5), 2)
    whole = int(rng.integers(3, 6))
    return [
        case(N_("a joint norm above max_norm"), layer, rng.uniform(2, 4), limit),
        case(N_("a joint norm below max_norm"), layer, rng.uniform(0.75, 0.85), limit),
        each_alone(N_("each norm below max_norm, the joint one above"), layer, 0.8, limit),
        case(N_("a single array"), layer[:1], rng.uniform(1.5, 2), limit),
        case(N_("arrays of any shapes, also ()"), any_shapes, rng.uniform(2, 4), limit),
        case(N_("a max_norm below 1"), layer, rng.uniform(1.2, 1.4), low),
        case(N_("a whole number as max_norm"), layer, rng.uniform(0.7, 0.9), whole),
        case(N_("exploded gradients"), layer, 1e6, limit),
        case(N_("gradients of zeros"), layer, 0.0, limit),
        case(N_("float32"), layer, rng.uniform(2, 4), limit, np.float32),
    ]


clip_by_global_norm = Exercise(
    "clip_by_global_norm",
    reference=gradients.clip_by_global_norm,
    cases=clip_cases,
    returns={"clipped": ()},
)


@clip_by_global_norm.mistake(
    "each-array-alone",
    "Each array is clipped by its own norm, which turns the whole step: one norm for all of them.",
    hint=1,
    seen="carpedm20/MemN2N-tensorflow#19",
)
def _(gradients, max_norm):
    clipped = []
    for g in gradients:
        norm = np.sqrt(np.sum(g**2))
        clipped.append(g * max_norm / norm if norm > max_norm else g)
    return clipped


@clip_by_global_norm.mistake(
    "clipped-by-value",
    "Single entries are cut off at max_norm, which turns the gradient: scale all of it.",
    hint=1,
    seen="neuroailab/tfutils#115",
)
def _(gradients, max_norm):
    return [np.clip(g, -max_norm, max_norm) for g in gradients]


@clip_by_global_norm.mistake(
    "scaled-when-small",
    "Small gradients are blown up to max_norm, and zeros become NaN: only a longer one is scaled.",
    hint=2,
    seen="DingfanChen/GS-WGAN#5",
)
def _(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return [g * (max_norm / norm) for g in gradients]


@clip_by_global_norm.mistake(
    "division-by-a-norm-of-zero",
    "Gradients of zeros come back as NaN: a norm of zero is divided by.",
    hint=2,
    seen="PaddlePaddle/Paddle#26282",
)
def _(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return [g / norm * min(norm, max_norm) for g in gradients]


@clip_by_global_norm.mistake(
    "root-forgotten",
    "The norm is a sum of squares: its square root is missing.",
    hint=2,
    seen="paiml/entrenar#311",
)
def _(gradients, max_norm):
    norm = sum(np.sum(g**2) for g in gradients)
    scale = max_norm / norm if norm > max_norm else 1
    return [g * scale for g in gradients]


@clip_by_global_norm.mistake(
    "square-compared",
    "max_norm is compared with the squared norm: take the root before you compare.",
    hint=2,
)
def _(gradients, max_norm):
    square = sum(np.sum(g**2) for g in gradients)
    scale = max_norm / np.sqrt(square) if square > max_norm else 1
    return [g * scale for g in gradients]


@clip_by_global_norm.mistake(
    "norms-added",
    "The norms of the arrays are added: under the root it is their squares that are.",
    hint=2,
)
def _(gradients, max_norm):
    norm = sum(np.sqrt(np.sum(g**2)) for g in gradients)
    scale = max_norm / norm if norm > max_norm else 1
    return [g * scale for g in gradients]


@clip_by_global_norm.mistake(
    "largest-norm-only",
    "The norm is that of the largest array alone: all entries of all arrays count.",
    hint=2,
)
def _(gradients, max_norm):
    norm = max(np.sqrt(np.sum(g**2)) for g in gradients)
    scale = max_norm / norm if norm > max_norm else 1
    return [g * scale for g in gradients]


@clip_by_global_norm.mistake(
    "largest-entry",
    "The norm is the largest entry: all entries count, squared and added.",
    hint=2,
)
def _(gradients, max_norm):
    norm = max(np.max(np.abs(g)) for g in gradients)
    scale = max_norm / norm if norm > max_norm else 1
    return [g * scale for g in gradients]


@clip_by_global_norm.mistake(
    "absolute-values-added",
    "The norm adds absolute values: square the entries, and take the root of the sum.",
    hint=2,
)
def _(gradients, max_norm):
    norm = sum(np.sum(np.abs(g)) for g in gradients)
    scale = max_norm / norm if norm > max_norm else 1
    return [g * scale for g in gradients]


@clip_by_global_norm.mistake(
    "mean-of-squares",
    "The norm takes a mean of all squares: it is their sum that counts.",
    hint=2,
)
def _(gradients, max_norm):
    count = sum(g.size for g in gradients)
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients) / count)
    scale = max_norm / norm if norm > max_norm else 1
    return [g * scale for g in gradients]


@clip_by_global_norm.mistake(
    "first-array-only",
    "The norm is that of the first array alone: all entries of all arrays count.",
    hint=2,
)
def _(gradients, max_norm):
    norm = np.sqrt(np.sum(gradients[0] ** 2))
    scale = max_norm / norm if norm > max_norm else 1
    return [g * scale for g in gradients]


@clip_by_global_norm.mistake(
    "scaled-to-one",
    "Long gradients end with norm 1: they should end with norm max_norm.",
    hint=3,
)
def _(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    scale = 1 / norm if norm > max_norm else 1
    return [g * scale for g in gradients]


@clip_by_global_norm.mistake(
    "scale-upside-down",
    "The scale is upside down, so long gradients grow: it should be below 1.",
    hint=3,
)
def _(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    scale = norm / max_norm if norm > max_norm else 1
    return [g * scale for g in gradients]


@clip_by_global_norm.mistake(
    "epsilon-that-shows",
    "What is added to the norm is large enough to show; the comparison already keeps zero away.",
    hint=3,
)
def _(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    scale = min(1, max_norm / (norm + 1e-3))
    return [g * scale for g in gradients]


@clip_by_global_norm.mistake(
    "nothing-returned-below",
    "Small gradients are not returned at all: return them as they are.",
    hint=3,
)
def _(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    if norm > max_norm:
        return [g * max_norm / norm for g in gradients]


@clip_by_global_norm.mistake(
    "norm-returned-too",
    "The norm is returned as well, as TensorFlow does: return the list alone.",
    hint=3,
)
def _(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    scale = max_norm / norm if norm > max_norm else 1
    return [g * scale for g in gradients], norm


@clip_by_global_norm.mistake(
    "joined-into-one",
    "The arrays come back as one long vector: return a list, each array in its own shape.",
    hint=3,
)
def _(gradients, max_norm):
    joined = np.concatenate([g.ravel() for g in gradients])
    norm = np.sqrt(np.sum(joined**2))
    scale = max_norm / norm if norm > max_norm else 1
    return joined * scale


@clip_by_global_norm.mistake(
    "changed-in-place",
    "The values are right, but the caller's gradients are changed: make a new list of new arrays.",
    hint=3,
)
def _(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    if norm > max_norm:
        for g in gradients:
            g *= max_norm / norm
    return gradients


EXERCISES = (rnn_step_backward, bptt, clip_by_global_norm)
