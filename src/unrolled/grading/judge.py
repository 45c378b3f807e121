"""Judge a notebook: the student's cells run in a worker, the test cells here, with data between.

This process is trusted and never runs a line of the student's. In a test cell a student's name is
a proxy that sends arguments away as data and gets data back.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Dict, Instance

from unrolled.authoring.invariants import hidden_lines
from unrolled.grading.course import assignment_files
from unrolled.grading.graded_cells import TestCell, is_tried, places_of, test_cells
from unrolled.grading.match import language_of, name_of
from unrolled.grading.outputs import cell_outputs, error_output, size_of
from unrolled.grading.playback import OutOfTime, Playback
from unrolled.grading.profiles import KERAS, NUMPY, Profile
from unrolled.grading.remote import WorkerTimeout, over_time
from unrolled.grading.trial import TestResult, failed, run_test
from unrolled.language import _, speaking


@dataclass(frozen=True)
class Judgement:
    """What judging a notebook came to: what its cells showed, by index, and its tests by id."""

    outputs: Mapping[int, list]
    tests: Mapping[str, TestResult]
    seconds: float


@dataclass
class Evaluation:
    """The best result so far of each test."""

    results: dict[str, TestResult] = field(default_factory=dict)

    def add(self, test: TestCell, result: TestResult, place: int) -> None:
        known = self.results.get(test.name)
        if known is None or result.passed or (place == test.places[0] and not known.passed):
            self.results[test.name] = result

    def passed(self, test: TestCell) -> bool:
        return test.name in self.results and self.results[test.name].passed


def judge_notebook(
    notebook: NotebookNode,
    *,
    sandboxed: bool = True,
    numpy_profile: Profile = NUMPY,
    keras_profile: Profile = KERAS,
    files: Mapping[str, bytes] | None = None,
) -> Judgement:
    """Judge a matched notebook; raises for what is our fault or the machine's.

    files: what lies beside the assignment's notebook, by its path from there.
    """
    began = time.monotonic()
    tests = test_cells(notebook)
    own = {test.index for test in tests}
    sources = {
        index: cell.source
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and index not in own and cell.source.strip()
    }
    evaluation = Evaluation()
    with speaking(language_of(notebook)):
        light = [test for test in tests if not test.keras]
        with Playback(numpy_profile, sources, sandboxed, files) as playback:
            judge_tests(playback, light, evaluation, last=len(notebook.cells) - 1)
            outputs = shown_outputs(playback, numpy_profile.limits.output_bytes)
        heavy = [test for test in tests if test.keras]
        if any(is_tried(notebook, test) for test in heavy):
            with Playback(keras_profile, sources, sandboxed, files) as playback:
                judge_tests(playback, heavy, evaluation, last=None)
        for test in heavy:
            if test.name not in evaluation.results:
                missing = _("{name} is not written yet.").format(name=test.exercise)
                evaluation.add(test, failed(test, missing), test.places[0])
    seconds = round(time.monotonic() - began, 3)
    return Judgement(outputs, evaluation.results, seconds)


def judge_tests(
    playback: Playback, tests: list[TestCell], evaluation: Evaluation, last: int | None
) -> None:
    """Judge tests at their places: first what is visible of each, forwards, then what is hidden.

    With ``last`` all cells up to that one run between the two, in a worker that can go back.
    """
    promising: dict[int, list[TestCell]] = {}
    reached, over = 0.0, None
    try:
        for place in places_of(tests):
            for test in (test for test in tests if place in test.places):
                result = judge_part(playback, test, place, visible=True, keep=last is not None)
                if result.passed and hidden_lines(test.source):
                    promising.setdefault(place, []).append(test)
                    reached = playback.spent()
                else:
                    evaluation.add(test, result, place)
                if last is not None and not result.passed:
                    playback.undo(place)
            if last is not None and place in promising:
                playback.keep(place)
        if last is not None:
            playback.play(last)
    except OutOfTime as error:
        over = error
    playback.freeze()
    # Slow cells that come later must cost no answer before them its hidden test: there is time to
    # play the notebook once more up to the last of these tests, and for each of them.
    hopeful_tests = sum(map(len, promising.values()))
    playback.reserve(reached + playback.profile.limits.call_seconds * hopeful_tests)
    try:
        for place, hopeful in sorted(promising.items(), reverse=True):
            for test in hopeful:
                if not evaluation.passed(test):
                    evaluation.add(test, judge_part(playback, test, place, visible=False), place)
    except OutOfTime as error:
        over = error
    if over is not None:
        for test in tests:
            if test.name not in evaluation.results:
                evaluation.add(test, failed(test, over_time(over.seconds)), test.places[0])


def judge_part(
    playback: Playback, test: TestCell, place: int, *, visible: bool, keep: bool = False
) -> TestResult:
    """One test at one place; once more if the worker was lost meanwhile for no clear reason."""
    for attempt in (1, 2):
        worker = playback.worker_at(place, keep=keep)
        result = run_test(worker, test, playback, visible=visible)
        if worker.lost is None or isinstance(worker.lost, WorkerTimeout) or attempt == 2:
            break
    return result


def shown_outputs(playback: Playback, limit: int) -> dict[int, list[NotebookNode]]:
    """What the student's cells showed, all of it from before the first hidden call."""
    shown, left = {}, limit
    for index, result in sorted(playback.results.items()):
        outputs = []
        for output in cell_outputs(result.outputs, result.error):
            left -= size_of([output])
            if left >= 0:
                outputs.append(output)
        shown[index] = outputs
    return shown


