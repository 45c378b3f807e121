"""The table of docs/seed.md: where each piece of the seed lecture went."""

import re
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).parent.parent.parent / "docs/seed.md"
ROW = re.compile(
    r"^\| (\w+) \| (.+?) \| \[(\w+)\]\(\.\./course/\3\.ipynb\) \| `([\w-]+)` \| (.+) \|$"
)


@dataclass(frozen=True)
class Row:
    """A piece of the seed lecture, the notebook and cell that hold it now, and what it became."""

    kind: str
    what: str
    notebook: str
    cell: str
    became: str


ROWS = [Row(*match.groups()) for match in map(ROW.match, TABLE.read_text().splitlines()) if match]


def counts_of(notebook: str) -> dict[str, tuple[str, float]]:
    """Return the counts that the seed printed and a notebook prints: its cell and the number."""
    return {
        row.what: (row.cell, float(row.what.split()[0].replace(",", "")))
        for row in ROWS
        if row.kind == "count" and row.notebook == notebook
    }
