"""The notebooks by hand keep the contract of the curriculum and the form of the repository."""

from pathlib import Path

import pytest

from unrolled.authoring import notebooks
from unrolled.authoring.lint import lint

ROOT = Path(__file__).parent.parent.parent
SOURCES = sorted(ROOT.glob("source/*/*.ipynb"))
POINTS = {
    "00_start": {"affine": 2},
    "01_sequence_tasks": {
        "output_shape": 2,
        "make_windows": 3,
        "shift_targets": 2,
        "pad_sequences": 3,
        "last_valid": 3,
    },
    "02_recurrent_neuron": {
        "build_vocabulary": 3,
        "one_hot": 2,
        "rnn_step": 4,
        "rnn_layer": 4,
        "rnn_param_count": 2,
        "build_name_classifier": 3,
    },
    "03_stacked_rnn": {"stacked_rnn": 4, "stacked_param_count": 2, "build_stacked": 3},
    "04_long_term_dependencies": {
        "rnn_step_backward": 5,
        "bptt": 6,
        "clip_by_global_norm": 3,
    },
    "05_lstm": {"lstm_step": 6, "lstm_layer": 3, "lstm_param_count": 2, "chrono_bias": 3},
    "06_gru": {"gru_step": 5, "gru_step_reset_after": 4, "gru_param_count": 2},
    "07_bidirectional": {
        "reverse_sequences": 3,
        "bidirectional": 4,
        "masked_binary_cross_entropy": 3,
        "build_name_tagger": 3,
    },
    "08_sequence_models": {
        "teacher_forcing_inputs": 2,
        "sample_next": 3,
        "greedy_decode": 4,
        "attention": 4,
        "perplexity": 3,
        "build_captioner": 4,
    },
}


@pytest.mark.parametrize("path", SOURCES, ids=[path.stem for path in SOURCES])
def test_exercises_and_points_are_the_curriculums(path):
    found = notebooks.exercise_points(notebooks.read(path))
    assert list(found.items()) == list(POINTS[path.stem].items())


def test_the_notebooks_written_by_hand_are_clean():
    assert lint(ROOT) == []
