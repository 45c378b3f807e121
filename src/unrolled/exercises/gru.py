"""Exercises of 06_gru: the cell in both forms and its parameters."""

from unrolled.exercises import Exercise

EXERCISES: tuple[Exercise, ...] = ()
