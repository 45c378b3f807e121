"""Exercises of 01_sequence_tasks: the shapes of sequence tasks, windows, shifting, padding."""

import numpy as np

from unrolled import sequences
from unrolled.exercises import Case, Exercise, Sizes
from unrolled.language import N_

# --- output_shape ------------------------------------------------------------------------------


def shape_cases(rng, sizes: Sizes) -> list[Case]:
    batch, outputs = sizes.batch, sizes.features
    few, many = sorted((sizes.time, sizes.units))

    def case(about, task, input_steps=few, target_steps=many, **replaced):
        steps = {"input_steps": input_steps, "target_steps": target_steps}
        return Case(about, {"task": task, "batch": batch, **steps, "outputs": outputs} | replaced)

    delayed = "delayed_sequence_to_sequence"
    return [
        case(N_("one answer to a whole sequence"), "sequence_to_vector"),
        case(N_("an answer at every step"), "sequence_to_sequence"),
        case(N_("a target longer than its input"), delayed),
        case(N_("a target shorter than its input"), delayed, many, few),
        case(N_("a sequence out of a vector"), "vector_to_sequence"),
        case(N_("a short sequence out of a vector"), "vector_to_sequence", many, few),
        case(N_("one answer to a long sequence"), "sequence_to_vector", many, few),
        case(N_("an answer at every step of a long sequence"), "sequence_to_sequence", many, few),
        case(N_("a batch of one"), delayed, batch=1),
        case(N_("a single output"), "sequence_to_vector", outputs=1),
        case(N_("a single step to read"), "sequence_to_sequence", 1, many),
        case(N_("a single step to write"), "vector_to_sequence", few, 1),
        case(N_("a name that is not among the four"), "seq2seq"),
        case(N_("a capital letter in the name"), "Sequence_to_vector"),
        case(N_("an empty name"), ""),
        case(N_("half a name"), "sequence"),
        case(N_("a space before the name"), " vector_to_sequence"),
        case(N_("vector to vector: no sequence at all"), "vector_to_vector"),
        case(N_("two of the names mixed"), "delayed_sequence_to_vector"),
    ]


output_shape = Exercise(
    "output_shape", reference=sequences.output_shape, cases=shape_cases, returns={"shape": ()}
)


@output_shape.mistake(
    "delayed-takes-input-steps",
    "The delayed task gets as many steps as its input: a translation has a length of its own.",
    hint=2,
    seen="keras-team/keras#2403",
)
def _(task, batch, input_steps, target_steps, outputs):
    if task == "sequence_to_vector":
        return (batch, outputs)
    if task in ("sequence_to_sequence", "delayed_sequence_to_sequence"):
        return (batch, input_steps, outputs)
    if task == "vector_to_sequence":
        return (batch, target_steps, outputs)
    raise ValueError(f"unknown task {task!r}")


@output_shape.mistake(
    "delayed-adds-the-steps",
    "Reading and writing are added up: while it reads, a delayed network gives no output.",
    hint=2,
)
def _(task, batch, input_steps, target_steps, outputs):
    if task == "sequence_to_vector":
        return (batch, outputs)
    if task == "sequence_to_sequence":
        return (batch, input_steps, outputs)
    if task == "delayed_sequence_to_sequence":
        return (batch, input_steps + target_steps, outputs)
    if task == "vector_to_sequence":
        return (batch, target_steps, outputs)
    raise ValueError(f"unknown task {task!r}")


@output_shape.mistake(
    "delayed-takes-the-longer",
    "The delayed task gets the longer of the two lengths: that of the target decides.",
    hint=2,
)
def _(task, batch, input_steps, target_steps, outputs):
    if task == "sequence_to_vector":
        return (batch, outputs)
    if task == "sequence_to_sequence":
        return (batch, input_steps, outputs)
    if task == "delayed_sequence_to_sequence":
        return (batch, max(input_steps, target_steps), outputs)
    if task == "vector_to_sequence":
        return (batch, target_steps, outputs)
    raise ValueError(f"unknown task {task!r}")


@output_shape.mistake(
    "every-step-takes-target-steps",
    "sequence_to_sequence gets the target's steps: it answers each step that it reads.",
    hint=2,
)
def _(task, batch, input_steps, target_steps, outputs):
    if task == "sequence_to_vector":
        return (batch, outputs)
    if task in ("sequence_to_sequence", "delayed_sequence_to_sequence", "vector_to_sequence"):
        return (batch, target_steps, outputs)
    raise ValueError(f"unknown task {task!r}")


@output_shape.mistake(
    "vector-to-sequence-takes-input-steps",
    "vector_to_sequence gets the input's steps: a vector has none, the target's length decides.",
    hint=2,
)
def _(task, batch, input_steps, target_steps, outputs):
    if task == "sequence_to_vector":
        return (batch, outputs)
    if task in ("sequence_to_sequence", "vector_to_sequence"):
        return (batch, input_steps, outputs)
    if task == "delayed_sequence_to_sequence":
        return (batch, target_steps, outputs)
    raise ValueError(f"unknown task {task!r}")


@output_shape.mistake(
    "always-the-input-steps",
    "target_steps is used nowhere: two of the tasks take their length from the target.",
    hint=2,
)
def _(task, batch, input_steps, target_steps, outputs):
    if task == "sequence_to_vector":
        return (batch, outputs)
    if task in ("sequence_to_sequence", "delayed_sequence_to_sequence", "vector_to_sequence"):
        return (batch, input_steps, outputs)
    raise ValueError(f"unknown task {task!r}")


@output_shape.mistake(
    "vector-at-every-step",
    "sequence_to_vector keeps a time axis: one answer stands for the whole sequence.",
    hint=1,
    seen="keras-team/keras#1838",
)
def _(task, batch, input_steps, target_steps, outputs):
    if task in ("sequence_to_vector", "sequence_to_sequence"):
        return (batch, input_steps, outputs)
    if task in ("delayed_sequence_to_sequence", "vector_to_sequence"):
        return (batch, target_steps, outputs)
    raise ValueError(f"unknown task {task!r}")


