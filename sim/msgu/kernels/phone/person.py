"""What is known of a person with a phone, and telling one of the event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.calendar import push
from msgu.kernels.base.draw import uniform
from msgu.kernels.jit.compile import njit
from msgu.kernels.phone.numbering import OTHER
from msgu.kernels.state import AWARE, LEARN, OPERATOR_SHIFT, PERSON_CELL, PERSON_REST, TIES_SHIFT, ZONE_SHIFT

if TYPE_CHECKING:
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Keys, Shared


@njit
def is_aware(ph: Phone, p: int) -> bool:
    """Whether person `p` knows of the event."""
    return ph.person[p, PERSON_REST] & AWARE != 0


@njit
def zone_of(ph: Phone, p: int) -> int:
    """Zone of person `p`."""
    return ph.person[p, PERSON_REST] >> ZONE_SHIFT


@njit
def ties_of(ph: Phone, p: int) -> int:
    """Number of worry edges of person `p`, cleared or not."""
    return (ph.person[p, PERSON_REST] >> TIES_SHIFT) & 255


@njit
def operator_of(ph: Phone, p: int) -> int:
    """Operator of person `p`."""
    return (ph.person[p, PERSON_REST] >> OPERATOR_SHIFT) & 127


@njit
def cell_of(ph: Phone, p: int) -> int:
    """Cell of person `p`, -1 without a phone."""
    return ph.person[p, PERSON_CELL]


@njit
def tell(g: Shared, cal: Calendar, ph: Phone, p: int, how: int) -> None:
    """Person `p` hears of the event now: an event of its own, so that telling one adds one event at most."""
    if not is_aware(ph, p):
        push(cal, g.now[0], LEARN, p, how)


@njit
def callee_of(key: Keys, ph: Phone, p: int, slot: int) -> int:
    """Whom slot `slot` of person `p` calls."""
    if slot < OTHER:
        return ph.callee[ph.start[p] + slot]
    return int(uniform(key.talk, p, slot, 2) * ph.person.shape[0])
