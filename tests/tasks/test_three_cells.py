"""Three cells with as many parameters: the runs to count, and the table that comes with it."""

import subprocess
import sys

import numpy as np
import pytest

from unrolled.layers import gru_param_count, lstm_param_count, rnn_param_count
from unrolled.tasks import three_cells


def test_a_run_is_as_many_b_as_a_and_the_last_b_is_what_is_asked():
    x, targets, mask = three_cells.runs([1, 3])
    assert ["".join("ab"[int(b)] for a, b in row if a or b) for row in x] == ["ab", "aaabbb"]
    np.testing.assert_array_equal(mask, x[..., 1] == 1)
    assert [row.nonzero()[0].tolist() for row in targets[..., 0]] == [[1], [5]]


def test_the_cells_have_the_same_number_of_parameters():
    counts = {"SimpleRNN": rnn_param_count, "LSTM": lstm_param_count, "GRU": gru_param_count}
    for task, features, spread in (("reviews", three_cells.EMBEDDING, 0), ("counting", 2, 12)):
        units = three_cells.UNITS[task]
        found = [counts[cell](features, units[cell]) for cell in units]
        assert max(found) - min(found) <= spread


def counter():
    """An LSTM unit that counts, and a sigmoid that says whether it stands at zero again."""
    W_x, W_h = np.zeros((2, 8)), np.zeros((2, 8))
    W_x[:, 4], b = [50, -50], np.array([50.0, 50, 50, 50, 0, 0, 50, -50])
    return W_x, W_h, b, np.array([[-100.0], [0]]), np.array([50.0])


def test_a_hand_made_counter_is_right_to_the_end_and_a_constant_never():
    W_x, W_h, b, V, c = counter()
    assert three_cells.right_up_to((W_x, W_h, b, V, c), "LSTM") == three_cells.FARTHEST
    assert three_cells.right_up_to((W_x, W_h, b, 0 * V, c), "LSTM") == 1  # "yes" at each b
    assert three_cells.right_up_to((W_x, W_h, b, 0 * V, -c), "LSTM") == 0


def test_what_was_saved_is_loaded_in_the_order_of_the_table(tmp_path):
    path = tmp_path / "three_cells.json"
    assert three_cells.load(path) == []
    rows = [
        three_cells.Row("reviews", "GRU", 0, 336, (0.5, 0.75), 1.0),
        three_cells.Row("reviews", "SimpleRNN", 1, 336, (0.5, 0.5), 1.0),
        three_cells.Row("counting", "LSTM", 0, 352, (30.0,), 1.0),
    ]
    three_cells.save(rows, path)
    assert three_cells.load(path) == rows[::-1]
    path.write_text(path.read_text().replace('"rate": 0.01', '"rate": 0.02'))
    assert three_cells.load(path) == []


def test_an_unknown_cell_is_told():
    with pytest.raises(ValueError, match=r"No CTRNN for reviews.*SimpleRNN, LSTM, GRU"):
        three_cells.build("reviews", "CTRNN", 0)


def test_the_shipped_table_is_whole_and_shows_what_the_lecture_says():
    rows = {(row.task, row.cell, row.seed): row for row in three_cells.load()}
    assert len(rows) == 2 * 3 * len(three_cells.SEEDS)
    for seed in three_cells.SEEDS:
        simple, lstm, gru = (rows["counting", cell, seed].scores[0] for cell in CELLS)
        assert simple < three_cells.LONGEST <= gru < lstm
        simple, lstm, gru = (rows["reviews", cell, seed].scores[-1] for cell in CELLS)
        assert simple < 0.97 < min(lstm, gru)


CELLS = ("SimpleRNN", "LSTM", "GRU")


def test_the_table_is_read_without_keras():
    code = (
        "import sys; from unrolled.tasks import three_cells; three_cells.load()\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules), 'Keras was loaded'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.keras
@pytest.mark.slow
def test_the_same_seed_measures_the_same_again():
    row = three_cells.measure("counting", "SimpleRNN", seed=1)
    shipped = next(
        each
        for each in three_cells.load()
        if (each.task, each.cell, each.seed) == ("counting", "SimpleRNN", 1)
    )
    assert row.scores[0] == pytest.approx(shipped.scores[0], abs=2)
