"""Offers of shelter."""

from __future__ import annotations

from typing import Annotated

from msgu.scenario.schema import names
from msgu.scenario.schema.field import Sourced, field
from msgu.scenario.schema.laws import Law, Weight, lognormal
from msgu.scenario.schema.maps import Once, Weighted
from msgu.scenario.schema.triggers import When
from msgu.units import Distance, Duration, Probability


class Hearing(Sourced):
    """Hosts and seekers who must have heard that shelter is offered (docs/model/shelter.md)."""

    offers: Probability = field(
        ..., "Chance that an account of a zone where hosts live offers shelter once it has heard; may be fitted."
    )
    offer_after: Law = field(
        lambda: lognormal(900.0, 1.0), "Time from hearing to the offer.", unit="s",
        source="assumption; median 5 min to 1 h",
    )  # fmt: skip
    meets: Duration | None = field(
        None, "Mean time before somebody stranded who has not heard asks another one of the zone; empty: nobody asks.",
        unit="s", gt=0, le=1e6, source="assumption; 5 min to 1 h",
    )  # fmt: skip
    tells: Probability = field(
        0.25, "Chance that one who is asked, and has heard, tells of it.",
        source="assumption; 0.1 to 0.5. Warned by word of mouth: 26 % of those warned of tornadoes (Robinson et al. 2019)",
    )  # fmt: skip
    outdoors: Probability = field(
        0.5, "Chance that a broadcast which mentions shelter reaches somebody out, over that of somebody at home.",
        source="assumption; 0.2 to 1",
    )  # fmt: skip


class Shelter(Sourced):
    """Offers of shelter and those who look for one (docs/model/shelter.md)."""

    topic: names.Topic = field(..., "Topic whose stream carries the offers.")
    seekers: Probability = field(
        0.5,
        "Share of the stranded who look for shelter on the network, of those who can; with `hearing`, of those who have heard.",
    )
    smartphone: Probability = field(1.0, "Share of people with a smartphone that works.")
    connected: Probability = field(1.0, "Share of people who are on the network.")
    understands: Probability = field(1.0, "Share of people who read the language of the offers.")
    start_after: Law = field(lambda: lognormal(600.0, 1.0), "Time from being stranded to looking.", unit="s")
    item_time: Duration = field(4.0, "Time to read one item of the stream.", unit="s", gt=0, le=3600)
    batch: int = field(15, "Items read in one go.", unit="items", ge=1, le=1000)
    window: Duration = field(900.0, "How far back the stream is read.", unit="s", gt=0, le=1e6)
    near: Distance = field(2500.0, "How far a seeker goes on foot to a host.", unit="m", ge=0, le=1e6)
    host_zones: Annotated[dict[names.Zone, Weight], Weighted] = field(
        dict, "Where hosts are, per offer; empty: the city's zones by population."
    )
    places: Weight = field(1.6, "Mean number of places of a host (1 + geometric).", unit="places", ge=1, le=100)
    contact: Law = field(lambda: lognormal(420.0, 0.8), "Time to reach a host and get an answer.", unit="s")
    accepts: Probability = field(0.35, "Chance that a host with a free place answers and says yes; their fear included.")
    hoaxes: Probability = field(0.0, "Share of hosts who do not exist; volunteers find them out.")
    located: Probability = field(1.0, "Share of hosts whose post says where they are; the others are asked in vain if far.")
    fear: Probability = field(0.0, "Chance that a seeker does not dare to contact a host whom no volunteer has checked.")
    fresh: Law = field(lambda: lognormal(5400.0, 1.0), "Time after which a host has stopped answering.", unit="s")
    map_at: When | None = field(None, "When a curated map opens; empty: never.", unit="s")
    map_use: Probability = field(0.0, "Share of the seekers who use it.")
    map_coverage: Probability = field(0.0, "Share of offers that reach it without volunteers.")
    map_delay: Duration = field(1200.0, "Time for such an offer to reach it.", unit="s", ge=0)
    volunteers: int = field(0, "Volunteers who classify offers onto the map.", ge=0, le=100000)
    volunteer_time: Duration = field(60.0, "Time for a volunteer to check one offer.", unit="s", gt=0)
    relays: Annotated[list[names.Account], Once] = field(
        list, "Named accounts, of institutions for instance, that share offers once checked."
    )
    relay_share: Probability = field(0.5, "Chance that each of them shares a checked offer.")
    hearing: Hearing | None = field(
        None, "Who has heard of the offers; empty: everybody who would look, and offers are the originals of that kind."
    )
