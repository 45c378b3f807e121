"""Carry values between judge and worker: length-prefixed frames of JSON and raw arrays.

A frame is four bytes of length (big-endian), four bytes of header length, a JSON header, and the
arrays' bytes one after the other; the header says each one's dtype, shape and place. Nothing is
pickled, and no archive or ``.npy`` header is parsed: what a stranger's process sends is read by
``json`` and ``numpy.frombuffer`` alone, after its sizes were checked.

The worker reads this file as its sibling inside the sandbox, so it imports only NumPy.
"""

import base64
import json
import math
import re

import numpy as np

MAX_FRAME = 64 * 2**20
PIECE = 2**16  # what a pipe holds
MAX_HEADER = 8 * 2**20
MAX_DEPTH = 40
MAX_NODES = 200_000
# Of all dictionaries and sets in a frame: keys can be chosen so that each is compared with all.
MAX_KEYS = 2_000

# Of values that do not travel: each becomes a class of its own on the judge's side.
MAX_OPAQUE = 2_000

# Text of no letters is left out: its arrays claim any shape with no bytes to show for it.
PLAIN_DTYPE = re.compile(
    r"[<>|](?:b1|[iu][1248]|f(?:2|4|8|12|16)|c(?:8|16|24|32)|[US][1-9]\d{0,5})"
)
# default_rng's own alone: NumPy believes a state whole, and MT19937 reads where it points.
BIT_GENERATOR = "PCG64"
UNNAMED = re.compile(r"[^\w. ]")


class FrameError(ValueError):
    """What came is not a frame of ours: too large, too deep, malformed, or of a wrong type."""


class Opaque:
    """Stands for a value that cannot travel; its class bears the name of the value's class."""

    def __repr__(self):
        return f"<{type(self).__name__}>"


def read_frame(read):
    """The next frame's body, or None where there is none; ``read(size)`` gives at most ``size``.

    Question and answer take turns, so that nothing ever follows a frame: most come in one piece.
    """
    data, end = bytearray(), None
    while end is None or len(data) < end:
        part = read(PIECE if end is None else min(end - len(data), 2**20))
        if not part:
            return None
        data += part
        if end is None and len(data) >= 4:
            end = 4 + int.from_bytes(data[:4], "big")
            if end > 4 + MAX_FRAME:
                raise FrameError(f"a frame of {end - 4} bytes; at most {MAX_FRAME} are taken")
    if len(data) > end:
        raise FrameError("something after a frame")
    return bytes(data[4:])


class Packer:
    """Turns one message with its values into the bytes of a frame.

    ``handle`` may give a node of its own for a value that cannot travel (a Keras model stays where
    it is and travels as a number).
    """

    def __init__(self, handle=None):
        self.buffers = []
        self._nodes = self._keys = 0
        self._handle = handle

    def node(self, value, depth=0):
        """The JSON node for a value; array bytes are kept aside."""
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            raise FrameError("a value that is nested too deeply or has too many parts")
        kind = type(value)
        if value is None or kind in (bool, int, float, str):
            return value
        if kind is bytes:
            return {"t": "bytes", "v": base64.b64encode(value).decode()}
        if kind is complex:
            return {"t": "complex", "v": [value.real, value.imag]}
        if isinstance(value, np.generic):
            return self._array(np.asarray(value), "scalar", value)
        if isinstance(value, np.ndarray):
            return self._array(np.array(value, copy=None, subok=False), "array", value)
        if isinstance(value, np.random.Generator):
            return self._generator(value, depth)
        return self._container(value, depth)

    def _container(self, value, depth):
        # The base classes' own methods are called, so that a subclass (Counter, OrderedDict, a
        # named tuple) travels as what it holds.
        if isinstance(value, list):
            return [self.node(item, depth + 1) for item in list.__iter__(value)]
        if isinstance(value, tuple):
            return {"t": "tuple", "v": [self.node(i, depth + 1) for i in tuple.__iter__(value)]}
        if isinstance(value, dict | set | frozenset):
            self._keys = count_keys(self._keys, value)
        if isinstance(value, dict):
            pairs = [
                [self.node(key, depth + 1), self.node(item, depth + 1)]
                for key, item in dict.items(value)
            ]
            return {"t": "dict", "v": pairs}
        if isinstance(value, set | frozenset):
            return {"t": "set", "v": [self.node(item, depth + 1) for item in value]}
        if isinstance(value, int):
            return int.__index__(value)
        if isinstance(value, float):
            return float.__float__(value)
        if isinstance(value, str):
            return str.__str__(value)
        known = self._handle(value, self, depth) if self._handle else None
        return opaque_node(value) if known is None else known

    def _array(self, array, tag, original):
        dtype = array.dtype.newbyteorder("=").str.replace("=", "<")
        if not PLAIN_DTYPE.fullmatch(dtype):
            return opaque_node(original)
        data = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("=")).tobytes()
        self.buffers.append(data)
        node = {"t": tag, "d": dtype, "s": list(array.shape), "b": len(self.buffers) - 1}
        if tag == "array" and not array.flags.writeable:
            node["ro"] = True
        return node

    def _generator(self, value, depth):
        name = type(value.bit_generator).__name__
        if name != BIT_GENERATOR:
            return opaque_node(value)
        return {"t": "rng", "g": name, "v": self.node(value.bit_generator.state, depth + 1)}

    def frame(self, message):
        """The whole frame, length prefix included."""
        header = json.dumps({**message, "sizes": [len(data) for data in self.buffers]}).encode()
        body = len(header).to_bytes(4, "big") + header + b"".join(self.buffers)
        if len(body) > MAX_FRAME or len(header) > MAX_HEADER:
            raise FrameError(f"a value of {len(body)} bytes; at most {MAX_FRAME} travel")
        return len(body).to_bytes(4, "big") + body


