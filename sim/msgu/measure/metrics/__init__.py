"""Metrics by name: which there are, their text form, units, and values."""
