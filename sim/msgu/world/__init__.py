"""A scenario becomes a world."""
