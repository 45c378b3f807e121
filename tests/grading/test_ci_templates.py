"""The GitHub Action and the CI templates: their steps run here as they would there.

What only GitHub or GitLab has (``uses:``, caches, artefacts) is left out; every ``run:`` and every
line of ``script:`` runs in bash, on a small course that is set up as ``make setup`` leaves one.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml
from classroom import REPOSITORY, RIGHT, answered, source_notebook

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]

ACTION = ".github/actions/grade/action.yml"
TEMPLATES = ("github-grade.yml", "github-class.yml")
SECRETS = {
    "ACTIONS_RUNTIME_TOKEN": "token-of-the-run",
    "GITHUB_TOKEN": "token-of-the-repository",
    "CI_JOB_TOKEN": "token-of-the-job",
}
SEED = "271828182"
SPY = RIGHT["affine"] + "\nimport os\nprint(dict(os.environ))\nraise ValueError(dict(os.environ))"


def loaded(path):
    return yaml.safe_load((REPOSITORY / path).read_text())


@pytest.fixture
def course(tmp_path):
    """A small course that is set up: `make setup` finds nothing to do there."""
    root = tmp_path / "the course"
    (root / "source" / "00_start").mkdir(parents=True)
    nbformat.write(source_notebook(), root / "source" / "00_start" / "00_start.ipynb")
    for name in ("Makefile", "nbgrader_config.py", "pyproject.toml", "requirements.lock"):
        shutil.copy(REPOSITORY / name, root)
    for name in ("scripts", ".github"):
        shutil.copytree(REPOSITORY / name, root / name)
    return set_up(root)


def set_up(root):
    programs = root / ".venv" / "bin"
    programs.mkdir(parents=True)
    start = f'#!/bin/sh\nPYTHONPATH="{REPOSITORY / "src"}" exec "{sys.executable}"'
    unrolled = f"env >>'{root}/environment'\n{start.partition(chr(10))[2]}"
    main = "from unrolled.cli import main; main()"
    (programs / "python").write_text(f'{start} "$@"\n')
    (programs / "unrolled").write_text(f'#!/bin/sh\n{unrolled} -c "{main}" "$@"\n')
    for program in programs.iterdir():
        program.chmod(0o755)
    wanted = "cat requirements.lock pyproject.toml scripts/setup.sh | sha256sum"
    made_from = subprocess.run(wanted, shell=True, cwd=root, capture_output=True).stdout
    (root / ".venv" / ".made-from").write_bytes(made_from)
    return root


def hand_in(folder, notebook=None):
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook or answered(**RIGHT), folder / "00_start.ipynb")
    return folder


class Runner:
    """A machine of GitHub's, as far as the steps of a composite action see it."""

    def __init__(self, workspace, action_path=""):
        self.workspace, self.steps = workspace, {}
        self.values = {"github.action_path": str(action_path), "github.server_url": "file://"}
        self.page = workspace.parent / "page.md"
        self.log = ""

    def filled(self, text):
        """A value with its expressions; one that is not known here fails the test."""
        return re.sub(r"\$\{\{ *(.*?) *\}\}", lambda found: self.values[found[1]], str(text))

    def run(self, step):
        output = self.workspace.parent / "output"
        output.write_text("")
        environment = {
            **os.environ,
            **SECRETS,
            **{key: self.filled(value) for key, value in step.get("env", {}).items()},
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(self.page),
        }
        assert step["shell"] == "bash"
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        result = subprocess.run(
            command, cwd=self.workspace, env=environment, capture_output=True, text=True
        )
        self.log += result.stdout + result.stderr
        for line in output.read_text().splitlines():
            name, _, value = line.partition("=")
            self.values[f"steps.{step['id']}.outputs.{name}"] = value
        return result.returncode


def run_action(course, workspace, /, **inputs):
    """Run the action's own steps with these inputs; the exit code of the last one."""
    action = loaded(ACTION)
    runner = Runner(workspace, course / ".github" / "actions" / "grade")
    given = {"student": "ada", **inputs}
    for name, about in action["inputs"].items():
        runner.values[f"inputs.{name}"] = given.get(name, about["default"])
    # On GitHub, too, this is empty where the step was not reached.
    runner.values["steps.grade.outputs.exit-code"] = ""
    code = None
    for step in action["runs"]["steps"]:
        if "run" in step and not code:
            code = runner.run(step)
    runner.values["exit-code"] = runner.filled(action["outputs"]["exit-code"]["value"])
    return code, runner


def rows_of(workspace):
    return json.loads((workspace / "unrolled-reports" / "scores.json").read_text())


