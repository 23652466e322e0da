"""Settings under which what was reported comes out, and how surely."""
