"""A class of attackers is graded beside honest students: nobody wins more than is due."""

import json
import os
import secrets
from pathlib import Path

import pytest

from tests.grading.attacks.enclosure import Unenclosed, run
from tests.grading.attacks.groups import ATTACKS, GROUPS

pytestmark = [pytest.mark.sandbox, pytest.mark.slow, pytest.mark.timeout(900)]
# Two minutes where two cores are free; a machine that is busy with other tests gets more.
BATCH_SECONDS = 600
# A control: without the sandbox these win, and the suite must say so. The last one has a batch of
# its own, which it ruins.
LOST = (
    {
        "known-places": "tells the file",
        "tcp": "heard",
        "environment": "tells the environment",
        "new-files": "planted-new-files was left",
    },
    {"overwrite": "was changed"},
)


def enclosed_report(folder: Path, *options: str) -> dict:
    """What the batch in the enclosure found; where no enclosure can be had, it is not run."""
    name = f"{secrets.token_hex(4)}.json"
    try:
        done = run(folder, name, *options, seconds=BATCH_SECONDS)
    except Unenclosed as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        pytest.skip(f"the attacks are not run: {error}")
    assert (folder / name).exists(), done.stderr[-3000:]
    return json.loads((folder / name).read_text())


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return enclosed_report(tmp_path_factory.mktemp("attacks"))


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(attack.name, id=f"{group}-{ascii(attack.name)[1:-1][:40]}")
        for group, (_win, attacks) in GROUPS.items()
        for attack in attacks
    ],
)
def test_an_attack_wins_nothing(report, name):
    won = report["won"][name]
    assert not won, f"{name} ({ATTACKS[name].about}): {won}"


def test_no_attack_spoils_the_batch(report):
    assert not report["batch"]
    assert report["seconds"] < BATCH_SECONDS


def test_there_are_attacks_of_every_kind_each_under_a_name_of_its_own():
    assert sum(len(attacks) for _win, attacks in GROUPS.values()) == len(ATTACKS)
    assert all(len(attacks) >= 3 for _win, attacks in GROUPS.values())


@pytest.mark.parametrize("lost", LOST, ids=lambda lost: next(iter(lost)))
def test_without_the_sandbox_the_same_attacks_win_and_the_suite_says_so(tmp_path, lost):
    """The proof that a lost attack would be seen."""
    report = enclosed_report(tmp_path, "--no-sandbox", *lost)
    for name, words in lost.items():
        said = " ".join([*report["won"][name], *report["batch"]])
        assert words in said, f"{name} won unseen: {said[:2000]}"
