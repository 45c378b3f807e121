"""A widget's module is made small without changing what it says or does."""

import re
from pathlib import Path

import pytest

from unrolled.widgets import bundle
from unrolled.widgets.bundle import esm

FOLDER = Path(bundle.__file__).parent


def test_what_nobody_calls_stays_behind():
    assert "gruSteps" in esm("gates")
    assert "gruSteps" not in esm("lstm_gates")
    assert "lstmSteps" in esm("lstm_gates")


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.js")), ids=lambda file: file.stem)
def test_words_and_expressions_between_quotes_are_untouched(file):
    text, made = file.read_text(encoding="utf-8"), esm(file.stem)
    code = re.sub(r"^\s*//.*|/\*\*[\s\S]*?\*/", "", text, flags=re.MULTILINE)
    code = re.sub(r'import .* from ".*";', "", code)
    for words in re.findall(r'"(?:\\.|[^"\\\n])*"', re.sub(r"//[^\n\"]*$", "", code, flags=re.M)):
        assert words in made


def test_regular_expressions_keep_their_blanks(monkeypatch):
    source = 'export const f = (s) => s.replace(/^a,? ?(b | c)/, "x , y") + 1 - -1; // why, so\n'
    monkeypatch.setattr(bundle, "read", lambda name: source)
    assert esm("any").strip() == 'export const f=(s)=>s.replace(/^a,? ?(b | c)/,"x , y")+1- -1;'
