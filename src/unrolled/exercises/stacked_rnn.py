"""Exercises of 03_stacked_rnn: layers upon layers, their weights counted, and the same in Keras."""

from functools import partial

import numpy as np

from unrolled import layers
from unrolled.exercises import Case, Exercise, Sizes, models
from unrolled.exercises.models import (
    AXES_SWAPPED,
    BACKWARDS,
    CLASSIFIER_BATCH,
    EVERY_STEP,
    LAST_STATES_ALONE,
    LAST_STATES_REPEATED,
    NO_SEQUENCE,
    OTHER,
    RELU_STATES,
    SIGMOID_STATES,
    classifier,
    observe_classifier,
    refuses,
)
from unrolled.exercises.recurrent_neuron import weights
from unrolled.language import N_
from unrolled.language import _ as translated

# --- stacked_rnn -------------------------------------------------------------------------------

# No size is 4 or 6: they are primes.
OTHER_WIDTH, THIRD_WIDTH = 4, 6


def stack_cases(rng, sizes: Sizes) -> list[Case]:
    batch, time, features, units = sizes

    def case(about, *widths, x_shape=sizes[:3], dtype: type = np.float64, scale=1.0, bias=1.0):
        batch, time, below = x_shape
        x = rng.normal(size=x_shape).astype(dtype)
        stack = []
        for own in widths:
            W_x, W_h, b = weights(rng, Sizes(batch, time, below, own), dtype).values()
            stack.append((scale * W_x, scale * W_h, bias * b))
            below = own
        return Case(about, {"x": x, "layers": stack})

    short = (batch, min(time, 3), features)
    # Over many steps or layers float32 drifts further than the comparison allows.
    return [
        case(N_("one layer"), units),
        case(N_("two layers"), units, OTHER_WIDTH),
        case(N_("three layers"), OTHER_WIDTH, units, THIRD_WIDTH),
        case(N_("layers as wide as the input"), units, units, x_shape=(batch, time, units)),
        case(N_("one unit in the middle layer"), units, 1, OTHER_WIDTH),
        case(N_("one unit on top"), units, 1),
        case(N_("a batch of one"), units, OTHER_WIDTH, x_shape=(1, time, features)),
        case(N_("a single step"), units, OTHER_WIDTH, x_shape=(batch, 1, features)),
        case(N_("a bias of zeros"), units, OTHER_WIDTH, bias=0.0),
        case(N_("six layers"), *[units, OTHER_WIDTH, THIRD_WIDTH] * 2),
        case(N_("thirty steps"), OTHER_WIDTH, units, x_shape=(batch, 30, features)),
        case(N_("float32"), units, OTHER_WIDTH, x_shape=short, dtype=np.float32, scale=0.5),
    ]


stacked_rnn = Exercise(
    "stacked_rnn",
    reference=layers.stacked_rnn,
    cases=stack_cases,
    returns={"states": ("row", "step", "unit")},
)


@stacked_rnn.mistake(
    "every-layer-reads-the-input",
    "Every layer reads x: a layer above the first reads the states of the one below it.",
    hint=1,
    seen="https://github.com/Currie32/Spell-Checker/issues/12",
)
def _(x, layers):
    for W_x, W_h, b in layers:
        h = np.zeros((x.shape[0], b.shape[0]))
        states = []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        top = np.stack(states, axis=1)
    return top


@stacked_rnn.mistake(
    "bottom-layer-only",
    "The states of the first layer are returned: go on to the top of the list.",
    hint=3,
)
def _(x, layers):
    for W_x, W_h, b in layers:
        h = np.zeros((x.shape[0], b.shape[0]))
        states = []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        return np.stack(states, axis=1)


@stacked_rnn.mistake(
    "first-layer-repeated",
    "The weights of the first layer serve all layers: each has weights of its own.",
    hint=1,
    seen="https://github.com/martin-gorner/tensorflow-rnn-shakespeare/issues/27",
)
def _(x, layers):
    W_x, W_h, b = layers[0]
    for _layer in layers:
        h = np.zeros((x.shape[0], b.shape[0]))
        states = []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        x = np.stack(states, axis=1)
    return x


@stacked_rnn.mistake(
    "from-the-top-down",
    "The layers are walked from the top down: the first in the list reads x.",
    hint=1,
)
def _(x, layers):
    for W_x, W_h, b in reversed(layers):
        h = np.zeros((x.shape[0], b.shape[0]))
        states = []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        x = np.stack(states, axis=1)
    return x


