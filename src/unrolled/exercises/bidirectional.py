"""Exercises of 07_bidirectional: reversal, both directions, a masked loss, a tagger."""

from unrolled.exercises import Exercise

EXERCISES: tuple[Exercise, ...] = ()
