"""Keep nbgrader's log from the terminal, and to hand for an error."""

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator

from sqlalchemy.exc import SAWarning


@contextlib.contextmanager
def quiet() -> Iterator[io.StringIO]:
    """Collect what nbgrader logs as an error inside a `with` block."""
    said = io.StringIO()
    logger = logging.getLogger("traitlets")
    handler, level, handlers = logging.StreamHandler(said), logger.level, logger.handlers[:]
    logger.handlers[:] = [handler]
    logger.setLevel(logging.ERROR)
    propagate, logger.propagate = logger.propagate, False
    try:
        with warnings.catch_warnings():
            # nbgrader's own queries, which SQLAlchemy 2.1 finds old-fashioned.
            warnings.simplefilter("ignore", SAWarning)
            yield said
    finally:
        logger.handlers[:] = handlers
        logger.setLevel(level)
        logger.propagate = propagate


def last_error(said: io.StringIO) -> str:
    """The exception in nbgrader's log, not the advice after it."""
    lines = [line for line in said.getvalue().splitlines() if line.strip()]
    errors = [line for line in lines if "Error" in line.split(":")[0]]
    return (errors or lines or ["no reason given"])[-1].strip()[:300]
