"""What every kernel stands on: keyed draws, delay laws, the calendar, the event log."""