@output_shape.mistake(
    "vector-as-one-step",
    "sequence_to_vector returns a sequence of one step: a vector has no time axis at all.",
    hint=1,
)
def _(task, batch, input_steps, target_steps, outputs):
    if task == "sequence_to_vector":
        return (batch, 1, outputs)
    if task == "sequence_to_sequence":
        return (batch, input_steps, outputs)
    if task in ("delayed_sequence_to_sequence", "vector_to_sequence"):
        return (batch, target_steps, outputs)
    raise ValueError(f"unknown task {task!r}")


@output_shape.mistake(
    "to-and-from-swapped",
    "The two names with a vector are swapped: what a name ends with is what comes out.",
    hint=1,
)
def _(task, batch, input_steps, target_steps, outputs):
    if task == "vector_to_sequence":
        return (batch, outputs)
    if task == "sequence_to_sequence":
        return (batch, input_steps, outputs)
    if task in ("delayed_sequence_to_sequence", "sequence_to_vector"):
        return (batch, target_steps, outputs)
    raise ValueError(f"unknown task {task!r}")


@output_shape.mistake(
    "time-first", "The steps stand before the batch: the order is batch, time, outputs.", hint=1
)
def _(task, batch, input_steps, target_steps, outputs):
    if task == "sequence_to_vector":
        return (batch, outputs)
    if task == "sequence_to_sequence":
        return (input_steps, batch, outputs)
    if task in ("delayed_sequence_to_sequence", "vector_to_sequence"):
        return (target_steps, batch, outputs)
    raise ValueError(f"unknown task {task!r}")


@output_shape.mistake(
    "time-last", "The steps stand behind the outputs: the order is batch, time, outputs.", hint=1
)
def _(task, batch, input_steps, target_steps, outputs):
    if task == "sequence_to_vector":
        return (batch, outputs)
    if task == "sequence_to_sequence":
        return (batch, outputs, input_steps)
    if task in ("delayed_sequence_to_sequence", "vector_to_sequence"):
        return (batch, outputs, target_steps)
    raise ValueError(f"unknown task {task!r}")


@output_shape.mistake(
    "batch-left-out",
    "The batch is left out. Keras adds it by itself in some places; here it comes first.",
    hint=1,
)
def _(task, batch, input_steps, target_steps, outputs):
    if task == "sequence_to_vector":
        return (outputs,)
    if task == "sequence_to_sequence":
        return (input_steps, outputs)
    if task in ("delayed_sequence_to_sequence", "vector_to_sequence"):
        return (target_steps, outputs)
    raise ValueError(f"unknown task {task!r}")


@output_shape.mistake(
    "batch-unknown",
    "The batch is None, as in a Keras summary: here its size is given, so write that.",
    hint=1,
)
def _(task, batch, input_steps, target_steps, outputs):
    if task == "sequence_to_vector":
        return (None, outputs)
    if task == "sequence_to_sequence":
        return (None, input_steps, outputs)
    if task in ("delayed_sequence_to_sequence", "vector_to_sequence"):
        return (None, target_steps, outputs)
    raise ValueError(f"unknown task {task!r}")


@output_shape.mistake(
    "array-for-shape",
    "An array of that shape is returned: return the shape itself, a tuple.",
    hint=1,
)
def _(task, batch, input_steps, target_steps, outputs):
    if task == "sequence_to_vector":
        return np.zeros((batch, outputs))
    if task == "sequence_to_sequence":
        return np.zeros((batch, input_steps, outputs))
    if task in ("delayed_sequence_to_sequence", "vector_to_sequence"):
        return np.zeros((batch, target_steps, outputs))
    raise ValueError(f"unknown task {task!r}")


@output_shape.mistake(
    "unknown-takes-the-last-branch",
    "An unknown task gets the shape of the last branch: ask for that task by name too.",
    hint=3,
)
def _(task, batch, input_steps, target_steps, outputs):
    if task == "sequence_to_vector":
        return (batch, outputs)
    if task == "sequence_to_sequence":
        return (batch, input_steps, outputs)
    return (batch, target_steps, outputs)


@output_shape.mistake(
    "unknown-gives-none",
    "An unknown task gives None in silence: a name that is none of the four is a ValueError.",
    hint=3,
)
def _(task, batch, input_steps, target_steps, outputs):
    if task == "sequence_to_vector":
        return (batch, outputs)
    if task == "sequence_to_sequence":
        return (batch, input_steps, outputs)
    if task in ("delayed_sequence_to_sequence", "vector_to_sequence"):
        return (batch, target_steps, outputs)


@output_shape.mistake(
    "key-error",
    "The dictionary's own KeyError comes out: turn an unknown name into a ValueError.",
    hint=3,
)
def _(task, batch, input_steps, target_steps, outputs):
    shapes = {
        "sequence_to_vector": (batch, outputs),
        "sequence_to_sequence": (batch, input_steps, outputs),
        "delayed_sequence_to_sequence": (batch, target_steps, outputs),
        "vector_to_sequence": (batch, target_steps, outputs),
    }
    return shapes[task]


@output_shape.mistake(
    "assert-for-raise",
    "The name is checked by assert, which raises AssertionError: raise ValueError.",
    hint=3,
)
def _(task, batch, input_steps, target_steps, outputs):
    shapes = {
        "sequence_to_vector": (batch, outputs),
        "sequence_to_sequence": (batch, input_steps, outputs),
        "delayed_sequence_to_sequence": (batch, target_steps, outputs),
        "vector_to_sequence": (batch, target_steps, outputs),
    }
    assert task in shapes
    return shapes[task]


@output_shape.mistake(
    "capitals-forgiven",
    "Capitals are forgiven: only the four names as they are written count, others raise.",
    hint=3,
)
def _(task, batch, input_steps, target_steps, outputs):
    task = task.lower()
    if task == "sequence_to_vector":
        return (batch, outputs)
    if task == "sequence_to_sequence":
        return (batch, input_steps, outputs)
    if task in ("delayed_sequence_to_sequence", "vector_to_sequence"):
        return (batch, target_steps, outputs)
    raise ValueError(f"unknown task {task!r}")


@output_shape.mistake(
    "judged-by-its-ending",
    "A name is judged by a part of it, so some that do not exist slip through: compare all of it.",
    hint=3,
)
def _(task, batch, input_steps, target_steps, outputs):
    if task.endswith("to_vector"):
        return (batch, outputs)
    if task.startswith("delayed") or task == "vector_to_sequence":
        return (batch, target_steps, outputs)
    if task == "sequence_to_sequence":
        return (batch, input_steps, outputs)
    raise ValueError(f"unknown task {task!r}")


