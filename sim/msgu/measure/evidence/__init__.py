"""Reported figures against results: ledger, consistency audit, scorecard."""
