"""Play a notebook's cells in a worker, and be at the state after any of them, whatever happens.

Hidden tests must see each state, yet nothing that a student's code shows may come after a hidden
input was shown to it. So all cells and visible tests run first, with a mark (a waiting copy of the
process) at each state that a hidden test needs, and the hidden tests go backwards over the marks.
"""

import contextlib
import time
from collections.abc import Mapping

from unrolled.errors import AnswerError
from unrolled.grading.profiles import Profile
from unrolled.grading.remote import (
    CellResult,
    Worker,
    WorkerLost,
    WorkerTimeout,
    lost_sentence,
)


class OutOfTime(Exception):
    """The submission has used up its time."""

    def __init__(self, seconds: float):
        super().__init__(f"the submission's {seconds:g} s are over")
        self.seconds = seconds


class Playback:
    """A notebook in a worker that is started again, with the cells before, when it is lost.

    A cell that loses its worker twice, or does not end in time, is left out from then on.
    """

    def __init__(
        self,
        profile: Profile,
        sources: Mapping[int, str],
        sandboxed: bool,
        files: Mapping[str, bytes] | None = None,
    ):
        self.profile, self.sources, self.sandboxed = profile, sources, sandboxed
        self.files = files
        self.marks: set[int] = set()
        self.results: dict[int, CellResult] = {}
        self.left_out: set[int] = set()
        self._began = time.monotonic()
        self.until = self._began + profile.limits.submission_seconds
        self._frozen = False
        self._lost_once: set[int] = set()
        self._worker: Worker | None = None
        self._at = -1
        self._marked: list[int] = []

    def __enter__(self) -> "Playback":
        return self

    def __exit__(self, *error) -> None:
        if self._worker is not None:
            self._worker.kill()

    def play(self, last: int) -> None:
        """Run every cell up to and with number ``last`` that has not run yet."""
        while not self._play_once(last):
            pass

    def worker_at(self, cell: int, *, keep: bool = False) -> Worker:
        """The worker in the state after a cell; with ``keep`` what happens to it can be undone."""
        if self._worker is not None and self._worker.lost is None and cell in self._marked:
            with contextlib.suppress(WorkerLost):
                while self._marked and self._marked[-1] >= cell:
                    self._worker.back()
                    self._at = self._marked.pop()
        if self._at != cell or self._worker is None or self._worker.lost is not None:
            if self._at > cell:
                self._drop()
            # The tests behind this one are done: only the marks before it are still needed.
            self.marks = {mark for mark in self.marks if mark < cell}
            self.play(cell)
        assert self._worker is not None
        if keep:
            with contextlib.suppress(WorkerLost):
                if self._worker.mark():
                    self._marked.append(cell)
        return self._worker

    def keep(self, cell: int) -> None:
        """Keep the state after a cell, to come back to."""
        if cell not in self._marked:
            self.worker_at(cell, keep=True)
        self.marks.add(cell)

    def undo(self, cell: int) -> None:
        """Undo what a test did to the state after a cell."""
        if self._worker is not None and self._worker.lost is None and self._marked[-1:] == [cell]:
            with contextlib.suppress(WorkerLost):
                self._worker.back()
                self._marked.pop()
                return
        self._drop()  # no copy could be made, or it is lost: the next test gets a fresh worker

    def freeze(self) -> None:
        """From here on hidden inputs are about: believe no text of the student's any more."""
        self._frozen = True

    def spent(self) -> float:
        """The seconds since the notebook began."""
        return time.monotonic() - self._began

    def reserve(self, seconds: float) -> None:
        """See to it that at least so many seconds are left."""
        self.until = max(self.until, time.monotonic() + seconds)
        if self._worker is not None:
            self._worker.until = self.until

    def _drop(self) -> None:
        if self._worker is not None:
            self._worker.kill()
        self._worker, self._at, self._marked = None, -1, []

    def _play_once(self, last: int) -> bool:
        if time.monotonic() > self.until:
            raise OutOfTime(self.profile.limits.submission_seconds)
        if self._worker is not None and self._worker.lost is not None:
            self._drop()
        if self._worker is None:
            self._worker = Worker(
                self.profile, sandboxed=self.sandboxed, until=self.until, files=self.files
            )
        while self._at < last:
            cell = self._at + 1
            try:
                self._run_cell(self._worker, cell)
                if cell in self.marks and self._worker.mark():
                    self._marked.append(cell)
            except WorkerLost as error:
                self._blame(cell, error)
                return False
            self._at = cell
        return True

    def _run_cell(self, worker: Worker, cell: int) -> None:
        if cell in self.left_out or cell not in self.sources:
            return
        result = worker.run(self.sources[cell], str(cell))
        if not self._frozen:
            self.results.setdefault(cell, result)

    def _blame(self, cell: int, error: WorkerLost) -> None:
        if isinstance(error, WorkerTimeout) or cell in self._lost_once:
            self.left_out.add(cell)
            # A cell that is played again may choose by the clock, or by what it saw, to fail now.
            if not self._frozen:
                self.results[cell] = CellResult([], AnswerError("", lost_sentence(error)))
        self._lost_once.add(cell)
