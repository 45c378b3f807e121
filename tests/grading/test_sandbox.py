"""What a notebook's code can reach and use up inside the sandbox."""

import os
import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest

from unrolled.errors import AnswerError, AnswerTimeout
from unrolled.grading import sandbox
from unrolled.grading.launch import CannotFork, ForkServer
from unrolled.grading.memory_watch import family
from unrolled.grading.profiles import KERAS, NUMPY
from unrolled.grading.remote import Proxy, Worker, WorkerLost, WorkerTimeout
from unrolled.grading.sandbox import SandboxUnavailable, require_sandbox

pytestmark = pytest.mark.sandbox


def shown(worker, source: str) -> str:
    result = worker.run(source, "cell")
    text = "".join(item.get("text", "") for item in result.outputs)
    return text if result.error is None else f"{text}{result.error.kind}: {result.error.text}"


def test_a_worker_is_ready_soon():
    Worker().kill()  # the first one also looks up what to show
    began = time.monotonic()
    with Worker() as worker:
        worker.run("np.zeros(3)", "cell")
        assert time.monotonic() - began < 1  # 0.15 s here; a busy machine gets more


def test_there_is_no_network(worker):
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    said = shown(worker, f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)")
    listener.close()
    assert "Error" in said
    assert "gaierror" in shown(worker, "import socket; socket.getaddrinfo('example.org', 80)")


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd", "/etc/shadow", "/root", "/home", "/proc/1/environ", "/proc/self/mounts",
        "/proc/cpuinfo", "/sys", "/var", "/usr/bin", "/run", __file__, os.getcwd(),
    ],
)  # fmt: skip
def test_no_file_of_the_machine_is_there(worker, path):
    assert shown(worker, f"import os; print(os.path.exists({path!r}))") == "False\n"


def test_neither_tests_nor_the_reference_nor_keras_is_there(worker):
    seen = shown(
        worker,
        "import os\n"
        "found = [f for top in os.listdir('/') for d, _, fs in os.walk('/' + top) for f in fs]\n"
        "print([f for f in found if f in ('cells.py', 'diagnosis.py', 'recurrent_neuron.py')])\n"
        "print(os.path.isdir('/site/keras'), any('unrolled' in f for f in found))",
    )
    assert seen == "[]\nFalse False\n"


def test_the_environment_is_empty_of_secrets(worker, monkeypatch):
    monkeypatch.setenv("A_SECRET", "do not tell")
    with Worker() as fresh:
        assert "do not tell" not in shown(fresh, "import os; print(dict(os.environ))")


def test_code_is_nobody_and_stays_so(worker):
    assert shown(worker, "import os; print(os.getuid() != 0, os.geteuid() != 0)") == "True True\n"
    said = shown(
        worker,
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "print(libc.unshare(0x10000000), libc.mount(b'x', b'/tmp', b'tmpfs', 0, None))\n"
        "print(libc.setuid(0), libc.syscall(319, b'x', 0), libc.chroot(b'/tmp'))",
    )
    assert said == "-1 -1\n-1 -1 -1\n"


def test_nothing_but_small_temporary_folders_can_be_written(worker):
    said = shown(
        worker,
        "import os\n"
        "for path in ('/x', '/dev/x', '/site/x', '/worker/x', '/python/x', '/usr/lib/x'):\n"
        "    try:\n        open(path, 'w')\n        print('wrote', path)\n"
        "    except OSError:\n        pass\n"
        "total = 0\n"
        "try:\n"
        "    for n in range(1000):\n"
        "        with open(f'/tmp/{n}', 'wb') as f:\n            total += f.write(bytes(2**20))\n"
        "except OSError as error:\n    print(error.strerror, total <= 64 * 2**20)\n",
    )
    assert said == "No space left on device True\n"


def test_a_file_cannot_grow_without_end(worker):
    said = shown(
        worker,
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "open('/dev/shm/x', 'wb').write(bytes(40 * 2**20))",
    )
    assert "OSError" in said


def test_memory_is_limited(worker):
    assert "MemoryError" in shown(worker, "x = np.ones(2**28)")
    assert "Error" in shown(worker, "import mmap; m = mmap.mmap(-1, 3 * 2**30)")


def test_memory_of_many_processes_is_added_up(worker):
    with pytest.raises(WorkerLost, match="memory"):
        worker.run(
            "import os, time\n"
            "for _ in range(8):\n"
            "    if os.fork() == 0:\n"
            "        x = np.ones(2**26)\n        time.sleep(20)\n        os._exit(0)\n"
            "time.sleep(20)",
            "cell",
        )


