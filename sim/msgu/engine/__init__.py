"""The engine: SimPy above, compiled calendars below."""
