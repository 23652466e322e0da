"""What the kernels share: every array of a run, declared once."""