@stacked_rnn.mistake(
    "exactly-two-layers",
    "Just two layers are taken: the list may hold one, three or more.",
    hint=1,
)
def _(x, layers):
    (W_x1, W_h1, b1), (W_x2, W_h2, b2) = layers
    h1 = np.zeros((x.shape[0], b1.shape[0]))
    h2 = np.zeros((x.shape[0], b2.shape[0]))
    states = []
    for t in range(x.shape[1]):
        h1 = np.tanh(x[:, t] @ W_x1 + h1 @ W_h1 + b1)
        h2 = np.tanh(h1 @ W_x2 + h2 @ W_h2 + b2)
        states.append(h2)
    return np.stack(states, axis=1)


@stacked_rnn.mistake(
    "last-state-handed-up",
    "Only the last state is handed up: the layer above reads one for every step.",
    hint=1,
    seen="https://github.com/keras-team/keras/issues/2721",
)
def _(x, layers):
    for W_x, W_h, b in layers:
        h = np.zeros((x.shape[0], b.shape[0]))
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
        x = h
    return x


@stacked_rnn.mistake(
    "last-state-repeated",
    "The last state below is read again at every step: step t reads the state of step t.",
    hint=1,
)
def _(x, layers):
    steps = x.shape[1]
    for W_x, W_h, b in layers:
        h = np.zeros((x.shape[0], b.shape[0]))
        states = []
        for t in range(steps):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        x = np.stack([h] * steps, axis=1)
    return np.stack(states, axis=1)


@stacked_rnn.mistake(
    "last-state-returned",
    "Only the top layer's last state is returned: it is asked for at every step.",
    hint=3,
)
def _(x, layers):
    for W_x, W_h, b in layers:
        h = np.zeros((x.shape[0], b.shape[0]))
        states = []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        x = np.stack(states, axis=1)
    return x[:, -1]


@stacked_rnn.mistake(
    "all-layers-returned",
    "The states of all layers come in a list: only those of the top layer are asked for.",
    hint=3,
)
def _(x, layers):
    of_all = []
    for W_x, W_h, b in layers:
        h = np.zeros((x.shape[0], b.shape[0]))
        states = []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        x = np.stack(states, axis=1)
        of_all.append(x)
    return of_all


@stacked_rnn.mistake(
    "layers-side-by-side",
    "The states of all layers are joined side by side: only those of the top layer are asked for.",
    hint=3,
)
def _(x, layers):
    of_all = []
    for W_x, W_h, b in layers:
        h = np.zeros((x.shape[0], b.shape[0]))
        states = []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        x = np.stack(states, axis=1)
        of_all.append(x)
    return np.concatenate(of_all, axis=-1)


@stacked_rnn.mistake(
    "input-added",
    "What a layer reads is added to what it says: its states alone go up.",
    hint=1,
)
def _(x, layers):
    for W_x, W_h, b in layers:
        h = np.zeros((x.shape[0], b.shape[0]))
        states = []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        x = x + np.stack(states, axis=1)
    return x


@stacked_rnn.mistake(
    "state-carried-up",
    "A layer starts from the last state of the one below: each starts at zeros of its own width.",
    hint=2,
)
def _(x, layers):
    W_x, W_h, b = layers[0]
    h = np.zeros((x.shape[0], b.shape[0]))
    for W_x, W_h, b in layers:
        states = []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        x = np.stack(states, axis=1)
    return x


@stacked_rnn.mistake(
    "one-state-for-all-layers",
    "All layers share one state: each remembers its own past, of its own width.",
    hint=2,
    seen="https://github.com/pclucas14/GansFallingShort/pull/2",
)
def _(x, layers):
    W_x, W_h, b = layers[0]
    h = np.zeros((x.shape[0], b.shape[0]))
    states = []
    for t in range(x.shape[1]):
        read = x[:, t]
        for W_x, W_h, b in layers:
            h = np.tanh(read @ W_x + h @ W_h + b)
            read = h
        states.append(h)
    return np.stack(states, axis=1)


@stacked_rnn.mistake(
    "zeros-of-the-first-width",
    "The zeros are made once, as wide as the first layer: each layer has a width of its own.",
    hint=2,
)
def _(x, layers):
    W_x, W_h, b = layers[0]
    h0 = np.zeros((x.shape[0], b.shape[0]))
    for W_x, W_h, b in layers:
        h = h0
        states = []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        x = np.stack(states, axis=1)
    return x


@stacked_rnn.mistake(
    "zeros-of-the-input-width",
    "The zeros are as wide as what the layer reads: they are a state, as wide as the layer.",
    hint=2,
)
def _(x, layers):
    for W_x, W_h, b in layers:
        h = np.zeros((x.shape[0], W_x.shape[0]))
        states = []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        x = np.stack(states, axis=1)
    return x


