"""The compiled floor: arrays in, arrays filled in place, numpy and numba only."""
