"""One layer against two: the data, the measures, and the table that comes with the course."""

import json
import subprocess
import sys
from collections import defaultdict

import numpy as np
import pytest

from unrolled.layers import stacked_param_count
from unrolled.tasks import depth, names

ROW = depth.Row((12, 12), 300, 8, 1, 1393, 0.9, 0.8, (0.3, 0.4), (0.4, 0.5), (0.4, 0.8))
ROWS = [
    ROW,
    depth.Row((15,), 300, 8, 0, 1411, 0.9, 0.8, (0.3,), (0.4,), (0.4,)),
    depth.Row((12, 12), 300, 8, 0, 1393, 0.9, 0.8, (0.3, 0.4), (0.4, 0.5), (0.4, 0.8)),
]


def test_the_sentences_are_those_of_lecture_02():
    training, held_out, vocabulary = depth.data()
    assert training + held_out == names.sentences(3000, "en", seed=0)
    assert len(held_out) == 500
    ids, labels, mask = depth.arrays(held_out, vocabulary)
    assert ids.shape == (*mask.shape, len(vocabulary))
    assert labels.shape == (*mask.shape, 1)
    for row, (words, marks) in enumerate(held_out):
        assert mask[row].sum() == len(words)
        assert ids[row].argmax(-1)[mask[row]].tolist() == [vocabulary[word] for word in words]
        assert labels[row, : len(marks), 0].tolist() == marks


def test_both_networks_have_as_many_parameters():
    features = len(depth.data()[2])
    one, two = (stacked_param_count(features, list(widths)) for widths in depth.WIDTHS)
    assert abs(one - two) < 0.02 * one


def test_movement_is_the_mean_step_and_padding_counts_in_nothing():
    states = np.array([[[0.0], [1.0], [3.0], [100.0]], [[5.0], [5.0], [5.0], [5.0]]])
    mask = np.array([[True, True, True, False], [True, True, True, True]])
    change, shuffled = depth.movement(states, mask)
    assert change == pytest.approx((1 + 2 + 0 + 0 + 0) / 5)
    assert 0 < shuffled < 5
    noise = np.random.default_rng(1).normal(size=(50, 40, 3))
    change, shuffled = depth.movement(noise, np.ones((50, 40), bool))
    assert change == pytest.approx(shuffled, rel=0.05)  # neighbours have nothing in common


def test_what_was_saved_is_loaded_in_one_order(tmp_path):
    path = tmp_path / "depth.json"
    depth.save(ROWS, path)
    first = path.read_bytes()
    assert depth.load(path) == [ROWS[2], ROWS[0], ROWS[1]]
    depth.save(depth.load(path), path)
    assert path.read_bytes() == first


def test_rows_of_other_settings_are_measured_again(tmp_path):
    path = tmp_path / "depth.json"
    assert depth.load(path) == []
    depth.save(ROWS, path)
    kept = json.loads(path.read_text())
    kept["settings"]["rate"] *= 2
    path.write_text(json.dumps(kept))
    assert depth.load(path) == []


def test_one_command_measures_what_is_missing(tmp_path, monkeypatch, capsys):
    measured = []

    def measure(widths, count, epochs, seed):
        measured.append((widths, count, seed))
        for look in epochs:
            yield depth.Row(widths, count, look, seed, 0, 0.5, 0.5, (), (), ())

    path = tmp_path / "depth.json"
    monkeypatch.setattr(depth, "measure", measure)
    monkeypatch.setattr(depth.load, "__defaults__", (path,))
    monkeypatch.setattr(depth.save, "__defaults__", (path,))
    depth.main([])
    networks = len(depth.WIDTHS) * len(depth.SEEDS) * len(depth.EPOCHS)
    assert len(measured) == len(set(measured)) == networks
    rows = len(depth.load(path))
    assert len(capsys.readouterr().out.splitlines()) == rows
    depth.main([])
    assert len(measured) == networks
    depth.main(["--again"])
    assert len(measured) == 2 * networks


def test_the_table_is_read_without_keras():
    code = (
        "import sys; from unrolled.tasks import depth; assert depth.load()\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules), 'Keras was loaded'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_shipped_table_says_what_lecture_03_says():
    found = defaultdict(list)
    for row in depth.load():
        found[row.sentences, row.epochs, row.widths].append(row)
    assert set(map(len, found.values())) == {len(depth.SEEDS)}
    one, two = depth.WIDTHS
    means = {key: np.mean([row.ambiguous for row in rows]) for key, rows in found.items()}
    assert means[2500, 8, one] > 0.995
    assert means[2500, 8, two] > 0.995
    assert means[300, 8, two] - means[300, 8, one] > 0.01  # it looks like a gain
    assert abs(means[300, 24, two] - means[300, 24, one]) < 0.005  # it was none
    for row in found[2500, 8, two]:
        assert row.change[1] > row.change[0]
        ratios = np.divide(row.change, row.shuffled)
        assert ratios[1] < ratios[0]
        assert row.cut[0] < 0.5
        assert row.cut[1] == row.ambiguous