@stacked_rnn.mistake(
    "one-step-late",
    "A layer reads the state below from one step ago: at step t it reads the one of step t.",
    hint=1,
)
def _(x, layers):
    past = [np.zeros((x.shape[0], b.shape[0])) for W_x, W_h, b in layers]
    states = []
    for t in range(x.shape[1]):
        read = [x[:, t], *past[:-1]]
        past = [
            np.tanh(r @ W_x + h @ W_h + b)
            for r, h, (W_x, W_h, b) in zip(read, past, layers, strict=True)
        ]
        states.append(past[-1])
    return np.stack(states, axis=1)


@stacked_rnn.mistake(
    "no-recurrence",
    "No step knows the one before: in every layer the state walks along the steps.",
    hint=2,
)
def _(x, layers):
    for W_x, _W_h, b in layers:
        x = np.tanh(x @ W_x + b)
    return x


@stacked_rnn.mistake(
    "time-in-front-between-layers",
    "Each layer stacks time in front, so the next one takes the batch for time.",
    hint=3,
    seen="https://github.com/ageron/handson-ml2/issues/457",
)
def _(x, layers):
    for W_x, W_h, b in layers:
        h = np.zeros((x.shape[0], b.shape[0]))
        states = []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        x = np.array(states)
    return x


@stacked_rnn.mistake(
    "time-in-front-at-the-end",
    "Time stands in front in the result: turn the axes back, batch, time, units.",
    hint=3,
)
def _(x, layers):
    x = np.swapaxes(x, 0, 1)
    for W_x, W_h, b in layers:
        h = np.zeros((x.shape[1], b.shape[0]))
        states = []
        for x_t in x:
            h = np.tanh(x_t @ W_x + h @ W_h + b)
            states.append(h)
        x = np.array(states)
    return x


@stacked_rnn.mistake(
    "reshaped-for-transposed",
    "reshape gives the shape but scrambles the values: time has to be moved, not renamed.",
    hint=3,
    seen="https://github.com/HHTseng/video-classification/issues/42",
)
def _(x, layers):
    for W_x, W_h, b in layers:
        h = np.zeros((x.shape[0], b.shape[0]))
        states = []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        x = np.array(states).reshape(x.shape[0], x.shape[1], b.shape[0])
    return x


@stacked_rnn.mistake(
    "initial-state-kept",
    "Each layer hands up its zeros as well: states begin after the first step.",
    hint=3,
)
def _(x, layers):
    for W_x, W_h, b in layers:
        h = np.zeros((x.shape[0], b.shape[0]))
        states = [h]
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        x = np.stack(states, axis=1)
    return x


@stacked_rnn.mistake(
    "layers-popped",
    "The states are right, but the list comes back empty: walk along it, take nothing out.",
    hint=3,
)
def _(x, layers):
    while layers:
        W_x, W_h, b = layers.pop(0)
        h = np.zeros((x.shape[0], b.shape[0]))
        states = []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        x = np.stack(states, axis=1)
    return x


@stacked_rnn.mistake(
    "layers-popped-from-the-top",
    "pop takes the top layer first, and it takes it out of the caller's list: "
    "walk along the list instead.",
    hint=3,
)
def _(x, layers):
    while layers:
        W_x, W_h, b = layers.pop()
        h = np.zeros((x.shape[0], b.shape[0]))
        states = []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            states.append(h)
        x = np.stack(states, axis=1)
    return x


@stacked_rnn.mistake(
    "written-into-the-input",
    "States are written into x: they have a width of their own, and x belongs to the caller.",
    hint=3,
)
def _(x, layers):
    for W_x, W_h, b in layers:
        h = np.zeros((x.shape[0], b.shape[0]))
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h + b)
            x[:, t] = h
    return x


@stacked_rnn.mistake("bias-ignored", "The biases are missing: every layer adds its b.", hint=2)
def _(x, layers):
    for W_x, W_h, b in layers:
        h = np.zeros((x.shape[0], b.shape[0]))
        states = []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h)
            states.append(h)
        x = np.stack(states, axis=1)
    return x


@stacked_rnn.mistake(
    "no-activation", "No layer has a tanh: then many layers can do no more than one.", hint=2
)
def _(x, layers):
    for W_x, W_h, b in layers:
        h = np.zeros((x.shape[0], b.shape[0]))
        states = []
        for t in range(x.shape[1]):
            h = x[:, t] @ W_x + h @ W_h + b
            states.append(h)
        x = np.stack(states, axis=1)
    return x


@stacked_rnn.mistake(
    "recurrent-weights-transposed",
    "W_h is transposed: the state stands on the left of it, a row as in rnn_step.",
    hint=2,
)
def _(x, layers):
    for W_x, W_h, b in layers:
        h = np.zeros((x.shape[0], b.shape[0]))
        states = []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ W_x + h @ W_h.T + b)
            states.append(h)
        x = np.stack(states, axis=1)
    return x


# --- stacked_param_count -----------------------------------------------------------------------


