"""The sentences of GradientLab, and its numbers in words."""

import numpy as np

from unrolled.language import _
from unrolled.widgets.backflow import Clipped, Flow


def power(log: float) -> str:
    """The number 10 ** log, short: 0.36, 12.1 or 3.2·10⁻⁹."""
    if not np.isfinite(log):
        return "0" if log < 0 else "∞"
    if -2 <= log < 4:
        return f"{10**log:.{2 if log < 1 else 1 if log < 2 else 0}f}"
    whole = int(log)
    digits, more = f"{10 ** (log - whole):.1e}".split("e")
    raised = str(whole + int(more)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{digits}·10{raised}"


def mean_factor(factors) -> float:
    """The factor that, taken at every step, gives the same product."""
    with np.errstate(divide="ignore"):
        return float(np.exp(np.log(factors).mean())) if len(factors) else 1.0


def why(made: Flow, cell: str) -> str:
    """What the factors are made of, and what they come to at the first token."""
    with np.errstate(divide="ignore"):
        alone = np.log10(made.kept if cell == "lstm" else made.pushed).sum()
    values = {
        "steps": len(made.kept),
        "factor": f"{mean_factor(made.factors):.3f}",
        "kept": f"{mean_factor(made.kept):.3f}",
        "alone": power(alone),
        "share": power(made.logs[-1]),
    }
    return sentences()[f"why_{cell}"].format(**values)


def clip_words(clipped: Clipped, how: str) -> str:
    """What clipping did to the gradient of W_h."""
    norm, after = (power(np.log10(n) if n else -np.inf) for n in (clipped.norm, clipped.after))
    idle = clipped.after == clipped.norm
    key = "idle" if idle else f"clipped_{how}"
    return sentences()[key].format(norm=norm, after=after, turned=f"{clipped.turned:.0f}")


def sentences() -> dict[str, str]:
    """Key → sentence, in the language being spoken."""
    return {
        "title": _("Why does the first token's gradient vanish or explode?"),
        "presets": _("Settings to try"),
        "below": _("radius below 1"),
        "one": _("exactly 1"),
        "above": _("above 1"),
        "tamed": _("above 1, with tanh"),
        "clipped": _("above 1, clipped"),
        "gated": _("LSTM, gates open"),
        "cell": _("Kind of cell"),
        "linear": _("without tanh"),
        "tanh": _("with tanh"),
        "lstm": _("LSTM cell"),
        "matrix": _("Kind of W_h"),
        "orthogonal": _("orthogonal"),
        "random": _("random"),
        "radius": _("spectral radius of W_h"),
        "strength": _("strength of the inputs"),
        "timesteps": _("steps to the first token"),
        "forget_bias": _("bias of the forget gate"),
        "under": _("below 1"),
        "even": _("at 1"),
        "over": _("above 1"),
        "clip": _("The gradient of W_h"),
        "none": _("unclipped"),
        "norm": _("clipped by norm"),
        "value": _("by value"),
        "chart": _(
            "Share of the gradient by steps back, in powers of ten, and the factors it is made of"
        ),
        "key_after": _("share of the gradient that arrives"),
        "each": _("the factor of each step"),
        "back": _("steps back →"),
        "last": _("last token"),
        "first": _("first token"),
        "band_high": _("explodes"),
        "band_low": _("vanishes"),
        "key_before": _("the factors of W_h alone"),
        "key_carry": _("the forget gates alone"),
        "key_squash": _("tanh' leaves (never above 1)"),
        "key_push": _("W_h multiplies by"),
        "key_forget": _("forget gate f, on average"),
        "key_whole": _("the whole factor"),
        "product": _("share after {k} steps"),
        "count": _("{k} factors"),
        "factor": _("factor {k}"),
        "why_linear": _(
            "Without tanh each step back multiplies by W_h and nothing else: by {factor} on "
            "average, {steps} times over, and {share} arrives."
        ),
        "why_tanh": _(
            "The factors of W_h alone multiply to {alone}. But the slope tanh' is never above 1: a "
            "step leaves {kept} on average, {steps} times over, and {share} arrives."
        ),
        "why_lstm": _(
            "The forget gates, {kept} on average, alone multiply to {alone}: that way bypasses "
            "W_h. With the ways through W_h, {share} arrives after {steps} steps."
        ),
        "vanishes": _("It vanishes: the first token can teach the layer almost nothing."),
        "stays": _("It neither vanishes nor explodes: the first token can still teach."),
        "explodes": _("It explodes: one step of training throws the weights far away."),
        "plane": _("The gradient of two weights of W_h, before and after clipping"),
        "before": _("before clipping"),
        "after": _("after clipping"),
        "idle": _("Nothing to clip: all of W_h's gradient has norm {norm}."),
        "clipped_norm": _(
            "Norm {norm} becomes {after}. All weights are scaled together: the direction is kept."
        ),
        "clipped_value": _(
            "Norm {norm} becomes {after}. Each weight is cut alone: the direction turns by "
            "{turned}°."
        ),
        "curve_same": _("The curve above stays: clipping shortens the step of training alone."),
        "ask": _("Of the last step's gradient, what will arrive at the first token, {steps} back?"),
        "say_vanishes": _("it vanishes (below 0.001)"),
        "say_stays": _("it stays between"),
        "say_explodes": _("it explodes (above 1000)"),
        "right": _("Right: {share} arrives."),
        "wrong": _("Not this time: {share} arrives."),
        "next": _("Change anything for another question."),
        "keys": _(
            "← → steps back · ↑ ↓ spectral radius · 1–6 setting · 1–3 answer · space play · "
            "R start again · Esc leave"
        ),
    }
