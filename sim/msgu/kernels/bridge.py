"""The bridge of scales: the people out who are clones of a resident hear of what reaches that resident."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.bitmap import rank_of
from msgu.kernels.jit.compile import njit
from msgu.kernels.state import RANK, WORD

if TYPE_CHECKING:
    from msgu.kernels.arrays.people import People


@njit
def clones_of(pe: People, p: int) -> tuple[int, int]:
    """Where the clones of resident `p` begin and end in `People.clone`; nobody is a clone of resident -1."""
    if p < 0 or pe.originals.shape[0] == 0:
        return 0, 0
    i = rank_of(pe.originals[p >> 6, WORD], pe.originals[p >> 6, RANK], p)
    if i < 0:
        return 0, 0
    return pe.clone_start[i], pe.clone_start[i + 1]
