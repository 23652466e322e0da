"""Draw pictures and write self-contained pages."""
