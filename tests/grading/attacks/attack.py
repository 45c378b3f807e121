"""What an attack is: a student whose notebook or folder tries to win what is not due."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

RIGHT = {
    "affine": "def affine(x, W, b): return x @ W + b",
    "rnn_step": "def rnn_step(x, h, W_x, W_h, b): return np.tanh(x @ W_x + h @ W_h + b)",
}
WRONG = {"affine": "def affine(x, W, b): return x @ W"}

# The points of one who may lose right answers by the attack itself.
OWN_LOSS = -1

# Code that attacks share. `tell` is for what nobody in the sandbox may know or be able to do: one
# word from it, anywhere that a person looks, is a win. It is put together only when it is said.
TELL = """\
import os, sys
def tell(*things): print("spo" + "ils:", *things)
def attempt(act, *given):
    try: return act(*given)
    except BaseException: return None
"""
# The worker itself, found on the stack: a notebook runs in its process.
WORKER = (
    TELL
    + """\
import json
frame = sys._getframe()
while not hasattr(frame.f_locals.get("self"), "writing"): frame = frame.f_back
worker = frame.f_locals["self"]
frames, honest = sys.modules["frames"], worker.answer
"""
)


@dataclass(frozen=True)
class Attack:
    """One student who attacks.

    name: also the student's; about: what is tried; answers: sources by exercise (the others stay
    unwritten); before and after: cells before the first answer and after the last test; edit:
    changes the notebook; spoil: changes the file and what is around it; due: the points that are
    honestly earned, None where it must be refused, OWN_LOSS where any number is right;
    assignment: the folder that is handed in; win: what would count as one, where that is not just
    what its group says.

    In every source @WORDS@ are replaced by what they stand for: see canaries.py.
    """

    name: str
    about: str
    answers: Mapping[str, str] = field(default_factory=lambda: WRONG)
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    edit: Callable[[NotebookNode], None] | None = None
    spoil: Callable[[Path], None] | None = None
    due: int | None = 0
    assignment: str = "00_start"
    win: str = ""


def cheat(name: str, about: str, source: str, **options) -> Attack:
    """An attack in the answer to ``affine``."""
    return Attack(name, about, {"affine": source}, **options)


def aside(name: str, about: str, *cells: str, **options) -> Attack:
    """An attack in cells of its own, beside right answers that are due their points."""
    cells = tuple(TELL + source for source in cells)
    return Attack(name, about, RIGHT, before=cells, **{"due": 4, **options})


def beside_one_right(name: str, about: str, source: str, **options) -> Attack:
    """An attack in ``affine`` that must not cost the right ``rnn_step`` its points."""
    answers = {"affine": TELL + source, "rnn_step": RIGHT["rnn_step"]}
    return Attack(name, about, answers, **{"due": 2, **options})
