"""Kernels of the social network: posts, who sees them, trends, films."""
