"""Turn what a worker says a cell showed into notebook outputs: plain text and checked PNGs."""

import base64
import binascii
import struct
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output

from unrolled.errors import AnswerError

PNG = b"\x89PNG\r\n\x1a\n"
PNG_BYTES = 500_000
PNG_PIXELS = 4000
ITEMS_A_CELL = 200


def cell_outputs(items: list[dict[str, Any]], error: AnswerError | None) -> list[NotebookNode]:
    """Outputs of one cell of the student's; what is not text or a sound PNG is left out."""
    outputs = []
    for item in items[:ITEMS_A_CELL]:
        kind = item.get("type")
        if kind == "stream" and item.get("name") in ("stdout", "stderr"):
            outputs.append(
                new_output("stream", name=item["name"], text=printable(item.get("text")))
            )
        elif kind == "result":
            outputs.append(
                new_output("display_data", data={"text/plain": printable(item.get("text"))})
            )
        elif kind == "png" and is_png(item.get("data")):
            outputs.append(new_output("display_data", data={"image/png": item["data"]}))
    if error is not None:
        outputs.append(error_output(error.kind, error.text, error_lines(error)))
    return outputs


def first_items(items: list[Any], left: int) -> tuple[list[dict[str, str]], int]:
    """What a worker says a cell showed, as far as ``left`` characters go, and what is left of them.

    An honest worker keeps to that limit itself; a forged answer holds as much as a frame does.
    """
    kept = []
    for item in items[:ITEMS_A_CELL]:
        if not isinstance(item, dict) or item.get("type") not in ("stream", "result", "png"):
            continue
        shown = item.get("data" if item["type"] == "png" else "text")
        if isinstance(shown, str) and len(shown) <= left:
            left -= len(shown)
            named = item.get("name") if item.get("name") in ("stdout", "stderr") else ""
            kept.append({"type": item["type"], "name": named, "text": shown, "data": shown})
    return kept, left


def size_of(outputs: list[NotebookNode]) -> int:
    return sum(len(str(output)) for output in outputs)


def error_lines(error: AnswerError) -> list[str]:
    where = [] if error.line is None else [f"line {error.line}: {error.source or ''}".rstrip(": ")]
    return [*where, f"{error.kind}: {error.text}" if error.kind else error.text]


def error_output(kind: str, text: str, lines: list[str]) -> NotebookNode:
    return new_output(
        "error",
        ename=printable(kind),
        evalue=printable(text),
        traceback=list(map(printable, lines)),
    )


def printable(text: Any, size: int | None = None) -> str:
    """A stranger's text without control characters, terminal colours or direction marks."""
    if not isinstance(text, str):
        return ""
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text[:size])


def is_png(data: Any) -> bool:
    """Whether base64 text is a PNG of sane size, from its first byte to its last chunk."""
    if not isinstance(data, str) or len(data) > PNG_BYTES * 4 // 3 + 4:
        return False
    try:
        content = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return False
    if not content.startswith(PNG):
        return False
    at, kinds = len(PNG), []
    while at + 12 <= len(content):
        size, kind = struct.unpack(">I4s", content[at : at + 8])
        body = content[at + 8 : at + 8 + size]
        if len(content) < at + 12 + size:
            return False
        (checksum,) = struct.unpack(">I", content[at + 8 + size : at + 12 + size])
        if checksum != binascii.crc32(kind + body):
            return False
        if kind == b"IHDR" and max(struct.unpack(">II", body[:8])) > PNG_PIXELS:
            return False
        kinds.append(kind)
        at += 12 + size
    return at == len(content) and kinds[:1] == [b"IHDR"] and kinds[-1:] == [b"IEND"]
