"""Prints the README's figures, measured on this machine: `make bench`."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from unrolled import check, exercises
from unrolled.authoring.release import release

from . import graders, large_batch, widgets

ROOT = Path(__file__).parent.parent


def seconds(run: Callable[[], object], times: int) -> list[float]:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return taken


def row(what: str, taken: list[float], unit: str = "ms") -> None:
    factor = 1000 if unit == "ms" else 1
    low, middle, high = (f(taken) * factor for f in (min, statistics.median, max))
    print(f"{what:52} {middle:9.2f} {unit:2}   ({low:.2f} to {high:.2f})")


def main() -> None:
    print("median (fastest to slowest)")
    # A fresh process, less what an empty one takes.
    empty = statistics.median(seconds(lambda: subprocess.run([sys.executable, "-c", ""]), 5))
    statement = [sys.executable, "-c", "import unrolled"]
    taken = seconds(lambda: subprocess.run(statement), 7)
    row("import unrolled", [each - empty for each in taken])
    for name in ("rnn_step", "rnn_layer"):
        answer = exercises.get(name).reference
        row(f'check("{name}", …), right', seconds(lambda n=name, a=answer: check(n, a), 50))
    row("unrolled release --check", seconds(lambda: release(ROOT, check=True), 5))
    for part in (graders, large_batch, widgets):
        print()
        part.main()


if __name__ == "__main__":
    main()
