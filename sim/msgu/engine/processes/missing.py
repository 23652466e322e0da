"""Missing persons: notices, relays, searches, news, closings (docs/model/missing.md)."""

from __future__ import annotations

import math
from collections.abc import Generator
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from simpy.events import Event

from msgu import streams
from msgu.engine.arrays.laws import Laws
from msgu.engine.context import Context
from msgu.engine.signals import CALL_ENDED
from msgu.engine.tables.missing import Notice, Searched, Written
from msgu.kernels.base.draw import uniform
from msgu.kernels.base.laws import delay
from msgu.kernels.base.log import pick
from msgu.kernels.state import INFORMATION, MISSING, SUPPORT
from msgu.scenario.schema.laws import Exponential
from msgu.scenario.schema.missing import OUTCOMES, Missing, Search
from msgu.streams import Stream
from msgu.world.accounts import cumulative_shares
from msgu.world.people import by_zone_or_kind

SEARCH: Final = Stream("search", "where somebody lies, when they are named, what the family does to find them")
WRITER, WRITTEN, OUTCOME, NEWS, CLOSES, RELAYED, RELAY_AFTER, RELAY_ASKS = range(8)
WHERE, NAMED, TOLD, SHARED, VISITS, CALLS, ORDER, VISIT, PAUSE, AGAIN = range(10)
"""What is drawn of a notice, and of a search."""
FOUND, HOSPITAL, DEAD = range(3)
"""Rows of `OUTCOMES`."""
SIGN, VISITED, CALLED, INFORMED = range(4)
"""Ways by which a family learns."""


def start(context: Context) -> Written:
    """Register every notice of the run: a share of them as large as the network that is run, at least one.

    Searches are at full size: those of the first numbers have a notice.

    Returns
    -------
    Notices and searches, filled as they begin.
    """
    missing, written = context.scenario.missing, Written()
    if missing is None:
        return written
    searches = None
    if missing.search is not None:
        searches = _Searches(context, missing, missing.search)
        written.searches = searches.begun
    notices = 0
    if missing.people > 0 and context.world.accounts.n > 0:
        notices = max(1, round(missing.people * context.world.scale))
    board = _Board(context, missing, searches, written.notices)
    for number in range(missing.people if searches is not None else notices):
        context.clock.process(board.person(number, number < notices))
    return written


