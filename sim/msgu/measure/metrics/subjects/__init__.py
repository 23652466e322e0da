"""The metrics themselves: a module for each kind of subject, where each metric is declared as it is computed.

A new phenomenon declares its metrics in a module of its own, which `msgu.measure.metrics.catalogue` finds here.
"""
