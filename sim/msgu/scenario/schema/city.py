"""The city: closures, people out, shelter, and the dials that measures turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgu.scenario.dials import DIALS, Scope, of_scope
from msgu.scenario.schema.field import Slug, Sourced, Strict, field
from msgu.scenario.schema.maps import Once, Weighted
from msgu.scenario.schema.phone import _lognormal
from msgu.scenario.schema.places import LineMode
from msgu.scenario.schema.social import Law, Weight
from msgu.units import Distance, Duration, Probability, Speed, WallTime

STATES: Final = (
    "out", "riding", "walking", "taxi", "stranded", "seeking", "to_host", "sheltered", "home", "held", "walking_far",
    "outside",
)  # fmt: skip
"""States of people who are out, in the order of the kernels' codes."""


class Stretch(Strict):
    """A part of a line."""

    line: Slug = field(..., "The line.")
    between: Annotated[list[Slug], Once] = field(
        ..., "Its first and its last station; both stay open.", min_length=2, max_length=2
    )


class Closure(Sourced):
    """Something is shut between two times."""

    at: WallTime = field(..., "From when.", unit="s")
    until: WallTime = field(..., "To when.", unit="s")
    lines: Annotated[list[str], Once] = field(list, "Metro or rail lines interrupted.")
    stretches: dict[Slug, Stretch] = field(dict, "Parts of lines interrupted.")
    networks: Annotated[list[LineMode], Once] = field(list, "Whole networks interrupted, for instance all buses.")
    service: Probability = field(0.0, "Share of the trains of these lines that runs all the same; 0: none.")
    stations: Annotated[list[Slug], Once] = field(list, "Stations shut.")
    cordon: Annotated[list[Slug], Once] = field(list, "Zones that nobody enters or leaves, but who is let through.")
    lets: list[Literal["residents", "leavers"]] = field(
        list, "Whom the cordon lets through: residents who go home; whoever wants to leave. Empty: nobody."
    )
    borders: dict[Slug, list[Slug]] = field(dict, "Borders that nobody crosses, each the two zones that share it.")


class Instruction(Sourced):
    """People who are out are told to stay where they are, or to go home."""

    at: WallTime = field(..., "When it is given.", unit="s")
    until: WallTime = field(..., "When it ends.", unit="s")
    zones: Annotated[list[Slug], Once] = field(list, "Where; empty: everywhere.")
    stays: Probability = field(0.0, "Share of those still out who stay inside until it ends.")
    leaves: Probability = field(0.0, "Share of those still out who go home at once instead.")
    reaction: Law = field(lambda: _lognormal(600.0, 0.8), "Time to leave, at once or when it has ended.", unit="s")


class Outing(Sourced):
    """People who are out in a place and go home."""

    people: int = field(..., "How many; never scaled.", unit="persons", ge=0, le=10**7)
    zone: Slug = field(..., "Where they are.")
    leaves: WallTime = field(..., "Median time of leaving.", unit="s")
    spread: Duration = field(1800.0, "Standard deviation of the time of leaving.", unit="s", ge=0, le=86400)
    closes: WallTime | None = field(None, "Closing time, by which everybody leaves; empty: none.", unit="s")


class GoingHome(Sourced):
    """How people get home (docs/model/closures.md)."""

    homes: Annotated[dict[Slug, Weight], Weighted] = field(
        dict, "Relative number of homes by zone alone; empty: by population, without the kinds `country` and `abroad`."
    )  # fmt: skip
    accept_ride: Duration = field(5400.0, "Longest journey by public transport that people accept.", unit="s", gt=0)
    accept_walk: Duration = field(2700.0, "Longest walk that people accept at once.", unit="s", ge=0)
    walk_speed: Speed = field(1.25, "Walking speed.", unit="m/s", gt=0, le=5)
    detour: Weight = field(1.3, "Walked distance over straight line.", gt=0, le=5)
    taxi: Probability = field(0.15, "Chance to find a taxi when stranded.")
    taxi_speed: Speed = field(5.5, "Speed of a taxi door to door, waiting included.", unit="m/s", gt=0, le=40)
    patience: Law = field(lambda: _lognormal(5400.0, 0.8), "Time stranded before walking home however far.", unit="s")
    until: WallTime | None = field(
        None, "End of what is followed: nobody who is out moves or looks for shelter after it; empty: the end of the run.",
        unit="s",
    )  # fmt: skip