# --- make_windows ------------------------------------------------------------------------------


def window_cases(rng, sizes: Sizes) -> list[Case]:
    # Every axis has a length of its own, and a window is longer than the axes behind time.
    narrow, wide, size, count = sorted(sizes)
    length = size + count

    def case(about, *shape, size=size, dtype: type = np.float64):
        return Case(about, {"sequence": rng.normal(size=shape).astype(dtype), "size": size})

    notes = 36 + rng.permutation(48)[:length]
    return [
        case(N_("any values"), length),
        Case(N_("whole numbers, as notes are"), {"sequence": notes, "size": size}),
        case(N_("several features at each step"), length, wide),
        case(N_("two axes behind time"), length, wide, narrow),
        case(N_("windows of one value"), length, size=1),
        case(N_("windows of one step with features"), length, wide, size=1),
        case(N_("room for a single window"), size + 1),
        case(N_("fewer windows than values in one"), size + narrow, wide),
        case(N_("more windows than values in one"), size + 10 * count),
        case(N_("float32"), length, dtype=np.float32),
        case(N_("a window of all values: no target is left"), size),
        case(N_("a window of all steps with features: no target is left"), size, count),
        case(N_("a window longer than the sequence"), narrow),
        case(N_("a window longer than the sequence, with features"), wide, count + size),
        case(N_("an empty sequence"), 0),
        case(N_("size 0"), length, size=0),
        case(N_("a negative size"), length, size=-narrow),
        case(N_("size -1"), length, wide, size=-1),
    ]


make_windows = Exercise(
    "make_windows",
    reference=sequences.make_windows,
    cases=window_cases,
    returns={"inputs": ("row", "step", "feature"), "targets": ("row", "feature")},
)


@make_windows.mistake(
    "one-window-too-few",
    "The last window is missing: n - size windows have a value after them.",
    hint=2,
    seen="jaungiers/LSTM-Neural-Network-for-Time-Series-Prediction#29",
)
def _(sequence, size):
    if size < 1 or len(sequence) <= size:
        raise ValueError("no window fits")
    starts = range(len(sequence) - size - 1)
    inputs = np.array([sequence[start : start + size] for start in starts])
    return inputs, np.array([sequence[start + size] for start in starts])


@make_windows.mistake(
    "one-window-too-many",
    "One window too many: the last one of all has no value after it, so it has no target.",
    hint=2,
)
def _(sequence, size):
    if size < 1 or len(sequence) <= size:
        raise ValueError("no window fits")
    inputs, targets = [], []
    for start in range(len(sequence) - size + 1):
        inputs.append(sequence[start : start + size])
        targets.append(sequence[start + size])
    return np.array(inputs), np.array(targets)


@make_windows.mistake(
    "window-without-a-target",
    "There is one window more than targets: the last one has no value after it.",
    hint=2,
)
def _(sequence, size):
    if size < 1 or len(sequence) <= size:
        raise ValueError("no window fits")
    starts = range(len(sequence) - size + 1)
    return np.array([sequence[start : start + size] for start in starts]), sequence[size:]


@make_windows.mistake(
    "inputs-cut-first",
    "The sequence loses its last size values before it is cut: only the targets start later.",
    hint=2,
    seen="keras-team/keras#21305",
)
def _(sequence, size):
    if size < 1 or len(sequence) <= size:
        raise ValueError("no window fits")
    known = sequence[:-size]
    count = max(len(known) - size + 1, 0)
    inputs = np.array([known[start : start + size] for start in range(count)])
    return inputs, sequence[size : size + count]


@make_windows.mistake(
    "no-overlap",
    "The windows lie end to end: each starts one step after the one before, not size steps.",
    hint=1,
)
def _(sequence, size):
    if size < 1 or len(sequence) <= size:
        raise ValueError("no window fits")
    starts = range(0, len(sequence) - size, size)
    inputs = np.array([sequence[start : start + size] for start in starts])
    return inputs, np.array([sequence[start + size] for start in starts])


@make_windows.mistake(
    "target-inside-the-window",
    "The target is the window's own last value: it should be the one after it, not yet seen.",
    hint=1,
)
def _(sequence, size):
    if size < 1 or len(sequence) <= size:
        raise ValueError("no window fits")
    starts = range(len(sequence) - size)
    inputs = np.array([sequence[start : start + size] for start in starts])
    return inputs, np.array([sequence[start + size - 1] for start in starts])


@make_windows.mistake(
    "target-is-the-first-value",
    "The target is the window's own first value: it should be the one that follows the window.",
    hint=1,
    seen="tensorflow/tensorflow#40343",
)
def _(sequence, size):
    if size < 1 or len(sequence) <= size:
        raise ValueError("no window fits")
    count = len(sequence) - size
    inputs = np.array([sequence[start : start + size] for start in range(count)])
    return inputs, sequence[:count]


@make_windows.mistake(
    "a-step-skipped",
    "The target lies two steps after the window: the value right behind it is left out.",
    hint=2,
)
def _(sequence, size):
    if size < 1 or len(sequence) <= size:
        raise ValueError("no window fits")
    starts = range(len(sequence) - size - 1)
    inputs = np.array([sequence[start : start + size] for start in starts])
    return inputs, np.array([sequence[start + size + 1] for start in starts])


@make_windows.mistake(
    "windows-for-targets",
    "Each target is the window one step later: here one value follows a window, the next one.",
    hint=1,
)
def _(sequence, size):
    if size < 1 or len(sequence) <= size:
        raise ValueError("no window fits")
    starts = range(len(sequence) - size)
    inputs = np.array([sequence[start : start + size] for start in starts])
    return inputs, np.array([sequence[start + 1 : start + size + 1] for start in starts])


@make_windows.mistake(
    "target-inside-the-input",
    "The windows are one too long: the value to predict lies in them already.",
    hint=1,
)
def _(sequence, size):
    if size < 1 or len(sequence) <= size:
        raise ValueError("no window fits")
    starts = range(len(sequence) - size)
    inputs = np.array([sequence[start : start + size + 1] for start in starts])
    return inputs, sequence[size:]


