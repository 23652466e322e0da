"""Rules: looks at what a crisis room can see, and when each rule goes on and off (docs/model/rules.md)."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np

from msgu import streams
from msgu.engine.context import Context
from msgu.engine.signals import RULE_TURNED
from msgu.engine.tables.rules import RuleChange
from msgu.engine.triggers import DECISION, LOOK, RULES
from msgu.kernels.base.draw import exp, normal_quantile, uniform
from msgu.results.tables.rules import LACKS, OFF, ON
from msgu.scenario.observables import OBSERVABLES
from msgu.scenario.schema.rules import Rule

ERRORS: Final = streams.Stream("rules", "how wrong what a rule sees is at a look")
PASSED: Final = "passed over"
"""State of a rule that would be on, had there been people: it goes off as one that is on does."""


def start(context: Context) -> list[RuleChange] | None:
    """Register the looks of every rule, in the order of their ids.

    Returns
    -------
    When each went on and off, filled as the run goes on; None where there is no rule.
    """
    given = context.scenario.rules
    if not given:
        return None
    changes: list[RuleChange] = []
    free = {name: team.people for name, team in context.scenario.teams.items()}
    for number, name in enumerate(sorted(given)):
        if not OBSERVABLES[given[name].sees].without(context.scenario):
            _Watch(context, number, name, changes, free).look_at(0)
    return changes


class _Watch:
    """One rule that is watched."""

    def __init__(self, context: Context, number: int, name: str, changes: list[RuleChange], free: dict[str, int]) -> None:
        self.context, self.number, self.name = context, number, name
        self.changes, self.free = changes, free
        self.rule: Rule = context.scenario.rules[name]
        self.seen = OBSERVABLES[self.rule.sees]
        self.key = np.uint64(streams.named(context.stream(ERRORS), name))
        self.parts = _parts(context, self.rule)
        self.end = min(_followed_until(context, self.rule), context.scenario.horizon)
        self.window = round(self.rule.window / self.rule.every) if self.seen.over_time else 0
        self.counts: list[list[float]] = []
        self.state: str | int = OFF
        self.since: int | None = None
        self.times, self.told = 0, False
        if self.rule.until is not None and self.rule.until < context.scenario.horizon:
            self._when(self.rule.until, DECISION, 0, self._close)

    def _when(self, t: float, what: int, first: int, act: Callable[[], None]) -> None:
        """Act at a time; of the same kind of event and the same time, lower `first` within a rule comes first."""
        event = self.context.clock.at(t, RULES, (what, self.number, first))
        event.callbacks.append(lambda _: act())

    def look_at(self, n: int) -> None:
        """Look for the n-th time when that is due, while the rule is watched."""
        t = self.rule.at + n * self.rule.every
        if t < min(self.end, self.rule.until or math.inf):
            self._when(t, LOOK, 0, partial(self._look, n, t))

    def _look(self, n: int, t: float) -> None:
        """Take in what has happened; what is made of it is known after the delay."""
        true = self._true(n, t)
        if true is not None:
            factor = 1.0
            if self.rule.error > 0.0:
                factor = exp(self.rule.error * normal_quantile(uniform(self.key, n, 0, 0)))
            found = true * factor
            seen = min(found, 1.0) if self.seen.kind == "share" else found
            self._when(t + self.rule.delay, DECISION, 1, partial(self._decide, n, true, seen))
        self.look_at(n + 1)

    def _true(self, n: int, t: float) -> float | None:
        """What there is to see at a look; None where there is nothing, or the window is not full."""
        if self.seen.kind == "age":
            gone = t - self.context.scenario.events[str(self.rule.event)].at
            return gone if gone >= 0.0 else None
        if not self.seen.counts:
            shown = self.context.signals.shown.get(self.seen.name)
            return float(shown()) if shown else None
        self.counts.append(self.context.engine.observe(self.seen, self.parts))
        now = self.counts[-1]
        if not self.window:
            return now[0]
        if n < self.window:
            return None
        gone_by = [new - old for new, old in zip(now, self.counts[n - self.window], strict=True)]
        if self.seen.kind == "share":
            return gone_by[0] / gone_by[1] if gone_by[1] > 0.0 else None
        return gone_by[0] / (self.rule.window * (self.context.world.scale if self.seen.scaled else 1.0))

    def _decide(self, n: int, true: float, seen: float) -> None:
        """Go on or off, once what is seen has been so for long enough."""
        rule, t = self.rule, float(self.context.clock.now)
        if rule.until is not None and t >= rule.until:
            return
        acting = self.state != OFF
        if not (_is_over(rule, seen) if acting else _holds(rule, seen)):
            self.since, self.told = None, False
            return
        self.since = n if self.since is None else self.since
        span = rule.until_lasting if acting else rule.lasting
        if n - self.since < round(span / rule.every) or (not acting and self.times == rule.at_most):
            return
        if self.state == ON:
            self._turn(OFF, n, t, true, seen)
        elif self.state == PASSED:
            self.state, self.since = OFF, None
        elif any(self.free[team] < needed for team, needed in rule.teams.items()):
            self._lack(n, t, true, seen)
        else:
            self.times += 1
            self._turn(ON, n, t, true, seen)

    def _lack(self, n: int, t: float, true: float, seen: float) -> None:
        """Too few people are free: said once each time."""
        if not self.told:
            self.told = True
            self._write(LACKS, n, t, true, seen)
        if self.rule.short == "passes":
            self.state, self.since, self.told = PASSED, None, False

    def _turn(self, to: int, n: int, t: float, true: float, seen: float) -> None:
        """Go on or off: take people or give them back, and tell whoever waits for it."""
        self.state, self.since, self.told = to, None, False
        for team, needed in self.rule.teams.items():
            self.free[team] += -needed if to == ON else needed
        self._write(to, n, t, true, seen)
        self.context.signals.tell(RULE_TURNED, self.name, to == ON, t)

    def _write(self, what: int, n: int, t: float, true: float, seen: float) -> None:
        self.changes.append(
            RuleChange(t, self.number, what, self.rule.at + n * self.rule.every if n >= 0 else t, true, seen)
        )
        self.context.engine.note(t, self.number, n, what, self.times)

    def _close(self) -> None:
        """The rule is watched no longer."""
        if self.state == ON:
            self._turn(OFF, -1, float(self.context.clock.now), math.nan, math.nan)


def _holds(rule: Rule, seen: float) -> bool:
    """Whether what is seen would let a rule go on."""
    return seen > rule.above if rule.above is not None else seen < (rule.below or 0.0)


def _is_over(rule: Rule, seen: float) -> bool:
    """Whether what is seen would let a rule go off."""
    if rule.above is not None:
        return seen <= rule.above if rule.until_below is None else seen < rule.until_below
    return seen >= (rule.below or 0.0) if rule.until_above is None else seen > rule.until_above


def _parts(context: Context, rule: Rule) -> tuple[int, ...]:
    """Numbers of the zones, the desk or the topic that are watched; none: all zones."""
    s = context.scenario
    if rule.topic is not None:
        return (sorted(s.topics).index(rule.topic),)
    if rule.desk is not None:
        return (sorted(s.desks).index(rule.desk),)
    return tuple(sorted(list(context.world.zones).index(zone) for zone in rule.zones))


def _followed_until(context: Context, rule: Rule) -> float:
    """From when on there is nothing more to see [s]."""
    block = OBSERVABLES[rule.sees].followed
    return context.scenario.followed_until(block, rule.desk or "") if block else math.inf
