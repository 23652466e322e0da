"""One night measured: metrics by name, and the scorecard against what was reported."""
