"""Exercises of 06_gru: the cell in both forms and its parameters."""

import numpy as np

from unrolled import cells, layers
from unrolled.exercises import Case, Exercise, Sizes
from unrolled.language import N_

# --- gru_step ----------------------------------------------------------------------------------


def step_cases(rng, sizes: Sizes, bias_rows: tuple[int, ...] = ()) -> list[Case]:
    def case(about, sizes=sizes, dtype: type = np.float64, scale=1.0, zeros=()):
        batch, _time, features, units = sizes
        arguments = {
            "x": rng.normal(0, scale, (batch, features)),
            "h": np.tanh(rng.normal(0, 1, (batch, units))),
            "W_x": rng.normal(0, 0.5, (features, 3 * units)),
            "W_h": rng.normal(0, 0.5, (units, 3 * units)),
            "b": rng.normal(0, 0.5, (*bias_rows, 3 * units)),
        }
        for name in zeros:
            arguments[name][:] = 0
        return Case(about, {name: value.astype(dtype) for name, value in arguments.items()})

    # A width of the visible check that somebody wrote down may be the hidden one's too.
    others = Sizes(sizes.time, sizes.batch, features=sizes.units, units=sizes.features)
    return [
        case(N_("any input")),
        case(N_("a batch of one"), sizes._replace(batch=1)),
        case(N_("other sizes"), others),
        case(N_("a state of zeros"), zeros=["h"]),
        case(N_("a bias of zeros"), zeros=["b"]),
        case(N_("large inputs"), scale=3.0),
        case(N_("float32"), dtype=np.float32),
    ]


gru_step = Exercise(
    "gru_step", reference=cells.gru_step, cases=step_cases, returns={"h": ("row", "unit")}
)


