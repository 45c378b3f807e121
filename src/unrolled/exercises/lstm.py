"""Exercises of 05_lstm: the cell, the layer, its parameters and a bias that remembers."""

from unrolled.exercises import Exercise

EXERCISES: tuple[Exercise, ...] = ()
