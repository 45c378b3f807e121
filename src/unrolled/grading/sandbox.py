"""Start a process inside bubblewrap, or say why that cannot be done."""

import contextlib
import os
import shutil
import sys
from functools import cache
from pathlib import Path
from subprocess import PIPE, Popen, TimeoutExpired

from unrolled.grading.profiles import NUMPY, Limits, Profile
from unrolled.grading.seccomp import filter_program
from unrolled.grading.shown_files import (
    HERE,
    PYTHON,
    SITE,
    WORKER,
    masked_folders,
    shown_files,
    system_links,
)

NOBODY = 65534
ENVIRONMENT = {
    "HOME": "/tmp",
    "KERAS_BACKEND": "tensorflow",
    "KERAS_HOME": "/tmp/keras",
    "LANG": "C.UTF-8",
    "LD_LIBRARY_PATH": f"{PYTHON}/lib",
    "MPLBACKEND": "agg",
    "MPLCONFIGDIR": "/tmp/matplotlib",
    "IPYTHONDIR": "/tmp/ipython",
    # One thread each: judging many at once is where the cores go, and fork stays safe.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "CUDA_VISIBLE_DEVICES": "-1",
    "PYTHONHASHSEED": "0",
    "PYTHONHOME": PYTHON,
    "PYTHONPATH": SITE,
    "PYTHONIOENCODING": "utf-8",
}


class SandboxUnavailable(RuntimeError):
    """The sandbox cannot be had on this machine; the message says why and what to do."""


