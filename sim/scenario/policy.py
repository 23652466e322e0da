"""A policy file: why a measure is taken, and what it changes in any scenario that it is laid over."""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario.field import Bilingual, Slug, Strict, field
from sim.scenario.nodes import Mapping


class Both(Bilingual):
    """A text in both languages."""

    fr: str = field(..., "In French.", max_length=1000)
    en: str = field(..., "In English.", max_length=1000)


class Policy(Strict):
    """What a policy is, for those who decide on it."""

    id: Slug = field(..., "Identifier.")
    title: Both = field(..., "Title.")
    why: Both = field(..., "Why it may help.")
    source: str = field(..., "Where the idea and its numbers come from.", max_length=1000)
    cost: Both = field(..., "What it costs: people, money, risk.")


class PolicyFile(Strict):
    """The two blocks of a policy file."""

    policy: Policy = field(..., "What the policy is.")
    apply: dict[str, object] = field(..., "Part of a scenario, laid over it; lists of the scenario cannot be replaced.")


@dataclass(frozen=True)
class Layer:
    """A policy as read: its head, and the part of a scenario that it lays over another."""

    policy: Policy
    apply: Mapping
