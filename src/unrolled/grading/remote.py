"""Speak with one worker: run a cell there, call a student's function there, believe only data."""

import os
import secrets
import select
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from unrolled.errors import AnswerError, AnswerTimeout
from unrolled.grading.changes import write_back
from unrolled.grading.frames import FrameError, Packer, Unpacker, read_frame
from unrolled.grading.launch import START_SECONDS, start_worker
from unrolled.grading.memory_watch import uses_more_than
from unrolled.grading.outputs import first_items, printable
from unrolled.grading.profiles import NUMPY, Profile
from unrolled.grading.sandbox import SandboxUnavailable, explain
from unrolled.language import _

WATCH_SECONDS = 0.05
ERROR_TEXT = 500


class WorkerLost(Exception):
    """The worker ended, or answered with what is no answer; the message says which."""


class WorkerTimeout(WorkerLost):
    """The worker did not answer in time."""

    def __init__(self, seconds: float):
        super().__init__(f"no answer within {seconds:g} s")
        self.seconds = seconds


class NotebookTimeout(WorkerTimeout):
    """The notebook as a whole has used up its time."""


@dataclass(frozen=True)
class CellResult:
    """What a cell showed, and its error (kind, text, line, source) if it raised one."""

    outputs: list[dict[str, Any]]
    error: AnswerError | None


