"""Secrets, files and listeners that the suite plants, and whether an attack came near them.

In an attack's source these words stand for what was planted:
@SECRETS@ paths of files (a list), @PORT@ @UDP@ the grader's loopback listeners, @ABSTRACT@ an
abstract unix socket, @SOCKETS@ unix sockets in the file system (a list), @SHARED@ shared memory
(a list), @GRADER@ the grading process, @ROOT@ the course's folder, @HOME@ the grader's own,
@KNOWN@ what tells visible inputs (a list), @NAME@ the attack.
"""

import hashlib
import os
import secrets
import socket
import threading
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tests.grading.attacks.attack import Attack
from unrolled import exercises

SPOILS = "spo" + "ils:"  # what attacks say when they have won


@dataclass
class Canaries:
    """What was planted: words that nobody may see, files that nobody may change, listeners."""

    root: Path
    words: dict[str, str] = field(default_factory=dict)
    files: dict[Path, str] = field(default_factory=dict)
    places: dict[str, object] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    kept: list[object] = field(default_factory=list)

    def word(self, where: str) -> str:
        """A new secret."""
        self.words[where] = f"canary{secrets.token_hex(8)}"
        return self.words[where]

    def file(self, path: Path, where: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.word(where))

    def replaced(self, source: str, attack: Attack) -> str:
        """An attack's source with what its words stand for."""
        for word, value in {**self.places, "NAME": attack.name}.items():
            source = source.replace(f"@{word}@", str(value))
        return source

    def remember(self) -> None:
        """Note the contents of every file that must stay as it is."""
        self.files = {path: digest(path) for path in self.guarded()}

    def guarded(self) -> list[Path]:
        own = [Path(str(path)) for path in self.kept_paths() if Path(str(path)).is_file()]
        course = [self.root / "nbgrader_config.py", *self.root.glob("source/**/*")]
        handed_in = [p for p in self.root.glob("submitted/*/*/*.ipynb") if not p.is_symlink()]
        return [*own, *(path for path in (*course, *handed_in) if path.is_file())]

    def kept_paths(self) -> list[str]:
        paths = self.places.get("SECRETS", [])
        assert isinstance(paths, list)
        return [path for path in paths if not path.endswith("gradebook.db")]

    def changed(self) -> list[str]:
        """A sentence for each file that is not what it was, and each listener that was reached."""
        said = [f"{path} was changed" for path, was in self.files.items() if digest(path) != was]
        return said + [f"a listener heard {words}" for words in self.heard]

    def told_by(self, text: str, *, unless: tuple[str, ...] = ()) -> list[str]:
        """The planted words, and the hidden inputs, that a text holds."""
        words = {k: w for k, w in self.words.items() if k not in unless}
        return [where for where, word in words.items() if word in text]


def digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            return f"{size} {hashlib.sha256(file.read(2**24)).hexdigest()}"
    except OSError as error:
        return str(error)


def plant(root: Path) -> Canaries:
    """Plant everything but what lies in the course itself; the seed goes into the environment."""
    canaries = Canaries(root)
    home = Path(os.environ["HOME"])
    placed = [home / ".ssh" / "id_ed25519", home / ".netrc", Path("/tmp/canaries/secret.txt"),
              Path("/dev/shm/secret")]  # fmt: skip
    for path in placed:
        canaries.file(path, f"the file {path}")
    os.environ["A_SECRET"] = canaries.word("the environment")
    os.environ["UNROLLED_SEED"] = canaries.words["the seed"] = str(secrets.randbelow(10**18))
    # A descriptor that a careless grader would hand on.
    descriptor = os.open(placed[2], os.O_RDONLY)
    os.set_inheritable(descriptor, True)
    canaries.kept.append(canaries.word("memory"))
    course = ["source/00_start/00_start.ipynb", "submitted/ada/00_start/00_start.ipynb",
              "nbgrader_config.py", "gradebook.db"]  # fmt: skip
    canaries.places = {
        "SECRETS": [*map(str, placed), *(str(root / path) for path in course)],
        "GRADER": os.getpid(),
        "ROOT": root,
        "HOME": home,
        "KNOWN": [float(c.arguments["W"][0, 0]) for c in exercises.get("affine").draw(None)],
        "SHARED": ["secret"],
        **listeners(canaries),
    }
    remember_inputs(canaries)
    return canaries


def listeners(canaries: Canaries) -> dict[str, object]:
    """Listen on everything that a sandbox might leave open."""
    abstract = f"unrolled-{secrets.token_hex(4)}"
    paths = ["/tmp/.X11-unix/X0", "/run/docker.sock", "/run/dbus/system_bus_socket"]
    for path in paths:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    streams = [socket.create_server(("127.0.0.1", 0))]
    for address in (f"\0{abstract}", "\0/tmp/.X11-unix/X0", *paths):
        made = socket.socket(socket.AF_UNIX)
        made.bind(address)
        made.listen()
        streams.append(made)
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("127.0.0.1", 0))
    for listener in streams:
        threading.Thread(target=accept, args=(listener, canaries.heard), daemon=True).start()
    threading.Thread(target=receive, args=(datagrams, canaries.heard), daemon=True).start()
    port, udp = streams[0].getsockname()[1], datagrams.getsockname()[1]
    return {"PORT": port, "UDP": udp, "ABSTRACT": abstract, "SOCKETS": paths}


def accept(listener: socket.socket, heard: list[str]) -> None:
    while True:
        connection, _address = listener.accept()
        connection.settimeout(0.5)
        try:
            words = connection.recv(200)
        except OSError:
            words = b"nothing"
        heard.append(f"{words!r} on {listener.getsockname()!r}")
        connection.close()


def receive(datagrams: socket.socket, heard: list[str]) -> None:
    while True:
        heard.append(f"{datagrams.recv(200)!r} as a datagram")


def remember_inputs(canaries: Canaries) -> None:
    """The hidden inputs are secrets, too, as anybody would print them."""
    seed = int(os.environ["UNROLLED_SEED"])
    for name in ("affine", "rnn_step"):
        for number, case in enumerate(exercises.get(name).draw(seed)):
            for key, value in case.arguments.items():
                entry = float(np.ravel(value)[0])
                if len(repr(entry)) > 9:  # zeros and ones are no secret
                    canaries.words[f"hidden {key} of {name}, case {number}"] = repr(entry)[:9]
