"""People who are out and see what happens where they are: some call a desk, and what they saw becomes news."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.draw import uniform, uniform2
from msgu.kernels.base.laws import delay
from msgu.kernels.base.log import later
from msgu.kernels.jit.compile import njit
from msgu.kernels.phone.person import tell
from msgu.kernels.standing import is_there
from msgu.kernels.state import WITNESS_CALL

if TYPE_CHECKING:
    from msgu.kernels.arrays.people import People
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Keys, Shared

SEES, WHEN = 0, 1
"""What is drawn of a witness; the cell of a call is drawn by zone, as the second."""
BY_SIGHT = 3
"""How a person learns, in the event log, who has seen it."""


@njit
def see(
    g: Shared,
    key: Keys,
    cal: Calendar,
    ph: Phone,
    pe: People,
    number: int,
    zone: int,
    people: int,
    calls: float,
    desk: int,
    law: int,
    learns: bool,
) -> None:
    """Of those who are out in a zone so many see something; each calls a desk (-1: none) with a chance, and learns."""
    there = 0
    for q in range(pe.state.size):
        there += int(pe.at[q] == zone and is_there(pe, q))
    for q in range(pe.state.size):
        if pe.at[q] != zone or not is_there(pe, q):
            continue
        u, v = uniform2(key.witness, q, number, SEES)
        if u * there >= people:
            continue
        if v < calls and desk >= 0:
            wait = delay(g.laws, g.knots, law, uniform(key.witness, q, number, WHEN))
            later(cal, g, wait, WITNESS_CALL, q, (desk << 32) | (number << 8))
        if learns and pe.learner[q] >= 0:
            tell(g, cal, ph, pe.learner[q], BY_SIGHT)