def param_count_cases(rng, sizes: Sizes) -> list[Case]:
    def case(about, features, *units):
        return Case(about, {"features": features, "units": list(units)})

    batch, time, features, units = sizes
    return [
        case(N_("one layer"), features, units),
        case(N_("two layers"), features, units, time),
        case(N_("three layers"), features, batch, units, time),
        case(N_("two layers of one width"), features, units, units),
        case(N_("four layers"), features, time, units, OTHER_WIDTH, batch),
        case(N_("layers as wide as the input"), units, units, units),
        case(N_("one unit in the middle layer"), features, units, 1, time),
        case(N_("a single feature"), 1, time, units),
        case(N_("the lecture's layers"), 10_000, 32, 32),
    ]


stacked_param_count = Exercise(
    "stacked_param_count",
    reference=layers.stacked_param_count,
    cases=param_count_cases,
    returns={"count": ()},
)


@stacked_param_count.mistake(
    "every-layer-reads-the-input",
    "Every layer is taken to read the features: an upper one reads the units of the layer below.",
    hint=1,
)
def _(features, units):
    return sum(features * own + own * own + own for own in units)


@stacked_param_count.mistake(
    "bottom-layer-only", "Only the first layer is counted: add up all of them.", hint=3
)
def _(features, units):
    return features * units[0] + units[0] * units[0] + units[0]


@stacked_param_count.mistake(
    "top-layer-only", "Only the top layer is counted: add up all of them.", hint=3
)
def _(features, units):
    below = [features, *units][-2]
    return below * units[-1] + units[-1] * units[-1] + units[-1]


@stacked_param_count.mistake(
    "two-layers-only", "The count ends after the second layer: the list may be longer.", hint=3
)
def _(features, units):
    count, below = 0, features
    for own in units[:2]:
        count += below * own + own * own + own
        below = own
    return count


@stacked_param_count.mistake(
    "all-as-wide-as-the-first",
    "All layers are counted as wide as the first: each has a width of its own.",
    hint=1,
)
def _(features, units):
    own = units[0]
    return (features * own + own * own + own) + (len(units) - 1) * (own * own + own * own + own)


@stacked_param_count.mistake(
    "first-layer-times-depth",
    "The first layer's count is taken once per layer: the others read another width.",
    hint=1,
)
def _(features, units):
    own = units[0]
    return len(units) * (features * own + own * own + own)


@stacked_param_count.mistake(
    "own-width-for-the-width-below",
    "An upper layer is taken to read as many numbers as it has units: it reads those below.",
    hint=1,
)
def _(features, units):
    bottom = features * units[0] + units[0] * units[0] + units[0]
    return bottom + sum(own * own + own * own + own for own in units[1:])


@stacked_param_count.mistake(
    "one-wide-layer",
    "The widths are added up to one wide layer: stacked layers do not all hear each other.",
    hint=1,
)
def _(features, units):
    wide = sum(units)
    return features * wide + wide * wide + wide


@stacked_param_count.mistake(
    "reads-all-layers-below",
    "A layer is taken to read all layers below and the input: it reads the next one below alone.",
    hint=1,
)
def _(features, units):
    count, below = 0, features
    for own in units:
        count += below * own + own * own + own
        below += own
    return count


@stacked_param_count.mistake(
    "from-the-top-down",
    "The widths are read from the top down: the first one reads the features.",
    hint=1,
)
def _(features, units):
    count, below = 0, features
    for own in reversed(units):
        count += below * own + own * own + own
        below = own
    return count


@stacked_param_count.mistake(
    "weights-between-layers-forgotten",
    "The weights from layer to layer are not counted: each layer has a W_x.",
    hint=2,
)
def _(features, units):
    return features * units[0] + sum(own * own + own for own in units)


@stacked_param_count.mistake(
    "recurrent-weights-forgotten",
    "The weights from state to state are not counted: these are dense layers.",
    hint=2,
)
def _(features, units):
    count, below = 0, features
    for own in units:
        count += below * own + own
        below = own
    return count


@stacked_param_count.mistake(
    "recurrent-weights-of-the-width-below",
    "W_h is counted as wide as the layer below: a state is as wide as its own layer.",
    hint=2,
)
def _(features, units):
    count, below = 0, features
    for own in units:
        count += below * own + below * below + own
        below = own
    return count


@stacked_param_count.mistake(
    "biases-forgotten", "The biases are not counted: each unit of each layer has one.", hint=2
)
def _(features, units):
    count, below = 0, features
    for own in units:
        count += below * own + own * own
        below = own
    return count


@stacked_param_count.mistake(
    "one-bias-per-layer", "A single bias is counted for each layer: every unit has one.", hint=2
)
def _(features, units):
    count, below = 0, features
    for own in units:
        count += below * own + own * own + 1
        below = own
    return count