class Unpacker:
    """Reads one frame's body, checking every type and size before it is used."""

    def __init__(self, body, handle=None):
        if len(body) < 4 or len(body) > MAX_FRAME:
            raise FrameError("a frame without a header")
        size = int.from_bytes(body[:4], "big")
        if size > min(MAX_HEADER, len(body) - 4):
            raise FrameError("a header longer than its frame")
        try:
            message = json.loads(body[4 : 4 + size])
        except (ValueError, RecursionError) as error:
            raise FrameError("a header that is not JSON") from error
        if not isinstance(message, dict):
            raise FrameError("a header that is not an object")
        self.message = message
        self._handle = handle
        self._nodes = self._keys = self._opaque = 0
        self._buffers = split_buffers(memoryview(body)[4 + size :], message.get("sizes"))
        self._read: set[int] = set()

    def value(self, node, depth=0):
        """The value a node stands for."""
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            raise FrameError("a value that is nested too deeply or has too many parts")
        if node is None or isinstance(node, bool | int | float | str):
            return node
        if isinstance(node, list):
            return [self.value(item, depth + 1) for item in node]
        tag = node.get("t") if isinstance(node, dict) else None
        try:
            return self._tagged(tag, node, depth)
        except FrameError:
            raise
        except (KeyError, TypeError, ValueError, IndexError, OverflowError) as error:
            raise FrameError(f"a malformed value of type {str(tag)[:20]}") from error

    def _tagged(self, tag, node, depth):
        if tag in ("array", "scalar"):
            array = self._array(node)
            if tag == "scalar":
                return array[()]
            array.flags.writeable = not node.get("ro", False)
            return array
        if tag == "tuple":
            return tuple(self.value(item, depth + 1) for item in node["v"])
        if tag in ("dict", "set"):
            self._keys = count_keys(self._keys, node["v"])
        if tag == "dict":
            return {self.value(k, depth + 1): self.value(v, depth + 1) for k, v in node["v"]}
        if tag == "set":
            return {self.value(item, depth + 1) for item in node["v"]}
        if tag == "complex":
            real, imaginary = node["v"]
            return complex(float(real), float(imaginary))
        if tag == "bytes":
            return base64.b64decode(node["v"], validate=True)
        if tag == "rng":
            return self._generator(node, depth)
        if tag == "opaque":
            self._opaque += 1
            if self._opaque > MAX_OPAQUE:
                raise FrameError(f"more than {MAX_OPAQUE} values that do not travel")
            return opaque_value(node)
        known = self._handle(node) if self._handle else None
        if known is None:
            raise FrameError(f"a value of unknown type {str(tag)[:20]}")
        return known

    def _array(self, node):
        name, shape, index = node["d"], node["s"], node["b"]
        if not (isinstance(name, str) and PLAIN_DTYPE.fullmatch(name)):
            raise FrameError("an array of a dtype that does not travel")
        if not (isinstance(shape, list) and len(shape) <= 32 and all(map(is_size, shape))):
            raise FrameError("an array without a shape")
        if not (is_size(index) and index < len(self._buffers)) or index in self._read:
            # Each array brings its own: a thousand that name the same bytes would be a bomb.
            raise FrameError("an array without bytes of its own")
        self._read.add(index)
        dtype = np.dtype(name)
        data = self._buffers[index]
        if math.prod(shape) * dtype.itemsize != len(data):
            raise FrameError("an array whose shape does not fit its bytes")
        if dtype.kind == "b":
            # Any byte but 0 and 1 would make a bool that is neither.
            return (np.frombuffer(data, np.uint8) != 0).reshape(shape)
        if dtype.kind == "U" and np.any(np.frombuffer(data, np.uint32) > 0x10FFFF):
            raise FrameError("text that is no Unicode")
        return np.frombuffer(data, dtype).reshape(shape).copy()

    def _generator(self, node, depth):
        if node["g"] != BIT_GENERATOR:
            raise FrameError("an unknown bit generator")
        bits = np.random.PCG64(0)
        bits.state = self.value(node["v"], depth + 1)
        return np.random.Generator(bits)


def count_keys(known, more):
    if known + len(more) > MAX_KEYS:
        raise FrameError(f"dictionaries or sets with more than {MAX_KEYS} items")
    return known + len(more)


def is_size(value):
    return type(value) is int and 0 <= value <= MAX_FRAME


def split_buffers(data, sizes):
    """The arrays' bytes, cut as the header says; they must fill the frame exactly."""
    if not (isinstance(sizes, list) and len(sizes) <= MAX_NODES and all(map(is_size, sizes))):
        raise FrameError("a header without sizes")
    if sum(sizes) != len(data):
        raise FrameError("sizes that do not fill the frame")
    buffers, start = [], 0
    for size in sizes:
        buffers.append(data[start : start + size])
        start += size
    return buffers


def opaque_node(value):
    """A value that does not travel: only what kind of thing it is."""
    return {"t": "opaque", "n": str(type(value).__name__)[:80]}


def opaque_value(node):
    """The judge's side of ``opaque_node``: a harmless thing whose class has the same name."""
    if not isinstance(node["n"], str):
        raise FrameError("a name that is not text")
    name = UNNAMED.sub("", node["n"])[:80] or "object"
    return type(name, (Opaque,), {"__module__": "__main__"})()
