"""Exercises of 05_lstm: the cell, the layer, its parameters and a bias that remembers."""

import copy

import numpy as np

from unrolled import cells, layers
from unrolled.comparison import summary
from unrolled.errors import AnswerError
from unrolled.exercises import Case, Exercise, Sizes
from unrolled.language import N_
from unrolled.language import _ as translated
from unrolled.plain import plain

# --- lstm_step ---------------------------------------------------------------------------------


def weights(rng, sizes: Sizes, dtype: type = np.float64) -> dict:
    """Random W_x, W_h and b of four blocks: equal blocks would hide a wrong gate order."""
    shapes = {
        "W_x": (sizes.features, 4 * sizes.units),
        "W_h": (sizes.units, 4 * sizes.units),
        "b": (4 * sizes.units,),
    }
    return {name: rng.normal(0, 0.5, shape).astype(dtype) for name, shape in shapes.items()}


def step_cases(rng, sizes: Sizes) -> list[Case]:
    def case(about, sizes, dtype: type = np.float64, scale=1.0, **replaced):
        x = rng.normal(0, scale, (sizes.batch, sizes.features)).astype(dtype)
        h = np.tanh(rng.normal(0, 1, (sizes.batch, sizes.units))).astype(dtype)
        # Memories beyond 1 tell tanh(c) from c.
        c = rng.normal(0, 1.5, (sizes.batch, sizes.units)).astype(dtype)
        return Case(about, {"x": x, "h": h, "c": c, **weights(rng, sizes, dtype)} | replaced)

    zeros = np.zeros((sizes.batch, sizes.units))
    return [
        case(N_("any input"), sizes),
        case(N_("a batch of one"), sizes._replace(batch=1)),
        case(N_("a single unit"), sizes._replace(units=1)),
        case(N_("a hidden state of zeros"), sizes, h=zeros),
        case(N_("a memory cell of zeros"), sizes, c=zeros),
        case(N_("a bias of zeros"), sizes, b=np.zeros(4 * sizes.units)),
        # The sums stay below some 200, where every way to write a sigmoid is exact enough.
        case(N_("large inputs: gates wide open or shut"), sizes, scale=10.0),
        case(N_("float32"), sizes, np.float32),
    ]


lstm_step = Exercise(
    "lstm_step",
    reference=cells.lstm_step,
    cases=step_cases,
    returns={"h": ("row", "unit"), "c": ("row", "unit")},
)


@lstm_step.mistake(
    "gates-i-f-o-g",
    "The blocks are read as i, f, o, g: here the candidate g comes third and the output gate o "
    "last.",
    hint=1,
    seen="ndrplz/ConvLSTM_pytorch#6",
)
def _(x, h, c, W_x, W_h, b):
    i, f, o, g = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "gates-f-i-g-o",
    "Input and forget gate are exchanged: the first block is i, the second f.",
    hint=1,
    seen="NX-AI/xlstm#98",
)
def _(x, h, c, W_x, W_h, b):
    f, i, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "gates-f-i-o-g",
    "The blocks are read as f, i, o, g, in the order in which lectures tell it; the weights "
    "hold i, f, g, o.",
    hint=1,
)
def _(x, h, c, W_x, W_h, b):
    f, i, o, g = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "gates-i-g-f-o",
    "The blocks are read as i, g, f, o, TensorFlow 1's order; the weights here hold i, f, g, o.",
    hint=1,
    seen="tensorflow/tensorflow#29308",
)
def _(x, h, c, W_x, W_h, b):
    i, g, f, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "gates-i-o-f-g",
    "The blocks are read as i, o, f, g, ONNX's order; the weights here hold i, f, g, o.",
    hint=1,
    seen="CrispStrobe/CrispASR#106",
)
def _(x, h, c, W_x, W_h, b):
    i, o, f, g = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "gates-g-f-o-i",
    "The blocks are read from candidate to input gate, g, f, o, i; the weights here hold i, f, "
    "g, o.",
    hint=1,
    seen="https://community.konduit.ai/t/imported-keras-lstm-layer-mismatch/124/2",
)
def _(x, h, c, W_x, W_h, b):
    g, f, o, i = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "every-fourth-column",
    "Each gate takes every fourth column: a gate's columns stand side by side, one whole block "
    "per gate.",
    hint=1,
)
def _(x, h, c, W_x, W_h, b):
    a = (x @ W_x + h @ W_h + b).reshape(len(x), -1, 4)
    i, f, g, o = np.moveaxis(a, -1, 0)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "split-along-the-batch",
    "The sum is split along the batch; the gates stand side by side in its columns.",
    hint=3,
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "state-ignored",
    "The old hidden state never enters: h W_h is missing from the sum.",
    hint=1,
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "input-ignored",
    "The input never enters: x W_x is missing from the sum.",
    hint=1,
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "bias-ignored",
    "The bias b is missing from the sum.",
    hint=1,
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "bias-twice",
    "The bias is added twice, once for each product: both share one b.",
    hint=1,
    seen="onnx/onnx#1127",
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + b + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "forget-bias-of-one",
    "1 is added to the forget gate's sum, as TensorFlow 1 did; here b holds the whole bias.",
    hint=1,
    seen="apple/coremltools#309",
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    f = f + 1.0
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "weights-first",
    "The weights stand before the input. Rows are examples here, so it is x W_x, not W_x x.",
    hint=3,
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(W_x @ x + W_h @ h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "recurrent-weights-transposed",
    "Each gate's block of W_h is transposed: row times matrix, h W_h, needs no transpose.",
    hint=3,
)
def _(x, h, c, W_x, W_h, b):
    W_h = np.concatenate([block.T for block in np.split(W_h, 4, axis=1)], axis=1)
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "sigmoid-candidate",
    "The candidate g goes through a sigmoid: it may be negative too, so it takes tanh.",
    hint=2,
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, g, o = (1 / (1 + np.exp(-a)) for a in (i, f, g, o))
    c = f * c + i * g
    return o * np.tanh(c), c


