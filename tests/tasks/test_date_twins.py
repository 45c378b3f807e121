"""With attention and without: the table that comes with the course."""

import subprocess
import sys
from collections import defaultdict

import numpy as np
import pytest

from unrolled.tasks import date_twins, dates

ROWS = [
    date_twins.Row(False, 8, 0, 10_267, 0.02, 0.75, 15.0),
    date_twins.Row(True, 8, 1, 10_619, 1.0, 1.0, 17.0),
    date_twins.Row(True, 8, 0, 10_619, 0.99, 1.0, 17.0),
]


def test_what_was_saved_is_loaded_in_one_order(tmp_path):
    path = tmp_path / "date_twins.json"
    assert date_twins.load(path) == []
    date_twins.save(ROWS, path)
    assert date_twins.load(path) == [ROWS[2], ROWS[1], ROWS[0]]
    first = path.read_bytes()
    date_twins.save(date_twins.load(path), path)
    assert path.read_bytes() == first


def test_rows_of_other_settings_are_measured_again(tmp_path):
    path = tmp_path / "date_twins.json"
    date_twins.save(ROWS, path)
    path.write_text(path.read_text().replace('"units": 32', '"units": 64'))
    assert date_twins.load(path) == []


def test_one_command_measures_what_is_missing(tmp_path, monkeypatch, capsys):
    measured = []

    def measure(attention, epochs, seed):
        measured.append((attention, epochs, seed))
        return date_twins.Row(attention, epochs, seed, 0, 0.5, 0.5, 1.0)

    path = tmp_path / "date_twins.json"
    monkeypatch.setattr(date_twins, "measure", measure)
    monkeypatch.setattr(date_twins.load, "__defaults__", (path,))
    monkeypatch.setattr(date_twins.save, "__defaults__", (path,))
    date_twins.main([])
    every = len(date_twins.RUNS) * len(date_twins.SEEDS)
    assert len(measured) == len(set(measured)) == every
    assert len(capsys.readouterr().out.splitlines()) == len(date_twins.load(path)) == every
    date_twins.main([])
    assert len(measured) == every
    date_twins.main(["--again"])
    assert len(measured) == 2 * every


def test_the_shipped_table_says_what_lecture_08_says():
    found = defaultdict(list)
    for row in date_twins.load():
        found[row.attention, row.epochs].append(row.exact)
    assert list(found) == list(date_twins.RUNS)
    assert {len(rows) for rows in found.values()} == {len(date_twins.SEEDS)}
    attention, twin, longer = found.values()
    assert min(attention) > 0.98
    assert max(twin) < 0.1
    assert max(twin) < np.mean(longer) < min(attention)


def test_the_shipped_weights_are_those_of_the_tables_first_row():
    row = next(row for row in date_twins.load() if row.attention and row.seed == 0)
    model = dates.load()
    assert sum(array.size for array in model.weights.values()) == row.parameters
    score = dates.evaluate(model, dates.split()[1])
    assert score["exact"] == pytest.approx(row.exact, abs=0.003)  # weights are rounded


def test_the_table_is_read_without_keras():
    code = (
        "import sys; from unrolled.tasks import date_twins; assert date_twins.load()\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules), 'Keras was loaded'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.keras
@pytest.mark.slow
def test_the_same_seed_measures_the_same_again():
    row = date_twins.measure(False, dates.EPOCHS, seed=0)
    shipped = {date_twins.key(row): row for row in date_twins.load()}[date_twins.key(row)]
    assert row.exact == pytest.approx(shipped.exact, abs=0.05)
    assert row.characters == pytest.approx(shipped.characters, abs=0.03)
