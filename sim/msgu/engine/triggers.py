"""How processes act at a date, or when a rule gives the time (docs/model/rules.md)."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from functools import partial
from typing import Any, Final

from simpy.events import Event, EventPriority

from msgu.engine.context import Context
from msgu.engine.signals import RULE_TURNED
from msgu.engine.spans import Lasting, Span
from msgu.scenario.schema.triggers import Trigger

Act = Callable[[float], None]
"""What is done at a time [s]."""
RULES: Final = EventPriority(2)
"""SimPy priority of looks, decisions and what follows a rule: after every dated event of the same time, before an engine's."""
LOOK, DECISION, FOLLOWS = 0, 1, 2
"""What happens in this order among them; each in the order of rules' ids, or in which the processes asked for it."""


def follow(context: Context, at: float, act: Act, *, once: bool = False) -> None:
    """Act at a date, or at each time that a rule gives; `once` : only the first of these.

    What follows a rule at once happens within its decision; what follows it later, at that time.
    """
    if not isinstance(at, Trigger):
        context.clock.process(_at(context, at, act))
        return
    number = context.signals.listeners(RULE_TURNED)
    given, done = at, list[float]()

    def act_at(t: float) -> None:
        if not (once and done):
            done.append(t)
            act(t)

    def turned(rule: str, on: bool, t: float) -> None:
        if rule != given.rule or on == given.off:
            return
        if not given.after:
            act_at(t)
            return
        event = context.clock.at(t + given.after, RULES, (FOLLOWS, number, 0))
        event.callbacks.append(lambda _: act_at(t + given.after))

    context.signals.listen(RULE_TURNED, turned)


def _at(context: Context, at: float, act: Act) -> Generator[Event, Any, None]:
    yield context.clock.at(at)
    act(context.clock.now)


def follow_spans(context: Context, spans: Sequence[tuple[Lasting, Span]], changed: Act) -> None:
    """Begin and stop spans as rules say, and tell that they have changed."""

    def then(turn: Act, t: float) -> None:
        turn(t)
        changed(t)

    for dated, span in spans:
        for given, turn in ((dated.at, span.begin), (dated.until, span.stop)):
            if isinstance(given, Trigger):
                follow(context, given, partial(then, turn))
