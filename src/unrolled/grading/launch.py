"""Start workers: forked from a process that has their libraries already, where that can be had.

Starting Python with NumPy takes 0.16 s and Keras 2.4 s; a copy of a process that has imported them
is there in a few milliseconds. Where a machine lets no process enclose its children inside the
sandbox, each worker gets a sandbox and a start of its own.
"""

import contextlib
import json
import os
import signal
import socket
from subprocess import Popen
from typing import ClassVar, Protocol

from unrolled.grading.profiles import NUMPY, Profile
from unrolled.grading.sandbox import (
    SandboxUnavailable,
    close_streams,
    read_complaint,
    start_plain,
    start_sandboxed,
    temporary_folders,
)
from unrolled.grading.seccomp import filter_program

START_SECONDS = 60
END_SECONDS = 10


class Started(Protocol):
    """A running worker, as the judge holds it."""

    reading: int  # a file descriptor to read its frames from
    writing: int
    pid: int  # the process that it and all that it starts descend from

    def end(self) -> str:
        """End it and everything that it started; returns what its sandbox said on the way."""
        ...


def start_worker(profile: Profile = NUMPY, *, sandboxed: bool = True, folder: str = "/") -> Started:
    """Start a fresh worker.

    Without a sandbox the same worker runs as an ordinary process in ``folder``: for machines that
    have none, and for code one trusts.
    """
    if not sandboxed:
        return OwnProcess(start_plain("worker.py", folder))
    for _attempt in range(2):
        if not ForkServer.usable:
            break
        try:
            return Forked(ForkServer.idle(profile), profile)
        except CannotFork:
            ForkServer.usable = False
        except OSError:
            continue  # the server was lost: another one is started
    return OwnProcess(start_sandboxed(profile, "worker.py"))


def prepare(profile: Profile) -> None:
    """Have a process with the profile's libraries at hand before there is anything to judge."""
    with contextlib.suppress(CannotFork, SandboxUnavailable, OSError):  # who judges will say why
        ForkServer.keep(ForkServer(profile), profile)


class OwnProcess:
    """A worker with a sandbox of its own, or with none."""

    def __init__(self, process: Popen):
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self.pid = process.pid
        self.reading, self.writing = process.stdout.fileno(), process.stdin.fileno()

    def end(self) -> str:
        return end_group(self._process)


def end_group(process: Popen) -> str:
    """End a process and its whole group; returns what it said on standard error."""
    # The group: a mark is a process of its own, and without a sandbox nothing else ends what the
    # first one started.
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    complaint = read_complaint(process)
    close_streams(process)
    return complaint


class CannotFork(Exception):
    """The machine lets no process enclose its children inside the sandbox."""


class ForkServer:
    """A process in the sandbox that forks enclosed workers, one at a time."""

    usable: ClassVar = True
    # Those that have no worker now, by what they have imported.
    _idle: ClassVar[dict[tuple, "ForkServer"]] = {}

    def __init__(self, profile: Profile):
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(START_SECONDS)
        with theirs:
            self._process = start_sandboxed(
                profile, "fork_server.py", forks=True, stdin=theirs.fileno()
            )
        self.pid = self._process.pid
        settings = json.dumps({"modules": profile.warm}).encode()
        try:
            self._control.send(settings)
            ready = self._control.recv(1024) == b"ready"
        except OSError:
            ready = False
        if not ready:
            # A sandbox of its own may be had all the same, and explains itself if not.
            raise CannotFork(self.close() or "the server did not start")

    @classmethod
    def idle(cls, profile: Profile) -> "ForkServer":
        """One that has imported what the profile needs and has no worker now."""
        server = cls._idle.pop(cls._kind(profile), None)
        if server is None:
            return cls(profile)
        if server._process.poll() is None:
            return server
        server.close()
        return cls(profile)

    @classmethod
    def keep(cls, server: "ForkServer", profile: Profile) -> str:
        """Keep one that has no worker for who asks next; one of a kind is enough."""
        if cls._kind(profile) in cls._idle:
            return server.close()
        cls._idle[cls._kind(profile)] = server
        return ""

    @staticmethod
    def _kind(profile: Profile) -> tuple:
        # A copy of this process must not speak with this process's server.
        return os.getpid(), profile.distributions, profile.warm

    def fork(self, profile: Profile, fds: tuple[int, int]) -> None:
        """Start a worker that reads and writes these; raises CannotFork."""
        program = filter_program() or b""
        request = {"temporary": temporary_folders(profile.limits), "filter": program.hex()}
        self._ask(json.dumps(request).encode(), fds, START_SECONDS)

    def release(self, profile: Profile) -> str:
        """End the worker and all that it started; keep the server for the next one."""
        try:
            self._ask(b"{}", (), END_SECONDS)
        except (CannotFork, OSError):
            return self.close()
        return self.keep(self, profile)

    def close(self) -> str:
        self._control.close()
        return end_group(self._process)

    def _ask(self, message: bytes, fds: tuple[int, ...], seconds: float) -> None:
        self._control.settimeout(seconds)
        socket.send_fds(self._control, [message], fds)
        answer = self._control.recv(1024)
        if answer != b"done":
            raise CannotFork(answer.decode(errors="replace"))


class Forked:
    """A worker forked inside the sandbox from a process that has its libraries already."""

    def __init__(self, server: ForkServer, profile: Profile):
        self._server: ForkServer | None = server
        self._profile = profile
        self.pid = server.pid
        self.reading, theirs_to_write = os.pipe()
        theirs_to_read, self.writing = os.pipe()
        try:
            server.fork(profile, (theirs_to_read, theirs_to_write))
        except BaseException:
            self.end()
            raise
        finally:
            os.close(theirs_to_read)
            os.close(theirs_to_write)

    def end(self) -> str:
        if self._server is None:
            return ""
        server, self._server = self._server, None
        os.close(self.reading)
        os.close(self.writing)
        return server.release(self._profile)