def start_sandboxed(
    profile: Profile, script: str, *, forks: bool = False, stdin: int = PIPE
) -> Popen:
    """Start one of the worker's own files in a sandbox.

    With ``forks`` it may enclose its children further; it must run no line of a student's.
    """
    with_fds = [memory_file(inner_arguments(profile, forks=forks))]
    command = [bubblewrap(), "--args", str(with_fds[0])]
    program = filter_program()
    if program is not None and not forks:
        with_fds.append(memory_file(program))
        command += ["--seccomp", str(with_fds[-1])]
    command += ["--", f"{PYTHON}/bin/python3", "-s", "-B", f"{WORKER}/{script}"]
    try:
        if os.geteuid() == 0:
            # RLIMIT_NPROC does not bind root, and a home of mode 0700 bars everyone else: real
            # root first shows the same files in a tree of its own, then gives up its identity.
            with_fds.append(memory_file(outer_arguments(profile)))
            drop = [found("setpriv"), f"--reuid={NOBODY}", f"--regid={NOBODY}"]
            drop += ["--clear-groups", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"]
            command = [bubblewrap(), "--args", str(with_fds[-1]), "--", *drop, *command]
        return launch(command, {}, with_fds, stdin=stdin)
    finally:
        for fd in with_fds:
            os.close(fd)


def start_plain(script: str, folder: str) -> Popen:
    """Start one of the worker's own files as an ordinary process that works in ``folder``."""
    inside = ("HOME", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH", "MPLCONFIGDIR", "IPYTHONDIR")
    environment = {key: value for key, value in ENVIRONMENT.items() if key not in inside}
    command = [sys.executable, "-s", "-B", str(HERE / script)]
    return launch(command, environment, folder=folder)


def launch(command, environment, pass_fds=(), folder="/", stdin=PIPE) -> Popen:
    return Popen(
        command,
        env=environment,
        stdin=stdin,
        stdout=PIPE,
        stderr=PIPE,
        pass_fds=pass_fds,
        start_new_session=True,
        bufsize=0,
        cwd=folder,
    )


def memory_file(content: bytes | list[str]) -> int:
    """A file descriptor to read ``content`` from; arguments given so do not show in /proc."""
    if isinstance(content, list):
        content = b"".join(argument.encode() + b"\0" for argument in content)
    fd = os.memfd_create("unrolled")
    with os.fdopen(os.dup(fd), "wb") as file:
        file.write(content)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def inner_arguments(profile: Profile, *, forks: bool = False) -> list[str]:
    """What the sandbox is: nothing but what is listed here, all of it read-only."""
    limits = profile.limits
    arguments = [
        "--unshare-all", "--unshare-user", "--disable-userns", "--uid", str(NOBODY),
        "--gid", str(NOBODY), "--hostname", "sandbox", "--cap-drop", "ALL", "--new-session",
        "--die-with-parent", "--clearenv",
    ]  # fmt: skip
    if forks:
        arguments += ["--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETPCAP"]
    for key, value in ENVIRONMENT.items():
        arguments += ["--setenv", key, value]
    arguments += system_links()
    arguments += [part for bind in shown_files(profile) for part in ("--ro-bind", *bind)]
    arguments += [part for path in masked_folders() for part in ("--tmpfs", path)]
    arguments += [part for path in masked_folders() for part in ("--remount-ro", path)]
    for device in ("null", "zero", "random", "urandom"):
        arguments += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    # There is no /proc (it shows the machine, and not every container lets one be mounted);
    # TensorFlow asks it for its own name, and for more where that name has "python" in it.
    arguments += ["--symlink", f"{WORKER}/worker.py", "/proc/self/exe"]
    for folder, size in temporary_folders(limits).items():
        arguments += ["--size", str(size), "--perms", "1777", "--tmpfs", folder]
    return [*arguments, "--remount-ro", "/", "--chdir", "/tmp"]


def temporary_folders(limits: Limits) -> dict[str, int]:
    """The folders that can be written, and how many bytes each holds."""
    return {"/tmp": limits.temporary_bytes, "/dev/shm": limits.temporary_bytes // 4}


def outer_arguments(profile: Profile) -> list[str]:
    """The tree that root shows to the sandbox's own user: the same files at the same paths."""
    paths = [bubblewrap(), found("setpriv"), *(source for source, _ in shown_files(profile))]
    paths = [path for path in paths if not any(path.startswith(f"{other}/") for other in paths)]
    # Folders that bubblewrap makes on the way to a path are closed to others; these are not.
    folders = {str(parent) for path in paths for parent in Path(path).parents}
    arguments = ["--unshare-pid", "--die-with-parent", "--proc", "/proc", "--dev", "/dev"]
    arguments += ["--dir", "/tmp", *system_links()]  # bubblewrap builds its new root in /tmp
    arguments += [part for folder in sorted(folders - {"/"}) for part in ("--dir", folder)]
    return arguments + [part for path in dict.fromkeys(paths) for part in ("--ro-bind", path, path)]


@cache
def found(program: str) -> str:
    path = shutil.which(program, path=os.environ.get("PATH", "") + os.pathsep + os.defpath)
    if path is None:
        raise SandboxUnavailable(
            f"No sandbox: the program {program!r} is not on this machine. Install it "
            f"(Debian, Ubuntu: sudo apt-get install {PACKAGES[program]}), then try again."
        )
    return os.path.realpath(path)


PACKAGES = {"bwrap": "bubblewrap", "setpriv": "util-linux"}


def bubblewrap() -> str:
    if sys.platform != "linux":
        raise SandboxUnavailable(
            "No sandbox: bubblewrap runs on Linux only. Grade on a Linux machine or in a Linux "
            "container, or accept the risk with --no-sandbox."
        )
    return found("bwrap")


def require_sandbox(profile: Profile = NUMPY) -> None:
    """Start one worker and let it say it is ready; raises SandboxUnavailable with the way out."""
    process = start_sandboxed(profile, "worker.py")
    assert process.stdin is not None
    # A worker that is asked nothing ends.
    process.stdin.close()
    try:
        status = process.wait(timeout=60)
    except TimeoutExpired as error:
        process.kill()
        raise SandboxUnavailable("No sandbox: a worker started but did not end.") from error
    complaint = read_complaint(process)
    close_streams(process)
    if status != 0:
        raise SandboxUnavailable(explain(complaint))


def close_streams(process: Popen) -> None:
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()


def read_complaint(process: Popen) -> str:
    """What bubblewrap said on standard error before it ended."""
    if process.stderr is None or process.stderr.closed:
        return ""
    os.set_blocking(process.stderr.fileno(), False)
    return (process.stderr.read(4096) or b"").decode(errors="replace").strip()


def explain(complaint: str) -> str:
    """Why bubblewrap would not start, and what to do about it."""
    said = complaint[-300:] or "no reason given"
    text = f"No sandbox: bubblewrap could not start a worker ({said}). "
    if "disable-userns" in complaint or "Unknown option" in complaint:
        return text + "bubblewrap 0.8 or newer is needed: update the package bubblewrap."
    if os.path.exists("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"):
        return text + (
            "This machine bars unprivileged user namespaces (Ubuntu 24.04 does). Run: "
            "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
        )
    if "namespace" in complaint or "Operation not permitted" in complaint:
        return text + (
            "User namespaces are barred here. On the machine itself: sudo sysctl -w "
            "kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000. In a container: "
            "start it with --security-opt seccomp=unconfined --security-opt apparmor=unconfined."
        )
    return text + "Grade on another machine, or accept the risk with --no-sandbox."
