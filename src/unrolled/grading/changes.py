"""Make in a call's arguments, here, the changes that the call made to its copies in the worker."""

from typing import Any

import numpy as np


def write_back(given: Any, changed: Any) -> None:
    """Make in an argument the change that the call made there: values, shape, contents."""
    if isinstance(given, np.ndarray) and isinstance(changed, np.ndarray):
        if given.shape != changed.shape:
            if given.size == changed.size:
                given.shape = changed.shape
            else:
                given.resize(changed.shape, refcheck=False)
        if given.flags.writeable:
            given[...] = changed
    elif isinstance(given, np.random.Generator) and isinstance(changed, np.random.Generator):
        given.bit_generator.state = changed.bit_generator.state
    elif isinstance(given, list) and isinstance(changed, list):
        if len(given) == len(changed) and all(map(same_kind, given, changed)):
            for index, (old, new) in enumerate(zip(given, changed, strict=True)):
                if isinstance(old, np.ndarray | list | tuple | dict | np.random.Generator):
                    write_back(old, new)
                else:
                    given[index] = new
        else:
            given[:] = changed
    elif isinstance(given, tuple) and isinstance(changed, tuple) and len(given) == len(changed):
        for old, new in zip(given, changed, strict=True):
            write_back(old, new)
    elif isinstance(given, dict) and isinstance(changed, dict):
        given.clear()
        given.update(changed)


def same_kind(old: Any, new: Any) -> bool:
    if isinstance(old, np.ndarray) and isinstance(new, np.ndarray):
        return old.dtype == new.dtype and old.size == new.size
    return type(old) is type(new)
