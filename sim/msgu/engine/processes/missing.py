"""Notices of missing persons: written, relayed, answered by news, closed or left standing (docs/model/missing.md)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from simpy.events import Event

from msgu import streams
from msgu.engine.arrays.laws import Laws
from msgu.engine.context import Context
from msgu.engine.tables.missing import Notice
from msgu.kernels.base.draw import uniform
from msgu.kernels.base.laws import delay
from msgu.kernels.base.log import pick
from msgu.kernels.state import INFORMATION, MISSING, SUPPORT
from msgu.scenario.schema.missing import OUTCOMES, Missing
from msgu.world.accounts import cumulative_shares
from msgu.world.people import by_zone_or_kind

WRITER, WRITTEN, OUTCOME, NEWS, CLOSES, RELAYED, RELAY_AFTER, RELAY_ASKS = range(8)
DEAD = 2
"""Row of `OUTCOMES`."""


def start(context: Context) -> list[Notice]:
    """Register every notice of the run: a share of them as large as the network that is run, at least one.

    Returns
    -------
    Notices, filled as they are written.
    """
    missing = context.scenario.missing
    if missing is None or missing.people == 0 or context.world.accounts.n == 0:
        return []
    board = _Board(context, missing)
    for number in range(max(1, round(missing.people * context.world.scale))):
        context.clock.process(board.notice(number))
    return board.notices


class _Board:
    """Where notices are put up: the laws, who may write, the key of the draws, and the notices written so far."""

    def __init__(self, context: Context, missing: Missing) -> None:
        self.context, self.missing = context, missing
        self.notices: list[Notice] = []
        self.key = np.uint64(streams.named(int(context.key.origin), "missing"))
        self.laws = Laws()
        self.after, self.news, self.relay_after = (
            self.laws.add(law) for law in (missing.after, missing.news, missing.relay_after)
        )
        self.rows, self.knots = self.laws.arrays()
        topics = sorted(context.scenario.topics)
        self.topic = topics.index(missing.topic)
        self.tribute = topics.index(missing.tribute) if missing.tribute else -1
        self.relays = [context.world.accounts.number(name) for name in missing.relays]
        self.outcomes = cumulative_shares(np.array([missing.outcomes.get(o, 0.0) for o in OUTCOMES]))
        self.writers = self._writers()

    def _writers(self) -> NDArray[np.int64]:
        """Accounts that may write a notice: those without a name, in the zones of `zones`; shape (n,)."""
        world = self.context.world
        mine = np.ones(world.accounts.n, np.bool_)
        if self.missing.zones:
            weight = by_zone_or_kind(world.scenario, list(world.zones), dict.fromkeys(self.missing.zones, 1.0))
            mine = weight[world.accounts.zone] > 0
        mine[: len(world.accounts.names) - world.accounts.apart] = False
        mine[world.accounts.in_network :] = False
        return np.flatnonzero(mine)

    def _u(self, number: int, what: int, sub: int = 0) -> float:
        return uniform(self.key, number, what, sub)

    def _delay(self, law: int, number: int, what: int, sub: int = 0) -> float:
        return float(delay(self.rows, self.knots, law, self._u(number, what, sub)))

    def _post(self, author: int, topic: int, kind: int) -> int:
        """Write a post, return its row."""
        engine = self.context.engine
        row = engine.posts_since(0.0)
        engine.post(self.context.clock.now, author, topic, kind)
        return row

    def notice(self, number: int) -> Generator[Event, Any, None]:
        """One missing person: the notice, its relays, the news, and perhaps its closing."""
        clock, missing = self.context.clock, self.missing
        if not len(self.writers):
            return
        author = int(self.writers[int(self._u(number, WRITER) * len(self.writers))])
        yield clock.at(missing.at + self._delay(self.after, number, WRITTEN))
        outcome = pick(self.outcomes, self._u(number, OUTCOME))
        known = clock.now + self._delay(self.news, number, NEWS)
        kept = Notice(clock.now, author, self._post(author, self.topic, MISSING), outcome, known)
        self.notices.append(kept)
        for i, account in enumerate(self.relays):
            if self._u(number, RELAYED, i) < missing.relay_share:
                clock.process(self._relay(number, i, account, kept))
        yield clock.at(known)
        if self._u(number, CLOSES) < missing.closes:
            kept.closed = True
            tribute = outcome == DEAD and self.tribute >= 0
            self._post(author, self.tribute if tribute else self.topic, SUPPORT if outcome == DEAD else INFORMATION)

    def _relay(self, number: int, i: int, account: int, kept: Notice) -> Generator[Event, Any, None]:
        """A relay account copies the notice, unless that is gone or it learns that it is closed; late copies are stale."""
        clock = self.context.clock
        yield clock.at(clock.now + self._delay(self.relay_after, number, RELAY_AFTER, i))
        if self.context.engine.is_gone(kept.post):
            return
        over = clock.now >= kept.known
        if over and kept.closed and self._u(number, RELAY_ASKS, i) < self.missing.relay_asks:
            return
        kept.relays += 1
        kept.stale += over
        self._post(account, self.topic, MISSING)
