"""A calibration study: which settings are free within which priors, which figures they must meet, at what cost."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from sim.errors import Loc, SchemaProblem
from sim.scenario.field import Confidence, Slug, Strict, field
from sim.scenario.policy import Both
from sim.scenario.schema_evidence import Finite, Reading
from sim.units import Scale


class Uniform(Strict):
    """Any value between two bounds, each as likely."""

    law: Literal["uniform"]
    low: Finite = field(..., "Least value.")
    high: Finite = field(..., "Greatest value.")


class Loguniform(Strict):
    """Any value between two bounds above 0, each factor as likely."""

    law: Literal["loguniform"]
    low: float = field(..., "Least value.", gt=0, le=1e15)
    high: float = field(..., "Greatest value.", gt=0, le=1e15)


class Normal(Strict):
    """A normal law, cut off at two bounds."""

    law: Literal["normal"]
    mean: Finite = field(..., "Mean, before it is cut off.")
    sd: float = field(..., "Standard deviation, before it is cut off.", gt=0, le=1e15)
    low: Finite = field(..., "Least value.")
    high: Finite = field(..., "Greatest value.")


class Triangular(Strict):
    """A likeliest value between two bounds."""

    law: Literal["triangular"]
    low: Finite = field(..., "Least value.")
    mode: Finite = field(..., "Likeliest value.")
    high: Finite = field(..., "Greatest value.")

    @model_validator(mode="after")
    def _between(self) -> Triangular:
        if not self.low <= self.mode <= self.high:
            raise SchemaProblem([(("mode",), f"{self.mode:g}", f"between {self.low:g} and {self.high:g}", "")])
        return self


Prior = Annotated[Uniform | Loguniform | Normal | Triangular, Field(discriminator="law")]


class Parameter(Strict):
    """One free setting of the scenario."""

    key: str = field(..., "Key path in the scenario, as `--set` takes it.", max_length=300)
    also: list[str] = field(list, "Other key paths that get the same value or the same factor.", max_length=60)
    sets: Literal["value", "factor"] = field("value", "The value itself, or a factor on the number that stands there.")
    unit: str = field("", "Unit of the value as YAML writes it, such as `min`; empty for a number.", max_length=10)
    prior: Prior = field(..., "What is known of it before.")
    source: str = field(..., "Where the bounds come from.", max_length=500)
    confidence: Confidence = field("M", "A first-party, B attributed press, C unattributed, D inferred, M assumption.")

    @model_validator(mode="after")
    def _bounds(self) -> Parameter:
        if not self.prior.low < self.prior.high:
            given = f"{self.prior.low:g} to {self.prior.high:g}"
            raise SchemaProblem([(("prior", "high"), given, f"above {self.prior.low:g}", "")])
        if self.sets == "factor" and (self.unit or self.prior.low < 0):
            raise SchemaProblem([(("sets",), "a factor with a unit or below 0", "a factor of 0 or more, no unit", "value")])
        return self


class Confirm(Strict):
    """Nights on fresh draws, on which alone a fit is believed."""

    seed: int = field(..., "Seed; another one than the study's.", ge=0, lt=2**63)
    replicates: int = field(4, "Nights.", ge=2, le=1000)


class Study(Strict):
    """What is calibrated, on what, at what cost."""

    study: Literal[1] = field(..., "Version of this format.")
    id: Slug = field(..., "Identifier; the overlay gets it too.")
    title: Both = field(..., "Title.")
    scenario: str = field(..., "Scenario file, from the folder of this file on.", max_length=400)
    set: list[str] = field(list, "Overrides, `key.path=value`, for instance of the horizon.", max_length=60)
    reading: Reading | None = field(None, "Reading of the peak; empty: the scenario's.")
    scales: list[Scale] = field(..., "Shares of the city that are run, the cheapest first.", min_length=1, max_length=4)
    seed: int = field(1, "Seed of the nights and of the search.", ge=0, lt=2**63)
    budget: int = field(..., "Points at the first scale.", ge=8, le=100000)
    start: int | None = field(None, "Points that fill the space before anything is learnt; empty: half the budget.", ge=4)
    waves: int = field(3, "Times that the rest of the budget is put where the figures allow it.", ge=1, le=20)
    replicates: int = field(2, "Nights for each point, on common draws.", ge=2, le=100)
    promoted: int = field(4, "Points run again at each further scale.", ge=2, le=1000)
    confirm: Confirm = field(..., "Fresh nights of the best points.")
    search: Literal["history", "random"] = field("history", "Waves of history matching, or plain random search.")
    targets: list[Slug] = field(list, "Figures to meet; empty: all of role `target`.", max_length=200)
    parameters: dict[Slug, Parameter] = field(..., "Free settings.", min_length=1, max_length=40)

    @model_validator(mode="after")
    def _together(self) -> Study:
        problems: list[tuple[Loc, str, str, str]] = []
        if self.start is not None and self.start > self.budget:
            problems.append((("start",), str(self.start), f"at most the budget, {self.budget}", str(self.budget // 2)))
        if self.confirm.seed == self.seed:
            problems.append((("confirm", "seed"), f"{self.seed}, the study's own", "another seed", str(self.seed + 1)))
        if sorted(self.scales) != self.scales:
            problems.append((("scales",), "a smaller scale after a larger one", "the cheapest first", ""))
        if problems:
            raise SchemaProblem(problems)
        return self
