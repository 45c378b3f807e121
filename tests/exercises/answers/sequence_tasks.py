"""Right answers to assignment 01, in the styles people write them."""

import itertools
from collections import deque
from functools import partial

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from tests.exercises.answers import right

# --- output_shape ------------------------------------------------------------------------------


@right("output_shape")
def shape_branches(task, batch, input_steps, target_steps, outputs):
    if task == "sequence_to_vector":
        return (batch, outputs)
    elif task == "sequence_to_sequence":
        return (batch, input_steps, outputs)
    elif task == "delayed_sequence_to_sequence" or task == "vector_to_sequence":
        return (batch, target_steps, outputs)
    else:
        raise ValueError(f"unknown task: {task}")


@right("output_shape")
def shape_dictionary(task, batch, input_steps, target_steps, outputs):
    shapes = {
        "sequence_to_vector": (batch, outputs),
        "sequence_to_sequence": (batch, input_steps, outputs),
        "delayed_sequence_to_sequence": (batch, target_steps, outputs),
        "vector_to_sequence": (batch, target_steps, outputs),
    }
    try:
        return shapes[task]
    except KeyError:
        raise ValueError(task) from None


@right("output_shape")
def shape_get(task, batch, input_steps, target_steps, outputs):
    delayed = vector = (batch, target_steps, outputs)
    shape = dict(
        sequence_to_vector=(batch, outputs),
        sequence_to_sequence=(batch, input_steps, outputs),
        delayed_sequence_to_sequence=delayed,
        vector_to_sequence=vector,
    ).get(task)
    if shape is None:
        raise ValueError
    return shape


@right("output_shape")
def shape_match(task, batch, input_steps, target_steps, outputs):
    match task:
        case "sequence_to_vector":
            return batch, outputs
        case "sequence_to_sequence":
            return batch, input_steps, outputs
        case "delayed_sequence_to_sequence" | "vector_to_sequence":
            return batch, target_steps, outputs
        case _:
            raise ValueError("task")


@right("output_shape")
def shape_list(task, batch, input_steps, target_steps, outputs):
    known = ["sequence_to_vector", "sequence_to_sequence"]
    known += ["delayed_sequence_to_sequence", "vector_to_sequence"]
    if known.count(task) == 0:
        raise ValueError("task must be one of " + ", ".join(known))
    shape = [batch]
    if not task.endswith("vector"):
        shape.append(input_steps if task.startswith("sequence") else target_steps)
    return [*shape, outputs]


@right("output_shape")
def shape_of_an_array(task, batch, input_steps, target_steps, outputs):
    state = np.zeros((batch, outputs))
    if task == "sequence_to_vector":
        return state.shape
    lengths = {"sequence_to_sequence": input_steps, "vector_to_sequence": target_steps}
    lengths["delayed_sequence_to_sequence"] = target_steps
    if task not in lengths:
        raise ValueError(f"{task!r} is not a task")
    return np.stack([state] * lengths[task], axis=1).shape


@right("output_shape")
def shape_numpy_integers(task, batch, input_steps, target_steps, outputs):
    names = np.array(["sequence_to_sequence", "delayed_sequence_to_sequence", "vector_to_sequence"])
    if task == "sequence_to_vector":
        return tuple(np.array([batch, outputs]))
    place = np.flatnonzero(names == task)
    if place.size == 0:
        raise ValueError("no such task")
    steps = np.array([input_steps, target_steps, target_steps])[place[0]]
    return tuple(np.int32([batch, steps, outputs]))


@right("output_shape")
def shape_own_exception(task, batch, input_steps, target_steps, outputs):
    class UnknownTask(ValueError):
        pass

    if task not in {
        "sequence_to_vector",
        "sequence_to_sequence",
        "delayed_sequence_to_sequence",
        "vector_to_sequence",
    }:
        raise UnknownTask(task)
    if task == "sequence_to_vector":
        return (batch,) + (outputs,)  # noqa: RUF005
    steps = input_steps if task == "sequence_to_sequence" else target_steps
    return (batch,) + (steps,) + (outputs,)  # noqa: RUF005


# --- make_windows ------------------------------------------------------------------------------


