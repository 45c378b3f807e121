"""Tell how much memory is to be had, and how much a process and all that it started hold."""

from pathlib import Path

RESIDENT = ("status", ("RssAnon:", "RssShmem:"))
# What several processes share is split among them, so that the sum is true; slower to read.
PROPORTIONAL = ("smaps_rollup", ("Pss_Anon:", "Pss_Shmem:"))


CGROUP = Path("/sys/fs/cgroup")


def available() -> int | None:
    """The bytes that can be had without swapping, or None where the machine does not say."""
    found = []
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                found.append(int(line.split()[1]) * 1024)
        # A container's limit, where it has one ("max" is no number); files that were read are
        # counted there, too, but given back when they must be.
        limit = int((CGROUP / "memory.max").read_text())
        used = int((CGROUP / "memory.current").read_text())
        fields = dict(map(str.split, (CGROUP / "memory.stat").read_text().splitlines()))
        found.append(limit - used + int(fields["inactive_file"]))
    except (OSError, ValueError, KeyError):
        pass
    return min(found, default=None)


def uses_more_than(pid: int, limit: int) -> bool:
    """Whether a process and its descendants hold more anonymous and shared memory than that.

    Limits on each process (RLIMIT_DATA) do not add up; a notebook that starts many processes is
    caught by this sum. Files that are mapped (libraries) do not count.
    """
    pids = family(pid)
    return total(pids, *RESIDENT) > limit and total(pids, *PROPORTIONAL) > limit


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        for path in Path(f"/proc/{found[-1]}/task").glob("*/children"):
            try:
                waiting += map(int, path.read_text().split())
            except OSError:
                continue  # it ended meanwhile
    return found


def total(pids: list[int], file: str, fields: tuple[str, ...]) -> int:
    """The sum of these fields, in bytes, over the processes that are still there."""
    size = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
        except OSError:
            continue
        size += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(fields))
    return size
