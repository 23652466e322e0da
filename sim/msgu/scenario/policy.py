"""A policy file: why a measure is taken, and what it changes in any scenario that it is laid over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pydantic import field_validator

from msgu.errors import SchemaProblem
from msgu.scenario.schema.field import Bilingual, Slug, Strict, field
from msgu.scenario.yaml.nodes import Mapping, Scalar

_OF_THE_SCENARIO: Final = ("msgu", "id", "title", "time_zone", "start", "horizon", "extends")
_OF_A_RUN: Final = ("scale", "seed", "record")


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
    apply: dict[str, object] = field(
        ..., "Part of a scenario, laid over it; its lists, id, title, zone, start, horizon, scale, seed and `record` stay."
    )  # fmt: skip

    @field_validator("apply")
    @classmethod
    def _of_a_policy(cls, apply: dict[str, object]) -> dict[str, object]:
        own = [key for key in apply if key in (*_OF_THE_SCENARIO, *_OF_A_RUN)]
        problems = [
            ((key, "[key]"), f"`{key}`, which is {'the run' if key in _OF_A_RUN else 'the scenario'}'s own",
             "what a policy changes: a block of the scenario", f"delete it; for one run: --set {key}=...")
            for key in own
        ]  # fmt: skip
        if problems or not _says_something(apply):
            raise SchemaProblem(problems or [((), "a policy that changes nothing", "at least one value", "")])
        return apply


@dataclass(frozen=True)
class Layer:
    """A policy as read: its head, and the part of a scenario that it lays over another."""

    policy: Policy
    apply: Mapping

    @property
    def evidence(self) -> list[str]:
        """What it changes of the evidence, against which the nights are judged: dotted keys, and the file where it is another."""
        changed = self.apply.values.get("evidence")
        if isinstance(changed, Scalar):
            return [f"the file {changed.text}"]
        below = changed.values.items() if isinstance(changed, Mapping) else ()
        return [name for key, node in below for name in _named(key, node)]


def _says_something(value: object) -> bool:
    """Return whether there is any value below the keys of a mapping."""
    return any(map(_says_something, value.values())) if isinstance(value, dict) else True


def _named(key: str, node: object) -> list[str]:
    """Return a block of the evidence as the names of what it holds, a plain value as its own name."""
    return [f"{key}.{name}" for name in node.values] if isinstance(node, Mapping) else [key]
