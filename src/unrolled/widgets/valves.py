"""One memory cell with its valves under the hand: what it can be asked to do, and how it is told.

What a challenge demands is plain data, so that the page judges by the same numbers.
"""

import itertools
from dataclasses import dataclass

import numpy as np

VALVES = "fio"


@dataclass(frozen=True)
class Demand:
    """ "c" or "h" has to lie between low and high at the steps from `first` up to before `end`."""

    name: str
    first: int
    end: int
    low: float
    high: float


@dataclass(frozen=True)
class Task:
    """Candidates g that arrive one after the other, and what memory and state are to do.

    `letters` are what is read at each step, where it is not the number itself; `preset` are valves
    f, i, o that were found to succeed.
    """

    kind: str
    candidates: tuple[float, ...]
    demands: tuple[Demand, ...]
    preset: dict[str, tuple[float, ...]]
    letters: str = ""


def cell(valves, candidates) -> dict[str, np.ndarray]:
    """Memory c and state h of one cell at each step, from zero.

        c' = f c + i g        h' = o tanh(c')

    valves holds f, i and o at each step.
    """
    c, memory = 0.0, []
    for f, i, g in zip(valves["f"], valves["i"], candidates, strict=True):
        c = f * c + i * g
        memory.append(c)
    memory = np.array(memory)
    return {"c": memory, "h": np.asarray(valves["o"]) * np.tanh(memory)}


def fulfils(task: Task, valves) -> bool:
    """Whether the valves do what the task asks, on the task's own candidates."""
    if any(len(valves[name]) != len(task.candidates) for name in VALVES):
        return False
    values = cell(valves, task.candidates)
    # Written so that a NaN, which lies nowhere, fulfils nothing.
    return all(
        bool(np.all((it.low <= part) & (part <= it.high)))
        for it in task.demands
        for part in [values[it.name][it.first : it.end]]
    )


def find_valves(task: Task) -> dict[str, tuple[float, ...]]:
    """The calmest valves, each open or shut, that fulfil a task.

    Calm is: the fewest turns from one step to the next, then i shut, f open and o open where it
    does not matter. Of two ways to the same memory with the same valves only the calmer goes on.
    """
    ways = {(0.0, None): ((0, 0), [])}
    for t, g in enumerate(task.candidates):
        longer: dict = {}
        for (memory, before), ((turns, odd), path) in ways.items():
            for f, i, o in itertools.product((1.0, 0.0), (0.0, 1.0), (1.0, 0.0)):
                c = f * memory + i * g
                values = {"c": c, "h": o * np.tanh(c)}
                if any(
                    it.first <= t < it.end and not it.low <= values[it.name] <= it.high
                    for it in task.demands
                ):
                    continue
                now = (f, i, o)
                turned = sum(a != b for a, b in zip(before or now, now, strict=True))
                cost = (turns + turned, odd + int(1 - f + i + 1 - o))
                key = (round(c, 9), now)
                if key not in longer or cost < longer[key][0]:
                    longer[key] = (cost, [*path, now])
        ways = longer
    if not ways:
        raise ValueError(f"no valves, open or shut, fulfil the task {task.kind!r}")
    _cost, path = min(ways.values(), key=lambda way: way[0])
    return {name: tuple(step[k] for step in path) for k, name in enumerate(VALVES)}


def _near(name: str, first: int, values, within: float = 0.05) -> tuple[Demand, ...]:
    """One demand for each run of equal values."""
    demands, t = [], first
    for value, run in itertools.groupby(values):
        end = t + len(list(run))
        demands.append(Demand(name, t, end, round(value - within, 9), round(value + within, 9)))
        t = end
    return tuple(demands)


_MIXED = (0.4, 0.9, -0.6, 0.3, -0.8, 0.7, -0.5, 0.2)
_COUNT = (1, 2, 3, 4, 3, 2, 1, 0)


def _open(pattern: str) -> tuple[float, ...]:
    return tuple(float(letter) for letter in pattern)


def _valves(f: str, i: str, o: str) -> dict[str, tuple[float, ...]]:
    return {"f": _open(f), "i": _open(i), "o": _open(o)}


# The presets are what find_valves finds; a test searches again.
TASKS = (
    Task("keep", _MIXED, _near("c", 1, [0.9] * 7), _valves("11111111", "01000000", "11111111")),
    Task(
        "overwrite",
        _MIXED,
        _near("c", 1, [0.9] * 3 + [-0.8] * 4),
        _valves("11110111", "01001000", "11111111"),
    ),
    Task(
        "erase",
        _MIXED,
        _near("c", 1, [0.9] * 4 + [0.0] * 3),
        _valves("11111000", "01000000", "11111111"),
    ),
    Task(
        "count",
        (1.0,) * 4 + (-1.0,) * 4,
        _near("c", 0, _COUNT, 0.1),
        _valves("11111111", "11111111", "11111111"),
        letters="aaaabbbb",
    ),
    Task(
        "silent",
        _MIXED,
        (*_near("c", 1, [0.9] * 7), *_near("h", 0, [0.0] * 7), Demand("h", 7, 8, 0.6, 1.0)),
        _valves("11111111", "01000000", "00000001"),
    ),
)
