"""Points without the answer: lie to whoever compares, change what is expected, forge the answer."""
# ruff: noqa: E501 - a line of an attack's source is one line here

from tests.grading.attacks.attack import WORKER, Attack, cheat

LINEAR = "def affine(x, W, b): return x @ W\n"

OBJECTS = (
    cheat(
        "equal-to-all",
        "an object that equals everything",
        "class Same:\n    __hash__ = None\n    def __eq__(self, other): return True\n"
        "    def __ne__(self, other): return False\n    def __bool__(self): return True\n"
        "    def __getattr__(self, name): return self\n    def __call__(self, *a, **k): return self\n"
        "def affine(x, W, b): return Same()",
    ),
    cheat(
        "array-protocols",
        "a subclass that answers NumPy's own questions",
        "class Yes(np.ndarray):\n    __array_priority__ = 1e9\n"
        "    def __array_function__(self, *a): return np.True_\n"
        "    def __array_ufunc__(self, *a, **k): return np.True_\n"
        "    def all(self, *a, **k): return True\n"
        "    def __eq__(self, other): return np.True_\n"
        "    def tobytes(self, *a): return b''\n"
        "def affine(x, W, b): return (x @ W).view(Yes)",
    ),
    cheat(
        "lazy-array",
        "an object that is another array each time it is asked",
        "class Lazy:\n    dtype = np.dtype(float)\n    def __init__(self): self.asked = 0\n"
        "    def __array__(self, *a, **k):\n        self.asked += 1\n"
        "        return np.full((2, 7), self.asked * 1.0)\n"
        "    def __len__(self): return 2\n    def __getitem__(self, i): return self.__array__()[i]\n"
        "def affine(x, W, b): return Lazy()",
    ),
    cheat(
        "lying-shape",
        "a subclass whose shape, dtype and contents lie",
        "class Liar(np.ndarray):\n    shape = property(lambda self: (2, 7), lambda self, s: None)\n"
        "    size = property(lambda self: 14)\n    def __array_finalize__(self, other): pass\n"
        "def affine(x, W, b): return np.zeros(1).view(Liar)",
    ),
    cheat("masked", "a masked array, equal wherever it is masked",
          "def affine(x, W, b): return np.ma.masked_all((len(x), W.shape[1]))"),
    cheat("not-a-number", "NaN, in case two of them count as equal",
          "def affine(x, W, b): return np.full((len(x), W.shape[1]), np.nan)"),
    cheat("infinite", "infinity, within any tolerance",
          "def affine(x, W, b): return np.full((len(x), W.shape[1]), np.inf)"),
    cheat("empty", "an array of no elements, all of which are right",
          "def affine(x, W, b): return np.zeros((0, W.shape[1]))"),
    cheat("broadcasts", "one row in place of all, for a comparison that broadcasts",
          "def affine(x, W, b): return (x @ W + b)[:1] * np.ones((1, 1))[:, :1]"),
    cheat("metaclass", "a class that says it is an array and an instance of all",
          "class Meta(type):\n    def __instancecheck__(c, i): return True\n"
          "    def __subclasscheck__(c, s): return True\n"
          "class A(metaclass=Meta):\n    __class__ = np.ndarray\n"
          "def affine(x, W, b): return A()"),
    cheat("a-report", "an object of the class that a passed check returns",
          "class Report:\n    exercise, cases, hidden = 'affine', 3, True\n"
          "def affine(x, W, b): return Report()"),
    cheat("generators", "a generator, a coroutine and NumPy's generator as answers",
          "def affine(x, W, b):\n    yield x @ W + b\n    return np.random.default_rng(0)"),
)  # fmt: skip

NAMES = (
    cheat("rebound-numpy", "NumPy's comparisons rebound",
          "import builtins\nfor name in ('allclose', 'isclose', 'array_equal', 'all'):\n"
          "    setattr(np, name, lambda *a, **k: np.True_)\n"
          "np.testing.assert_allclose = np.testing.assert_array_equal = lambda *a, **k: None\n"
          "builtins.isinstance = builtins.all = lambda *a: True\n" + LINEAR),
    cheat("own-check", "check, CheckFailed and AssertionError redefined",
          "import builtins, unrolled\ndef check(*a, **k): return None\n"
          "unrolled.check, unrolled.CheckFailed = check, ZeroDivisionError\n"
          "class CheckFailed(Exception): pass\nbuiltins.AssertionError = CheckFailed\n" + LINEAR),
    cheat("borrowed", "the reference, imported from wherever it may be",
          "affine = None\n"
          "for where in ('unrolled.cells', 'unrolled.layers', 'unrolled.exercises.start'):\n"
          "    try:\n        module = __import__(where, fromlist=['*'])\n"
          "        affine = affine or getattr(module, 'affine', None)\n"
          "    except Exception: pass\n"
          "affine = getattr(affine, 'reference', affine)"),
    cheat("shell-hooks", "IPython's transformers and events, to rewrite the tests",
          "shell = get_ipython()\nshell.input_transformers_cleanup.append(lambda lines: ['pass'])\n"
          "shell.events.register('pre_run_cell', lambda *a: shell.user_ns.update(check=print))\n"
          "shell.ast_transformers.append(type('T', (), {'visit': lambda s, n: n})())\n"
          "shell.run_cell = lambda *a, **k: None\n" + LINEAR),
    cheat("names-lie", "a namespace that says each name is there, as a value of any kind",
          WORKER + "worker.do_names = lambda r, u, p: {'names': {n: 'value' for n in r['names']}}\n"
          "worker.do_get = lambda r, u, p: {'value': True}\n" + LINEAR),
    cheat("answer-is-no-function", "a name that is no function but a model's number",
          WORKER + "worker.do_call = lambda r, u, p: {'value': {'t': 'model', 'v': 0, 'n': 'M'},"
          " 'after': None}\n" + LINEAR),
)  # fmt: skip

