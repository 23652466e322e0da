"""Run many replications: batches, comparisons of policies, calibration, sensitivity."""
