"""What a message lacks, and what follows: chances to understand, to believe and to act, before anything is run.

The engine reads the same numbers; what one source says is here all that is heard, so that nobody else adds to it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.warnings import ACTIONS, Action, Element, Heeding, Message, Sender

BARE_LENGTH: Final = 90
"""Characters of a message of which neither length nor text is given."""


class Draft(NamedTuple):
    """What a message comes to among those whom it reaches.

    lacks : elements that are missing. length : in characters. languages : of the message.
    reads, understands, believes : shares, each of those reached. acts : share of those reached by action, those asked alone.
    confirmations : mean number sought by who understands.
    """

    lacks: tuple[Element, ...]
    length: int
    languages: tuple[str, ...]
    reads: float
    understands: float
    believes: float
    acts: Mapping[Action, float]
    confirmations: float


def draft(message: Message, heeding: Heeding) -> Draft:
    """Return what a message comes to."""
    reads = reading(message, heeding)
    understands = reads * clarity(message, heeding)
    believes = understands * believing(message, heeding)
    acts = {action: believes * chance for action in ACTIONS if (chance := acting(message, heeding, action)) > 0}
    mean = sum(n * weight for n, weight in enumerate(heeding.confirmations)) / sum(heeding.confirmations)
    sought = mean * kept(message, heeding)
    return Draft(
        lacking(message), length(message), languages(message), reads, understands, believes, acts, sought
    )  # fmt: skip


def lacking(message: Message) -> tuple[Element, ...]:
    """Return the elements that a message does not state."""
    stated = {
        "source": message.signed, "hazard": bool(message.hazard.strip()), "place": bool(message.place),
        "time": message.until is not None, "guidance": bool(message.guidance),
    }  # fmt: skip
    return tuple(element for element in ("source", "hazard", "place", "time", "guidance") if not stated[element])


def length(message: Message) -> int:
    """Return the length of a message [characters]."""
    if message.length is not None:
        return message.length
    return max([len(text) for text in message.text.values()], default=BARE_LENGTH)


def languages(message: Message) -> tuple[str, ...]:
    """Return the languages of a message, in the order of their names."""
    return tuple(sorted(message.languages or message.text or ("fr",)))


def reading(message: Message, heeding: Heeding) -> float:
    """Return the share of people who read one of the languages, each of which is read independently."""
    return 1.0 - math.prod(1.0 - heeding.reads.get(language, 0.0) for language in languages(message))


def clarity(message: Message, heeding: Heeding) -> float:
    """Return the chance that who reads the language understands."""
    chance: float = heeding.understands
    for element in lacking(message):
        chance *= 1.0 - heeding.loss.get(element, 0.0)
    return chance * (heeding.brief + (1.0 - heeding.brief) * min(1.0, length(message) / heeding.full))


def kept(message: Message, heeding: Heeding) -> float:
    """Return the chance with which each confirmation is sought, which falls with the length of the message."""
    beyond = max(0, length(message) - heeding.short)
    return float(2.0 ** (-beyond / heeding.halving))


def odds_of(heeding: Heeding, sender: Sender) -> float:
    """Return by how much hearing one kind of source multiplies the odds of believing."""
    trust = heeding.trust.get(sender)
    return 1.0 if trust is None else trust / (1.0 - trust) * (1.0 - heeding.prior) / heeding.prior


def belief(heeding: Heeding, senders: Iterable[Sender]) -> float:
    """Return the share of people who believe once they have heard these kinds of source, each of which counts once."""
    odds = heeding.prior / (1.0 - heeding.prior)
    for sender in sorted(set(senders)):
        odds *= odds_of(heeding, sender)
    return odds / (1.0 + odds)


def believing(message: Message, heeding: Heeding) -> float:
    """Return the share of those who understand who believe when they have sought all their confirmations.

    Each of n confirmations adds a friend, a medium or nothing: by inclusion and exclusion over which has been added.
    """
    of = sum(heeding.confirms.values())
    each = kept(message, heeding) * heeding.finds / of if of else 0.0
    friend = each * (heeding.confirms.get("ask", 0.0) + heeding.confirms.get("call", 0.0))
    medium = each * heeding.confirms.get("read", 0.0)
    total, all_of = 0.0, sum(heeding.confirmations)
    for n, weight in enumerate(heeding.confirmations):
        neither, no_friend, no_medium = (1 - friend - medium) ** n, (1 - friend) ** n, (1 - medium) ** n
        both = 1.0 - no_friend - no_medium + neither
        cases: list[tuple[float, tuple[Sender, ...]]] = [
            (neither, ()), (no_medium - neither, ("friend",)), (no_friend - neither, ("media",)), (both, ("friend", "media")),
        ]  # fmt: skip
        total += weight * sum(chance * belief(heeding, (message.sender, *more)) for chance, more in cases)
    return total / all_of if all_of else belief(heeding, (message.sender,))


def acting(message: Message, heeding: Heeding, action: Action) -> float:
    """Return the chance that a believer takes an action: what is asked for is followed, little else is done."""
    if action in message.guidance:
        return float(heeding.follows.get(action, heeding.complies))
    return float(heeding.unguided.get(action, 0.0)) if not message.guidance else 0.0


def holds_until(message: Message, scenario: Scenario) -> float:
    """Return until when the guidance of a message holds [s]."""
    return message.until if message.until is not None else sent_at(message, scenario) + scenario.heeding.lasting


def sent_at(message: Message, scenario: Scenario) -> float:
    """Return when a message is sent [s]."""
    if message.post is not None:
        return scenario.posts[message.post].at
    if message.broadcast is not None:
        return scenario.broadcasts[message.broadcast].at
    if message.prompt is not None and scenario.safety_check is not None:
        return scenario.safety_check.at
    return message.at or 0.0
