"""Simple cell, LSTM and GRU with as many parameters each, on two tasks and over three seeds.

"reviews" is the lectures' English praise and blame: the share of verdicts told right. "counting"
is a run of a's and then of b's: which b makes it as many? Trained on short runs, the score is how
far up every run is judged right. `python -m unrolled.tasks.three_cells` measures what is missing
of the table beside this module, `--again` all of it.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from unrolled.cells import gru_step_reset_after, rnn_step, sigmoid
from unrolled.language import _
from unrolled.layers import lstm_layer, rnn_layer
from unrolled.sequences import UNKNOWN, build_vocabulary, pad_sequences
from unrolled.tasks import sentiment

PATH = Path(__file__).with_name("three_cells.json")
SEEDS = (0, 1, 2)
EMBEDDING, EPOCHS, BATCH, RATE = 4, (2, 4, 8, 16), 64, 0.01
LONGEST, FARTHEST, STEPS, FASTER = 30, 300, 3000, 0.02
MANY = 100  # training steps in one call of fit
UNITS = {
    "reviews": {"SimpleRNN": 16, "LSTM": 7, "GRU": 8},  # 336 parameters each
    "counting": {"SimpleRNN": 17, "LSTM": 8, "GRU": 9},  # 340, 352 and 351
}
SETTINGS = {
    **{"embedding": EMBEDDING, "epochs": list(EPOCHS), "batch": BATCH, "rate": RATE},
    **{"longest": LONGEST, "farthest": FARTHEST, "steps": STEPS, "faster": FASTER},
    "units": UNITS,
}


@dataclass(frozen=True)
class Row:
    """One measured network; `seconds` of processor time went into its training.

    `scores` are the shares told right after each number of `EPOCHS`, or, of "counting", how far
    up every run is judged right.
    """

    task: str
    cell: str
    seed: int
    parameters: int
    scores: tuple[float, ...]
    seconds: float


def runs(lengths: Sequence[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lay out n a's and n b's for each n of lengths; time is twice the longest.

    Returns inputs (batch, time, 2) with a as (1, 0) and b as (0, 1), targets (batch, time, 1) with
    a 1 at the last b, and mask (batch, time), True at each b.
    """
    time_steps, n = np.arange(2 * max(lengths)), np.asarray(lengths)[:, None]
    a = time_steps < n
    b = ~a & (time_steps < 2 * n)
    last = time_steps == 2 * n - 1
    return np.stack([a, b], axis=-1).astype(np.float32), last[..., None].astype(np.float32), b


def build(task: str, cell: str, seed: int, vocabulary_size: int = 0):
    """Build the untrained Keras model; its recurrent layer is the last but one.

    task is "reviews" or "counting", cell "SimpleRNN", "LSTM" or "GRU"; others raise ValueError.
    """
    units = UNITS.get(task, {}).get(cell)
    if units is None:
        raise ValueError(
            _("No {cell} for {task}: take one of {cells} for one of {tasks}.").format(
                cell=cell, task=task, cells=", ".join(UNITS["reviews"]), tasks=", ".join(UNITS)
            )
        )
    import keras

    keras.utils.set_random_seed(seed)
    layers: Any = keras.layers
    if task == "reviews":
        before = [keras.Input((None,)), layers.Embedding(vocabulary_size, EMBEDDING)]
    else:
        before = [keras.Input((None, 2))]
    recurrent = getattr(layers, cell)(units, return_sequences=True)
    return keras.Sequential([*before, recurrent, layers.Dense(1, activation="sigmoid")])


def _reviews():
    """Training arrays and held-out arrays: ids, verdicts so far, mask."""
    parts = [[each for each in part if each.lang == "en"] for part in sentiment.split()]
    vocabulary = build_vocabulary([review.tokens for review in parts[0]], 300)
    laid = []
    for part in parts:
        numbers = [[vocabulary.get(t, vocabulary[UNKNOWN]) for t in r.tokens] for r in part]
        ids, mask = pad_sequences(numbers)
        verdicts = np.zeros((*mask.shape, 1), dtype=np.float32)
        verdicts[mask, 0] = np.concatenate([review.verdicts for review in part])
        laid.append((ids, verdicts, mask))
    return len(vocabulary), laid[0], laid[1]


def _told_right(network, ids, verdicts, mask) -> float:
    """The share of reviews whose verdict after the last token is right."""
    rows, last = np.arange(len(ids)), mask.sum(axis=1) - 1
    told = network.predict(ids, verbose=0)
    return float(np.mean((told[rows, last, 0] > 0.5) == (verdicts[rows, last, 0] > 0.5)))


