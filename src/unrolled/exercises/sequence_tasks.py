"""Exercises of 01_sequence_tasks: the shapes of sequence tasks, windows, shifting, padding."""

from unrolled.exercises import Exercise

EXERCISES: tuple[Exercise, ...] = ()