@right("make_windows")
def windows_loop(sequence, size):
    if size < 1 or len(sequence) <= size:
        raise ValueError("the sequence is too short")
    inputs, targets = [], []
    for i in range(len(sequence) - size):
        inputs.append(sequence[i : i + size])
        targets.append(sequence[i + size])
    return np.array(inputs), np.array(targets)


@right("make_windows")
def windows_index_table(sequence, size):
    n = sequence.shape[0]
    if n <= size or size < 1:
        raise ValueError
    index = np.arange(n - size)[:, None] + np.arange(size)[None, :]
    return sequence[index], sequence[size:]


@right("make_windows")
def windows_sliding_view(sequence, size):
    if not 1 <= size < len(sequence):
        raise ValueError(f"size {size} does not fit {len(sequence)} values")
    windows = sliding_window_view(sequence, size, axis=0)[:-1]
    return np.moveaxis(windows, -1, 1), sequence[size:]


@right("make_windows")
def windows_strides(sequence, size):
    n = len(sequence)
    if size <= 0 or n - size <= 0:
        raise ValueError("no window")
    sequence = np.ascontiguousarray(sequence)
    shape = (n - size, size, *sequence.shape[1:])
    windows = as_strided(sequence, shape, (sequence.strides[0], *sequence.strides))
    return windows.copy(), sequence[-(n - size) :].copy()


@right("make_windows")
def windows_columns(sequence, size):
    count = len(sequence) - size
    if min(size, count) < 1:
        raise ValueError(size)
    return np.stack([sequence[k : k + count] for k in range(size)], axis=1), sequence[size:]


@right("make_windows")
def windows_preallocated(sequence, size):
    count = len(sequence) - size
    if size < 1:
        raise ValueError("size must be at least 1")
    if count < 1:
        raise ValueError("sequence too short")
    inputs = np.empty((count, size) + sequence.shape[1:], dtype=sequence.dtype)  # noqa: RUF005
    targets = np.empty((count,) + sequence.shape[1:], dtype=sequence.dtype)  # noqa: RUF005
    for i in range(count):
        inputs[i] = sequence[i : i + size]
        targets[i] = sequence[i + size]
    return inputs, targets


@right("make_windows")
def windows_deque(sequence, size):
    if size < 1:
        raise ValueError("a window holds one value or more")
    window, pairs = deque(maxlen=size), []
    for value in sequence:
        if len(window) == size:
            pairs.append((np.array(window), value))
        window.append(value)
    if not pairs:
        raise ValueError("the sequence is too short")
    inputs, targets = zip(*pairs, strict=True)
    return np.stack(inputs), np.stack(targets)


@right("make_windows")
def windows_one_longer(sequence, size):
    if size < 1 or size >= len(sequence):
        raise ValueError
    blocks = [sequence[i : i + size + 1] for i in range(len(sequence) - size)]
    blocks = np.array(blocks)
    return blocks[:, :-1], blocks[:, -1]


@right("make_windows")
def windows_nested_lists(sequence, size):
    values = sequence.tolist()
    if size < 1 or len(values) <= size:
        raise ValueError("too short")
    inputs = [values[i : i + size] for i in range(len(values) - size)]
    return [np.array(inputs), np.array(values[size:])]


@right("make_windows")
def windows_recursive(sequence, size):
    if size < 1 or len(sequence) <= size:
        raise ValueError("too short")
    inputs, targets = sequence[None, :size], sequence[None, size]
    if len(sequence) == size + 1:
        return inputs, targets
    more_inputs, more_targets = windows_recursive(sequence[1:], size)
    return np.concatenate([inputs, more_inputs]), np.concatenate([targets, more_targets])


@right("make_windows")
def windows_float64(sequence, size):
    sequence = np.asarray(sequence, dtype=float)
    count = len(sequence) - size
    if count <= 0 or size <= 0:
        raise ValueError(f"{count} windows of {size}")
    inputs = np.take(sequence, np.add.outer(range(count), range(size)), axis=0)
    return inputs, np.take(sequence, range(size, size + count), axis=0)


# --- shift_targets -----------------------------------------------------------------------------


@right("shift_targets")
def shift_slices(ids):
    return ids[:, :-1], ids[:, 1:]


@right("shift_targets")
def shift_time(ids):
    time = ids.shape[1]
    inputs = ids[:, 0 : time - 1].copy()
    targets = ids[:, 1:time].copy()
    return inputs, targets


