"""From a world to the arrays of the phone and people kernels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from msgu import streams
from msgu.engine.arrays.social import Laws, by_hour, law_mean
from msgu.kernels import state
from msgu.kernels.base import calendar
from msgu.kernels.phone import calls as phone_kernel
from msgu.scenario.schema.laws import Fixed
from msgu.scenario.schema.phone import Phones
from msgu.scenario.schema.reassurance import Worry
from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.social import Broadcast
from msgu.world.accounts import cumulative_shares
from msgu.world.build import World
from msgu.world.people import Residents, by_zone_or_kind, populations
from msgu.world.places import offsets, spread_radius

BY_PLACE: dict[str, type[np.generic]] = {
    "taken": np.uint8, "asked": np.uint8, "met": np.uint8, "gone": np.uint8, "place_zone": np.int16,
    "place_east": np.float64, "place_north": np.float64, "place_room": np.uint8, "place_listed": np.uint8, "map_place": np.int64,
}  # fmt: skip
"""Arrays of the people kernel with an element for each host at full size."""
NOTHING = Fixed.model_construct(law="fixed", value=0.0)


def build_phone(world: World, key: state.Keys, laws: Laws, bins: int) -> state.Phone:
    """Arrays of the phone kernel at the start of a night, cells still empty."""
    s, r = world.scenario, world.residents
    phones = s.phones or Phones.model_construct(holding=NOTHING, redial_after=NOTHING)
    worry = s.worry or Worry.model_construct(
        reaction=NOTHING, message_reply=NOTHING, follow_up=NOTHING, talk_spread=NOTHING, safe_after=NOTHING
    )
    talking = s.worry is not None
    operators = [phones.operators[o] for o in sorted(phones.operators)]
    account = np.full(len(r.zone), -1, np.int32)
    linked = world.person >= 0
    account[world.person[linked]] = np.flatnonzero(linked)
    state_of_edge = np.zeros(len(r.callee), np.uint8)
    state_of_edge[r.callee < 0] = 1
    open_edges = np.bincount(r.owner[state_of_edge == 0], minlength=len(r.zone)).astype(np.uint8)  # at most 200
    desks = [s.desks[d] for d in sorted(s.desks)]
    opens = [min((shift.at for shift in d.shifts.values()), default=0.0) for d in desks]
    names = sorted(s.topics)
    return state.Phone(
        person=_persons(r),
        account=account,
        open=open_edges,
        start=r.start,
        callee=r.callee,
        state=state_of_edge,
        back_start=r.back_start,
        back_edge=r.back_edge,
        owner=r.owner,
        cells=_cells(r.cell_zone),
        first_cell=np.searchsorted(r.cell_zone, np.arange(len(world.zones) + 1)).astype(np.int64),
        channels=np.full(max(len(world.zones), 1), phones.channels, np.int64),
        reserved=phones.reserved,
        emergency=phones.emergency_share,
        load=phones.load,
        profile=by_hour(phones.profile),
        base_rate=base_rates(phones),
        base_mean=max(law_mean(phones.holding), 1e-9),
        holding=laws.add(phones.holding),
        ring=phones.ring,
        answer=phones.answer,
        both_ends=phones.both_ends,
        persistence=phones.persistence,
        redial=laws.add(phones.redial_after),
        base_redials=phones.baseline_redials,
        reaction=laws.add(worry.reaction),
        voice_share=1.0 - worry.message_share,
        message_answered=worry.message_answered,
        message_reply=laws.add(worry.message_reply),
        message_after=worry.message_after_failure,
        follow_up=laws.add(worry.follow_up),
        post_after=worry.post_after_failure,
        talk_calls=worry.talk_calls if talking else 0.0,
        talk_messages=worry.talk_messages if talking else 0.0,
        talk_news=worry.talk_news,
        talk_spread=laws.add(worry.talk_spread),
        sms_time=np.array([1 / (o.sms_capacity * world.scale) for o in operators] or [0.0]),
        sms_free=np.zeros(max(len(operators), 1)),
        data_share=phones.data.share if phones.data else 0.0,
        data_time=data_times(phones),
        data_free=np.zeros(max(len(r.cell_zone), 1)),
        data_patience=phones.data.patience if phones.data else 0.0,
        contact=s.safety_check.contact if s.safety_check else 0.0,
        desk_key=named_keys(key.desk, s.desks),
        unmarked=s.safety_check.unmarked if s.safety_check else 0.0,
        safe_post=worry.safe_post,
        safe_law=laws.add(worry.safe_after),
        safe_seen=worry.safe_seen,
        desk_share=np.array([d.worried_share for d in desks]),
        desk_open=np.array(opens, np.float64),
        desk_law=np.array([laws.add(d.reaction) for d in desks], np.int64),
        post_driver=len(s.drivers) if talking and worry.post_topic and worry.post_topic in names else -1,
        calls=np.zeros((bins, max(len(world.zones), 1), 4), np.int64),
        traffic=np.zeros((bins, max(len(operators), 1), 5), np.int64),
        aware_change=np.zeros((bins, max(len(world.zones), 1)), np.int64),
        marks=np.zeros(bins, np.int64),
        cleared=np.zeros((bins, 5), np.int64),
        worry_change=np.zeros(bins, np.int64),
        worry_time=np.zeros(bins),
        prevented=np.zeros(bins, np.int64),
    )


def base_rates(phones: Phones) -> NDArray[np.float64]:
    """Ordinary calls of a cell by local hour [1/s]; shape (24,)."""
    rates: NDArray[np.float64] = phones.load * by_hour(phones.profile) / max(law_mean(phones.holding), 1e-9)
    return rates


def data_times(phones: Phones) -> NDArray[np.float64]:
    """Time of one message on the data channel of a cell by local hour [s]; shape (24,)."""
    if phones.data is None:
        return np.zeros(24)
    times: NDArray[np.float64] = 1.0 / (phones.data.capacity * (1.0 - phones.data.load * by_hour(phones.profile)))
    return times


def _persons(r: Residents) -> NDArray[np.int32]:
    """What most events of a person read, in one place; see `msgu.kernels.state.PERSON_REST`."""
    person = np.empty((len(r.zone), 2), np.int32)
    person[:, state.PERSON_CELL] = r.cell
    rest = person[:, state.PERSON_REST]
    rest[:] = r.zone
    rest <<= state.ZONE_SHIFT - state.TIES_SHIFT
    rest |= np.diff(r.start).astype(np.int32)
    rest <<= state.TIES_SHIFT - state.OPERATOR_SHIFT
    rest |= r.operator
    rest <<= state.OPERATOR_SHIFT
    return person


def _cells(zone: NDArray[np.int16]) -> NDArray[np.int32]:
    cells = np.zeros((len(zone), 8), np.int32)
    cells[:, state.CELL_ZONE] = zone
    return cells


def build_people(world: World, laws: Laws, bins: int) -> state.People:
    """Arrays of the people kernel at the start of a night."""
    s = world.scenario
    home, shelter = s.going_home, s.shelter
    n, zones = len(world.out.at), list(world.zones)
    people = populations(s, zones)
    hosts = np.array([shelter.host_zones.get(z, 0.0) for z in zones]) if shelter and shelter.host_zones else people
    if shelter and not shelter.host_zones:
        hosts = people * [s.places.zones[z].kind in ("arrondissement", "commune") for z in zones]
    size = len(zones)
    states = max(size, 1), state.OUTSIDE + 1
    change = np.zeros((bins, *states), np.int64)
    change[0, :, state.OUT] = np.bincount(world.out.at, minlength=states[0])
    none = np.zeros((size, size))
    places = 16 * world.clones
    given = [s.instructions[k] for k in sorted(s.instructions)]
    east, north = offsets(world.places)
    return state.People(
        at=world.out.at,
        home=world.out.home,
        bound=world.out.home.copy(),
        to_host=np.zeros(n, np.uint8),
        state=np.zeros(n, np.int8),
        seeker=world.out.seeker,
        indoors=np.zeros(n),
        told=np.zeros(n, np.int64),
        told_law=np.array([laws.add(i.reaction) for i in given] or [0], np.int64),
        stuck=np.zeros(n, np.uint8),
        look=np.full(n, np.nan),
        yes=np.full(n, np.nan),
        door=np.full(n, np.nan),
        looks=np.zeros(n, np.int32),
        tries=np.zeros(n, np.int32),
        ride=none + np.inf,
        walk=none + np.inf,
        road=none + np.inf,
        cordon=np.zeros(size, np.uint8),
        distance=np.ascontiguousarray(world.places.distance),
        east=east,
        north=north,
        radius=spread_radius(world.places),
        ring=(world.places.zone_radius > 0.0).astype(np.uint8),
        pace=home.detour / home.walk_speed,
        nearness=np.argsort(world.places.distance, axis=1, kind="stable").astype(np.int16).reshape(size, size),
        accept_ride=home.accept_ride,
        accept_walk=home.accept_walk,
        taxi=home.taxi,
        taxi_speed=home.taxi_speed,
        patience=laws.add(home.patience),
        start_after=laws.add(shelter.start_after if shelter else NOTHING),
        item_time=shelter.item_time if shelter else 1.0,
        batch=shelter.batch if shelter else 1,
        window=shelter.window if shelter else 0.0,
        near=shelter.near if shelter else 0.0,
        host_zones=cumulative_shares(hosts) if size else np.ones(1),
        more_places=shelter.places - 1.0 if shelter else 0.0,
        contact=laws.add(shelter.contact if shelter else NOTHING),
        accepts=shelter.accepts if shelter else 0.0,
        fresh=laws.add(shelter.fresh if shelter else NOTHING),
        hoaxes=shelter.hoaxes if shelter else 0.0,
        located=shelter.located if shelter else 1.0,
        fear=shelter.fear if shelter else 0.0,
        map_use=shelter.map_use if shelter else 0.0,
        map_coverage=shelter.map_coverage if shelter else 0.0,
        map_delay=shelter.map_delay if shelter else 0.0,
        **{f: np.zeros(places, dtype) for f, dtype in BY_PLACE.items()},
        map_start=np.zeros(size + 1, np.int64),
        indexed=np.zeros(2, np.int64),
        offer_post=np.zeros(16, np.int64),
        verified=np.zeros(16, np.uint8),
        change=change,
        entered=np.zeros_like(change),
        counts=np.zeros((bins, states[0], 6), np.int64),
        contact_time=np.zeros(256),
        contact_who=np.zeros(256, np.int64),
        contact_offer=np.zeros(256, np.int64),
        contact_clone=np.zeros(256, np.int64),
        contact_outcome=np.zeros(256, np.int8),
        contact_by_map=np.zeros(256, np.uint8),
        contact_size=np.zeros(1, np.int64),
    )


def named_keys(key: Any, names: Iterable[str]) -> NDArray[np.uint64]:
    """Key of each thing with a name within a stream, in the order of their ids; shape (names,)."""
    return np.array([streams.named(int(key), name) for name in sorted(names)], np.uint64)


def broadcast_share(s: Scenario, zones: list[str], broadcast: Broadcast) -> NDArray[np.float64]:
    """Share of the people of each zone whom a broadcast reaches; shape (n_zones,)."""
    there = by_zone_or_kind(s, zones, broadcast.zones) if broadcast.zones else np.ones(len(zones))
    return broadcast.audience * there


def start_people(
    world: World, g: Any, key_of: state.Keys, key: Any, cal: Any, ph: Any, mark_law: int, doubt_law: int
) -> None:
    """Schedule what is known beforehand of people: when they leave, when television tells them, when they mark as safe.

    `key` : `key_of` as the kernels take it.
    """
    s, n, out = world.scenario, len(world.residents.zone), world.out
    who = np.arange(len(out.at), dtype=np.int64)
    calendar.fill(cal, out.leaves, state.LEAVE, who, np.zeros_like(who))
    if s.broadcasts and n:
        rows = [s.broadcasts[b] for b in sorted(s.broadcasts)]
        table = np.array([[b.at, b.rise, b.decay] for b in rows])
        share = np.array([broadcast_share(s, list(world.zones), b) for b in rows])
        phone_kernel.television(named_keys(key_of.learning, s.broadcasts), cal, table, share, world.residents.zone)
    check = s.safety_check
    if check is not None and n:
        asked = by_zone_or_kind(s, list(world.zones), check.zones)
        phone_kernel.marks_of(g, key, cal, ph, asked * check.marks, check.at, mark_law)
        if check.unmarked > 0:
            phone_kernel.doubts_of(g, key, cal, ph, check.at, doubt_law)


def known_events(world: World) -> int:
    """Most events that `start_people` and `start_cells` schedule."""
    s, r = world.scenario, world.residents
    told = len(r.zone) if s.broadcasts else 0
    marked = len(r.zone) if s.safety_check else 0
    channels = s.phones.channels + 1 if s.phones else 0
    doubts = len(r.callee) if s.safety_check and s.safety_check.unmarked > 0 else 0
    return len(world.out.at) + told + marked + doubts + channels * len(r.cell_zone)


def ordinary_events(world: World) -> float:
    """Expected ordinary calls and hang-ups of the night."""
    phones = world.scenario.phones
    rate = float(base_rates(phones).mean()) if phones else 0.0
    return 2.0 * rate * world.scenario.followed_until("phones") * len(world.residents.cell_zone)


def start_cells(g: Any, key: Any, cal: Any, arrays: state.Phone, ph: Any) -> None:
    """Ordinary calls under way at the start (Poisson, in equilibrium) and the next one of each cell."""
    if len(arrays.cells) and arrays.load > 0:
        phone_kernel.start_cells(g, key, cal, ph)
