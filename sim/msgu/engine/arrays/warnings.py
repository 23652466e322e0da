"""Arrays of messages that ask for action, at the start of a run."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from msgu import streams
from msgu.engine.arrays.broadcasts import broadcast_share
from msgu.engine.arrays.laws import Laws
from msgu.kernels.arrays.declare import allocate
from msgu.kernels.arrays.run import Keys
from msgu.kernels.arrays.warnings import Warned
from msgu.scenario import draft
from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.warnings import ACTIONS, CONFIRMATIONS, SENDERS, Message
from msgu.world.accounts import cumulative_shares
from msgu.world.build import World
from msgu.world.people import by_zone_or_kind

ABLE: Final = (0, 4)
"""Rows of `msgu.world.people.REACHES` of who can look for shelter, whether they think of it or not."""


def build_warned(world: World, key: Keys, laws: Laws, sizes: dict[str, int]) -> Warned:
    """Arrays of the kernels of messages that ask for action, at the start of a run; next to nothing where there is none."""
    s = world.scenario
    messages = [s.warnings[name] for name in sorted(s.warnings)]
    languages = sorted(s.heeding.reads) if messages else []
    own = {"languages": len(languages), "warned": (world.residents.n + len(world.out.at)) if messages else 0}
    return allocate(
        Warned,
        sizes | own,
        **_contents(world, key, messages),
        **_ways(world, key, laws, messages),
        **_heeding(world, laws, messages),
        language_key=np.array([streams.named(int(key.warning), f":{name}") for name in languages], np.uint64),
        reads=np.array([s.heeding.reads[name] for name in languages], np.float64),
        in_language=np.array([[name in draft.languages(m) for name in languages] for m in messages], np.uint8).reshape(
            len(messages), len(languages)
        ),
        **_people(world, messages),
    )


def detours(scenario: Scenario) -> list[Message]:
    """Return the messages that ask to keep out of an area or to go round it, in the order of their ids."""
    asked = [scenario.warnings[name] for name in sorted(scenario.warnings)]
    return [message for message in asked if {"avoid", "detour"} & set(message.guidance)]


def _contents(world: World, key: Keys, messages: list[Message]) -> dict[str, Any]:
    """Return what messages say, and what they ask for."""
    s = world.scenario
    return {
        "key": np.array([streams.named(int(key.warning), name) for name in sorted(s.warnings)], np.uint64),
        "sender": np.array([SENDERS.index(m.sender) for m in messages], np.int64),
        "clarity": np.array([draft.clarity(m, s.heeding) for m in messages], np.float64),
        "kept": np.array([draft.kept(m, s.heeding) for m in messages], np.float64),
        "until": np.array([draft.holds_until(m, s) for m in messages], np.float64),
        "first_told": len(s.instructions),
    } | _guidance(world, messages)


def _guidance(world: World, messages: list[Message]) -> dict[str, Any]:
    """Return what messages ask for, of whom."""
    s, zones = world.scenario, world.zones
    desks, areas = sorted(s.desks), detours(s)
    chance = [[draft.acting(m, s.heeding, action) for action in ACTIONS] for m in messages]
    asks = [[not m.place or zone in m.place for zone in zones] for m in messages]
    return {
        "chance": np.array(chance, np.float64).reshape(len(messages), len(ACTIONS)),
        "asks": np.array(asks, np.uint8).reshape(len(messages), len(zones)),
        "desk": np.array([-1 if m.desk is None else desks.index(m.desk) for m in messages], np.int64),
        "round_of": np.array([areas.index(m) if m in areas else -1 for m in messages], np.int64),
    }


class _Way(NamedTuple):
    """How a message goes: share of the people of each zone, key of the draws, law (-1: rise and decay), and these."""

    reach: NDArray[np.float64]
    key: int
    law: int
    rise: float = 0.0
    decay: float = 0.0
    outdoors: bool = False


def _ways(world: World, key: Keys, laws: Laws, messages: list[Message]) -> dict[str, Any]:
    """Return whom messages reach that go by alert, broadcast or prompt."""
    ways = [_way(world, key, laws, name) for name in sorted(world.scenario.warnings)]
    reach = np.array([way.reach for way in ways], np.float64).reshape(len(messages), len(world.zones))
    return {
        "reach": reach,
        "cast_key": np.array([way.key for way in ways], np.uint64),
        "cast_law": np.array([way.law for way in ways], np.int64),
        "rise": np.array([way.rise for way in ways], np.float64),
        "decay": np.array([way.decay for way in ways], np.float64),
        "outdoors": np.array([way.outdoors for way in ways], np.uint8),
    }


def _way(world: World, key: Keys, laws: Laws, name: str) -> _Way:
    s, zones = world.scenario, list(world.zones)
    message = s.warnings[name]
    own = streams.named(int(key.warning), name)
    if message.alert is not None:
        return _Way(by_zone_or_kind(s, zones, message.alert.zones), own, laws.add(message.alert.delay), outdoors=True)
    if message.broadcast is not None:
        cast = s.broadcasts[message.broadcast]
        of_cast = streams.named(int(key.learning), message.broadcast)
        return _Way(broadcast_share(s, zones, cast), of_cast, -1, cast.rise, cast.decay)
    if message.prompt is not None and s.safety_check is not None:
        return _Way(by_zone_or_kind(s, zones, s.safety_check.zones), int(key.safety_check), laws.add(message.prompt))
    return _Way(np.zeros(len(zones)), own, 0)


def _heeding(world: World, laws: Laws, messages: list[Message]) -> dict[str, Any]:
    """Return how people heed messages."""
    s, h = world.scenario, world.scenario.heeding
    rows = [laws.add(law) for law in (h.reading, h.confirming, h.acting, h.telling)] if messages else [0] * 4
    calling = world.clones if any("call" in m.guidance for m in messages) else 0
    return {
        "prior": h.prior / (1.0 - h.prior),
        "odds": np.array([draft.odds_of(h, sender) for sender in SENDERS], np.float64),
        "confirmations": cumulative_shares(np.array(h.confirmations, np.float64)),
        "confirms": cumulative_shares(np.array([h.confirms.get(how, 0.0) for how in CONFIRMATIONS], np.float64)),
        "finds": h.finds,
        "reading": rows[0],
        "confirming": rows[1],
        "acting": rows[2],
        "tells": h.tells,
        "told": h.told,
        "telling": rows[3],
        "at_once": 64 + len(messages) * (len(ACTIONS) + h.told + calling),
        "people_until": s.followed_until("going_home"),
    }


def _people(world: World, messages: list[Message]) -> dict[str, Any]:
    """Return who can look for shelter, and who is out beside whom."""
    at = world.out.at if messages else world.out.at[:0]
    zones = len(world.zones)
    return {
        "able": np.isin(world.out.reach, ABLE).astype(np.uint8),
        "beside": np.argsort(world.out.at, kind="stable").astype(np.int32),
        "beside_start": np.concatenate([[0], np.cumsum(np.bincount(at, minlength=zones)[:zones])]).astype(np.int64),
        "residents": np.asarray(world.residents.count, np.int64),
    }
