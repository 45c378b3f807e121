"""Fork workers, inside the sandbox, from a process that has imported their libraries already.

Each worker gets namespaces, temporary folders and limits of its own, so that two submissions share
nothing but memory that neither can change. This process runs no line of a student's. It keeps just
the capabilities that it takes to enclose a worker, and the worker has given them all up before it
reads its first frame.
"""

import ctypes
import errno
import gc
import importlib
import json
import os
import signal
import socket

# A sibling: inside the sandbox these files lie side by side, without a package around them.
import worker  # pyright: ignore[reportMissingImports]

# Numbers: linux/sched.h, linux/mount.h, linux/prctl.h, linux/capability.h, linux/seccomp.h.
NEW_MOUNTS, NEW_IPC, NEW_PIDS, NEW_NETWORK = 0x00020000, 0x08000000, 0x20000000, 0x40000000
NO_SETUID, NO_DEVICES, RECURSIVE, PRIVATE = 2, 4, 0x4000, 1 << 18
SECCOMP, DROP_BOUND, SUBREAPER, NO_NEW_PRIVILEGES, AMBIENT = 22, 24, 36, 38, 47
SECCOMP_FILTER, CLEAR_ALL_AMBIENT = 2, 4
CAPABILITY_VERSION = 0x20080522
FILES = 16384  # that a temporary folder may hold, empty ones too

libc = ctypes.CDLL(None, use_errno=True)


class FilterProgram(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("lines", ctypes.c_char_p))


def call(name, *arguments):
    """Call a function of the C library; OSError names the one that failed."""
    if getattr(libc, name)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")


def prctl(option, *values):
    call("prctl", option, *map(ctypes.c_ulong, (*values, 0, 0, 0, 0)[:4]))


def start(request, fds, control):
    """Fork an enclosed worker that serves on ``fds``; returns its process id, as seen from here."""
    told, telling = os.pipe()
    # A process cannot move to another process namespace itself, only its children can.
    between = os.fork()
    if between == 0:
        try:
            control.close()
            fork_enclosed(request, fds, telling)
        finally:
            os._exit(0)
    os.close(telling)
    said = {}
    with os.fdopen(told, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            key, _, text = line.rstrip("\n").partition(" ")
            said[key] = text
    os.waitpid(between, 0)
    pid = int(said.get("pid", 0))
    if "error" in said or not pid:
        end(pid)
        raise OSError(said.get("error", "no worker came"))
    return pid


def fork_enclosed(request, fds, telling):
    """Fork the worker into namespaces of its own; tells its process id, or what went wrong."""
    try:
        call("unshare", NEW_MOUNTS | NEW_IPC | NEW_PIDS | NEW_NETWORK)
        child = os.fork()
        if child:
            os.write(telling, f"pid {child}\n".encode())
            return
        enclose(request)
        close_others({*fds, telling})
    except Exception as error:
        os.write(telling, f"error {error}\n".encode(errors="replace")[:500])
        return
    os.close(telling)
    worker.serve(*fds)


def close_others(kept):
    low = 3
    for fd in (*sorted(kept), 2**16):
        os.closerange(low, fd)
        low = fd + 1


def end(pid):
    """End a worker and everything that it started: its process namespace goes with it."""
    if pid:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def enclose(request):
    """Leave this process nothing but what a student's code may have."""
    os.setsid()  # a signal to its group must reach nothing outside
    call("mount", None, b"/", None, ctypes.c_ulong(RECURSIVE | PRIVATE), None)
    for folder, size in request["temporary"].items():
        options = f"size={size},nr_inodes={FILES},mode=1777".encode()
        flags = ctypes.c_ulong(NO_SETUID | NO_DEVICES)
        call("mount", b"tmpfs", folder.encode(), b"tmpfs", flags, options)
    os.chdir("/tmp")
    give_up_capabilities()
    if request["filter"]:
        refuse_calls(bytes.fromhex(request["filter"]))


def give_up_capabilities():
    prctl(AMBIENT, CLEAR_ALL_AMBIENT)
    for capability in range(64):
        try:
            prctl(DROP_BOUND, capability)
        except OSError as error:
            if error.errno == errno.EINVAL:
                break  # the kernel knows no more of them
            raise
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    call("capset", header, (ctypes.c_uint32 * 6)())
    prctl(NO_NEW_PRIVILEGES, 1)


def refuse_calls(program):
    """Put this process under a filter of system calls, in the kernel's form."""
    filter_program = FilterProgram(len(program) // 8, program)
    prctl(SECCOMP, SECCOMP_FILTER, ctypes.addressof(filter_program))


def main():
    control = socket.socket(fileno=os.dup(0))
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    # Workers come back to this process as its children when the process between has ended.
    prctl(SUBREAPER, 1)
    settings = json.loads(control.recv(2**16))
    for module in settings["modules"]:
        importlib.import_module(module)
    # What is here by now is never garbage; looking for it would copy its pages in every worker.
    gc.freeze()
    control.send(b"ready")
    pid = 0
    while True:
        message, fds, _, _ = socket.recv_fds(control, 2**16, 2)
        if not message:
            break
        answer = b"done"
        try:
            request = json.loads(message)
            end(pid)
            pid = start(request, fds, control) if fds else 0
        except OSError as error:
            pid, answer = 0, f"error {error}".encode(errors="replace")[:500]
        for fd in fds:
            os.close(fd)
        control.send(answer)


if __name__ == "__main__":
    main()
