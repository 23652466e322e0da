"""Rules: what a crisis room watches, and when it acts on what it sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from msgu.scenario.observables import OBSERVABLES
from msgu.scenario.schema import names
from msgu.scenario.schema.field import Sourced, field
from msgu.scenario.schema.maps import Once
from msgu.scenario.schema.triggers import LevelOf
from msgu.units import Duration, WallTime

if TYPE_CHECKING:
    ObservableName = str
else:
    ObservableName = Literal[tuple(OBSERVABLES)]


_WINDOW = 300.0
"""Window of a rate or a share where a rule names none [s]."""


class Team(Sourced):
    """People of the crisis room who are needed while a rule is on."""

    people: int = field(..., "How many there are.", ge=0, le=10**6)


class Rule(Sourced):
    """Something is watched, and a rule goes on and off by what is seen of it (docs/model/rules.md)."""

    at: WallTime = field(..., "From when it is watched.", unit="s")
    until: WallTime | None = field(None, "Until when; a rule that is on goes off then. Empty: the end of the run.", unit="s")
    sees: ObservableName = field(..., "What is watched.")
    topic: names.Topic | None = field(None, "Topic of the posts.")
    zones: Annotated[list[names.Zone], Once] = field(list, "Zones of cells or of people who are out; empty: all.")
    desk: names.Desk | None = field(None, "Desk of the callers.")
    event: names.Event | None = field(None, "Event of which the time is taken.")
    over: Duration | None = field(
        None, "Window of a rate or a share, a whole number of looks; empty: 5 min.", unit="s", gt=0, le=86400
    )
    above: LevelOf | None = field(None, "It goes on where more than this is seen.")
    below: LevelOf | None = field(None, "It goes on where less than this is seen.")
    lasting: Duration = field(0.0, "For how long that must be seen, a whole number of looks.", unit="s", le=10**6)
    until_below: LevelOf | None = field(
        None, "With `above`: it goes off below this; empty: where no more than `above` is seen."
    )
    until_above: LevelOf | None = field(
        None, "With `below`: it goes off above this; empty: where no less than `below` is seen."
    )
    until_lasting: Duration = field(0.0, "For how long that must be seen, a whole number of looks.", unit="s", le=10**6)
    every: Duration = field(60.0, "Time from one look to the next.", unit="s", gt=0, le=86400)
    delay: Duration = field(0.0, "Age of what is seen: from a look to the decision on it.", unit="s", le=86400)
    error: float = field(0.0, "Sigma of the lognormal factor of median 1 by which a look is wrong.", ge=0, le=3)
    at_most: int | None = field(None, "How many times it goes on at most; empty: no limit.", ge=1, le=10**6)
    teams: dict[names.TeamAsKey, int] = field(dict, "How many people of which team it needs while it is on.", unit="persons")
    short: Literal["waits", "passes"] = field(
        "waits", "Where too few are free: it tries again at each look while its level lasts, or this time is passed over."
    )

    @property
    def window(self) -> float:
        """Window of a rate or a share [s]."""
        return _WINDOW if self.over is None else self.over
