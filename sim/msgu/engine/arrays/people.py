"""Arrays of people who are out, hosts and seekers, and when people leave."""

from __future__ import annotations

from typing import Any

import numpy as np

from msgu.engine.arrays.danger import dangers, sizes_of_dangers
from msgu.engine.arrays.hearing import hearing, host_weights, law_of
from msgu.engine.arrays.laws import NOTHING, Laws
from msgu.engine.arrays.warnings import detours
from msgu.kernels import state
from msgu.kernels.arrays.declare import allocate
from msgu.kernels.arrays.people import People
from msgu.kernels.arrays.run import Calendar
from msgu.kernels.base import calendar
from msgu.scenario.draft import holds_until
from msgu.scenario.schema.laws import Law
from msgu.scenario.schema.root import Scenario
from msgu.world.accounts import cumulative_shares
from msgu.world.bridge import Clones, build_clones, is_needed
from msgu.world.build import World
from msgu.world.places import offsets, spread_radius

OFFERS, CONTACTS = 16, 256
"""Offers and contacts for which there is room at the start."""


def build_people(world: World, laws: Laws, sizes: dict[str, int]) -> People:
    """Arrays of the kernels of people who are out, at the start of a run."""
    room = {"offers": OFFERS, "places": OFFERS * world.clones, "contacts": CONTACTS} | sizes_of_dangers(world)
    clones = _clones(world)
    hears = law_of(world.scenario) is not None
    room |= {"hearing out": len(world.out.at) if hears else 0, "hearing accounts": world.accounts.n if hears else 0}
    room |= {"bridged people": 64 * len(clones.originals), "originals": len(clones.start) - 1}
    return allocate(
        People,
        sizes | room,
        **_out(world, laws, sizes),
        **_standing(world, laws),
        resident=clones.resident,
        originals=clones.originals,
        clone_start=clones.start,
        clone=clones.clone,
        **_geometry(world),
        **_going_home(world.scenario, laws),
        **_shelter(world.scenario, laws),
        **dangers(world),
        **hearing(world, laws),
        host_zones=cumulative_shares(host_weights(world)) if world.zones else np.ones(1),
    )


def _out(world: World, laws: Laws, sizes: dict[str, int]) -> dict[str, Any]:
    """Return the people who are out, and the instructions that they may get."""
    s = world.scenario
    change = np.zeros((sizes["bins"], sizes["zone rows"], state.OUTSIDE + 1), np.int64)
    change[0, :, state.OUT] = np.bincount(world.out.at, minlength=sizes["zone rows"])
    return {
        "at": world.out.at,
        "home": world.out.home,
        "bound": world.out.home.copy(),
        "seeker": world.out.seeker.copy(),
        "told_law": np.array([laws.add(law) for law in _reactions(s)] or [0], np.int64),
        "around_until": np.array([holds_until(message, s) for message in detours(s)], np.float64),
        "change": change,
    }


def _standing(world: World, laws: Laws) -> dict[str, Any]:
    """Return who stands for the people out and learns from them, and how soon witnesses call."""
    who, seen = world.standing, world.scenario.witnesses
    return {
        "stands": who.resident,
        "home_cell": who.home,
        "learner": who.learner,
        "sight_law": np.array([laws.add(seen[name].reaction) for name in sorted(seen)], np.int64),
    }


def _clones(world: World) -> Clones:
    """Return whose clones people out are; of nobody where nothing that reaches residents reaches them."""
    if not is_needed(world.scenario):
        return build_clones(np.empty(0, np.int32), 0)
    return build_clones(world.resident_of_out, world.residents.n)


def _reactions(s: Scenario) -> list[Law]:
    """Return the laws of the time from the end of each instruction, and then of each message, to leaving."""
    return [s.instructions[k].reaction for k in sorted(s.instructions)] + [s.heeding.acting] * len(s.warnings)


def _geometry(world: World) -> dict[str, Any]:
    size = len(world.zones)
    east, north = offsets(world.places)
    return {
        "distance": np.ascontiguousarray(world.places.distance),
        "east": east,
        "north": north,
        "radius": spread_radius(world.places),
        "ring": (world.places.zone_radius > 0.0).astype(np.uint8),
        "nearness": np.argsort(world.places.distance, axis=1, kind="stable").astype(np.int16).reshape(size, size),
    }


def _going_home(s: Scenario, laws: Laws) -> dict[str, Any]:
    home = s.going_home
    return {
        "pace": home.detour / home.walk_speed,
        "accept_ride": home.accept_ride,
        "accept_walk": home.accept_walk,
        "taxi": home.taxi,
        "taxi_speed": home.taxi_speed,
        "patience": laws.add(home.patience),
    }


def _shelter(s: Scenario, laws: Laws) -> dict[str, Any]:
    """Return what seekers and hosts do; nobody offers anything where the scenario has no shelter."""
    shelter = s.shelter
    if shelter is None:
        return {
            "start_after": laws.add(NOTHING), "item_time": 1.0, "batch": 1, "window": 0.0, "near": 0.0, "more_places": 0.0,
            "contact": laws.add(NOTHING), "accepts": 0.0, "fresh": laws.add(NOTHING), "hoaxes": 0.0, "located": 1.0,
            "fear": 0.0, "map_use": 0.0, "map_coverage": 0.0, "map_delay": 0.0,
        }  # fmt: skip
    return {
        "start_after": laws.add(shelter.start_after),
        "item_time": shelter.item_time,
        "batch": shelter.batch,
        "window": shelter.window,
        "near": shelter.near,
        "more_places": shelter.places - 1.0,
        "contact": laws.add(shelter.contact),
        "accepts": shelter.accepts,
        "fresh": laws.add(shelter.fresh),
        "hoaxes": shelter.hoaxes,
        "located": shelter.located,
        "fear": shelter.fear,
        "map_use": shelter.map_use,
        "map_coverage": shelter.map_coverage,
        "map_delay": shelter.map_delay,
    }


def start_out(world: World, cal: Calendar) -> None:
    """Schedule when each person who is out leaves."""
    who = np.arange(len(world.out.at), dtype=np.int64)
    calendar.fill(cal, world.out.leaves, state.LEAVE, who, np.zeros_like(who))