@stacked_param_count.mistake(
    "two-biases",
    "Two biases per unit are counted, one for each product; both products share one.",
    hint=2,
)
def _(features, units):
    count, below = 0, features
    for own in units:
        count += below * own + own * own + 2 * own
        below = own
    return count


@stacked_param_count.mistake(
    "four-gates",
    "The number is that of LSTM layers: simple recurrent layers have no gates.",
    hint=2,
)
def _(features, units):
    count, below = 0, features
    for own in units:
        count += 4 * (below * own + own * own + own)
        below = own
    return count


@stacked_param_count.mistake(
    "output-unit-counted",
    "The sigmoid unit on top is counted in: the recurrent layers alone are asked for.",
    hint=3,
)
def _(features, units):
    count, below = 0, features
    for own in units:
        count += below * own + own * own + own
        below = own
    return count + below + 1


@stacked_param_count.mistake(
    "a-count-per-layer",
    "There is a count for each layer: add them up and return one number.",
    hint=3,
)
def _(features, units):
    counts, below = [], features
    for own in units:
        counts.append(below * own + own * own + own)
        below = own
    return counts


@stacked_param_count.mistake(
    "widths-changed-in-place",
    "The number is right, but the caller's list of widths is changed: make a new list.",
    hint=3,
)
def _(features, units):
    units.insert(0, features)
    return sum(
        units[i] * units[i + 1] + units[i + 1] * units[i + 1] + units[i + 1]
        for i in range(len(units) - 1)
    )


# --- build_stacked -----------------------------------------------------------------------------


def model_cases(rng, sizes: Sizes) -> list[Case]:
    def case(about, timesteps, features, *units):
        return Case(about, {"timesteps": timesteps, "features": features, "units": list(units)})

    batch, time, features, units = sizes
    return [
        case(N_("one layer"), time, features, units),
        case(N_("two layers"), time, features, units, batch),
        case(N_("two layers of one width"), features, time, units, units),
        case(N_("three layers"), time, features, batch, units, OTHER_WIDTH),
    ]


build_stacked = Exercise(
    "build_stacked",
    reference=classifier,
    cases=model_cases,
    returns={N_("output shape"): (), N_("number of parameters"): (), N_("output"): ()},
    keras=True,
    observe=lambda build, given: observe_classifier(
        build, given, given["features"], list(given["units"])
    ),
)
another = partial(models.another, classifier)


def of_widths(choose):
    """What a check observes of the right model of other widths, chosen from the given ones."""

    def gives(timesteps, features, units):
        widths = choose(units)
        shape, parameters, formula = classifier(timesteps, features, widths)
        return shape, parameters, formula if widths == units else translated(OTHER)

    return gives


def where_stacked(gives):
    """What is wrong where layers meet: a single layer is the right model."""

    def of_sizes(timesteps, features, units):
        return (gives if len(units) > 1 else classifier)(timesteps, features, units)

    return of_sizes


@build_stacked.mistake(
    "return-sequences-forgotten",
    "Only the last state is handed up: the layer above reads a whole sequence.",
    hint=2,
    gives=where_stacked(refuses(NO_SEQUENCE)),
    seen="https://github.com/keras-team/keras/issues/5447",
)
def _(timesteps, features, units):
    import keras

    model = keras.Sequential()
    model.add(keras.Input((timesteps, features)))
    for width in units:
        model.add(keras.layers.SimpleRNN(width))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    return model


@build_stacked.mistake(
    "every-step-answers",
    "The top layer hands on all its states, so every word gets an answer: its last state decides.",
    hint=2,
    gives=another(lambda t, f, u: (CLASSIFIER_BATCH, t, 1), formula=EVERY_STEP),
    seen="https://github.com/keras-team/keras/issues/1838",
)
def _(timesteps, features, units):
    import keras

    model = keras.Sequential()
    model.add(keras.Input((timesteps, features)))
    for width in units:
        model.add(keras.layers.SimpleRNN(width, return_sequences=True))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    return model


@build_stacked.mistake(
    "last-state-repeated",
    "The last state below is repeated: the layer above reads the state of each step.",
    hint=2,
    gives=where_stacked(another(formula=LAST_STATES_REPEATED)),
)
def _(timesteps, features, units):
    import keras

    model = keras.Sequential()
    model.add(keras.Input((timesteps, features)))
    for width in units[:-1]:
        model.add(keras.layers.SimpleRNN(width))
        model.add(keras.layers.RepeatVector(timesteps))
    model.add(keras.layers.SimpleRNN(units[-1]))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    return model