def test_the_action_grades_a_student_s_push(course, tmp_path):
    work = hand_in(tmp_path / "work", answered(affine="def affine(x, W, b): return x @ W"))
    before = {path for path in course.rglob("*") if path.name != "environment"}
    code, runner = run_action(course, work)
    assert (code, runner.values["exit-code"]) == (0, "0"), runner.log
    (row,) = rows_of(work)
    assert (row["student"], row["score"], row["points"]) == ("ada", 0, 4)
    page = runner.page.read_text()
    assert "<code>affine: bias-ignored</code>" in page
    assert "The bias b is missing" in page
    assert "bias-ignored" in runner.log
    reports = {path.name for path in (work / "unrolled-reports").iterdir()}
    assert reports == {"scores.csv", "scores.json", "junit.xml", "lms.csv", "summary.md"}
    # The course's own folder stays as it was: nothing of a student's is left there.
    assert {path for path in course.rglob("*") if path.name != "environment"} == before


def test_no_token_reaches_the_grader_and_no_seed_the_student(course, tmp_path):
    work = hand_in(tmp_path / "work", answered(affine=SPY, rnn_step=RIGHT["rnn_step"]))
    code, runner = run_action(course, work, seed=SEED)
    assert code == 0, runner.log
    grader = (course / "environment").read_text()
    assert f"UNROLLED_SEED={SEED}" in grader
    assert not [key for key in SECRETS if key in grader]
    reports = list((work / "unrolled-reports").iterdir())
    for text in [path.read_text() for path in reports] + [runner.page.read_text(), runner.log]:
        for secret in (*SECRETS.values(), SEED):
            assert secret not in text


def test_what_is_refused_keeps_its_exit_code_and_is_on_the_page(course, tmp_path):
    work = hand_in(tmp_path / "work" / "00_start").parent
    secret = tmp_path / "secret.ipynb"
    nbformat.write(answered(**RIGHT), secret)
    (work / "00_start" / "00_start.ipynb").unlink()
    (work / "00_start" / "00_start.ipynb").symlink_to(secret)
    code, runner = run_action(course, work)
    assert (code, runner.values["exit-code"]) == (1, "1")
    assert rows_of(work)[0]["status"] == "refused"
    assert "is a link, not a notebook" in runner.page.read_text()


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ({}, "no notebook of an assignment is in ."),
        ({"student": "../../etc"}, "is no student's name"),
        ({"student": ""}, "is no student's name"),
        ({"submitted": "nowhere"}, "there is no folder nowhere"),
        ({"course": "/usr"}, "names no course"),
    ],
)
def test_wrong_inputs_are_told_in_a_sentence(course, tmp_path, inputs, sentence):
    (tmp_path / "work").mkdir()
    code, runner = run_action(course, tmp_path / "work", **inputs)
    assert code == 2
    assert sentence in runner.log


def test_the_action_grades_a_class_and_the_assignments_asked_for(course, tmp_path):
    work = tmp_path / "work"
    for student in ("ada", "bob"):
        hand_in(work / "handed in" / student / "00_start")
    (work / "handed in" / "cy").mkdir()
    code, runner = run_action(
        course, work, submitted="handed in", assignments="00_start", workers="1"
    )
    assert code == 1, runner.log
    found = {row["student"]: row["score"] for row in rows_of(work)}
    assert found == {"ada": 4, "bob": 4, "cy": None}
    code, runner = run_action(course, work, submitted="handed in", assignments="00_start 99_none")
    assert code == 2
    assert "no assignment '99_none'" in runner.log
    assert not (work / "unrolled-reports" / "scores.json").exists()
    assert "Nothing was graded" in runner.page.read_text()


def git(*words, cwd):
    name = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
    subprocess.run(["git", *name, *words], cwd=cwd, check=True, capture_output=True)


def repository(folder):
    git("init", "-q", "-b", "main", ".", cwd=folder)
    git("add", "-A", cwd=folder)
    git("commit", "-qm", "all", cwd=folder)
    git("config", "uploadpack.allowAnySHA1InWant", "true", cwd=folder)
    return folder