@make_windows.mistake(
    "target-keeps-the-step",
    "The targets have a time axis of length 1: take a value with an index, not with a slice.",
    hint=3,
)
def _(sequence, size):
    if size < 1 or len(sequence) <= size:
        raise ValueError("no window fits")
    starts = range(len(sequence) - size)
    inputs = np.array([sequence[start : start + size] for start in starts])
    return inputs, np.array([sequence[start + size : start + size + 1] for start in starts])


@make_windows.mistake(
    "one-feature-for-targets",
    "The targets are cut down to the first feature: they keep all the axes behind time.",
    hint=3,
)
def _(sequence, size):
    if size < 1 or len(sequence) <= size:
        raise ValueError("no window fits")
    starts = range(len(sequence) - size)
    inputs = np.array([sequence[start : start + size] for start in starts])
    targets = sequence[size:]
    return inputs, targets if targets.ndim == 1 else targets[:, 0]


@make_windows.mistake(
    "time-first",
    "The windows lie in columns: stack them so that the first axis counts windows.",
    hint=3,
)
def _(sequence, size):
    count = len(sequence) - size
    if size < 1 or count < 1:
        raise ValueError("no window fits")
    return np.stack([sequence[step : step + count] for step in range(size)]), sequence[size:]


@make_windows.mistake(
    "axes-behind-time-first",
    "The features stand before the steps: in a window, time comes first, the other axes after.",
    hint=3,
)
def _(sequence, size):
    if size < 1 or len(sequence) <= size:
        raise ValueError("no window fits")
    windows = np.lib.stride_tricks.sliding_window_view(sequence, size, axis=0)
    return windows[:-1], sequence[size:]


@make_windows.mistake(
    "newest-value-first",
    "The windows run backwards: within a window the oldest value comes first.",
    hint=2,
)
def _(sequence, size):
    if size < 1 or len(sequence) <= size:
        raise ValueError("no window fits")
    starts = range(len(sequence) - size)
    inputs = np.array([sequence[start : start + size][::-1] for start in starts])
    return inputs, sequence[size:]


@make_windows.mistake(
    "feature-axis-added",
    "An axis for one feature is added. Keras wants one later; here the axes stay as they came.",
    hint=3,
)
def _(sequence, size):
    if size < 1 or len(sequence) <= size:
        raise ValueError("no window fits")
    starts = range(len(sequence) - size)
    inputs = np.array([sequence[start : start + size] for start in starts])
    return inputs[..., None], sequence[size:]


@make_windows.mistake(
    "windows-flattened",
    "Each window is laid out in one row: keep the axes behind time.",
    hint=3,
)
def _(sequence, size):
    count = len(sequence) - size
    if size < 1 or count < 1:
        raise ValueError("no window fits")
    inputs = np.array([sequence[start : start + size] for start in range(count)])
    return inputs.reshape(count, -1), sequence[size:]


@make_windows.mistake(
    "round-the-end",
    "Windows run round the end of the sequence: the last value does not come before the first.",
    hint=2,
)
def _(sequence, size):
    if size < 1 or len(sequence) <= size:
        raise ValueError("no window fits")
    inputs = np.stack([np.roll(sequence, -step, axis=0) for step in range(size)], axis=1)
    return inputs, np.roll(sequence, -size, axis=0)


@make_windows.mistake(
    "fractions-cut-off",
    "The values are stored as whole numbers: what stands behind the point is lost.",
    hint=3,
)
def _(sequence, size):
    count = len(sequence) - size
    if size < 1 or count < 1:
        raise ValueError("no window fits")
    inputs = np.zeros((count, size, *sequence.shape[1:]), dtype=int)
    for start in range(count):
        inputs[start] = sequence[start : start + size]
    return inputs, sequence[size:]


@make_windows.mistake("inputs-alone", "The targets are missing: return inputs and targets.", hint=1)
def _(sequence, size):
    if size < 1 or len(sequence) <= size:
        raise ValueError("no window fits")
    return np.array([sequence[start : start + size] for start in range(len(sequence) - size)])


@make_windows.mistake(
    "targets-returned-first",
    "The two results are swapped: first the inputs, then the targets.",
    hint=1,
)
def _(sequence, size):
    if size < 1 or len(sequence) <= size:
        raise ValueError("no window fits")
    starts = range(len(sequence) - size)
    return sequence[size:], np.array([sequence[start : start + size] for start in starts])


@make_windows.mistake(
    "nothing-checked",
    "Neither size nor the length is checked: where no window fits, a ValueError is due.",
    hint=3,
)
def _(sequence, size):
    starts = range(len(sequence) - size)
    inputs = np.array([sequence[start : start + size] for start in starts])
    return inputs, np.array([sequence[start + size] for start in starts])


@make_windows.mistake(
    "all-values-in-one-window-accepted",
    "A window as long as the sequence is let through: nothing is left to be its target.",
    hint=3,
)
def _(sequence, size):
    if size < 1 or len(sequence) < size:
        raise ValueError("no window fits")
    starts = range(len(sequence) - size)
    inputs = np.array([sequence[start : start + size] for start in starts])
    return inputs, np.array([sequence[start + size] for start in starts])


@make_windows.mistake(
    "too-short-accepted",
    "Only size is checked: a sequence that is too short has to raise ValueError too.",
    hint=3,
)
def _(sequence, size):
    if size < 1:
        raise ValueError("no window fits")
    starts = range(len(sequence) - size)
    inputs = np.array([sequence[start : start + size] for start in starts])
    return inputs, np.array([sequence[start + size] for start in starts])


@make_windows.mistake(
    "small-sizes-accepted",
    "A size below 1 is let through: a window holds at least one value, so raise ValueError.",
    hint=3,
)
def _(sequence, size):
    if len(sequence) <= size:
        raise ValueError("no window fits")
    starts = range(len(sequence) - size)
    inputs = np.array([sequence[start : start + size] for start in starts])
    return inputs, np.array([sequence[start + size] for start in starts])


