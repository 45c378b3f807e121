"""Say what a worker may use: its libraries, its time, its memory, its output."""

from dataclasses import dataclass, replace

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """What one submission may use; a course may set its own."""

    call_seconds: float = 10
    cell_seconds: float = 30
    submission_seconds: float = 120
    output_bytes: int = MIB
    memory_bytes: int = 1024 * MIB
    processes: int = 64
    open_files: int = 256
    file_bytes: int = 32 * MIB
    temporary_bytes: int = 64 * MIB


@dataclass(frozen=True)
class Profile:
    """A kind of worker: the distributions (with all they require) that it can import."""

    name: str
    distributions: tuple[str, ...]
    limits: Limits = Limits()
    stand_ins: tuple[str, ...] = ()
    # Imported once, in the process that workers are forked from.
    warm: tuple[str, ...] = ("numpy",)
    # TensorFlow reserves far more addresses than it fills.
    limit_addresses: bool = True


NUMPY = Profile(
    name="numpy",
    distributions=("numpy", "matplotlib", "ipython"),
    stand_ins=("unrolled", "keras", "tensorflow"),
)
KERAS = Profile(
    name="keras",
    distributions=(*NUMPY.distributions, "keras", "tensorflow-cpu", "tensorflow"),
    limits=replace(
        NUMPY.limits,
        call_seconds=60,
        cell_seconds=60,
        submission_seconds=240,
        memory_bytes=2048 * MIB,
    ),
    stand_ins=("unrolled",),
    warm=("keras",),
    limit_addresses=False,
)
