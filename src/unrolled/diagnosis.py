"""Says what is wrong with an answer: what was called, the first difference, and the mistake."""

import builtins
from collections.abc import Iterator, Sequence
from typing import Any

from unrolled.clues import clue_of_cases, clue_of_values
from unrolled.comparison import Difference, difference, summary
from unrolled.errors import AnswerError, AnswerTimeout
from unrolled.exercises import Case, Exercise, Mistake
from unrolled.language import _
from unrolled.outcome import Outcome, outcome_of


def diagnose(
    exercise: Exercise,
    cases: Sequence[Case],
    outcomes: Sequence[Outcome],
    expected: Sequence[Outcome],
    hidden: bool,
) -> tuple[str | None, str] | None:
    """Return None when every outcome is the expected one, else the mistake's id and a message.

    outcomes: fewer than cases where the last of them never came. The message of a hidden check
    holds no input, no value and no text of an exception.
    """
    expected = expected[: len(outcomes)]
    right = [
        _is_right(exercise, outcome, wanted)
        for outcome, wanted in zip(outcomes, expected, strict=True)
    ]
    if all(right):
        return None
    first = right.index(False)
    case, outcome = cases[first], outcomes[first]
    mistake = _recognise(exercise, cases, outcomes, expected)
    wrong = _what_is_wrong(exercise, outcome, expected[first])
    if hidden:
        title = _("{name} is not right yet on the hidden test.").format(name=exercise.name)
        account = []
    else:
        title = _("{name} is not right yet.").format(name=exercise.name)
        account = [
            "\n".join(_call_lines(exercise, case, outcome, first + 1, len(cases))),
            "\n".join(part.detail for part in wrong),
        ]
    if mistake:
        idea = _(mistake.sentence)
    else:
        general = wrong[-1].general if hidden else ""
        idea = _own_idea(exercise, cases, outcomes, expected, right, general)
    advice = [_("What happened: {idea}").format(idea=idea)] if idea else []
    advice.append(
        _("Next: hint {number} of this exercise.").format(number=mistake.hint if mistake else 1)
    )
    return mistake and mistake.id, "\n\n".join([title, *account, "\n".join(advice)])


def _own_idea(
    exercise: Exercise,
    cases: Sequence[Case],
    outcomes: Sequence[Outcome],
    expected: Sequence[Outcome],
    right: Sequence[bool],
    general: str,
) -> str:
    """Say the most useful true thing of an answer that is no known mistake.

    general: what a reader has not been told yet of the first wrong case.
    """
    in_place = any(outcome.changed for outcome in outcomes)
    unwritten = any(getattr(o.error, "kind", "") == "NotImplementedError" for o in outcomes)
    # What is wrong there has a sentence of its own already.
    if in_place or unwritten:
        return general
    of_values = clue_of_values(exercise.returns, cases, outcomes, expected)
    return of_values or f"{general} {clue_of_cases(cases, right)}".strip()


def _outputs(exercise: Exercise, value: Any, expected: Any) -> Iterator[tuple]:
    """Pair each returned value with its name, its axes and what was expected."""
    if len(exercise.returns) == 1:
        value, expected = (value,), (expected,)
    for (name, axes), item, wanted in zip(exercise.returns.items(), value, expected, strict=True):
        yield _(name), axes, item, wanted


def _is_right(exercise: Exercise, outcome: Outcome, expected: Outcome) -> bool:
    if isinstance(expected.error, AnswerError):
        # A contract names the kind of an error; its words are free.
        kind = getattr(outcome.error, "kind", None)
        return kind == expected.error.kind and not outcome.changed
    return _is_same(exercise, outcome, expected)


def _is_same(exercise: Exercise, outcome: Outcome, other: Outcome) -> bool:
    if outcome.changed != other.changed:
        return False
    if outcome.error or other.error:
        mine, theirs = outcome.error, other.error
        return (
            isinstance(mine, AnswerError)
            and isinstance(theirs, AnswerError)
            and (mine.kind, mine.text) == (theirs.kind, theirs.text)
        )
    if not (_is_complete(exercise, outcome.value) and _is_complete(exercise, other.value)):
        return difference(outcome.value, other.value, "", ()) is None
    return not _value_differences(exercise, outcome.value, other.value)


def _is_complete(exercise: Exercise, value: Any) -> bool:
    """Tell whether an answer returned as many values as its exercise asks for."""
    count = len(exercise.returns)
    return count == 1 or (isinstance(value, tuple | list) and len(value) == count)


