"""What newsrooms air of a claim: whom it reaches, when, and what that changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.draw import uniform, uniform2
from msgu.kernels.base.laws import rise_decay
from msgu.kernels.base.log import later
from msgu.kernels.jit.compile import njit
from msgu.kernels.phone.person import account_of, zone_of
from msgu.kernels.social.beliefs import weigh
from msgu.kernels.social.exposure import inform
from msgu.kernels.state import AIRED, LEARN, ZONE

if TYPE_CHECKING:
    from msgu.kernels.arrays.declare import F64
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Keys, Log, Shared
    from msgu.kernels.arrays.social import Cascade

MEDIA = 1
"""Role of whoever speaks on the air."""
OF_PEOPLE = 2
"""Added to whether it is a correction in the draws of people without an account, whose numbers are not those of accounts."""
TELEVISION = 0


@njit
def air(
    g: Shared, cal: Calendar, c: Cascade, ph: Phone, room: int, denies: int, share: F64, rise: float, decay: float
) -> None:
    """Newsroom `room` airs a claim (`denies` 1: its denial); `share` (zones,) of accounts and of people without one hear it."""
    key = c.room_key[room]
    nth = (room << 1) | denies
    for f in range(c.reader.shape[0]):
        if uniform(key, f, denies, 0) < share[c.reader[f, ZONE]]:
            u, v = uniform2(key, f, denies, 2)
            later(cal, g, rise_decay(rise, decay, u, v), AIRED, f, nth)
    for p in range(ph.person.shape[0]):
        if account_of(ph, p) < 0 and uniform(key, p, OF_PEOPLE | denies, 0) < share[zone_of(ph, p)]:
            u, v = uniform2(key, p, OF_PEOPLE | denies, 2)
            later(cal, g, rise_decay(rise, decay, u, v), LEARN, p, TELEVISION)


@njit
def hear(g: Shared, key: Keys, cal: Calendar, log: Log, c: Cascade, ph: Phone, f: int, nth: int) -> None:
    """The person behind account `f` hears a medium say a claim or its denial, and knows of the event."""
    inform(g, cal, c, ph, f, TELEVISION)
    room = nth >> 1
    weigh(g, key, cal, log, c, f, int(c.room_topic[room]), MEDIA, nth & 1 != 0, c.room_key[room], f, nth & 1)
