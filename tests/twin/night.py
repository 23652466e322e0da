"""One night in plain Python: every response, call, message, person and seeker is a SimPy process."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, cast

from msgu.engine.clock import Clock
from msgu.engine.protocol import TravelTimes
from msgu.scenario.dials import Dial
from msgu.world.build import World
from simpy.events import Event, EventPriority

from tests.twin import names as s
from tests.twin.desks import SEARCHERS, Desks
from tests.twin.draws import Keys
from tests.twin.hearing import Hearing
from tests.twin.ordinary import OrdinaryCalls
from tests.twin.part import Part
from tests.twin.people import People
from tests.twin.phone import Phone
from tests.twin.protocol import Reach
from tests.twin.rumours import Rumours
from tests.twin.settings import turned
from tests.twin.shelter import Shelter
from tests.twin.social import Social
from tests.twin.times import Times
from tests.twin.trends import Trends
from tests.twin.warnings import Warnings
from tests.twin.witnesses import Witnesses
from tests.twin.worry import Worry

LATER = EventPriority(3)
"""SimPy priority of the twin's own events: after every event of a model at the same time."""

PHONES = {s.HANG_UP, s.MESSAGE_SERVED, s.MESSAGE_ANSWERED, s.BASE_CALL, s.BASE_RETRY, s.ATTEMPT, s.TALK, s.GROUP_MESSAGE}
PEOPLE = {s.ARRIVE, s.LEAVE, s.PATIENCE, s.READ, s.CONTACT, s.TOLD, s.ASK}


