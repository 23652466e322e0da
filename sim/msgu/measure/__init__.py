"""Measure one run: metrics, reported figures, cascades, the follower graph."""