class Shelter(Sourced):
    """Offers of shelter and those who look for one (docs/model/shelter.md)."""

    topic: Slug = field(..., "Topic whose stream carries the offers.")
    seekers: Probability = field(0.5, "Share of the stranded who look for shelter on the network, of those who can.")
    smartphone: Probability = field(1.0, "Share of people with a smartphone that works.")
    connected: Probability = field(1.0, "Share of people who are on the network.")
    understands: Probability = field(1.0, "Share of people who read the language of the offers.")
    start_after: Law = field(lambda: _lognormal(600.0, 1.0), "Time from being stranded to looking.", unit="s")
    item_time: Duration = field(4.0, "Time to read one item of the stream.", unit="s", gt=0, le=3600)
    batch: int = field(15, "Items read in one go.", unit="items", ge=1, le=1000)
    window: Duration = field(900.0, "How far back the stream is read.", unit="s", gt=0, le=1e6)
    near: Distance = field(2500.0, "How far a seeker goes on foot to a host.", unit="m", ge=0, le=1e6)
    host_zones: Annotated[dict[Slug, Weight], Weighted] = field(
        dict, "Where hosts are, per offer; empty: the city's zones by population."
    )
    places: Weight = field(1.6, "Mean number of places of a host (1 + geometric).", unit="places", ge=1, le=100)
    contact: Law = field(lambda: _lognormal(420.0, 0.8), "Time to reach a host and get an answer.", unit="s")
    accepts: Probability = field(0.35, "Chance that a host with a free place answers and says yes; their fear included.")
    hoaxes: Probability = field(0.0, "Share of hosts who do not exist; volunteers find them out.")
    located: Probability = field(1.0, "Share of hosts whose post says where they are; the others are asked in vain if far.")
    fear: Probability = field(0.0, "Chance that a seeker does not dare to contact a host whom no volunteer has checked.")
    fresh: Law = field(lambda: _lognormal(5400.0, 1.0), "Time after which a host has stopped answering.", unit="s")
    map_at: WallTime | None = field(None, "When a curated map opens; empty: never.", unit="s")
    map_use: Probability = field(0.0, "Share of the seekers who use it.")
    map_coverage: Probability = field(0.0, "Share of offers that reach it without volunteers.")
    map_delay: Duration = field(1200.0, "Time for such an offer to reach it.", unit="s", ge=0)
    volunteers: int = field(0, "Volunteers who classify offers onto the map.", ge=0, le=100000)
    volunteer_time: Duration = field(60.0, "Time for a volunteer to check one offer.", unit="s", gt=0)
    relays: Annotated[list[Slug], Once] = field(
        list, "Named accounts, of institutions for instance, that share offers once checked."
    )
    relay_share: Probability = field(0.5, "Chance that each of them shares a checked offer.")


if TYPE_CHECKING:
    DialName = str
else:
    DialName = Literal[tuple(DIALS)]


def _narrows(what: str, scope: Scope) -> str:
    """Say which dials a choice of zones or topics is for."""
    names = " and ".join(f"`{name}`" for name in of_scope(scope))
    return f"{what} concerned (dial {names} only); empty: all."


class Measure(Sourced):
    """A dial turned for a time: a policy needs no code."""

    dial: DialName = field(..., "What is turned.")
    factor: Weight = field(..., "Multiplier while it lasts.", le=100)
    at: WallTime = field(..., "From when.", unit="s")
    until: WallTime = field(..., "To when.", unit="s")
    zones: Annotated[list[Slug], Once] = field(list, _narrows("Zones", "zone"))
    topics: Annotated[list[Slug], Once] = field(list, _narrows("Topics", "topic"))
