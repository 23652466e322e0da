"""Made desks, in a town where nothing else happens: nobody learns of anything, and persons call when they are told to."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from msgu.engine.clock import Clock
from msgu.engine.compiled import CompiledEngine
from msgu.engine.run import run_phenomena
from msgu.engine.tables.log import event_log
from msgu.kernels.base.log import later
from msgu.kernels.state import DESK_CALL
from msgu.scenario.load import load
from msgu.world.build import World, build_world

from tests import SCENARIOS
from tests.twin.desk_queue import Call
from tests.twin.night import Twin
from tests.twin.run import Log, log_so_far

NOTHING = SCENARIOS / "degenerate" / "d10-nothing.yaml"
TOWN = (
    "horizon=4 h",
    "record.bin=60 s",
    "places={provenance: {zones: {source: made}}, zones: {town: {name: Town, kind: arrondissement, population: 90,"
    " area_km2: 1, lat: 48.0, lon: 2.0, metro_area: town}}}",
    "worry={affected: {town: 1}, ties: {arrondissement: 3}, reaction: {law: fixed, value: 60 s}, source: made}",
)
PERSONS = 60
Rings = tuple[tuple[float, Call], ...]
"""When a person calls, and person and desk x 2^32 + clone x 2^8 + attempt."""


class Made(NamedTuple):
    """A town with two desks, and the calls of its persons."""

    world: World
    rings: Rings


def town(first: str, second: str) -> World:
    """The town with two desks, of which `hotline` is number 0 and `urgent` number 1."""
    scenario = load(NOTHING, (), [*TOWN, f"desks.hotline={first}", f"desks.urgent={second}"])
    return build_world(scenario, scenario.seed, scenario.scale)


def worried(world: World) -> list[int]:
    """The first persons who worry about somebody."""
    r = world.residents
    return sorted({int(owner) for owner, callee in zip(r.owner, r.callee, strict=True) if callee >= 0})[:PERSONS]


def law(r: random.Random, mean: float) -> str:
    """A delay law of about this mean [s]."""
    return r.choice([
        f"{{law: exponential, mean: {mean} s}}",
        f"{{law: lognormal, median: {mean / 1.3} s, sigma: 0.7}}",
        f"{{law: fixed, value: {mean} s}}",
    ])  # fmt: skip


def body(r: random.Random, number: int) -> str:
    """A desk: every third one without limit to its line, every fourth one without impatience, shifts up and down."""
    shifts = ", ".join(
        f"s{i}: {{at: T+{15 * i + r.randint(0, 14)} min, operators: {r.choice([0, 1, 2, 3, 5])}, source: made}}"
        for i in range(r.randint(1, 9))
    )
    return (
        f"{{shifts: {{{shifts}}}, lines: {'null' if number % 3 == 0 else r.randint(0, 6)}, "
        f"patience: {'null' if number % 4 == 0 else law(r, r.uniform(20, 300))}, handling: {law(r, r.uniform(30, 200))}, "
        f"persistence: {r.choice([0, 0.3, 0.9])}, redial_after: {law(r, r.uniform(20, 300))}, informs: 0.4, "
        f"until: {'T+100 min' if number % 5 == 2 else 'null'}, source: made, rates: {{"
        f"early: {{at: T+0 s, until: T+60 min, rate: {r.uniform(20, 90)} /h, source: made}}, "
        f"late: {{at: T+40 min, until: T+140 min, rate: {r.uniform(20, 90)} /h, source: made}}}}}}"
    )


@cache
def made(number: int) -> Made:
    """Two desks, and one call of each person to either, some of them by clones."""
    r = random.Random(number)
    world = town(body(r, number), body(r, number + 2))
    nths = ((r.randrange(2) << 32) | (r.randrange(3) << 8) for _ in range(PERSONS))
    calls = zip(worried(world), nths, strict=True)
    return Made(world, tuple((r.uniform(0, 7200), call) for call in calls))


def fixed(r: random.Random, minutes: Sequence[int]) -> str:
    """A wait of so many whole minutes."""
    return f"{{law: fixed, value: {r.choice(minutes)} min}}"


def in_step(r: random.Random) -> str:
    """A desk where all waits are whole minutes, and shifts, some of them two at a time, begin at full ones."""
    shifts = ", ".join(
        f"s{i}: {{at: T+{r.choice([0, 3, 6, 9, 30, 60, 90, 91])} min, operators: {r.choice([0, 1, 2, 4, 9])}, source: made}}"
        for i in range(r.randint(1, 7))
    )
    return (
        f"{{shifts: {{{shifts}}}, lines: {r.choice(['null', 0, 1, 3, 8])}, handling: {fixed(r, [0, 1, 2, 3])}, "
        f"patience: {r.choice(['null', fixed(r, [0]), fixed(r, [1, 2, 3, 6])])}, persistence: {r.choice([0.3, 0.9, 1])}, "
        f"redial_after: {fixed(r, [1, 2, 7])}, informs: 0.4, until: {r.choice(['null', 'null', 'T+92 min'])}, source: made, "
        f"rates: {{all: {{at: T+0 s, until: T+110 min, rate: {r.uniform(5, 60)} /h, source: made}}}}}}"
    )


@cache
def made_in_step(number: int) -> Made:
    """Two desks where most happens at full minutes: many of its persons call at once, and again as clones."""
    r = random.Random(1000 + number)
    world = town(in_step(r), in_step(r))
    nths = [(r.randrange(2) << 32) | (clone << 8) for clone in range(2) for _ in range(PERSONS)]
    calls = zip(2 * worried(world), nths, strict=True)
    return Made(world, tuple((60.0 * r.choice([0, 1, 4, 9, 30, r.randrange(120)]), call) for call in calls))


def by_engine(one: Made) -> Log:
    """Event log of the compiled engine."""
    night = CompiledEngine(one.world, 0, keep_log=True)
    for t, (who, nth) in one.rings:
        later(night.cal, night.g, t, DESK_CALL, who, nth)
    run_phenomena(night, 0)
    return event_log(night)


def by_twin(one: Made, plain: type[Twin] = Twin) -> Log:
    """Event log of the plain twin, or of a copy of it with a planted bug."""
    clock = Clock()
    twin = plain(one.world, 0, clock)
    for t, (who, nth) in one.rings:
        twin.worry.call_desk(who, nth, t)
    run_phenomena(twin, 0, clock=clock)
    return log_so_far(twin)
