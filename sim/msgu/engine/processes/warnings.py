"""When messages that ask for action are sent (docs/model/warnings.md); what people make of them is compiled."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from simpy.events import Event

from msgu.engine.context import Context
from msgu.scenario.draft import sent_at


def start(context: Context) -> None:
    """Register alerts, broadcasts and prompts, in the order of their ids; posts carry their messages themselves."""
    s = context.scenario
    for number, name in enumerate(sorted(s.warnings)):
        if s.warnings[name].post is None:
            context.clock.process(_send(context, number, sent_at(s.warnings[name], s)))


def _send(context: Context, number: int, at: float) -> Generator[Event, Any, None]:
    yield context.clock.at(at)
    context.engine.warn(at, number)
