"""What a check sees of a Keras model: shapes, counts and which formula its outputs follow.

A check believes arrays alone: it gives the model weights of its own choosing, calls it, and
compares with the reference run on the same weights. It asks no name, class or configuration, so a
Functional, a Sequential and a subclassed model are equal, and it needs no Keras itself.
"""

import contextlib
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from unrolled import cells, layers
from unrolled.comparison import summary
from unrolled.errors import AnswerError
from unrolled.language import N_, _

OTHER = N_("another formula")
AXES_SWAPPED = N_("The model takes (batch, features, timesteps), not (batch, timesteps, features).")
NO_SEQUENCE = N_(
    "A layer that reads a sequence, (batch, timesteps, features), is given (batch, features)."
)
INPUTS_SWAPPED = N_("The model takes its two inputs in the other order.")
FIRST_INPUT_ALONE = N_("The model takes the first of the two inputs alone.")
SECOND_INPUT_ALONE = N_("The model takes the second of the two inputs alone.")
Formula = Callable[..., np.ndarray]
Observed = tuple[tuple[int, ...], int, str]


def observe_model(
    build: Callable,
    given: Mapping[str, Any],
    inputs: np.ndarray,
    weight_shapes: Mapping[str, tuple[int, ...]],
    formulas: Mapping[str, Formula],
) -> Observed:
    """Return the shape of a model's output, its parameters, and the formula it follows.

    build: the answer, called with the values of `given`; inputs: what the model is called on,
    (batch, timesteps, features); weight_shapes: the weights it should have, by name; formulas:
    what may be computed, by the text that is shown, each a function of the inputs and the weights
    by name. Weights of one shape may come in any order.
    """
    model = called_model(build, given, inputs)
    shapes = [np.shape(weight) for weight in model.get_weights()]
    rng = np.random.default_rng(len(shapes))
    # Keras starts biases at zero, which would hide a missing one.
    weights = [rng.normal(0, 0.5, shape).astype(np.float32) for shape in shapes]
    tried = []
    # One draw may leave every output positive, where a linear unit and ReLU cannot be told apart;
    # with its own weights turned round alone, a single output unit surely changes its sign.
    turned = [-weight if weight.shape[-1] == 1 else weight for weight in weights]
    for signed in (weights, [-weight for weight in weights], turned):
        model.set_weights(signed)
        tried.append((np.asarray(model(inputs)), signed))

    def follows(formula: Formula, order: Mapping[str, int]) -> bool:
        return all(
            is_close(outputs, formula(inputs, **{name: ws[i] for name, i in order.items()}))
            for outputs, ws in tried
        )

    orders = list(_orders(shapes, weight_shapes))
    found = (text for text, formula in formulas.items() if any(follows(formula, o) for o in orders))
    return tried[0][0].shape, sum(weight.size for weight in weights), _(next(found, OTHER))


def called_model(build: Callable, given: Mapping[str, Any], inputs: Any) -> Any:
    """Return the model that an answer builds, called once: until then it may have no weights."""
    model = built_model(build, given)
    outputs_of(model, inputs)
    return model


def built_model(build: Callable, given: Mapping[str, Any]) -> Any:
    """Return the model that an answer builds; anything else is an AnswerError."""
    with _a_missing_time_axis_named():
        model = build(*given.values())
    if model is None:
        raise AnswerError("", _("It returned None: does every path end in a return?"))
    if not (callable(model) and hasattr(model, "get_weights")):
        detail = _("It returned {value}.").format(value=summary(model))
        raise AnswerError("", _("It should return a Keras model."), detail=detail)
    return model


def outputs_of(model: Callable, inputs: Any) -> Any:
    """Call a model; where it would take the inputs otherwise, raise an AnswerError that says so."""
    with _a_missing_time_axis_named():
        try:
            return model(inputs)
        except Exception:
            for sentence, others in _other_inputs(inputs):
                if _accepts(model, others):
                    raise AnswerError("", _(sentence)) from None
            raise


@contextlib.contextmanager
def _a_missing_time_axis_named() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        # Keras's own message numbers the layers it has made, so no two of them are alike.
        if "expected ndim=3, found ndim=2" in str(error):
            raise AnswerError("", _(NO_SEQUENCE)) from None
        raise


def _other_inputs(inputs: Any) -> Iterator[tuple[str, Any]]:
    """Yield what a model may take in place of an array or a pair of them, and what to say then."""
    if isinstance(inputs, np.ndarray):
        yield AXES_SWAPPED, np.swapaxes(inputs, 1, 2)
    else:
        first, second = inputs
        yield INPUTS_SWAPPED, [second, first]
        yield SECOND_INPUT_ALONE, second
        yield FIRST_INPUT_ALONE, first


def _accepts(model: Callable, inputs: Any) -> bool:
    try:
        model(inputs)
    except Exception:
        return False
    return True


def _orders(
    shapes: list[tuple[int, ...]], weight_shapes: Mapping[str, tuple[int, ...]]
) -> Iterator[dict[str, int]]:
    """Yield every way to name a model's weights, by their place, that fits their shapes."""
    names: dict[tuple[int, ...], list[str]] = {}
    places: dict[tuple[int, ...], list[int]] = {}
    for name, shape in weight_shapes.items():
        names.setdefault(shape, []).append(name)
    for place, shape in enumerate(shapes):
        places.setdefault(shape, []).append(place)
    if {s: len(n) for s, n in names.items()} != {s: len(p) for s, p in places.items()}:
        return
    named = [name for same in names.values() for name in same]
    for order in itertools.product(*(itertools.permutations(places[shape]) for shape in names)):
        yield dict(zip(named, itertools.chain(*order), strict=True))


