"""One night on two threads: the people who are out run beside the posts and the telephones, some minutes behind them.

Nobody who is out tells the network or the telephones anything (`engine.forks.people`). So posts, calls and desks run
without them on one thread, and they follow on another, which reads what had been written by its own time: every table has
the bits of one thread. Kernels hold no lock of Python, so that both run at once.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Condition
from typing import Final, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from msgu.engine.collect import results
from msgu.engine.compiled import CompiledEngine
from msgu.engine.forks.people import PEOPLE, PeopleEngine, SameInstantError, joined, own, why_alone, without_people
from msgu.engine.phenomena import PHENOMENA
from msgu.engine.protocol import Engine
from msgu.engine.run import run_phenomena
from msgu.engine.run import simulate as simulate_alone
from msgu.kernels.arrays.social import Cascade
from msgu.results import Results
from msgu.world.build import World

STRETCH: Final = 60.0
"""How far the posts run before the people hear of it [s]."""


def simulate(world: World, seed: int, replication: int, progress: Callable[[float], None] | None = None) -> Results:
    """Run one replication on two threads, to the bits of `msgu.engine.run.simulate`, which it is where one thread must do.

    Parameters
    ----------
    world : the world; its seed must be `seed`.
    replication : its number, from 0.
    progress : called with the simulated time [s] of the posts, once a simulated minute.

    Raises
    ------
    ReplicationError : a delay that is negative or not finite, or a bound that a measure passes.
    """
    if seed != world.seed or why_alone(world.scenario):
        return simulate_alone(world, seed, replication, progress)
    night = _Leader(without_people(world), replication)
    people = _Follower(night, world)
    with ThreadPoolExecutor(1) as pool:
        theirs = pool.submit(run_phenomena, cast("Engine", people), replication, phenomena=tuple(own()))
        try:
            leaders = tuple(one for one in PHENOMENA if one.name not in PEOPLE)
            written = run_phenomena(night, replication, progress, phenomena=leaders)
            written |= theirs.result()
        except SameInstantError:
            return simulate_alone(world, seed, replication, progress)
        finally:
            night.tell(over=True)
    return joined(results(night, written, replication), people.night, written)


class _Seen(NamedTuple):
    """Progress of the leader: until when [s], its arrays of posts, its offers, and how many posts the stream holds."""

    until: float
    cascade: Cascade
    offer_post: NDArray[np.int64]
    posts: int


class _Leader(CompiledEngine):
    """The engine of posts, telephones and desks, which says after each stretch how far it is."""

    def __init__(self, world: World, replication: int) -> None:
        super().__init__(world, replication, keep_log=False)
        self.more = Condition()
        self.over = False
        self.tell()

    def advance(self, until: float) -> tuple[int, int, int] | None:
        """See `CompiledEngine`."""
        heard = None
        while heard is None and self.reached < until:
            heard = super().advance(min(until, self.reached + STRETCH))
            self.tell()
        return heard

    def tell(self, *, over: bool = False) -> None:
        """Say how far the night is, or that it will go no further."""
        with self.more:
            self.seen = _Seen(self.reached, self.cascade, self.people.offer_post, int(self.cascade.stream_size[0]))
            self.over = over
            self.more.notify()

    def wait(self, until: float) -> _Seen:
        """Return what is there once the night has reached a time [s]."""
        with self.more:
            self.more.wait_for(lambda: self.over or self.seen.until >= until)
            if self.seen.until < until:
                raise _OverError
            return self.seen


class _OverError(Exception):
    """The night has ended early, and nobody waits for its people."""


class _Follower(PeopleEngine):
    """The engine of people who are out, who read what the leader has written."""

    def __init__(self, leader: _Leader, world: World) -> None:
        super().__init__(leader, world)
        self._leader = leader

    def advance(self, until: float) -> None:
        """See `PeopleEngine`."""
        seen = self._leader.wait(until)
        self.see(seen.cascade, seen.offer_post, seen.posts)
        super().advance(until)
