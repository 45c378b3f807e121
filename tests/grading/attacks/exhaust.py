"""More than its share: of processes, memory, output, files, time, and of the judge's own means."""
# ruff: noqa: E501 - a line of an attack's source is one line here

from tests.grading.attacks.attack import RIGHT, WORKER, Attack, beside_one_right

LINEAR = "def affine(x, W, b): return x @ W\n"
FORGE = WORKER + "def forged(message, packer):\n"

PROCESSES = (
    beside_one_right("fork-bomb", "processes that start processes",
                     "def affine(x, W, b):\n    while True: attempt(os.fork)"),
    beside_one_right("fork-bomb-cell", "the same in a cell, in sessions of their own",
                     "while True:\n    attempt(os.fork)\n    attempt(os.setsid)"),
    beside_one_right("thread-bomb", "threads without end",
                     "import threading, time\ndef affine(x, W, b):\n    while True:\n"
                     "        attempt(threading.Thread(target=time.sleep, args=(99,)).start)"),
    beside_one_right("zombies", "children that nobody waits for",
                     "def affine(x, W, b):\n    for _ in range(500):\n"
                     "        if attempt(os.fork) == 0: os._exit(0)\n    return x @ W"),
    beside_one_right("outliving", "daemons that close everything, ignore signals and stay",
                     "import signal, time\nfor _ in range(3):\n    if os.fork() == 0:\n"
                     "        os.setsid()\n        for n in range(1, 32): attempt(signal.signal, n, 1)\n"
                     "        if os.fork(): os._exit(0)\n        os.closerange(0, 256)\n"
                     "        time.sleep(600)\n        os._exit(0)\n" + LINEAR),
    beside_one_right("deaf", "SIGTERM, SIGALRM and SIGINT ignored, and a sleep for ever",
                     "import signal, time\nfor n in range(1, 32): attempt(signal.signal, n, signal.SIG_IGN)\n"
                     "def affine(x, W, b):\n    while True: attempt(time.sleep, 99)"),
    beside_one_right("stopped", "the worker stopped by its own signal",
                     "import signal\ndef affine(x, W, b):\n    os.kill(os.getpid(), signal.SIGSTOP)"),
)  # fmt: skip

MEMORY = (
    beside_one_right("hoard", "one process that takes all memory",
                     "def affine(x, W, b):\n    kept = []\n    while True: kept.append(bytearray(2**27))"),
    beside_one_right("shared-hoard", "many processes that take a little each",
                     "import time\ndef affine(x, W, b):\n    for _ in range(12):\n"
                     "        if os.fork() == 0:\n            kept = np.ones(2**24)\n"
                     "            time.sleep(99)\n            os._exit(0)\n    time.sleep(99)"),
    beside_one_right("unlimited", "limits raised first",
                     "import resource, mmap\nfor name in dir(resource):\n"
                     "    if name.startswith('RLIMIT'):\n        attempt(resource.setrlimit,"
                     " getattr(resource, name), (resource.RLIM_INFINITY,) * 2)\n"
                     "def affine(x, W, b):\n    return mmap.mmap(-1, 2**40) or np.ones(2**31)"),
    beside_one_right("broadcast-view", "one byte that claims terabytes",
                     "def affine(x, W, b): return np.broadcast_to(np.int8(0), (2**20, 2**20))"),
    beside_one_right("large-value", "megabytes for every case",
                     "def affine(x, W, b): return np.zeros((2**20, 4), np.int32)"),
    beside_one_right("deep-value", "lists in lists in lists",
                     "def affine(x, W, b):\n    v = []\n    for _ in range(10**5): v = [v]\n    return v"),
    beside_one_right("own-value", "a list that holds itself",
                     "def affine(x, W, b):\n    v = [1]\n    v.append(v)\n    return v"),
    beside_one_right("long-number", "a whole number of a million digits",
                     "sys.set_int_max_str_digits(0)\ndef affine(x, W, b): return 10**10**6"),
    beside_one_right("shared-bytes", "a thousand arrays that are the same megabyte",
                     FORGE + "    if 'value' in message:\n"
                     "        node = {'t': 'array', 'd': '|i1', 's': [2**20], 'b': 0}\n"
                     "        packer.buffers[:], message['value'] = [bytes(2**20)], [node] * 1000\n"
                     "    honest(message, packer)\nworker.answer = forged\n" + LINEAR,
                     due=0, win="the judge's memory grows beyond a small multiple of what was sent"),
    beside_one_right("bytes-of-none", "arrays of text without letters, of any shape",
                     FORGE + "    if 'value' in message:\n        packer.buffers[:] = [b'']\n"
                     "        message['value'] = {'t': 'array', 'd': '<U0', 's': [2**26, 9], 'b': 0}\n"
                     "    honest(message, packer)\nworker.answer = forged\n" + LINEAR,
                     due=0, win="the judge's memory grows"),
    beside_one_right("many-classes", "objects of unknown kinds by the hundred thousand",
                     "class Odd: pass\ndef affine(x, W, b): return [Odd()] * 150_000"),
    beside_one_right("colliding-keys", "keys that all have the same hash",
                     "def affine(x, W, b): return dict.fromkeys(i * (2**61 - 1) for i in range(20_000))"),
)  # fmt: skip