EXPECTED = (
    cheat("expected-changed", "arguments set to zero, so that zeros are expected",
          "def affine(x, W, b):\n    x[...] = 0; W[...] = 0; b[...] = 0\n"
          "    return np.zeros((len(x), W.shape[1]))"),
    cheat("arguments-resized", "arguments shrunk to nothing",
          "def affine(x, W, b):\n    for a in (x, W, b): a.resize((0,) * a.ndim, refcheck=False)\n"
          "    return np.zeros((0, 0))"),
    cheat("arguments-reread", "arguments' bytes read as text",
          "def affine(x, W, b):\n    x.dtype = W.dtype = b.dtype = 'S4'\n    return x"),
    cheat("argument-returned", "an argument returned, and changed afterwards by a thread",
          "import threading\ndef affine(x, W, b):\n"
          "    threading.Timer(0.01, lambda: x.fill(0)).start()\n    return x"),
    cheat("after-forged", "arguments that come back as text of no letters and of any size",
          WORKER + "def forged(message, packer):\n    if 'after' in message:\n"
          "        packer.buffers.append(b'')\n"
          "        node = {'t': 'array', 'd': '<U0', 's': [2**24, 10], 'b': len(packer.buffers) - 1}\n"
          "        message['after'] = [node] * 3\n    honest(message, packer)\n"
          "worker.answer = forged\n" + LINEAR),
    cheat("after-of-other-kinds", "arguments that come back as numbers, text and None",
          WORKER + "def forged(message, packer):\n    if 'after' in message:\n"
          "        message['after'] = [None, 'text', [1, [2]]]\n    honest(message, packer)\n"
          "worker.answer = forged\n" + LINEAR),
    cheat("visible-alone", "the visible check's answers by heart",
          "def affine(x, W, b):\n    return x @ W + (b if float(W[0, 0]) in @KNOWN@ else 0)"),
)  # fmt: skip

FRAMES = (
    cheat("every-descriptor", "forged frames written to every descriptor",
          WORKER + "data = frames.Packer().frame({'id': 'x', 'value': True, 'after': None})\n"
          "def affine(x, W, b):\n    for fd in range(3, 64):\n        attempt(os.write, fd, data)\n"
          "    return x @ W"),
    cheat("answered-ahead", "answers sent ahead of their questions",
          WORKER + "def affine(x, W, b):\n    for number in range(20):\n"
          "        honest({'id': str(number), 'value': True, 'after': None}, frames.Packer())\n"
          "    return x @ W"),
    cheat("replayed", "the first answer once more in place of all later ones",
          WORKER + "sent = []\ndef again(message, packer):\n"
          "    sent.append(packer.frame(message))\n    os.write(worker.writing, sent[0])\n"
          "worker.answer = again\n" + LINEAR),
    cheat("wrong-ids", "answers with no number, or one of another kind",
          WORKER + "def other(message, packer):\n    message['id'] = [message['id']]\n"
          "    honest(message, packer)\nworker.answer = other\n" + LINEAR),
    cheat("back-faked", "a process that says it went back and did not",
          WORKER + "marks = []\ndef mark(r, u, p):\n    marks.append(r['id'])\n"
          "    return {'depth': 1}\n"
          "worker.do_mark = mark\nworker.do_back = lambda r, u, p: {'depth': 0}\n"
          "def forged(message, packer):\n"
          "    if 'depth' in message and marks: message['id'] = marks.pop()\n"
          "    honest(message, packer)\nworker.answer = forged\n" + LINEAR),
    cheat("huge-length", "a frame of four gigabytes, of which nothing comes",
          WORKER + "def affine(x, W, b):\n    os.write(worker.writing, b'\\xff' * 4)\n"
          "    return x @ W"),
    cheat("no-length", "frames of no bytes, and headers longer than their frame",
          WORKER + "def affine(x, W, b):\n    os.write(worker.writing, bytes(4))\n"
          "    os.write(worker.writing, (8).to_bytes(4, 'big') + b'\\xff' * 8)\n    return x @ W"),
    cheat("bad-sizes", "arrays of negative, enormous and fractional sizes",
          WORKER + "def forged(message, packer):\n    if 'value' in message:\n"
          "        message['value'] = {'t': 'array', 'd': '<f8', 's': [-2, -7.5, 2**80], 'b': -1}\n"
          "    honest(message, packer)\nworker.answer = forged\n" + LINEAR),
    cheat("unpickled", "a pickle, an object array and a dtype with code, to be believed",
          WORKER + "kinds = [{'t': 'pickle', 'v': 'gASVCg=='}, {'t': 'array', 'd': '|O', 's': [1],"
          " 'b': 0}, {'t': 'array', 'd': 'object', 's': [], 'b': 0}, {'t': 'rng', 'g': 'MT19937',"
          " 'v': {}}]\n"
          "def forged(message, packer):\n    if 'value' in message:\n"
          "        message['value'] = kinds\n        packer.buffers[:] = [bytes(8)]\n"
          "    honest(message, packer)\nworker.answer = forged\n" + LINEAR),
    cheat("child-answers", "a forked child that goes on serving in its parent's place",
          "import os\ndef affine(x, W, b):\n    if os.fork():\n        os._exit(0)\n"
          "    return x @ W"),
    cheat("modules-patched", "the worker's own modules replaced",
          WORKER + "frames.Packer.node = lambda self, value, depth=0: True\n"
          "frames.Unpacker.value = lambda self, node, depth=0: [np.zeros((2, 2))] * 3\n"
          "sys.modules['cell_runner'].describe_error = lambda e: None\n"
          "sys.modules['stand_ins'] = sys.modules['frames'] = sys\n" + LINEAR),
)  # fmt: skip

