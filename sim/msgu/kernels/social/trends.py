"""Load and trends, minute by minute, and looks: a region's accounts see the newest post of a topic that many write about.

The looks of a region's accounts at one topic are one Poisson process whose rate is constant within each local hour; each
look is of an account drawn from all of the region. They are drawn `AHEAD` at a time and wait in a row of their own rather
than in the calendar, and only those of candidates and of the unaware wait: who is neither when drawn is neither at its look.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.base.batch import fill_stepped_pairs, take_logs
from msgu.kernels.base.bitmap import bit
from msgu.kernels.base.draw import uniform
from msgu.kernels.base.local_time import by_hours, local_hour
from msgu.kernels.hearing import note, tells
from msgu.kernels.jit.compile import njit, prefetch
from msgu.kernels.social.exposure import awake, follow_clocks, inform, is_gone, load
from msgu.kernels.social.posts import posts_since
from msgu.kernels.social.responses import fade, post_hazard, process_sighting
from msgu.kernels.social.rows import prefetch_rank, prefetch_row
from msgu.kernels.state import ZONE

if TYPE_CHECKING:
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Keys, Log, Shared
    from msgu.kernels.arrays.social import Cascade

MINUTE = 60.0
"""Time between two looks at what has been posted lately [s]."""
AHEAD = 64
"""Looks of a topic that are drawn at a time."""
NEVER = np.inf

# Columns of `Cascade.looks`: place of the next look, how many wait, number of the next to be drawn.
HEAD, WAITING, DRAWN = range(3)


@njit
def minute(g: Shared, key: Keys, cal: Calendar, c: Cascade) -> None:
    """Posts per account and second of the last minute, which load feeds, and which topics trend."""
    t = g.now[0]
    c.due[0] = t + MINUTE
    c.rate[0] = posts_since(c, t - MINUTE) / MINUTE / c.accounts
    if c.window <= 0.0:
        return
    _count(c, t - c.window)
    for topic in range(c.recent.size):
        if c.recent[topic] <= c.trend_threshold[topic]:
            if c.trending[topic] > 0:
                c.trending[topic] = -c.trending[topic]
                c.look_next[topic] = NEVER
        elif c.trending[topic] <= 0:
            c.trending[topic] = 1 - c.trending[topic]
            c.looks[topic, DRAWN] = 0
            c.look_drawn[topic] = t
            _draw(g, key, cal, c, topic)
    find_next(c)


@njit
def _count(c: Cascade, t: float) -> None:
    """Bring `recent` up to date: posts of the trend region by topic since time `t`, which never goes back."""
    while c.slide[1] < c.size[0]:
        j = c.slide[1]
        prefetch(c.reader, 4 * int(c.post_author[min(j + 8, c.size[0] - 1)]))
        c.post_inside[j] = c.in_region[c.reader[c.post_author[j], ZONE]]
        c.recent[c.post_topic[j]] += c.post_inside[j]
        c.slide[1] = j + 1
    while c.slide[0] < c.slide[1] and c.post_time[c.slide[0]] < t:
        c.recent[c.post_topic[c.slide[0]]] -= c.post_inside[c.slide[0]]
        c.slide[0] += 1


@njit
def find_next(c: Cascade) -> None:
    """Find the topic of the next look of all."""
    first = 0
    for topic in range(1, c.look_next.size):
        if c.look_next[topic] < c.look_next[first]:
            first = topic
    c.soonest[0] = c.look_next[first]
    c.soonest_topic[0] = first


@njit
def _draw(g: Shared, key: Keys, cal: Calendar, c: Cascade, topic: int) -> None:
    """Draw looks until some are of candidates, or the night has ended."""
    who = (topic << 16) | int(c.trending[topic])  # each time that a topic trends has draws of its own
    times, whose, number = c.look_time[topic], c.look_account[topic], c.look_number[topic]
    t = c.look_drawn[topic]
    n = c.looks[topic, DRAWN]
    over = float(c.region.size)
    kept = 0
    while kept == 0 and t < cal.scale[1]:
        fill_stepped_pairs(key.trend, who, n, 1, AHEAD, 0, times, c.drawn)
        take_logs(times, AHEAD)
        for i in range(AHEAD):
            whose[i] = int(c.drawn[i] * over)
            prefetch(c.region, int(whose[i]))
        drawn = 0
        while drawn < AHEAD:
            t = by_hours(g, c.region_bound, over, c.look_every, t, -times[drawn])
            if t >= cal.scale[1]:
                break
            times[drawn] = t
            drawn += 1
        for i in range(drawn):
            whose[i] = c.region[whose[i]]
            prefetch(c.candidate[topic], int(whose[i]) >> 6)
        for i in range(drawn):
            f = whose[i]
            times[kept] = times[i]
            whose[kept] = f
            number[kept] = n + i
            kept += int(_is_interested(c, topic, f))
        n += drawn
    for i in range(kept):
        prefetch(c.reader, 4 * int(whose[i]))
        prefetch_rank(c, topic, int(whose[i]))
    for i in range(kept):
        prefetch_row(c, topic, int(whose[i]))
    c.looks[topic, HEAD] = 0
    c.looks[topic, WAITING] = kept
    c.looks[topic, DRAWN] = n
    c.look_drawn[topic] = t
    c.look_next[topic] = times[0] if kept > 0 else NEVER


@njit
def _is_interested(c: Cascade, topic: int, f: int) -> bool:
    """Whether a post of the topic concerns account `f`: it may respond, or does not know what it tells."""
    if bit(c.candidate[topic], f) or (c.unaware.size > 0 and bit(c.unaware, f)):
        return True
    return bool(c.may_tell[topic] and bit(c.unheard, f))


@njit
def look(g: Shared, key: Keys, cal: Calendar, log: Log, c: Cascade, ph: Phone) -> None:
    """The next look of all: an account may meet the newest post of the topic, unless it wrote it or the post is gone."""
    topic = int(c.soonest_topic[0])
    at = c.looks[topic, HEAD]
    f = int(c.look_account[topic, at])
    j = int(c.last_post[topic])
    if c.looks_at_first:
        j = int(c.post_root[j])
    follow_clocks(g, c)
    if _is_interested(c, topic, f) and c.post_author[j] != f and not is_gone(c, j):
        p = awake(c, f)
        who = (topic << 16) | int(c.trending[topic])
        most = c.region_bound[local_hour(g, g.now[0])]
        x = uniform(key.trend, who, int(c.look_number[topic, at]), 1) * most * load(c, f)
        if x < p:
            inform(g, cal, c, ph, f, 1)
            if tells(c, j):
                note(g, cal, c, f)
            if bit(c.candidate[topic], f):
                process_sighting(g, key, cal, log, c, f, j, x / p, post_hazard(key, c, j), fade(c, topic, g.now[0]))
    c.looks[topic, HEAD] = at + 1
    if at + 1 < c.looks[topic, WAITING]:
        c.look_next[topic] = c.look_time[topic, at + 1]
    else:
        _draw(g, key, cal, c, topic)
    find_next(c)
