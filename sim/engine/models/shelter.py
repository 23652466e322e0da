"""The curated map and its volunteers (docs/model/shelter.md); reading and contacts are compiled."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy
from simpy.events import Event

from sim.engine.context import Context
from sim.engine.signals import OFFER_POSTED


def start(context: Context) -> None:
    """Register the map's opening and the volunteers who check offers, in the order of posting."""
    shelter = context.scenario.shelter
    if shelter is None or shelter.map_at is None:
        return
    context.clock.process(_open(context, shelter.map_at))
    if shelter.volunteers > 0:
        queue = simpy.Store(context.clock)
        context.engine.listen_offers()
        context.signals.listen(OFFER_POSTED, queue.put)
        for _ in range(shelter.volunteers):
            context.clock.process(_volunteer(context, queue, shelter.map_at, shelter.volunteer_time))


def _open(context: Context, at: float) -> Generator[Event, Any, None]:
    yield context.clock.at(at)
    context.engine.open_map()


def _volunteer(context: Context, queue: simpy.Store, at: float, each: float) -> Generator[Event, Any, None]:
    """Check offers one after another; a simulated offer stands for 1/scale offers and takes as long as they do."""
    yield context.clock.at(at)
    while True:
        offer = yield queue.get()
        yield context.clock.timeout(each * context.world.clones)
        context.engine.verify(offer)
