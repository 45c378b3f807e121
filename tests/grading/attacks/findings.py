"""What an attack has won: read its row, its graded notebook and its feedback page."""

import json
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tests.grading.attacks.attack import OWN_LOSS, Attack
from tests.grading.attacks.canaries import SPOILS, Canaries
from unrolled.grading.report import Row

SHOWN_KINDS = {"text/plain", "image/png"}
ACTIVE_TAGS = {"script", "iframe", "object", "embed", "form", "base", "frame", "applet", "link",
               "meta", "svg", "math", "input", "button"}  # fmt: skip
MOST_SHOWN = 3 * 2**20


def of_row(attack: Attack, row: Row | None) -> list[str]:
    """Whether the row says what is due."""
    if row is None:
        return ["has no row"]
    if attack.due is None:
        said = [] if row.status == "refused" else [f"was {row.status}, not refused"]
        return said + ([] if row.reason else ["was refused without a reason"])
    if row.status != "graded":
        return [f"was {row.status}: {row.reason}"]
    if attack.due not in (OWN_LOSS, row.score):
        messages = [each.message for each in row.exercises.values()]
        return [f"scored {row.score}, not {attack.due}: {messages}"]
    return []


def of_text(where: str, text: str, canaries: Canaries, unless: tuple[str, ...] = ()) -> list[str]:
    """Whether a text holds a secret, an attack's own word, or characters that act."""
    said = [f"{where} tells {what}" for what in canaries.told_by(text, unless=unless)]
    if SPOILS in text:
        at = text.index(SPOILS)
        said.append(f"{where} says: {text[at : at + 200]!r}")
    # A category C character (control, direction) acts on whoever prints it.
    odd = {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs") and c not in "\n\t\r"}
    return said + ([f"{where} holds {odd!r}"] if odd else [])


def of_notebook(notebook: NotebookNode, canaries: Canaries) -> list[str]:
    """Whether the outputs and metadata that grading wrote hold what they must not."""
    said, size = [], 0
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            kinds = set(output.get("data", {}))
            if not kinds <= SHOWN_KINDS or output.output_type == "execute_result":
                said.append(f"an output of the kinds {kinds} ({output.output_type})")
            if output.output_type not in ("stream", "display_data", "error"):
                said.append(f"an output that is {output.output_type}")
        shown = strings([cell.get("outputs", []), cell.metadata])
        size += sum(map(len, shown))
        said += of_text(f"cell {cell.id}", "\n".join(shown), canaries)
        if cell.get("attachments"):
            said.append(f"cell {cell.id} has attachments")
    if size > MOST_SHOWN:
        said.append(f"{size} characters of output")
    return said


def strings(value: object) -> list[str]:
    """Every text inside a value, keys included."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [s for pair in value.items() for part in pair for s in strings(part)]
    if isinstance(value, list | tuple):
        return [s for item in value for s in strings(item)]
    return []


class Page(HTMLParser):
    """What on a page can act: tags, event handlers, addresses."""

    def __init__(self, text: str):
        super().__init__()
        self.active: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ACTIVE_TAGS:
            self.active.add(f"<{tag} {sorted(attrs, key=str)}>"[:200])
        for key, value in attrs:
            value = (value or "").strip().lower()
            loads = key in ("src", "srcset", "background", "poster", "xlink:href", "action")
            if key.startswith("on") or (loads and not value.startswith("data:image/")):
                self.active.add(f"{tag} {key}={value[:100]}")
            if key == "href" and value.startswith(("javascript:", "data:", "vbscript:")):
                self.active.add(f"{tag} {key}={value[:100]}")


def of_page(path: Path, honest: Page, canaries: Canaries) -> list[str]:
    """Whether a feedback page acts where an honest one does not, or tells what is hidden."""
    text = path.read_text(encoding="utf-8")
    said = [f"its page has {what}" for what in sorted(Page(text).active - honest.active)]
    # On the page its own sources are shown, with whatever it wrote there.
    told = canaries.told_by(text)
    return said + [f"its page tells {what}" for what in told]


def of_attack(attack: Attack, row: Row | None, canaries: Canaries, honest: Page) -> list[str]:
    """Everything that one attack has won, a sentence each."""
    said = of_row(attack, row)
    if row is not None:
        said += of_text("its row", "\n".join(strings(row.as_dict())), canaries)
    place = Path(attack.name) / attack.assignment
    for path in (canaries.root / "autograded" / place).glob("*.ipynb"):
        said += of_notebook(nbformat.read(path, as_version=4), canaries)
        if attack.due is None:
            said.append("was refused and is in autograded/")
    for path in (canaries.root / "feedback" / place).glob("*.html"):
        said += of_page(path, honest, canaries)
    return [json.dumps(sentence, ensure_ascii=False)[1:-1][:600] for sentence in said]
