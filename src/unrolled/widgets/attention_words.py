"""What AttentionMap says: the sentences of its page, and its picture in words."""

from unrolled.language import _
from unrolled.widgets.attention_readings import (
    AttentionReading,
    joined,
    lookers,
    peak,
    read_so_far,
    reason,
)


def shown(token: str) -> str:
    """A token as it is shown: a blank as a box without a lid, a long one cut."""
    token = token if token.strip() else "␣"
    return token if len(token) <= 24 else f"{token[:23]}…"


def sentences() -> dict[str, str]:
    return {
        "title": _("When it writes this, which part of the input does it look at?"),
        "own": _("A text of your own"),
        "examples": _("Examples"),
        "unit_column": _("reads"),
        "writes": _("writes"),
        "weight": _("weight"),
        "grid": _("Attention weights, one row per step of writing and one column per token read"),
        "fan": _("Step {step} of writing: the thicker the line, the larger the weight"),
        "place": _("step {step} of {steps}"),
        "most": _("looks most at “{token}”: {weight}"),
        "candidates": _("It could write (probability)"),
        "note": _(
            "Each row is one step of writing, and its weights add up to 1: so much of the state at "
            "each token goes into that step. The state at a token has read those before it, too."
        ),
        "nothing": _("Nothing was written here."),
        "ask": _(
            "It is about to write token {step}, “{token}”. Which token of the input will it look "
            "at most?"
        ),
        "point": _("Click it, or choose it with ↑ ↓ and press Enter."),
        "commit": _("This one: “{token}”"),
        "next": _("Next step"),
        "right": _("Right: “{token}” gets {weight}."),
        "near": _("Near: most goes to “{token}”, {weight}; “{guess}” gets {own}."),
        "wrong": _("Not this time: most goes to “{token}”, {weight}; “{guess}” gets {own}."),
        "score": _("{right} of {made} so far."),
        "keys": _(
            "← → step · ↑ ↓ token of the input · Enter answer or next · 1–9 example · "
            "space play · R start again · Esc leave"
        ),
        **_reasons(),
        **_of_a_column(),
        **_outcomes(),
    }


def _reasons() -> dict[str, str]:
    return {
        "why_copy": _("It writes what it looks at."),
        "why_past": _("It looks just past the “{written}”: the state there has already read it."),
        "why_ahead": _("It looks just before the “{written}” of the input."),
        "why_elsewhere": _(
            "A “{written}” stands in the input too, yet it looks elsewhere: at the state that has "
            "read “{past}”."
        ),
        "why_nowhere": _(
            "“{written}” stands nowhere in the input: it is worked out from the state that has "
            "read “{past}”."
        ),
        "why_spread": _(
            "It looks at several tokens at once: even the largest weight is only {weight}."
        ),
    }


def _of_a_column() -> dict[str, str]:
    return {
        "who": _("Who looks at “{token}”, token {place} of the input? {steps}."),
        "who_one": _("“{written}” at step {step} ({weight})"),
        "who_none": _("No step looks at “{token}”, token {place} of the input: all below 0.10."),
    }


def _outcomes() -> dict[str, str]:
    return {
        "as_expected": _("The answer is right: {text}."),
        "differs": _(
            "The answer is wrong: {text}, expected {expected}. It goes wrong at step {step}."
        ),
        "kind_clear": _("Found by search: it looks sharply, and in another order than it reads."),
        "kind_away": _("Found by search: right, though it looks away from what it writes."),
        "kind_wrong": _("Found by search: wrong, though nearly right."),
    }


def step_said(reading: AttentionReading, step: int) -> str:
    """One step of writing: what is written, what is looked at most, and how the two go together."""
    row, words = reading.weights[step], sentences()
    at, written = peak(row), shown(reading.written[step])
    why = words[f"why_{reason(reading.read, reading.written[step], row)}"]
    return " ".join(
        [
            _(
                "Step {step} of {steps} writes “{written}” and looks most at “{token}”: {weight}."
            ).format(
                step=step + 1,
                steps=len(reading.written),
                written=written,
                token=shown(reading.read[at]),
                weight=f"{row[at]:.2f}",
            ),
            why.format(
                written=written, weight=f"{row[at]:.2f}", past=read_so_far(reading.read, at)
            ),
        ]
    )


def column_said(reading: AttentionReading, token: int) -> str:
    """Which steps of writing look at a token of the input."""
    words, steps = sentences(), lookers(reading.weights, token)
    listed = ", ".join(
        words["who_one"].format(
            written=shown(reading.written[t]), step=t + 1, weight=f"{reading.weights[t, token]:.2f}"
        )
        for t in steps
    )
    key = "who" if steps else "who_none"
    return words[key].format(token=shown(reading.read[token]), place=token + 1, steps=listed)


def outcome_said(reading: AttentionReading) -> str:
    """Whether the answer is the expected one; nothing where nobody says what is."""
    if reading.expected is None:
        return ""
    words, text = sentences(), joined(reading.written)
    if reading.differs is None:
        return words["as_expected"].format(text=text)
    expected = joined(reading.expected)
    return words["differs"].format(text=text, expected=expected, step=reading.differs + 1)


def described(reading: AttentionReading, step: int, token: int) -> str:
    """The picture in words."""
    said = [
        _("Read: {read}. Written: {written}.").format(
            read=joined(reading.read), written=joined(reading.written)
        )
    ]
    if not reading.read or not reading.written:
        return " ".join([*said, sentences()["nothing"]])
    said.append(step_said(reading, step))
    if likeliest := reading.likeliest[step]:
        listed = ", ".join(f"“{shown(word)}” {p:.2f}" for word, p in likeliest)
        said.append(_("It could write: {tokens}.").format(tokens=listed))
    if token >= 0:
        said.append(column_said(reading, token))
    return " ".join([*said, outcome_said(reading)]).strip()
