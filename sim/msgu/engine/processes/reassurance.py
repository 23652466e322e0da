"""A Safety Check whose time a rule gives; one at a date is known before the night."""

from __future__ import annotations

from msgu.engine.context import Context
from msgu.engine.triggers import follow
from msgu.scenario.schema.triggers import Trigger


def start(context: Context) -> None:
    """Register the activation, where a rule gives it; it is activated once."""
    check = context.scenario.safety_check
    if check is not None and isinstance(check.at, Trigger):
        follow(context, check.at, context.engine.check_in, once=True)