class _Drawn:
    """Delay laws and the key of their draws."""

    def __init__(self, context: Context, key: int) -> None:
        self.context, self.key = context, np.uint64(key)
        self.laws = Laws()

    def draw(self, number: int, what: int, sub: int = 0) -> float:
        """Return the uniform of one decision about one person."""
        return uniform(self.key, number, what, sub)

    def wait(self, law: int, number: int, what: int, sub: int = 0) -> float:
        """Return a delay [s] of one person."""
        return float(delay(*self._arrays, law, self.draw(number, what, sub)))

    @cached_property
    def _arrays(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The laws, when all have been added."""
        return self.laws.arrays()


class _Board(_Drawn):
    """Where notices are put up: the laws, who may write, and the notices written so far."""

    def __init__(self, context: Context, missing: Missing, searches: _Searches | None, notices: list[Notice]) -> None:
        super().__init__(context, streams.named(int(context.key.origin), "missing"))
        self.missing, self.searches, self.notices = missing, searches, notices
        self.after, self.news, self.relay_after = (
            self.laws.add(law) for law in (missing.after, missing.news, missing.relay_after)
        )
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

    def _post(self, author: int, topic: int, kind: int) -> int:
        """Write a post, return its row."""
        engine = self.context.engine
        row = engine.posts_since(0.0)
        engine.post(self.context.clock.now, author, topic, kind)
        return row

    def person(self, number: int, noticed: bool) -> Generator[Event, Any, None]:
        """One missing person: the notice, its relays, the search, the news, and perhaps a closing."""
        clock, missing = self.context.clock, self.missing
        noticed = noticed and len(self.writers) > 0
        if self.searches is None and not noticed:
            return
        yield clock.at(missing.at + self.wait(self.after, number, WRITTEN))
        outcome = pick(self.outcomes, self.draw(number, OUTCOME))
        known = clock.now + self.wait(self.news, number, NEWS)
        kept = self._write(number, outcome, known if self.searches is None else math.inf) if noticed else None
        yield clock.at(known) if self.searches is None else self.searches.begin(number, outcome, known)
        if kept is not None:
            kept.known = clock.now
            self._close(number, outcome, kept)

    def _write(self, number: int, outcome: int, known: float) -> Notice:
        """Write the notice of a person, and let relays copy it."""
        clock, missing = self.context.clock, self.missing
        author = int(self.writers[int(self.draw(number, WRITER) * len(self.writers))])
        kept = Notice(clock.now, author, self._post(author, self.topic, MISSING), outcome, known)
        self.notices.append(kept)
        for i, account in enumerate(self.relays):
            if self.draw(number, RELAYED, i) < missing.relay_share:
                clock.process(self._relay(number, i, account, kept))
        return kept

    def _close(self, number: int, outcome: int, kept: Notice) -> None:
        """Say by a closing notice what has become of somebody, or leave it."""
        if self.draw(number, CLOSES) >= self.missing.closes:
            return
        kept.closed = True
        tribute = outcome == DEAD and self.tribute >= 0
        self._post(kept.author, self.tribute if tribute else self.topic, SUPPORT if outcome == DEAD else INFORMATION)

    def _relay(self, number: int, i: int, account: int, kept: Notice) -> Generator[Event, Any, None]:
        """A relay account copies the notice, unless that is gone or it learns that it is closed; late copies are stale."""
        clock = self.context.clock
        yield clock.at(clock.now + self.wait(self.relay_after, number, RELAY_AFTER, i))
        if self.context.engine.is_gone(kept.post):
            return
        over = clock.now >= kept.known
        if over and kept.closed and self.draw(number, RELAY_ASKS, i) < self.missing.relay_asks:
            return
        kept.relays += 1
        kept.stale += over
        self._post(account, self.topic, MISSING)


class _Searches(_Drawn):
    """Families who look for somebody: they go from hospital to hospital, call a desk, and are told in the end."""

    def __init__(self, context: Context, missing: Missing, search: Search) -> None:
        super().__init__(context, context.stream(SEARCH))
        self.at, self.search = missing.at, search
        laws = (search.named, search.identified, search.told, search.shared, search.visit, search.again)
        self.named, self.identified, self.told, self.shared, self.visit, self.again = map(self.laws.add, laws)
        weights = [search.hospitals[name] for name in sorted(search.hospitals)]
        self.places = cumulative_shares(np.array(weights))
        self.race = {
            i: self.laws.add(Exponential.model_construct(law="exponential", mean=1 / w))
            for i, w in enumerate(weights)
            if w > 0
        }
        desks = sorted(context.scenario.desks)
        self.desk = desks.index(search.desk) if search.desk else -1
        shifts = context.scenario.desks[search.desk].shifts.values() if search.desk else ()
        self.opens = min((shift.at for shift in shifts), default=0.0)
        self.begun: list[Searched] = []
        self._ended: dict[int, Event] = {}
        if self.desk >= 0:
            context.signals.listen(CALL_ENDED, self._call_ended)

    def begin(self, number: int, outcome: int, sign: float) -> Event:
        """Begin a search now.

        Parameters
        ----------
        number : of the person. outcome : row of `OUTCOMES`. sign : when somebody found gives a sign of life [s].

        Returns
        -------
        What happens when the family knows.
        """
        clock = self.context.clock
        kept, over = Searched(clock.now, outcome), clock.event()
        self.begun.append(kept)
        named = math.inf
        if outcome == FOUND:
            clock.process(self._told(kept, over, sign, SIGN))
        else:
            named = self.at + self.wait(self.named if outcome == HOSPITAL else self.identified, number, NAMED)
            clock.process(self._told(kept, over, named + self.wait(self.told, number, TOLD), INFORMED))
        if self.draw(number, VISITS) < self.search.visits:
            clock.process(self._round(number, kept, over, named))
        if self.desk >= 0 and self.draw(number, CALLS) < self.search.calls:
            clock.process(self._calls(number, kept, over, named + self.wait(self.shared, number, SHARED)))
        return over

    def _end(self, kept: Searched, over: Event, way: int) -> None:
        """The family knows, unless it did already."""
        if not over.triggered:
            kept.over, kept.way = self.context.clock.now, way
            over.succeed()

    def _told(self, kept: Searched, over: Event, t: float, way: int) -> Generator[Event, Any, None]:
        """The family is told without asking."""
        yield self.context.clock.at(t)
        self._end(kept, over, way)

    def _order(self, number: int) -> list[int]:
        """Return hospitals in the order in which a family goes to them: those with many first, as a rule."""
        race = {i: self.wait(law, number, ORDER, i) for i, law in self.race.items()}
        return sorted(race, key=race.__getitem__)

    def _round(self, number: int, kept: Searched, over: Event, named: float) -> Generator[Event, Any, None]:
        """Go from hospital to hospital, and after a pause once more."""
        clock = self.context.clock
        where = pick(self.places, self.draw(number, WHERE)) if kept.outcome == HOSPITAL else -1
        order, nth = self._order(number), 0
        while True:
            for place in order:
                yield clock.at(clock.now + self.wait(self.visit, number, VISIT, nth))
                if over.triggered:
                    return
                nth += 1
                kept.visits += 1
                if place == where and clock.now >= named:
                    self._end(kept, over, VISITED)
                    return
            yield clock.at(clock.now + self.wait(self.again, number, PAUSE, nth))

    def _calls(self, number: int, kept: Searched, over: Event, listed: float) -> Generator[Event, Any, None]:
        """Call the desk again and again: it knows from `listed` on."""
        clock = self.context.clock
        yield clock.at(self.opens)
        while not over.triggered:
            ended = self._ended[number] = clock.event()
            self.context.engine.ring(clock.now, self.desk, number, kept.calls)
            kept.calls += 1
            answered = yield ended
            kept.answered += int(answered)
            if answered and clock.now >= listed and kept.outcome != FOUND:
                self._end(kept, over, CALLED)
            if not over.triggered:
                yield clock.at(clock.now + self.wait(self.again, number, AGAIN, kept.calls))

    def _call_ended(self, number: int, answered: bool) -> None:
        self._ended.pop(number).succeed(answered)