@make_windows.mistake(
    "single-window-refused",
    "A sequence one longer than size is refused: it has room for one window and its target.",
    hint=3,
)
def _(sequence, size):
    if size < 1 or len(sequence) <= size + 1:
        raise ValueError("no window fits")
    starts = range(len(sequence) - size)
    inputs = np.array([sequence[start : start + size] for start in starts])
    return inputs, sequence[size:]


# --- shift_targets -----------------------------------------------------------------------------


def shift_cases(rng, sizes: Sizes) -> list[Case]:
    batch, _low, time, vocabulary = sorted(sizes)

    def case(about, *shape, dtype: type = np.int64, **changed):
        # Neighbours differ by at least 2, so no target can be had from its input by counting.
        ids = (
            rng.integers(1, 100, (shape[0], 1))
            + 7 * rng.permuted(np.tile(np.arange(shape[1]), (shape[0], 1)), axis=1)
        ).astype(dtype)
        return Case(about, {"ids": ids} | changed)

    padded = rng.integers(1, 50 + vocabulary, (batch + 1, time))
    padded[0, -2:] = padded[1, -1:] = 0
    return [
        case(N_("any ids"), batch, time),
        case(N_("a batch of one"), 1, time),
        case(N_("two tokens in a row: one pair"), batch + 1, 2),
        case(N_("more rows than steps"), time + vocabulary, time),
        Case(N_("rows that end in padding"), {"ids": padded}),
        Case(N_("the same token again and again"), {"ids": np.tile([[5], [8]], time)}),
        case(N_("thirty steps"), batch, 30),
        case(N_("int32"), batch, time, dtype=np.int32),
    ]


shift_targets = Exercise(
    "shift_targets",
    reference=sequences.shift_targets,
    cases=shift_cases,
    returns={"inputs": ("row", "step"), "targets": ("row", "step")},
)


@shift_targets.mistake(
    "not-shifted",
    "The targets are the inputs themselves: a network would learn to repeat what it reads.",
    hint=1,
    seen="songlab-cal/tape#32",
)
def _(ids):
    return ids[:, :-1], ids[:, :-1]


@shift_targets.mistake(
    "nothing-cut",
    "Inputs and targets are both all of ids: neither is shifted, and neither loses a token.",
    hint=1,
    seen="tatsu-lab/stanford_alpaca#45",
)
def _(ids):
    return ids, ids.copy()


@shift_targets.mistake(
    "shifted-twice",
    "The targets are shifted twice: each is the token after the next one.",
    hint=2,
    seen="LLM360/amber-train#6",
)
def _(ids):
    return ids[:, :-2], ids[:, 2:]


@shift_targets.mistake(
    "the-token-before",
    "Each target is the token before its input: the network should look ahead, not back.",
    hint=1,
    seen="huggingface/trl#1172",
)
def _(ids):
    return ids[:, 1:], ids[:, :-1]


@shift_targets.mistake(
    "batch-axis-shifted",
    "The batch is shifted, so a row gets the next row's tokens: shift along time.",
    hint=2,
)
def _(ids):
    return ids[:-1], ids[1:]


@shift_targets.mistake(
    "both-axes-shifted",
    "The first row is lost on the way: only the time axis is shifted, every row stays.",
    hint=2,
)
def _(ids):
    return ids[:-1, :-1], ids[1:, 1:]


@shift_targets.mistake(
    "rolled-round",
    "The last target is the row's first token: the last token has nothing after it, so drop it.",
    hint=2,
)
def _(ids):
    return ids, np.roll(ids, -1, axis=1)


@shift_targets.mistake(
    "rolled-into-the-next-row",
    "The last target comes from the next row: the rows of a batch do not follow each other.",
    hint=2,
)
def _(ids):
    return ids, np.roll(ids, -1)


@shift_targets.mistake(
    "zero-put-at-the-end",
    "A 0 stands in for the target that is missing: leave the last token out of the inputs.",
    hint=2,
)
def _(ids):
    targets = np.zeros_like(ids)
    targets[:, :-1] = ids[:, 1:]
    return ids, targets


@shift_targets.mistake(
    "inputs-left-whole",
    "The inputs are one longer than the targets: the last token has no target, so drop it.",
    hint=2,
)
def _(ids):
    return ids, ids[:, 1:]


@shift_targets.mistake(
    "targets-left-whole",
    "The targets are one longer than the inputs: no input comes before the first token.",
    hint=2,
)
def _(ids):
    return ids[:, :-1], ids


@shift_targets.mistake(
    "last-token-only",
    "Only the last token is a target: here every step has one, so one row teaches many times.",
    hint=1,
    seen="pytorch/text#207",
)
def _(ids):
    return ids[:, :-1], ids[:, -1]


@shift_targets.mistake(
    "start-put-in-front",
    "A 0 is put in front of the inputs. A decoder does that, in lecture 08; here nothing is added.",
    hint=1,
)
def _(ids):
    start = np.zeros_like(ids[:, :1])
    return np.concatenate([start, ids[:, :-1]], axis=1), ids


@shift_targets.mistake(
    "first-row-only",
    "Only the first row is shifted: ids is a batch, and every row needs its targets.",
    hint=3,
)
def _(ids):
    return ids[0, :-1], ids[0, 1:]


@shift_targets.mistake(
    "rows-run-together",
    "All rows are run together into one: keep the batch axis.",
    hint=3,
)
def _(ids):
    return ids.ravel()[:-1], ids.ravel()[1:]


@shift_targets.mistake(
    "every-other-token",
    "The tokens are paired off: each one but the last is an input, not every second one.",
    hint=1,
)
def _(ids):
    pairs = ids.shape[1] // 2
    return ids[:, 0 : 2 * pairs : 2], ids[:, 1 : 2 * pairs : 2]


@shift_targets.mistake(
    "pairs-in-one-array",
    "Inputs and targets share one array: return two, the inputs first.",
    hint=3,
)
def _(ids):
    return np.stack([ids[:, :-1], ids[:, 1:]], axis=-1)


@shift_targets.mistake(
    "time-first", "The results lie on their side: rows are sequences, columns are steps.", hint=3
)
def _(ids):
    return ids[:, :-1].T, ids[:, 1:].T


@shift_targets.mistake(
    "id-plus-one",
    "The targets are the ids plus 1: the next token is meant, not the next number.",
    hint=1,
)
def _(ids):
    return ids[:, :-1], ids[:, :-1] + 1


