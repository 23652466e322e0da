"""Which account has shared which original: an open-addressed set of pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.jit.compile import njit

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import I64


@njit
def pair_of(f: int, root: int) -> int:
    """Account and original as one number above 0."""
    return ((f << 32) | root) + 1


@njit
def first_slot(shared: I64, f: int, root: int) -> int:
    """Slot of the set where the search for a pair begins."""
    # two odd numbers spread neighbours over the set; the high half is folded in, since the mask keeps the low bits alone
    mix = root * 0x5851F42D + f * 0x2545F491  # below 2^63, so that it is the same with the JIT off
    return (mix ^ (mix >> 32)) & (shared.size - 1)


@njit
def slot_of(shared: I64, f: int, root: int) -> int:
    """Slot of the open-addressed set `shared` (a power of two of them, 0: empty) that holds the pair, or where it would go."""
    pair = pair_of(f, root)
    mask = shared.size - 1
    i = first_slot(shared, f, root)
    while shared[i] != 0 and shared[i] != pair:
        i = (i + 1) & mask
    return i


@njit
def spread(shared: I64, wider: I64) -> None:
    """Move every pair to the wider set."""
    for i in range(shared.size):
        if shared[i] != 0:
            pair = shared[i] - 1
            wider[slot_of(wider, pair >> 32, pair & 0xFFFFFFFF)] = shared[i]