class Twin:
    """Answers `msgu.engine.protocol.Engine`; nothing is compiled, skipped or sorted beforehand."""

    def __init__(self, world: World, replication: int, clock: Clock) -> None:
        self.world, self.clock = world, clock
        self.times = Times(world.scenario)
        self.key = Keys(world.seed, replication)
        self.hear: Callable[[int, int, int], None]
        self.rows: list[tuple[float, int, int, int, int, int]] = []
        self.factors: dict[str, float] = {}
        phones, home = world.scenario.phones, world.scenario.going_home
        self.phones_end = phones.until if phones is not None and phones.until is not None else math.inf
        self.people_end = home.until if home.until is not None else math.inf
        self.reach = Reach(self)
        self.social = Social(self)
        self.rumours = Rumours(self)
        self.trends = Trends(self)
        self.phone = Phone(self)
        self.ordinary = OrdinaryCalls(self)
        self.worry = Worry(self)
        self.people = People(self)
        self.shelter = Shelter(self)
        self.witnesses = Witnesses(self)
        self.hearing = Hearing(self)
        self.desks = Desks(self)
        self.warnings = Warnings(self)
        posts, phones = (self.reach, self.social, self.rumours, self.trends), (self.worry, self.phone, self.ordinary)
        self.parts: tuple[Part, ...] = (*posts, *phones, self.people, self.shelter, self.hearing, self.desks, self.warnings)
        for part in self.parts:
            part.start()

    # ---- the clock and the log ----

    def advance(self, until: float) -> tuple[int, int, int] | None:
        """See `Engine`: every event stands in the clock's own queue, so there is none to run beside it."""
        return None

    def now(self) -> float:
        """See `Engine`."""
        return float(self.clock.now)

    def later(self, wait: float, kind: int, who: int, nth: int, action: Callable[..., None], *given: Any) -> None:
        """Start a process that waits and then acts."""
        assert 0.0 <= wait < 1e300
        self.when(self.clock.now + wait, kind, who, nth, action, *given)

    def when(self, t: float, kind: int, who: int, nth: int, action: Callable[..., None], *given: Any) -> None:
        """Start a process that acts at time `t`; it does not start before it is due, so that SimPy adds no event.

        Nothing of telephones or of people who are out starts once they are followed no longer.
        """
        if (kind in PHONES and t >= self.phones_end) or (kind in PEOPLE and t >= self.people_end):
            return
        self._at(t, kind, who, nth).callbacks.append(lambda _: action(*given))

    def _at(self, t: float, kind: int, who: int, nth: int) -> Event:
        """Event at exactly `t`, ordered by (kind, who, nth) among the twin's events of that time."""
        return self.clock.at(t, LATER, (kind, int(who), int(nth)))

    def log(self, code: int, who: int, nth: int, a: int = 0, b: int = 0) -> None:
        """Write a row to the event log, now."""
        self.rows.append((float(self.clock.now), int(code), int(who), int(nth), int(a), int(b)))

    # ---- what the models ask of an engine ----

    def turn(self, dial: Dial, value: float, number: int | None = None) -> None:
        """See `Engine`: most dials multiply one setting, which every part then reads afresh."""
        if dial.name == "infectiousness":
            self.social.multiplier[cast("int", number)] = value
        elif dial.name == "channels":
            self.phone.turn_channels(cast("int", number), value)
        elif dial.name == "access":
            self.phone.admitted[cast("int", number)] = value
        elif dial.name == "voice_share":
            self.phone.voice = value
        elif dial.setting:
            self.factors[dial.setting] = value
            scenario = turned(self.world.scenario, self.factors)
            for part in self.parts:
                part.read(scenario)

    def post(
        self,
        t: float,
        account: int,
        topic: int,
        kind: int,
        *,
        automatic: bool = False,
        message: int = -1,
        shelter: bool = False,
    ) -> None:
        """See `Engine`."""
        self.warnings.carried = message
        if shelter:
            self.hearing.mentions.add(len(self.social.posts))
        self.social.publish(account, topic, kind, -1, "a program" if automatic else "the scenario")

    def warn(self, t: float, number: int) -> None:
        """See `Engine`."""
        self.warnings.warn(number)

    def is_gone(self, post: int) -> bool:
        """See `Engine`."""
        return self.social.is_gone(post)

    def pulse(self, t: float, number: int) -> None:
        """See `Engine`."""
        self.social.pulse(t, number)

    def trending(self) -> list[int]:
        """See `Engine`."""
        return self.trends.trending()

    def posts_since(self, t: float) -> int:
        """See `Engine`."""
        return self.social.posts_since(t)

    def posts_on(self, topic: int, since: float, until: float) -> int:
        """See `Engine`."""
        posts = [p for p in self.social.posts if p["topic"] == topic and not p["dated"]]
        return sum(since <= p["time"] < until for p in posts)

    def is_denied(self, topic: int, by: float) -> bool:
        """See `Engine`."""
        return self.rumours.denied[topic] <= by

    def air(self, t: float, room: int, *, denies: bool) -> None:
        """See `Engine`."""
        self.rumours.air(room, denies)

    def change_network(self, t: float, ways: TravelTimes) -> None:
        """See `Engine`."""
        self.people.change_network(ways)

    def instruct(self, t: float, number: int, until: float) -> None:
        """See `Engine`."""
        self.people.instruct(number, until)

    def broadcast(self, t: float, number: int) -> None:
        """See `Engine`."""
        self.worry.tell_of_broadcast(sorted(self.world.scenario.broadcasts)[number], t)

    def check_in(self, t: float) -> None:
        """See `Engine`."""
        self.worry.check_in(t)

    def witness(self, t: float, number: int) -> None:
        """See `Engine`."""
        self.witnesses.see(number)

    def open_map(self) -> None:
        """See `Engine`."""
        self.shelter.map_open = True

    def listen_offers(self) -> None:
        """See `Engine`."""
        self.social.volunteers = True

    def verify(self, offer: int) -> None:
        """See `Engine`."""
        self.shelter.verified.add(offer)

    def offer_identity(self, offer: int) -> tuple[int, int]:
        """See `Engine`."""
        return self.social.identity(self.social.offers[offer])

    def share_offer(self, t: float, account: int, offer: int) -> None:
        """See `Engine`."""
        self.social.respond(account, self.social.offers[offer], "the scenario")

    def staff(self, t: float, desk: int, operators: int) -> None:
        """See `Engine`."""
        self.desks.staff(desk, operators)

    def ring(self, t: float, desk: int, family: int, nth: int) -> None:
        """See `Engine`."""
        self.desks.ring(SEARCHERS + family, desk << 32 | nth << 8)
