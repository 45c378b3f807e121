"""What LSTMGates says: by hand, and on a trained layer."""

from dataclasses import asdict

from unrolled.language import _
from unrolled.widgets.clamps import EVERY_UNIT, Clamp
from unrolled.widgets.lstm_clamps import Search
from unrolled.widgets.valves import Task


def plain_task(task: Task) -> dict:
    """A task as the page holds it."""
    plain = asdict(task)
    plain["demands"] = [list(asdict(demand).values()) for demand in task.demands]
    return plain


def _common() -> dict[str, str]:
    return {
        "title": _("Which gate did it, at this step?"),
        "i_does": _("i, the input gate: how much of g is written"),
        "f_does": _("f, the forget gate: how much of the old memory stays"),
        "o_does": _("o, the output gate: how much of the memory is shown"),
        "g_does": _("g, the candidate: what could be written now"),
        "c_does": _("c, the memory: f · old c + i · g"),
        "h_does": _("h, the state that others see: o · tanh(c)"),
        "rise": _("rise"),
        "fall": _("fall"),
        "stay": _("stay"),
        "score": _("{right} of {made} so far."),
    }


def hand_sentences() -> dict[str, str]:
    return _common() | {
        "challenges": _("Challenges"),
        "keep": _("Keep"),
        "overwrite": _("Overwrite"),
        "erase": _("Erase"),
        "count": _("Count"),
        "silent": _("Stay silent"),
        "keep_aim": _("Write the 0.9 of step 2 into the memory, and have it there to the end."),
        "overwrite_aim": _("Keep the 0.9 of step 2, then put the −0.8 of step 5 in its place."),
        "erase_aim": _("Keep the 0.9 of step 2 until step 5; at step 6 the memory is empty."),
        "count_aim": _("Count: up by one at each a, down by one at each b, back at 0 in the end."),
        "silent_aim": _("Keep the 0.9 of step 2, but show nothing: h is 0 until the last step."),
        "show": _("Show me"),
        "lit": _("solved"),
        "unlit": _("not yet solved"),
        "other_inputs": _("You changed g; the light judges with the challenge's own g."),
        "open": _("Open"),
        "shut": _("Shut"),
        "chart": _("Memory c and state h at each step, and below them the valves f, i, o and g"),
        "ask": _("Step {step}: memory {past}, {valves}. Will the memory rise, fall or stay?"),
        "right": _("Right: from {before} to {after}."),
        "wrong": _("Not this time: from {before} to {after}."),
        "reason": _("{f} stays of the old memory, {i} is written."),
        "did_none": _("Step {step}: nothing did, the memory stays at {memory}."),
        "did_f": _("Step {step}: f did it, it let {lost} of the old memory go."),
        "did_i": _("Step {step}: i did it, it wrote {written} into the memory."),
        "did_both": _("Step {step}: f let {lost} of the old memory go, and i wrote {written}."),
        "did_o": _("Of tanh(c), {whole}, o shows {shown}."),
        "end": _("Nothing is covered any more. Turn a valve, or start again."),
        "keys": _(
            "← → step · ↑ ↓ valve · O open · S shut · + − a little · Enter or a click turns it · "
            "C challenge · 1–5 show a solution · space play · R start again · Esc leave"
        ),
    }


