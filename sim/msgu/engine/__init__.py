"""Run one replication: SimPy processes above, compiled kernels below."""
