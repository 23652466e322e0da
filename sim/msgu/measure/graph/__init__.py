"""Statistics of follower graphs, and their table."""