def _value_differences(exercise: Exercise, value: Any, expected: Any) -> list[Difference]:
    if not _is_complete(exercise, value):
        names = ", ".join(map(_, exercise.returns))
        text = _("Return {count} values: {names}.").format(count=len(exercise.returns), names=names)
        return [Difference(text, text)]
    found = []
    for name, axes, item, wanted in _outputs(exercise, value, expected):
        if wrong := difference(item, wanted, name, axes):
            found.append(wrong)
    return found


def _recognise(
    exercise: Exercise,
    cases: Sequence[Case],
    outcomes: Sequence[Outcome],
    expected: Sequence[Outcome],
) -> Mistake | None:
    """Run the known mistakes on the same inputs and see which one gives this answer."""
    if len(outcomes) < len(cases):  # an endless call: no known mistake is
        return None

    def is_explained(mistake: Mistake, case: Case, outcome: Outcome, wanted: Outcome) -> bool:
        other = outcome_of(mistake.gives, case)
        if wanted.error and _is_right(exercise, outcome, wanted):
            return _is_right(exercise, other, wanted)  # the words of such an error are free
        return _is_same(exercise, outcome, other)

    known = list(zip(cases, outcomes, expected, strict=True))
    # An answer that stops with the very error of a mistake may differ from it where it does not.
    stopped = [each for each in known if each[1].error and not _is_right(exercise, *each[1:])]
    for evidence in filter(None, (known, stopped)):
        for mistake in exercise.mistakes:
            if all(is_explained(mistake, *each) for each in evidence):
                return mistake
    return None


def _call_lines(
    exercise: Exercise, case: Case, outcome: Outcome, number: int, count: int
) -> Iterator[str]:
    given = ", ".join(
        f"{key} {summary(value)}" if hasattr(value, "shape") else f"{key}={summary(value)}"
        for key, value in case.arguments.items()
    )
    yield _("called    {call}").format(call=f"{exercise.name}({given})")
    if number > 1:
        yield _("case      {about} ({number} of {count}; right in those before)").format(
            about=_(case.about), number=number, count=count
        )
    if outcome.error is None:
        names = [_(name) for name in exercise.returns]
        several = len(names) > 1 and _is_complete(exercise, outcome.value)
        values = zip(names, outcome.value if several else [outcome.value], strict=False)
        yield _("returned  {value}").format(
            value=", ".join(f"{name} {summary(value)}" for name, value in values)
        )


def _what_is_wrong(exercise: Exercise, outcome: Outcome, expected: Outcome) -> list[Difference]:
    """What is right first, then the first thing that is not."""
    error = outcome.error
    if outcome.changed and getattr(error, "kind", None) == getattr(expected.error, "kind", None):
        text = _("The argument {names} was changed in place: work on a copy, or make a new array.")
        return [Difference(*[text.format(names=", ".join(outcome.changed))] * 2)]
    if isinstance(error, AnswerTimeout):
        text = _("No answer came within {seconds:.0f} s: is there a loop that never ends?").format(
            seconds=error.seconds
        )
        return [Difference(text, text)]
    if isinstance(error, AnswerError):
        wanted = expected.error.kind if isinstance(expected.error, AnswerError) else ""
        return [_error_difference(error, wanted)]
    if isinstance(expected.error, AnswerError):
        text = _("This input should raise a {kind}.").format(kind=expected.error.kind)
        return [Difference(_("An input that should raise an error was accepted."), text)]
    wrong = _value_differences(exercise, outcome.value, expected.value)
    right = []
    if len(exercise.returns) > 1 and _is_complete(exercise, outcome.value):
        for name, axes, item, wanted in _outputs(exercise, outcome.value, expected.value):
            if difference(item, wanted, name, axes) is None:
                text = _("{name}: right.").format(name=name)
                right.append(Difference(text, text))
    return [*right, wrong[0]]


def _error_difference(error: AnswerError, wanted: str) -> Difference:
    if not error.kind:
        return Difference(error.text, f"{error.text}\n{error.detail}".strip())
    if error.kind == "NotImplementedError":
        text = _("This exercise is not written yet: its cell still raises NotImplementedError.")
        return Difference(text, text)
    place = ""
    if error.line:
        place = _(" at line {line} of its cell").format(line=error.line)
    detail = _("It raised {kind}{place}: {text}").format(
        kind=error.kind, place=place, text=error.text[:300]
    )
    if error.source:
        detail += f"\n    {error.source[:120]}"
    # The name of an exception is an answer's own word: it could carry a hidden input out.
    built_in = getattr(builtins, error.kind, None)
    known = isinstance(built_in, type) and issubclass(built_in, BaseException)
    general = _("It stops with an error: {kind}.").format(kind=error.kind if known else "Exception")
    if wanted:
        expected = _("This input should raise a {kind}.").format(kind=wanted)
        return Difference(f"{general} {expected}", f"{detail}\n{expected}")
    return Difference(general, detail)
