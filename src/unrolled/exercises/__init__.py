"""What an exercise is, and where to find each one by its name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

Arguments = Mapping[str, Any]


class Sizes(NamedTuple):
    """Distinct primes, so that no two axes can be confused unnoticed."""

    batch: int
    time: int
    features: int
    units: int


PUBLIC_SIZES = Sizes(batch=2, time=5, features=3, units=7)


def hidden_sizes(rng: np.random.Generator) -> Sizes:
    """Draw other sizes, distinct again.

    Each differs from the visible check's: an answer could have that one written into it.
    """
    while True:
        sizes = Sizes(*rng.permutation([2, 3, 5, 7, 11])[:4].tolist())
        if not any(own == public for own, public in zip(sizes, PUBLIC_SIZES, strict=True)):
            return sizes


@dataclass(frozen=True)
class Case:
    """One call of an answer: what is special about it, and its arguments by name."""

    about: str
    arguments: Arguments


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people really write, and the sentence that names its idea.

    `gives` computes what a check observes of `function` where calling that is slow or needs
    Keras; `seen` is a public place where a learner made the mistake, if the course has one.
    """

    id: str
    sentence: str
    hint: int
    function: Callable
    gives: Callable
    seen: str = ""


@dataclass(frozen=True)
class Exercise:
    """An exercise: its reference, its inputs and the mistakes it knows by name.

    `returns` names each returned value and its axes. `observe` turns an answer and its arguments
    into the value that is compared with the reference's: for most, the value of the call.
    """

    name: str
    reference: Callable
    cases: Callable[[np.random.Generator, Sizes], list[Case]]
    returns: Mapping[str, tuple[str, ...]]
    keras: bool = False
    observe: Callable[[Callable, Arguments], Any] = lambda answer, given: answer(*given.values())
    mistakes: list[Mistake] = field(default_factory=list)

    def mistake(
        self, id: str, sentence: str, hint: int, gives: Callable | None = None, seen: str = ""
    ) -> Callable[[Callable], Callable]:
        """Add the decorated function to the mistakes known by name.

        Without `gives`, a check observes the function as it observes an answer.
        """

        def add(function: Callable) -> Callable:
            def observed(*values):
                return self.observe(function, {str(i): value for i, value in enumerate(values)})

            self.mistakes.append(Mistake(id, sentence, hint, function, gives or observed, seen))
            return function

        return add

    def draw(self, seed: int | None) -> list[Case]:
        """Make the cases of the visible check (None) or of a hidden one."""
        rng = np.random.default_rng(0 if seed is None else [1, seed])
        return self.cases(rng, PUBLIC_SIZES if seed is None else hidden_sizes(rng))


def assignments() -> dict[str, tuple[Exercise, ...]]:
    """Every assignment's exercises, in the order of its notebook."""
    from unrolled.exercises import (
        bidirectional,
        gru,
        long_term_dependencies,
        lstm,
        recurrent_neuron,
        sequence_models,
        sequence_tasks,
        stacked_rnn,
        start,
    )

    return {
        "00_start": start.EXERCISES,
        "01_sequence_tasks": sequence_tasks.EXERCISES,
        "02_recurrent_neuron": recurrent_neuron.EXERCISES,
        "03_stacked_rnn": stacked_rnn.EXERCISES,
        "04_long_term_dependencies": long_term_dependencies.EXERCISES,
        "05_lstm": lstm.EXERCISES,
        "06_gru": gru.EXERCISES,
        "07_bidirectional": bidirectional.EXERCISES,
        "08_sequence_models": sequence_models.EXERCISES,
    }


def get(name: str) -> Exercise:
    """Return the exercise of that name; an unknown one raises a ValueError that lists them."""
    known = {exercise.name: exercise for group in assignments().values() for exercise in group}
    if name not in known:
        raise ValueError(f"There is no exercise {name!r}. Exercises: {', '.join(known)}.")
    return known[name]