@build_stacked.mistake(
    "last-state-as-a-sequence",
    "The last state below is made a sequence of one step: the layer above reads all steps.",
    hint=2,
    gives=where_stacked(another(formula=LAST_STATES_ALONE)),
)
def _(timesteps, features, units):
    import keras

    model = keras.Sequential()
    model.add(keras.Input((timesteps, features)))
    for width in units[:-1]:
        model.add(keras.layers.SimpleRNN(width))
        model.add(keras.layers.Reshape((1, width)))
    model.add(keras.layers.SimpleRNN(units[-1]))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    return model


@build_stacked.mistake(
    "states-flattened",
    "The top layer's states of all steps are flattened for the output unit: its last one decides.",
    hint=2,
    gives=another(parameters=lambda t, f, u: u[-1] * (t - 1)),
)
def _(timesteps, features, units):
    import keras

    model = keras.Sequential()
    model.add(keras.Input((timesteps, features)))
    for width in units:
        model.add(keras.layers.SimpleRNN(width, return_sequences=True))
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    return model


@build_stacked.mistake(
    "states-averaged",
    "The top layer's states are averaged over the steps: its last one decides.",
    hint=2,
    gives=another(formula="sigmoid(mean(h) V + c)"),
)
def _(timesteps, features, units):
    import keras

    model = keras.Sequential()
    model.add(keras.Input((timesteps, features)))
    for width in units:
        model.add(keras.layers.SimpleRNN(width, return_sequences=True))
    model.add(keras.layers.GlobalAveragePooling1D())
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    return model


@build_stacked.mistake(
    "from-the-top-down",
    "The widths are used from the last to the first: the first one is the bottom layer's.",
    hint=1,
    gives=of_widths(lambda u: u[::-1]),
)
def _(timesteps, features, units):
    import keras

    model = keras.Sequential()
    model.add(keras.Input((timesteps, features)))
    for width in units[:0:-1]:
        model.add(keras.layers.SimpleRNN(width, return_sequences=True))
    model.add(keras.layers.SimpleRNN(units[0]))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    return model


