"""A baseline and its alternatives on common draws."""
