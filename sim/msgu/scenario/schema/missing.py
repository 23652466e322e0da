"""Missing persons: notices, relay accounts, news, closing."""

from __future__ import annotations

from typing import Annotated, Literal

from msgu.scenario.schema import names
from msgu.scenario.schema.field import Sourced, field
from msgu.scenario.schema.laws import Law, Weight, lognormal
from msgu.scenario.schema.maps import Once, Weighted
from msgu.units import Probability, WallTime

Outcome = Literal["found", "hospital", "dead"]
OUTCOMES: tuple[Outcome, ...] = ("found", "hospital", "dead")


class Missing(Sourced):
    """Notices with a photograph for people who do not answer (docs/model/missing.md)."""

    topic: names.Topic = field(..., "Topic of the notices.")
    people: int = field(..., "People for whom a notice is written, at scale 1.", unit="persons", ge=0, le=10**6)
    at: WallTime = field(..., "When the first can be written.", unit="s")
    after: Law = field(lambda: lognormal(7200.0, 1.0), "Time from then to a notice.", unit="s")
    zones: Annotated[list[names.ZoneOrKind], Once] = field(
        list, "Zones or kinds of zone whose accounts write them; empty: all."
    )
    outcomes: Annotated[dict[Outcome, Weight], Weighted] = field(
        lambda: {"found": 0.6, "hospital": 0.2, "dead": 0.2}, "What the news is: relative weights."
    )
    news: Law = field(lambda: lognormal(28800.0, 0.8), "Time from the notice to the news.", unit="s")
    closes: Probability = field(0.5, "Chance that the writer says so by a closing notice.")
    tribute: names.Topic | None = field(None, "Topic of the closing notice of somebody dead; empty: the notices' own.")
    relays: Annotated[list[names.Account], Once] = field(list, "Named accounts that copy notices.")
    relay_share: Probability = field(0.5, "Chance that each of them copies a notice.")
    relay_after: Law = field(lambda: lognormal(3600.0, 1.0), "Time from the notice to the copy.", unit="s")
    relay_asks: Probability = field(0.5, "Chance that such an account notices a closing before it copies.")
