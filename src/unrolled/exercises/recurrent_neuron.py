"""Exercises of 02_recurrent_neuron: vocabulary, one-hot vectors, the recurrent cell and layer."""

import numpy as np

from unrolled import cells, layers
from unrolled.exercises import Case, Exercise, Sizes
from unrolled.exercises.models import OTHER, observe_model
from unrolled.language import N_
from unrolled.language import _ as translated


def weights(rng, sizes: Sizes, dtype: type = np.float64) -> dict:
    """Random W_x, W_h and b: constant weights or zero biases would hide half of the mistakes."""
    shapes = {
        "W_x": (sizes.features, sizes.units),
        "W_h": (sizes.units, sizes.units),
        "b": (sizes.units,),
    }
    return {name: rng.normal(0, 0.5, shape).astype(dtype) for name, shape in shapes.items()}


def step_cases(rng, sizes: Sizes) -> list[Case]:
    def case(about, batch, dtype: type = np.float64, scale=1.0, **replaced):
        x = rng.normal(0, scale, (batch, sizes.features)).astype(dtype)
        h = np.tanh(rng.normal(0, 1, (batch, sizes.units))).astype(dtype)
        return Case(about, {"x": x, "h": h, **weights(rng, sizes, dtype)} | replaced)

    zeros = np.zeros((sizes.batch, sizes.units))
    return [
        case(N_("any input"), sizes.batch),
        case(N_("a batch of one"), 1),
        case(N_("a state of zeros"), sizes.batch, h=zeros),
        case(N_("a bias of zeros"), sizes.batch, b=np.zeros(sizes.units)),
        case(N_("large inputs"), sizes.batch, scale=3.0),
        case(N_("float32"), sizes.batch, np.float32),
    ]


rnn_step = Exercise(
    "rnn_step", reference=cells.rnn_step, cases=step_cases, returns={"h": ("row", "unit")}
)


@rnn_step.mistake("state-ignored", "The past never enters: h W_h is missing from the sum.", hint=1)
def _(x, h, W_x, W_h, b):
    return np.tanh(x @ W_x + b)


@rnn_step.mistake("input-ignored", "The input never enters: x W_x is missing from the sum.", hint=1)
def _(x, h, W_x, W_h, b):
    return np.tanh(h @ W_h + b)


@rnn_step.mistake("bias-ignored", "The bias b is missing from the sum.", hint=2)
def _(x, h, W_x, W_h, b):
    return np.tanh(x @ W_x + h @ W_h)


@rnn_step.mistake("bias-twice", "The bias is added twice: both products share one b.", hint=2)
def _(x, h, W_x, W_h, b):
    return np.tanh(x @ W_x + b + h @ W_h + b)


@rnn_step.mistake("bias-after-tanh", "The bias is added after tanh; it belongs inside.", hint=2)
def _(x, h, W_x, W_h, b):
    return np.tanh(x @ W_x + h @ W_h) + b


@rnn_step.mistake("no-activation", "The sum is returned as it is: tanh is missing.", hint=2)
def _(x, h, W_x, W_h, b):
    return x @ W_x + h @ W_h + b


@rnn_step.mistake(
    "sigmoid", "The activation is a sigmoid; a simple recurrent cell uses tanh.", hint=2
)
def _(x, h, W_x, W_h, b):
    return 1 / (1 + np.exp(-(x @ W_x + h @ W_h + b)))


@rnn_step.mistake("relu", "The activation is ReLU; a simple recurrent cell uses tanh.", hint=2)
def _(x, h, W_x, W_h, b):
    return np.maximum(0, x @ W_x + h @ W_h + b)


@rnn_step.mistake(
    "tanh-of-each-part",
    "Each product is squashed alone: add first, then one tanh of the sum.",
    hint=2,
)
def _(x, h, W_x, W_h, b):
    return np.tanh(x @ W_x) + np.tanh(h @ W_h) + b


