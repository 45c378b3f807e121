"""Recall of the first token: the data, and the table that comes with the course."""

import json
import subprocess
import sys

import numpy as np
import pytest

from unrolled.tasks import recall


def test_the_first_token_is_what_is_asked_and_nothing_gives_it_away():
    ids, first = recall.draw(4000, 7, np.random.default_rng(0))
    assert ids.shape == (4000, 7)
    assert (ids[:, 0] == first).all()
    assert set(np.unique(ids)) == set(range(recall.SYMBOLS))
    for time in range(1, 7):  # whoever looks at any other place is at chance
        assert np.mean(ids[:, time] == first) == pytest.approx(recall.CHANCE, abs=0.02)
    assert np.bincount(first).max() / 4000 < 0.15


def test_the_same_seed_draws_the_same():
    one, other = (recall.draw(5, 9, np.random.default_rng(3))[0] for _ in range(2))
    np.testing.assert_array_equal(one, other)


def test_an_unknown_start_is_told():
    with pytest.raises(ValueError, match=r"'gru'.*lstm, chrono"):
        recall.build("gru", 10)


ROWS = [
    recall.Row("lstm, default", 10, 1, 0.5, 100),
    recall.Row("simple, orthogonal", 50, 0, 1.0, 50),
    recall.Row("lstm, default", 10, 0, 0.25, 100),
    recall.Row("simple, orthogonal", 5, 0, 0.75, 50),
]


def test_what_was_saved_is_loaded_in_the_order_of_the_table(tmp_path):
    path = tmp_path / "recall.json"
    recall.save(ROWS, path)
    first = path.read_bytes()
    assert recall.load(path) == [ROWS[3], ROWS[1], ROWS[2], ROWS[0]]
    recall.save(recall.load(path), path)
    assert path.read_bytes() == first


def test_rows_of_other_settings_are_measured_again(tmp_path):
    path = tmp_path / "recall.json"
    assert recall.load(path) == []
    recall.save(ROWS, path)
    kept = json.loads(path.read_text())
    kept["settings"]["units"] += 1
    path.write_text(json.dumps(kept))
    assert recall.load(path) == []


def test_the_table_holds_the_accuracy_of_every_seed():
    assert recall.table(ROWS) == {
        "simple, orthogonal": {5: [0.75], 50: [1.0]},
        "lstm, default": {10: [0.25, 0.5]},
    }


def test_one_command_measures_what_is_missing(tmp_path, monkeypatch, capsys):
    measured = []

    def measure(*key):
        measured.append(key)
        return recall.Row(*key, accuracy=0.5, steps=50)

    path = tmp_path / "recall.json"
    monkeypatch.setattr(recall, "measure", measure)
    monkeypatch.setattr(recall.load, "__defaults__", (path,))
    monkeypatch.setattr(recall.save, "__defaults__", (path,))
    recall.main(["--quick"])
    assert measured == recall.QUICK
    assert len(recall.load(path)) == len(recall.QUICK)
    recall.main([])
    whole = len(recall.STARTS) * len(recall.LENGTHS) * len(recall.SEEDS)
    assert len(measured) == len(set(measured)) == len(recall.load(path)) == whole
    recall.main(["--quick", "--again"])
    assert measured[whole:] == recall.QUICK
    assert len(capsys.readouterr().out.splitlines()) == whole + 2 * len(recall.QUICK)


def test_the_table_is_read_without_keras():
    code = (
        "import sys; from unrolled.tasks import recall; recall.table(recall.load())\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules), 'Keras was loaded'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_how_it_starts_out_decides_and_not_the_name_of_the_cell():
    """The shipped table shows the pattern, over every seed that was measured."""
    rows = recall.table(recall.load())
    assert tuple(rows) == recall.STARTS
    for found in rows.values():
        assert {length: len(found[length]) for length in found} == dict.fromkeys(
            recall.LENGTHS, len(recall.SEEDS)
        )
    for length in (10, 50):
        assert len(rows["lstm, default"][length]) >= 2
        assert min(rows["simple, orthogonal"][length]) > 0.95
    assert min(rows["lstm, default"][10]) > 0.95
    assert max(rows["lstm, default"][50]) < 2 * recall.CHANCE
    assert min(rows["lstm, forget bias 5"][50]) > 0.8