@build_stacked.mistake(
    "bottom-layer-only",
    "There is one recurrent layer, of the first width: each width in the list is a layer.",
    hint=1,
    gives=of_widths(lambda u: u[:1]),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.SimpleRNN(units[0]),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_stacked.mistake(
    "top-layer-only",
    "There is one recurrent layer, of the last width: each width in the list is a layer.",
    hint=1,
    gives=of_widths(lambda u: u[-1:]),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.SimpleRNN(units[-1]),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@build_stacked.mistake(
    "all-as-wide-as-the-first",
    "All layers are as wide as the first: each takes its own width from the list.",
    hint=1,
    gives=of_widths(lambda u: u[:1] * len(u)),
)
def _(timesteps, features, units):
    import keras

    model = keras.Sequential()
    model.add(keras.Input((timesteps, features)))
    for _layer in range(len(units) - 1):
        model.add(keras.layers.SimpleRNN(units[0], return_sequences=True))
    model.add(keras.layers.SimpleRNN(units[0]))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    return model


@build_stacked.mistake(
    "one-layer-too-many",
    "There is a layer more than there are widths: the last width is the top layer's own.",
    hint=1,
    gives=of_widths(lambda u: [*u, u[-1]]),
)
def _(timesteps, features, units):
    import keras

    model = keras.Sequential()
    model.add(keras.Input((timesteps, features)))
    for width in units:
        model.add(keras.layers.SimpleRNN(width, return_sequences=True))
    model.add(keras.layers.SimpleRNN(units[-1]))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    return model


@build_stacked.mistake(
    "layers-side-by-side",
    "Every layer reads the input, side by side: a layer above the first reads the one below it.",
    hint=1,
    gives=where_stacked(
        another(
            parameters=lambda t, f, u: (
                sum(layers.rnn_param_count(f, own) for own in u)
                - layers.stacked_param_count(f, u)
                + sum(u[:-1])
            )
        )
    ),
)
def _(timesteps, features, units):
    import keras

    inputs = keras.Input((timesteps, features))
    states = [keras.layers.SimpleRNN(width)(inputs) for width in units]
    joined = states[0] if len(states) == 1 else keras.layers.concatenate(states)
    return keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(joined))


@build_stacked.mistake(
    "dense-between-layers",
    "Dense layers stand between the recurrent ones: a layer reads the states below as they are.",
    hint=1,
    gives=where_stacked(another(parameters=lambda t, f, u: sum(own * own + own for own in u[:-1]))),
)
def _(timesteps, features, units):
    import keras

    model = keras.Sequential()
    model.add(keras.Input((timesteps, features)))
    for width in units[:-1]:
        model.add(keras.layers.SimpleRNN(width, return_sequences=True))
        model.add(keras.layers.Dense(width, activation="relu"))
    model.add(keras.layers.SimpleRNN(units[-1]))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    return model


@build_stacked.mistake(
    "hidden-dense-layer",
    "A dense layer stands below the output unit: that one reads the top layer's last state itself.",
    hint=1,
    gives=another(parameters=lambda t, f, u: u[-1] * u[-1] + u[-1]),
)
def _(timesteps, features, units):
    import keras

    model = keras.Sequential()
    model.add(keras.Input((timesteps, features)))
    for width in units[:-1]:
        model.add(keras.layers.SimpleRNN(width, return_sequences=True))
    model.add(keras.layers.SimpleRNN(units[-1]))
    model.add(keras.layers.Dense(units[-1], activation="relu"))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    return model


@build_stacked.mistake(
    "recurrent-output-unit",
    "The output unit is recurrent: it should read the top layer's last state, no past of its own.",
    hint=3,
    gives=another(parameters=lambda t, f, u: 1),
)
def _(timesteps, features, units):
    import keras

    model = keras.Sequential()
    model.add(keras.Input((timesteps, features)))
    for width in units:
        model.add(keras.layers.SimpleRNN(width, return_sequences=True))
    model.add(keras.layers.SimpleRNN(1, activation="sigmoid"))
    return model


def both_ways(timesteps, features, units):
    read = [features, *(2 * own for own in units)]
    pairs = zip(read, units, strict=False)
    parameters = sum(2 * layers.rnn_param_count(below, own) for below, own in pairs)
    return parameters - layers.stacked_param_count(features, units) + units[-1]


@build_stacked.mistake(
    "bidirectional",
    "Every layer also reads backwards: these layers read in one direction.",
    hint=1,
    gives=another(parameters=both_ways),
)
def _(timesteps, features, units):
    import keras
    from keras.layers import Bidirectional, SimpleRNN

    model = keras.Sequential()
    model.add(keras.Input((timesteps, features)))
    for width in units[:-1]:
        model.add(Bidirectional(SimpleRNN(width, return_sequences=True)))
    model.add(Bidirectional(SimpleRNN(units[-1])))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    return model


@build_stacked.mistake(
    "lstm",
    "The layers are LSTMs, with four times the parameters: use simple ones.",
    hint=1,
    gives=another(parameters=lambda t, f, u: 3 * layers.stacked_param_count(f, u)),
)
def _(timesteps, features, units):
    import keras

    model = keras.Sequential()
    model.add(keras.Input((timesteps, features)))
    for width in units[:-1]:
        model.add(keras.layers.LSTM(width, return_sequences=True))
    model.add(keras.layers.LSTM(units[-1]))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    return model


@build_stacked.mistake(
    "no-sigmoid",
    "The output unit is linear: a probability needs a sigmoid.",
    hint=3,
    gives=another(formula="h_T V + c"),
)
def _(timesteps, features, units):
    import keras

    model = keras.Sequential()
    model.add(keras.Input((timesteps, features)))
    for width in units[:-1]:
        model.add(keras.layers.SimpleRNN(width, return_sequences=True))
    model.add(keras.layers.SimpleRNN(units[-1]))
    model.add(keras.layers.Dense(1))
    return model


@build_stacked.mistake(
    "softmax-over-one-unit",
    "A softmax over one unit is always 1. One unit takes a sigmoid.",
    hint=3,
    gives=another(formula="softmax(h_T V + c) = 1"),
    seen="https://github.com/keras-team/keras/issues/1261",
)
def _(timesteps, features, units):
    import keras

    model = keras.Sequential()
    model.add(keras.Input((timesteps, features)))
    for width in units[:-1]:
        model.add(keras.layers.SimpleRNN(width, return_sequences=True))
    model.add(keras.layers.SimpleRNN(units[-1]))
    model.add(keras.layers.Dense(1, activation="softmax"))
    return model


@build_stacked.mistake(
    "tanh-output",
    "The output goes through tanh, from -1 to 1; a probability needs a sigmoid.",
    hint=3,
    gives=another(formula="tanh(h_T V + c)"),
)
def _(timesteps, features, units):
    import keras

    model = keras.Sequential()
    model.add(keras.Input((timesteps, features)))
    for width in units[:-1]:
        model.add(keras.layers.SimpleRNN(width, return_sequences=True))
    model.add(keras.layers.SimpleRNN(units[-1]))
    model.add(keras.layers.Dense(1, activation="tanh"))
    return model


@build_stacked.mistake(
    "relu-output",
    "The output goes through ReLU and has no upper end: a probability needs a sigmoid.",
    hint=3,
    gives=another(formula="relu(h_T V + c)"),
)
def _(timesteps, features, units):
    import keras

    model = keras.Sequential()
    model.add(keras.Input((timesteps, features)))
    for width in units[:-1]:
        model.add(keras.layers.SimpleRNN(width, return_sequences=True))
    model.add(keras.layers.SimpleRNN(units[-1]))
    model.add(keras.layers.Dense(1, activation="relu"))
    return model


@build_stacked.mistake(
    "two-units-softmax",
    "Two output units with softmax do give a probability, "
    "but one sigmoid unit says the same with fewer weights: use that.",
    hint=3,
    gives=another(lambda t, f, u: (CLASSIFIER_BATCH, 2), lambda t, f, u: u[-1] + 1),
)
def _(timesteps, features, units):
    import keras

    model = keras.Sequential()
    model.add(keras.Input((timesteps, features)))
    for width in units[:-1]:
        model.add(keras.layers.SimpleRNN(width, return_sequences=True))
    model.add(keras.layers.SimpleRNN(units[-1]))
    model.add(keras.layers.Dense(2, activation="softmax"))
    return model


@build_stacked.mistake(
    "output-of-units-width",
    "The output has one number per unit: the question has one answer, so one output unit.",
    hint=3,
    gives=another(
        lambda t, f, u: (CLASSIFIER_BATCH, u[-1]),
        lambda t, f, u: (u[-1] + 1) * (u[-1] - 1),
    ),
)
def _(timesteps, features, units):
    import keras

    model = keras.Sequential()
    model.add(keras.Input((timesteps, features)))
    for width in units[:-1]:
        model.add(keras.layers.SimpleRNN(width, return_sequences=True))
    model.add(keras.layers.SimpleRNN(units[-1]))
    model.add(keras.layers.Dense(units[-1], activation="sigmoid"))
    return model


@build_stacked.mistake(
    "relu-states",
    "The recurrent layers use ReLU: simple ones keep their default, tanh.",
    hint=3,
    gives=another(formula=RELU_STATES),
)
def _(timesteps, features, units):
    import keras

    model = keras.Sequential()
    model.add(keras.Input((timesteps, features)))
    for width in units[:-1]:
        model.add(keras.layers.SimpleRNN(width, activation="relu", return_sequences=True))
    model.add(keras.layers.SimpleRNN(units[-1], activation="relu"))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    return model


@build_stacked.mistake(
    "sigmoid-states",
    "The recurrent layers use a sigmoid: only the output unit does, the states keep tanh.",
    hint=3,
    gives=another(formula=SIGMOID_STATES),
)
def _(timesteps, features, units):
    import keras

    model = keras.Sequential()
    model.add(keras.Input((timesteps, features)))
    for width in units[:-1]:
        model.add(keras.layers.SimpleRNN(width, activation="sigmoid", return_sequences=True))
    model.add(keras.layers.SimpleRNN(units[-1], activation="sigmoid"))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    return model


@build_stacked.mistake(
    "recurrent-biases-off",
    "The recurrent layers have no biases: the lecture's model has all of them.",
    hint=3,
    gives=another(parameters=lambda t, f, u: -sum(u)),
)
def _(timesteps, features, units):
    import keras

    model = keras.Sequential()
    model.add(keras.Input((timesteps, features)))
    for width in units[:-1]:
        model.add(keras.layers.SimpleRNN(width, use_bias=False, return_sequences=True))
    model.add(keras.layers.SimpleRNN(units[-1], use_bias=False))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    return model


@build_stacked.mistake(
    "output-bias-off",
    "The output unit has no bias: the lecture's model has all of them.",
    hint=3,
    gives=another(parameters=lambda t, f, u: -1),
)
def _(timesteps, features, units):
    import keras

    model = keras.Sequential()
    model.add(keras.Input((timesteps, features)))
    for width in units[:-1]:
        model.add(keras.layers.SimpleRNN(width, return_sequences=True))
    model.add(keras.layers.SimpleRNN(units[-1]))
    model.add(keras.layers.Dense(1, activation="sigmoid", use_bias=False))
    return model


@build_stacked.mistake(
    "read-backwards",
    "The words are read from the last to the first.",
    hint=3,
    gives=another(formula=BACKWARDS),
)
def _(timesteps, features, units):
    import keras

    inputs = keras.Input((timesteps, features))
    states = keras.ops.flip(inputs, axis=1)
    for width in units[:-1]:
        states = keras.layers.SimpleRNN(width, return_sequences=True)(states)
    states = keras.layers.SimpleRNN(units[-1])(states)
    return keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(states))


@build_stacked.mistake(
    "timesteps-and-features-swapped",
    "Timesteps and features are swapped: without the batch, an input is (timesteps, features).",
    hint=3,
    gives=refuses(AXES_SWAPPED),
)
def _(timesteps, features, units):
    import keras

    model = keras.Sequential()
    model.add(keras.Input((features, timesteps)))
    for width in units[:-1]:
        model.add(keras.layers.SimpleRNN(width, return_sequences=True))
    model.add(keras.layers.SimpleRNN(units[-1]))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    return model


EXERCISES = (stacked_rnn, stacked_param_count, build_stacked)