@shift_targets.mistake(
    "shifted-in-place",
    "The tokens are moved within the caller's ids, so the inputs change too: make new arrays.",
    hint=3,
)
def _(ids):
    inputs, targets = ids[:, :-1], ids
    targets[:, :-1] = ids[:, 1:]
    return inputs, targets[:, :-1]


# --- pad_sequences -----------------------------------------------------------------------------


def padding_cases(rng, sizes: Sizes) -> list[Case]:
    # At least three rows and five steps: with fewer, some mistakes would go unseen.
    _least, count, longest, more = sorted(sizes)

    def rows(*lengths):
        return [rng.integers(100, 10_000, length).tolist() for length in lengths]

    def ragged(at):
        """Rows of mixed lengths, the longest neither first nor last."""
        lengths = rng.integers(2, longest, count)
        lengths[0], lengths[at] = rng.integers(2, longest), longest
        return rows(*lengths)

    def case(about, sequences, **pad):
        return Case(about, {"sequences": sequences, **pad})

    def holding(pad):
        """Rows in which the pad is a real id too: at an end, at a start and within."""
        filled = [*ragged(1), *rows(longest - 1)]
        filled[0][-1] = filled[1][1] = filled[-1][0] = filled[-1][-1] = pad
        return filled

    some_pad = int(rng.integers(11, 99))
    return [
        case(N_("any ids"), ragged(1)),
        case(N_("another pad"), ragged(1), pad=some_pad),
        case(N_("the longest comes last"), ragged(-1)),
        case(N_("the longest comes first"), ragged(0), pad=1),
        case(N_("id 0 is a real token too"), holding(0)),
        case(N_("the pad is a real id too"), holding(some_pad), pad=some_pad),
        case(N_("a negative pad"), ragged(1), pad=-100),
        case(N_("a single sequence"), rows(longest)),
        case(N_("a single token"), rows(1), pad=some_pad),
        case(N_("all equally long"), rows(*[longest] * count), pad=some_pad),
        case(N_("one token in each"), rows(*[1] * count)),
        case(N_("one token next to many"), rows(1, more, 1, longest)),
        case(N_("more sequences than steps"), rows(*rng.permutation(more) % count + 1)),
        case(N_("the same sequence twice"), rows(longest) + 2 * rows(count)[:1]),
    ]


pad_sequences = Exercise(
    "pad_sequences",
    reference=sequences.pad_sequences,
    cases=padding_cases,
    returns={"ids": ("row", "step"), "mask": ("row", "step")},
)


@pad_sequences.mistake(
    "padded-in-front",
    "The padding stands in front, as Keras does it by default: here it comes at the end.",
    hint=1,
    seen="keras-team/keras#10456",
)
def _(sequences, pad=0):
    longest = max(len(sequence) for sequence in sequences)
    ids = np.array([[pad] * (longest - len(each)) + each for each in sequences])
    mask = np.array([[False] * (longest - len(each)) + [True] * len(each) for each in sequences])
    return ids, mask


@pad_sequences.mistake(
    "mask-from-values",
    "The mask asks which ids differ from pad: a real token may have that id, its length decides.",
    hint=2,
    seen="huggingface/trl#6357",
)
def _(sequences, pad=0):
    longest = max(len(sequence) for sequence in sequences)
    ids = np.array([sequence + [pad] * (longest - len(sequence)) for sequence in sequences])
    return ids, ids != pad


@pad_sequences.mistake(
    "mask-from-zeros",
    "The mask asks which ids are not 0, whatever pad is: build it from the lengths.",
    hint=2,
)
def _(sequences, pad=0):
    longest = max(len(sequence) for sequence in sequences)
    ids = np.array([sequence + [pad] * (longest - len(sequence)) for sequence in sequences])
    return ids, ids != 0


@pad_sequences.mistake(
    "mask-inverted",
    "The mask is the wrong way round: here True marks a real token, not padding.",
    hint=2,
    seen="facebookresearch/detr#96",
)
def _(sequences, pad=0):
    lengths = np.array([len(sequence) for sequence in sequences])
    longest = lengths.max()
    ids = np.array([sequence + [pad] * (longest - len(sequence)) for sequence in sequences])
    return ids, np.arange(longest) >= lengths[:, None]


@pad_sequences.mistake(
    "mask-one-short",
    "The mask ends one step early: the last real token is marked as padding.",
    hint=2,
)
def _(sequences, pad=0):
    lengths = np.array([len(sequence) for sequence in sequences])
    longest = lengths.max()
    ids = np.array([sequence + [pad] * (longest - len(sequence)) for sequence in sequences])
    return ids, np.arange(longest) < lengths[:, None] - 1


@pad_sequences.mistake(
    "mask-one-long",
    "The mask ends one step late: the first padding of a row is marked as a real token.",
    hint=2,
)
def _(sequences, pad=0):
    lengths = np.array([len(sequence) for sequence in sequences])
    longest = lengths.max()
    ids = np.array([sequence + [pad] * (longest - len(sequence)) for sequence in sequences])
    return ids, np.arange(longest) <= lengths[:, None]


@pad_sequences.mistake(
    "mask-of-padded-rows",
    "The mask is True everywhere: the lengths that count are those before padding.",
    hint=2,
)
def _(sequences, pad=0):
    longest = max(len(sequence) for sequence in sequences)
    padded = [sequence + [pad] * (longest - len(sequence)) for sequence in sequences]
    return np.array(padded), np.array([[True] * len(sequence) for sequence in padded])


@pad_sequences.mistake(
    "lengths-for-mask",
    "The lengths are returned in place of the mask: turn each into a row of True and False.",
    hint=2,
)
def _(sequences, pad=0):
    lengths = [len(sequence) for sequence in sequences]
    ids = [sequence + [pad] * (max(lengths) - len(sequence)) for sequence in sequences]
    return np.array(ids), np.array(lengths)


@pad_sequences.mistake("mask-missing", "The mask is missing: return ids and mask.", hint=2)
def _(sequences, pad=0):
    longest = max(len(sequence) for sequence in sequences)
    return np.array([sequence + [pad] * (longest - len(sequence)) for sequence in sequences])


