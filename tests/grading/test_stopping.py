"""A command that is told to stop does, at the latest where it next waits."""

import os
import signal

import pytest

from unrolled.grading.stopping import heed, stoppable


class Told:
    """Is told to stop while it is being cleared away, where Python drops what is raised."""

    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        for _moment in range(1000):
            pass


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_stop_that_was_dropped_in_a_finaliser_is_heeded_later(capsys):
    def work():
        with stoppable("Stopped."):
            told = Told()
            del told
            heed()

    with pytest.raises(SystemExit) as ended:
        work()
    assert ended.value.code == 1
    assert capsys.readouterr().err == "Stopped.\n"
    heed()  # the next command has not been told


def test_nothing_stops_what_was_not_told_to():
    with stoppable("Stopped."):
        heed()
