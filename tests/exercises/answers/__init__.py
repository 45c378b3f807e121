"""Right answers in the styles people write them: a check that fails one of them is wrong itself.

One module for each module of unrolled.exercises. An answer to a Keras exercise imports Keras in
its own body: it takes seconds.
"""

import importlib
from collections.abc import Callable
from pathlib import Path

ANSWERS: dict[str, list[Callable]] = {}
"""The right answers to each exercise, by its name."""


def right(exercise: str) -> Callable[[Callable], Callable]:
    """Add the decorated function to the right answers of an exercise."""

    def add(function: Callable) -> Callable:
        ANSWERS.setdefault(exercise, []).append(function)
        return function

    return add


for _path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
    importlib.import_module(f"tests.exercises.answers.{_path.stem}")
