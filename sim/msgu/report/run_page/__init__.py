"""The page of a run, its pictures and tables."""
