"""Grade one class again and again, and by every way there is: no verdict may change.

    .venv/bin/python -m tests.grading.regrades [TIMES]

The class is that of `make demo`, without the student whose answer loops until its time is over.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from distributed import LocalCluster
from nbgrader.api import Gradebook

from unrolled.demo import ASSIGNMENT, SAMPLES, write_class
from unrolled.grading.report import Row
from unrolled.grading.runner import grade

ROOT = Path(__file__).parents[2]
TIMES = 100
SLOW = "looping"


def verdicts(rows: list[Row]) -> str:
    """All that is said of a class, but how long it took."""
    said = [{**row.as_dict(), "seconds": None} for row in rows]
    return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True)


def plain_scores(course: Path) -> dict[str, float]:
    """What `nbgrader autograde` gives to the students whose work it takes."""
    for path in (course / "autograded", course / "gradebook.db"):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    programs = Path(sys.executable).parent
    environment = os.environ | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    for words in (("generate_assignment", "--force"), ("autograde",)):
        # It ends with 1 where it refused somebody.
        subprocess.run(
            [programs / "nbgrader", *words, ASSIGNMENT],
            cwd=course,
            env=environment,
            capture_output=True,
            check=False,
        )
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        found = gradebook.assignment_submissions(ASSIGNMENT)
        return {each.student.id: each.score for each in found}


def main(times: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        course = write_class(ROOT, Path(folder) / "course")
        shutil.rmtree(course / "submitted" / SLOW)
        began = time.monotonic()
        first = grade(course, [ASSIGNMENT], force=True)
        for number in range(2, times + 1):
            again = verdicts(grade(course, [ASSIGNMENT], force=True))
            if again != verdicts(first):
                Path("regrade.json").write_text(again, encoding="utf-8")
                Path("first.json").write_text(verdicts(first), encoding="utf-8")
                sys.exit(f"grading no. {number} differs: compare first.json and regrade.json")
        seconds = time.monotonic() - began
        print(f"{times} times {len(first)} submissions alike, {seconds / times:.1f} s each time")
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
            there = grade(course, [ASSIGNMENT], force=True, scheduler=cluster.scheduler_address)
        if verdicts(there) != verdicts(first):
            sys.exit("a dask cluster says otherwise")
        print("a dask cluster says the same")
        scores = {row.student: row.score for row in first if row.score is not None}
        plain = {name: score for name, score in plain_scores(course).items() if name in scores}
        if plain != scores:
            sys.exit(f"nbgrader autograde gives {plain}, unrolled grade {scores}")
        print(f"nbgrader autograde gives the same {len(plain)} scores")


if __name__ == "__main__":
    assert SLOW in {sample.student for sample in SAMPLES}
    main(int(sys.argv[1]) if sys.argv[1:] else TIMES)
