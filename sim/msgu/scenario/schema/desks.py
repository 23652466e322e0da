"""Call centres."""

from __future__ import annotations

from typing import Annotated

from msgu.scenario.schema import names
from msgu.scenario.schema.field import Slug, Sourced, field
from msgu.scenario.schema.laws import Law, Weight, lognormal
from msgu.scenario.schema.maps import Weighted
from msgu.scenario.schema.social import Aired
from msgu.scenario.schema.triggers import When
from msgu.units import Probability, Rate, WallTime


class Shift(Sourced):
    """Operators from a time on."""

    at: When = field(..., "From when.", unit="s")
    operators: int = field(..., "Operators on duty.", ge=0, le=100000)


class DeskRate(Sourced):
    """Calls at a constant rate between two times."""

    at: WallTime = field(..., "Start.", unit="s")
    until: WallTime = field(..., "End.", unit="s")
    rate: Rate = field(..., "Calls.", unit="calls/s", ge=0, le=1e6)
    zones: Annotated[dict[names.ZoneOrKindAsKey, Weight], Weighted] = field(
        dict, "Where they call from, with weight per inhabitant, for a desk `over_cells`; empty: everywhere alike."
    )


class Announcement(Aired):
    """The number of a call centre is told on television or radio."""

    at: WallTime = field(..., "When the programme starts to tell.", unit="s")


class Desk(Sourced):
    """A call centre at full size: operators by shift, a waiting line, impatience, redial."""

    shifts: dict[Slug, Shift] = field(..., "Operators on duty by shift.")
    lines: int | None = field(None, "Callers who can wait; empty: no limit.", unit="callers", ge=0, le=10**7)
    handling: Law = field(..., "Time to handle a call.", unit="s")
    patience: Law | None = field(None, "Time that a caller waits before giving up; empty: for ever.", unit="s")
    persistence: Probability = field(0.0, "Chance to redial after a busy tone or giving up.")
    redial_after: Law = field(lambda: lognormal(600.0, 1.0), "Time to the next attempt.", unit="s")
    worried_share: Probability = field(0.0, "Chance that a person with uncleared worry calls this desk.")
    reaction: Law = field(lambda: lognormal(3600.0, 1.2), "Time from worry (or opening) to that call.", unit="s")
    informs: Probability = field(0.1, "Chance that an answered call clears the caller's worry.")
    announced: dict[Slug, Announcement] = field(
        dict, "Who has heard the number: a worried person calls after one of these has reached them; empty: all know it."
    )
    rates: dict[Slug, DeskRate] = field(dict, "Other callers: constant rates between times.")
    over_cells: bool = field(
        False,
        "A call takes a voice channel of its caller's cell, held while it waits and is handled; without one it is lost.",
    )
    emergency: bool = field(
        False,
        "An emergency number, of a desk `over_cells`: its calls may take `reserved` channels, and no barring stops them.",
    )
    until: WallTime | None = field(
        None, "End of what is followed: nothing of this desk happens after it; empty: the end of the run.", unit="s"
    )
