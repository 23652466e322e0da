"""Hosts and those who look for them: the stream, the map, contacts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msgu.kernels.base.draw import log as ln
from msgu.kernels.base.draw import uniform, uniform2
from msgu.kernels.base.laws import delay
from msgu.kernels.base.log import later, pick, row_of, write
from msgu.kernels.jit.compile import njit
from msgu.kernels.people import kept_in, kept_out, set_out
from msgu.kernels.phone.messages import data_lag
from msgu.kernels.social.identity import post_key
from msgu.kernels.spots import HOST_SPOT, PERSON_SPOT, spot
from msgu.kernels.state import CONTACT, FLAG_MAP_OPEN, LOG_CONTACT, LOG_READ, OFFER, READ, SEEKING, TO_HOST

if TYPE_CHECKING:
    from msgu.kernels.arrays.people import People
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Keys, Log, Shared
    from msgu.kernels.arrays.social import Cascade

ITEMS, OFFERS, NEAR, CONTACTS, HOUSED, VAIN = range(6)
"""Columns of `People.counts`."""
YES, FULL, STALE, NO, FAR, HOAX = range(6)
"""Outcomes of a contact."""
SEEN, ASKED = 1, 2
"""Bits of `People.met`."""
CELL_OF_SEEKER = 63
"""Draw of the cell through which a seeker reads."""


@njit
def _who(c: Cascade, j: int, clone: int) -> tuple[int, int]:
    """Key of one of the 1/scale full-size hosts for whom the offer of post `j` stands."""
    return (int(c.post_author[j]) << 32) | clone, post_key(c, j)


@njit
def _stands(key: Keys, pe: People, q: int) -> tuple[float, float]:
    """Where seeker `q` is, east and north of the centre of their zone [m]."""
    zone = pe.at[q]
    return spot(key.shelter, q, 0, PERSON_SPOT, pe.radius[zone], pe.ring[zone] != 0)


@njit
def _index(g: Shared, key: Keys, c: Cascade, pe: People) -> None:
    """Zone, places and listing of each host of the new offers."""
    n = int(c.size[1])
    if pe.indexed[0] == n:
        return
    for offer in range(int(pe.indexed[0]), n):
        for clone in range(g.clones):
            who, nth = _who(c, pe.offer_post[offer], clone)
            u, v = uniform2(key.shelter, who, nth, 0)
            room = 1
            if pe.more_places > 0.0:
                room += int(ln(v) / ln(pe.more_places / (1.0 + pe.more_places)))
            place = offer * g.clones + clone
            zone = pick(pe.host_zones, u)
            pe.place_zone[place] = zone
            at = spot(key.shelter, who, nth, HOST_SPOT, pe.radius[zone], pe.ring[zone] != 0)
            pe.place_east[place], pe.place_north[place] = at
            pe.place_room[place] = min(room, 255)
            pe.place_listed[place] = uniform(key.shelter, who, nth, 2) < pe.map_coverage
    pe.indexed[0] = n


@njit
def _sort(g: Shared, c: Cascade, pe: People) -> None:
    """Places of each zone in the order of the offers, where offers have come since the last time."""
    n = int(c.size[1])
    if pe.indexed[1] == n:
        return
    pe.indexed[1] = n
    pe.map_start[:] = 0
    for place in range(n * g.clones):
        pe.map_start[pe.place_zone[place] + 1] += 1
    for z in range(1, pe.map_start.size):
        pe.map_start[z] += pe.map_start[z - 1]
    for i in range(n * g.clones):
        place = n * g.clones - 1 - i
        z = pe.place_zone[place]
        pe.map_start[z + 1] -= 1
        pe.map_place[pe.map_start[z + 1]] = place
    for z in range(pe.map_start.size - 1):
        pe.map_start[z] = pe.map_start[z + 1]
    pe.map_start[pe.map_start.size - 1] = n * g.clones


@njit
def _nature(key: Keys, c: Cascade, pe: People, offer: int, clone: int) -> tuple[bool, bool]:
    """Whether a host is a hoax, and whether the post says where it is."""
    who, nth = _who(c, pe.offer_post[offer], clone)
    u, v = uniform2(key.shelter, who, nth, 6)
    return u < pe.hoaxes, v < pe.located


@njit
def _open(pe: People, q: int, zone: int) -> bool:
    """Whether a seeker may go to a zone on foot: there is a way, and no cordon bars it."""
    z = pe.at[q]
    if z != zone and (kept_in(pe, q) or kept_out(pe, q, zone)):
        return False
    return bool(pe.walk[z, zone] < 1e9)


@njit
def _way(pe: People, q: int, x: float, y: float, place: int) -> float:
    """Straight line from a seeker at (x, y) of their zone to a host, longer where a cordon or a border is gone round [m]."""
    z = pe.at[q]
    zone = pe.place_zone[place]
    east = pe.east[z, zone] + pe.place_east[place] - x
    north = pe.north[z, zone] + pe.place_north[place] - y
    return math.sqrt(east * east + north * north) * (pe.road[z, zone] / pe.distance[z, zone])


@njit
def _reachable(pe: People, q: int, x: float, y: float, place: int) -> bool:
    """Whether a seeker would go to a host: near enough on foot, and no cordon in the way."""
    return _open(pe, q, pe.place_zone[place]) and _way(pe, q, x, y, place) <= pe.near


@njit
def _too_far(pe: People, z: int, zone: int) -> bool:
    """Whether no host of a zone can be near enough for anybody in zone `z`."""
    east = pe.east[z, zone]
    north = pe.north[z, zone]
    return math.sqrt(east * east + north * north) - pe.radius[z] - pe.radius[zone] > pe.near


@njit
def _listed(g: Shared, c: Cascade, pe: People, place: int) -> bool:
    """Whether the map shows this host: checked by volunteers, or listed without them after a delay; not reported gone."""
    if pe.gone[place]:
        return False
    offer = place // g.clones
    if pe.verified[offer]:
        return True
    return pe.place_listed[place] != 0 and g.now[0] >= c.post_time[pe.offer_post[offer]] + pe.map_delay


@njit
def _from_map(g: Shared, key: Keys, c: Cascade, pe: People, q: int, nth: int, x: float, y: float) -> int:
    """A place of the curated map, or -1: listed, near, with room; the nearest zone first, inside it from a random one on."""
    _sort(g, c, pe)
    u = uniform(key.shelter, q, nth, 8)
    for i in range(pe.nearness.shape[1]):
        zone = pe.nearness[pe.at[q], i]
        first = pe.map_start[zone]
        n = pe.map_start[zone + 1] - first
        if n == 0 or _too_far(pe, pe.at[q], zone) or not _open(pe, q, zone):
            continue
        start = int(u * n)
        for k in range(n):
            place = pe.map_place[first + (start + k) % n]
            if int(pe.taken[place]) + int(pe.asked[place]) >= pe.place_room[place] or not _listed(g, c, pe, place):
                continue
            if _way(pe, q, x, y, place) > pe.near:
                continue
            if pe.verified[place // g.clones] and _nature(key, c, pe, place // g.clones, place % g.clones)[0]:
                continue
            return int(place)
    return -1


@njit
def _from_stream(
    g: Shared,
    key: Keys,
    c: Cascade,
    pe: People,
    q: int,
    x: float,
    y: float,
    nth: int,
    i: int,
    low: int,
    row: int,
    by_map: bool,
) -> int:
    """A random item of the recent stream: the place that it offers if it may be near, or -1."""
    high = c.stream_size[0]
    z = pe.at[q]
    u, v = uniform2(key.shelter, q, nth, 64 + i)
    j = c.stream[low + int(u * (high - low))]
    pe.counts[row, z, ITEMS] += 1
    root = c.post_root[j]
    if c.post_kind[root] != OFFER or c.post_offer[root] < 0:
        return -1
    pe.counts[row, z, OFFERS] += 1
    offer = c.post_offer[root]
    clone = int(v * g.clones)
    place = offer * g.clones + clone
    pe.met[place] |= SEEN
    if pe.located >= 1.0 or _nature(key, c, pe, offer, clone)[1]:
        if not _reachable(pe, q, x, y, place):
            return -1
        pe.counts[row, z, NEAR] += 1
    if by_map and (pe.gone[place] or int(pe.taken[place]) + int(pe.asked[place]) >= pe.place_room[place]):
        if pe.gone[place] or _listed(g, c, pe, place):
            return -1
    return int(place)


@njit
def read(g: Shared, key: Keys, cal: Calendar, log: Log, c: Cascade, ph: Phone, pe: People, q: int, nth: int) -> None:
    """Seeker `q` looks at the map, if they use it, and then at a batch of the stream, and may find a host to contact."""
    if pe.state[q] != SEEKING:
        return
    t = g.now[0]
    _index(g, key, c, pe)
    if nth == 0 and not pe.look[q] >= 0.0:
        pe.look[q] = t
    pe.looks[q] += 1
    row = row_of(t, g.bin_width, pe.counts.shape[0])
    by_map = g.flag[FLAG_MAP_OPEN] != 0 and uniform(key.shelter, q, 0, 3) < pe.map_use
    x, y = _stands(key, pe, q)
    place = _from_map(g, key, c, pe, q, nth, x, y) if by_map else -1
    from_map = place >= 0
    items = 1
    low = _window(c, t - pe.window)
    if not from_map:
        items = 0
        while items < pe.batch and low < c.stream_size[0] and place < 0:
            place = _from_stream(g, key, c, pe, q, x, y, nth, items, low, row, by_map)
            items += 1
    if place >= 0 and _is_afraid(g, key, pe, q, nth, place):
        place = -1
    write(log, t, LOG_READ, q, nth, place // g.clones if place >= 0 else -1, place % g.clones if place >= 0 else 0)
    lag = data_lag(g, ph, pe.at[q], uniform(key.shelter, q, 0, CELL_OF_SEEKER))
    if place < 0:
        later(cal, g, pe.batch * pe.item_time + lag, READ, q, nth + 1)
        return
    pe.counts[row, pe.at[q], CONTACTS] += 1
    wait = items * pe.item_time + lag + delay(g.laws, g.knots, pe.contact, uniform(key.shelter, q, nth, 4))
    # 24 bits hold the reading; the contact stands above them
    later(cal, g, wait, CONTACT, q, (_ask(g, pe, q, place, from_map) << 24) | nth)


@njit
def _is_afraid(g: Shared, key: Keys, pe: People, q: int, nth: int, place: int) -> bool:
    """Whether seeker `q` dares not contact a host whom nobody has verified."""
    return pe.fear > 0.0 and not pe.verified[place // g.clones] and uniform(key.shelter, q, nth, 7) < pe.fear


@njit
def _ask(g: Shared, pe: People, q: int, place: int, from_map: bool) -> int:
    """Seeker `q` contacts a host; returns the number of the contact."""
    pe.met[place] |= SEEN | ASKED
    pe.tries[q] += 1
    pe.asked[place] += from_map
    i = pe.contact_size[0]
    pe.contact_size[0] = i + 1
    pe.contact_who[i] = q
    pe.contact_offer[i] = place // g.clones
    pe.contact_clone[i] = place % g.clones
    pe.contact_outcome[i] = -1
    pe.contact_by_map[i] = from_map
    return i


@njit
def _window(c: Cascade, since: float) -> int:
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
def _answer(g: Shared, key: Keys, c: Cascade, pe: People, q: int, nth: int, place: int) -> int:
    """What a contact comes to, now that the host answers or does not."""
    if pe.state[q] != SEEKING:
        return NO
    offer = place // g.clones
    clone = place % g.clones
    if pe.hoaxes > 0.0 and _nature(key, c, pe, offer, clone)[0]:
        return HOAX
    if pe.taken[place] >= pe.place_room[place]:
        return FULL
    j = pe.offer_post[offer]
    who, number = _who(c, j, clone)
    if g.now[0] > c.post_time[j] + delay(g.laws, g.knots, pe.fresh, uniform(key.shelter, who, number, 1)):
        return STALE
    x, y = _stands(key, pe, q)
    if not _reachable(pe, q, x, y, place):
        return FAR
    return YES if uniform(key.shelter, q, nth, 5) < pe.accepts else NO


@njit
def contact(g: Shared, key: Keys, cal: Calendar, log: Log, c: Cascade, pe: People, q: int, code: int) -> None:
    """The host answers: a place, full, gone, no, too far, or there is no such host."""
    i = code >> 24
    nth = code & 0xFFFFFF
    t = g.now[0]
    place = pe.contact_offer[i] * g.clones + pe.contact_clone[i]
    outcome = _answer(g, key, c, pe, q, nth, place)
    pe.contact_time[i] = t
    pe.contact_outcome[i] = outcome
    write(log, t, LOG_CONTACT, q, nth, outcome, place)
    row = row_of(t, g.bin_width, pe.counts.shape[0])
    if pe.contact_by_map[i]:
        pe.asked[place] -= 1
        if outcome == STALE or outcome == HOAX:
            pe.gone[place] = 1
    if outcome == YES:
        pe.taken[place] += 1
        pe.counts[row, pe.at[q], HOUSED] += 1
        pe.yes[q] = t
        pe.to_host[q] = 1
        zone = pe.place_zone[place]
        x, y = _stands(key, pe, q)
        if pe.since.size > 0:
            pe.host[q] = place
        set_out(g, key, cal, log, pe, q, TO_HOST, zone, _way(pe, q, x, y, place) * pe.pace)
        return
    pe.counts[row, pe.at[q], VAIN] += 1
    if pe.state[q] == SEEKING:
        later(cal, g, 0.0, READ, q, nth + 1)
