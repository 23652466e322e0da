"""Who is within reach of a danger, and for how long: stays and ways are cut with discs and times in closed form.

Nothing here changes what anybody does; see docs/model/danger.md.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msgu.kernels.base.log import row_of
from msgu.kernels.jit.compile import njit
from msgu.kernels.spots import PERSON_SPOT, spot
from msgu.kernels.state import HELD, HOME, OUT, RIDING, SEEKING, SHELTERED, STRANDED, TO_HOST, WALKING, WALKING_FAR

if TYPE_CHECKING:
    from msgu.kernels.arrays.people import People
    from msgu.kernels.arrays.run import Keys

STREET, VENUE, KEPT, INDOORS = range(4)
"""Where somebody is who is within reach: last column of `People.near_change`, in the order of `names['places']`."""
REACHED, TOWARDS, HELD_THERE = range(3)
"""Columns of `People.first_met`, and bits of `People.met_danger`."""


@njit
def finish(key: Keys, pe: People, t: float, width: float) -> None:
    """Count for everybody what they have done up to `t` [s], the end of what is followed."""
    for q in range(pe.since.size):
        if pe.since[q] < pe.last_danger:
            count(key, pe, q, t, width)


@njit
def count(key: Keys, pe: People, q: int, t: float, width: float) -> None:
    """Count what person `q` has done since the last time they were asked about, up to `t` [s]; `width`: of a bin [s]."""
    began = pe.since[q]
    pe.since[q] = t
    if t <= pe.first_danger or began >= pe.last_danger:
        return
    s = pe.state[q]
    if s == WALKING or s == WALKING_FAR or s == TO_HOST or (s == RIDING and pe.bound[q] == pe.at[q]):
        _walk(key, pe, q, began, t, width)
    elif s == OUT:
        told = min(max(pe.indoors[q], began), t)
        _stay(key, pe, q, KEPT, began, told, width)
        _stay(key, pe, q, VENUE, told, t, width)
    elif s == HELD:
        _stay(key, pe, q, KEPT, began, t, width)
    elif s == STRANDED or s == SEEKING:
        _stay(key, pe, q, STREET, began, t, width)
    elif s == HOME or s == SHELTERED:
        _stay(key, pe, q, INDOORS, began, t, width)


@njit
def _beginning(key: Keys, pe: People, q: int) -> tuple[float, float]:
    """Where person `q` is while out, east and north of the centre of the zone [m]."""
    own = pe.ground[q]
    if own >= 0:
        x, y = spot(key.shelter, q, 0, PERSON_SPOT, pe.ground_radius[own], False)
        return pe.ground_east[own] + x, pe.ground_north[own] + y
    zone = pe.at[q]
    return spot(key.shelter, q, 0, PERSON_SPOT, pe.radius[zone], pe.ring[zone] != 0)


@njit
def _end(key: Keys, pe: People, q: int) -> tuple[float, float]:
    """Where the way of person `q` ends, east and north of the centre of the zone where it does [m]."""
    if pe.to_host[q]:
        return pe.place_east[pe.host[q]], pe.place_north[pe.host[q]]
    zone = pe.home[q]
    return spot(key.home, q, 0, 0, pe.radius[zone], pe.ring[zone] != 0)


@njit
def _stay(key: Keys, pe: People, q: int, place: int, began: float, t: float, width: float) -> None:
    """Person `q` was in one place."""
    if t <= began:
        return
    zone = pe.bound[q] if place == INDOORS else pe.at[q]
    if not pe.endangered[zone]:
        return
    if place == INDOORS:
        x, y = _end(key, pe, q)
    else:
        x, y = _beginning(key, pe, q)
    for k in range(pe.danger_at.size):
        a = max(began, pe.danger_at[k])
        b = min(t, pe.danger_until[k])
        east = x - pe.danger_east[zone, k]
        north = y - pe.danger_north[zone, k]
        if a >= b or east * east + north * north > pe.danger_radius[k] * pe.danger_radius[k]:
            b = a
        pe.chord_from[k] = a
        pe.chord_until[k] = b
    _add_chords(pe, q, place, width)


@njit
def _walk(key: Keys, pe: People, q: int, began: float, t: float, width: float) -> None:
    """Person `q` was on a straight way at constant speed, which began at `began` and ends at `People.due`."""
    span = pe.due[q] - began
    active = False
    for k in range(pe.danger_at.size):
        active = active or max(began, pe.danger_at[k]) < min(t, pe.danger_until[k])
    if span <= 0.0 or not active:
        return
    zone = pe.at[q]
    x, y = _beginning(key, pe, q)
    dx, dy = _end(key, pe, q)
    dx += pe.east[zone, pe.bound[q]] - x
    dy += pe.north[zone, pe.bound[q]] - y
    for k in range(pe.danger_at.size):
        a = max(began, pe.danger_at[k])
        b = min(t, pe.danger_until[k])
        pe.chord_from[k] = a
        pe.chord_until[k] = a
        if a < b:
            fx = x - pe.danger_east[zone, k]
            fy = y - pe.danger_north[zone, k]
            _chord(pe, q, k, fx, fy, dx, dy, began, span, a, b, width)
    _add_chords(pe, q, STREET, width)


@njit
def _chord(
    pe: People,
    q: int,
    k: int,
    fx: float,
    fy: float,
    dx: float,
    dy: float,
    began: float,
    span: float,
    a: float,
    b: float,
    width: float,
) -> None:
    """Cut a way, f + d s with s from 0 to 1 as seen from danger `k`, with its disc between two times, and see where it leads."""
    square = dx * dx + dy * dy
    # s of the nearest point of the line; a way of no length has none
    nearest = -(fx * dx + fy * dy) / square if square > 0.0 else 0.0
    first = (a - began) / span
    last = (b - began) / span
    s = min(max(nearest, first), last)
    east = fx + dx * s
    north = fy + dy * s
    least = east * east + north * north
    reach = pe.danger_radius[k]
    if square > 0.0 and s > first and least <= (reach + pe.danger_margin[k]) * (reach + pe.danger_margin[k]):
        _first(pe, q, k, TOWARDS, a, width)
        _first(pe, q, pe.danger_at.size, TOWARDS, a, width)  # the earliest: dangers stand in order of time
    if least > reach * reach:
        return
    if square > 0.0:
        east = fx + dx * nearest
        north = fy + dy * nearest
        half = math.sqrt(max(reach * reach - east * east - north * north, 0.0) / square)
        first = max(first, nearest - half)
        last = min(last, nearest + half)
    pe.chord_from[k] = max(a, began + first * span)
    pe.chord_until[k] = min(b, began + last * span)


@njit
def _add_chords(pe: People, q: int, place: int, width: float) -> None:
    """Add the times within reach of each danger, and of any of them, where two may overlap."""
    n = pe.danger_at.size
    left = 0
    for k in range(n):
        if pe.chord_until[k] > pe.chord_from[k]:
            _add(pe, q, k, place, pe.chord_from[k], pe.chord_until[k], width)
            left += 1
    done = -math.inf
    while left > 0:
        a = math.inf
        for k in range(n):
            if pe.chord_until[k] > pe.chord_from[k] and pe.chord_until[k] > done:
                a = min(a, max(pe.chord_from[k], done))
        if a == math.inf:
            return
        done = a
        longer = True
        while longer:
            longer = False
            for k in range(n):
                if pe.chord_from[k] <= done < pe.chord_until[k]:
                    done = pe.chord_until[k]
                    longer = True
        _add(pe, q, n, place, a, done, width)
        left -= 1


@njit
def _add(pe: People, q: int, k: int, place: int, a: float, b: float, width: float) -> None:
    """Person `q` was within reach from `a` to `b` [s]; a change counts for what is left of its bin."""
    zone = pe.at[q]
    rows = pe.near_change.shape[0]
    i = row_of(a, width, rows)
    pe.near_change[i, zone, k, place] += 1
    pe.near_time[i, zone, k, place] += (i + 1) * width - a
    i = row_of(b, width, rows)
    pe.near_change[i, zone, k, place] -= 1
    pe.near_time[i, zone, k, place] -= (i + 1) * width - b
    _first(pe, q, k, REACHED, a, width)
    if place == KEPT:
        _first(pe, q, k, HELD_THERE, a, width)


@njit
def _first(pe: People, q: int, k: int, what: int, t: float, width: float) -> None:
    """Note what happens to person `q` with danger `k` for the first time; the last stands for any danger."""
    if pe.met_danger[q, k] & (1 << what) == 0:
        pe.met_danger[q, k] |= 1 << what
        pe.first_met[row_of(t, width, pe.first_met.shape[0]), pe.at[q], k, what] += 1
