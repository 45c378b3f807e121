"""Does depth pay? One recurrent layer against two with as many parameters, on the names task.

All networks read the same English sentences, word by word, with the same rate, and are looked at
after `EPOCHS` rounds of the same training; what differs is whether their weights lie in one layer
or in two. `python -m unrolled.tasks.depth` measures what is missing of the table beside this
module, `--again` all of it.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from unrolled.sequences import build_vocabulary, one_hot, pad_sequences
from unrolled.tasks.name_sentences import Sentence, sentences
from unrolled.tasks.names import ambiguous_words, ids_of

PATH = Path(__file__).with_name("depth.json")
TRAINING, HELD_OUT = 2500, 500  # the sentences of lecture 02
WIDTHS = ((15,), (12, 12))  # 1,411 and 1,393 parameters
FEW, BATCH_OF_FEW, BATCH = 300, 16, 64
EPOCHS = {FEW: (8, 24), TRAINING: (8,)}  # sentences to learn from → when to look
RATE, SEEDS = 0.01, (0, 1, 2, 3, 4)
SETTINGS = {
    **{"training": TRAINING, "held_out": HELD_OUT, "rate": RATE},
    **{"batch": BATCH, "batch_of_few": BATCH_OF_FEW},
}


@dataclass(frozen=True)
class Row:
    """One network on held-out sentences, after so many rounds of training.

    accuracy is the share of all words told right, ambiguous that of the words that can be a name
    or not. change holds for each layer, from below, the mean absolute change of a state from word
    to word, shuffled the same with the words in random order, and cut what `ambiguous` becomes
    when that layer alone loses its memory (W_h is set to zero after training).
    """

    widths: tuple[int, ...]
    sentences: int
    epochs: int
    seed: int
    parameters: int
    accuracy: float
    ambiguous: float
    change: tuple[float, ...]
    shuffled: tuple[float, ...]
    cut: tuple[float, ...]


def key(row: Row) -> tuple[int, int, tuple[int, ...], int]:
    """Return what a row is the measure of; rows are kept in this order."""
    return row.sentences, row.epochs, row.widths, row.seed


def data() -> tuple[list[Sentence], list[Sentence], dict[str, int]]:
    """Return training sentences, held-out sentences and the vocabulary of lecture 02."""
    every = sentences(TRAINING + HELD_OUT, "en", seed=0)
    training, held_out = every[:TRAINING], every[TRAINING:]
    return training, held_out, build_vocabulary([words for words, _ in training], size=10_000)


def arrays(examples: Sequence[Sentence], vocabulary: dict[str, int]):
    """Return one-hot words (batch, time, features), labels (batch, time, 1) and the mask."""
    ids, mask = pad_sequences([ids_of(words, vocabulary).tolist() for words, _ in examples])
    labels, _ = pad_sequences([labels for _, labels in examples])
    return one_hot(ids, len(vocabulary)), labels[..., None], mask


def build(widths: Sequence[int], features: int, seed: int = 0):
    """Build the untrained Keras model: a SimpleRNN for each width, a sigmoid on every state."""
    import keras

    keras.utils.set_random_seed(seed)
    layers: Any = keras.layers
    network = keras.Sequential([keras.Input((None, features))])
    for width in widths:
        network.add(layers.SimpleRNN(width, return_sequences=True))
    network.add(layers.Dense(1, activation="sigmoid"))
    network.compile(keras.optimizers.Adam(RATE), "binary_crossentropy")
    return network


def movement(states: np.ndarray, mask: np.ndarray) -> tuple[float, float]:
    """Return how far states (batch, time, units) move from word to word, and how far by chance.

    The first is the mean absolute change, the second the same after all words of all sentences
    have been shuffled; padding counts in neither.
    """
    change = np.abs(np.diff(states, axis=1))[mask[:, 1:]]
    shuffled = np.random.default_rng(0).permutation(states[mask])
    return float(change.mean()), float(np.abs(np.diff(shuffled, axis=0)).mean())


def told_right(network, x: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return for each word whether the network tells rightly if it is a name, (batch, time)."""
    return ((network.predict(x, verbose=0) > 0.5) == labels)[..., 0]


