"""The registry of tasks."""

import subprocess
import sys

import pytest

from unrolled import tasks


@pytest.mark.parametrize("name", tasks.TASKS)
def test_every_task_can_be_trained_measured_and_saved(name):
    task = tasks.get(name)
    for part in ("split", "train", "evaluate", "baseline", "save", "load"):
        assert callable(getattr(task, part))
    assert 0 < task.TOLERANCE < 0.1


def test_an_unknown_task_is_told_with_those_there_are():
    with pytest.raises(ValueError, match=r"'sonnets'.*names"):
        tasks.get("sonnets")


def test_the_registry_imports_no_task():
    code = "import sys, unrolled.tasks; print('unrolled.tasks.names' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert run.stdout.strip() == "False"