@rnn_step.mistake(
    "recurrent-weights-transposed",
    "W_h is transposed: column j of W_h holds what unit j hears, so it is h W_h.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    return np.tanh(x @ W_x + h @ W_h.T + b)


@rnn_step.mistake(
    "weights-swapped", "The two weight matrices are swapped: W_x is for x, W_h is for h.", hint=3
)
def _(x, h, W_x, W_h, b):
    return np.tanh(x @ W_h + h @ W_x + b)


@rnn_step.mistake(
    "weights-first",
    "The weights stand before the input. Rows are examples here, so it is x W_x, not W_x x.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    return np.tanh(W_x @ x + W_h @ h + b)


@rnn_step.mistake(
    "elementwise-product",
    "The state is multiplied by W_h element by element: use @, not *.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    return np.tanh(x @ W_x + h * W_h + b)


@rnn_step.mistake(
    "state-without-weights",
    "The state is added as it is: it has to pass through W_h first.",
    hint=1,
)
def _(x, h, W_x, W_h, b):
    return np.tanh(x @ W_x + h + b)


@rnn_step.mistake(
    "old-state-added", "The old state is added after tanh; it enters through W_h only.", hint=1
)
def _(x, h, W_x, W_h, b):
    return h + np.tanh(x @ W_x + h @ W_h + b)


@rnn_step.mistake(
    "state-shared-by-the-batch",
    "The state is averaged over the batch: each row has a past of its own.",
    hint=1,
)
def _(x, h, W_x, W_h, b):
    return np.tanh(x @ W_x + h.mean(axis=0) @ W_h + b)


@rnn_step.mistake(
    "product-of-parts", "The two products are multiplied with each other: add them.", hint=2
)
def _(x, h, W_x, W_h, b):
    return np.tanh((x @ W_x) * (h @ W_h) + b)


@rnn_step.mistake(
    "state-written-in-place",
    "The value is right, but it is written into the caller's h: return a new array.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    h[:] = np.tanh(x @ W_x + h @ W_h + b)
    return h


@rnn_step.mistake(
    "returned-twice", "The state is returned twice, as Keras's cells do: return h alone.", hint=3
)
def _(x, h, W_x, W_h, b):
    h = np.tanh(x @ W_x + h @ W_h + b)
    return h, h


# --- build_name_classifier ---------------------------------------------------------------------

CLASSIFIER_BATCH = 3
RIGHT_FORMULA = "sigmoid(h_T V + c)"


def classifier_cases(rng, sizes: Sizes) -> list[Case]:
    def case(about, timesteps, features, units):
        return Case(about, {"timesteps": timesteps, "features": features, "units": units})

    return [
        case(N_("any sizes"), sizes.time, sizes.features, sizes.units),
        case(N_("other sizes"), sizes.features, sizes.time, sizes.batch),
    ]


def name_classifier(timesteps, features, units):
    """What a check observes of the right model: output shape, parameters, formula."""
    parameters = layers.rnn_param_count(features, units) + units + 1
    return (CLASSIFIER_BATCH, 1), parameters, RIGHT_FORMULA


def classifier_formulas() -> dict:
    """What a recurrent layer and one output unit may compute, right and wrong."""

    def states(x, W_x, W_h, b):
        return layers.rnn_layer(x, np.zeros((len(x), len(b))), W_x, W_h, b)

    def relu_step(x, h, W_x, W_h, b):
        return np.maximum(0, x @ W_x + h @ W_h + b)

    def head(x, W_x, W_h, b, V, c):
        return states(x, W_x, W_h, b)[:, -1] @ V + c

    def relu_cell(x, W_x, W_h, b, V, c):
        h0 = np.zeros((len(x), len(b)))
        return cells.sigmoid(layers.rnn_layer(x, h0, W_x, W_h, b, relu_step)[:, -1] @ V + c)

    return {
        RIGHT_FORMULA: lambda x, **w: cells.sigmoid(head(x, **w)),
        "h_T V + c": head,
        "tanh(h_T V + c)": lambda x, **w: np.tanh(head(x, **w)),
        "softmax(h_T V + c) = 1": lambda x, **w: np.ones((len(x), 1)),
        "sigmoid(h_T V + c), from the last word to the first": lambda x, **w: cells.sigmoid(
            head(x[:, ::-1], **w)
        ),
        "sigmoid(mean(h) V + c)": lambda x, W_x, W_h, b, V, c: cells.sigmoid(
            states(x, W_x, W_h, b).mean(axis=1) @ V + c
        ),
        "sigmoid(h_T V + c) with ReLU states": relu_cell,
    }


def observe_classifier(build, given):
    timesteps, features, units = given.values()
    names = {
        (features, units): "W_x",
        (units, units): "W_h",
        (units,): "b",
        (units, 1): "V",
        (1,): "c",
    }
    rng = np.random.default_rng(timesteps)
    inputs = rng.normal(size=(CLASSIFIER_BATCH, timesteps, features)).astype(np.float32)
    return observe_model(build, given, inputs, names, classifier_formulas())


build_name_classifier = Exercise(
    "build_name_classifier",
    reference=name_classifier,
    cases=classifier_cases,
    returns={
        N_("the output's shape"): (),
        N_("the number of parameters"): (),
        N_("the output"): (),
    },
    keras=True,
    observe=observe_classifier,
)


def another(shape=lambda timesteps: (CLASSIFIER_BATCH, 1), parameters=None, formula=OTHER):
    """What a check observes of a wrong model, where it differs from the right one.

    parameters: a function of (right number, features, units).
    """

    def gives(timesteps, features, units):
        _shape, count, _formula = name_classifier(timesteps, features, units)
        if parameters:
            count = parameters(count, features, units)
        return shape(timesteps), count, translated(formula)

    return gives


@build_name_classifier.mistake(
    "no-sigmoid",
    "The output unit is linear: a probability needs activation='sigmoid'.",
    hint=2,
    gives=another(formula="h_T V + c"),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.SimpleRNN(units),
            keras.layers.Dense(1),
        ]
    )


@build_name_classifier.mistake(
    "softmax-over-one-unit",
    "A softmax over one unit is always 1. One unit takes a sigmoid.",
    hint=2,
    gives=another(formula="softmax(h_T V + c) = 1"),
)
def _(timesteps, features, units):
    import keras

    return keras.Sequential(
        [
            keras.Input((timesteps, features)),
            keras.layers.SimpleRNN(units),
            keras.layers.Dense(1, activation="softmax"),
        ]
    )


EXERCISES = (rnn_step, build_name_classifier)
