"""A calibration study: which settings are free within which priors, which figures they must meet, at what cost."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from msgu.errors import Loc, SchemaProblem
from msgu.scenario.policy import Both
from msgu.scenario.schema.evidence import Finite, Reading
from msgu.scenario.schema.field import Confidence, Slug, Strict, field
from msgu.units import Duration, Scale


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


class Level(Strict):
    """One level of effort: at which scale, with which models, how many points of how many nights.

    A level that is the first to measure a figure learns it: points fill the space, then waves go where the figures
    allow. A later level says only by how much the figures it measures differ there, at a few likely points.
    """

    scale: Scale = field(..., "Share of the city that is run.", gt=0, le=1)
    models: Literal["all", "posts"] = field("all", "All models of the scenario, or posts alone, which costs far less.")
    horizon: Duration | None = field(None, "Length of its nights; empty: the scenario's.", unit="s", gt=0, le=1e9)
    points: int = field(..., "Points that are run.", ge=2, le=100000)
    start: int | None = field(None, "Those that fill the space before anything is learnt; empty: half of them.", ge=2)
    waves: int = field(3, "Times that the rest of the points is put where the figures allow it.", ge=1, le=20)
    replicates: int = field(2, "Nights for each point, on common draws.", ge=1, le=100)
    confirm: int = field(
        0, "Fresh nights of the best points, by which a fit is judged here; 0: not judged here.", ge=0, le=1000
    )

    @model_validator(mode="after")
    def _start(self) -> Level:
        if self.start is not None and self.start > self.points:
            raise SchemaProblem([(("start",), str(self.start), f"at most the points, {self.points}", str(self.points // 2))])
        if self.confirm == 1:
            raise SchemaProblem([(("confirm",), "1", "0, or 2 and more", "2")])
        return self


class CalibrationStudy(Strict):
    """What is calibrated, on what, at what cost."""

    study: Literal[1] = field(..., "Version of this format.")
    id: Slug = field(..., "Identifier; the overlay gets it too.")
    title: Both = field(..., "Title.")
    scenario: str = field(..., "Scenario file, from the folder of this file on.", max_length=400)
    set: list[str] = field(
        list, "Overrides, `key.path=value`, for instance of the horizon, or of what a factor counts from.", max_length=60
    )
    reading: Reading | None = field(None, "Reading of the peak; empty: the scenario's.")
    levels: dict[Slug, Level] = field(
        ..., "Levels of effort in the order in which they are run.", min_length=1, max_length=6
    )
    worlds: Literal["one", "each"] = field("one", "All nights in one world, or each night of a point in a world of its own.")
    seed: int = field(1, "Seed of the nights and of the search.", ge=0, lt=2**63)
    fresh_seed: int = field(2, "Seed of the fresh nights, by which alone a fit is believed.", ge=0, lt=2**63)
    finalists: int = field(2, "Points that are run again on fresh nights.", ge=2, le=20)
    search: Literal["history", "random"] = field("history", "Waves of history matching, or plain random search.")
    targets: list[Slug] = field(list, "Figures to meet; empty: all of role `target`.", max_length=200)
    parameters: dict[Slug, Parameter] = field(..., "Free settings.", min_length=1, max_length=40)

    @model_validator(mode="after")
    def _together(self) -> CalibrationStudy:
        problems: list[tuple[Loc, str, str, str]] = []
        most = max(max(level.replicates, level.confirm) for level in self.levels.values()) if self.worlds == "each" else 1
        if abs(self.fresh_seed - self.seed) < most:
            given = f"{self.fresh_seed}, whose nights are those of the study"
            problems.append((("fresh_seed",), given, f"{most} or more away from `seed`", str(self.seed + 1000)))
        if not any(level.confirm for level in self.levels.values()):
            problems.append((("levels",), "no level with `confirm`", "fresh nights at one level at least", "confirm: 4"))
        if self.search == "random" and len(self.levels) > 1:
            problems.append((("search",), "random search of several levels", "one level", "history"))
        if problems:
            raise SchemaProblem(problems)
        return self
