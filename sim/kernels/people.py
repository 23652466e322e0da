"""People who are out: going home, being stranded, looking for shelter."""

from __future__ import annotations

from typing import Any

from sim.kernels._jit import njit
from sim.kernels.draw import log as ln
from sim.kernels.draw import uniform, uniform2
from sim.kernels.laws import delay
from sim.kernels.record import later, pick, row_of, write
from sim.kernels.state import (
    ARRIVE,
    CONTACT,
    DIAL_MAP,
    DIAL_TAXI,
    FLAG_MAP_OPEN,
    FLAG_SERVICE,
    HELD,
    HOME,
    LOG_CONTACT,
    LOG_READ,
    LOG_STATE,
    OFFER,
    OUT,
    PATIENCE,
    READ,
    RIDING,
    SEEKING,
    SHELTERED,
    STRANDED,
    TAXI,
    TO_HOST,
    WALKING,
    WALKING_FAR,
)

ITEMS, OFFERS, NEAR, CONTACTS, HOUSED, VAIN = range(6)
"""Columns of `People.counts`."""
YES, FULL, STALE, NO = range(4)
"""Outcomes of a contact."""


@njit
def become(g: Any, log: Any, pe: Any, q: int, new: int) -> None:
    """Person `q` changes state."""
    old = pe.state[q]
    pe.state[q] = new
    i = row_of(g.now[0], g.bin_width, pe.change.shape[0])
    pe.change[i, pe.at[q], old] -= 1
    pe.change[i, pe.at[q], new] += 1
    write(log, g.now[0], LOG_STATE, q, old, new, pe.at[q])


@njit
def try_home(g: Any, key: Any, cal: Any, log: Any, pe: Any, q: int) -> None:
    """Person `q` tries to go home: by public transport, on foot, by taxi, or is stranded."""
    z = pe.at[q]
    h = pe.home[q]
    before = pe.state[q]
    if pe.cordon[z] and z != h:
        if before != HELD:
            become(g, log, pe, q, HELD)
        return
    if not pe.cordon[h] or z == h:
        if g.flag[FLAG_SERVICE] and pe.ride[z, h] <= pe.accept_ride:
            become(g, log, pe, q, RIDING)
            later(cal, g, pe.ride[z, h], ARRIVE, q, 0)
            return
        if pe.walk[z, h] <= pe.accept_walk:
            become(g, log, pe, q, WALKING)
            later(cal, g, pe.walk[z, h], ARRIVE, q, 0)
            return
        if before == OUT or before == HELD:
            if uniform(key.going_home, q, 0, 1) < pe.taxi * g.dial[DIAL_TAXI]:
                become(g, log, pe, q, TAXI)
                later(cal, g, pe.distance[z, h] / pe.taxi_speed, ARRIVE, q, 0)
                return
    if before == OUT or before == HELD:
        _strand(g, key, cal, log, pe, q)


@njit
def _strand(g: Any, key: Any, cal: Any, log: Any, pe: Any, q: int) -> None:
    u, v = uniform2(key.going_home, q, 0, 2)
    later(cal, g, delay(g.laws, g.knots, pe.patience, u), PATIENCE, q, 0)
    if pe.seeker[q]:
        become(g, log, pe, q, SEEKING)
        later(cal, g, delay(g.laws, g.knots, pe.start_after, v), READ, q, 0)
    else:
        become(g, log, pe, q, STRANDED)


@njit
def retry_all(g: Any, key: Any, cal: Any, log: Any, pe: Any) -> None:
    """The network or a cordon has changed: everyone who waits tries again, in the order of their numbers."""
    for q in range(pe.state.size):
        s = pe.state[q]
        if s == STRANDED or s == SEEKING or s == HELD:
            try_home(g, key, cal, log, pe, q)


@njit
def arrive(g: Any, log: Any, pe: Any, q: int) -> None:
    """The way is done."""
    become(g, log, pe, q, SHELTERED if pe.state[q] == TO_HOST else HOME)


@njit
def lose_patience(g: Any, key: Any, cal: Any, log: Any, pe: Any, q: int, nth: int) -> None:
    """Stranded for too long: walks home however far, unless a cordon is in the way."""
    s = pe.state[q]
    if s != STRANDED and s != SEEKING:
        return
    way = pe.walk[pe.at[q], pe.home[q]]
    if way < 1e9 and not pe.cordon[pe.home[q]]:
        become(g, log, pe, q, WALKING_FAR)
        later(cal, g, way, ARRIVE, q, 0)
    else:
        u = uniform(key.going_home, q, nth + 1, 3)
        later(cal, g, delay(g.laws, g.knots, pe.patience, u), PATIENCE, q, nth + 1)


@njit
def _host(g: Any, key: Any, c: Any, pe: Any, offer: int, clone: int) -> tuple[int, int, float]:
    """Zone, places and end [s] of a host: one of the 1/scale full-size hosts for whom an offer stands."""
    j = pe.offer_post[offer]
    who = (int(c.post_author[j]) << 32) | clone
    nth = (int(c.post_topic[j]) << 20) | int(c.post_nth[j])
    u, v = uniform2(key.shelter, who, nth, 0)
    zone = pick(pe.host_zones, u)
    places = 1
    if pe.more_places > 0.0:
        places += int(ln(v) / ln(pe.more_places / (1.0 + pe.more_places)))
    end = c.post_time[j] + delay(g.laws, g.knots, pe.fresh, uniform(key.shelter, who, nth, 1))
    return zone, min(places, 255), end


@njit
def _reachable(pe: Any, q: int, zone: int) -> bool:
    """Whether a seeker would go to a host of this zone: near enough on foot, and no cordon between."""
    z = pe.at[q]
    if (pe.cordon[z] or pe.cordon[zone]) and z != zone:
        return False
    return pe.distance[z, zone] <= pe.near and pe.walk[z, zone] < 1e9


