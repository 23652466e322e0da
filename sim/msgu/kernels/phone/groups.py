"""Messages to a group: one tells several people at once, over the data channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.draw import log as ln
from msgu.kernels.base.draw import uniform, uniform2
from msgu.kernels.base.laws import delay
from msgu.kernels.base.log import later, row_of, write
from msgu.kernels.jit.compile import njit
from msgu.kernels.phone.battery import is_flat
from msgu.kernels.phone.messages import data_wait
from msgu.kernels.phone.person import cell_of, first_tie, tell, ties_about
from msgu.kernels.phone.worries import hears_from
from msgu.kernels.state import GROUP_MESSAGE, LOG_GROUP

if TYPE_CHECKING:
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Keys, Log, Shared

MOST_READERS = 64
"""Readers of one message besides those who worry about its writer, at most."""
WRITES, GAP, WHO, IN_GROUP = range(4)
"""What is drawn: does one write and when; number of other readers, and who; is a worried one in the group."""
WRITTEN, READ = range(2)
"""Columns of `Phone.to_groups`."""


@njit
def may_write(g: Shared, key: Keys, cal: Calendar, ph: Phone, p: int) -> None:
    """Person `p`, who learns now, may write to a group."""
    if ph.group_share <= 0.0:
        return
    u, v = uniform2(key.group, p, 0, WRITES)
    if u < ph.group_share:
        later(cal, g, delay(g.laws, g.knots, ph.group_law, v), GROUP_MESSAGE, p, 0)


@njit
def group_message(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, p: int, nth: int) -> None:
    """Person `p` writes to a group (`nth` 0); once it is sent (1) everybody in it reads it."""
    cell = cell_of(ph, p)
    if cell < 0 or is_flat(g, key, ph, p):
        return
    if nth == 0 and ph.data_share > 0.0:
        later(cal, g, data_wait(g, ph, cell), GROUP_MESSAGE, p, 1)
        return
    i = row_of(g.now[0], g.bin_width, ph.to_groups.shape[0])
    ph.to_groups[i, WRITTEN] += 1
    write(log, g.now[0], LOG_GROUP, p, 0, 0, 0)
    first, end = ties_about(ph, p)
    for at in range(first, end):
        e = ph.back_edge[at]
        owner = ph.owner[e]
        if uniform(key.group, owner, e - first_tie(ph, owner), IN_GROUP) < ph.group_contacts:
            _read(g, key, cal, log, ph, owner, p, i)
    gone = 0.0
    for k in range(MOST_READERS):
        gone -= ln(uniform(key.group, p, k, GAP))
        if gone >= ph.group_others:
            return
        _read(g, key, cal, log, ph, int(uniform(key.group, p, k, WHO) * ph.person.shape[0]), p, i)


@njit
def _read(g: Shared, key: Keys, cal: Calendar, log: Log, ph: Phone, reader: int, writer: int, i: int) -> None:
    """Somebody reads what a writer sends to a group, in bin `i`."""
    if is_flat(g, key, ph, reader):
        return
    ph.to_groups[i, READ] += 1
    hears_from(g, key, cal, log, ph, reader, writer, 1)
    tell(g, cal, ph, reader, 2)