@pad_sequences.mistake(
    "mask-returned-first", "The two results are swapped: first ids, then mask.", hint=3
)
def _(sequences, pad=0):
    lengths = np.array([len(sequence) for sequence in sequences])
    longest = lengths.max()
    ids = np.array([sequence + [pad] * (longest - len(sequence)) for sequence in sequences])
    return np.arange(longest) < lengths[:, None], ids


@pad_sequences.mistake(
    "pad-ignored", "The gaps are always filled with 0: fill them with pad.", hint=3
)
def _(sequences, pad=0):
    lengths = np.array([len(sequence) for sequence in sequences])
    mask = np.arange(lengths.max()) < lengths[:, None]
    ids = np.zeros(mask.shape, dtype=int)
    for row, sequence in enumerate(sequences):
        ids[row, : len(sequence)] = sequence
    return ids, mask


@pad_sequences.mistake(
    "cut-to-the-shortest",
    "The rows are cut to the shortest one: nothing may be lost, the shorter ones are filled up.",
    hint=1,
)
def _(sequences, pad=0):
    shortest = min(len(sequence) for sequence in sequences)
    ids = np.array([sequence[:shortest] for sequence in sequences])
    return ids, np.ones(ids.shape, dtype=bool)


@pad_sequences.mistake(
    "width-of-the-first",
    "The first sequence sets the width, so longer ones lose their end: the longest one sets it.",
    hint=1,
)
def _(sequences, pad=0):
    width = len(sequences[0])
    ids, mask = [], []
    for sequence in sequences:
        kept = sequence[:width]
        ids.append(kept + [pad] * (width - len(kept)))
        mask.append([True] * len(kept) + [False] * (width - len(kept)))
    return np.array(ids), np.array(mask)


@pad_sequences.mistake(
    "one-column-too-many",
    "There is one column too many: the longest sequence gets no padding at all.",
    hint=1,
)
def _(sequences, pad=0):
    lengths = np.array([len(sequence) for sequence in sequences])
    width = lengths.max() + 1
    ids = np.array([sequence + [pad] * (width - len(sequence)) for sequence in sequences])
    return ids, np.arange(width) < lengths[:, None]


@pad_sequences.mistake(
    "not-padded",
    "The lists become an array as they are: rows of different lengths do not fit, pad them first.",
    hint=1,
)
def _(sequences, pad=0):
    ids = np.array(sequences)
    return ids, np.ones(ids.shape, dtype=bool)


@pad_sequences.mistake(
    "lists-lengthened",
    "The values are right, but the caller's own lists were lengthened: build new rows.",
    hint=3,
)
def _(sequences, pad=0):
    lengths = np.array([len(sequence) for sequence in sequences])
    for sequence in sequences:
        sequence += [pad] * (lengths.max() - len(sequence))
    return np.array(sequences), np.arange(lengths.max()) < lengths[:, None]


@pad_sequences.mistake(
    "lists-lengthened-before-the-mask",
    "The caller's own lists were lengthened first, so the mask takes the padding for real tokens.",
    hint=3,
)
def _(sequences, pad=0):
    longest = max(len(sequence) for sequence in sequences)
    for sequence in sequences:
        while len(sequence) < longest:
            sequence.append(pad)
    return np.array(sequences), np.array([[True] * len(sequence) for sequence in sequences])


@pad_sequences.mistake(
    "sorted-by-length",
    "The rows are sorted by length, so they no longer match their labels: keep their order.",
    hint=1,
    seen="pytorch/pytorch#4927",
)
def _(sequences, pad=0):
    rows = sorted(sequences, key=len, reverse=True)
    lengths = np.array([len(row) for row in rows])
    ids = np.array([row + [pad] * (lengths[0] - len(row)) for row in rows])
    return ids, np.arange(lengths[0]) < lengths[:, None]


@pad_sequences.mistake(
    "time-first",
    "The sequences stand in columns, as in PyTorch: rows are sequences, columns are steps.",
    hint=1,
    seen="bentrevett/pytorch-sentiment-analysis#53",
)
def _(sequences, pad=0):
    lengths = np.array([len(sequence) for sequence in sequences])
    longest = lengths.max()
    ids = np.array([sequence + [pad] * (longest - len(sequence)) for sequence in sequences])
    return ids.T, (np.arange(longest) < lengths[:, None]).T


@pad_sequences.mistake(
    "last-token-repeated",
    "The last token is repeated up to the end: the gaps are filled with pad.",
    hint=3,
)
def _(sequences, pad=0):
    lengths = np.array([len(sequence) for sequence in sequences])
    longest = lengths.max()
    ids = [np.pad(each, (0, longest - len(each)), mode="edge") for each in sequences]
    return np.array(ids), np.arange(longest) < lengths[:, None]


@pad_sequences.mistake(
    "tokens-start-again",
    "A short sequence starts again from its first token: the gaps are filled with pad.",
    hint=3,
)
def _(sequences, pad=0):
    lengths = np.array([len(sequence) for sequence in sequences])
    ids = np.array([np.resize(sequence, lengths.max()) for sequence in sequences])
    return ids, np.arange(lengths.max()) < lengths[:, None]


@pad_sequences.mistake(
    "one-row-for-all",
    "One row of padding is used for all sequences, so each overwrites the one before.",
    hint=3,
)
def _(sequences, pad=0):
    lengths = np.array([len(sequence) for sequence in sequences])
    ids = [[pad] * lengths.max()] * len(sequences)
    for row, sequence in enumerate(sequences):
        for step, token in enumerate(sequence):
            ids[row][step] = token
    return np.array(ids), np.arange(lengths.max()) < lengths[:, None]


# --- last_valid --------------------------------------------------------------------------------


