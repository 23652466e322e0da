"""People who are out, and how they get home."""

from __future__ import annotations

from typing import Annotated, Final

from msgu.scenario.schema import names
from msgu.scenario.schema.field import Sourced, field
from msgu.scenario.schema.laws import Law, Weight, lognormal
from msgu.scenario.schema.maps import Weighted
from msgu.scenario.schema.places import SPOT_MEANING, Ground
from msgu.units import Duration, Probability, Speed, WallTime

STATES: Final = (
    "out", "riding", "walking", "taxi", "stranded", "seeking", "to_host", "sheltered", "home", "held", "walking_far",
    "outside",
)  # fmt: skip
"""States of people who are out, in the order of the kernels' codes."""


class Outing(Sourced):
    """People who are out in a place and go home."""

    people: int = field(..., "How many; never scaled.", unit="persons", ge=0, le=10**7)
    zone: names.Zone = field(..., "Where they are.")
    leaves: WallTime = field(..., "Median time of leaving.", unit="s")
    spread: Duration = field(1800.0, "Standard deviation of the time of leaving.", unit="s", ge=0, le=86400)
    closes: WallTime | None = field(None, "Closing time, by which everybody leaves; empty: none.", unit="s")
    spot: Ground | None = field(None, SPOT_MEANING)


class GoingHome(Sourced):
    """How people get home (docs/model/closures.md)."""

    homes: Annotated[dict[names.ZoneAsKey, Weight], Weighted] = field(
        dict, "Relative number of homes by zone alone; empty: by population, without the kinds `country` and `abroad`."
    )  # fmt: skip
    accept_ride: Duration = field(5400.0, "Longest journey by public transport that people accept.", unit="s", gt=0)
    accept_walk: Duration = field(2700.0, "Longest walk that people accept at once.", unit="s", ge=0)
    walk_speed: Speed = field(1.25, "Walking speed.", unit="m/s", gt=0, le=5)
    detour: Weight = field(1.3, "Walked distance over straight line.", gt=0, le=5)
    taxi: Probability = field(0.15, "Chance to find a taxi when stranded.")
    taxi_speed: Speed = field(5.5, "Speed of a taxi door to door, waiting included.", unit="m/s", gt=0, le=40)
    patience: Law = field(lambda: lognormal(5400.0, 0.8), "Time stranded before walking home however far.", unit="s")
    until: WallTime | None = field(
        None, "End of what is followed: nobody who is out moves or looks for shelter after it; empty: the end of the run.",
        unit="s",
    )  # fmt: skip