def is_close(outputs: np.ndarray, wanted: np.ndarray) -> bool:
    """Compare in the precision of a float32 model."""
    return outputs.shape == wanted.shape and bool(np.allclose(outputs, wanted, 1e-4, 1e-5))


# --- simple recurrent layers, one upon the other, and one sigmoid ------------------------------

CLASSIFIER_BATCH = 31
RIGHT_FORMULA = "sigmoid(h_T V + c)"
EVERY_STEP = N_("sigmoid(h_t V + c) at every step")
BACKWARDS = N_("sigmoid(h_T V + c), from the last word to the first")
RELU_STATES = N_("sigmoid(h_T V + c) with ReLU states")
SIGMOID_STATES = N_("sigmoid(h_T V + c) with sigmoid states")
LAST_STATES_REPEATED = N_("sigmoid(h_T V + c) of last states, repeated")
LAST_STATES_ALONE = N_("sigmoid(h_T V + c) of last states alone")


def classifier(timesteps: int, features: int, widths: Sequence[int]) -> Observed:
    """What a check observes of the right model: output shape, parameters, formula."""
    parameters = layers.stacked_param_count(features, widths) + widths[-1] + 1
    return (CLASSIFIER_BATCH, 1), parameters, RIGHT_FORMULA


def another(
    right: Callable[..., Observed],
    shape: Callable | None = None,
    parameters: Callable | None = None,
    formula: str = OTHER,
) -> Callable[..., Observed]:
    """Return what gives a check's view of a wrong model, where it differs from the right one.

    shape and parameters: functions of the exercise's arguments; parameters gives the difference
    from the right number.
    """

    def gives(*sizes):
        wrong_shape, count, _formula = right(*sizes)
        if shape:
            wrong_shape = shape(*sizes)
        if parameters:
            count += parameters(*sizes)
        return wrong_shape, count, _(formula)

    return gives


def refuses(sentence: str) -> Callable[..., Observed]:
    """Return what gives a check's view of a model that cannot be called: a sentence of ours."""

    def gives(*_sizes):
        raise AnswerError("", _(sentence))

    return gives


def observe_classifier(
    build: Callable, given: Mapping[str, Any], features: int, widths: Sequence[int]
) -> Observed:
    """Observe a model of simple recurrent layers of these widths and one output unit."""
    shapes = {}
    for i, (below, own) in enumerate(itertools.pairwise([features, *widths])):
        shapes |= {f"W_x{i}": (below, own), f"W_h{i}": (own, own), f"b{i}": (own,)}
    shapes |= {"V": (widths[-1], 1), "c": (1,)}
    timesteps = given["timesteps"]
    rng = np.random.default_rng(timesteps)
    inputs = rng.normal(size=(CLASSIFIER_BATCH, timesteps, features)).astype(np.float32)
    return observe_model(build, given, inputs, shapes, classifier_formulas())


def classifier_formulas() -> dict[str, Formula]:
    """What simple recurrent layers and one output unit may compute, right and wrong."""

    def relu(a):
        return np.maximum(0, a)

    def states(x, activation=np.tanh, handed_up=lambda states: states, **weights):
        def step(x, h, W_x, W_h, b):
            return activation(x @ W_x + h @ W_h + b)

        for i in range(len(weights) // 3):
            W_x, W_h, b = (weights[f"{name}{i}"] for name in ("W_x", "W_h", "b"))
            read = handed_up(x) if i else x
            x = layers.rnn_layer(read, np.zeros((len(x), len(b))), W_x, W_h, b, step)
        return x

    def head(x, V, c, **stack):
        return states(x, **stack)[:, -1] @ V + c

    def probability(x, **w):
        return cells.sigmoid(head(x, **w))

    def last_repeated(states):
        return np.repeat(states[:, -1:], states.shape[1], axis=1)

    return {
        RIGHT_FORMULA: probability,
        "h_T V + c": head,
        "tanh(h_T V + c)": lambda x, **w: np.tanh(head(x, **w)),
        "relu(h_T V + c)": lambda x, **w: relu(head(x, **w)),
        "softmax(h_T V + c) = 1": lambda x, **w: np.ones((len(x), 1)),
        EVERY_STEP: lambda x, V, c, **stack: cells.sigmoid(states(x, **stack) @ V + c),
        BACKWARDS: lambda x, **w: probability(x[:, ::-1], **w),
        "sigmoid(mean(h) V + c)": lambda x, V, c, **stack: cells.sigmoid(
            states(x, **stack).mean(axis=1) @ V + c
        ),
        RELU_STATES: lambda x, **w: probability(x, activation=relu, **w),
        SIGMOID_STATES: lambda x, **w: probability(x, activation=cells.sigmoid, **w),
        LAST_STATES_REPEATED: lambda x, **w: probability(x, handed_up=last_repeated, **w),
        LAST_STATES_ALONE: lambda x, **w: probability(x, handed_up=lambda s: s[:, -1:], **w),
    }
