"""Proves that each grade is right, and prints the proof: `make proof`.

For every exercise: its known mistakes all fail and are named; damaged references all fail; right
answers in many styles pass; and the sandboxed judge says the same of them all.
"""

import contextlib
import inspect
import io
import multiprocessing
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, dataclass, replace
from unittest import mock

import numpy as np

from tests.exercises.answers import ANSWERS
from tests.exercises.equivalent import EQUIVALENT
from tests.exercises.mutation import MODULES, damage, mutants, runnable
from unrolled import CheckFailed, check, exercises, outcome, sequences
from unrolled.demo import source_of
from unrolled.exercises import Exercise
from unrolled.grading.profiles import KERAS, NUMPY
from unrolled.grading.remote import Proxy, Worker, WorkerLost

Seed = int | None
Verdict = tuple[bool, str | None]
EVERY = {each.name: each for group in exercises.assignments().values() for each in group}
VISIBLE_AND_HIDDEN = (None, ...)
# Some damages make a loop endless.
NUMPY_LIMITS = replace(NUMPY.limits, call_seconds=2, submission_seconds=3600)
KERAS_LIMITS = replace(KERAS.limits, submission_seconds=3600)


@dataclass(frozen=True)
class Said:
    """What a check said of an answer."""

    passed: bool
    mistake: str | None = None
    message: str = ""

    @property
    def verdict(self) -> Verdict:
        return self.passed, self.mistake

    @property
    def specific(self) -> bool:
        """Whether the message holds an idea, not only the first difference."""
        return self.mistake is not None or "What happened:" in self.message


def said(name: str, answer: Callable, seed) -> Said:
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # an answer may print
            check(name, answer, seed=seed)
    except CheckFailed as failed:
        return Said(False, failed.mistake, failed.message)
    return Said(True)


def unnamed_mistakes(exercise: Exercise, seeds: Iterable) -> list[tuple]:
    """The known mistakes that pass, or are told another name, on one of these seeds."""
    return [
        (mistake.id, seed, verdict)
        for seed in seeds
        for mistake in exercise.mistakes
        if (verdict := said(exercise.name, mistake.function, seed).verdict) != (False, mistake.id)
    ]


def failed_answers(name: str, seeds: Iterable) -> list[tuple]:
    """The right answers that fail on one of these seeds."""
    return [
        (answer.__name__, seed, found.message)
        for answer in ANSWERS[name]
        for seed in seeds
        if not (found := said(name, answer, seed)).passed
    ]


@contextlib.contextmanager
def damaged() -> Iterator[None]:
    """See to it that damages, which warn of everything and may never end, do no harm."""
    with (
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
        mock.patch.object(outcome, "CALL_SECONDS", 1),
    ):
        warnings.simplefilter("ignore")
        yield


@dataclass(frozen=True)
class Mutation:
    """What became of a reference's damages: which survived, and how many were told an idea."""

    made: int
    survived: tuple[str, ...]
    specific: int