def test_a_class_is_collected_without_following_links_and_then_graded(course, tmp_path):
    (tmp_path / "secret").write_text("the key of the machine")
    for student in ("ada", "bob", "eve"):
        hand_in(tmp_path / "repositories" / student / ("00_start" if student == "bob" else ""))
    eve = tmp_path / "repositories" / "eve"
    (eve / "00_start.ipynb").unlink()
    (eve / "00_start.ipynb").symlink_to(tmp_path / "secret")
    for student in ("ada", "bob", "eve"):
        repository(tmp_path / "repositories" / student)
    place = tmp_path / "repositories"
    (course / "roster.txt").write_text(
        f"# student repository\nada {place}/ada\nbob {place}/bob\n\ncy {place}/cy\neve {place}/eve"
    )
    jobs = loaded("docs/ci/github-class.yml")["jobs"]
    runner = Runner(course)
    runner.values["secrets.COLLECT_TOKEN"] = "token-for-the-repositories"
    for job in ("collect", "grade"):
        for step in jobs[job]["steps"]:
            if "run" in step:
                assert runner.run(step) == 0, runner.log
    assert "cy cannot be read" in runner.log
    (ours,) = [step for step in jobs["grade"]["steps"] if "grade" in step.get("uses", "")]
    code, graded = run_action(course, course, submitted=ours["with"]["submitted"])
    assert code == 1, graded.log
    rows = {row["student"]: row for row in rows_of(course)}
    assert {name: row["score"] for name, row in rows.items()} == {
        "ada": 4, "bob": 4, "cy": None, "eve": None,
    }  # fmt: skip
    assert rows["cy"]["reason"] == "nothing was handed in"
    assert "key of the machine" not in graded.page.read_text() + graded.log
    left = b"".join(p.read_bytes() for p in (course / "submitted").rglob("*") if p.is_file())
    assert b"key of the machine" not in left + (course / "submitted.tar").read_bytes()


def test_gitlab_s_script_grades_a_push_with_and_without_its_cache(course, tmp_path):
    job = loaded("docs/ci/gitlab-grade.yml")["grade"]
    work = hand_in(tmp_path / "work")
    venv = course / ".venv"
    shutil.move(venv, tmp_path / "venv")
    repository(course)
    variables = {"COURSE_URL": f"file://{course}", "COURSE_REF": "main"}
    variables |= {**SECRETS, "GITLAB_USER_LOGIN": "ada"}

    def run(lines):
        command = ["bash", "-eo", "pipefail", "-c", "\n".join(lines)]
        environment = {**os.environ, **variables}
        return subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True)

    # No cache: the course is fetched. What `make setup` makes is put in its place.
    fetched = run(job["script"][:3])
    assert fetched.returncode == 0, fetched.stderr
    set_up(work / "course")
    result = run(job["script"])
    assert result.returncode == 0, result.stdout + result.stderr
    (row,) = json.loads((work / "reports" / "scores.json").read_text())
    assert (row["student"], row["score"]) == ("ada", 4)
    assert (work / job["artifacts"]["reports"]["junit"]).exists()
    grader = (work / "course" / "environment").read_text()
    assert not [key for key in SECRETS if key in grader]


def every_step(workflow):
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_workflow_gives_no_token_to_a_job_that_runs_students_code(name):
    workflow = loaded(f"docs/ci/{name}")
    text = (REPOSITORY / "docs/ci" / name).read_text()
    # YAML 1.1 reads the key "on" as True.
    assert "pull_request_target" not in workflow[True]
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert job.get("permissions", {"contents": "read"}) == {"contents": "read"}
        assert "env" not in job
    assert "env" not in workflow
    checkouts = [
        s for s in every_step(workflow) if s.get("uses", "").startswith("actions/checkout")
    ]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)
    used = re.findall(r"secrets\.(\w+)", yaml.safe_dump(workflow["jobs"]["grade"]))
    assert used == ([] if name == "github-grade.yml" else ["UNROLLED_SEED"])
    assert "github.token" not in text


@pytest.mark.parametrize("path", [ACTION, *(f"docs/ci/{name}" for name in TEMPLATES)])
def test_no_expression_is_pasted_into_a_script(path):
    """What a branch or a student is called would run as bash there; it goes by the environment."""
    file = loaded(path)
    steps = file["runs"]["steps"] if "runs" in file else every_step(file)
    assert not [step for step in steps if "${{" in step.get("run", "")]


def test_the_workflow_s_inputs_are_the_action_s():
    inputs = set(loaded(ACTION)["inputs"])
    for name in TEMPLATES:
        for step in every_step(loaded(f"docs/ci/{name}")):
            if step.get("uses", "").split("@")[0].endswith(".github/actions/grade"):
                assert set(step["with"]) <= inputs


def test_the_cache_is_kept_before_a_student_s_code_runs():
    steps = loaded(ACTION)["runs"]["steps"]
    kept = [n for n, step in enumerate(steps) if step.get("uses", "").startswith("actions/cache")]
    graded = [n for n, step in enumerate(steps) if step.get("id") == "grade"]
    assert max(kept) < min(graded)


def test_every_file_that_the_documentation_names_is_there():
    said = (REPOSITORY / "docs" / "ci.md").read_text()
    for place in re.findall(r"\]\((?!https?:)([^)#]+)", said):
        assert (REPOSITORY / "docs" / place).exists(), place
    assert Path(REPOSITORY / "scripts" / "grade_in_ci.sh").exists()
