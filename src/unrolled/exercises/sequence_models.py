"""Exercises of 08_sequence_models: training, sampling, decoding, attention, captions."""

from unrolled.exercises import Exercise

EXERCISES: tuple[Exercise, ...] = ()