def last_valid_cases(rng, sizes: Sizes) -> list[Case]:
    # At least three rows and five steps: with fewer, some mistakes would go unseen.
    _least, batch, time, units = sorted(sizes)

    def case(about, lengths, time=time, dtype: type = np.float64):
        mask = np.arange(time) < np.array(lengths)[:, None]
        states = np.tanh(rng.normal(size=(len(lengths), time, units))).astype(dtype)
        return Case(about, {"states": states, "mask": mask})

    # The first row is neither the longest nor the shortest, and every row has some padding.
    ragged = [3, time - 1, 2, *rng.integers(2, time, batch - 3)]
    mixed = [2, time, 1, *rng.integers(1, time + 1, units)]
    return [
        case(N_("rows of different lengths"), ragged),
        case(N_("no padding at all"), [time] * batch),
        case(N_("one real token in each row"), [1] * batch),
        case(N_("full rows beside rows of one token"), [1, time, time - 2]),
        case(N_("a batch of one, padded"), [time - 2]),
        case(N_("a batch of one, full"), [time]),
        case(N_("more rows than steps"), mixed),
        case(N_("a single step"), [1] * batch, time=1),
        case(N_("the longest row is padded too"), [2, 3, 1], time=time + 3),
        case(N_("float32"), ragged, dtype=np.float32),
    ]


last_valid = Exercise(
    "last_valid",
    reference=sequences.last_valid,
    cases=last_valid_cases,
    returns={"last": ("row", "unit")},
)


@last_valid.mistake(
    "last-step",
    "Every row's very last step is taken: in a short row that is padding. The mask tells.",
    hint=1,
    seen="thtrieu/qclass_dl#1",
)
def _(states, mask):
    return states[:, -1]


@last_valid.mistake(
    "first-step",
    "The first step is taken: True first appears there, the last True is what counts.",
    hint=2,
)
def _(states, mask):
    return states[np.arange(len(states)), mask.argmax(axis=1)]


@last_valid.mistake(
    "length-for-index",
    "The length is used as the index: steps count from 0, so this is one step too late.",
    hint=2,
    seen="yandexdataschool/Practical_RL#558",
)
def _(states, mask):
    return states[np.arange(len(states)), mask.sum(axis=1)]


@last_valid.mistake(
    "first-padded-step",
    "This is the first step of padding, or step 0 where there is none: go one step back.",
    hint=2,
)
def _(states, mask):
    return states[np.arange(len(states)), mask.argmin(axis=1)]


@last_valid.mistake(
    "one-step-too-early",
    "This is the last but one real token: 1 is taken away twice.",
    hint=2,
)
def _(states, mask):
    return states[np.arange(len(states)), mask.sum(axis=1) - 2]


@last_valid.mistake(
    "padding-for-index",
    "The number of padded steps is used as the index: it counts from the other end.",
    hint=2,
)
def _(states, mask):
    return states[np.arange(len(states)), mask[:, ::-1].argmax(axis=1)]


@last_valid.mistake(
    "longest-for-all",
    "All rows take the step where the longest one ends: each row has a length of its own.",
    hint=1,
)
def _(states, mask):
    return states[:, mask.sum(axis=1).max() - 1]


@last_valid.mistake(
    "shortest-for-all",
    "All rows take the step where the shortest one ends: each row has a length of its own.",
    hint=1,
)
def _(states, mask):
    return states[:, mask.sum(axis=1).min() - 1]


@last_valid.mistake(
    "first-row-for-all",
    "All rows take the step where the first one ends: each row has a length of its own.",
    hint=1,
)
def _(states, mask):
    return states[:, mask[0].sum() - 1]


@last_valid.mistake(
    "lengths-added-up",
    "All True of the batch are counted together: sum along time, so that each row has its length.",
    hint=2,
)
def _(states, mask):
    return states[:, mask.sum() - 1]


@last_valid.mistake(
    "counted-over-the-batch",
    "The mask is summed over the rows, which gives a number per step: sum along time.",
    hint=2,
)
def _(states, mask):
    return states[np.arange(len(states)), mask.sum(axis=0) - 1]


@last_valid.mistake(
    "every-row-at-every-length",
    "Each row is read at the lengths of all rows: pair every row with its own step.",
    hint=3,
    seen="https://stackoverflow.com/questions/39131192/fancy-indexing-a-numpy-matrix-one-element-per-row",
)
def _(states, mask):
    return states[:, mask.sum(axis=1) - 1]


@last_valid.mistake(
    "all-real-states",
    "All real states are returned, row after row: one for each row is asked for.",
    hint=1,
)
def _(states, mask):
    return states[mask]


@last_valid.mistake(
    "mean-of-all-steps",
    "The states are averaged, padding and all: take a single one from each row.",
    hint=1,
    seen="jsboige/CoursIA#15045",
)
def _(states, mask):
    return states.mean(axis=1)


@last_valid.mistake(
    "mean-of-real-steps",
    "The real states are averaged: take the last of them alone.",
    hint=1,
)
def _(states, mask):
    return (states * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)


@last_valid.mistake(
    "sum-of-real-steps", "The real states are added up: take the last of them alone.", hint=1
)
def _(states, mask):
    return (states * mask[..., None]).sum(axis=1)


@last_valid.mistake(
    "largest-of-real-steps",
    "Each unit's largest value over the real steps is taken: take the last step's values.",
    hint=1,
)
def _(states, mask):
    return np.where(mask[..., None], states, -np.inf).max(axis=1)


@last_valid.mistake(
    "padding-set-to-zero",
    "Padding is set to 0, then the last step is taken: short rows come out as zeros.",
    hint=1,
)
def _(states, mask):
    return (states * mask[..., None])[:, -1]


@last_valid.mistake(
    "step-axis-kept",
    "The time axis is still there, with length 1: one state for each row has no time axis.",
    hint=3,
)
def _(states, mask):
    last = mask.sum(axis=1) - 1
    return np.take_along_axis(states, last[:, None, None], axis=1)


@last_valid.mistake(
    "last-unit",
    "The last unit is taken at every step: the index belongs to time, the middle axis.",
    hint=3,
    seen="andabi/voice-vector#9",
)
def _(states, mask):
    return states[..., -1]


@last_valid.mistake(
    "first-row-only",
    "Only the first row's state is returned: every row of the batch has one.",
    hint=3,
)
def _(states, mask):
    return states[0, mask[0].sum() - 1]


@last_valid.mistake(
    "padding-wiped-out",
    "The value is right, but the padding in the caller's states was overwritten: leave it.",
    hint=3,
)
def _(states, mask):
    states[~mask] = 0
    return states[np.arange(len(states)), mask.sum(axis=1) - 1]


EXERCISES = (output_shape, make_windows, shift_targets, pad_sequences, last_valid)
