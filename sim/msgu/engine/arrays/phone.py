"""Arrays of people with a phone, their worries and the cells, and what is known of them beforehand."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from msgu.engine.arrays import reassurance
from msgu.engine.arrays.broadcasts import announcements, named_keys
from msgu.engine.arrays.laws import NOTHING, Laws, by_hour, is_continuous, law_mean
from msgu.engine.arrays.reassurance import no_worry
from msgu.kernels import state
from msgu.kernels.arrays.declare import allocate
from msgu.kernels.arrays.phone import Phone
from msgu.kernels.arrays.run import Calendar, Keys, Shared
from msgu.kernels.base.bitmap import fill_ranks
from msgu.kernels.phone import marks, ordinary, person
from msgu.kernels.phone.sms import CHUNK
from msgu.scenario.draft import holds_until
from msgu.scenario.schema.phone import Phones
from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.triggers import Trigger
from msgu.world.build import World
from msgu.world.people import by_zone_or_kind

F64 = NDArray[np.float64]
REDIALS = 1 << 12
"""Room for ordinary callers who will redial, at the start."""
CHUNKS = 1 << 10
"""Room for chunks of messages beyond those that are expected."""
MESSAGES, SLICES = 1 << 13, 1 << 12
"""Room for the messages of one part of an operator at the start, and slices by which they are sorted, at most."""


@cache
def _no_phones() -> Phones:
    return Phones.model_construct(holding=NOTHING, redial_after=NOTHING)


def build_phone(world: World, key: Keys, laws: Laws, sizes: dict[str, int], *, keep_log: bool) -> Phone:
    """Arrays of the phone kernels at the start of a run, cells still empty.

    keep_log : whether there is an event log, which has a row for each ordinary call, end of a call and message, so that
    all of them are events.
    """
    s = world.scenario
    phones = s.phones or _no_phones()
    end = min(s.followed_until("phones"), s.horizon)
    own = _sizes(world, phones, keep_log)
    return allocate(
        Phone,
        sizes
        | own
        | {
            "cell groups": len(world.residents.cell_groups()[0]) - 1,
            "cell rows": max(len(world.residents.cell_zone), 1),
            "carried people": world.residents.n if phones.battery else 0,
            "people worried about": len(world.residents.whom),
        }
        | reassurance.sizes_of(world),
        settled=not keep_log,
        final=float(np.nextafter(end, -np.inf)),
        quiet=not keep_log and s.worry is not None and is_continuous(s.worry.talk_spread) and phones.battery is None,
        sms_parts=own["message parts"] / max(end, 1e-9),
        **_people(world),
        **_batteries(world, phones, laws),
        **_groups(s, laws),
        **_cells(world, phones),
        **_calls(phones, laws),
        **_worry(s, laws),
        **_messages(world, phones),
        **_desks(world, key, laws),
        **reassurance.arrays_of(world, laws),
        **_texts(world),
    )


def _sizes(world: World, phones: Phones, keep_log: bool) -> dict[str, int]:
    """Lengths of what cells and servers keep for themselves, next to nothing where they keep nothing."""
    if keep_log:
        return dict.fromkeys(
            ("redials", "message chunks", "message places", "message parts", "messages", "message slices"), 1
        ) | {"cell places": state.CELL_ENDS}
    worry, operators = world.scenario.worry, max(len(phones.operators), 1)
    messages = world.residents.n * worry.talk_messages if worry else 0.0
    # some 4,000 messages of an operator are sorted at a time, so that the cache holds them
    parts = 1 << int(np.clip(np.ceil(np.log2(max(messages, 1.0) / operators / 4096)), 6, 12))
    chunks = CHUNKS + operators * parts + int(messages / CHUNK)  # room is taken from the system only where it is written
    return {
        "cell places": cell_places(phones.channels), "redials": REDIALS, "message chunks": chunks,
        "message places": chunks * CHUNK, "message parts": parts, "messages": MESSAGES + 16 * int(messages / operators / parts),
        "message slices": SLICES,
    }  # fmt: skip


def cell_places(channels: int) -> int:
    """Numbers that a cell with so many channels keeps, in whole lines of the cache."""
    return (state.CELL_ENDS + channels + 7) // 8 * 8


def _people(world: World) -> dict[str, Any]:
    """Return people and their ties."""
    r = world.residents
    people = np.empty((r.n, 2), np.int32)
    ties = r.ties
    person.enter_people(r.first, r.count, r.drawn_cells(), r.operator, ties, people)
    out = world.standing
    people[out.resident[out.resident >= 0], state.PERSON_CELL] = out.cell[out.resident >= 0]
    start, about = np.empty((r.n + 15) // 16, np.int32), np.zeros(((r.n + 63) // 64, 2), np.uint64)
    person.enter_ties(ties, start)
    fill_ranks(r.whom, about)
    worries = np.zeros(r.n, np.uint8)
    np.add.at(worries, r.owner[r.begins == 0], 1)
    return {
        "person": people,
        "open": worries,
        "start": start,
        "callee": r.callee,
        "state": r.begins.copy(),
        "about": about,
        "back_start": r.back_start,
        "back_edge": r.back_edge,
        "owner": r.owner,
    } | _accounts(world)


def _batteries(world: World, phones: Phones, laws: Laws) -> dict[str, Any]:
    """Return who cannot charge a phone, and when phones are empty."""
    battery, away = phones.battery, np.zeros(world.residents.n if phones.battery else 0, np.uint8)
    if battery is None:
        return {"away": away, "battery_out": -1, "battery_home": -1}
    away[world.standing.resident[world.standing.resident >= 0]] = 1
    home = laws.add(battery.home) if battery.home is not None else -1
    return {"away": away, "battery_out": laws.add(battery.out), "battery_home": home}


def _groups(s: Scenario, laws: Laws) -> dict[str, Any]:
    group = s.worry.group if s.worry else None
    if group is None:
        return {"group_share": 0.0, "group_law": laws.add(NOTHING), "group_contacts": 0.0, "group_others": 0.0}
    return {
        "group_share": group.share,
        "group_law": laws.add(group.after),
        "group_contacts": group.contacts,
        "group_others": group.others,
    }


def _accounts(world: World) -> dict[str, Any]:
    """Accounts by the person behind them: as many at most as a zone has people, its first ones one after another."""
    r, zone = world.residents, world.accounts.zone
    if r.n == 0:
        return {
            "account": np.zeros(0, np.int32), "account_start": np.zeros(len(world.zones) + 1, np.int64), "first_person": r.first,
        }  # fmt: skip
    behind = np.minimum(np.bincount(zone, minlength=len(world.zones)), r.count)
    start = np.concatenate([[0], np.cumsum(behind)]).astype(np.int64)
    account = np.empty(int(start[-1]), np.int32)
    person.enter_accounts(zone, world.person, start, account)
    return {"account": account, "account_start": start, "first_person": r.first}


def _texts(world: World) -> dict[str, Any]:
    """Return until when messages ask to write instead of calling, and room for who does; none where none asks."""
    s = world.scenario
    asked = [s.warnings[name] for name in sorted(s.warnings)]
    any_text = any("text" in message.guidance for message in asked)
    until = [holds_until(message, s) for message in asked] if any_text else []
    return {
        "texts": np.zeros(world.residents.n if any_text else 0, np.uint8), "text_until": np.array(until, np.float64),
    }  # fmt: skip


def _cells(world: World, phones: Phones) -> dict[str, Any]:
    zone = world.residents.cell_zone
    groups, per_zone = world.residents.cell_groups()
    cells = np.zeros((len(zone), 8), np.int32)
    cells[:, state.CELL_ZONE] = zone
    return {
        "cells": cells,
        "first_cell": np.searchsorted(zone, np.arange(len(world.zones) + 1)).astype(np.int64),
        "weight": world.residents.cell_weight,
        "group_cell": groups,
        "groups": per_zone,
        "channels": np.full(max(len(world.zones), 1), phones.channels, np.int64),
        "reserved": phones.reserved,
        "emergency": phones.emergency_share,
        "load": phones.load,
        "profile": by_hour(phones.profile),
        "base_rate": base_rates(phones),
        "base_mean": max(law_mean(phones.holding), 1e-9),
    }


def _calls(phones: Phones, laws: Laws) -> dict[str, Any]:
    return {
        "holding": laws.add(phones.holding),
        "ring": phones.ring,
        "answer": phones.answer,
        "both_ends": phones.both_ends,
        "persistence": phones.persistence,
        "redial": laws.add(phones.redial_after),
        "base_redials": phones.baseline_redials,
    }


def _worry(s: Scenario, laws: Laws) -> dict[str, Any]:
    worry = s.worry or no_worry()
    talking = s.worry is not None
    posts = talking and worry.post_topic and worry.post_topic in s.topics
    return {
        "reaction": laws.add(worry.reaction),
        "voice_share": 1.0 - worry.message_share,
        "message_answered": worry.message_answered,
        "message_reply": laws.add(worry.message_reply),
        "message_after": worry.message_after_failure,
        "follow_up": laws.add(worry.follow_up),
        "post_after": worry.post_after_failure,
        "talk_calls": worry.talk_calls if talking else 0.0,
        "talk_messages": worry.talk_messages if talking else 0.0,
        "talk_news": worry.talk_news,
        "talk_spread": laws.add(worry.talk_spread),
        "safe_post": worry.safe_post,
        "safe_law": laws.add(worry.safe_after),
        "safe_seen": worry.safe_seen,
        "post_driver": len(s.drivers) if posts else -1,
    }


def _messages(world: World, phones: Phones) -> dict[str, Any]:
    operators = [phones.operators[o] for o in sorted(phones.operators)]
    return {
        "sms_time": np.array([1 / (o.sms_capacity * world.scale) for o in operators] or [0.0]),
        "data_share": phones.data.share if phones.data else 0.0,
        "data_time": data_times(phones),
        "data_patience": phones.data.patience if phones.data else 0.0,
    }


def _desks(world: World, key: Keys, laws: Laws) -> dict[str, Any]:
    s = world.scenario
    desks = [s.desks[d] for d in sorted(s.desks)]
    opens = [min((shift.at for shift in d.shifts.values()), default=0.0) for d in desks]
    return {
        "desk_key": named_keys(key.desk, s.desks),
        "desk_share": np.array([d.worried_share for d in desks]),
        "desk_open": np.array(opens, np.float64),
        "desk_law": np.array([laws.add(d.reaction) for d in desks], np.int64),
        **announcements(world, key),
    }


def base_rates(phones: Phones) -> F64:
    """Ordinary calls of a cell by local hour [1/s]; shape (24,)."""
    rates: F64 = phones.load * by_hour(phones.profile) / max(law_mean(phones.holding), 1e-9)
    return rates


def data_times(phones: Phones) -> F64:
    """Time of one message on the data channel of a cell by local hour [s]; shape (24,)."""
    if phones.data is None:
        return np.zeros(24)
    times: F64 = 1.0 / (phones.data.capacity * (1.0 - phones.data.load * by_hour(phones.profile)))
    return times


# ---- what is known beforehand ----


def start_people(world: World, g: Shared, key: Keys, cal: Calendar, ph: Phone, laws: tuple[int, int]) -> None:
    """Schedule the Safety Check, where its date is known; parameters as for `start_check`."""
    check = world.scenario.safety_check
    if check is not None and not isinstance(check.at, Trigger):
        start_check(world, g, key, cal, ph, laws, check.at)


def start_check(world: World, g: Shared, key: Keys, cal: Calendar, ph: Phone, laws: tuple[int, int], at: float) -> None:
    """Schedule when people mark as safe, and who looks for their marks, once the Safety Check is activated.

    Parameters
    ----------
    g, key, cal, ph : records as kernels take them.
    laws : rows of the laws of the time to a mark, and to a look for one.
    at : when it is activated [s].
    """
    s, r, zones = world.scenario, world.residents, list(world.zones)
    check = s.safety_check
    if check is not None and r.n:
        asked = by_zone_or_kind(s, zones, check.zones)
        marks.marks_of(g, key, cal, ph, r.first, r.count, asked * check.marks, at, laws[0])
        if check.unmarked > 0:
            marks.doubts_of(g, key, cal, ph, at, laws[1])


def start_cells(g: Shared, key: Keys, cal: Calendar, arrays: Phone, ph: Phone) -> None:
    """Ordinary calls under way at the start (Poisson, in equilibrium) and the next one of each cell."""
    if len(arrays.cells) and arrays.load > 0:
        ordinary.start_cells(g, key, cal, ph)
    else:
        arrays.cell_clock[:, [state.CELL_NEXT, state.CELL_SOONEST]] = np.inf


def widened(phone: Phone) -> Phone:
    """Return the same record with room for the calls of as many channels as cells have now."""
    places = cell_places(int(phone.channels.max()))
    old = phone.cell_clock
    if not phone.settled or places <= old.shape[1]:
        return phone
    wider = np.zeros((len(old), places))
    wider[:, : old.shape[1]] = old
    return phone._replace(cell_clock=wider, cell_word=wider.view(np.int64))


def expected_events(world: World, *, keep_log: bool) -> float:
    """Expected events of telephones that are not known beforehand: talk, worry, and ordinary calls unless cells keep these."""
    s, people = world.scenario, world.residents.n
    rate = float(base_rates(s.phones).mean()) if s.phones and keep_log else 0.0
    ordinary = 2.0 * rate * s.followed_until("phones") * len(world.residents.cell_zone)
    if s.worry is None:
        return ordinary
    messages = s.worry.talk_messages * (1.0 if keep_log else s.worry.talk_news)
    return ordinary + people * (s.worry.talk_calls + 2.0 * messages) + 3.0 * len(world.residents.callee)


def known_events(world: World) -> int:
    """Most events that `start_people` and `start_cells` schedule."""
    s, r = world.scenario, world.residents
    channels = s.phones.channels + 1 if s.phones else 0
    news = {b.news for b in s.broadcasts.values() if b.news is not None}
    return marks_and_doubts(world) + channels * len(r.cell_zone) + len(news) * r.n


def marks_and_doubts(world: World) -> int:
    """Most events that the Safety Check schedules."""
    r, check = world.residents, world.scenario.safety_check
    return (r.n + (len(r.callee) if check.unmarked > 0 else 0)) if check else 0
