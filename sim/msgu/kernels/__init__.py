"""Compiled code: arrays in, filled in place; numpy and numba only."""
