"""When messages that ask for action are sent (docs/model/warnings.md); what people make of them is compiled."""

from __future__ import annotations

from functools import partial

from msgu.engine.context import Context
from msgu.engine.triggers import follow
from msgu.scenario.draft import sent_at


def start(context: Context) -> None:
    """Register alerts, broadcasts and prompts, in the order of their ids; posts carry their messages themselves."""
    s = context.scenario
    for number, name in enumerate(sorted(s.warnings)):
        if s.warnings[name].post is None:
            follow(context, sent_at(s.warnings[name], s), partial(_send, context, number))


def _send(context: Context, number: int, t: float) -> None:
    context.engine.warn(t, number)
