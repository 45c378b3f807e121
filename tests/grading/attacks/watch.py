"""Watch the batch from beside it: what runs, what lies about, how much memory judging takes."""

import contextlib
import threading
import time
from pathlib import Path

MOST_MEMORY = 2**30  # of one judging process: several times the largest answer that may come
OWN = "multiprocessing.forkserver"


def processes() -> set[str]:
    """What runs in the enclosure, by number and name; multiprocessing keeps helpers of its own."""
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            state = (path / "stat").read_text().rpartition(")")[2].split()[0]
            if "resource_tracker" not in command and state != "Z":
                found.add(f"{path.name} {command[:80]}")
    return found


def temporary_files() -> set[str]:
    return {str(path) for top in ("/tmp", "/dev/shm") for path in Path(top).glob("*")}


class MemoryPeak(threading.Thread):
    """The most memory that any judging process has held, in bytes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.bytes = 0
        self._over = False

    def run(self) -> None:
        while not self._over:
            for path in Path("/proc").glob("[0-9]*"):
                with contextlib.suppress(OSError):
                    if OWN in (path / "cmdline").read_bytes().decode():
                        self.note((path / "status").read_text())
            time.sleep(0.3)

    def note(self, status: str) -> None:
        for line in status.splitlines():
            if line.startswith("VmHWM:"):
                self.bytes = max(self.bytes, int(line.split()[1]) * 1024)

    def end(self) -> list[str]:
        self._over = True
        self.join()
        if self.bytes < MOST_MEMORY:
            return []
        return [f"a judging process held {self.bytes / 2**20:.0f} MiB"]
