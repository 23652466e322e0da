"""Speed as ratios in one run: `python -m benchmarks NAME [--quick]`; never part of the tests."""