@gru_step.mistake(
    "z-swapped",
    "z and 1 - z are swapped. Papers write it both ways; here, as in Keras, z is the share of "
    "the old state.",
    hint=3,
    seen="keras-team/keras#14649",
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_z, W_r, W_n = np.split(W_h, 3, axis=-1)
    z, r = (1 / (1 + np.exp(-a)) for a in (x_z + h @ W_z, x_r + h @ W_r))
    n = np.tanh(x_n + (r * h) @ W_n)
    return (1 - z) * h + z * n


@gru_step.mistake(
    "reset-after-the-product",
    "The reset gate acts after the product. That GRU exists too (the next exercise); here r "
    "meets h before W_h.",
    hint=2,
    seen="keras-team/keras#8307",
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_z, W_r, W_n = np.split(W_h, 3, axis=-1)
    z, r = (1 / (1 + np.exp(-a)) for a in (x_z + h @ W_z, x_r + h @ W_r))
    n = np.tanh(x_n + r * (h @ W_n))
    return z * h + (1 - z) * n


@gru_step.mistake(
    "gates-swapped",
    "The two gates are swapped: that is PyTorch's column order. Keras's is update, reset, "
    "candidate.",
    hint=1,
    seen="keras-team/keras#8720",
)
def _(x, h, W_x, W_h, b):
    x_r, x_z, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_r, W_z, W_n = np.split(W_h, 3, axis=-1)
    z, r = (1 / (1 + np.exp(-a)) for a in (x_z + h @ W_z, x_r + h @ W_r))
    n = np.tanh(x_n + (r * h) @ W_n)
    return z * h + (1 - z) * n


@gru_step.mistake(
    "candidate-first",
    "The first block of columns is taken for the candidate; it is the last one.",
    hint=1,
)
def _(x, h, W_x, W_h, b):
    x_n, x_z, x_r = np.split(x @ W_x + b, 3, axis=-1)
    W_n, W_z, W_r = np.split(W_h, 3, axis=-1)
    z, r = (1 / (1 + np.exp(-a)) for a in (x_z + h @ W_z, x_r + h @ W_r))
    n = np.tanh(x_n + (r * h) @ W_n)
    return z * h + (1 - z) * n


@gru_step.mistake(
    "candidate-in-the-middle",
    "The middle block of columns is taken for the candidate; it is the last one.",
    hint=1,
)
def _(x, h, W_x, W_h, b):
    x_z, x_n, x_r = np.split(x @ W_x + b, 3, axis=-1)
    W_z, W_n, W_r = np.split(W_h, 3, axis=-1)
    z, r = (1 / (1 + np.exp(-a)) for a in (x_z + h @ W_z, x_r + h @ W_r))
    n = np.tanh(x_n + (r * h) @ W_n)
    return z * h + (1 - z) * n


@gru_step.mistake(
    "columns-interleaved",
    "Every third column is taken; the three parts stand side by side, each units wide.",
    hint=1,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = ((x @ W_x + b)[:, k::3] for k in range(3))
    W_z, W_r, W_n = (W_h[:, k::3] for k in range(3))
    z, r = (1 / (1 + np.exp(-a)) for a in (x_z + h @ W_z, x_r + h @ W_r))
    n = np.tanh(x_n + (r * h) @ W_n)
    return z * h + (1 - z) * n


@gru_step.mistake(
    "split-into-rows",
    "The weights are cut into rows; the three parts stand side by side, in columns.",
    hint=1,
)
def _(x, h, W_x, W_h, b):
    W_xz, W_xr, W_xn = np.split(W_x, 3)
    b_z, b_r, b_n = np.split(b, 3)
    W_z, W_r, W_n = np.split(W_h, 3)
    z = 1 / (1 + np.exp(-(x @ W_xz + h @ W_z + b_z)))
    r = 1 / (1 + np.exp(-(x @ W_xr + h @ W_r + b_r)))
    n = np.tanh(x @ W_xn + (r * h) @ W_n + b_n)
    return z * h + (1 - z) * n


@gru_step.mistake(
    "reset-ignored",
    "The reset gate is computed and then not used: the candidate hears the whole old state.",
    hint=2,
    seen="zhiyongc/GRU-D#2",
)
def _(x, h, W_x, W_h, b):
    x_z, _x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_z, _W_r, W_n = np.split(W_h, 3, axis=-1)
    z = 1 / (1 + np.exp(-(x_z + h @ W_z)))
    n = np.tanh(x_n + h @ W_n)
    return z * h + (1 - z) * n


@gru_step.mistake(
    "state-missing-in-candidate",
    "The candidate hears the input alone; it also hears what the reset gate lets through of the "
    "old state.",
    hint=2,
)
def _(x, h, W_x, W_h, b):
    x_z, _x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_z = W_h[:, : h.shape[1]]
    z = 1 / (1 + np.exp(-(x_z + h @ W_z)))
    n = np.tanh(x_n)
    return z * h + (1 - z) * n


@gru_step.mistake(
    "update-ignored",
    "The candidate is returned as the new state: the update gate has yet to blend it with the "
    "old one.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    _x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    _W_z, W_r, W_n = np.split(W_h, 3, axis=-1)
    r = 1 / (1 + np.exp(-(x_r + h @ W_r)))
    return np.tanh(x_n + (r * h) @ W_n)


@gru_step.mistake(
    "reset-blends",
    "The reset gate blends old state and candidate: that is the update gate's part.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    _x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    _W_z, W_r, W_n = np.split(W_h, 3, axis=-1)
    r = 1 / (1 + np.exp(-(x_r + h @ W_r)))
    n = np.tanh(x_n + (r * h) @ W_n)
    return r * h + (1 - r) * n


@gru_step.mistake(
    "update-resets",
    "The update gate acts on the state inside the candidate: that is the reset gate's part.",
    hint=2,
)
def _(x, h, W_x, W_h, b):
    x_z, _x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_z, _W_r, W_n = np.split(W_h, 3, axis=-1)
    z = 1 / (1 + np.exp(-(x_z + h @ W_z)))
    n = np.tanh(x_n + (z * h) @ W_n)
    return z * h + (1 - z) * n


@gru_step.mistake(
    "reset-on-the-input-too",
    "The reset gate scales the input's part as well: it acts on the old state alone.",
    hint=2,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_z, W_r, W_n = np.split(W_h, 3, axis=-1)
    z, r = (1 / (1 + np.exp(-a)) for a in (x_z + h @ W_z, x_r + h @ W_r))
    n = np.tanh(r * (x_n + h @ W_n))
    return z * h + (1 - z) * n


@gru_step.mistake(
    "reset-state-blended",
    "The reset state enters the blend: there the old state stands as it came.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_z, W_r, W_n = np.split(W_h, 3, axis=-1)
    z, r = (1 / (1 + np.exp(-a)) for a in (x_z + h @ W_z, x_r + h @ W_r))
    n = np.tanh(x_n + (r * h) @ W_n)
    return z * (r * h) + (1 - z) * n


@gru_step.mistake(
    "update-from-the-reset-state",
    "The update gate is computed from the reset state: both gates hear the old state as it came.",
    hint=2,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_z, W_r, W_n = np.split(W_h, 3, axis=-1)
    r = 1 / (1 + np.exp(-(x_r + h @ W_r)))
    z = 1 / (1 + np.exp(-(x_z + (r * h) @ W_z)))
    n = np.tanh(x_n + (r * h) @ W_n)
    return z * h + (1 - z) * n


@gru_step.mistake(
    "gates-without-state",
    "The gates hear the input alone: they hear the old state too.",
    hint=1,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_n = W_h[:, 2 * h.shape[1] :]
    z, r = 1 / (1 + np.exp(-x_z)), 1 / (1 + np.exp(-x_r))
    n = np.tanh(x_n + (r * h) @ W_n)
    return z * h + (1 - z) * n


@gru_step.mistake(
    "gates-with-tanh",
    "The gates go through tanh: a valve is open between 0 and 1, so it takes a sigmoid.",
    hint=1,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_z, W_r, W_n = np.split(W_h, 3, axis=-1)
    z, r = np.tanh(x_z + h @ W_z), np.tanh(x_r + h @ W_r)
    n = np.tanh(x_n + (r * h) @ W_n)
    return z * h + (1 - z) * n


@gru_step.mistake(
    "gates-without-sigmoid",
    "The gates are plain sums: a valve is open between 0 and 1, so it takes a sigmoid.",
    hint=1,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_z, W_r, W_n = np.split(W_h, 3, axis=-1)
    z, r = x_z + h @ W_z, x_r + h @ W_r
    n = np.tanh(x_n + (r * h) @ W_n)
    return z * h + (1 - z) * n


@gru_step.mistake(
    "candidate-with-sigmoid",
    "The candidate goes through a sigmoid: it is no gate but a value, and takes tanh.",
    hint=2,
    seen="keras-team/keras#1286",
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_z, W_r, W_n = np.split(W_h, 3, axis=-1)
    z, r = (1 / (1 + np.exp(-a)) for a in (x_z + h @ W_z, x_r + h @ W_r))
    n = 1 / (1 + np.exp(-(x_n + (r * h) @ W_n)))
    return z * h + (1 - z) * n


@gru_step.mistake(
    "candidate-without-tanh",
    "The candidate is a plain sum: tanh is missing.",
    hint=2,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_z, W_r, W_n = np.split(W_h, 3, axis=-1)
    z, r = (1 / (1 + np.exp(-a)) for a in (x_z + h @ W_z, x_r + h @ W_r))
    n = x_n + (r * h) @ W_n
    return z * h + (1 - z) * n


@gru_step.mistake(
    "candidate-added-whole",
    "The candidate is added whole: the new state is a blend, and both shares together make 1.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_z, W_r, W_n = np.split(W_h, 3, axis=-1)
    z, r = (1 / (1 + np.exp(-a)) for a in (x_z + h @ W_z, x_r + h @ W_r))
    n = np.tanh(x_n + (r * h) @ W_n)
    return z * h + n


@gru_step.mistake(
    "old-state-added-whole",
    "The old state is added whole: the new state is a blend, and both shares together make 1.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_z, W_r, W_n = np.split(W_h, 3, axis=-1)
    z, r = (1 / (1 + np.exp(-a)) for a in (x_z + h @ W_z, x_r + h @ W_r))
    n = np.tanh(x_n + (r * h) @ W_n)
    return h + (1 - z) * n


@gru_step.mistake(
    "tanh-of-the-blend",
    "The new state is squashed once more: the blend is returned as it is.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_z, W_r, W_n = np.split(W_h, 3, axis=-1)
    z, r = (1 / (1 + np.exp(-a)) for a in (x_z + h @ W_z, x_r + h @ W_r))
    n = np.tanh(x_n + (r * h) @ W_n)
    return np.tanh(z * h + (1 - z) * n)


@gru_step.mistake(
    "bias-ignored",
    "The bias b is missing from the three sums.",
    hint=1,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x, 3, axis=-1)
    W_z, W_r, W_n = np.split(W_h, 3, axis=-1)
    z, r = (1 / (1 + np.exp(-a)) for a in (x_z + h @ W_z, x_r + h @ W_r))
    n = np.tanh(x_n + (r * h) @ W_n)
    return z * h + (1 - z) * n


@gru_step.mistake(
    "bias-twice",
    "The bias is added twice: here both products share one b.",
    hint=1,
)
def _(x, h, W_x, W_h, b):
    b_z, b_r, b_n = np.split(b, 3)
    x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_z, W_r, W_n = np.split(W_h, 3, axis=-1)
    z, r = (1 / (1 + np.exp(-a)) for a in (x_z + h @ W_z + b_z, x_r + h @ W_r + b_r))
    n = np.tanh(x_n + (r * h) @ W_n + b_n)
    return z * h + (1 - z) * n


@gru_step.mistake(
    "bias-missing-in-candidate",
    "The candidate's bias is missing: the gates have theirs, and it has one too.",
    hint=2,
    seen="pytorch/pytorch#529",
)
def _(x, h, W_x, W_h, b):
    two = 2 * h.shape[1]
    gates = x @ W_x[:, :two] + h @ W_h[:, :two] + b[:two]
    z, r = np.split(1 / (1 + np.exp(-gates)), 2, axis=-1)
    n = np.tanh(x @ W_x[:, two:] + (r * h) @ W_h[:, two:])
    return z * h + (1 - z) * n


@gru_step.mistake(
    "recurrent-weights-transposed",
    "The blocks of W_h are transposed: column j of a block holds what unit j hears.",
    hint=1,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_z, W_r, W_n = np.split(W_h, 3, axis=-1)
    z, r = (1 / (1 + np.exp(-a)) for a in (x_z + h @ W_z.T, x_r + h @ W_r.T))
    n = np.tanh(x_n + (r * h) @ W_n.T)
    return z * h + (1 - z) * n


@gru_step.mistake(
    "reset-as-a-matrix",
    "r is multiplied with h like a matrix: a gate scales each unit on its own, so use *.",
    hint=2,
    seen="https://github.com/8804who/paper_implementation",
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_z, W_r, W_n = np.split(W_h, 3, axis=-1)
    z, r = (1 / (1 + np.exp(-a)) for a in (x_z + h @ W_z, x_r + h @ W_r))
    n = np.tanh(x_n + (r @ h) @ W_n)
    return z * h + (1 - z) * n


@gru_step.mistake(
    "state-shared-by-the-batch",
    "The state is averaged over the batch: each row has a past of its own.",
    hint=1,
)
def _(x, h, W_x, W_h, b):
    h = h.mean(axis=0, keepdims=True)
    x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_z, W_r, W_n = np.split(W_h, 3, axis=-1)
    z, r = (1 / (1 + np.exp(-a)) for a in (x_z + h @ W_z, x_r + h @ W_r))
    n = np.tanh(x_n + (r * h) @ W_n)
    return z * h + (1 - z) * n


@gru_step.mistake(
    "blend-shared-by-the-batch",
    "The old state in the blend is the batch's average: each row keeps a share of its own.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_z, W_r, W_n = np.split(W_h, 3, axis=-1)
    z, r = (1 / (1 + np.exp(-a)) for a in (x_z + h @ W_z, x_r + h @ W_r))
    n = np.tanh(x_n + (r * h) @ W_n)
    return z * h.mean(axis=0) + (1 - z) * n


@gru_step.mistake(
    "old-state-returned",
    "The old state is returned: the new one is computed and then lost.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_z, W_r, W_n = np.split(W_h, 3, axis=-1)
    z, r = (1 / (1 + np.exp(-a)) for a in (x_z + h @ W_z, x_r + h @ W_r))
    n = np.tanh(x_n + (r * h) @ W_n)
    _new = z * h + (1 - z) * n
    return h


@gru_step.mistake(
    "state-written-in-place",
    "The value is right, but it is written into the caller's h: return a new array.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_z, W_r, W_n = np.split(W_h, 3, axis=-1)
    z, r = (1 / (1 + np.exp(-a)) for a in (x_z + h @ W_z, x_r + h @ W_r))
    n = np.tanh(x_n + (r * h) @ W_n)
    h[:] = z * h + (1 - z) * n
    return h


@gru_step.mistake(
    "returned-twice",
    "The state is returned twice, as Keras's cells do: return h alone.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    W_z, W_r, W_n = np.split(W_h, 3, axis=-1)
    z, r = (1 / (1 + np.exp(-a)) for a in (x_z + h @ W_z, x_r + h @ W_r))
    n = np.tanh(x_n + (r * h) @ W_n)
    h = z * h + (1 - z) * n
    return h, h


# --- gru_step_reset_after ----------------------------------------------------------------------


def reset_after_cases(rng, sizes: Sizes) -> list[Case]:
    return step_cases(rng, sizes, bias_rows=(2,))


gru_step_reset_after = Exercise(
    "gru_step_reset_after",
    reference=cells.gru_step_reset_after,
    cases=reset_after_cases,
    returns={"h": ("row", "unit")},
)


@gru_step_reset_after.mistake(
    "reset-before-the-product",
    "The reset gate acts before the product, as in gru_step: here the product comes first, then "
    "r scales it.",
    hint=1,
    seen="tracel-ai/burn#2701",
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b[0], 3, axis=-1)
    h_z, h_r, _h_n = np.split(h @ W_h + b[1], 3, axis=-1)
    z, r = 1 / (1 + np.exp(-(x_z + h_z))), 1 / (1 + np.exp(-(x_r + h_r)))
    W_n, b_n = W_h[:, 2 * h.shape[1] :], b[1, 2 * h.shape[1] :]
    n = np.tanh(x_n + (r * h) @ W_n + b_n)
    return z * h + (1 - z) * n


@gru_step_reset_after.mistake(
    "biases-added-up",
    "The two bias rows act as one: right for z and r, but in the candidate r scales the "
    "recurrent one.",
    hint=2,
    seen="apple/coremltools#1124",
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b.sum(axis=0), 3, axis=-1)
    h_z, h_r, h_n = np.split(h @ W_h, 3, axis=-1)
    z, r = 1 / (1 + np.exp(-(x_z + h_z))), 1 / (1 + np.exp(-(x_r + h_r)))
    n = np.tanh(x_n + r * h_n)
    return z * h + (1 - z) * n


@gru_step_reset_after.mistake(
    "input-bias-inside-the-reset",
    "The input's bias stands inside the reset: right for z and r, but in the candidate r scales "
    "the recurrent one alone.",
    hint=2,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x, 3, axis=-1)
    h_z, h_r, h_n = np.split(h @ W_h + b.sum(axis=0), 3, axis=-1)
    z, r = 1 / (1 + np.exp(-(x_z + h_z))), 1 / (1 + np.exp(-(x_r + h_r)))
    n = np.tanh(x_n + r * h_n)
    return z * h + (1 - z) * n


@gru_step_reset_after.mistake(
    "bias-rows-swapped",
    "The rows of b are swapped: right for z and r, but the candidate tells them apart. The "
    "first is the input's.",
    hint=2,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b[1], 3, axis=-1)
    h_z, h_r, h_n = np.split(h @ W_h + b[0], 3, axis=-1)
    z, r = 1 / (1 + np.exp(-(x_z + h_z))), 1 / (1 + np.exp(-(x_r + h_r)))
    n = np.tanh(x_n + r * h_n)
    return z * h + (1 - z) * n


@gru_step_reset_after.mistake(
    "recurrent-bias-ignored",
    "The recurrent bias, the second row of b, is not used at all.",
    hint=2,
    seen="tensorflow/tfjs#2442",
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b[0], 3, axis=-1)
    h_z, h_r, h_n = np.split(h @ W_h, 3, axis=-1)
    z, r = 1 / (1 + np.exp(-(x_z + h_z))), 1 / (1 + np.exp(-(x_r + h_r)))
    n = np.tanh(x_n + r * h_n)
    return z * h + (1 - z) * n


@gru_step_reset_after.mistake(
    "input-bias-ignored",
    "The input's bias, the first row of b, is not used at all.",
    hint=2,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x, 3, axis=-1)
    h_z, h_r, h_n = np.split(h @ W_h + b[1], 3, axis=-1)
    z, r = 1 / (1 + np.exp(-(x_z + h_z))), 1 / (1 + np.exp(-(x_r + h_r)))
    n = np.tanh(x_n + r * h_n)
    return z * h + (1 - z) * n


@gru_step_reset_after.mistake(
    "first-row-twice",
    "The first row of b stands in for both: the recurrent product has a row of its own.",
    hint=2,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b[0], 3, axis=-1)
    h_z, h_r, h_n = np.split(h @ W_h + b[0], 3, axis=-1)
    z, r = 1 / (1 + np.exp(-(x_z + h_z))), 1 / (1 + np.exp(-(x_r + h_r)))
    n = np.tanh(x_n + r * h_n)
    return z * h + (1 - z) * n


@gru_step_reset_after.mistake(
    "second-row-twice",
    "The second row of b stands in for both: the input has a row of its own, the first.",
    hint=2,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b[1], 3, axis=-1)
    h_z, h_r, h_n = np.split(h @ W_h + b[1], 3, axis=-1)
    z, r = 1 / (1 + np.exp(-(x_z + h_z))), 1 / (1 + np.exp(-(x_r + h_r)))
    n = np.tanh(x_n + r * h_n)
    return z * h + (1 - z) * n


@gru_step_reset_after.mistake(
    "biases-ignored",
    "Both rows of b are missing from the sums.",
    hint=2,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x, 3, axis=-1)
    h_z, h_r, h_n = np.split(h @ W_h, 3, axis=-1)
    z, r = 1 / (1 + np.exp(-(x_z + h_z))), 1 / (1 + np.exp(-(x_r + h_r)))
    n = np.tanh(x_n + r * h_n)
    return z * h + (1 - z) * n


@gru_step_reset_after.mistake(
    "recurrent-bias-missing-in-candidate",
    "The candidate lacks its recurrent bias: z and r have theirs, and it has one too.",
    hint=2,
    seen="ml-explore/mlx#3249",
)
def _(x, h, W_x, W_h, b):
    b_z, b_r, _b_n = np.split(b[1], 3)
    x_z, x_r, x_n = np.split(x @ W_x + b[0], 3, axis=-1)
    h_z, h_r, h_n = np.split(h @ W_h, 3, axis=-1)
    z = 1 / (1 + np.exp(-(x_z + h_z + b_z)))
    r = 1 / (1 + np.exp(-(x_r + h_r + b_r)))
    n = np.tanh(x_n + r * h_n)
    return z * h + (1 - z) * n


@gru_step_reset_after.mistake(
    "both-rows-in-both-products",
    "Both rows of b are added to each product: one row belongs to each.",
    hint=2,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b.sum(axis=0), 3, axis=-1)
    h_z, h_r, h_n = np.split(h @ W_h + b.sum(axis=0), 3, axis=-1)
    z, r = 1 / (1 + np.exp(-(x_z + h_z))), 1 / (1 + np.exp(-(x_r + h_r)))
    n = np.tanh(x_n + r * h_n)
    return z * h + (1 - z) * n


@gru_step_reset_after.mistake(
    "bias-rows-over-the-batch",
    "b is added as a whole, so its two rows fall on rows of the batch: take one row for each "
    "product.",
    hint=2,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b, 3, axis=-1)
    h_z, h_r, h_n = np.split(h @ W_h, 3, axis=-1)
    z, r = 1 / (1 + np.exp(-(x_z + h_z))), 1 / (1 + np.exp(-(x_r + h_r)))
    n = np.tanh(x_n + r * h_n)
    return z * h + (1 - z) * n


@gru_step_reset_after.mistake(
    "z-swapped",
    "z and 1 - z are swapped. Papers write it both ways; here, as in Keras, z is the share of "
    "the old state.",
    hint=3,
    seen="pytorch/pytorch#20129",
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b[0], 3, axis=-1)
    h_z, h_r, h_n = np.split(h @ W_h + b[1], 3, axis=-1)
    z, r = 1 / (1 + np.exp(-(x_z + h_z))), 1 / (1 + np.exp(-(x_r + h_r)))
    n = np.tanh(x_n + r * h_n)
    return (1 - z) * h + z * n


@gru_step_reset_after.mistake(
    "gates-swapped",
    "The two gates are swapped: that is PyTorch's column order. Keras's is update, reset, "
    "candidate.",
    hint=3,
    seen="keras-team/keras#8720",
)
def _(x, h, W_x, W_h, b):
    x_r, x_z, x_n = np.split(x @ W_x + b[0], 3, axis=-1)
    h_r, h_z, h_n = np.split(h @ W_h + b[1], 3, axis=-1)
    z, r = 1 / (1 + np.exp(-(x_z + h_z))), 1 / (1 + np.exp(-(x_r + h_r)))
    n = np.tanh(x_n + r * h_n)
    return z * h + (1 - z) * n


@gru_step_reset_after.mistake(
    "candidate-first",
    "The first block of columns is taken for the candidate; it is the last one.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    x_n, x_z, x_r = np.split(x @ W_x + b[0], 3, axis=-1)
    h_n, h_z, h_r = np.split(h @ W_h + b[1], 3, axis=-1)
    z, r = 1 / (1 + np.exp(-(x_z + h_z))), 1 / (1 + np.exp(-(x_r + h_r)))
    n = np.tanh(x_n + r * h_n)
    return z * h + (1 - z) * n


@gru_step_reset_after.mistake(
    "reset-ignored",
    "The reset gate is computed and then not used: the candidate hears the whole old state.",
    hint=1,
)
def _(x, h, W_x, W_h, b):
    x_z, _x_r, x_n = np.split(x @ W_x + b[0], 3, axis=-1)
    h_z, _h_r, h_n = np.split(h @ W_h + b[1], 3, axis=-1)
    z = 1 / (1 + np.exp(-(x_z + h_z)))
    n = np.tanh(x_n + h_n)
    return z * h + (1 - z) * n


@gru_step_reset_after.mistake(
    "reset-before-and-after",
    "The reset gate acts twice, before the product and after it: after is enough.",
    hint=1,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b[0], 3, axis=-1)
    h_z, h_r, _h_n = np.split(h @ W_h + b[1], 3, axis=-1)
    z, r = 1 / (1 + np.exp(-(x_z + h_z))), 1 / (1 + np.exp(-(x_r + h_r)))
    W_n, b_n = W_h[:, 2 * h.shape[1] :], b[1, 2 * h.shape[1] :]
    n = np.tanh(x_n + r * ((r * h) @ W_n + b_n))
    return z * h + (1 - z) * n


@gru_step_reset_after.mistake(
    "reset-on-the-input-too",
    "The reset gate scales the input's part as well: it acts on the recurrent product alone.",
    hint=1,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b[0], 3, axis=-1)
    h_z, h_r, h_n = np.split(h @ W_h + b[1], 3, axis=-1)
    z, r = 1 / (1 + np.exp(-(x_z + h_z))), 1 / (1 + np.exp(-(x_r + h_r)))
    n = np.tanh(r * (x_n + h_n))
    return z * h + (1 - z) * n


@gru_step_reset_after.mistake(
    "reset-on-the-input-only",
    "The reset gate scales the input's part: it acts on the recurrent product.",
    hint=1,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b[0], 3, axis=-1)
    h_z, h_r, h_n = np.split(h @ W_h + b[1], 3, axis=-1)
    z, r = 1 / (1 + np.exp(-(x_z + h_z))), 1 / (1 + np.exp(-(x_r + h_r)))
    n = np.tanh(r * x_n + h_n)
    return z * h + (1 - z) * n


@gru_step_reset_after.mistake(
    "update-ignored",
    "The candidate is returned as the new state: the update gate has yet to blend it with the "
    "old one.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    _x_z, x_r, x_n = np.split(x @ W_x + b[0], 3, axis=-1)
    _h_z, h_r, h_n = np.split(h @ W_h + b[1], 3, axis=-1)
    r = 1 / (1 + np.exp(-(x_r + h_r)))
    return np.tanh(x_n + r * h_n)


@gru_step_reset_after.mistake(
    "product-blended",
    "The recurrent product enters the blend: there the old state stands as it came.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b[0], 3, axis=-1)
    h_z, h_r, h_n = np.split(h @ W_h + b[1], 3, axis=-1)
    z, r = 1 / (1 + np.exp(-(x_z + h_z))), 1 / (1 + np.exp(-(x_r + h_r)))
    n = np.tanh(x_n + r * h_n)
    return z * h_n + (1 - z) * n


@gru_step_reset_after.mistake(
    "candidate-with-sigmoid",
    "The candidate goes through a sigmoid: it is no gate but a value, and takes tanh.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b[0], 3, axis=-1)
    h_z, h_r, h_n = np.split(h @ W_h + b[1], 3, axis=-1)
    z, r = 1 / (1 + np.exp(-(x_z + h_z))), 1 / (1 + np.exp(-(x_r + h_r)))
    n = 1 / (1 + np.exp(-(x_n + r * h_n)))
    return z * h + (1 - z) * n


@gru_step_reset_after.mistake(
    "gates-with-tanh",
    "The gates go through tanh: a valve is open between 0 and 1, so it takes a sigmoid.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b[0], 3, axis=-1)
    h_z, h_r, h_n = np.split(h @ W_h + b[1], 3, axis=-1)
    z, r = np.tanh(x_z + h_z), np.tanh(x_r + h_r)
    n = np.tanh(x_n + r * h_n)
    return z * h + (1 - z) * n


@gru_step_reset_after.mistake(
    "candidate-added-whole",
    "The candidate is added whole: the new state is a blend, and both shares together make 1.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b[0], 3, axis=-1)
    h_z, h_r, h_n = np.split(h @ W_h + b[1], 3, axis=-1)
    z, r = 1 / (1 + np.exp(-(x_z + h_z))), 1 / (1 + np.exp(-(x_r + h_r)))
    n = np.tanh(x_n + r * h_n)
    return z * h + n


@gru_step_reset_after.mistake(
    "recurrent-weights-transposed",
    "The blocks of W_h are transposed: column j of a block holds what unit j hears.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b[0], 3, axis=-1)
    W_h = np.hstack([block.T for block in np.split(W_h, 3, axis=-1)])
    h_z, h_r, h_n = np.split(h @ W_h + b[1], 3, axis=-1)
    z, r = 1 / (1 + np.exp(-(x_z + h_z))), 1 / (1 + np.exp(-(x_r + h_r)))
    n = np.tanh(x_n + r * h_n)
    return z * h + (1 - z) * n


@gru_step_reset_after.mistake(
    "state-written-in-place",
    "The value is right, but it is written into the caller's h: return a new array.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b[0], 3, axis=-1)
    h_z, h_r, h_n = np.split(h @ W_h + b[1], 3, axis=-1)
    z, r = 1 / (1 + np.exp(-(x_z + h_z))), 1 / (1 + np.exp(-(x_r + h_r)))
    n = np.tanh(x_n + r * h_n)
    h[:] = z * h + (1 - z) * n
    return h


@gru_step_reset_after.mistake(
    "returned-twice",
    "The state is returned twice, as Keras's cells do: return h alone.",
    hint=3,
)
def _(x, h, W_x, W_h, b):
    x_z, x_r, x_n = np.split(x @ W_x + b[0], 3, axis=-1)
    h_z, h_r, h_n = np.split(h @ W_h + b[1], 3, axis=-1)
    z, r = 1 / (1 + np.exp(-(x_z + h_z))), 1 / (1 + np.exp(-(x_r + h_r)))
    n = np.tanh(x_n + r * h_n)
    h = z * h + (1 - z) * n
    return h, h


# --- gru_param_count ---------------------------------------------------------------------------


def param_count_cases(rng, sizes: Sizes) -> list[Case]:
    def case(about, features, units, **third):
        return Case(about, {"features": features, "units": units, **third})

    return [
        case(N_("reset_after left out"), sizes.features, sizes.units),
        case(N_("reset_after given: True"), sizes.features, sizes.units, reset_after=True),
        case(N_("reset_after given: False"), sizes.features, sizes.units, reset_after=False),
        case(N_("more features than units"), sizes.units + sizes.time, sizes.features),
        case(N_("a single unit"), sizes.features, 1, reset_after=True),
        case(N_("a single feature"), 1, sizes.units, reset_after=False),
        case(N_("the lecture's layer"), 10_000, 32),
        case(N_("the lecture's layer, reset before the product"), 10_000, 32, reset_after=False),
    ]


gru_param_count = Exercise(
    "gru_param_count",
    reference=layers.gru_param_count,
    cases=param_count_cases,
    returns={"count": ()},
)


@gru_param_count.mistake(
    "reset-after-ignored",
    "reset_after changes nothing here: with it, as Keras builds the layer, there are more biases.",
    hint=2,
    seen="tensorflow/tensorflow#43960",
)
def _(features, units, reset_after=True):
    return 3 * (features * units + units * units + units)


@gru_param_count.mistake(
    "always-reset-after",
    "reset_after=False is not heeded: then each unit has one bias per part.",
    hint=2,
)
def _(features, units, reset_after=True):
    return 3 * (features * units + units * units + 2 * units)


@gru_param_count.mistake(
    "default-false",
    "Both forms are right, but the default is not: without a third argument, reset_after is True.",
    hint=1,
)
def _(features, units, reset_after=False):
    return 3 * (features * units + units * units + (2 if reset_after else 1) * units)


@gru_param_count.mistake(
    "forms-swapped",
    "The two forms are swapped: the extra biases belong to reset_after=True.",
    hint=2,
)
def _(features, units, reset_after=True):
    return 3 * (features * units + units * units + (1 if reset_after else 2) * units)


@gru_param_count.mistake(
    "candidate-bias-alone",
    "One extra bias per unit is counted, the candidate's: Keras keeps a second one for z and r "
    "too.",
    hint=2,
    seen="patrick-kidger/equinox#1003",
)
def _(features, units, reset_after=True):
    return 3 * (features * units + units * units + units) + (units if reset_after else 0)


@gru_param_count.mistake(
    "gate-biases-alone",
    "Two extra biases per unit are counted, those of z and r: the candidate has a second one too.",
    hint=2,
)
def _(features, units, reset_after=True):
    return 3 * (features * units + units * units + units) + (2 * units if reset_after else 0)


@gru_param_count.mistake(
    "six-extra-biases",
    "Six extra biases per unit are counted: six is all of them, and three are in the sum already.",
    hint=3,
)
def _(features, units, reset_after=True):
    return 3 * (features * units + units * units + units) + (6 * units if reset_after else 0)


@gru_param_count.mistake(
    "one-extra-bias",
    "A single extra bias is counted: each unit has extra ones of its own.",
    hint=3,
)
def _(features, units, reset_after=True):
    return 3 * (features * units + units * units + units) + (1 if reset_after else 0)


@gru_param_count.mistake(
    "everything-doubled",
    "Everything is counted twice with reset_after: only the biases come twice.",
    hint=2,
)
def _(features, units, reset_after=True):
    return 3 * (features * units + units * units + units) * (2 if reset_after else 1)


@gru_param_count.mistake(
    "recurrent-weights-doubled",
    "W_h is counted twice with reset_after: the product has a bias of its own, but no second "
    "matrix.",
    hint=2,
)
def _(features, units, reset_after=True):
    return 3 * (features * units + units * units + units + (units * units if reset_after else 0))


@gru_param_count.mistake(
    "lstm",
    "Four parts are counted, as in an LSTM: a GRU has two gates and one candidate.",
    hint=1,
)
def _(features, units, reset_after=True):
    return 4 * (features * units + units * units + (2 if reset_after else 1) * units)


@gru_param_count.mistake(
    "candidate-forgotten",
    "Two parts are counted, the gates: the candidate has weights of its own too.",
    hint=1,
)
def _(features, units, reset_after=True):
    return 2 * (features * units + units * units + (2 if reset_after else 1) * units)


@gru_param_count.mistake(
    "simple-layer",
    "The weights of one part are counted, as in a simple layer: two gates and a candidate make "
    "three.",
    hint=1,
)
def _(features, units, reset_after=True):
    return features * units + units * units + (2 if reset_after else 1) * units


@gru_param_count.mistake(
    "biases-forgotten",
    "The biases are not counted at all.",
    hint=2,
)
def _(features, units, reset_after=True):
    return 3 * (features * units + units * units)


@gru_param_count.mistake(
    "recurrent-weights-forgotten",
    "The weights from state to state are not counted.",
    hint=3,
)
def _(features, units, reset_after=True):
    return 3 * (features * units + (2 if reset_after else 1) * units)


@gru_param_count.mistake(
    "input-weights-forgotten",
    "The weights from the input to the units are not counted.",
    hint=3,
)
def _(features, units, reset_after=True):
    return 3 * (units * units + (2 if reset_after else 1) * units)


@gru_param_count.mistake(
    "output-unit-counted",
    "The output unit behind the layer is counted in: the GRU layer alone is asked for.",
    hint=3,
)
def _(features, units, reset_after=True):
    return 3 * (features * units + units * units + (2 if reset_after else 1) * units) + units + 1


@gru_param_count.mistake(
    "biases-per-feature",
    "The extra biases are counted per feature: biases belong to units.",
    hint=3,
)
def _(features, units, reset_after=True):
    return 3 * (features * units + units * units + units) + (3 * features if reset_after else 0)


EXERCISES = (gru_step, gru_step_reset_after, gru_param_count)
