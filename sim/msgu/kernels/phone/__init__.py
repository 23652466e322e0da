"""Kernels of the telephones: calls, messages, Safety Check marks."""
