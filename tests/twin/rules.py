"""Rules in the twin: each part is asked what there is to see, and each decision is made from all readings anew."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from msgu.engine.signals import RULE_TURNED
from msgu.scenario.schema.rules import Rule
from msgu.streams import Stream, key, named
from simpy.events import EventPriority

from tests.twin import names as s
from tests.twin.draws import exp, normal_quantile, uniform

if TYPE_CHECKING:
    from msgu.engine.context import Context

    from tests.twin.night import Twin

OFF, ON, LACKS = 0, 1, 2
Reading = tuple[int, float | None]
"""Number of a look and what it saw; None: nothing."""


def start(context: Context) -> None:
    """Watch every rule of a scenario."""
    given, room = context.scenario.rules, Room(context)
    for number, name in enumerate(sorted(given)):
        Watched(room, number, name, given[name]).begin()


class Room:
    """What rules share: the people who are free, and counts of what the log tells."""

    def __init__(self, context: Context) -> None:
        self.context, self.sc = context, context.scenario
        self.night: Twin = context.engine  # type: ignore[assignment]
        self.free = {name: team.people for name, team in self.sc.teams.items()}
        self.posts: dict[int, int] = {}
        zones = len(context.world.zones)
        self.read = 0
        self.weight = [0.0] * zones
        residents = context.world.residents
        for zone, weight in zip(residents.cell_zone, residents.cell_weight, strict=True):
            self.weight[zone] = float(weight)

    def catch_up(self) -> None:
        """Read what the log has told since the last time."""
        for _, code, _, _, a, _ in self.night.rows[self.read :]:
            if code == s.LOG_POST:
                self.posts[a >> 16] = self.posts.get(a >> 16, 0) + 1
        self.read = len(self.night.rows)


class Watched:
    """One rule, with all its readings."""

    def __init__(self, room: Room, number: int, name: str, rule: Rule) -> None:
        self.room, self.number, self.name, self.rule = room, number, name, rule
        self.sc, self.night, self.clock = room.sc, room.night, room.context.clock
        self.key = named(key(room.context.world.seed, room.context.replication, Stream("rules", "errors")), name)
        self.totals: list[tuple[float, float]] = []
        self.readings: list[Reading] = []
        self.state, self.passed, self.first = OFF, False, 0
        self.told = False
        self.times = 0

    def begin(self) -> None:
        """Register the looks and the end, if there is anything to look at."""
        rule, end = self.rule, self.sc.horizon
        blocks: dict[str, Any] = {"blocking": self.sc.phones, "waiting": self.sc.desks, "stranded": self.sc.going_home}
        there: dict[str, Any] = {
            "posts": self.sc.network, "offers": self.sc.shelter, "unchecked": self.sc.shelter,
            "stranded": self.sc.outings or self.sc.places.venues, "since": self.sc.events,
        }  # fmt: skip
        if not there.get(rule.sees, blocks.get(rule.sees)):
            return
        followed = blocks[rule.sees][rule.desk] if rule.sees == "waiting" else blocks.get(rule.sees)
        if followed is not None and followed.until is not None:
            end = min(end, followed.until)
        if rule.until is not None and rule.until < self.sc.horizon:
            self._at(rule.until, 1, 0, self._stop)
        n = 0
        while (t := rule.at + n * rule.every) < min(end, rule.until or math.inf):
            self._at(t, 0, 0, self._look, n)
            n += 1

    def _at(self, t: float, what: int, first: int, act: Any, *given: Any) -> None:
        event = self.clock.at(t, EventPriority(2), (what, self.number, first))
        event.callbacks.append(lambda _: act(*given))

    # ---- looking ----

    def _look(self, n: int) -> None:
        true = self._seen(n)
        if true is not None:
            seen = true * exp(self.rule.error * normal_quantile(uniform(self.key, n, 0, 0))) if self.rule.error else true
            if self.rule.sees == "blocking":
                seen = min(seen, 1.0)
            self._at(self.clock.now + self.rule.delay, 1, 1, self._decide, n, seen)

    def _zones(self) -> list[int]:
        zones = list(self.room.context.world.zones)
        return [zones.index(z) for z in self.rule.zones] or list(range(len(zones)))

    def _seen(self, n: int) -> float | None:
        """What there is to see, each observable in its own words."""
        rule, night = self.rule, self.night
        if rule.sees == "since":
            gone = self.clock.now - self.sc.events[rule.event].at
            return gone if gone >= 0 else None
        if rule.sees == "waiting":
            return float(night.desks.desks[sorted(self.sc.desks).index(rule.desk)].waiting)
        if rule.sees == "unchecked":
            shown = self.room.context.signals.shown.get("unchecked")
            return None if shown is None else float(shown())
        if rule.sees == "stranded":
            here, at = self._zones(), self.room.context.world.out.at
            stuck = (s.STRANDED, s.SEEKING)
            return float(sum(state in stuck and at[q] in here for q, state in enumerate(night.people.state)))
        self.totals.append(self._total())
        looks = round(rule.window / rule.every)
        if n < looks:
            return None
        (part, whole), (part_before, whole_before) = self.totals[n], self.totals[n - looks]
        if rule.sees == "blocking":
            return (part - part_before) / (whole - whole_before) if whole > whole_before else None
        scale = night.world.scale if rule.sees == "posts" or rule.sees == "offers" else 1.0
        return (part - part_before) / (rule.window * scale)

    def _total(self) -> tuple[float, float]:
        """Counts of the night so far."""
        room = self.room
        room.catch_up()
        if self.rule.sees == "posts":
            return float(room.posts.get(self.night.social.names.index(self.rule.topic), 0)), 0.0
        if self.rule.sees == "offers":
            return float(len(self.night.social.offers)), 0.0
        legs, zones = self.night.phone.legs, self._zones()
        return math.fsum(legs[z][0] * room.weight[z] for z in zones), math.fsum(legs[z][1] * room.weight[z] for z in zones)

    # ---- deciding ----

    def _met(self, seen: float) -> bool:
        """Whether a reading is beyond the level at which the rule would change."""
        rule, acting = self.rule, self.state == ON or self.passed
        if rule.above is not None:
            if not acting:
                return seen > rule.above
            return not seen > rule.above if rule.until_below is None else seen < rule.until_below
        assert rule.below is not None
        if not acting:
            return seen < rule.below
        return not seen < rule.below if rule.until_above is None else seen > rule.until_above

    def _decide(self, n: int, seen: float) -> None:
        rule = self.rule
        if rule.until is not None and self.clock.now >= rule.until:
            return
        self.readings.append((n, seen))
        unbroken = self._unbroken()
        if unbroken is None:
            self.told = False
            return
        acting = self.state == ON or self.passed
        if (n - unbroken) * rule.every < (rule.until_lasting if acting else rule.lasting) - 1e-6:
            return
        if self.state == ON:
            self._turn(OFF, n)
        elif self.passed:
            self.passed, self.first = False, len(self.readings)
        elif self.times != rule.at_most:
            if all(self.room.free[team] >= needed for team, needed in rule.teams.items()):
                self.times += 1
                self._turn(ON, n)
            else:
                self._lack(n)

    def _unbroken(self) -> int | None:
        """Look with which the readings began that are beyond the level up to now, since the last change; None: none is."""
        found = None
        for n, seen in reversed(self.readings[self.first :]):
            if seen is None or not self._met(seen):
                break
            found = n
        return found

    def _lack(self, n: int) -> None:
        if not self.told:
            self.night.log(s.LOG_RULE, self.number, n, LACKS, self.times)
        self.told = True
        if self.rule.short == "passes":
            self.passed, self.told, self.first = True, False, len(self.readings)

    def _turn(self, to: int, n: int) -> None:
        self.state, self.first, self.told = to, len(self.readings), False
        for team, needed in self.rule.teams.items():
            self.room.free[team] -= needed if to == ON else -needed
        self.night.log(s.LOG_RULE, self.number, n, to, self.times)
        self.room.context.signals.tell(RULE_TURNED, self.name, to == ON, float(self.clock.now))

    def _stop(self) -> None:
        if self.state == ON:
            self._turn(OFF, -1)
