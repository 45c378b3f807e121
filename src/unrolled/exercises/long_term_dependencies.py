"""Exercises of 04_long_term_dependencies: the backward pass of a step and a layer, clipping."""

from unrolled.exercises import Exercise

EXERCISES: tuple[Exercise, ...] = ()
