"""Does attention pay? The dates model and its twin without attention, over three seeds.

Both have the same sizes, the same data and the same training; the twin is also trained four times
as long. `python -m unrolled.tasks.date_twins` measures what is missing of the table beside this
module, `--again` all of it.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from unrolled.tasks import dates

PATH = Path(__file__).with_name("date_twins.json")
SEEDS = (0, 1, 2)
RUNS = ((True, dates.EPOCHS), (False, dates.EPOCHS), (False, 4 * dates.EPOCHS))
SETTINGS = {
    **{"training": 2 * dates.TRAINING, "held_out": 2 * dates.HELD_OUT},
    **{"embeddings": list(dates.EMBEDDINGS), "units": dates.UNITS},
    **{"batch": dates.BATCH, "rate": dates.RATE},
}


@dataclass(frozen=True)
class Row:
    """One trained network on held-out dates; `seconds` of processor time went into it.

    exact is the share of dates right to the last digit, characters that of single characters.
    """

    attention: bool
    epochs: int
    seed: int
    parameters: int
    exact: float
    characters: float
    seconds: float


def measure(attention: bool, epochs: int, seed: int = 0) -> Row:
    """Train one network and score it."""
    start = time.process_time()
    model, score = dates.train(seed, attention=attention, epochs=epochs)
    seconds = round(time.process_time() - start, 1)
    parameters = sum(array.size for array in model.weights.values())
    exact, characters = round(score["exact"], 4), round(score["characters"], 4)
    return Row(attention, epochs, seed, parameters, exact, characters, seconds)


# --- The table ---------------------------------------------------------------------------------


def key(row: Row) -> tuple[bool, int, int]:
    """Return what a row is the measure of."""
    return row.attention, row.epochs, row.seed


def load(path: Path = PATH) -> list[Row]:
    """Return the measured rows that come with the course; none if they were measured otherwise."""
    if not path.is_file():
        return []
    kept = json.loads(path.read_text(encoding="utf-8"))
    return [Row(**row) for row in kept["rows"]] if kept["settings"] == SETTINGS else []


def save(rows: Sequence[Row], path: Path = PATH) -> None:
    """Write rows beside this module in one order, whatever order they were measured in."""
    rows = sorted(rows, key=lambda row: (RUNS.index((row.attention, row.epochs)), row.seed))
    lines = ",\n".join("  " + json.dumps(asdict(row)) for row in rows)
    text = f'{{"settings": {json.dumps(SETTINGS)},\n "rows": [\n{lines}\n]}}\n'
    path.write_text(text, encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure rows of the table, write each one as soon as it is there, and print it."""
    parser = argparse.ArgumentParser(prog="python -m unrolled.tasks.date_twins")
    parser.add_argument("--again", action="store_true", help="measure rows that are there too")
    chosen = parser.parse_args(arguments)
    rows = {key(row): row for row in load()}
    for run in RUNS:
        for seed in SEEDS:
            wanted = (*run, seed)
            if chosen.again or wanted not in rows:
                rows[wanted] = measure(*wanted)
                save(list(rows.values()))
            row = rows[wanted]
            way = "attention" if row.attention else "none"
            print(
                f"{way:9} {row.epochs:2} epochs, seed {row.seed}: exact {row.exact:.3f}, "
                f"characters {row.characters:.3f} ({row.seconds} s)"
            )


if __name__ == "__main__":
    main()