INNARDS = (
    cheat("objects-searched", "whatever the collector knows searched for the answer",
          "import gc\ndef affine(x, W, b):\n    for thing in gc.get_objects():\n"
          "        if isinstance(thing, dict):\n            for key in ('expected', 'reference'):\n"
          "                if isinstance(thing.get(key), np.ndarray): return thing[key]\n"
          "    return x @ W"),
    cheat("frames-searched", "the callers' local names searched for the answer",
          "import sys\ndef affine(x, W, b):\n    frame = sys._getframe()\n"
          "    while frame := frame.f_back:\n"
          "        for key in ('expected', 'wanted', 'reference', 'case', 'seed'):\n"
          "            if key in frame.f_locals: return frame.f_locals[key]\n    return x @ W"),
    cheat("traced", "every call traced and profiled, returned values replaced",
          "import sys, threading\nsys.settrace(lambda *a: None)\n"
          "sys.setprofile(lambda f, e, a: None)\nthreading.settrace(lambda *a: None)\n" + LINEAR),
    cheat("at-the-end", "exit handlers, signal handlers and late threads that answer",
          WORKER + "import atexit, signal, threading\n"
          "def late(*a): honest({'id': 'late', 'value': True, 'after': None}, frames.Packer())\n"
          "atexit.register(late)\n"
          "for number in range(1, 32): attempt(signal.signal, number, late)\n"
          "threading.Timer(0.05, late).start()\n" + LINEAR),
    cheat("memory-poked", "0 made 1 and True made False in the interpreter's memory",
          "import ctypes\nctypes.memmove(id(7) + 24, id(8) + 24, 4)\n"
          "ctypes.memmove(id(False) + 24, id(True) + 24, 4)\n" + LINEAR),
    cheat("as-an-error", "exceptions that look like a passed check",
          "class CheckFailed(AssertionError):\n    exercise, mistake, message = 'affine', None, ''\n"
          "Nameless = type('', (BaseException,), {'__str__': lambda self: 'affine: right.'})\n"
          "def affine(x, W, b): raise (Nameless if len(x) > 1 else CheckFailed)()"),
    cheat("leaves", "answers that leave: exit, SystemExit, KeyboardInterrupt, GeneratorExit",
          "def affine(x, W, b):\n"
          "    raise (SystemExit(0), KeyboardInterrupt(), GeneratorExit())[len(x) % 3]"),
    Attack("recursive-repr", "objects whose repr, str and name fail or never end",
           {"affine": "class Odd:\n    def __repr__(self): return repr(self)\n"
            "    __str__ = __format__ = __repr__\nOdd.__name__ = 'x' * 10**6\n"
            "class Bad(Exception):\n    def __str__(self): raise self\n"
            "def affine(x, W, b):\n    if len(x) > 2: raise Bad(Odd())\n    return Odd()"}),
)  # fmt: skip

ATTACKS = (*OBJECTS, *NAMES, *EXPECTED, *FRAMES, *INNARDS)
