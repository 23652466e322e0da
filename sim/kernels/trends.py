"""Looks at the trends: a region's accounts come to see the newest post of a topic that many write about.

The looks of a region's accounts at one topic are one Poisson process whose rate is constant within each local hour; each
look is of an account drawn from all of the region. They are drawn `AHEAD` at a time and wait in a row of their own rather
than in the calendar, and only those of candidates wait: who is no candidate when drawn is none at its look.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.kernels._jit import njit, prefetch
from sim.kernels.draw import log as ln
from sim.kernels.draw import uniform, uniform2
from sim.kernels.exposure import awake, bit, fade, hazard_of, load, meet, this_hour
from sim.kernels.laws import by_hours

AHEAD = 64
"""Looks of a topic that are drawn at a time."""
NEVER = np.inf
# Columns of `Cascade.looks`: place of the next look, how many wait, number of the next to be drawn.
HEAD, WAITING, DRAWN = range(3)


@njit
def start_trend(g: Any, key: Any, cal: Any, c: Any, topic: int) -> None:
    """A topic starts to trend: the region's accounts begin to look."""
    c.looks[topic, DRAWN] = 0
    c.look_drawn[topic] = g.now[0]
    _draw(g, key, cal, c, topic)
    find_next(c)


@njit
def stop_trend(c: Any, topic: int) -> None:
    """A topic trends no more: the looks that wait are forgotten."""
    c.look_next[topic] = NEVER
    find_next(c)


@njit
def find_next(c: Any) -> None:
    """Find the topic of the next look of all."""
    first = 0
    for topic in range(1, c.look_next.size):
        if c.look_next[topic] < c.look_next[first]:
            first = topic
    c.soonest[0] = c.look_next[first]
    c.soonest_topic[0] = first


@njit
def _draw(g: Any, key: Any, cal: Any, c: Any, topic: int) -> None:
    """Draw looks until some are of candidates, or the night has ended."""
    who = (topic << 16) | int(c.trending[topic])
    times, whose, number = c.look_time[topic], c.look_account[topic], c.look_number[topic]
    t = c.look_drawn[topic]
    n = c.looks[topic, DRAWN]
    over = float(c.region.size)
    kept = 0
    while kept == 0 and t < cal.scale[1]:
        drawn = 0
        while drawn < AHEAD:
            u, v = uniform2(key.trend, who, n + drawn, 0)
            t = by_hours(c.region_bound, 0, over, c.look_every, g.local, t, -ln(u))
            if t >= cal.scale[1]:
                break
            times[drawn] = t
            whose[drawn] = int(v * over)
            prefetch(c.region, int(whose[drawn]))
            drawn += 1
        for i in range(drawn):
            whose[i] = c.region[whose[i]]
            prefetch(c.candidate[topic], int(whose[i]) >> 6)
        for i in range(drawn):
            f = whose[i]
            times[kept] = times[i]
            whose[kept] = f
            number[kept] = n + i
            kept += int(bit(c.candidate[topic], f))
        n += drawn
    for i in range(kept):
        prefetch(c.reader, 4 * int(whose[i]))
        prefetch(c.left, 2 * (topic * c.left.shape[1] + int(whose[i])))
    c.looks[topic, HEAD] = 0
    c.looks[topic, WAITING] = kept
    c.looks[topic, DRAWN] = n
    c.look_drawn[topic] = t
    c.look_next[topic] = times[0] if kept > 0 else NEVER


@njit
def look(g: Any, key: Any, cal: Any, log: Any, c: Any) -> None:
    """The next look of all: an account may meet the newest post of the topic, unless it wrote it or the post is gone."""
    topic = int(c.soonest_topic[0])
    at = c.looks[topic, HEAD]
    f = int(c.look_account[topic, at])
    j = c.last_post[topic]
    hour = this_hour(g, c)
    if bit(c.candidate[topic], f) and c.post_author[j] != f and c.post_gone[int(c.post_root[j])] == 0:
        p = awake(g, c, f)
        who = (topic << 16) | int(c.trending[topic])
        x = uniform(key.trend, who, int(c.look_number[topic, at]), 1) * c.region_bound[hour % 24] * load(c, f)
        if x < p:
            meet(g, key, cal, log, c, f, j, x / p, hazard_of(c, topic, int(c.post_kind[j])), fade(c, topic, g.now[0]))
    c.looks[topic, HEAD] = at + 1
    if at + 1 < c.looks[topic, WAITING]:
        c.look_next[topic] = c.look_time[topic, at + 1]
    else:
        _draw(g, key, cal, c, topic)
    find_next(c)
