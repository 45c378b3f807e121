"""Exercises of 03_stacked_rnn: layers upon layers."""

from unrolled.exercises import Exercise

EXERCISES: tuple[Exercise, ...] = ()
