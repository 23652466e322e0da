"""The one place with numba settings, and how kernels take what they work on."""