def write_judgement(notebook: NotebookNode, judgement: Judgement) -> NotebookNode:
    """Put a judgement into the notebook, in the form from which nbgrader takes its scores."""
    for index, outputs in judgement.outputs.items():
        notebook.cells[index].outputs = [NotebookNode(output) for output in outputs]
    for cell in notebook.cells:
        result = judgement.tests.get(name_of(cell) or "")
        if result is None:
            continue
        # Any error output is 0 points; an execute_result would be read as a number of points.
        if result.passed:
            cell.outputs = [new_output("display_data", data={"text/plain": result.message})]
        else:
            lines = result.message.splitlines() or [""]
            cell.outputs = [error_output("CheckFailed", lines[0], lines)]
        cell.metadata["unrolled"] = {
            "exercise": result.exercise,
            "mistake": result.mistake,
            "message": result.message,
        }
    notebook.metadata["unrolled"]["seconds"] = judgement.seconds
    return notebook


class Judge(NbGraderPreprocessor):
    """nbgrader's way in: takes the place of Execute in ``c.Autograde.autograde_preprocessors``."""

    sandboxed = Bool(True, help="Run students' code in the sandbox.").tag(config=True)
    limits = Dict(
        help="Limits of the course's own, such as {'call_seconds': 20}; see grading/profiles.py."
    ).tag(config=True)
    keras_limits = Dict(help="The same for Keras exercises.").tag(config=True)

    prepared = Instance(
        Judgement, allow_none=True, help="A judgement to write, where a batch has judged already."
    ).tag(config=True)
    record = Dict(help="What a batch notes beside its judgement.").tag(config=True)

    def judge(self, notebook: NotebookNode, assignment: str) -> Judgement:
        course = CourseDirectory(config=self.config)
        folder = Path(course.root) / course.source_directory / assignment
        return judge_notebook(notebook, files=assignment_files(folder), **self.options())

    def options(self) -> dict[str, Any]:
        """The keyword arguments of ``judge_notebook`` that this configuration means."""
        return {
            "sandboxed": self.sandboxed,
            "numpy_profile": replace(NUMPY, limits=replace(NUMPY.limits, **self.limits)),
            "keras_profile": replace(KERAS, limits=replace(KERAS.limits, **self.keras_limits)),
        }

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        judgement = self.prepared
        if not isinstance(judgement, Judgement):
            judgement = self.judge(nb, resources["nbgrader"]["assignment"])
        write_judgement(nb, judgement)
        if self.record:
            nb.metadata["unrolled"]["record"] = dict(self.record)
        return nb, resources
