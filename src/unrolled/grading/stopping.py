"""End a command in good order, and with a sentence, whatever tells it to end."""

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from typing import NoReturn

asked = threading.Event()


def heed() -> None:
    """Stop here where that was asked for and went unheard: Python drops what a finaliser raises."""
    if asked.is_set():
        raise KeyboardInterrupt


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
        asked.set()
        raise KeyboardInterrupt

    for number in before:
        signal.signal(number, stop_once)
    try:
        yield
    except KeyboardInterrupt:
        print(sentence, file=sys.stderr)
        sys.exit(1)
    finally:
        asked.clear()
        for number, known in before.items():
            signal.signal(number, known)
