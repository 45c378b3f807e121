"""Assemble the filter of system calls that a worker starts under."""

import platform
import struct

# Memory that no limit counts (memfd_create, System V segments), and doors into the kernel that
# no notebook needs. Numbers: linux/arch/*/entry/syscalls.
X86_64 = {
    "shmget": 29, "shmat": 30, "msgget": 68, "semget": 64, "ptrace": 101, "pivot_root": 155,
    "mount": 165, "umount2": 166, "swapon": 167, "init_module": 175, "add_key": 248,
    "request_key": 249, "keyctl": 250, "unshare": 272, "move_pages": 279, "perf_event_open": 298,
    "name_to_handle_at": 303, "open_by_handle_at": 304, "setns": 308, "process_vm_readv": 310,
    "process_vm_writev": 311, "finit_module": 313, "memfd_create": 319, "bpf": 321,
    "userfaultfd": 323, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
    "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsmount": 432, "memfd_secret": 447,
}  # fmt: skip
AARCH64 = {
    "umount2": 39, "mount": 40, "pivot_root": 41, "unshare": 97, "init_module": 105,
    "ptrace": 117, "msgget": 186, "semget": 190, "shmget": 194, "shmat": 196, "add_key": 217,
    "request_key": 218, "keyctl": 219, "swapon": 224, "move_pages": 239, "perf_event_open": 241,
    "name_to_handle_at": 264, "open_by_handle_at": 265, "setns": 268, "process_vm_readv": 270,
    "process_vm_writev": 271, "finit_module": 273, "memfd_create": 279, "bpf": 280,
    "userfaultfd": 282, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
    "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsmount": 432, "memfd_secret": 447,
}  # fmt: skip
# The architecture, its refused calls, and the number of socket().
MACHINES = {"x86_64": (0xC000003E, X86_64, 41), "aarch64": (0xC00000B7, AARCH64, 198)}
# Sockets inside the sandbox's own, empty network; AF_VSOCK and others lead out of it.
UNIX, INET, INET6 = 1, 2, 10

LOAD, JUMP_EQUAL, JUMP_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050001  # REFUSE: errno 1, EPERM
X32 = 0x40000000


def filter_program() -> bytes | None:
    """The filter as bubblewrap reads it, or None on a machine whose numbers are not listed."""
    if platform.machine() not in MACHINES:
        return None
    architecture, numbers, socket = MACHINES[platform.machine()]
    calls = sorted(numbers.values())
    program = [
        (LOAD, 0, 0, 4),  # the architecture
        (JUMP_EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, 0),  # the call's number
        (JUMP_AT_LEAST, len(calls) + 5, 0, X32),  # the other numbering of the same calls
    ]
    program += [(JUMP_EQUAL, len(calls) + 4 - at, 0, call) for at, call in enumerate(calls)]
    program += [
        (JUMP_EQUAL, 0, 5, socket),
        (LOAD, 0, 0, 16),  # its first argument, the family
        (JUMP_EQUAL, 3, 0, UNIX),
        (JUMP_EQUAL, 2, 0, INET),
        (JUMP_EQUAL, 1, 0, INET6),
        (RETURN, 0, 0, REFUSE),
        (RETURN, 0, 0, ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in program)
