"""Out of the box itself: namespaces, mounts, privileges, system calls, links and devices."""
# ruff: noqa: E501 - a line of an attack's source is one line here

from tests.grading.attacks.attack import aside

LIBC = "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"

ATTACKS = (
    aside("namespaces", "namespaces made and joined",
          LIBC + "for flag in (0x10000000, 0x20000, 0x40000000, 0x20000000, 0x08000000, 0x04000000,\n"
          "             0x02000000, 0x80, 0x10020000):\n"
          "    if libc.unshare(flag) == 0: tell('unshare', hex(flag))\n"
          "    if libc.setns(3, flag) == 0: tell('setns', hex(flag))\n"
          "    # There the last byte is a signal's number.\n"
          "    pid = libc.syscall(56, flag & ~0xFF | 17, 0, 0, 0, 0) if flag > 0xFF else -1\n"
          "    if pid == 0: os._exit(0)\n    if pid > 0: tell('clone', hex(flag))"),
    aside("clone3", "a user namespace by clone3, which filters by number may overlook",
          LIBC + "import struct\ngiven = struct.pack('11Q', 0x10000000, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0)\n"
          "pid = libc.syscall(435, given, len(given))\n"
          "if pid == 0: os._exit(0)\nif pid > 0: tell('clone3')"),
    aside("mounts", "mounts, old and new ways, chroot and pivot_root",
          LIBC + "os.makedirs('/tmp/m', exist_ok=True)\n"
          "for kind in (b'tmpfs', b'proc', b'sysfs', b'overlay', b'fuse', b'devpts'):\n"
          "    if libc.mount(b'x', b'/tmp/m', kind, 0, None) == 0: tell(kind)\n"
          "for flag in (32, 4096, 4096 | 32, 8192):\n"
          "    if libc.mount(b'/', b'/tmp/m', None, flag, None) == 0: tell('mount', flag)\n"
          "if libc.umount2(b'/tmp', 2) == 0 or libc.chroot(b'/tmp') == 0: tell('umount or chroot')\n"
          "for number in (155, 428, 429, 430, 432, 442):\n"
          "    if libc.syscall(number, 0, b'/', b'/tmp', 0, 0) >= 0: tell('call', number)"),
    aside("users", "other users and groups",
          "for act in (lambda: os.setuid(0), lambda: os.setresuid(0, 0, 0), lambda: os.setgid(0),\n"
          "            lambda: os.setgroups([0]), lambda: os.seteuid(1000), lambda: os.setreuid(1, 1)):\n"
          "    try:\n        act()\n        tell('became', os.getresuid(), os.getresgid())\n"
          "    except OSError: pass"),
    aside("capabilities", "capabilities and programs that gain them",
          LIBC + "for number in range(41):\n"
          "    if libc.prctl(23, number, 0, 0, 0) == 1 and libc.prctl(47, 2, number, 0, 0) == 0:\n"
          "        tell('ambient', number)\n"
          "if libc.prctl(39, 0, 0, 0, 0) != 1: tell('new privileges')\n"
          "found = [p for top in ('/usr', '/python', '/site', '/worker') for f, _, n in os.walk(top)\n"
          "         for p in (os.path.join(f, x) for x in n)\n"
          "         if (attempt(os.lstat, p) or os.lstat('/')).st_mode & 0o6000]\n"
          "for path in found:\n    if not os.statvfs(path).f_flag & os.ST_NOSUID: tell(path)"),
    aside("forbidden-calls", "doors into the kernel that no notebook needs",
          LIBC + "import platform\nassert platform.machine() == 'x86_64'\n"
          "for number in (29, 64, 68, 101, 165, 175, 248, 249, 250, 272, 279, 298, 303, 304, 308, 310,\n"
          "               311, 313, 319, 321, 323, 425, 428, 430, 447, 246, 320, 169, 159, 227, 170):\n"
          "    if libc.syscall(number, 0, 0, 0, 0, 0) >= 0: tell('call', number)\n"
          "    if libc.syscall(number | 0x40000000, 0, 0, 0, 0, 0) >= 0: tell('x32', number)"),
    aside("other-architecture", "system calls by the 32-bit gate",
          "import mmap, ctypes\n"
          "if os.fork() == 0:\n"
          "    page = mmap.mmap(-1, 4096, prot=7)\n"
          "    page.write(b'\\xb8\\x14\\0\\0\\0\\xcd\\x80\\xc3')\n"
          "    at = ctypes.addressof(ctypes.c_char.from_buffer(page))\n"
          "    got = ctypes.CFUNCTYPE(ctypes.c_int)(at)()\n"
          "    os._exit(7 if got > 0 else 0)\n"
          "if os.waitstatus_to_exitcode(os.wait()[1]) == 7: tell('a call came through')"),
    aside("read-only", "the interpreter, the libraries and the worker's own files written",
          "import glob\nfor pattern in ('/python/bin/*', '/python/lib/*/os.py', '/site/numpy/*.py',\n"
          "                '/worker/*', '/usr/lib/*/libc.so.6', '/etc/*', '/proc/self/*'):\n"
          "    for path in glob.glob(pattern):\n"
          "        if os.path.isdir(path): continue\n"
          "        for act in (lambda: open(path, 'r+b'), lambda: open(path, 'ab'),\n"
          "                    lambda: os.unlink(path) or 1, lambda: os.chmod(path, 0o777) or 1,\n"
          "                    lambda: os.truncate(path, 0) or 1):\n"
          "            if attempt(act): tell(path)"),
    aside("own-program", "/proc/self/exe and programs of one's own",
          "for path in ('/proc/self/exe', '/worker/worker.py', '/proc/self/fd/3'):\n"
          "    if attempt(lambda: open(path, 'r+b')): tell(path)\n"
          "for path in ('/bin/sh', '/usr/bin/env', '/usr/bin/bwrap', '/usr/bin/python3',\n"
          "             '/usr/bin/sudo', '/usr/bin/newuidmap', '/bin/mount'):\n"
          "    if os.path.exists(path): tell(path)"),
    aside("devices", "devices opened and controlled",
          "import fcntl\nfor name in os.listdir('/dev'):\n"
          "    if name not in ('null', 'zero', 'random', 'urandom', 'shm'): tell(name)\n"
          "for fd in range(64):\n    if attempt(fcntl.ioctl, fd, 0x5412, b'x') is not None: tell(fd)\n"
          "fd = os.open('/dev/random', os.O_RDWR)\n"
          "for call in (0x5203, 0x5204, 0x5206):\n"
          "    if attempt(fcntl.ioctl, fd, call, bytes(8)) is not None: tell(hex(call))"),
    aside("clock", "the clock, the host's name and the kernel's log",
          "import time, socket\nfor act in (lambda: time.clock_settime(0, 0) or 1,\n"
          "            lambda: socket.sethostname('evil') or 1, lambda: os.sync() and 0,\n"
          "            lambda: open('/dev/kmsg', 'w')):\n    if attempt(act): tell('done')"),
    aside("link-races", "links exchanged for folders while others may look",
          "import threading\nstop = []\ndef swap():\n    while not stop:\n"
          "        attempt(os.symlink, '/', '/tmp/race'); attempt(os.unlink, '/tmp/race')\n"
          "        attempt(os.mkdir, '/tmp/race'); attempt(os.rmdir, '/tmp/race')\n"
          "thread = threading.Thread(target=swap, daemon=True); thread.start()\n"
          "for path in @SECRETS@[:3]:\n    for _ in range(100):\n"
          "        got = attempt(lambda: open('/tmp/race' + path, 'rb').read())\n"
          "        if got: tell(got)\nstop.append(1)"),
)  # fmt: skip
