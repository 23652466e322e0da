"""The curated map and its volunteers (docs/model/shelter.md); reading and contacts are compiled."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
import simpy
from simpy.events import Event

from msgu import streams
from msgu.engine.context import Context
from msgu.engine.signals import OFFER_POSTED
from msgu.engine.tables.shelter import Checked
from msgu.engine.triggers import follow
from msgu.kernels.base.draw import uniform
from msgu.scenario.schema.triggers import Trigger


def start(context: Context) -> Checked:
    """Register the map's opening and the volunteers who check offers, in the order of posting.

    Returns
    -------
    When each offer had been checked, filled as the run goes on.
    """
    shelter = context.scenario.shelter
    checked: Checked = {}
    if shelter is None or shelter.map_at is None:
        return checked
    opens = shelter.map_at
    follow(context, opens, lambda _: context.engine.open_map(), once=True)
    if shelter.volunteers > 0:
        queue = simpy.Store(context.clock)
        context.engine.listen_offers()
        context.signals.listen(OFFER_POSTED, lambda offer: _queue(context, queue, offer))
        context.signals.shown["unchecked"] = lambda: len(queue.items)

        def begin(at: float) -> None:
            for _ in range(shelter.volunteers):
                context.clock.process(_volunteer(context, queue, checked, at, shelter.volunteer_time))

        if isinstance(opens, Trigger):
            follow(context, opens, begin, once=True)
        else:
            begin(opens)
    return checked


def _queue(context: Context, queue: simpy.Store, offer: int) -> None:
    """A simulated offer stands for 1/scale offers, each of which waits for a volunteer of its own."""
    for left in reversed(range(context.world.clones)):
        queue.put((offer, left))


def _volunteer(
    context: Context, queue: simpy.Store, checked: Checked, at: float, each: float
) -> Generator[Event, Any, None]:
    """Check offers one after another; a simulated offer has been checked with the last of those for which it stands."""
    yield context.clock.at(at)
    while True:
        offer, left = yield queue.get()
        yield context.clock.timeout(each)
        if left == 0:
            context.engine.verify(offer)
            checked[offer] = context.clock.now
            _relay(context, offer)


def _relay(context: Context, offer: int) -> None:
    """Accounts of institutions share an offer that has been checked: their followers see it, and it is in the stream anew."""
    shelter = context.scenario.shelter
    if shelter is None:
        return
    for name in sorted(shelter.relays):
        key = np.uint64(streams.named(int(context.key.shelter), name))
        if uniform(key, *context.engine.offer_identity(offer), 0) < shelter.relay_share:
            context.engine.share_offer(context.clock.now, context.world.accounts.number(name), offer)