@njit
def _from_map(g: Any, key: Any, c: Any, pe: Any, q: int, nth: int, i: int) -> tuple[int, int]:
    """An offer of the curated map, or -1: listed, not full, and near."""
    offers = c.size[1]
    if offers == 0:
        return -1, 0
    u, v = uniform2(key.shelter, q, nth, 64 + i)
    offer = int(u * offers)
    clone = int(v * g.clones)
    if not _listed(g, key, c, pe, offer, clone):
        return -1, 0
    zone, places, _ = _host(g, key, c, pe, offer, clone)
    if not _reachable(pe, q, zone) or pe.taken[offer * g.clones + clone] >= places:
        return -1, 0
    return offer, clone


@njit
def _listed(g: Any, key: Any, c: Any, pe: Any, offer: int, clone: int) -> bool:
    """Whether the map shows this host: checked by volunteers, or listed without them after a delay."""
    if pe.verified[offer]:
        return True
    j = pe.offer_post[offer]
    if g.now[0] < c.post_time[j] + pe.map_delay:
        return False
    who = (int(c.post_author[j]) << 32) | clone
    return uniform(key.shelter, who, (int(c.post_topic[j]) << 20) | int(c.post_nth[j]), 2) < pe.map_coverage


@njit
def _from_stream(g: Any, key: Any, c: Any, pe: Any, q: int, nth: int, i: int, low: int, row: int) -> tuple[int, int]:
    """A random item of the recent stream: the offer that it carries if a host is near, or -1."""
    high = c.stream_size[0]
    u, v = uniform2(key.shelter, q, nth, 64 + i)
    j = c.stream[low + int(u * (high - low))]
    pe.counts[row, ITEMS] += 1
    root = c.post_root[j]
    if c.post_kind[root] != OFFER or c.post_offer[root] < 0:
        return -1, 0
    pe.counts[row, OFFERS] += 1
    offer = c.post_offer[root]
    clone = int(v * g.clones)
    zone, _, _ = _host(g, key, c, pe, offer, clone)
    if not _reachable(pe, q, zone):
        return -1, 0
    pe.counts[row, NEAR] += 1
    return offer, clone


@njit
def read(g: Any, key: Any, cal: Any, log: Any, c: Any, pe: Any, q: int, nth: int) -> None:
    """Seeker `q` reads a batch of items, of the map or of the stream, and may find a host to contact."""
    if pe.state[q] != SEEKING:
        return
    t = g.now[0]
    row = row_of(t, g.bin_width, pe.counts.shape[0])
    by_map = g.flag[FLAG_MAP_OPEN] != 0 and uniform(key.shelter, q, 0, 3) < pe.map_use * g.dial[DIAL_MAP]
    low = 0 if by_map else _window(c, t - pe.window)
    found = -1
    clone = 0
    read_items = 0
    for i in range(pe.batch):
        if not by_map and low >= c.stream_size[0]:
            break
        read_items += 1
        if by_map:
            found, clone = _from_map(g, key, c, pe, q, nth, i)
        else:
            found, clone = _from_stream(g, key, c, pe, q, nth, i, low, row)
        if found >= 0:
            break
    write(log, t, LOG_READ, q, nth, found, clone)
    if found < 0:
        later(cal, g, pe.batch * pe.item_time, READ, q, nth + 1)
        return
    pe.counts[row, CONTACTS] += 1
    wait = read_items * pe.item_time + delay(g.laws, g.knots, pe.contact, uniform(key.shelter, q, nth, 4))
    i = pe.contact_size[0]
    pe.contact_size[0] = i + 1
    pe.contact_who[i] = q
    pe.contact_offer[i] = found
    pe.contact_clone[i] = clone
    pe.contact_outcome[i] = -1
    later(cal, g, wait, CONTACT, q, (i << 24) | nth)


@njit
def _window(c: Any, since: float) -> int:
    """First item of the stream that is not older than `since`."""
    low = 0
    high = c.stream_size[0]
    while low < high:
        mid = (low + high) >> 1
        if c.post_time[c.stream[mid]] < since:
            low = mid + 1
        else:
            high = mid
    return low


@njit
def contact(g: Any, key: Any, cal: Any, log: Any, c: Any, pe: Any, q: int, code: int) -> None:
    """The host answers: a place, full, gone, or no."""
    i = code >> 24
    nth = code & 0xFFFFFF
    t = g.now[0]
    offer = pe.contact_offer[i]
    clone = pe.contact_clone[i]
    zone, places, end = _host(g, key, c, pe, offer, clone)
    place = offer * g.clones + clone
    outcome = YES
    if pe.taken[place] >= places:
        outcome = FULL
    elif t > end:
        outcome = STALE
    elif not _reachable(pe, q, zone) or uniform(key.shelter, q, nth, 5) >= pe.accepts:
        outcome = NO
    if pe.state[q] != SEEKING:
        outcome = NO
    pe.contact_time[i] = t
    pe.contact_outcome[i] = outcome
    write(log, t, LOG_CONTACT, q, nth, outcome, place)
    row = row_of(t, g.bin_width, pe.counts.shape[0])
    if outcome == YES:
        pe.taken[place] += 1
        pe.counts[row, HOUSED] += 1
        become(g, log, pe, q, TO_HOST)
        later(cal, g, pe.walk[pe.at[q], zone], ARRIVE, q, 0)
        return
    pe.counts[row, VAIN] += 1
    if pe.state[q] == SEEKING:
        later(cal, g, 0.0, READ, q, nth + 1)
