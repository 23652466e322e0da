"""Replications of one scenario: run, kept, verified."""
