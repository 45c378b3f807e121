"""The command line: one verb per person's errand."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from unrolled.grading.stopping import stoppable
from unrolled.language import LANGUAGES, set_language

# Where there is no terminal to ask, a table is as wide as a page of a log.
WIDTH = None if sys.stdout.isatty() else 110
console = Console(highlight=False, width=WIDTH)
errors = Console(stderr=True, highlight=False)


def stop(sentence: str, code: int = 1) -> NoReturn:
    """Say what is wrong and end: 1 for what failed, 2 for wrong usage."""
    errors.print(sentence, style="red", markup=False, soft_wrap=True)
    sys.exit(code)


def course_root() -> Path:
    """The folder a command is run in, if it is a course."""
    root = Path.cwd()
    if not (root / "source").is_dir() or not (root / "nbgrader_config.py").is_file():
        stop(f"{root} is not a course: it has no source/ or nbgrader_config.py. cd to its root.")
    return root


def progress_bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=errors,
        transient=True,
    )


def in_a_folder(context: click.Context, option: click.Parameter, path: Path | None) -> Path | None:
    """Refuse a report's path before a batch rather than after it."""
    if path and not path.absolute().parent.is_dir():
        raise click.BadParameter(f"there is no folder {path.parent}. Make it first.")
    return path


report_file = {"type": click.Path(dir_okay=False, path_type=Path), "callback": in_a_folder}
language_option = click.option(
    "--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="unrolled")
def main() -> None:
    """Unrolled: a course on recurrent neural networks whose exercises grade themselves."""


@main.command()
@click.argument("assignments", nargs=-1)
@click.option(
    "--lang",
    "languages",
    type=click.Choice(LANGUAGES),
    multiple=True,
    help="Only this language (default: all).",
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if something is stale.")
def release(assignments: tuple[str, ...], languages: tuple[str, ...], check: bool) -> None:
    """Make release/, course/ko/ and every other derived file from their sources."""
    from unrolled.authoring import catalogue
    from unrolled.authoring.lint import lint
    from unrolled.authoring.release import release as make
    from unrolled.authoring.students import assignment_names

    root = course_root()
    known = assignment_names(root)
    for name in assignments:
        if name not in known:
            stop(f"There is no source/{name}. Assignments: {', '.join(known)}.", code=2)
    try:
        said = make(root, assignments or None, languages or LANGUAGES, check=check)
    except ValueError as error:
        stop(str(error))
    if check:
        said += lint(root)
    elif (root / catalogue.PO).is_file() and (lacking := catalogue.translate(root, check=True)):
        errors.print(f"{len(lacking)} sentences lack their Korean. Run: unrolled translate")
    for line in said:
        console.print(line, markup=False, soft_wrap=True)
    if check and said:
        sys.exit(1)
    if not said:
        console.print("Every derived file is fresh.")


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a sentence is missing.")
def translate(check: bool) -> None:
    """Bring locale/ko.po up to date with every sentence that a reader sees."""
    from unrolled.authoring import catalogue

    try:
        problems = catalogue.translate(course_root(), check=check)
    except ValueError as error:
        stop(str(error))
    for line in problems:
        console.print(line, markup=False, soft_wrap=True)
    if problems:
        sys.exit(1)
    console.print("Every sentence has its Korean.")


@main.command()
@click.argument("assignments", nargs=-1)
@click.option("--student", "students", multiple=True, metavar="ID", help="Only this student.")
@click.option(
    "--workers",
    type=click.IntRange(1),
    help="How many at once (default: one a core, fewer where memory is short).",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Judge on the workers of this dask cluster, such as tcp://10.0.0.5:8786.",
)
@click.option("--force", is_flag=True, help="Grade the unchanged ones again too.")
@click.option("--csv", help="Scores as CSV.", **report_file)
@click.option("--junit", help="JUnit XML.", **report_file)
@click.option("--json", help="All rows as JSON.", **report_file)
@click.option("--lms", help="Final scores as CSV for Canvas, Moodle, Blackboard.", **report_file)
@click.option("--summary", help="Markdown for a CI run's page.", **report_file)
@click.option("--no-sandbox", is_flag=True, help="Run strangers' code unprotected. Think twice.")
@stoppable("Stopped. What was graded until now stands: run again to grade the others.")
def grade(
    assignments: tuple[str, ...],
    students: tuple[str, ...],
    workers: int | None,
    scheduler: str | None,
    force: bool,
    csv: Path | None,
    junit: Path | None,
    json: Path | None,
    lms: Path | None,
    summary: Path | None,
    no_sandbox: bool,
) -> None:
    """Grade what students handed in under submitted/, in a sandbox."""
    from unrolled.grading.processes import start_importing

    if scheduler is None:
        start_importing()
    from unrolled.grading import report, runner
    from unrolled.grading.course import GradingError, open_course
    from unrolled.grading.lms import write_lms
    from unrolled.grading.summary import write_summary

    if workers and scheduler:
        stop("--workers counts processes of this machine; a --scheduler has its own.", code=2)
    root = course_root()
    try:
        course = open_course(root)
        known = course.assignments(assignments)
        course.submissions(list(known), students)
    except GradingError as error:
        stop(str(error), code=2)
    if not os.environ.get("UNROLLED_SEED"):
        console.print("Hidden checks use the published seed. Set UNROLLED_SEED to one of your own.")
    options = {"workers": workers, "scheduler": scheduler, "force": force}
    options["sandboxed"] = not no_sandbox
    rows = graded(
        lambda watch: runner.grade(root, assignments, students, progress=watch, **options)
    )
    if not rows:
        console.print("Nothing to grade: submitted/ holds no submission of these assignments.")
    else:
        console.print(report.score_table(rows))
        show_mistakes(rows)
    for path, write in (
        (csv, report.write_csv),
        (junit, report.write_junit),
        (json, report.write_json),
        (lms, lambda rows, path: write_lms(rows, course, path)),
        (summary, write_summary),
    ):
        if path:
            try:
                write(rows, path)
            except OSError as error:
                stop(f"{path} cannot be written: {error.strerror}. The grades stand: run again.")
    skipped = sum(row.skipped for row in rows)
    if skipped:
        console.print(f"{skipped} unchanged since they were graded (--force grades them again).")
    if any(row.status != "graded" for row in rows):
        sys.exit(1)


def graded(run: Callable) -> list:
    """Run a batch under a progress bar; what bars it is a sentence and exit code 1."""
    from unrolled.grading.course import GradingError
    from unrolled.grading.sandbox import SandboxUnavailable

    with progress_bar() as bar:
        task = bar.add_task("grading", total=None)
        try:
            return run(lambda done, total, row: bar.update(task, completed=done, total=total))
        except (GradingError, SandboxUnavailable) as error:
            bar.stop()
            stop(str(error))
        except OSError as error:
            bar.stop()
            where, why = error.filename or "The course", error.strerror or type(error).__name__
            stop(
                f"{where} cannot be read or written: {why}. See to its disk and permissions, then "
                "run again: what was graded stands."
            )


def show_mistakes(rows: list) -> None:
    from unrolled.grading.report import commonest_mistakes, mistakes_table

    most = commonest_mistakes(rows)
    if most:
        console.print("The class's commonest mistakes, and their share of those graded:")
        console.print(mistakes_table(most))


@main.command()
@click.option(
    "--workers",
    type=click.IntRange(1),
    help="How many at once (default: one a core, fewer where memory is short).",
)
def demo(workers: int | None) -> None:
    """Play the whole cycle on a class of sample students and print what each one gets."""
    from rich.table import Table

    from unrolled import demo as sample_class
    from unrolled.authoring.release import release as make
    from unrolled.grading.report import what_happened

    root = course_root()
    make(root)
    folder = sample_class.write_class(root, root / "build" / "demo")
    rows = graded(lambda watch: sample_class.grade_class(folder, watch, workers=workers))
    found = {row.student: row for row in rows}
    table = Table("student", "", "what the student did", "due", "score")
    table.add_column("what grading says", overflow="fold", ratio=1)
    for sample in sample_class.SAMPLES:
        row = found[sample.student]
        scores = (sample_class.due(sample, row), row.score)
        shown = ["–" if value is None else f"{value:g}" for value in scores]
        table.add_row(row.student, sample.language, sample.about, *shown, what_happened(row))
    console.print(table)
    show_mistakes(rows)
    feedback = sample_class.write_feedback(folder).relative_to(root)
    console.print(f"Feedback pages: {feedback}/STUDENT/{sample_class.ASSIGNMENT}/")
    for sentence in (said := sample_class.unexpected(rows)):
        errors.print(sentence, style="red", markup=False, soft_wrap=True)
    if said:
        sys.exit(1)
    console.print("Every score and every named mistake is as it is due.")


@main.command(name="check")
@click.argument(
    "notebooks",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@language_option
def check_command(notebooks: tuple[Path, ...], lang: str) -> None:
    """Run every check of NOTEBOOKS outside Jupyter and say what each one says."""
    from unrolled.selfcheck import check_notebook

    set_language(lang)
    for notebook in notebooks:
        console.print(str(notebook), style="bold", markup=False)
        try:
            results = check_notebook(notebook)
        except ValueError as error:
            stop(str(error))
        if not results:
            console.print("  This notebook holds no exercise.")
        for result in results:
            mark = "[green]✓[/]" if result.passed else "[red]✗[/]"
            console.print(f"  {mark} {result.exercise}")
            for line in result.message.splitlines():
                console.print(f"      {line}", markup=False, soft_wrap=True)


@main.command()
@language_option
def lab(lang: str) -> None:
    """Open the course in JupyterLab on a work copy that keeps a student's files."""
    from unrolled.lab import open_lab, refresh_work_copy

    root = course_root()
    for line in refresh_work_copy(root):
        console.print(line, markup=False, soft_wrap=True)
    console.print("Your work is in the folder work/. To stop: Ctrl+C here.")
    open_lab(root, lang)


@main.command()
@click.argument("tasks", nargs=-1)
def train(tasks: tuple[str, ...]) -> None:
    """Train the models that the lectures show, save their weights, print their scores."""
    from unrolled.authoring.tables import Trained, task_table
    from unrolled.tasks import TASKS, get

    rows = []
    for name in tasks or TASKS:
        try:
            task = get(name)
        except ValueError as error:
            stop(str(error), code=2)
        start = time.perf_counter()
        with progress_bar() as bar:
            row = bar.add_task(name, total=None)
            model, score = task.train(
                progress=lambda done, total, row=row: bar.update(row, completed=done, total=total)
            )
        seconds = time.perf_counter() - start
        task.save(model)
        baseline = task.baseline(*task.split())
        low = getattr(task, "LOWER_IS_BETTER", ())
        rows.append(Trained(name, score, baseline, seconds, low))
        for measure, value in score.items():
            line = f"{name}: {measure} {value:.3f}, baseline {baseline[measure]:.3f}"
            lower = measure in low
            aside = f"{'lower is better; ' if lower else ''}trained in {seconds:.0f} s"
            console.print(f"{line} ({aside})", markup=False)
    console.print(f"\n{task_table(rows)}", markup=False, soft_wrap=True, end="")