def test_processes_are_limited(worker):
    said = shown(
        worker,
        "import os, time\nstarted = 0\n"
        "try:\n"
        "    while started < 500:\n"
        "        if os.fork() == 0:\n            time.sleep(30)\n            os._exit(0)\n"
        "        started += 1\n"
        "except OSError as error:\n    print(error.strerror, started < 64)",
    )
    assert said == "Resource temporarily unavailable True\n"


def test_an_endless_cell_is_stopped_and_so_is_all_it_started():
    limits = replace(NUMPY.limits, cell_seconds=1)
    worker = Worker(replace(NUMPY, limits=limits))
    before = set(family(os.getpid()))
    began = time.monotonic()
    with pytest.raises(WorkerTimeout):
        worker.run("import os\nif os.fork() == 0:\n    os.setsid()\nwhile True: pass", "cell")
    assert time.monotonic() - began < 3
    # The server that it was forked from is there for the next one, and nothing else.
    assert set(family(os.getpid())) < before


def test_output_is_cut():
    with Worker() as worker:
        result = worker.run("for _ in range(500): print('x' * 100_000)", "cell")
        assert sum(len(item["text"]) for item in result.outputs) <= 2**20 + 10


@pytest.mark.parametrize(
    "crash",
    [
        "os._exit(0)", "os.kill(os.getpid(), 9)", "import ctypes; ctypes.string_at(0)",
        "os.close(3); os.close(4); os.close(5)", "os.abort()",
        "[os.write(fd, b'forged' * 100) for fd in range(3, 20)]",
        "[os.write(fd, (2**31).to_bytes(4, 'big')) for fd in range(3, 6)]",
    ],
)  # fmt: skip
def test_a_crash_or_a_forged_frame_loses_that_worker_only(crash):
    with Worker() as worker:
        try:
            result = worker.run(f"import os\ntry:\n    {crash}\nexcept OSError: pass", "cell")
            worker.names(["x"])
        except WorkerLost:
            return
        # Writing to descriptors that are not there does no harm.
        assert result.error is None


def test_a_recursion_is_an_error_not_a_crash(worker):
    assert "RecursionError" in shown(worker, "def f(n):\n    return f(n + 1)\nf(0)")
    assert shown(worker, "print('alive')") == "alive\n"


def test_an_endless_answer_is_a_timeout():
    limits = replace(NUMPY.limits, call_seconds=0.5)
    with Worker(replace(NUMPY, limits=limits)) as worker:
        worker.run("def f():\n    while True: pass", "cell")
        with pytest.raises(AnswerTimeout):
            Proxy(worker, "f")()
        with pytest.raises(AnswerTimeout):
            Proxy(worker, "f")()


def test_keras_works_in_its_worker_and_a_model_is_only_data_here():
    import numpy as np

    with Worker(KERAS) as worker:
        worker.run(
            "import keras\ndef build():\n"
            "    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])",
            "cell",
        )
        model = Proxy(worker, "build")()
        kernel, bias = model.get_weights()
        model.set_weights([np.ones_like(kernel), bias])
        assert model(np.ones((1, 3), np.float32)).tolist() == [[3, 3]]
        with pytest.raises(AnswerError):
            model.set_weights([bias])


def test_sockets_out_of_the_sandbox_s_own_network_cannot_be_made(worker):
    said = shown(
        worker,
        "import socket\n"
        "for family in (1, 2, 10, 16, 17, 38, 40):\n"
        "    try:\n        socket.socket(family, socket.SOCK_RAW if family == 16 else 1).close()\n"
        "        print(family)\n"
        "    except OSError as error:\n        print(family, error.errno)",
    )
    assert said == "1\n2\n10\n16 1\n17 1\n38 1\n40 1\n"


def test_without_a_sandbox_a_looping_answer_ends_and_leaves_no_file():
    limits = replace(NUMPY.limits, call_seconds=0.5)
    with Worker(replace(NUMPY, limits=limits), sandboxed=False) as worker:
        worker.run("import os\ndef f():\n    while True: pass", "cell")
        worker.run("open('left', 'w').close(); folder = os.getcwd(); pid = os.getpid", "cell")
        folder = worker.get("folder")
        assert worker.mark()
        copy = Proxy(worker, "pid")()
        with pytest.raises(AnswerTimeout):
            Proxy(worker, "f")()
    deadline = time.monotonic() + 5
    while is_alive(copy) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(copy)
    assert not os.path.exists(folder)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.fixture(params=[True, False], ids=["forked", "a sandbox each"])
def way(request, monkeypatch):
    """The two ways to start a worker: what holds of one must hold of the other."""
    monkeypatch.setattr(ForkServer, "usable", request.param)
    return request.param


