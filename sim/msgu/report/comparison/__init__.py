"""The page of a comparison, its pictures and tables."""
