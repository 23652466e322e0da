"""Telephones: operators, cells, the data channel."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from msgu.errors import SchemaProblem
from msgu.scenario.schema import names
from msgu.scenario.schema.field import Slug, Sourced, field
from msgu.scenario.schema.laws import Empirical, Fixed, Law, Weight, lognormal
from msgu.scenario.schema.maps import Hour
from msgu.units import Duration, Probability, Rate, WallTime


class Operator(Sourced):
    """A mobile operator."""

    share: Weight = field(..., "Relative number of subscribers.")
    sms_capacity: Rate = field(
        28170.0, "Messages that its SMS centre serves at scale 1.", unit="SMS/s", gt=0, le=1e9, source="P14"
    )


class Data(Sourced):
    """The data channel of a cell, apart from voice and SMS: one server, first come, first served."""

    share: Probability = field(0.5, "Share of messages written over data (instant messengers) rather than as SMS.")
    capacity: Rate = field(20.0, "Messages that an idle cell's data channel serves.", unit="messages/s", gt=0, le=1e6)
    load: Probability = field(
        0.6, "Share of it in use at the busiest hour, by ordinary traffic with the `profile` of calls.", lt=1
    )
    patience: Duration = field(30.0, "A message that would take longer goes out as an SMS.", unit="s", ge=0, le=86400)


class Battery(Sourced):
    """How long phones last from the start of the run; one that is empty neither calls nor is called."""

    out: Law = field(
        lambda: lognormal(28800.0, 0.8),
        "Time until the phone of a resident who stands for somebody out is empty; once home it is charged. Median 4 to 16 h.",
        unit="s",
    )
    home: Law | None = field(None, "Time until any other phone is empty; empty: it can be charged.", unit="s")


class Phones(Sourced):
    """Voice cells with a finite number of channels (docs/model/phone.md)."""

    operators: dict[Slug, Operator] = field(dict, "Mobile operators.")
    persons_per_cell: Weight = field(
        1400.0, "Subscribers present per cell, where `cells` gives no number.", unit="persons", gt=0
    )
    cells: dict[names.Zone, Annotated[int, Field(ge=0, le=10**12)]] = field(
        dict, "Cells in a zone at scale 1, all operators together.", unit="cells"
    )
    by_operator: bool = field(
        False, "Each operator has its own cells, by share and at least one in a zone, for its own subscribers only."
    )
    channels: int = field(14, "Voice channels of a cell; never scaled.", unit="channels", ge=1, le=1000, source="P15, 2 TRX")
    reserved: int = field(0, "Of these kept for emergency calls: their priority.", unit="channels", ge=0, le=1000)
    emergency_share: Probability = field(0.0, "Share of ordinary calls that are to an emergency number.")
    load: Weight = field(
        8.2, "Ordinary offered load of a cell at the busiest hour.", unit="erlang", source="P15, 2 % blocking"
    )
    profile: dict[Hour, Weight] = field(
        dict, "Ordinary load by local hour, '0'..'23', relative to the busiest; missing counts as 1."
    )
    holding: Law = field(
        lambda: lognormal(100.0, 0.8), "Holding time of an answered call.", unit="s", source="P08, crisis calls shorter"
    )
    ring: Duration = field(20.0, "Holding time of a call that nobody answers.", unit="s", ge=0, le=600)
    answer: Probability = field(0.75, "Chance that a call that got through is answered.")
    both_ends: bool = field(True, "A call needs a channel at both ends.")
    persistence: Probability = field(0.7, "Chance to redial after a failed attempt.")
    redial_after: Law = field(lambda: lognormal(60.0, 1.0), "Time to the next attempt.", unit="s")
    baseline_redials: bool = field(True, "Ordinary calls redial too.")
    data: Data | None = field(None, "The data channel; empty: without limit, and every message an SMS.")
    battery: Battery | None = field(None, "Batteries; empty: no phone is ever empty.")
    people_out: Probability = field(
        0.0, "Share of the people out whose calls and messages pass through the cells where they stand, not those of home."
    )
    until: WallTime | None = field(
        None, "End of what is followed: no call and no message after it; empty: the end of the run.", unit="s"
    )

    @model_validator(mode="after")
    def _calls_last(self) -> Phones:
        holding = self.holding
        longest = holding.value if isinstance(holding, Fixed) else 1.0
        if isinstance(holding, Empirical):
            longest = max(holding.quantiles.values())
        if self.load > 0 and longest <= 0:  # the rate of calls is load over mean holding time: no end of calls at once
            given = f"calls that hold for 0 s, under a load of {self.load:g} erlang"
            raise SchemaProblem([(("holding",), given, "a holding time above 0 s, or `load: 0`", "")])
        return self