CAPABILITIES = """
import ctypes
libc = ctypes.CDLL(None)
header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
print(libc.capget(header, data), list(data), libc.prctl(39, 0, 0, 0, 0))
print([cap for cap in range(41) if libc.prctl(23, cap, 0, 0, 0)])
"""


def test_a_worker_has_no_capability_and_can_get_none(way):
    with Worker() as worker:
        assert shown(worker, CAPABILITIES) == "0 [0, 0, 0, 0, 0, 0] 1\n[]\n"


def test_two_submissions_share_nothing(way):
    leave = (
        "import os, socket, subprocess, sys, time\n"
        "for folder in ('/tmp', '/dev/shm'):\n    open(folder + '/left', 'w').write('mine')\n"
        "left = socket.socket(socket.AF_UNIX)\nleft.bind('\\0left')\nleft.listen()\n"
        "if os.fork() == 0:\n    os.setsid()\n    time.sleep(60)\n"
        "np.left = sys.modules['left'] = 'mine'\n"
        "print(np.random.rand())"
    )
    look = (
        "import os, socket, sys\n"
        "print(os.listdir('/tmp'), os.listdir('/dev/shm'), hasattr(np, 'left'),"
        " 'left' in sys.modules)\n"
        "try:\n    socket.socket(socket.AF_UNIX).connect('\\0left')\n"
        "except ConnectionRefusedError:\n    print('nobody')\n"
        "try:\n    os.kill(-1, 0)\nexcept ProcessLookupError:\n    print('alone')\n"
    )
    with Worker() as first:
        drawn = shown(first, leave)
        with Worker() as beside:
            assert shown(beside, look) == "[] [] False False\nnobody\nalone\n"
    with Worker() as second:
        assert shown(second, look) == "[] [] False False\nnobody\nalone\n"
        assert shown(second, "print(np.random.rand())") != drawn


def test_a_signal_to_all_that_can_be_reached_ends_that_worker_alone(way):
    with Worker() as other:
        for target in ("0", "-1", "os.getppid()"):
            with Worker() as worker:
                source = f"import os, signal\nos.kill({target}, signal.SIGKILL)"
                try:
                    worker.run(source, "cell")
                except WorkerLost:
                    continue
        assert shown(other, "print('alive')") == "alive\n"


def test_empty_files_are_limited_too(worker):
    said = shown(
        worker,
        "try:\n    for n in range(10**6):\n        open(f'/tmp/{n}', 'w').close()\n"
        "except OSError as error:\n    print(error.strerror, n < 20_000)",
    )
    assert said == "No space left on device True\n"


def test_where_nothing_can_be_forked_inside_each_worker_gets_its_own_sandbox(monkeypatch):
    def refuse(self, profile, fds):
        raise CannotFork("unshare: Operation not permitted")

    monkeypatch.setattr(ForkServer, "fork", refuse)
    monkeypatch.setattr(ForkServer, "usable", True)
    with Worker() as worker:
        assert shown(worker, "print('here')") == "here\n"
    assert not ForkServer.usable


def test_where_no_server_starts_each_worker_gets_its_own_sandbox(monkeypatch):
    monkeypatch.setattr(ForkServer, "usable", True)
    with Worker(replace(NUMPY, warm=("no_such_module",))) as worker:
        assert shown(worker, "print('here')") == "here\n"
    assert not ForkServer.usable


def test_a_server_that_was_lost_is_replaced():
    with Worker() as worker:
        server = worker._started.pid
    os.killpg(server, 9)
    deadline = time.monotonic() + 10
    while is_alive(server) and time.monotonic() < deadline:
        time.sleep(0.01)
    with Worker() as worker:
        assert shown(worker, "print('here')") == "here\n"


def test_a_server_takes_no_more_from_worker_to_worker():
    with Worker() as worker:
        server = worker._started.pid
    descriptors = {len(os.listdir(f"/proc/{pid}/fd")) for pid in family(server)}
    for _ in range(20):
        with Worker() as worker:
            assert worker._started.pid == server
            shown(worker, "x = np.zeros(10**6)")
    assert {len(os.listdir(f"/proc/{pid}/fd")) for pid in family(server)} == descriptors


def test_a_machine_without_bubblewrap_is_told_what_to_do(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(os, "defpath", "/nowhere")
    sandbox.found.cache_clear()
    try:
        with pytest.raises(SandboxUnavailable, match="apt-get install bubblewrap"):
            require_sandbox()
    finally:
        sandbox.found.cache_clear()


def test_bubblewrap_that_may_not_is_explained():
    said = sandbox.explain("bwrap: No permissions to create a new namespace")
    assert "bubblewrap could not start" in said
    assert "sudo sysctl" in said
