"""Claims: who believes them and whom, how long they are passed on, and newsrooms that air them (docs/model/rumour.md)."""

from __future__ import annotations

from typing import Literal

from msgu.scenario.schema import names
from msgu.scenario.schema.field import Sourced, field
from msgu.scenario.schema.laws import Law, Positive, Weight
from msgu.units import Duration, Probability, Rate

Role = Literal["official", "media", "journalist", "relay", "citizen"]
ROLES: tuple[Role, ...] = ("official", "media", "journalist", "relay", "citizen")
"""What an account may be, in the order of the kernels' codes; an account without a name is a citizen."""


class Telling(Sourced):
    """Posts of their own that accounts write because they have come to hold something of a claim."""

    readiness: Weight = field(
        ..., "Hazard with which an account of mean readiness writes, once, when it comes to hold it: the chance is "
        "1 - exp(-hazard x its readiness x zone factor). Assumption, to be varied by a factor of 2 either way.",
        unit="1/account", le=1e3,
    )  # fmt: skip
    after: Law = field(..., "Time from then to its post.", unit="s")


class Claim(Sourced):
    """A topic that is a claim: rumour or true, believed or corrected."""

    true: bool = field(False, "Truth value.")
    zone: names.Zone | None = field(None, "Place that the claim is about.")
    credulity: Probability = field(0.6, "Chance that an unaware account believes on first sight.")
    acceptance: Probability = field(0.8, "Chance that a believer accepts a correction that it sees.")
    correction_infectiousness: Positive = field(
        0.004, "Hazard of sharing a correction per seen exposure.", unit="1/exposure"
    )
    trust: dict[Role, Positive] = field(
        dict, "Factor of the odds of being believed, and of having a correction accepted, by the role of who wrote the original; "
        "a missing role counts as 1. Kinds of speakers that say the same multiply. Empty: all are believed alike. Assumption, to "
        "be varied by a factor of 2 either way.",
        source="direction: experts correct better than lay people, Walter et al. 2021; source credibility r = 0.14, Walter and "
        "Murphy 2018, which is odds x 1.7; the law (odds multiply) is an assumption",
    )  # fmt: skip
    interest: Law | None = field(
        None, "Time from coming to hold something of the claim until an account no longer passes it on, drawn anew at each "
        "change of mind; it goes on holding it. Empty: for ever. Assumption, to be varied by a factor of 2 either way.", unit="s",
    )  # fmt: skip
    tells: Telling | None = field(
        None, "Originals by accounts that come to believe it; empty: none but responses and drivers."
    )
    corrects: Telling | None = field(
        None,
        "Corrections of their own by accounts that accept one, or hear one before the claim; empty: none but responses.",
    )


class Newsroom(Sourced):
    """A medium that picks a claim up when posts about it are many, airs it, and corrects it once officials deny it."""

    topic: names.Topic = field(..., "The claim.")
    account: names.Account | None = field(None, "Account that posts what is aired, of `accounts`; empty: none.")
    level: Rate = field(
        ..., "Rate of posts of the topic over the window from which on it is noticed (scale 1). Assumption, to be varied by a "
        "factor of 2 either way.", unit="posts/s", gt=0, le=1e9,
    )  # fmt: skip
    window: Duration = field(300.0, "Window over which posts are counted, once a minute.", unit="s", ge=60, le=86400)
    sees_after: Duration = field(120.0, "How late it sees what is posted, denials too.", unit="s", ge=0, le=86400)
    airs_after: Duration = field(600.0, "Time from noticing to airing.", unit="s", ge=0, le=86400)
    corrects_after: Duration = field(300.0, "Time from seeing an official denial to airing it.", unit="s", ge=0, le=86400)
    audience: Probability = field(0.0, "Share of accounts, and of people without one, whom one airing reaches in the end.")
    zones: dict[names.ZoneOrKind, Probability] = field(
        dict, "Where it is heard: part of that share by zone or kind of zone; empty: the whole of it everywhere."
    )
    rise: Duration = field(60.0, "Mean of the first exponential delay.", unit="s", ge=0, le=1e6)
    decay: Duration = field(1200.0, "Mean of the second exponential delay.", unit="s", ge=0, le=1e6)