@lstm_step.mistake(
    "tanh-gates",
    "The gates go through tanh. A gate is a share between 0 and 1: a sigmoid.",
    hint=2,
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = np.tanh(i), np.tanh(f), np.tanh(o)
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "tanh-input-gate",
    "The input gate goes through tanh: that is for the candidate; all three gates are sigmoids.",
    hint=2,
    seen="suriyadeepan/rnn-from-scratch#4",
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i = np.tanh(i)
    f, o = 1 / (1 + np.exp(-f)), 1 / (1 + np.exp(-o))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "gates-not-squashed",
    "The gates are bare sums: a sigmoid has to make shares between 0 and 1 of them.",
    hint=2,
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "output-gate-not-squashed",
    "The output gate is a bare sum: it goes through a sigmoid like the other two.",
    hint=2,
    seen="tam17aki/multiplicative-lstm-tensorflow#3",
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f = 1 / (1 + np.exp(-i)), 1 / (1 + np.exp(-f))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "candidate-not-squashed",
    "The candidate g is a bare sum: it goes through tanh before it may enter.",
    hint=2,
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * g
    return o * np.tanh(c), c


@lstm_step.mistake(
    "hard-sigmoid",
    "The gates use old Keras's hard sigmoid, made of straight lines: take the true one, 1 / (1 "
    "+ exp(-a)).",
    hint=2,
    seen="https://stackoverflow.com/questions/49759614/lstm-calculation-with-vanilla-numpy",
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (np.clip(0.2 * a + 0.5, 0, 1) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "forget-gate-turned-round",
    "The forget gate is turned round: f is the share that is kept, not the share that goes.",
    hint=2,
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = (1 - f) * c + i * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "memory-overwritten",
    "The old memory is gone: the new candidate is added to what the forget gate keeps.",
    hint=2,
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = i * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "forget-gate-ignored",
    "The old memory stays whole, as in 1997: the forget gate decides how much of it stays.",
    hint=2,
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = c + i * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "input-gate-ignored",
    "The candidate enters whole: the input gate decides how much of it does.",
    hint=2,
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "input-gate-added",
    "The input gate is added to the candidate: a gate multiplies what it lets through.",
    hint=2,
    seen="MartinuzziFrancesco/torchrecurrent#22",
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + (i + np.tanh(g))
    return o * np.tanh(c), c


@lstm_step.mistake(
    "gates-coupled",
    "What the forget gate lets go decides what enters, as in a GRU: here the input gate decides.",
    hint=2,
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + (1 - f) * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "forget-gate-for-both",
    "The forget gate also lets the candidate in: that is the input gate's task.",
    hint=2,
    seen="ARM-software/CMSIS-NN#181",
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + f * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "hidden-state-for-memory",
    "The forget gate is applied to the hidden state h: what it keeps or drops is the memory c.",
    hint=2,
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * h + i * np.tanh(g)
    return o * np.tanh(c), c


@lstm_step.mistake(
    "memory-not-squashed",
    "h is o · c: on its way out the memory is squashed by tanh.",
    hint=2,
    seen="nicodjimenez/lstm#42",
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o * c, c


@lstm_step.mistake(
    "tanh-of-the-product",
    "tanh is taken of the product: squash the memory first, then let the output gate decide.",
    hint=2,
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    return np.tanh(o * c), c


@lstm_step.mistake(
    "sigmoid-of-memory",
    "The memory goes out through a sigmoid: it takes tanh, so that h may be negative.",
    hint=2,
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o / (1 + np.exp(-c)), c


@lstm_step.mistake(
    "output-gate-ignored",
    "The memory goes out whole: the output gate decides how much of it is seen.",
    hint=2,
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    return np.tanh(c), c


@lstm_step.mistake(
    "old-memory-shown",
    "h shows the memory as it was before this step: the new memory is what goes out.",
    hint=2,
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    new = f * c + i * np.tanh(g)
    return o * np.tanh(c), new


@lstm_step.mistake(
    "returned-in-the-other-order",
    "Both values are right but change places: the hidden state h comes first, then the memory c.",
    hint=3,
    seen="tensorflow/tensorflow#17133",
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    return c, o * np.tanh(c)


@lstm_step.mistake(
    "hidden-state-only",
    "Only h is returned: the next step needs the memory c as well.",
    hint=3,
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c)


@lstm_step.mistake(
    "returned-as-keras-cells-do",
    "h is returned with a list of both states, as Keras's cells do: return h and c, two arrays.",
    hint=3,
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c = f * c + i * np.tanh(g)
    h = o * np.tanh(c)
    return h, [h, c]


@lstm_step.mistake(
    "memory-written-in-place",
    "The values are right, but the caller's c is overwritten: make a new array.",
    hint=3,
)
def _(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c *= f
    c += i * np.tanh(g)
    return o * np.tanh(c), c


# --- lstm_layer --------------------------------------------------------------------------------


def layer_cases(rng, sizes: Sizes) -> list[Case]:
    def case(about, batch, time, dtype: type = np.float64, **replaced):
        x = rng.normal(size=(batch, time, sizes.features)).astype(dtype)
        h0 = np.tanh(rng.normal(size=(batch, sizes.units))).astype(dtype)
        c0 = rng.normal(0, 1.5, (batch, sizes.units)).astype(dtype)
        given = {"x": x, "h0": h0, "c0": c0, **weights(rng, sizes, dtype)}
        return Case(about, given | replaced)

    batch, time, _features, units = sizes
    zeros = np.zeros((batch, units))
    # Over many steps float32 drifts further than the comparison allows, so its case is short.
    return [
        case(N_("any input"), batch, time),
        case(N_("a batch of one"), 1, time),
        case(N_("a single step"), batch, 1),
        case(N_("an initial hidden state of zeros"), batch, time, h0=zeros),
        case(N_("an initial memory cell of zeros"), batch, time, c0=zeros),
        case(N_("a bias of zeros"), batch, time, b=np.zeros(4 * units)),
        case(N_("thirty steps"), batch, 30),
        case(N_("float32"), batch, min(time, 3), np.float32),
    ]


lstm_layer = Exercise(
    "lstm_layer",
    reference=layers.lstm_layer,
    cases=layer_cases,
    returns={
        N_("hidden states"): ("row", "step", "unit"),
        N_("cell states"): ("row", "step", "unit"),
    },
)


@lstm_layer.mistake(
    "memory-not-carried",
    "Every step starts from c0: hand the new memory on to the next step, as you do with h.",
    hint=2,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = h0, c0, [], []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c0 + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
        memory.append(c)
    return np.stack(states, axis=1), np.stack(memory, axis=1)


@lstm_layer.mistake(
    "hidden-state-not-carried",
    "Every step reads h0: hand the new hidden state on to the next step, as you do with c.",
    hint=2,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = h0, c0, [], []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h0 @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
        memory.append(c)
    return np.stack(states, axis=1), np.stack(memory, axis=1)


@lstm_layer.mistake(
    "neither-state-carried",
    "Every step starts from h0 and c0: hand both new states on to the next step.",
    hint=2,
    seen="benedekrozemberczki/pytorch_geometric_temporal#145",
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = h0, c0, [], []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h0 @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c0 + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
        memory.append(c)
    return np.stack(states, axis=1), np.stack(memory, axis=1)


@lstm_layer.mistake(
    "states-exchanged-on-the-way",
    "h and c change places from one step to the next: each goes on as what it is.",
    hint=2,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = h0, c0, [], []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
        memory.append(c)
        h, c = c, h
    return np.stack(states, axis=1), np.stack(memory, axis=1)


@lstm_layer.mistake(
    "hidden-state-carried-as-memory",
    "The next step gets h in place of the memory c: what is carried is c before tanh and output "
    "gate.",
    hint=2,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = h0, c0, [], []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
        memory.append(c)
        c = h
    return np.stack(states, axis=1), np.stack(memory, axis=1)


@lstm_layer.mistake(
    "memory-carried-as-hidden-state",
    "The next step's sum reads the memory c: it should read the hidden state h.",
    hint=2,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = h0, c0, [], []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
        memory.append(c)
        h = c
    return np.stack(states, axis=1), np.stack(memory, axis=1)


@lstm_layer.mistake(
    "initial-states-exchanged",
    "The layer starts with h0 as memory and c0 as hidden state: they belong the other way round.",
    hint=2,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = c0, h0, [], []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
        memory.append(c)
    return np.stack(states, axis=1), np.stack(memory, axis=1)


@lstm_layer.mistake(
    "initial-states-ignored",
    "The layer starts from zeros: it should start from h0 and c0.",
    hint=2,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = np.zeros_like(h0), np.zeros_like(c0), [], []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
        memory.append(c)
    return np.stack(states, axis=1), np.stack(memory, axis=1)


@lstm_layer.mistake(
    "initial-memory-ignored",
    "The memory starts from zeros: it should start from c0.",
    hint=2,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = h0, np.zeros_like(c0), [], []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
        memory.append(c)
    return np.stack(states, axis=1), np.stack(memory, axis=1)


@lstm_layer.mistake(
    "initial-hidden-state-ignored",
    "The hidden state starts from zeros: it should start from h0.",
    hint=2,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = np.zeros_like(h0), c0, [], []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
        memory.append(c)
    return np.stack(states, axis=1), np.stack(memory, axis=1)


@lstm_layer.mistake(
    "last-step-only",
    "Only the last h and c are returned: collect both at every step.",
    hint=1,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c = h0, c0
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
    return h, c


@lstm_layer.mistake(
    "last-memory-only",
    "The hidden states are complete, but only the last memory is returned: collect c at every "
    "step too.",
    hint=1,
    seen="keras-team/keras#9202",
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states = h0, c0, []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
    return np.stack(states, axis=1), c


@lstm_layer.mistake(
    "hidden-states-only",
    "Only the hidden states are returned: the cell states are asked for as well.",
    hint=1,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states = h0, c0, []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
    return np.stack(states, axis=1)


@lstm_layer.mistake(
    "returned-as-keras-layers-do",
    "All hidden states, the last h and the last c are returned, as by a Keras layer: return all "
    "h and all c.",
    hint=1,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states = h0, c0, []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
    return np.stack(states, axis=1), h, c


@lstm_layer.mistake(
    "returned-as-pytorch-does",
    "The second value is a pair of last states, as in PyTorch: return the memory cells of all "
    "steps.",
    hint=1,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states = h0, c0, []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
    return np.stack(states, axis=1), (h, c)


@lstm_layer.mistake(
    "returned-in-the-other-order",
    "Both arrays are right but change places: the hidden states come first, then the cell states.",
    hint=3,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = h0, c0, [], []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
        memory.append(c)
    return np.stack(memory, axis=1), np.stack(states, axis=1)


@lstm_layer.mistake(
    "hidden-states-twice",
    "The cell states are the hidden states once more: collect c in a list of its own.",
    hint=2,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states = h0, c0, []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
    return np.stack(states, axis=1), np.stack(states, axis=1)


@lstm_layer.mistake(
    "glued-into-one-array",
    "Hidden and cell states are glued into one array: return two.",
    hint=3,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states = h0, c0, []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(np.concatenate([h, c], axis=1))
    return np.stack(states, axis=1)


@lstm_layer.mistake(
    "time-axis-first",
    "The states are stacked with time in front: the order of axes is batch, time, units.",
    hint=3,
    seen="keras-team/keras#4013",
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = h0, c0, [], []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
        memory.append(c)
    return np.array(states), np.array(memory)


@lstm_layer.mistake(
    "reshaped-for-transposed",
    "reshape gives the shape but scrambles the values: time has to be moved, not renamed.",
    hint=3,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = h0, c0, [], []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
        memory.append(c)
    shape = (x.shape[0], x.shape[1], h0.shape[1])
    return np.array(states).reshape(shape), np.array(memory).reshape(shape)


@lstm_layer.mistake(
    "concatenated-for-stacked",
    "The states are glued side by side: time needs an axis of its own.",
    hint=3,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = h0, c0, [], []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
        memory.append(c)
    return np.concatenate(states, axis=1), np.concatenate(memory, axis=1)


@lstm_layer.mistake(
    "lists-of-states",
    "The states come as Python lists: join each into one array (batch, time, units).",
    hint=3,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = h0, c0, [], []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
        memory.append(c)
    return states, memory


@lstm_layer.mistake(
    "batch-taken-for-time",
    "The loop runs over examples, not over steps: the first axis of x is the batch.",
    hint=1,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = h0, c0, [], []
    for x_t in x:
        i, f, g, o = np.split(x_t @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
        memory.append(c)
    return np.stack(states, axis=1), np.stack(memory, axis=1)


@lstm_layer.mistake(
    "features-taken-for-time",
    "The loop runs over features, not over steps: time is the second axis of x.",
    hint=1,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = h0, c0, [], []
    for t in range(x.shape[2]):
        i, f, g, o = np.split(x[:, :, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
        memory.append(c)
    return np.stack(states, axis=1), np.stack(memory, axis=1)


@lstm_layer.mistake(
    "initial-states-kept",
    "h0 and c0 are among the states: they begin after the first step, so there are as many as "
    "steps.",
    hint=3,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = h0, c0, [h0], [c0]
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
        memory.append(c)
    return np.stack(states, axis=1), np.stack(memory, axis=1)


@lstm_layer.mistake(
    "stored-before-the-step",
    "The states are stored before they are updated, so all are one step late.",
    hint=2,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = h0, c0, [], []
    for t in range(x.shape[1]):
        states.append(h)
        memory.append(c)
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
    return np.stack(states, axis=1), np.stack(memory, axis=1)


@lstm_layer.mistake(
    "read-backwards",
    "The sequence is read from its end: the first step reads the first input.",
    hint=2,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = h0, c0, [], []
    for t in reversed(range(x.shape[1])):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
        memory.append(c)
    return np.stack(states, axis=1), np.stack(memory, axis=1)


@lstm_layer.mistake(
    "first-input-at-every-step",
    "Every step reads the same input: step t reads the t-th one.",
    hint=2,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = h0, c0, [], []
    for _t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, 0] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
        memory.append(c)
    return np.stack(states, axis=1), np.stack(memory, axis=1)


@lstm_layer.mistake(
    "carried-across-the-batch",
    "The states run on from one example into the next: each row starts from its own h0 and c0.",
    hint=2,
)
def _(x, h0, c0, W_x, W_h, b):
    states = np.zeros((x.shape[0], x.shape[1], h0.shape[1]))
    memory = np.zeros_like(states)
    h, c = h0[0], c0[0]
    for row in range(x.shape[0]):
        for t in range(x.shape[1]):
            i, f, g, o = np.split(x[row, t] @ W_x + h @ W_h + b, 4)
            i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
            c = f * c + i * np.tanh(g)
            h = o * np.tanh(c)
            states[row, t], memory[row, t] = h, c
    return states, memory


@lstm_layer.mistake(
    "one-array-for-all-memories",
    "One memory array is filled again at each step, so all stored ones are the last: store a "
    "new array each time.",
    hint=2,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = h0, c0.copy(), [], []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c[:] = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
        memory.append(c)
    return np.stack(states, axis=1), np.stack(memory, axis=1)


@lstm_layer.mistake(
    "initial-memory-written-in-place",
    "The states are right, but the caller's c0 is overwritten: make a new array.",
    hint=3,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = h0, c0, [], []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c[:] = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
        memory.append(c.copy())
    return np.stack(states, axis=1), np.stack(memory, axis=1)


@lstm_layer.mistake(
    "bias-ignored",
    "The bias b is missing from every step.",
    hint=2,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = h0, c0, [], []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
        memory.append(c)
    return np.stack(states, axis=1), np.stack(memory, axis=1)


@lstm_layer.mistake(
    "memory-not-squashed",
    "h is o · c at every step: on its way out the memory is squashed by tanh, as in lstm_step.",
    hint=2,
)
def _(x, h0, c0, W_x, W_h, b):
    h, c, states, memory = h0, c0, [], []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=-1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * c
        states.append(h)
        memory.append(c)
    return np.stack(states, axis=1), np.stack(memory, axis=1)


# --- lstm_param_count --------------------------------------------------------------------------


def param_count_cases(rng, sizes: Sizes) -> list[Case]:
    def case(about, features, units):
        return Case(about, {"features": features, "units": units})

    return [
        case(N_("any sizes"), sizes.features, sizes.units),
        case(N_("more features than units"), sizes.units + sizes.time, sizes.features),
        case(N_("a single unit"), sizes.features, 1),
        case(N_("a single feature"), 1, sizes.units),
        case(N_("the lecture's layer"), 10_000, 32),
    ]


lstm_param_count = Exercise(
    "lstm_param_count",
    reference=layers.lstm_param_count,
    cases=param_count_cases,
    returns={"count": ()},
)


@lstm_param_count.mistake(
    "one-block-only",
    "This is a simple layer's number: an LSTM has as many weights for each of i, f, g and o.",
    hint=2,
)
def _(features, units):
    return features * units + units * units + units


@lstm_param_count.mistake(
    "candidate-forgotten",
    "Three gates are counted; the candidate g has weights of its own too.",
    hint=2,
)
def _(features, units):
    return 3 * (features * units + units * units + units)


@lstm_param_count.mistake(
    "biases-forgotten",
    "The biases are not counted: each unit has one in every block.",
    hint=2,
)
def _(features, units):
    return 4 * (features * units + units * units)


@lstm_param_count.mistake(
    "biases-of-one-block",
    "The biases of a single block are counted: i, f, g and o have their own.",
    hint=3,
)
def _(features, units):
    return 4 * (features * units + units * units) + units


@lstm_param_count.mistake(
    "two-biases",
    "Two biases are counted, one for each product, as in PyTorch; here both products share one.",
    hint=1,
    seen="hamelsmu/code_search#41",
)
def _(features, units):
    return 4 * (features * units + units * units + 2 * units)


@lstm_param_count.mistake(
    "recurrent-weights-forgotten",
    "The weights from state to state are not counted: W_h belongs to the layer.",
    hint=1,
)
def _(features, units):
    return 4 * (features * units + units)


@lstm_param_count.mistake(
    "input-weights-forgotten",
    "The weights from the input to the units are not counted: W_x belongs to the layer.",
    hint=1,
)
def _(features, units):
    return 4 * (units * units + units)


@lstm_param_count.mistake(
    "recurrent-weights-of-one-block",
    "W_h is counted for one block only: all four have one.",
    hint=3,
)
def _(features, units):
    return 4 * features * units + units * units + 4 * units


@lstm_param_count.mistake(
    "input-weights-of-one-block",
    "W_x is counted for one block only: all four have one.",
    hint=3,
)
def _(features, units):
    return features * units + 4 * units * units + 4 * units


@lstm_param_count.mistake(
    "four-times-as-many-units",
    "The layer is taken for a simple one of 4 · units units: the state that W_h reads has only "
    "units entries.",
    hint=1,
)
def _(features, units):
    return features * (4 * units) + (4 * units) * (4 * units) + 4 * units


@lstm_param_count.mistake(
    "recurrent-weights-features-square",
    "The recurrent block is counted as features by features: the state has units entries.",
    hint=1,
)
def _(features, units):
    return 4 * (features * units + features * features + units)


@lstm_param_count.mistake(
    "memory-weights-counted",
    "Weights from the memory cell to the gates are counted: here the gates hear x and h only.",
    hint=1,
)
def _(features, units):
    return 4 * (features * units + units * units + units) + 3 * units


@lstm_param_count.mistake(
    "memory-matrix-counted",
    "A third matrix is counted, for the memory cell: no weights touch c, it is only multiplied "
    "and added.",
    hint=1,
)
def _(features, units):
    return 4 * (features * units + 2 * units * units + units)


@lstm_param_count.mistake(
    "output-unit-counted",
    "The sigmoid unit behind the layer is counted in: the LSTM layer alone is asked for.",
    hint=3,
)
def _(features, units):
    return 4 * (features * units + units * units + units) + units + 1


@lstm_param_count.mistake(
    "one-unit-only",
    "The weights of a single unit are counted: there are as many as units.",
    hint=3,
)
def _(features, units):
    return 4 * (features + units + 1)


# --- chrono_bias -------------------------------------------------------------------------------

MANY = 2_000
"""So many units that a distribution shows; of a few, no draw is impossible."""

FALSE_ALARM = 1e-10
"""The chance that a part drawn rightly is taken for another."""

RIGHT = N_("log(u), u uniform in [1, longest - 1]")
OPPOSITE = N_("the negative of the forget part")
ONE_FOR_ALL = N_("one number for all units")
SHARED = N_("numbers that several units share")
WHOLE = N_("log(u), u whole numbers")
OTHER = N_("other values")
UNSEEN = N_("not looked at")
NOT_FINITE = N_("NaN or infinite")
RNG = "rng"
NOTHING = N_("nothing: any rng gives this bias")
NOT_RNG = N_("not rng alone: the same rng gives another bias")


def chrono_cases(rng, sizes: Sizes) -> list[Case]:
    def case(about, units, longest):
        own = np.random.default_rng(rng.integers(2**32))
        return Case(about, {"units": units, "longest": longest, "rng": own})

    return [
        # Here a wrong distribution shows …
        case(N_("thousands of units"), MANY, 100),
        # … and here a wrong end of the interval, which is a large part of it.
        case(N_("thousands of units, a short memory"), MANY, 4),
        case(N_("a few units"), sizes.units, 10 + sizes.time),
        case(N_("a single unit"), 1, 10 + sizes.features),
    ]


def chrono_facts(units, longest, rng):
    """What a check observes of a right answer: shape, four parts, where its draws come from."""
    parts = map(translated, (OPPOSITE, RIGHT, "0", "0", RNG))
    return (4 * units,), *parts


def observe_bias(answer, given):
    units, longest, rng = given.values()
    other = np.random.default_rng(rng.integers(2**32))
    again = copy.deepcopy(rng)
    bias, repeated, another = (drawn(answer, units, longest, each) for each in (rng, again, other))
    if not np.array_equal(bias, repeated, equal_nan=True):
        source = NOT_RNG
    else:
        source = NOTHING if np.array_equal(bias, another, equal_nan=True) else RNG
    return bias.shape, *map(translated, (*parts_of(bias, units, longest), source))


def drawn(answer, units, longest, rng) -> np.ndarray:
    """Call an answer once, and believe nothing but an array."""
    bias = plain(answer(units, longest, rng))
    if bias is None:
        raise AnswerError("", translated("It returned None: does every path end in a return?"))
    if not (isinstance(bias, np.ndarray) and bias.dtype.kind in "iuf"):
        detail = translated("It returned {value}.").format(value=summary(bias))
        text = translated("It should return a NumPy array of numbers.")
        raise AnswerError("", text, detail=detail)
    return bias.astype(np.float64)


def parts_of(bias, units, longest) -> list[str]:
    """Say what stands in the parts for i, f, g and o."""
    if bias.size != 4 * units:
        return [UNSEEN] * 4
    i, f, g, o = np.split(bias.ravel(), 4)
    return [
        OPPOSITE if np.allclose(i, -f, 1e-5, 1e-6) else values_of(i, longest),
        values_of(f, longest),
        *("0" if np.allclose(part, 0, 0, 1e-6) else values_of(part, longest) for part in (g, o)),
    ]


def values_of(part, longest) -> str:
    """Say what the values of a part are or follow. A few values contradict nothing."""
    if not np.isfinite(part).all():
        return NOT_FINITE
    with np.errstate(all="ignore"):
        if len(part) >= MANY:
            if np.all(part == part[0]):
                constants = {"0": 0, "1": 1, "log(longest - 1)": np.log(longest - 1)}
                same = (text for text, value in constants.items() if np.isclose(part[0], value))
                return next(same, ONE_FOR_ALL)
            u = np.exp(part)
            if np.all(np.abs(u - np.round(u)) < 1e-3):
                return WHOLE
            if len(np.unique(part)) < 0.9 * len(part):
                return SHARED
        laws = uniform_if(part, longest)
        return next((law for law, uniform in laws.items() if is_uniform(uniform)), OTHER)


def uniform_if(part, longest) -> dict[str, np.ndarray]:
    """Give for each law that a part may follow the numbers that are uniform in [0, 1] if it does.

    The right law comes first, and a narrower one before the wider ones that its draws fit too.
    """

    def between(low, high, values):
        return (values - low) / (high - low)

    u = np.exp(part)
    return {
        RIGHT: between(1, longest - 1, u),
        N_("log(u), u uniform in [2, longest]"): between(2, longest, u),
        N_("log(u), u uniform in [1, longest]"): between(1, longest, u),
        N_("log(u), u uniform in [0, longest - 1]"): between(0, longest - 1, u),
        N_("log(u), u uniform in [0, longest]"): between(0, longest, u),
        N_("log(u), u uniform in [1, longest - 2]"): between(1, longest - 2, u),
        N_("-log(u), u uniform in [1, longest - 1]"): between(1, longest - 1, np.exp(-part)),
        N_("u, uniform in [1, longest - 1]"): between(1, longest - 1, part),
        N_("uniform in [0, log(longest - 1)]"): between(0, np.log(longest - 1), part),
        N_("log10(u), u uniform in [1, longest - 1]"): between(1, longest - 1, 10**part),
    }


def is_uniform(values) -> bool:
    """Kolmogorov-Smirnov test against [0, 1]; its limit holds for any number (Massart 1990)."""
    count = len(values)
    if count >= MANY and (values.min() < -1e-5 or values.max() > 1 + 1e-5):
        return False
    values = np.sort(np.clip(values, 0, 1))
    ranks = np.arange(count + 1) / count
    distance = max(np.max(ranks[1:] - values), np.max(values - ranks[:-1]))
    return bool(distance < np.sqrt(np.log(2 / FALSE_ALARM) / (2 * count)))


chrono_bias = Exercise(
    "chrono_bias",
    reference=chrono_facts,
    cases=chrono_cases,
    returns={
        N_("shape"): (),
        N_("input part"): (),
        N_("forget part"): (),
        N_("candidate part"): (),
        N_("output part"): (),
        N_("source of the draws"): (),
    },
    observe=observe_bias,
)


@chrono_bias.mistake(
    "signs-exchanged",
    "The input part gets log(u), the forget part its negative: it is the forget gate that has "
    "to open.",
    hint=1,
)
def _(units, longest, rng):
    forget = np.log(rng.uniform(1, longest - 1, units))
    return np.concatenate([forget, -forget, np.zeros(2 * units)])


@chrono_bias.mistake(
    "same-sign",
    "Input and forget part are equal: a unit that keeps long takes in little, so the input part "
    "is negative.",
    hint=2,
)
def _(units, longest, rng):
    forget = np.log(rng.uniform(1, longest - 1, units))
    return np.concatenate([forget, forget, np.zeros(2 * units)])


@chrono_bias.mistake(
    "input-part-zero",
    "The input part is 0: it is the negative of the forget part.",
    hint=2,
)
def _(units, longest, rng):
    forget = np.log(rng.uniform(1, longest - 1, units))
    return np.concatenate([np.zeros(units), forget, np.zeros(2 * units)])


@chrono_bias.mistake(
    "input-part-drawn-anew",
    "The input part has draws of its own: both parts of a unit come from the same u.",
    hint=2,
)
def _(units, longest, rng):
    forget = np.log(rng.uniform(1, longest - 1, units))
    other = np.log(rng.uniform(1, longest - 1, units))
    return np.concatenate([-other, forget, np.zeros(2 * units)])


@chrono_bias.mistake(
    "forget-part-third",
    "The forget part stands third, where the candidate's belongs: the blocks are i, f, g, o.",
    hint=1,
)
def _(units, longest, rng):
    forget = np.log(rng.uniform(1, longest - 1, units))
    return np.concatenate([-forget, np.zeros(units), forget, np.zeros(units)])


@chrono_bias.mistake(
    "forget-part-last",
    "The forget part stands last, where the output gate's belongs: the blocks are i, f, g, o.",
    hint=1,
)
def _(units, longest, rng):
    forget = np.log(rng.uniform(1, longest - 1, units))
    return np.concatenate([-forget, np.zeros(2 * units), forget])


@chrono_bias.mistake(
    "output-part-ones",
    "The output part is 1: candidate and output gate start at 0.",
    hint=3,
)
def _(units, longest, rng):
    forget = np.log(rng.uniform(1, longest - 1, units))
    return np.concatenate([-forget, forget, np.zeros(units), np.ones(units)])


@chrono_bias.mistake(
    "rest-of-ones",
    "Candidate and output part are 1: both start at 0.",
    hint=3,
)
def _(units, longest, rng):
    forget = np.log(rng.uniform(1, longest - 1, units))
    return np.concatenate([-forget, forget, np.ones(2 * units)])


@chrono_bias.mistake(
    "rest-drawn-too",
    "All four parts are drawn: candidate and output gate start at 0.",
    hint=3,
    seen="kngwyu/Rainy#17",
)
def _(units, longest, rng):
    bias = np.log(rng.uniform(1, longest - 1, 4 * units))
    bias[:units] = -bias[units : 2 * units]
    return bias


@chrono_bias.mistake(
    "logarithm-forgotten",
    "The forget part is u itself: sigmoid(log(u)) is u / (u + 1), so the logarithm is needed.",
    hint=2,
)
def _(units, longest, rng):
    forget = rng.uniform(1, longest - 1, units)
    return np.concatenate([-forget, forget, np.zeros(2 * units)])


@chrono_bias.mistake(
    "logarithm-of-base-ten",
    "The logarithm has base 10: a sigmoid is made of e, so take the natural one.",
    hint=2,
)
def _(units, longest, rng):
    forget = np.log10(rng.uniform(1, longest - 1, units))
    return np.concatenate([-forget, forget, np.zeros(2 * units)])


@chrono_bias.mistake(
    "uniform-in-the-logarithm",
    "The logarithm is drawn uniformly, which favours short memories: u is uniform, then comes log.",
    hint=2,
)
def _(units, longest, rng):
    forget = rng.uniform(0, np.log(longest - 1), units)
    return np.concatenate([-forget, forget, np.zeros(2 * units)])


@chrono_bias.mistake(
    "whole-numbers",
    "u is drawn among whole numbers: it is real, any number between the two ends.",
    hint=2,
)
def _(units, longest, rng):
    forget = np.log(rng.integers(1, longest - 1, units))
    return np.concatenate([-forget, forget, np.zeros(2 * units)])


@chrono_bias.mistake(
    "one-draw-for-all",
    "One u is drawn for the whole layer: every unit gets its own, some remember long, some short.",
    hint=2,
)
def _(units, longest, rng):
    forget = np.full(units, np.log(rng.uniform(1, longest - 1)))
    return np.concatenate([-forget, forget, np.zeros(2 * units)])


@chrono_bias.mistake(
    "longest-for-every-unit",
    "Every unit gets the longest memory, log(longest - 1): draw a length for each.",
    hint=2,
)
def _(units, longest, rng):
    forget = np.full(units, np.log(longest - 1))
    return np.concatenate([-forget, forget, np.zeros(2 * units)])


@chrono_bias.mistake(
    "forget-bias-of-one",
    "The forget part is 1, the usual start: here it grows with the steps to be remembered.",
    hint=1,
    seen="pytorch/pytorch#20102",
)
def _(units, longest, rng):
    forget = np.ones(units)
    return np.concatenate([np.zeros(units), forget, np.zeros(2 * units)])


@chrono_bias.mistake(
    "upper-end-one-too-high",
    "u runs up to longest: it ends at longest - 1.",
    hint=2,
)
def _(units, longest, rng):
    forget = np.log(rng.uniform(1, longest, units))
    return np.concatenate([-forget, forget, np.zeros(2 * units)])


@chrono_bias.mistake(
    "upper-end-one-too-low",
    "u ends at longest - 2: it runs up to longest - 1.",
    hint=2,
)
def _(units, longest, rng):
    forget = np.log(rng.uniform(1, longest - 2, units))
    return np.concatenate([-forget, forget, np.zeros(2 * units)])


@chrono_bias.mistake(
    "lower-end-zero",
    "u starts at 0, where the logarithm falls without end: it starts at 1.",
    hint=2,
)
def _(units, longest, rng):
    forget = np.log(rng.uniform(0, longest - 1, units))
    return np.concatenate([-forget, forget, np.zeros(2 * units)])


@chrono_bias.mistake(
    "from-zero-to-longest",
    "u lies between 0 and longest: both ends are off by one, it runs from 1 to longest - 1.",
    hint=2,
)
def _(units, longest, rng):
    forget = np.log(rng.uniform(0, longest, units))
    return np.concatenate([-forget, forget, np.zeros(2 * units)])


@chrono_bias.mistake(
    "both-ends-one-too-high",
    "u lies between 2 and longest: it runs from 1 to longest - 1.",
    hint=2,
)
def _(units, longest, rng):
    forget = np.log(rng.uniform(2, longest, units))
    return np.concatenate([-forget, forget, np.zeros(2 * units)])


@chrono_bias.mistake(
    "own-generator",
    "The draws do not come from rng: with the same rng the same bias has to come out again.",
    hint=2,
    seen="lisa-lab/DeepLearningTutorials#83",
)
def _(units, longest, rng):
    forget = np.log(np.random.default_rng().uniform(1, longest - 1, units))
    return np.concatenate([-forget, forget, np.zeros(2 * units)])


@chrono_bias.mistake(
    "fixed-seed",
    "Nothing is drawn from rng, as with a fixed seed: every layer gets the same bias.",
    hint=2,
)
def _(units, longest, rng):
    forget = np.log(np.random.default_rng(0).uniform(1, longest - 1, units))
    return np.concatenate([-forget, forget, np.zeros(2 * units)])


@chrono_bias.mistake(
    "forget-part-only",
    "A single part is returned: the bias has four, 4 · units numbers in all.",
    hint=3,
)
def _(units, longest, rng):
    forget = np.log(rng.uniform(1, longest - 1, units))
    return forget


@chrono_bias.mistake(
    "two-parts-only",
    "Two parts are returned, the zeros are missing: the bias has 4 · units numbers in all.",
    hint=3,
)
def _(units, longest, rng):
    forget = np.log(rng.uniform(1, longest - 1, units))
    return np.concatenate([-forget, forget])


@chrono_bias.mistake(
    "a-row-per-gate",
    "The bias is a matrix with a row per gate: join the rows into one vector of 4 · units numbers.",
    hint=3,
)
def _(units, longest, rng):
    forget = np.log(rng.uniform(1, longest - 1, units))
    zeros = np.zeros(units)
    return np.stack([-forget, forget, zeros, zeros])


EXERCISES = (lstm_step, lstm_layer, lstm_param_count, chrono_bias)
