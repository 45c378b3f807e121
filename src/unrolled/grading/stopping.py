"""End a command in good order, and with a sentence, whatever tells it to end."""

import contextlib
import signal
import sys
from collections.abc import Iterator
from typing import NoReturn


@contextlib.contextmanager
def stoppable(sentence: str) -> Iterator[None]:
    """Let Ctrl+C, `kill` and a terminal that closes undo what is under way, then exit with 1."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    # What is ignored already (by nohup) stays so.
    before = {number: signal.getsignal(number) for number in numbers}
    before = {number: known for number, known in before.items() if known != signal.SIG_IGN}

    def stop_once(number: int, frame: object) -> NoReturn:
        for each in before:  # a second one must not disturb the cleaning up
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in before:
        signal.signal(number, stop_once)
    try:
        yield
    except KeyboardInterrupt:
        print(sentence, file=sys.stderr)
        sys.exit(1)
    finally:
        for number, known in before.items():
            signal.signal(number, known)