OUTPUT = (
    beside_one_right("flood", "output without end",
                     "def affine(x, W, b):\n    while True: print('x' * 10**6)"),
    beside_one_right("flood-cell", "output without end in a cell, on every stream",
                     "while True:\n    print('x' * 10**6)\n    os.write(2, b'x' * 10**6)"),
    beside_one_right("many-outputs", "small outputs by the million",
                     "for number in range(10**6):\n    display(number)\n" + LINEAR),
    beside_one_right("huge-repr", "a repr of hundreds of megabytes",
                     "class Long:\n    def __repr__(self): return 'x' * (200 * 2**20)\n"
                     "display(Long())\n" + LINEAR + "Long()"),
    Attack("forged-outputs", "megabytes of output in every forged answer",
           {"affine": FORGE + "    if 'outputs' in message:\n"
            "        item = {'type': 'stream', 'name': 'stdout', 'text': 'x' * 7_000_000}\n"
            "        message['outputs'] = [item] * 8\n    honest(message, packer)\n"
            "worker.answer = forged\n" + LINEAR, "rnn_step": RIGHT["rnn_step"]},
           after=("1",) * 24, due=2, win="the judge keeps or prints more than 1 MB of it"),
    beside_one_right("figures", "figures without end, and one of a million inches",
                     "import matplotlib.pyplot as plt\nfor _ in range(30): plt.plot([1, 2]); plt.figure()\n"
                     "plt.figure(figsize=(1e6, 1e6)); plt.plot([1])\n" + LINEAR),
    beside_one_right("file-flood", "files without end, large and small",
                     "def fill(folder):\n    for n in range(10**5):\n"
                     "        with open(f'{folder}/{n}', 'wb') as f: f.write(bytes(2**16))\n"
                     "for folder in ('/tmp', '/dev/shm', '/dev', '/worker'): attempt(fill, folder)\n"
                     + LINEAR),
    beside_one_right("large-file", "one file of a terabyte, and a sparse one",
                     "f = open('/tmp/large', 'wb')\nattempt(os.truncate, '/tmp/large', 2**40)\n"
                     "attempt(os.posix_fallocate, f.fileno(), 0, 2**40)\n" + LINEAR),
)  # fmt: skip

TIME = (
    beside_one_right("loop-in-call", "a call that never ends", "def affine(x, W, b):\n    while True: pass"),
    beside_one_right("loop-in-cell", "a cell that never ends", LINEAR + "while True: pass"),
    beside_one_right("loop-in-repr", "a repr that never ends",
                     LINEAR + "class Slow:\n    def __repr__(self):\n        while True: pass\nSlow()"),
    beside_one_right("loop-in-hook", "__array__, __del__ and __getattr__ that never end",
                     "class Slow:\n    def __array__(self, *a, **k):\n        while True: pass\n"
                     "    __del__ = __iter__ = __index__ = __array__\n"
                     "class Late(np.ndarray):\n    def __del__(self):\n        while True: pass\n"
                     "def affine(x, W, b): return (x @ W).view(Late)"),
    beside_one_right("loop-at-exit", "exit handlers that never end",
                     "import atexit\ndef forever():\n    while True: pass\natexit.register(forever)\n"
                     "import threading\nthreading.Thread(target=forever).start()\n" + LINEAR),
    beside_one_right("swallowed", "an endless loop that swallows every exception",
                     "def affine(x, W, b):\n    while True:\n        try:\n            while True: pass\n"
                     "        except BaseException: pass"),
    beside_one_right("endless-generator", "a sequence that has no end",
                     "class Ever(list):\n    def __iter__(self):\n        while True: yield 1\n"
                     "    def __len__(self): return 3\ndef affine(x, W, b): return Ever([1, 2])"),
    beside_one_right("recursion", "recursion until the stack ends, in Python and in C",
                     "sys.setrecursionlimit(10**9)\nimport threading\n"
                     "def affine(x, W, b): return repr(affine(x, W, b))"),
    beside_one_right("backtracking", "a regular expression that backtracks for years",
                     "import re\ndef affine(x, W, b): re.match('(a+)+$', 'a' * 60 + 'b')"),
    beside_one_right("drip", "an answer that comes a byte at a time",
                     FORGE + "    import time\n    for byte in packer.frame(message):\n"
                     "        os.write(worker.writing, bytes([byte]))\n        time.sleep(0.05)\n"
                     "def affine(x, W, b):\n    worker.answer = forged\n    return x @ W"),
    Attack("slow-cells", "cells that use up the time of all tests after them",
           {**RIGHT}, after=("import time; time.sleep(1.4)",) * 12, due=4),
    Attack("ends-again", "a worker that ends in every cell, so that all are played again",
           {**RIGHT}, after=("import os; os._exit(0)",) * 6, due=4),
)  # fmt: skip

ATTACKS = (*PROCESSES, *MEMORY, *OUTPUT, *TIME)
