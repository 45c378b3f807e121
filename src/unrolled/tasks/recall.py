"""How far back does it remember? Recall of the first of L tokens, by cell and by how it starts out.

Every network reads L random tokens and is asked at the end which one came first. All have the same
width, the same number of training steps and the same rate; what differs is the cell and what its
weights are before training. `python -m unrolled.tasks.recall` measures what is missing of the table
beside this module, `--again` all of it, `--quick` a few rows that show the pattern.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from unrolled.language import _
from unrolled.layers import chrono_bias

PATH = Path(__file__).with_name("recall.json")
SYMBOLS, FEATURES, UNITS = 8, 16, 32
CHANCE = 1 / SYMBOLS
RATE, CLIP, BATCH, STEPS = 0.005, 1.0, 64, 1000
LOOK = 50  # every LOOK steps it is looked whether it is learnt
TESTED, LEARNT = 1000, 0.995  # fresh sequences to be judged on; the share at which training ends
LENGTHS, SEEDS = (5, 10, 20, 50, 100), (0, 1)
STARTS = (
    "simple, glorot",  # W_h drawn as a dense layer's would be
    "simple, orthogonal",  # as Keras starts it: W_h keeps lengths
    "simple, identity",
    "simple, orthogonal / 2",  # W_h halves lengths
    "lstm, default",  # as Keras starts it: forget bias 1, sigmoid(1) = 0.73 of c is kept
    "lstm, forget bias 5",  # sigmoid(5) = 0.993 of c is kept
    "lstm, chrono",  # forget and input bias spread over 1 … L steps (Tallec & Ollivier 2018)
)
QUICK = [
    (start, length, seed)
    for length in (10, 50)
    for start in ("simple, orthogonal", "lstm, default", "lstm, forget bias 5")
    for seed in SEEDS
]
SETTINGS = {
    **{"symbols": SYMBOLS, "features": FEATURES, "units": UNITS},
    **{"rate": RATE, "clip": CLIP, "batch": BATCH, "steps": STEPS, "learnt": LEARNT},
}


@dataclass(frozen=True, order=True)
class Row:
    """One measured network: the share of first tokens told right, after so many training steps."""

    start: str
    length: int
    seed: int
    accuracy: float
    steps: int


def draw(count: int, length: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw sequences of random tokens (count, length) and the first token of each (count,)."""
    ids = rng.integers(SYMBOLS, size=(count, length))
    return ids, ids[:, 0]


def build(start: str, length: int, seed: int = 0):
    """Build the untrained Keras model: embedding, one recurrent layer, softmax on its last state.

    start is one of `STARTS`, any other raises ValueError; length is what chrono is spread over.
    """
    if start not in STARTS:
        sentence = _("There is no start {start!r}. Choose from: {starts}.")
        raise ValueError(sentence.format(start=start, starts="; ".join(STARTS)))
    import keras

    keras.utils.set_random_seed(seed)
    layers: Any = keras.layers
    cell, way = start.split(", ")
    if cell == "simple":
        recurrent = layers.SimpleRNN(UNITS, recurrent_initializer=_recurrent_start(way, seed))
    else:
        recurrent = layers.LSTM(UNITS)
    network = keras.Sequential(
        [
            *(keras.Input((length,)), layers.Embedding(SYMBOLS, FEATURES), recurrent),
            layers.Dense(SYMBOLS, activation="softmax"),
        ]
    )
    if cell == "lstm" and way != "default":
        W_x, W_h, b = recurrent.get_weights()  # columns i, f, g, o
        if way == "chrono":
            b = chrono_bias(UNITS, length, np.random.default_rng(seed))
        else:
            b[UNITS : 2 * UNITS] = float(way.removeprefix("forget bias "))
        recurrent.set_weights([W_x, W_h, b])
    return network


def _recurrent_start(way: str, seed: int):
    from keras import initializers

    return {
        "glorot": initializers.GlorotUniform(seed),
        "orthogonal": initializers.Orthogonal(seed=seed),
        "identity": initializers.Identity(),
        "orthogonal / 2": initializers.Orthogonal(gain=0.5, seed=seed),
    }[way]


def measure(
    start: str,
    length: int,
    seed: int = 0,
    steps: int = STEPS,
    progress: Callable[[int, int], None] | None = None,
) -> Row:
    """Train one network on fresh sequences and tell how often it knows the first token.

    Training ends after `steps` steps, or earlier once it is learnt. progress is called with
    (steps done, steps in all).
    """
    import keras

    network: Any = build(start, length, seed)
    # Clipped, else the long simple networks jump about: their gradients explode at times.
    optimizer = keras.optimizers.Adam(RATE, clipnorm=CLIP)
    network.compile(optimizer, "sparse_categorical_crossentropy")
    rng = np.random.default_rng(seed)
    asked, answers = draw(TESTED, length, np.random.default_rng(1000 + seed))
    accuracy, done = 0.0, 0
    while done < steps and accuracy < LEARNT:
        few = min(LOOK, steps - done)
        ids, first = draw(few * BATCH, length, rng)
        network.fit(ids, first, batch_size=BATCH, shuffle=False, verbose=0)
        told = network.predict(asked, batch_size=TESTED, verbose=0).argmax(axis=-1)
        accuracy, done = float(np.mean(told == answers)), done + few
        if progress:
            progress(done, steps)
    return Row(start, length, seed, round(accuracy, 3), done)


# --- The table ---------------------------------------------------------------------------------


def load(path: Path = PATH) -> list[Row]:
    """Return the measured rows that come with the course; none if they were measured otherwise."""
    if not path.is_file():
        return []
    kept = json.loads(path.read_text(encoding="utf-8"))
    return [Row(**row) for row in kept["rows"]] if kept["settings"] == SETTINGS else []


def save(rows: Sequence[Row], path: Path = PATH) -> None:
    """Write rows beside this module in one order, whatever order they were measured in."""
    rows = sorted(rows, key=lambda row: (STARTS.index(row.start), row.length, row.seed))
    lines = ",\n".join("  " + json.dumps(asdict(row)) for row in rows)
    text = f'{{"settings": {json.dumps(SETTINGS)},\n "rows": [\n{lines}\n]}}\n'
    path.write_text(text, encoding="utf-8")


def table(rows: Sequence[Row]) -> dict[str, dict[int, list[float]]]:
    """Lay rows out: start → length → the accuracy of each seed."""
    found: dict[str, dict[int, list[float]]] = defaultdict(dict)
    for row in sorted(rows, key=lambda row: (row.length, row.seed)):
        found[row.start].setdefault(row.length, []).append(row.accuracy)
    return {start: found[start] for start in STARTS if start in found}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure rows of the table, write each one as soon as it is there, and print it."""
    parser = argparse.ArgumentParser(prog="python -m unrolled.tasks.recall", description=__doc__)
    parser.add_argument("--again", action="store_true", help="measure rows that are there too")
    parser.add_argument("--quick", action="store_true", help="only a few rows")
    chosen = parser.parse_args(arguments)
    rows = {(row.start, row.length, row.seed): row for row in load()}
    every = [(start, length, seed) for length in LENGTHS for start in STARTS for seed in SEEDS]
    for key in QUICK if chosen.quick else every:
        if chosen.again or key not in rows:
            rows[key] = measure(*key)
            save(list(rows.values()))
        row = rows[key]
        print(
            f"{row.start:24}{row.length:4} seed {row.seed}: {row.accuracy:.3f} ({row.steps} steps)"
        )


if __name__ == "__main__":
    main()