def right_up_to(weights: Sequence[np.ndarray], cell: str) -> int:
    """Up to which n every run of n a's and n b's is judged right at each b, by NumPy.

    weights as Keras gives them: W_x, W_h and b of the layer, V and c of the sigmoid.
    """
    x, targets, mask = runs(range(1, FARTHEST + 1))
    W_x, W_h, b, V, c = (np.asarray(array, dtype=np.float64) for array in weights)
    zeros = np.zeros((len(x), len(W_h)))
    if cell == "LSTM":
        states, _memory = lstm_layer(x, zeros, zeros, W_x, W_h, b)
    else:
        step = gru_step_reset_after if cell == "GRU" else rnn_step
        states = rnn_layer(x, zeros, W_x, W_h, b, step=step)
    wrong = ((sigmoid(states @ V + c) > 0.5) != (targets > 0.5))[..., 0] & mask
    failed = np.flatnonzero(wrong.any(axis=1))
    return int(failed[0]) if len(failed) else FARTHEST


def measure(task: str, cell: str, seed: int = 0) -> Row:
    """Train one network, from the seed on, and score it."""
    import keras

    size, training, held_out = _reviews() if task == "reviews" else (0, None, None)
    network: Any = build(task, cell, seed, size)
    scores: list[float] = []
    if training is not None and held_out is not None:
        ids, verdicts, mask = training
        network.compile(keras.optimizers.Adam(RATE, clipnorm=1.0), "binary_crossentropy")
        seconds, done = 0.0, 0
        for epochs in EPOCHS:
            start = time.process_time()
            network.fit(
                *(ids, verdicts),
                sample_weight=mask.astype(np.float32),
                epochs=epochs - done,
                batch_size=BATCH,
                verbose=0,
            )
            seconds, done = seconds + time.process_time() - start, epochs
            scores.append(round(_told_right(network, *held_out), 3))
    else:
        short = runs(range(1, LONGEST + 1))
        rate: Any = keras.optimizers.schedules.CosineDecay(FASTER, STEPS)
        adam = keras.optimizers.Adam(rate, clipnorm=1.0)
        network.compile(adam, "binary_crossentropy", jit_compile=True)  # ten times as fast
        x, targets, mask = (np.tile(part, (MANY, *[1] * (part.ndim - 1))) for part in short)
        start, weighed = time.process_time(), mask.astype(np.float32)
        network.fit(
            *(x, targets),
            sample_weight=weighed,
            epochs=STEPS // MANY,
            batch_size=LONGEST,
            shuffle=False,
            verbose=0,
        )
        seconds = time.process_time() - start
        scores.append(right_up_to(network.get_weights(), cell))
    parameters = network.layers[-2].count_params()
    return Row(task, cell, seed, parameters, tuple(scores), round(seconds, 1))


# --- The table ---------------------------------------------------------------------------------


def load(path: Path = PATH) -> list[Row]:
    """Return the measured rows that come with the course; none if they were measured otherwise."""
    if not path.is_file():
        return []
    kept = json.loads(path.read_text(encoding="utf-8"))
    if kept["settings"] != SETTINGS:
        return []
    return [Row(**row | {"scores": tuple(row["scores"])}) for row in kept["rows"]]


def save(rows: Sequence[Row], path: Path = PATH) -> None:
    """Write rows beside this module in one order, whatever order they were measured in."""
    cells = list(UNITS["reviews"])
    rows = sorted(rows, key=lambda row: (row.task, cells.index(row.cell), row.seed))
    lines = ",\n".join("  " + json.dumps(asdict(row)) for row in rows)
    text = f'{{"settings": {json.dumps(SETTINGS)},\n "rows": [\n{lines}\n]}}\n'
    path.write_text(text, encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure rows of the table, write each one as soon as it is there, and print it."""
    parser = argparse.ArgumentParser(prog="python -m unrolled.tasks.three_cells")
    parser.add_argument("--again", action="store_true", help="measure rows that are there too")
    chosen = parser.parse_args(arguments)
    rows = {(row.task, row.cell, row.seed): row for row in load()}
    every = [(task, cell, seed) for task in UNITS for cell in UNITS[task] for seed in SEEDS]
    for key in every:
        if chosen.again or key not in rows:
            rows[key] = measure(*key)
            save(list(rows.values()))
        row = rows[key]
        print(f"{row.task:9} {row.cell:9} seed {row.seed}: {row.scores} ({row.seconds} s)")


if __name__ == "__main__":
    main()
