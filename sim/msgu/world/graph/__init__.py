"""The follower graph: built, stored, and exchanged with other tools."""
