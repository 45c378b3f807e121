"""What SECURITY.md promises names files that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
SAID = (ROOT / "SECURITY.md").read_text()


def test_each_promise_names_tests_that_are_there():
    table = [line for line in SAID.splitlines() if line.startswith("| ")][1:]
    promises = [line for line in table if "held by" not in line]
    assert len(promises) > 10
    for promise in promises:
        held_by = re.findall(r"`(tests/[\w/]+\.py)`", promise)
        assert held_by, promise
        for name in held_by:
            assert "def test_" in (ROOT / name).read_text(), name


def test_each_part_and_page_that_is_named_is_there():
    for name in re.findall(r"`(grading/\w+\.py)`", SAID):
        assert (ROOT / "src" / "unrolled" / name).is_file(), name
    for page in re.findall(r"\]\((?!https?:)([^)#]+)", SAID):
        assert (ROOT / page).is_file(), page
