"""A sandbox of its own around the whole suite, so that an attack that wins spoils nothing here.

The system is read-only in it, /tmp, /run, /dev/shm and the home are new, the network is a loopback
of its own, and nobody else's processes are to be seen. Grading makes its own sandboxes inside.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]
NEW = ("/tmp", "/run", "/dev/shm", "/home", "/root", "/var/tmp")
HOME = "/home/grader"
# Root grades as root in there: it makes mounts, gives up its identity, ends others' processes.
CAPABILITIES = ("SYS_ADMIN", "SYS_CHROOT", "SYS_PTRACE", "SETUID", "SETGID", "SETPCAP", "KILL",
                "DAC_OVERRIDE", "CHOWN", "FOWNER", "NET_ADMIN")  # fmt: skip


class Unenclosed(RuntimeError):
    """The enclosure cannot be had here, so the attacks are not run; the message says why."""


def enclosed(folder: Path, *arguments: str) -> list[str]:
    """The command that runs the suite's own part in an enclosure; it may write to ``folder``."""
    program = shutil.which("bwrap")
    if program is None:
        raise Unenclosed("bubblewrap is not on this machine: install it (make test does)")
    command = [program, "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts",
               "--die-with-parent", "--new-session", "--ro-bind", "/", "/"]  # fmt: skip
    if os.geteuid() == 0:
        command += ["--cap-drop", "ALL"]
        for name in CAPABILITIES:
            command += ["--cap-add", f"CAP_{name}"]
    command += ["--proc", "/proc", "--dev", "/dev"]
    new = [path for path in NEW if os.path.isdir(path)]
    command += [part for path in new for part in ("--tmpfs", path)]
    command += ["--dir", HOME]
    # What is needed of the places that are new in there.
    for path in needed():
        if any(path.is_relative_to(hidden) for hidden in new):
            command += ["--ro-bind", str(path), str(path)]
    command += ["--bind", str(folder), "/tmp/report", "--clearenv"]
    path = os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/usr/sbin", "/bin"])
    settings = {"HOME": HOME, "PATH": path, "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1"}
    settings["PYTHONPATH"] = os.pathsep.join([str(REPOSITORY / "src"), str(REPOSITORY)])
    for key, value in settings.items():
        command += ["--setenv", key, value]
    module = "tests.grading.attacks.enclosed"
    return [*command, "--chdir", str(REPOSITORY), sys.executable, "-B", "-m", module, *arguments]


def needed() -> list[Path]:
    """Our files, the environment's and the interpreter's, wherever they lie."""
    prefixes = (sys.prefix, sys.base_prefix, os.path.realpath(sys.executable))
    inside = [Path(part) for part in prefixes if Path(part).is_relative_to(REPOSITORY)]
    paths = [REPOSITORY, *(Path(part) for part in prefixes)]
    links = [Path(os.path.realpath(path)) for path in paths]
    return [path for path in dict.fromkeys([*paths, *links]) if path not in inside]


def run(folder: Path, *arguments: str, seconds: float) -> subprocess.CompletedProcess:
    """Run the suite's own part; raises Unenclosed where it says that its walls do not hold."""
    done = subprocess.run(
        enclosed(folder, *arguments),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    if done.returncode == 3 or "bwrap:" in done.stderr[:200]:
        raise Unenclosed(f"no enclosure here: {done.stderr.strip()[-400:]}")
    return done
