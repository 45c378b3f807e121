"""Compares what an answer returned with what was expected, and says the first difference."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from unrolled.language import _
from unrolled.plain import plain, type_name

RTOL, ATOL = 1e-5, 1e-6


@dataclass(frozen=True)
class Difference:
    """Why a value is not the expected one: in general, and with its numbers."""

    general: str
    detail: str


def shape_text(shape: tuple[int, ...]) -> str:
    return "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"


def summary(value: object) -> str:
    """Describe any value in a few words, without calling code that an answer may bring."""
    return _summary(plain(value), depth=0)


def _summary(value: object, depth: int) -> str:
    if isinstance(value, np.ndarray):
        return shape_text(value.shape)
    if isinstance(value, int) and not -(10**20) < value < 10**20:
        return type_name(value)  # Python refuses to print the largest ones
    if isinstance(value, bool | int | float | complex | str | None):
        text = repr(value)
        return text if len(text) <= 60 else text[:57] + "…"
    if isinstance(value, tuple | list) and len(value) <= 8 and depth < 3:
        inner = ", ".join(_summary(item, depth + 1) for item in value)
        if isinstance(value, list):
            return f"[{inner}]"
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, tuple | list | dict):
        return _("{kind} of {count}").format(kind=type_name(value), count=len(value))
    return type_name(value)


def difference(value, expected, name: str, axes: tuple[str, ...]) -> Difference | None:
    """Return None when `value` is right, else what is wrong with it.

    name: what the value is called in messages; axes: names of an array's axes, such as
    ("row", "step", "unit"). Values are compared, not dtypes (rtol 1e-5, atol 1e-6); a list
    counts for a tuple and a NumPy scalar for a number.
    """
    if value is None or expected is None:
        if value is expected:
            return None
        if expected is None:  # what a known mistake gives, no reference does
            return _other(value, expected, name)
        text = _(
            "{name} is None: does every path end in a return? Printing is not returning."
        ).format(name=name)
        return Difference(text, text)
    if isinstance(expected, np.ndarray):
        return _array_difference(value, expected, name, axes)
    if isinstance(expected, Mapping):
        return _mapping_difference(value, expected, name)
    if isinstance(expected, tuple | list):
        return _sequence_difference(value, expected, name, axes)
    if isinstance(expected, str):
        return None if type(value) is str and value == expected else _other(value, expected, name)
    return _number_difference(value, expected, name)


def _other(value, expected, name: str) -> Difference:
    return Difference(
        _("{name} is not the expected one.").format(name=name),
        _("{name} is {value}, expected {expected}.").format(
            name=name, value=summary(value), expected=summary(expected)
        ),
    )


def _wrong_kind(value, wanted: str, name: str, shape: str = "") -> Difference:
    # The name of a type is an answer's own word: it could carry a hidden input out.
    return Difference(
        _("{name} should be {wanted}.").format(name=name, wanted=wanted),
        _("{name} should be {wanted}; it is of type {kind}.").format(
            name=name, wanted=f"{wanted} {shape}".strip(), kind=type_name(value)
        ),
    )


def _is_close(value, expected):
    # No reference gives NaN, but a known mistake may, and is recognised by it.
    return np.isclose(value, expected, rtol=RTOL, atol=ATOL, equal_nan=True)


def _number_difference(value, expected, name: str) -> Difference | None:
    scalar = isinstance(value, int | float | np.number) or (
        isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind in "iuf"
    )
    if not scalar or isinstance(value, bool):
        return _wrong_kind(value, _("a number"), name)
    same = value == expected if isinstance(expected, int) else bool(_is_close(value, expected))
    return None if same else _other(value, expected, name)


def _array_difference(value, expected, name: str, axes: tuple[str, ...]) -> Difference | None:
    if not isinstance(value, np.ndarray):
        return _wrong_kind(value, _("a NumPy array"), name, shape_text(expected.shape))
    if value.dtype.kind not in "biufc":
        text = _("{name} is an array of objects or text, not of numbers.").format(name=name)
        return Difference(text, text)
    value = np.asarray(value)
    if value.shape != expected.shape:
        return _shape_difference(value, expected, name)
    wide = np.complex128 if value.dtype.kind == "c" else np.float64
    close = _is_close(value.astype(wide), expected.astype(wide))
    if close.all():
        return None
    return _place_difference(value, expected, close, name, axes)


def _shape_difference(value, expected, name: str) -> Difference:
    detail = _("{name} has shape {shape}, expected {expected}.").format(
        name=name, shape=shape_text(value.shape), expected=shape_text(expected.shape)
    )
    general = _("{name} does not have the shape that the exercise asks for.").format(name=name)
    if value.ndim == expected.ndim and sorted(value.shape) == sorted(expected.shape):
        swapped = " " + _("Its axes are in another order.")
        return Difference(general + swapped, detail + swapped)
    return Difference(general, detail)


def _place_difference(value, expected, close, name: str, axes: tuple[str, ...]) -> Difference:
    wrong = np.argwhere(~close)
    # What comes first in time is what a learner should look at first.
    order = [axes.index("step")] if "step" in axes else []
    order += [axis for axis in range(close.ndim) if axis not in order]
    place = tuple(min(wrong.tolist(), key=lambda index: [index[axis] for axis in order]))
    if not np.isfinite(value[place]):
        general = _("{name} holds values that are not finite (NaN or infinity).").format(name=name)
    elif "step" in axes and place[axes.index("step")] > 0:
        general = _("{name} is right at the first step and goes wrong later.").format(name=name)
    else:
        general = _("{name} has the right shape but not the right values.").format(name=name)
    words = {"row": _("row"), "step": _("step"), "unit": _("unit"), "feature": _("feature")}
    if axes:
        where = ", ".join(
            _("{axis} {index}").format(axis=words.get(axis, axis), index=index)
            for axis, index in zip(axes, place, strict=False)
        )
    else:
        where = f"[{', '.join(map(str, place))}]"
    detail = _("{name} differs first at {where}: {value:.4g}, expected {expected:.4g}.").format(
        name=name, where=where, value=value[place], expected=expected[place]
    )
    return Difference(general, detail)


def _sequence_difference(value, expected, name: str, axes: tuple[str, ...]) -> Difference | None:
    if not isinstance(value, tuple | list):
        return _wrong_kind(value, _("a list or tuple"), name)
    if all(type(item) in (int, str) for item in expected):
        same = len(value) == len(expected) and all(
            difference(item, wanted, name, ()) is None
            for item, wanted in zip(value, expected, strict=True)
        )
        return None if same else _other(value, expected, name)
    if len(value) != len(expected):
        return Difference(
            _("{name} does not have the right number of entries.").format(name=name),
            _("{name} has {count} entries, expected {expected}.").format(
                name=name, count=len(value), expected=len(expected)
            ),
        )
    pairs = zip(value, expected, strict=True)
    for index, (item, wanted) in enumerate(pairs):
        if wrong := difference(item, wanted, f"{name}[{index}]", axes):
            general = difference(item, wanted, name, axes) or wrong
            return Difference(general.general, wrong.detail)
    return None


def _mapping_difference(value, expected, name: str) -> Difference | None:
    if not isinstance(value, dict):
        return _wrong_kind(value, _("a dictionary"), name)
    missing = [key for key in expected if key not in value]
    extra = [key for key in value if key not in expected]
    if missing or extra:
        detail = (
            _("{name} lacks {key}.").format(name=name, key=repr(missing[0]))
            if missing
            else _("{name} has {key}, which does not belong there.").format(
                name=name, key=summary(extra[0])
            )
        )
        return Difference(_("{name} does not have the right keys.").format(name=name), detail)
    for key, wanted in expected.items():
        if wrong := difference(value[key], wanted, f"{name}[{key!r}]", ()):
            general = _("{name} has the right keys but not the right values.").format(name=name)
            return Difference(general, wrong.detail)
    return None
