"""Kernels of the follower graph: building it, and its statistics."""
