"""Batteries: a phone that is empty neither calls nor is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.draw import uniform
from msgu.kernels.base.laws import delay
from msgu.kernels.jit.compile import njit

if TYPE_CHECKING:
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Keys, Shared


@njit
def is_flat(g: Shared, key: Keys, ph: Phone, p: int) -> bool:
    """Whether the phone of person `p` is empty now; who is out may charge it no sooner than at home."""
    law = ph.battery_out if ph.away.size > 0 and ph.away[p] != 0 else ph.battery_home
    return law >= 0 and g.now[0] >= delay(g.laws, g.knots, law, uniform(key.battery, p, 0, 0))
