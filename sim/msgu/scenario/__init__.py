"""READ: a scenario file to one frozen, checked tree of blocks."""