@right("shift_targets")
def shift_loops(ids):
    batch, time = ids.shape
    inputs, targets = np.zeros((batch, time - 1)), np.zeros((batch, time - 1))
    for row in range(batch):
        for t in range(time - 1):
            inputs[row, t] = ids[row, t]
            targets[row, t] = ids[row][t + 1]
    return inputs, targets


@right("shift_targets")
def shift_rolled(ids):
    return ids[..., :-1], np.roll(ids, -1, axis=-1)[..., :-1]


@right("shift_targets")
def shift_deleted(ids):
    return [np.delete(ids, -1, axis=1), np.delete(ids, 0, axis=1)]


@right("shift_targets")
def shift_pairs(ids):
    pairs = np.array([list(itertools.pairwise(row)) for row in ids.tolist()])
    return pairs[..., 0], pairs[..., 1]


@right("shift_targets")
def shift_windows(ids):
    windows = sliding_window_view(ids, 2, axis=1)
    return windows[:, :, 0], windows[:, :, 1]


@right("shift_targets")
def shift_columns(ids):
    columns = list(ids.T)
    return np.column_stack(columns[:-1]), np.column_stack(columns[1:])


@right("shift_targets")
def shift_own_copy_in_place(ids):
    targets = ids.copy()
    targets[:, :-1] = targets[:, 1:]
    steps = ids.shape[1] - 1
    return ids[:, :steps], targets[:, :steps]


@right("shift_targets")
def shift_split(ids):
    cut = np.array_split(ids, [1], axis=1)[1]
    return np.hsplit(ids, [ids.shape[1] - 1])[0].astype(np.float32), cut.astype(np.int32)


# --- pad_sequences -----------------------------------------------------------------------------


@right("pad_sequences")
def pad_lists(sequences, pad=0):
    longest = max(len(sequence) for sequence in sequences)
    ids = [sequence + [pad] * (longest - len(sequence)) for sequence in sequences]
    mask = [[True] * len(each) + [False] * (longest - len(each)) for each in sequences]
    return np.array(ids), np.array(mask)


@right("pad_sequences")
def pad_preallocated(sequences, pad=0):
    longest = max(map(len, sequences))
    ids = np.full((len(sequences), longest), pad)
    mask = np.zeros(ids.shape, dtype=bool)
    for row, sequence in enumerate(sequences):
        ids[row, : len(sequence)] = sequence
        mask[row, : len(sequence)] = True
    return ids, mask


@right("pad_sequences")
def pad_zip_longest(sequences, pad=0):
    ids = np.array(list(zip(*itertools.zip_longest(*sequences, fillvalue=pad), strict=True)))
    real = itertools.zip_longest(*([1] * len(each) for each in sequences), fillvalue=0)
    return ids, np.array(list(real)).T


@right("pad_sequences")
def pad_nothing_yet(sequences, pad=0):
    columns = itertools.zip_longest(*sequences)
    rows = np.array(list(columns), dtype=object).T
    mask = np.array([[each is not None for each in row] for row in rows])
    return np.where(mask, rows, pad).astype(int), mask


@right("pad_sequences")
def pad_masked_assignment(sequences, pad=0):
    lengths = np.array([len(sequence) for sequence in sequences])
    mask = np.arange(lengths.max())[None, :] < lengths[:, None]
    ids = np.full(mask.shape, pad, dtype=np.int32)
    ids[mask] = [token for sequence in sequences for token in sequence]
    return ids, mask


@right("pad_sequences")
def pad_numpy_pad(sequences, pad=0):
    longest = max(len(sequence) for sequence in sequences)

    def filled(row, value):
        return np.pad(row, (0, longest - len(row)), constant_values=value)

    ids = [filled(sequence, pad) for sequence in sequences]
    mask = [filled(np.ones(len(sequence)), 0.0) for sequence in sequences]
    return np.stack(ids), np.stack(mask)


@right("pad_sequences")
def pad_copies_lengthened(sequences, pad=0):
    rows = [list(sequence) for sequence in sequences]
    lengths = [len(row) for row in rows]
    for row in rows:
        while len(row) < max(lengths):
            row.append(pad)
    mask = np.ones((len(rows), max(lengths)), dtype=bool)
    for row, length in enumerate(lengths):
        mask[row, length:] = False
    return np.asarray(rows), mask


