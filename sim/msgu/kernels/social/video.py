"""Films that posts carry, and who watches them, from when to when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.draw import uniform, uniform2
from msgu.kernels.base.laws import delay
from msgu.kernels.base.log import row_of, write
from msgu.kernels.jit.compile import njit
from msgu.kernels.social.identity import post_key
from msgu.kernels.state import FLAG_BAD, LOG_VIDEO

if TYPE_CHECKING:
    from msgu.kernels.arrays.run import Log, Shared
    from msgu.kernels.arrays.social import Cascade

WATCHING, OPENED = range(2)
"""Columns of `Cascade.video_change`."""


@njit
def films_of(c: Cascade, j: int, shared: int) -> int:
    """Films that post `j` carries, a bit for each: those of the post that it shares; for an original (-1) chance decides."""
    if shared >= 0:
        return int(c.post_films[shared])
    topic = int(c.post_topic[j])
    films = 0
    for v in range(c.video_topic.size):
        if c.video_topic[v] == topic and c.video_at[v] <= c.post_time[j]:
            u = uniform(c.video_key[v], int(c.post_author[j]), post_key(c, j), 0)
            films |= int(u < c.video_share[v]) << v
    return films


@njit
def watch(g: Shared, log: Log, c: Cascade, f: int, j: int) -> None:
    """Account `f` sees post `j`, and may watch what it carries."""
    nth = post_key(c, j)
    for v in range(c.video_topic.size):
        if (int(c.post_films[j]) >> v) & 1 and g.now[0] < c.video_until[v]:
            u, w = uniform2(c.video_key[v], (int(c.post_author[j]) << 32) | f, nth, 1)
            if u < c.video_opens[v]:
                _stay(g, log, c, f, j, v, delay(g.laws, g.knots, c.video_law[v], w))


@njit
def _stay(g: Shared, log: Log, c: Cascade, f: int, j: int, v: int, wait: float) -> None:
    """Count one that watches for `wait` [s], or until the film is off the air."""
    if not (wait >= 0.0 and wait < 1e300):
        g.flag[FLAG_BAD] = 1
        return
    t = g.now[0]
    end = min(t + wait, c.video_until[v])
    bins = c.video_change.shape[0]
    row = row_of(t, g.bin_width, bins)
    c.video_change[row, v, WATCHING] += 1
    c.video_change[row, v, OPENED] += 1
    c.video_seconds[row, v] += end - t
    if end < bins * g.bin_width:
        c.video_change[row_of(end, g.bin_width, bins), v, WATCHING] -= 1
    write(log, t, LOG_VIDEO, f, j, v, int(1000.0 * (end - t)))
