"""Missing persons: notices, relay accounts, news, closing."""

from __future__ import annotations

from typing import Annotated, Literal

from msgu.scenario.schema import names
from msgu.scenario.schema.field import Slug, Sourced, field
from msgu.scenario.schema.laws import Law, Weight, lognormal
from msgu.scenario.schema.maps import Once, Weighted
from msgu.units import Probability, WallTime

Outcome = Literal["found", "hospital", "dead"]
OUTCOMES: tuple[Outcome, ...] = ("found", "hospital", "dead")
WAYS = ("sign", "hospital", "desk", "told")
"""How a family gets news: a sign of life, at a hospital, from a call centre, told by the authorities."""


class Search(Sourced):
    """How relatives look for somebody, and where the search ends; at full size."""

    hospitals: Annotated[dict[Slug, Weight], Weighted] = field(
        ..., "Hospitals that took people in: relative numbers of those in them.", min_length=1
    )
    named: Law = field(
        lambda: lognormal(25200.0, 1.0), "Time from the event until a hospital can name somebody who lies there.", unit="s",
        source="assumption: nearly all of 13 November 2015 were identified within 36 hours (M. Hirsch, nosdeputes "
        "intervention/921568), here 95 %",
    )  # fmt: skip
    identified: Law = field(
        lambda: lognormal(77000.0, 0.7), "Time from the event until somebody dead is identified.", unit="s",
        source="assumption: 103 of 129 by noon of the second day (M. Valls, europe1 2620591)",
    )  # fmt: skip
    told: Law = field(
        lambda: lognormal(21600.0, 1.0), "Time from then until the authorities tell the family by themselves.", unit="s",
        source="assumption, 2 to 18 hours",
    )  # fmt: skip
    visits: Probability = field(
        0.5, "Share of the families that go from hospital to hospital.",
        source="assumption, 0.25 to 0.8: many did (nosdeputes intervention/921461)",
    )  # fmt: skip
    visit: Law = field(
        lambda: lognormal(3600.0, 0.6),
        "Time for one hospital, the way included.",
        unit="s",
        source="assumption, 0.5 to 2 hours",
    )
    desk: names.Desk | None = field(None, "Call centre that families ask; empty: none.")
    calls: Probability = field(0.8, "Share of the families that call it.", source="assumption, 0.4 to 1")
    again: Law = field(
        lambda: lognormal(7200.0, 0.8), "Time from the end of a call, or from giving up, to the next.", unit="s",
        source="assumption, 1 to 4 hours",
    )  # fmt: skip
    shared: Law = field(
        lambda: lognormal(14400.0, 1.0), "Time from a name until the call centre has it too.", unit="s",
        source="assumption, 1 to 12 hours: there was no common list (nosdeputes intervention/921461)",
    )  # fmt: skip


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
    search: Search | None = field(
        None,
        "How relatives look for them: news of somebody in hospital or dead then comes from the search; empty: by `news`.",
    )
    closes: Probability = field(0.5, "Chance that the writer says so by a closing notice.")
    tribute: names.Topic | None = field(None, "Topic of the closing notice of somebody dead; empty: the notices' own.")
    relays: Annotated[list[names.Account], Once] = field(list, "Named accounts that copy notices.")
    relay_share: Probability = field(0.5, "Chance that each of them copies a notice.")
    relay_after: Law = field(lambda: lognormal(3600.0, 1.0), "Time from the notice to the copy.", unit="s")
    relay_asks: Probability = field(0.5, "Chance that such an account notices a closing before it copies.")
