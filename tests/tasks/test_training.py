"""Training any task again gives what is shipped."""

import time

import pytest

from unrolled import tasks

pytestmark = [pytest.mark.keras, pytest.mark.slow]


@pytest.mark.parametrize("name", tasks.TASKS)
def test_training_again_gives_the_shipped_score(name):
    task = tasks.get(name)
    calls, start = [], time.process_time()
    model, score = task.train(progress=lambda *call: calls.append(call))
    # Of the processor: what else a busy machine does is not the task's fault.
    assert time.process_time() - start < 60
    epochs = calls[-1][1]
    assert calls == [(epoch + 1, epochs) for epoch in range(epochs)]
    assert epochs % task.EPOCHS == 0  # of each network, where there are several

    shipped = task.load()
    expected = task.evaluate(shipped, task.split()[1])
    assert score == pytest.approx(expected, abs=task.TOLERANCE)
    assert model.vocabulary == shipped.vocabulary
