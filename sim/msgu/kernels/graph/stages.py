"""Numbers of the kinds of draws, and of accounts, in the follower graph."""

from __future__ import annotations

# Stages: one number for each kind of decision, so that a new decision moves no old draw.
KIND, FITNESS, POOL, CIRCLE, MATE, SHARED, ADOPT, PICK, BACK, AUDIENCE = range(10)
ORDINARY, NO_FOLLOWERS, FOLLOWS_NOBODY = 0, 1, 2
"""Kinds of account: both ways; never followed (special accounts: but by their drawn audience); following nobody."""
