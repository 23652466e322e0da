"""The scenario as one frozen, strict tree of blocks."""
