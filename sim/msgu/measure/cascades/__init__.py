"""Retweet cascades: their shapes, and as files for other tools."""
