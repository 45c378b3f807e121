"""The tasks of the lectures by name, each imported only when it is asked for.

A task is a module with `split(seed)`, `train(seed, progress)`, `evaluate(model, held_out)`,
`baseline(training, held_out)`, `save(model)` and `load()`; its trained weights lie beside it, and
training anew scores within its `TOLERANCE` of them. A measure of which less is better is named in
`LOWER_IS_BETTER`.
"""

from importlib import import_module
from types import ModuleType

from unrolled.language import _

TASKS: dict[str, str] = {
    "names": "unrolled.tasks.names",
    "sentiment": "unrolled.tasks.sentiment",
    "quotes": "unrolled.tasks.quotes",
    "later_names": "unrolled.tasks.later_names",
    "melodies": "unrolled.tasks.melodies",
    "numerals": "unrolled.tasks.numerals",
    "dates": "unrolled.tasks.dates",
    "captions": "unrolled.tasks.captions",
}


def get(name: str) -> ModuleType:
    """Import the task of this name; raises ValueError for one that does not exist."""
    if name not in TASKS:
        sentence = _("There is no task {name!r}. Choose from: {tasks}.")
        raise ValueError(sentence.format(name=name, tasks=", ".join(TASKS)))
    return import_module(TASKS[name])
