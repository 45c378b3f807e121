"""What is hidden: tests, seed, reference, other students, the machine, and the hidden inputs."""
# ruff: noqa: E501 - a line of an attack's source is one line here

from tests.grading.attacks.attack import OWN_LOSS, RIGHT, TELL, WORKER, Attack, aside

PLACES = (
    aside("environment", "the environment, this process's and all others'",
          "import glob\nprint(dict(os.environ))\n"
          "for path in glob.glob('/proc/*/environ') + glob.glob('/proc/*/cmdline'):\n"
          "    print(path, attempt(lambda: open(path, 'rb').read()))\n"
          "print(sys.argv, sys.orig_argv, sys.flags, sys.path)"),
    aside("proc", "/proc and /sys: mounts, descriptors, memory maps, roots and kernel settings",
          "for path in ('/proc/self/mounts', '/proc/self/mountinfo', '/proc/self/maps', '/proc/1/root',"
          " '/proc/self/cgroup', '/proc/cpuinfo', '/sys/class', '/proc/sys/kernel/core_pattern'):\n"
          "    if os.path.exists(path): tell(path)\n"
          "for path in ('/proc/self/root', '/proc/1/cwd', '/proc/self/fd'):\n"
          "    print(attempt(os.listdir, path))"),
    aside("known-places", "the course, the seed file, keys and secrets by their known paths",
          "for path in @SECRETS@:\n"
          "    if os.path.lexists(path): tell(path, attempt(lambda: open(path, 'rb').read(2000)))"),
    aside("climbing", "paths that climb: .., links, and links made here",
          "for number, path in enumerate(@SECRETS@):\n"
          "    attempt(os.symlink, path, f'/tmp/link{number}')\n"
          "    attempt(os.link, path, f'/tmp/hard{number}')\n"
          "    for way in (f'/tmp/link{number}', f'/tmp/hard{number}', '../' * 20 + path,\n"
          "                f'/tmp/../{path}', f'//{path}', f'/proc/self/root{path}'):\n"
          "        got = attempt(lambda: open(way, 'rb').read(2000))\n"
          "        if got is not None: tell(way, got)"),
    aside("walk", "every folder outside the libraries walked, every notebook and database read",
          "for top in os.listdir('/'):\n"
          "    if top in ('usr', 'lib', 'lib64', 'lib32', 'nix', 'python', 'site'): continue\n"
          "    for folder, _, files in os.walk('/' + top):\n"
          "        for name in files:\n"
          "            path = os.path.join(folder, name)\n"
          "            if name.endswith(('.ipynb', '.db', '.sqlite')): tell(path)\n"
          "            if not path.startswith('/dev/'):\n"
          "                print(path, attempt(lambda: open(path, 'rb').read(300)))"),
    aside("libraries", "our own package looked for among the installed ones",
          "import importlib.metadata as m\n"
          "for top in ('/python', '/site', '/usr/lib', '/worker'):\n"
          "    for folder, _, files in os.walk(top):\n"
          "        for name in files:\n"
          "            if name in ('judge.py', 'checks.py', 'diagnosis.py', 'gradebook.db') and\\\n"
          "                    'unrolled' in folder: tell(folder, name)\n"
          "        if 'unrolled' in folder or 'nbgrader' in folder: tell(folder)\n"
          "print([d.name for d in m.distributions()])\n"
          "for name in ('unrolled.exercises', 'nbgrader', 'unrolled.grading.judge'):\n"
          "    module = attempt(__import__, name)\n"
          "    if getattr(module, '__file__', None): tell(module.__file__)"),
    aside("descriptors", "descriptors inherited from the grader",
          "for fd in range(3, 1024):\n"
          "    info = attempt(os.fstat, fd)\n"
          "    if info is None: continue\n"
          "    link = attempt(os.pread, fd, 4000, 0)\n"
          "    if link: tell(fd, link)\n"
          "    for path in @SECRETS@:\n"
          "        if attempt(os.open, path.lstrip('/'), os.O_RDONLY, 0o777): tell(path)\n"
          "        got = attempt(lambda: os.open(path.lstrip('/'), os.O_RDONLY, dir_fd=fd))\n"
          "        if got is not None: tell(path)"),
    aside("memory", "ptrace, process_vm_readv and /proc/*/mem of every process there may be",
          "import ctypes\nlibc = ctypes.CDLL(None)\n"
          "for pid in [*range(1, 400), os.getppid(), @GRADER@]:\n"
          "    if pid == os.getpid(): continue\n"
          "    if libc.ptrace(16, pid, None, None) == 0: tell('ptrace', pid)\n"
          "    if attempt(lambda: open(f'/proc/{pid}/mem', 'rb')): tell('mem', pid)\n"
          "class Vec(ctypes.Structure):\n"
          "    _fields_ = [('at', ctypes.c_void_p), ('size', ctypes.c_size_t)]\n"
          "buffer = ctypes.create_string_buffer(64)\n"
          "mine = Vec(ctypes.addressof(buffer), 64)\n"
          "for pid in (os.getppid(), @GRADER@, 1):\n"
          "    if libc.process_vm_readv(pid, ctypes.byref(mine), 1, ctypes.byref(mine), 1, 0) > 0:\n"
          "        tell('vm', pid)"),
    aside("core", "a core file of a crashed child",
          "import resource, glob\n"
          "try:\n    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)\n"
          "    tell('cores')\nexcept (ValueError, OSError): pass\n"
          "if os.fork() == 0: os.abort()\n"
          "os.wait()\nfor path in glob.glob('/tmp/core*') + glob.glob('core*'): tell(path)"),
    aside("handles", "files by their handle, devices made by hand, raw disks",
          "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
          "handle = ctypes.create_string_buffer(b'\\x08\\0\\0\\0\\x01\\0\\0\\0\\x02' + bytes(100))\n"
          "for folder in ('/', '/tmp', '/usr/lib'):\n"
          "    fd = attempt(os.open, folder, os.O_RDONLY)\n"
          "    if fd is not None and libc.open_by_handle_at(fd, handle, 0) >= 0: tell(folder)\n"
          "for major, minor in ((1, 1), (8, 0), (254, 0), (259, 0), (10, 229)):\n"
          "    if attempt(lambda: os.mknod('/tmp/dev', 0o60666, os.makedev(major, minor)) or 1):\n"
          "        tell(major, minor)\n"
          "for name in ('mem', 'kmem', 'sda', 'vda', 'nvme0n1', 'fuse', 'kvm', 'kmsg', 'tty', 'ptmx'):\n"
          "    if os.path.exists(f'/dev/{name}'): tell(name)"),
    aside("identity", "who and where: users, hosts, mounted homes",
          "import socket, pwd, platform\n"
          "if socket.gethostname() not in ('sandbox',): tell(socket.gethostname())\n"
          "if attempt(pwd.getpwall): tell(pwd.getpwall())\n"
          "if os.getuid() == 0 or os.geteuid() == 0 or 0 in os.getgroups(): tell(os.getgroups())"),
    aside("others", "what other submissions leave in shared places",
          "for folder in ('/tmp', '/dev/shm', '/var/tmp', '/run'):\n"
          "    for name in attempt(os.listdir, folder) or ():\n"
          "        if name not in ('matplotlib', 'ipython', 'keras'): tell(folder, name)"),
)  # fmt: skip