def each_without_memory(network) -> Iterator[Any]:
    """Set W_h of each recurrent layer to zero in turn; afterwards all is as it was."""
    for layer in network.layers[:-1]:
        W_x, W_h, b = layer.get_weights()
        layer.set_weights([W_x, np.zeros_like(W_h), b])
        yield network
        layer.set_weights([W_x, W_h, b])


def measure(
    widths: Sequence[int],
    count: int,
    epochs: Sequence[int],
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Row]:
    """Train one network on the first `count` sentences and look at it after each of `epochs`.

    progress is called with (epochs done, epochs in all).
    """
    from unrolled.trace import trace

    training, held_out, vocabulary = data()
    x, y, real = arrays(training[:count], vocabulary)
    asked, answers, mask = arrays(held_out, vocabulary)
    hard = np.isin(asked.argmax(-1), ids_of(sorted(ambiguous_words(held_out)), vocabulary)) & mask
    network: Any = build(widths, len(vocabulary), seed)
    batch = BATCH_OF_FEW if count <= FEW else BATCH
    done = 0
    for look in epochs:
        network.fit(x, y, sample_weight=real, batch_size=batch, epochs=look - done, verbose=0)
        done = look
        right = told_right(network, asked, answers)
        moved = [movement(each.values["h"], mask) for each in trace(network, asked)]
        yield Row(
            **{"widths": tuple(widths), "sentences": count, "epochs": look, "seed": seed},
            parameters=network.count_params(),
            accuracy=round(float(right[mask].mean()), 4),
            ambiguous=round(float(right[hard].mean()), 4),
            change=tuple(round(change, 3) for change, _ in moved),
            shuffled=tuple(round(shuffled, 3) for _, shuffled in moved),
            cut=tuple(
                round(float(told_right(forgetful, asked, answers)[hard].mean()), 4)
                for forgetful in each_without_memory(network)
            ),
        )
        if progress:
            progress(look, epochs[-1])


# --- The table ---------------------------------------------------------------------------------


def load(path: Path = PATH) -> list[Row]:
    """Return the measured rows that come with the course; none if they were measured otherwise."""
    if not path.is_file():
        return []
    kept = json.loads(path.read_text(encoding="utf-8"))
    if kept["settings"] != SETTINGS:
        return []
    lists = ("widths", "change", "shuffled", "cut")
    return [Row(**row | {name: tuple(row[name]) for name in lists}) for row in kept["rows"]]


def save(rows: Sequence[Row], path: Path = PATH) -> None:
    """Write rows beside this module in one order, whatever order they were measured in."""
    lines = ",\n".join("  " + json.dumps(asdict(row)) for row in sorted(rows, key=key))
    text = f'{{"settings": {json.dumps(SETTINGS)},\n "rows": [\n{lines}\n]}}\n'
    path.write_text(text, encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure rows of the table, write each network's as soon as they are there, print them."""
    parser = argparse.ArgumentParser(prog="python -m unrolled.tasks.depth", description=__doc__)
    parser.add_argument("--again", action="store_true", help="measure rows that are there too")
    chosen = parser.parse_args(arguments)
    rows = {key(row): row for row in load()}
    for count, epochs in EPOCHS.items():
        for widths in WIDTHS:
            for seed in SEEDS:
                keys = [(count, look, widths, seed) for look in epochs]
                if chosen.again or not set(keys) <= set(rows):
                    rows |= {key(row): row for row in measure(widths, count, epochs, seed)}
                    save(list(rows.values()))
                for row in (rows[each] for each in keys):
                    print(
                        f"{row.widths!s:9} {count:5} sentences {row.epochs:3} epochs "
                        f"seed {seed}: {row.ambiguous:.3f}"
                    )


if __name__ == "__main__":
    main()