def trained_sentences(searches: tuple[Search, ...]) -> dict[str, str]:
    said = _common() | {
        "own": _("A sentence of your own"),
        "grid": _("Gates, memory and state of one unit, one column per token"),
        "unit_column": _("gate"),
        "unit_label": _("unit"),
        "unit": _("unit {unit}"),
        "all_units": _("all units"),
        "h_of": _("h of unit {unit}"),
        "open": _("Open"),
        "shut": _("Shut"),
        "free": _("Free"),
        "was": _("free: {value}"),
        "curve": _("Memory and state of unit {unit}, and the answer, at each token; dashed: free"),
        "place": _("token {step} of {steps}"),
        "empty": _("Type a sentence to see what the gates make of it."),
        "unknown": _("Dotted words are not in the vocabulary: they are read as <unk>."),
        "long": _("Only the first {count} tokens are shown."),
        "none": _("All gates are free. Choose i, f or o at a token: O holds it open, S shut."),
        "did_open": _(
            "Opening {gate} of {where} at “{token}” turned {outcome} from {before} to {after}."
        ),
        "did_shut": _(
            "Shutting {gate} of {where} at “{token}” turned {outcome} from {before} to {after}."
        ),
        "did_many": _("The {count} held gates turned {outcome} from {before} to {after}."),
        "turned": _("The answer is another one now."),
        "unmoved": _("That is next to nothing, as most holds are."),
        "share": _(
            "All {tried} single holds on this text were tried: {turned} turn the answer over, "
            "{moved} move it by more than 0.05. The rest change next to nothing."
        ),
        "first": _("Hold a gate: you will be asked what the answer does before you see it."),
        "ask_open": _("{gate} of {where} at “{token}” opens. What will {outcome} do at the end?"),
        "ask_shut": _("{gate} of {where} at “{token}” shuts. What will {outcome} do at the end?"),
        "ask_free": _(
            "{gate} of {where} at “{token}” goes free. What will {outcome} do at the end?"
        ),
        "right": _("Right: {before} → {after}."),
        "wrong": _("Not this time: {before} → {after}."),
        "reason": _("The memory of unit {unit} ends at {now}; before it was {was}."),
        "keys": _(
            "← → token · ↑ ↓ gate · PageUp PageDown unit · A all units · O open · S shut · "
            "F free · Enter or a second click turns it · 1–9 found holds, or your guess · "
            "space play · R start again · Esc leave"
        ),
    }
    found = (found for search in searches for found in search.best)
    for i, each in enumerate(found):
        said[f"preset_{i}"] = _held(each.clamp).format(
            gate=each.clamp.gate,
            where=_where(each.clamp.unit),
            token=_isolated(each.token),
        )
    return said


def _held(clamp: Clamp) -> str:
    if clamp.value > 0.5:
        return _("{gate} open at “{token}”, {where}")
    return _("{gate} shut at “{token}”, {where}")


def _where(unit: int) -> str:
    return _("all units") if unit == EVERY_UNIT else _("unit {unit}").format(unit=unit)


def _isolated(token: str, longest: int = 24) -> str:
    """A token inside a sentence, which keeps its own direction and length."""
    short = token if len(token) <= longest else token[: longest - 1] + "…"
    return f"\u2068{short}\u2069"


def hand_words(widget) -> str:
    t, values = widget.step, widget.values
    names = [widget.labels[kind] for kind in widget.solved]
    return " ".join(
        [
            _("One memory cell at step {step} of {steps}: candidate g {g:.2f}.").format(
                step=t + 1, steps=len(values["c"]), g=values["g"][t]
            ),
            _("Valves: f {f:.2f}, i {i:.2f}, o {o:.2f}.").format(
                **{name: values[name][t] for name in "fio"}
            ),
            _("Memory c {c:.2f}, state h {h:.2f}; the memory ends at {last:.2f}.").format(
                c=values["c"][t], h=values["h"][t], last=values["c"][-1]
            ),
            _("Solved: {names}.").format(names=", ".join(names))
            if names
            else _("No challenge is solved yet."),
        ]
    )


def trained_words(widget) -> str:
    clamped, free = widget.values, widget.free
    tokens = widget.tokens
    if not len(clamped["c"]):
        return _("No tokens yet.")
    t, unit = widget.step, widget.unit
    now = {name: clamped[name][t, unit] for name in "ifogch"}
    said = [
        _("An LSTM with {units} units reads {steps} tokens: {text}").format(
            units=clamped["c"].shape[1], steps=len(tokens), text=" ".join(tokens) + "."
        ),
        _("At token {step}, {token}, unit {unit} has i {i:.2f}, f {f:.2f}, o {o:.2f}, g {g:.2f}.")
        .format(step=t + 1, token=tokens[t], unit=unit, **now),
        _("Its memory c is {c:.2f}, its state h {h:.2f}.").format(**now),
    ]  # fmt: skip
    for gate, step, unit, value in widget.clamps:
        held = _("{gate} of {where} is held at {value:g} at token {step}.")
        said.append(held.format(gate=gate, where=_where(unit), value=value, step=step + 1))
    answers, before = widget.answers(clamped), widget.answers(free)
    if len(answers):
        ended = _("{outcome} at the end: {after:.2f}, with every gate free {before:.2f}.")
        said.append(ended.format(outcome=widget.outcome, after=answers[-1], before=before[-1]))
    for search in widget.searches:
        if search.text == widget.text:
            said.append(
                widget.labels["share"].format(
                    tried=search.tried, turned=search.turned, moved=search.moved
                )
            )
    return " ".join(said)