def mutation(name: str, most: int | None = None) -> Mutation:
    """Check the damages of a reference: all, or `most` of them from everywhere in it."""
    survived, specific, sources = [], 0, mutants(name)
    if most is not None:
        sources = sources[:: -(-len(sources) // most)]
    for source in sources:
        answer = runnable(name, source)
        with damaged():
            seen = [said(name, answer, seed) for seed in VISIBLE_AND_HIDDEN]
        if all(each.passed for each in seen):
            survived.append(damage(name, source))
        specific += any(each.specific for each in seen[:1])
    return Mutation(len(sources), tuple(survived), specific)


# --- the same through the judge ----------------------------------------------------------------


def surrounding_source() -> str:
    """What references call, as one cell: where students' code runs there is no `unrolled`."""
    lines = [
        line
        for module in MODULES
        for line in inspect.getsource(module).splitlines()
        if not line.startswith("from unrolled")
    ]
    return "\n".join([*lines, "step = rnn_step"])


def answers_source(name: str) -> str:
    """The module of a right answer, as one cell."""
    module = inspect.getmodule(ANSWERS[name][0])
    assert module is not None
    lines = inspect.getsource(module).splitlines()
    bare = [line for line in lines if not line.startswith(("from tests", "from unrolled"))]
    return "\n".join(["right = lambda exercise: lambda function: function", *bare])


class Sandbox:
    """A worker that is started again when an answer has broken it."""

    def __init__(self, keras: bool, preamble: str):
        profile, limits = (KERAS, KERAS_LIMITS) if keras else (NUMPY, NUMPY_LIMITS)
        self.profile, self.preamble = replace(profile, limits=limits), preamble
        self.worker: Worker | None = None

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *error) -> None:
        if self.worker:
            self.worker.kill()

    def verdict(self, exercise: str, name: str, source: str, seed) -> Verdict:
        """What the check says of a function that stays in the sandbox."""
        if self.worker is None or self.worker.lost:
            self.worker = Worker(self.profile)
            result = self.worker.run(self.preamble, "preamble")
            assert result.error is None, result.error
        try:
            self.worker.run(source, "answer")
        except WorkerLost:
            return False, None
        return said(exercise, Proxy(self.worker, name), seed).verdict


def judged(
    name: str, every: int = 1, mutants_every: int = 1
) -> Iterator[tuple[str, Verdict, Verdict]]:
    """Answers to an exercise, each with its verdict here and through the sandbox."""
    exercise = EVERY[name]
    preamble = f"import numpy as np\n{inspect.getsource(sequences.decoder_step)}"
    with Sandbox(exercise.keras, preamble) as sandbox:
        for mistake in exercise.mistakes[::every]:
            source = source_of(mistake.function, name)
            for seed in VISIBLE_AND_HIDDEN:
                here = said(name, mistake.function, seed).verdict
                yield mistake.id, here, sandbox.verdict(name, name, source, seed)
    with Sandbox(exercise.keras, preamble + "\n" + answers_source(name)) as sandbox:
        for answer in ANSWERS[name][::every]:
            for seed in VISIBLE_AND_HIDDEN:
                here = said(name, answer, seed).verdict
                yield answer.__name__, here, sandbox.verdict(name, answer.__name__, "", seed)
    if exercise.keras:
        return
    with Sandbox(False, surrounding_source()) as sandbox:
        for source in mutants(name)[::mutants_every]:
            answer = runnable(name, source)
            with damaged():
                here = said(name, answer, ...).verdict
            yield source, here, sandbox.verdict(name, name, source, ...)


# --- the report --------------------------------------------------------------------------------

COLUMNS = f"{'mistakes':>8} {'named':>13} {'mutants':>7} {'killed':>6} {'told why':>8}"
COLUMNS += f" {'answers':>7} {'right':>15} {'judged':>6} {'alike':>6} {'s':>5}"


@dataclass(frozen=True)
class Row:
    """What was tried on an exercise, how often it went as it should, and what did not."""

    mistakes: int = 0
    mistakes_tried: int = 0
    named: int = 0
    mutants: int = 0
    killed: int = 0
    told_why: int = 0
    answers: int = 0
    answers_tried: int = 0
    right: int = 0
    judged: int = 0
    alike: int = 0
    seconds: float = 0.0

    def __add__(self, other: "Row") -> "Row":
        return Row(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    def __str__(self) -> str:
        why = f"{self.told_why / self.killed:.0%}" if self.killed else "–"
        mutants, killed = (self.mutants, self.killed) if self.mutants else ("–", "–")
        named = f"{self.named}/{self.mistakes_tried}"
        right = f"{self.right}/{self.answers_tried}"
        text = f"{self.mistakes:8} {named:>13} {mutants:>7} {killed:>6} {why:>8}"
        text += f" {self.answers:7} {right:>15} {self.judged:6} {self.alike:6}"
        return f"{text} {self.seconds:5.0f}"


def proof_of(name: str) -> tuple[str, Row, list[tuple]]:
    """An exercise's row of the report, and what does not hold."""
    exercise, began = EVERY[name], time.monotonic()
    few, many = (range(2), range(20)) if exercise.keras else (range(100), range(1000))
    of_mistakes, of_answers = [*VISIBLE_AND_HIDDEN, *few], [*VISIBLE_AND_HIDDEN, *many]
    unnamed = unnamed_mistakes(exercise, of_mistakes)
    failed = failed_answers(name, of_answers)
    faults = [(name, "mistake", *each) for each in unnamed]
    faults += [(name, "right answer", *each) for each in failed]
    found = Mutation(0, (), 0) if exercise.keras else mutation(name)
    alive = set(found.survived) - EQUIVALENT.get(name, {}).keys()
    faults += [(name, "mutant", each) for each in alive]
    compared = list(judged(name))
    differing = [each for each in compared if each[1] != each[2]]
    faults += [(name, "judged otherwise", *each) for each in differing]
    tried, answered = (
        len(seeds) * len(answers)
        for seeds, answers in ((of_mistakes, exercise.mistakes), (of_answers, ANSWERS[name]))
    )
    row = Row(
        mistakes=len(exercise.mistakes),
        mistakes_tried=tried,
        named=tried - len(unnamed),
        mutants=found.made,
        killed=found.made - len(found.survived),
        told_why=found.specific,
        answers=len(ANSWERS[name]),
        answers_tried=answered,
        right=answered - len(failed),
        judged=len(compared),
        alike=len(compared) - len(differing),
        seconds=time.monotonic() - began,
    )
    return name, row, faults


def main(names: list[str]) -> int:
    """Print the proof of these exercises, or of all; return 1 if something does not hold."""
    total, faults = Row(), []
    print(f"{'exercise':28} {COLUMNS}", flush=True)
    # TensorFlow and a forked process do not go together.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        for name, row, found in pool.map(proof_of, names or EVERY):
            print(f"{name:28} {row}", flush=True)
            total += row
            faults += found
    print(f"{'in all':28} {total}")
    for fault in faults:
        print(*fault)
    print("Every grade is right." if not faults else f"{len(faults)} things do not hold.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