class Worker:
    """A running worker. Every method may raise WorkerLost; after that the worker is gone."""

    def __init__(
        self,
        profile: Profile = NUMPY,
        *,
        sandboxed: bool = True,
        until: float | None = None,
        files: Mapping[str, bytes] | None = None,
    ):
        self.limits = profile.limits
        self.until = until or time.monotonic() + self.limits.submission_seconds
        self.lost: WorkerLost | None = None
        self.complaint = ""
        self._marks: list[str] = []
        self._watched = time.monotonic()
        self._output_left = self.limits.output_bytes
        # In the sandbox it works in a /tmp of its own.
        self._folder = None if sandboxed else tempfile.TemporaryDirectory(prefix="unrolled-")
        folder = "/" if self._folder is None else self._folder.name
        self._started = start_worker(profile, sandboxed=sandboxed, folder=folder)
        os.set_blocking(self._started.writing, False)
        packer = Packer()
        contents = {k: packer.node(np.frombuffer(v, np.uint8)) for k, v in (files or {}).items()}
        try:
            settings = {**worker_settings(profile), "files": contents}
            self._request(settings, packer, START_SECONDS, until=None)
        except WorkerLost as error:
            # No code of the student has run yet, so this is ours or the machine's.
            raise SandboxUnavailable(explain(self.complaint or str(error))) from error

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *error) -> None:
        self.kill()

    def run(self, source: str, cell: str) -> CellResult:
        """Run one cell; an exception in it is a result, not an error."""
        request = {"op": "run", "source": source, "cell": cell}
        reply = self._request(request, Packer(), self.limits.cell_seconds)
        outputs, failed = reply.message.get("outputs"), reply.message.get("failed")
        if not isinstance(outputs, list):
            raise self._lose(WorkerLost("an answer without outputs"))
        error = None if failed is None else self._answer_error(failed)
        items, self._output_left = first_items(outputs, self._output_left)
        return CellResult(items, error)

    def names(self, names: list[str]) -> dict[str, str]:
        """Which of these names the notebook defines: name → "callable" or "value"."""
        reply = self._request({"op": "names", "names": names}, Packer(), self.limits.call_seconds)
        kinds = reply.message.get("names")
        if not isinstance(kinds, dict):
            raise self._lose(WorkerLost("an answer without names"))
        return {name: str(kinds[name]) for name in names if name in kinds}

    def get(self, name: str) -> Any:
        """The value of a name, as data."""
        reply = self._request({"op": "get", "name": name}, Packer(), self.limits.call_seconds)
        return self._value(reply, "value")

    def call(self, name: str, args: tuple, kwargs: dict | None = None, model: int | None = None):
        """Call a name (or a model's method) there; changes to the arguments are made here too."""
        packer = Packer()
        request = {
            "op": "call",
            "name": name,
            "model": model,
            "args": packer.node(list(args)),
            "kwargs": packer.node(kwargs or {}),
        }
        reply = self._request(request, packer, self.limits.call_seconds)
        after = self._value(reply, "after")
        if after is not None:
            if not (isinstance(after, list) and len(after) == len(args)):
                raise self._lose(WorkerLost("arguments of another number came back"))
            for given, changed in zip(args, after, strict=True):
                write_back(given, changed)
        if "error" in reply.message:
            raise self._answer_error(reply.message["error"])
        return self._value(reply, "value")

    def mark(self) -> bool:
        """Keep this state, to come back to; False where no copy of the process could be made."""
        reply = self._request({"op": "mark"}, Packer(), self.limits.call_seconds)
        if "error" in reply.message:
            return False
        self._marks.append(reply.message["id"])
        return True

    def back(self) -> None:
        """Return to the last mark; whatever happened since is undone."""
        # The process that waited since the mark answers now, and knows only the mark's number.
        expected = self._marks.pop()
        self._request({"op": "back"}, Packer(), self.limits.call_seconds, expected=expected)

    def kill(self) -> None:
        """End the worker and everything that it started."""
        self.complaint = self.complaint or self._started.end()
        if self._folder is not None:
            self._folder.cleanup()

    def _lose(self, error: WorkerLost) -> WorkerLost:
        self.lost = error
        self.kill()
        return error

    def _value(self, reply: Unpacker, key: str) -> Any:
        try:
            return reply.value(reply.message.get(key))
        except FrameError as error:
            raise self._lose(WorkerLost(str(error))) from error

    def _model(self, node: dict) -> "RemoteModel | None":
        number, name = node.get("v"), node.get("n")
        if node.get("t") != "model" or type(number) is not int or not isinstance(name, str):
            return None
        return RemoteModel(self, number, name[:80])

    def _answer_error(self, error: Any) -> AnswerError:
        if not isinstance(error, dict):
            raise self._lose(WorkerLost("an error that is no error"))
        kind, text, line, source = (error.get(k) for k in ("kind", "text", "line", "source"))
        return AnswerError(
            printable(kind, 80) or "Exception",
            printable(text, ERROR_TEXT),
            line if type(line) is int and 0 < line < 10**6 else None,
            printable(source, 200) or None,
        )

    def _request(self, request: dict, packer: Packer, seconds: float, **options) -> Unpacker:
        if self.lost is not None:
            raise self.lost
        number = secrets.token_hex(16)
        left, whole = seconds, False
        if options.get("until", self.until) is not None:
            left = min(seconds, max(self.until - time.monotonic(), 0.01))
            whole = left < seconds
        try:
            deadline = time.monotonic() + left
            self._send(packer.frame({**request, "id": number}), deadline, left)
            body = self._receive(deadline, left)
            reply = Unpacker(body, handle=self._model)
            if reply.message.get("id") != options.get("expected", number):
                raise WorkerLost("an answer to another question")
        except (WorkerLost, FrameError, OSError) as error:
            known = error if isinstance(error, WorkerLost) else WorkerLost(str(error))
            if whole and isinstance(error, WorkerTimeout):
                known = NotebookTimeout(self.limits.submission_seconds)
            raise self._lose(known) from error
        return reply

    def _send(self, data: bytes, deadline: float, seconds: float) -> None:
        fd = self._started.writing
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(fd, view) :]
            except BlockingIOError:
                self._wait(fd, deadline, seconds, writing=True)

    def _receive(self, deadline: float, seconds: float) -> bytes:
        fd = self._started.reading

        def read(size: int) -> bytes:
            self._wait(fd, deadline, seconds)
            return os.read(fd, size)

        body = read_frame(read)
        if body is None:
            raise WorkerLost("it ended")
        return body

    def _wait(self, fd: int, deadline: float, seconds: float, *, writing: bool = False) -> None:
        while True:
            now = time.monotonic()
            if now - self._watched > WATCH_SECONDS:
                self._watched = now
                # A quarter more: each process has its own limit, and its libraries' memory.
                if uses_more_than(self._started.pid, self.limits.memory_bytes * 5 // 4):
                    raise WorkerLost("more memory than a submission may use")
            if now > deadline:
                raise WorkerTimeout(seconds)
            wait = min(WATCH_SECONDS, deadline - now)
            ready = select.select(() if writing else (fd,), (fd,) if writing else (), (), wait)
            if any(ready):
                return


class RemoteModel:
    """A Keras model that stays in the worker; only arrays come of it."""

    def __init__(self, worker: Worker, number: int, kind: str):
        self._worker, self._number, self._kind = worker, number, kind

    def __call__(self, *args, **kwargs):
        return guarded(self._worker, "__call__", args, kwargs, self._number)

    def get_weights(self) -> list[np.ndarray]:
        weights = guarded(self._worker, "get_weights", (), {}, self._number)
        return weights if isinstance(weights, list) else []

    def set_weights(self, weights: list) -> None:
        guarded(self._worker, "set_weights", (list(weights),), {}, self._number)

    def __repr__(self) -> str:
        return f"<a Keras model of class {self._kind}>"


class Proxy:
    """A student's function, as a test cell sees it."""

    remote = True

    def __init__(self, worker: Worker, name: str):
        self._worker = worker
        self.__name__ = self.__qualname__ = name

    def __call__(self, *args, **kwargs):
        return guarded(self._worker, self.__name__, args, kwargs, None)


def guarded(worker: Worker, name: str, args: tuple, kwargs: dict, model: int | None) -> Any:
    """Call, and say what went wrong in the words that a check understands."""
    try:
        return worker.call(name, args, kwargs, model)
    except WorkerLost as error:
        if isinstance(error, WorkerTimeout) and not isinstance(error, NotebookTimeout):
            raise AnswerTimeout(error.seconds) from None
        raise AnswerError("", lost_sentence(error)) from None


def lost_sentence(error: WorkerLost) -> str:
    """What a student reads when the process that ran the notebook was lost."""
    if isinstance(error, NotebookTimeout):
        return over_time(error.seconds)
    if isinstance(error, WorkerTimeout):
        return _("It did not end within {seconds:g} s.").format(seconds=error.seconds)
    if "memory" in str(error):
        return _("It used more memory than a submission may.")
    return _("The process that ran it ended: it crashed, or left Python by itself.")


def over_time(seconds: float) -> str:
    """What a student reads when the notebook as a whole took too long."""
    text = _("The notebook took more than its {seconds:g} s: shorten or remove its slow cells.")
    return text.format(seconds=seconds)


def worker_settings(profile: Profile) -> dict:
    limits = profile.limits
    return {
        "stand_ins": list(profile.stand_ins),
        "limits": {
            "output_bytes": limits.output_bytes,
            "memory_bytes": limits.memory_bytes,
            "address_bytes": limits.memory_bytes + 2**30 if profile.limit_addresses else None,
            "processes": limits.processes,
            "open_files": limits.open_files,
            "file_bytes": limits.file_bytes,
            "cpu_seconds": int(limits.submission_seconds) + 30,
        },
    }
