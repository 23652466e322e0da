"""Two numbers in one word."""

from __future__ import annotations

from msgu.kernels.jit.compile import inlined

# A draw has 32 bits for `nth`: 20 for the number, of which an account never needs more than thousands, 12 for the group.
NTH_BITS = 20


@inlined
def nth_of(group: int, nth: int) -> int:
    """Number `nth` of a group (a topic, driver or gain) in one word."""
    return (group << NTH_BITS) | nth
