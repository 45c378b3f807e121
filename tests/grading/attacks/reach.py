"""Out of the sandbox: every family of sockets, and whatever listens on the machine."""
# ruff: noqa: E501 - a line of an attack's source is one line here

from tests.grading.attacks.attack import aside

SEND = """\
import socket
def send(family, kind, address):
    made = attempt(socket.socket, family, kind)
    if made is None: return
    made.settimeout(0.3)
    for act in (lambda: made.connect(address), lambda: made.send(b'@NAME@'),
                lambda: made.sendto(b'@NAME@', address)): attempt(act)
    made.close()
"""

ATTACKS = (
    aside("tcp", "the grader's loopback listener, by every name of this machine",
          SEND + "for host in ('127.0.0.1', '127.1.2.3', '0.0.0.0', 'localhost', socket.gethostname()):\n"
          "    send(socket.AF_INET, socket.SOCK_STREAM, (host, @PORT@))\n"
          "for host in ('::1', '::ffff:127.0.0.1', 'fe80::1'):\n"
          "    send(socket.AF_INET6, socket.SOCK_STREAM, (host, @PORT@))"),
    aside("udp", "the grader's datagram listener, and a broadcast",
          SEND + "for host in ('127.0.0.1', '255.255.255.255', '224.0.0.1'):\n"
          "    send(socket.AF_INET, socket.SOCK_DGRAM, (host, @UDP@))"),
    aside("dns", "names looked up",
          "import socket\nsocket.setdefaulttimeout(1)\n"
          "for name in ('example.org', 'dns.google', 'metadata.google.internal'):\n"
          "    if attempt(socket.getaddrinfo, name, 80): tell(name)"),
    aside("outside", "addresses of routers and clouds",
          SEND + "for host in ('169.254.169.254', '10.0.2.2', '172.17.0.1', '192.168.0.1', '1.1.1.1'):\n"
          "    made = socket.socket()\n    made.settimeout(0.2)\n"
          "    if attempt(lambda: made.connect((host, 80)) or True): tell(host)"),
    aside("abstract", "abstract unix sockets, which no file system bars",
          SEND + "for name in ('@ABSTRACT@', '/tmp/.X11-unix/X0', '/tmp/dbus-x'):\n"
          "    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):\n"
          "        send(socket.AF_UNIX, kind, '\\0' + name)"),
    aside("unix", "the sockets of X, dbus, docker and the grader in the file system",
          SEND + "for path in @SOCKETS@:\n    send(socket.AF_UNIX, socket.SOCK_STREAM, path)\n"
          "    if os.path.exists(path): tell(path)"),
    aside("families", "vsock, netlink, packet, bluetooth, crypto and all other families",
          "import socket\nfor family in range(46):\n    if family in (1, 2, 10): continue\n"
          "    for kind in (1, 2, 3, 5):\n"
          "        if attempt(socket.socket, family, kind): tell(family, kind)"),
    aside("raw", "raw sockets and ping",
          "import socket\nfor family in (2, 10):\n    for protocol in (1, 58, 255):\n"
          "        if attempt(socket.socket, family, socket.SOCK_RAW, protocol): tell(protocol)"),
    aside("interfaces", "interfaces listed, brought up and given addresses",
          "import socket, fcntl, struct\n"
          "names = [n for _, n in attempt(socket.if_nameindex) or ()]\n"
          "if set(names) - {'lo'}: tell(names)\n"
          "made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
          "for request in (0x8914, 0x8916, 0x8943):\n"
          "    given = struct.pack('16sH14s', b'lo', 0x41, bytes(14))\n"
          "    if attempt(fcntl.ioctl, made, request, given) is not None: tell(hex(request))"),
    aside("passed-descriptors", "descriptors sent to and fetched from other processes",
          "import ctypes\nlibc = ctypes.CDLL(None)\n"
          "for pid in (1, os.getppid(), @GRADER@):\n"
          "    fd = libc.syscall(434, pid, 0)\n"
          "    if fd < 0: continue\n"
          "    for other in range(10):\n"
          "        if pid != os.getpid() and libc.syscall(438, fd, other, 0) >= 0: tell(pid, other)"),
)  # fmt: skip
