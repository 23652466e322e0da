"""Calls to desks over cells: where a caller is, whether the call gets a channel there, and how long it is held.

Callers are at full size and cells fewer at scale: of those of a cell that stands for w whole cells one in w takes a
channel, and the others look whether there is one and leave it free. So each is lost as often as in a whole cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.base.draw import uniform, uniform2
from msgu.kernels.base.log import pick, row_of
from msgu.kernels.jit.compile import njit
from msgu.kernels.phone.cells import settle
from msgu.kernels.phone.channels import count_leg, give_back, has_channel, hold_channel
from msgu.kernels.phone.person import cell_in, cell_of
from msgu.kernels.standing import zone_now
from msgu.kernels.state import (
    CARRIED,
    CELL_URGENT,
    CELL_URGENT_LOST,
    CELL_ZONE,
    FLAG_FULL,
    FULL_REDIALS,
    LOST,
    OFFERED,
)

if TYPE_CHECKING:
    from msgu.kernels.arrays.desks import Desks
    from msgu.kernels.arrays.people import People
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Keys, Log, Shared

OTHERS = 1 << 40
"""Callers who are no person of the model are numbered from here."""
OUTS = 2 << 40
"""People out are numbered from here, beside callers of a rate."""
SEARCHERS = 3 << 40
"""Families who look for somebody are numbered from here; the process of their search hears how each call ended."""
PLACE, TAKES, BARS = 0, 1, 2
"""What is drawn of a caller: the cell, whether the call takes a channel there; from BARS on, whether an attempt is barred."""
NO_CELL, GOT, BARRED, BLOCKED = range(4)
"""What a call meets on its way to a desk."""
_ASKED, _BARRED, _BLOCKED = range(3)


@njit
def caller_cell(key: Keys, ph: Phone, pe: People, d: Desks, who: int, nth: int) -> int:
    """Cell of a caller of a desk, -1 where the call passes over none."""
    desk = nth >> 32
    if d.over_cells[desk] == 0 or who >= SEARCHERS:
        return -1
    if who < OTHERS:
        return cell_of(ph, who)
    if who >= OUTS:
        q = who - OUTS
        if pe.stands[q] >= 0:
            return cell_of(ph, pe.stands[q])
        zone = zone_now(pe, q)
        return cell_in(ph, zone, uniform(key.witness, q, zone, 2))
    u, v = uniform2(d.cell_key[desk], who, 0, PLACE)
    row = (who - OTHERS) >> 32
    for r in range(d.rate.size):
        if d.rate_desk[r] == desk and d.rate_row[r] == row:
            return cell_in(ph, pick(d.rate_zone[r], u), v)
    return -1


@njit
def brought_up(g: Shared, key: Keys, ph: Phone, cell: int, first: bool) -> bool:
    """Bring a cell up to the present before a caller of a desk asks it; without room nothing happens, and FLAG_FULL says so.

    first : whether the caller comes before the ordinary calls of the same time.
    """
    t = g.now[0]
    if cell < 0 or not ph.settled or t > ph.final:
        return True
    if settle(g, key, ph, cell, np.nextafter(t, -np.inf) if first else t):
        return True
    g.flag[FLAG_FULL] = FULL_REDIALS
    return False


@njit
def ask(g: Shared, ph: Phone, d: Desks, cell: int, who: int, nth: int) -> tuple[int, bool]:
    """Ask the cell of a caller for a channel; return what the call meets, and whether it takes one if it gets through."""
    t = g.now[0]
    if cell < 0 or t > ph.final:
        return NO_CELL, False
    desk, mine = nth >> 32, (nth >> 8) & 0xFFFFFF
    urgent = d.emergency[desk] != 0
    i = row_of(t, g.bin_width, d.asked.shape[0])
    d.asked[i, desk, _ASKED] += 1
    admitted = ph.admitted[ph.cells[cell, CELL_ZONE]]
    if not urgent and admitted < 1.0 and uniform(d.cell_key[desk], who, mine, BARS + (nth & 0xFF)) >= admitted:
        d.asked[i, desk, _BARRED] += 1
        return BARRED, False
    takes = uniform(d.cell_key[desk], who, mine, TAKES) * ph.weight[cell] < 1.0
    there = has_channel(ph, cell, t, 0 if urgent else ph.reserved)
    if takes:
        count_leg(ph, cell, i, OFFERED)
        count_leg(ph, cell, i, CARRIED if there else LOST)
        ph.cells[cell, CELL_URGENT] += int(urgent)
        ph.cells[cell, CELL_URGENT_LOST] += int(urgent and not there)
    if there:
        return GOT, takes
    d.asked[i, desk, _BLOCKED] += 1
    return BLOCKED, False


@njit
def hold(g: Shared, ph: Phone, d: Desks, i: int, cell: int) -> None:
    """The caller at a place holds a channel of a cell until `hang_up`."""
    hold_channel(ph, cell, g.now[0], np.inf)
    d.channel[i] = cell + 1


@njit
def hang_up(g: Shared, log: Log, ph: Phone, d: Desks, i: int) -> None:
    """The caller at a place holds its channel no longer."""
    cell = d.channel[i] - 1
    d.channel[i] = 0
    if cell >= 0 and g.now[0] <= ph.final:
        give_back(g, log, ph, cell)
