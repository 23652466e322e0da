"""The one clock: SimPy's environment above, compiled events below."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from heapq import heappush
from typing import Final

import simpy
from simpy.core import SimTime
from simpy.events import NORMAL, Event, EventPriority

from msgu.engine.protocol import Engine
from msgu.errors import ReplicationError

MINUTE: Final = 60.0
"""Longest stretch of compiled events without a word on how far a run is [s]."""
LONGEST: Final = 3600.0
"""Longest stretch where nobody is told [s]."""
BRIEF: Final = 0.01
"""A stretch that took less is followed by one of twice the length, where nobody is told [s on the clock]."""


class Clock(simpy.Environment):
    """SimPy's environment, with a gate against bad delays and with events at exact times.

    `now + (t - now)` is not always `t` in floating point; a dated event must happen at `t` itself.
    SimPy has no public way to say so. What it keeps for itself (`_ok`, `_value`, `_queue`, `_eid`, `_now`) is therefore
    used in `at` and `jump`, and nowhere else in the house; `pyproject.toml` holds SimPy below the next major version.
    """

    def schedule(self, event: Event, priority: EventPriority = NORMAL, delay: SimTime = 0) -> None:
        """Schedule an event after `delay` [s]; one that is negative or not finite stops the replication."""
        if not 0 <= delay < math.inf:
            raise ReplicationError(f"a delay of {delay} s at {self.now:.3f} s")
        super().schedule(event, priority, delay)

    def at(self, t: float, priority: EventPriority = NORMAL, order: tuple[int, ...] = ()) -> Event:
        """Return an event that happens at time `t` [s], or now where that is past.

        Parameters
        ----------
        priority : SimPy's, among events of equal time.
        order : goes before the order of scheduling among events of equal time and priority, all of which must have one or none.

        Raises
        ------
        ReplicationError
            A time that is not finite.
        """
        event = Event(self)
        event._ok = True
        event._value = None
        when = max(float(t), float(self._now))
        if not math.isfinite(when):
            raise ReplicationError(f"an event at {t} s")
        number = next(self._eid)
        heappush(self._queue, (when, priority, (*order, number) if order else number, event))  # type: ignore[misc]
        return event

    def jump(self, t: float) -> None:
        """Move the clock forward to `t`, where the compiled events have just stopped."""
        if not self._now <= t <= self.peek():
            raise ReplicationError(f"the clock cannot jump from {self._now} s to {t} s")
        self._now = t


def run(
    clock: Clock,
    engine: Engine,
    horizon: float,
    hear: Callable[[int, int, int], None],
    progress: Callable[[float], None] | None = None,
) -> None:
    """Run both until `horizon` (excluded): compiled events up to the next SimPy event, then that event.

    A SimPy event comes before the compiled events of the same time.
    Compiled events are run a simulated minute at a time at most, so that signals are answered; `progress` is told each.
    Without it a stretch is longer where minutes pass at once: they were a tenth of a run of 100,000 accounts.
    """
    due, stretch, began = clock.now, MINUTE, time.perf_counter()
    while True:
        ahead = clock.peek()
        until = min(ahead, due, horizon)
        heard = engine.advance(until) if until > clock.now else None
        if heard is not None:
            clock.jump(engine.now())
            hear(*heard)
        elif due == until and due < horizon:
            if progress is not None:
                progress(due)
            else:
                ended = time.perf_counter()
                stretch = min(2 * stretch, LONGEST) if ended - began < BRIEF else MINUTE
                began = ended
            due += stretch
        elif ahead >= horizon:
            return
        else:
            clock.step()
