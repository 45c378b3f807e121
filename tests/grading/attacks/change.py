"""What is others': their folders and grades, the machine's files, the next submission."""
# ruff: noqa: E501 - a line of an attack's source is one line here

from tests.grading.attacks.attack import OWN_LOSS, RIGHT, TELL, Attack, aside

ATTACKS = (
    aside("overwrite", "the course's files and the machine's written, emptied and replaced",
          "for path in @SECRETS@:\n"
          "    for act in (lambda: open(path, 'w').write('@NAME@'), lambda: os.truncate(path, 0),\n"
          "                lambda: os.replace('/tmp/mine', path), lambda: os.unlink(path),\n"
          "                lambda: os.chmod(path, 0o777), lambda: os.chown(path, 65534, 65534),\n"
          "                lambda: os.utime(path, (0, 0)), lambda: os.rename(path, '/tmp/taken'),\n"
          "                lambda: os.setxattr(path, 'user.x', b'x')):\n"
          "        open('/tmp/mine', 'w').close()\n        attempt(act)"),
    aside("remove-all", "everything removed that can be",
          "import shutil\nfor top in os.listdir('/'):\n"
          "    if top not in ('python', 'site', 'usr', 'lib', 'lib64'):\n"
          "        shutil.rmtree('/' + top, ignore_errors=True)\n"
          "for path in ('@ROOT@', '@HOME@'): shutil.rmtree(path, ignore_errors=True)"),
    aside("new-files", "files laid wherever a folder will take one",
          "for folder, folders, _ in os.walk('/'):\n"
          "    folders[:] = [f for f in folders if not folder.startswith(('/usr', '/nix'))]\n"
          "    path = os.path.join(folder, 'planted-@NAME@')\n"
          "    if attempt(lambda: open(path, 'w').write('x')) and not path.startswith(\n"
          "            ('/tmp/', '/dev/shm/')): tell(path)"),
    aside("made-folders", "the course's own paths made here and filled",
          "for path in @SECRETS@:\n"
          "    attempt(os.makedirs, os.path.dirname(path))\n"
          "    attempt(lambda: open(path, 'w').write('@NAME@'))"),
    aside("database", "the gradebook opened at its path and given marks",
          "import sqlite3\n"
          "def mark():\n    db = sqlite3.connect('file:@ROOT@/gradebook.db?mode=rw', uri=True)\n"
          "    db.execute('update grade set auto_score = 100')\n    db.commit()\n"
          "    tell('marked')\nattempt(mark)"),
    aside("shared-memory", "shared memory and semaphores of other processes",
          "from multiprocessing import shared_memory\n"
          "for name in @SHARED@:\n"
          "    found = attempt(shared_memory.SharedMemory, name)\n"
          "    if found:\n        found.buf[:1] = b'!'\n        tell(name)\n"
          "for name in attempt(os.listdir, '/dev/shm') or (): tell(name)\n"
          "import ctypes\nlibc = ctypes.CDLL(None)\n"
          "for key in range(1, 50):\n"
          "    for get in (libc.shmget, libc.semget, libc.msgget):\n"
          "        if get(key, 0, 0) > 0: tell('segment', key)"),
    aside("signals", "every other process killed",
          "import signal\n"
          "for pid in [@GRADER@, *range(2, 3000)]:\n"
          "    if pid not in (os.getpid(), os.getppid()): attempt(os.kill, pid, signal.SIGKILL)"),
    Attack("signals-to-all", "kill(-1), the parent and the group killed",
           {"affine": TELL + "import signal\nattempt(os.kill, os.getppid(), 9)\n"
            "attempt(os.killpg, 0, 15)\nos.kill(-1, 9)\nos.kill(os.getpid(), 9)",
            "rnn_step": RIGHT["rnn_step"]}, due=2),
    aside("priorities", "other processes' priority, affinity and limits",
          "import resource\nfor pid in (1, @GRADER@):\n"
          "    if pid == os.getppid(): continue\n"
          "    attempt(os.setpriority, os.PRIO_PROCESS, pid, 19)\n"
          "    attempt(os.sched_setaffinity, pid, {0})\n"
          "    attempt(resource.prlimit, pid, resource.RLIMIT_NOFILE, (0, 0))"),
    aside("start-up", "start-up files for the next Python: .pth, sitecustomize, IPython, nbgrader",
          "evil = 'import sys; sys.stdout.write(\"spo\" + \"ils:\")'\n"
          "places = [*sys.path, '/tmp', '/site', '/worker', '/python/lib', '@ROOT@', '@HOME@',\n"
          "          '/tmp/ipython/profile_default/startup', '/tmp/.ipython/profile_default/startup',\n"
          "          '/tmp/.local/lib/python3.11/site-packages', '/tmp/.jupyter', '/tmp/.config']\n"
          "for place in places:\n    attempt(os.makedirs, place)\n"
          "    for name in ('evil.pth', 'sitecustomize.py', 'usercustomize.py', 'numpy.py', 'json.py',\n"
          "                 'nbgrader_config.py', 'ipython_config.py', '00.py', 'kernel.json'):\n"
          "        attempt(lambda: open(os.path.join(place, name), 'w').write(evil))"),
    aside("bytecode", "planted __pycache__ for the worker's own modules and NumPy's",
          "import marshal, numpy\ncode = marshal.dumps(compile('raise SystemExit', 'x', 'exec'))\n"
          "for module in list(sys.modules.values()):\n"
          "    cached = getattr(module, '__cached__', None) or getattr(module, '__file__', None)\n"
          "    if cached and cached.startswith('/'):\n"
          "        attempt(os.makedirs, os.path.dirname(cached))\n"
          "        if attempt(lambda: open(cached, 'wb').write(code)): tell(cached)"),
    aside("own-state", "builtins, modules, the environment and the working folder changed",
          "import builtins, json, time\nbuiltins.len = lambda x: 0\njson.loads = lambda *a: {}\n"
          "time.sleep = print\nos.environ['PYTHONSTARTUP'] = '/tmp/evil.py'\n"
          "os.umask(0o777)\nattempt(os.chdir, '/dev/shm')", due=OWN_LOSS,
          win="another row changes (its own answers are its own to lose)"),
    aside("links-back", "links laid in /tmp over the grader's own names",
          "for name in ('stage', '.grading', 'unrolled-x', 'matplotlib', 'nbgrader'):\n"
          "    attempt(os.symlink, '@ROOT@', f'/tmp/{name}')\n"
          "attempt(lambda: open('/tmp/stage/gradebook.db', 'w').write('x') and tell('through'))"),
)  # fmt: skip