@right("pad_sequences")
def pad_cell_by_cell(sequences, pad=0):
    longest = len(max(sequences, key=len))
    ids = np.zeros((len(sequences), longest))
    mask = np.zeros((len(sequences), longest), dtype=np.uint8)
    for row in range(len(sequences)):
        for step in range(longest):
            real = step < len(sequences[row])
            ids[row, step] = sequences[row][step] if real else pad
            mask[row, step] = real
    return ids, mask


@right("pad_sequences")
def pad_growing_columns(sequences, pad=0):
    ids, mask = np.zeros((len(sequences), 0), dtype=int), np.zeros((len(sequences), 0), dtype=bool)
    step = 0
    while any(len(sequence) > step for sequence in sequences):
        real = np.array([len(sequence) > step for sequence in sequences])
        column = [each[step] if len(each) > step else pad for each in sequences]
        ids, mask = np.c_[ids, column], np.c_[mask, real]
        step += 1
    return [ids, mask]


@right("pad_sequences")
def pad_twice(sequences, pad=0):
    def padded(rows, value):
        longest = max(map(len, rows))
        return np.array([(row + longest * [value])[:longest] for row in rows])

    ones = [[1 for _ in sequence] for sequence in sequences]
    return padded(sequences, pad), padded(ones, 0) == 1


# --- last_valid --------------------------------------------------------------------------------


@right("last_valid")
def last_indexed(states, mask):
    return states[np.arange(len(states)), mask.sum(axis=1) - 1]


@right("last_valid")
def last_loop(states, mask):
    last = np.zeros((states.shape[0], states.shape[2]))
    for row in range(len(states)):
        length = np.count_nonzero(mask[row])
        last[row] = states[row, length - 1]
    return last


@right("last_valid")
def last_walked(states, mask):
    last = states[:, 0].copy()
    for t in range(1, states.shape[1]):
        last = np.where(mask[:, t, None], states[:, t], last)
    return last


@right("last_valid")
def last_taken_along_time(states, mask):
    index = mask.sum(axis=1)[:, None, None] - 1
    return np.take_along_axis(states, index, axis=1)[:, 0]


@right("last_valid")
def last_filtered_rows(states, mask):
    return np.array([row[real][-1] for row, real in zip(states, mask, strict=True)])


@right("last_valid")
def last_before_padding(states, mask):
    # A full row has no padding: argmin gives 0 there, and one step back is the last one.
    return states[range(len(states)), np.argmin(mask, axis=1) - 1]


@right("last_valid")
def last_from_the_end(states, mask):
    back = np.argmax(mask[:, ::-1], axis=1)
    return states[np.arange(states.shape[0]), states.shape[1] - 1 - back, :]


@right("last_valid")
def last_selected_by_product(states, mask):
    following = np.pad(mask, [(0, 0), (0, 1)])[:, 1:]
    is_last = mask & ~following
    return np.einsum("bt,btu->bu", is_last, states)


@right("last_valid")
def last_all_rows_then_diagonal(states, mask):
    lengths = mask.astype(int).sum(axis=-1)
    every = states[:, lengths - 1]
    return np.diagonal(every, axis1=0, axis2=1).T


@right("last_valid")
def last_flat(states, mask):
    batch, time, units = states.shape
    flat = states.reshape(batch * time, units)
    return flat[np.arange(0, batch * time, time) + mask.cumsum(axis=1)[:, -1] - 1]


@right("last_valid")
def last_of_running_totals(states, mask):
    ends = np.cumsum(mask.sum(axis=1)) - 1
    return states[mask][ends].astype(np.float64)


@right("last_valid")
def last_stacked(states, mask):
    step = partial(np.flatnonzero)
    rows = [state[step(real)[-1]].tolist() for state, real in zip(states, mask, strict=True)]
    return np.vstack(rows)


@right("last_valid")
def last_padding_of_a_copy(states, mask):
    states = states.astype(np.float64)
    states[~mask] = np.nan
    picked = [[column[~np.isnan(column)][-1] for column in row.T] for row in states]
    return np.array(picked)