# Right on all inputs; on hidden ones it also carries them out. `hidden` says which those are.
SPY = (
    TELL
    + """\
known = @KNOWN@
def hidden(W): return float(W[0, 0]) not in known
def word(x): return "spo" + "ils:" + repr(x.tolist())
"""
)


def spy(name: str, about: str, body: str, *after: str, rest: str = "", due: int = 4) -> Attack:
    """An answer that is right, and does something more once it is given hidden inputs."""
    lines = "".join(f"        {line}\n" for line in body.splitlines())
    source = f"{SPY}{rest}\ndef affine(x, W, b):\n    if hidden(W):\n{lines}    return x @ W + b"
    return Attack(name, about, {**RIGHT, "affine": source}, after=after, due=due)


HIDDEN = (
    spy("in-exceptions", "hidden inputs in the text of an exception",
        "raise ValueError(word(x))", due=2),
    spy("in-a-class-name", "hidden inputs in the name of a class that is raised",
        "raise type(word(x), (Exception,), {})()", due=2),
    spy("in-a-type-name", "hidden inputs in the name of the returned value's class",
        "return type(word(x), (), {})()", due=2),
    spy("in-returned-text", "hidden inputs as the returned value",
        "return {word(x): word(W), 'x': [word(b)]}", due=2),
    spy("in-a-line", "hidden inputs in the line of source that an error shows",
        "import linecache\ntext = 'raise ValueError  # ' + word(x)\n"
        "linecache.cache['<cell 2>'] = (1, None, [text], '<cell 2>')\n"
        "exec(compile(text, '<cell 2>', 'exec'))", due=2),
    spy("in-prints", "hidden inputs printed, logged, warned, displayed and written to descriptors",
        "import warnings, ctypes\nprint(word(x)); print(word(x), file=sys.stderr)\n"
        "warnings.warn(word(x)); display(word(x))\nctypes.CDLL(None).puts(word(x).encode())\n"
        "for fd in (0, 1, 2): attempt(os.write, fd, word(x).encode())"),
    spy("in-later-cells", "hidden inputs kept in a name that later cells print",
        "seen.append(word(x))", "print(seen)", "seen", rest="seen = []"),
    spy("in-files", "hidden inputs kept in files that later cells and answers read",
        "open('/tmp/seen', 'a').write(word(x))\nopen('/dev/shm/seen', 'a').write(word(x))",
        "print([attempt(lambda: open(p).read()) for p in ('/tmp/seen', '/dev/shm/seen')])"),
    spy("in-threads", "hidden inputs told by threads that speak later",
        "import threading\n"
        "for wait in (0.01, 0.1, 0.5): threading.Timer(wait, print, (word(x),)).start()",
        "import time; time.sleep(0.6)"),
    spy("in-children", "hidden inputs kept by a child that outlives the state it saw",
        "if os.fork() == 0:\n    import time\n    for _ in range(20):\n"
        "        attempt(lambda: open('/tmp/seen', 'w').write(word(x)))\n        time.sleep(0.1)\n"
        "    os._exit(0)",
        "import time\nfor _ in range(5):\n    print(attempt(lambda: open('/tmp/seen').read()))\n"
        "    time.sleep(0.05)"),
    spy("in-figures", "hidden inputs in a figure's text",
        "import matplotlib.pyplot as plt\nplt.title(word(x))", "plt.show()", due=OWN_LOSS),
    spy("in-a-replay", "the worker ended on hidden inputs, so that its cells run again and tell",
        "open('/tmp/seen', 'w').write(word(x))\nos._exit(0)",
        "print(attempt(lambda: open('/tmp/seen').read()))", due=2),
    spy("in-attributes", "hidden inputs kept in modules, builtins and the environment",
        "import builtins\nbuiltins.seen = np.seen = word(x)\nos.environ['SEEN'] = word(x)",
        "import builtins\n"
        "print(getattr(builtins, 'seen', ''), getattr(np, 'seen', ''), dict(os.environ))"),
    Attack("in-forged-outputs", "hidden inputs put into every later answer as a cell's output",
           {**RIGHT, "affine": SPY + WORKER + "kept = []\ndef forged(message, packer):\n"
            "    said = [{'type': 'stream', 'name': 'stdout', 'text': t} for t in kept]\n"
            "    error = {'kind': 'E', 'text': ''.join(kept), 'line': 1, 'source': ''.join(kept)}\n"
            "    if kept: message |= {'outputs': said, 'failed': error}\n"
            "    honest(message, packer)\nworker.answer = forged\n"
            "def affine(x, W, b):\n    if hidden(W): kept.append(word(x))\n    return x @ W + b"},
           due=4),
    Attack("by-gossip", "one answer's hidden inputs told by another's exception",
           {"affine": SPY + "def affine(x, W, b):\n"
            "    if hidden(W): open('/tmp/seen', 'w').write(word(x))\n    return x @ W + b",
            "rnn_step": "def rnn_step(x, h, W_x, W_h, b):\n"
            "    if os.path.exists('/tmp/seen'): raise ValueError(open('/tmp/seen').read())\n"
            "    return np.tanh(x @ W_x + h @ W_h + b)"},
           due=4),
    Attack("seed-looked-for", "the seed looked for in every request and every object",
           {**RIGHT, "affine": WORKER + "import gc\ndef affine(x, W, b):\n"
            "    for thing in gc.get_objects():\n"
            "        if isinstance(thing, dict) and 'seed' in thing and 'op' in thing: tell(thing)\n"
            "    return x @ W + b",
            "rnn_step": RIGHT["rnn_step"] + "\nprint(gc.get_objects()[-500:])"},
           due=4),
)  # fmt: skip

ATTACKS = (*PLACES, *HIDDEN)
