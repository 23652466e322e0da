"""Drafts of messages in words: what each lacks, and what follows from that in the model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgu.scenario.draft import acting, draft
from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.warnings import ACTIONS, Message
from msgu.scenario.speaker import Speaker

BRIEF: Final = 140
"""Up to this length a message is called short: 90 and 140 characters did clearly worse than 1,380 (DHS/START 2014-15)."""
UNREAD: Final = 0.05
"""From this share on who reads none of the languages is spoken of."""


def scores(scenario: Scenario, say: Speaker) -> Iterator[str]:
    """Yield what is to be said of each message that asks for action, nothing where there is none."""
    if scenario.warnings:
        yield say("scores")
    for name, message in sorted(scenario.warnings.items()):
        yield f"{name}: {' '.join(_score(message, scenario, say))}"


def _score(message: Message, scenario: Scenario, say: Speaker) -> Iterator[str]:
    found = draft(message, scenario.heeding)
    stated = 5 - len(found.lacks)
    lacking = ", ".join(say(f"element_{element}") for element in found.lacks)
    yield say("stated", stated=stated) + (say("lacks", elements=lacking) if lacking else say("lacks_nothing"))
    yield say("draft_length", length=say.number(found.length), languages=", ".join(found.languages))
    if found.length <= BRIEF:
        yield say("too_short", full=say.number(scenario.heeding.full))
    if found.length > scenario.heeding.full:
        yield say("too_long", full=say.number(scenario.heeding.full))
    if 1.0 - found.reads >= UNREAD:
        yield say("unread", share=_per_cent(1.0 - found.reads))
    shares = {"understands": _per_cent(found.understands), "believes": _per_cent(found.believes)}
    yield say("comes_to", sought=f"{found.confirmations:.1f}", **shares)
    acts = ", ".join(f"{say(f'action_{action}')} {_per_cent(share)} %" for action, share in found.acts.items())
    if message.guidance:
        yield say("follow", acts=acts)
    else:
        yield say("unguided") + (say("by_themselves", acts=acts) if acts else say("nobody_acts"))
    untaken = [action for action in ACTIONS if action in message.guidance and acting(message, scenario.heeding, action) == 0]
    if untaken:
        yield say("untaken", acts=", ".join(say(f"action_{action}") for action in untaken))


def _per_cent(share: float) -> str:
    return f"{100 * share:.0f}"
