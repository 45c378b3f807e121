"""Keeps locale/ko.po: every sentence that a reader sees, English to Korean."""

import difflib
from collections.abc import Sequence
from pathlib import Path

import polib

from unrolled.authoring import notebooks, times
from unrolled.authoring.fidelity import faults
from unrolled.authoring.sentences import Sentence, cell_sentences, code_sentences
from unrolled.authoring.students import assignment_names, students_version

PO = "locale/ko.po"
MO = "src/unrolled/ko.mo"
# No dates: the file changes only when a sentence does.
HEADER = {
    "Project-Id-Version": "unrolled",
    "Language": "ko",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
SIMILAR = 0.7


def translate(root: Path, check: bool = False) -> list[str]:
    """Bring the catalogue and its compiled form up to date; return what is left to do.

    With `check` nothing is written, and a stale file counts as left to do.
    """
    sentences, left = every_sentence(root)
    catalogue = updated(load(root), sentences)
    for path, data in ((PO, text_of(catalogue).encode()), (MO, compiled(catalogue))):
        file = root / path
        if file.is_file() and file.read_bytes() == data:
            continue
        if check:
            reason = "a sentence changed" if path == PO else f"{PO} changed"
            left.append(f"{path} is stale: {reason}. Run: unrolled translate")
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    return left + problems(catalogue, sentences)


def every_sentence(root: Path) -> tuple[list[Sentence], list[str]]:
    """Return all there is to translate, and what in the code cannot be."""
    documents = {
        f"course/{path.stem}": times.untimed(notebooks.read(path))
        for path in root.glob("course/*.ipynb")
    }
    # What students see: their version, without solutions and hidden tests.
    released = students_version(root, assignment_names(root)).notebooks
    documents |= {document_name(key): notebook for key, notebook in released.items()}
    of_code, unseen = code_sentences(root)
    return cell_sentences(documents) + of_code, unseen


def document_name(key: str) -> str:
    """Name an assignment's notebook, given its path below release/: "release/05_lstm"."""
    folder, file = key.split("/", 1)
    stem = file.removesuffix(".ipynb")
    return f"release/{folder}" if stem == folder else f"release/{folder}/{stem}"


def load(root: Path) -> polib.POFile:
    """Read locale/ko.po; where there is none, start an empty one."""
    path = root / PO
    if not path.is_file():
        return polib.POFile(wrapwidth=0)
    try:
        return polib.pofile(str(path), wrapwidth=0, encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ValueError(f"{PO} cannot be read: {error}. Mend that line.") from None


def text_of(catalogue: polib.POFile) -> str:
    """Return the file's text."""
    return str(catalogue).rstrip("\n") + "\n"


def compiled(catalogue: polib.POFile) -> bytes:
    """Return the gettext file that the code reads: its own sentences, no cell of a notebook."""
    small = polib.POFile()
    small.metadata = dict(HEADER)
    small.extend(e for e in catalogue.translated_entries() if not e.msgctxt)
    return small.to_binary()


def korean_of(catalogue: polib.POFile) -> dict[tuple[str | None, str], str]:
    """Return what is translated and not fuzzy, by context and English."""
    return {(e.msgctxt, e.msgid): e.msgstr for e in catalogue.translated_entries()}


def updated(catalogue: polib.POFile, sentences: Sequence[Sentence]) -> polib.POFile:
    """Return the catalogue of these sentences, with what is already translated.

    A changed cell, or a sentence like one that is gone, keeps its Korean but is fuzzy and says
    what the English was.
    """
    by_key = _by_key(catalogue)
    by_context = {e.msgctxt: e for e in by_key.values() if e.msgctxt}
    keys = {(sentence.context, sentence.english) for sentence in sentences}
    contexts = {sentence.context for sentence in sentences}
    vanished = {
        entry.msgid: entry
        for key, entry in by_key.items()
        if key not in keys and (entry.msgctxt is None or entry.msgctxt not in contexts)
    }
    new = polib.POFile(wrapwidth=0)
    new.metadata = dict(HEADER)
    for sentence in sentences:
        old = by_key.get((sentence.context, sentence.english))
        if sentence.context and not old:
            old = by_context.get(sentence.context)
        if not old:
            old = _like(sentence, vanished)
        new.append(_entry(sentence, old))
    return new


def _by_key(catalogue: polib.POFile) -> dict[tuple[str | None, str], polib.POEntry]:
    return {(entry.msgctxt, entry.msgid): entry for entry in catalogue if not entry.obsolete}


def _like(sentence: Sentence, vanished: dict[str, polib.POEntry]) -> polib.POEntry | None:
    """Find a sentence that is gone and that this one may have been: renamed or reworded."""
    candidates = [
        msgid for msgid, e in vanished.items() if bool(e.msgctxt) == bool(sentence.context)
    ]
    close = difflib.get_close_matches(sentence.english, candidates, 1, SIMILAR)
    return vanished[close[0]] if close else None


def _entry(sentence: Sentence, old: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(
        msgctxt=sentence.context,
        msgid=sentence.english,
        comment=sentence.note,
        # No line numbers: moving a function is no reason to change the catalogue.
        occurrences=[(sentence.file, "")] if sentence.file else [],
    )
    if not old or not old.msgstr:
        return entry
    entry.msgstr, entry.tcomment = old.msgstr, old.tcomment
    was = old.previous_msgid if old.fuzzy and old.previous_msgid else old.msgid
    if was != sentence.english or (old.fuzzy and not old.previous_msgid):
        entry.flags = ["fuzzy"]
        entry.previous_msgid = was if was != sentence.english else None
    return entry


def problems(catalogue: polib.POFile, sentences: Sequence[Sentence]) -> list[str]:
    """Return a sentence for all that is missing, fuzzy or differs in more than words."""
    by_key = _by_key(catalogue)
    found = []
    for sentence in sentences:
        entry = by_key.get((sentence.context, sentence.english))
        where = f"{PO}, {_name(sentence)}"
        if entry is None or not entry.msgstr.strip():
            found.append(f"{where}: there is no Korean yet. Write it in msgstr.")
        elif entry.fuzzy:
            found.append(
                f"{where}: the English changed. Bring the Korean up to date and delete its "
                "'fuzzy' line."
            )
        else:
            for fault in faults(sentence.kind, sentence.english, entry.msgstr):
                found.append(f"{where}: {fault}. Mend msgstr.")
    return found


def adopt(root: Path, path: Path) -> list[str]:
    """Take over the Korean of a .po file that a translator sent; return what fits nothing here."""
    catalogue = updated(load(root), every_sentence(root)[0])
    by_key = _by_key(catalogue)
    strangers = []
    for sent in polib.pofile(path.read_text(encoding="utf-8")).translated_entries():
        entry = by_key.get((sent.msgctxt, sent.msgid))
        if entry is None:
            name = sent.msgctxt or repr(sent.msgid)
            strangers.append(f"{path}, {name}: {PO} has no such English. Translate the new text.")
            continue
        entry.msgstr, entry.flags, entry.previous_msgid = sent.msgstr, [], None
    (root / PO).parent.mkdir(parents=True, exist_ok=True)
    (root / PO).write_bytes(text_of(catalogue).encode())
    return strangers


def _name(sentence: Sentence) -> str:
    if sentence.context:
        return sentence.context
    short = sentence.english if len(sentence.english) < 50 else sentence.english[:47] + "…"
    return f"{short!r} ({sentence.file})"
