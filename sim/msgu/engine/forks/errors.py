"""Why a run cannot go on from a checkpoint of another."""

from __future__ import annotations


class OtherPastError(Exception):
    """A scenario whose night differs from that of a checkpoint before the fork.

    Parameters
    ----------
    at : when they are known to differ first [s]; 0 where from the start on.
    why : what differs.
    """

    def __init__(self, at: float, why: str) -> None:
        super().__init__(at, why)  # SimPy makes an error of a process anew from its arguments
        self.at, self.why = at, why

    def __str__(self) -> str:
        """What differs."""
        return self.why
