"""Laws of delay, and the numbers that weigh."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from msgu.errors import SchemaProblem
from msgu.scenario.schema.field import Strict, field
from msgu.scenario.schema.maps import Quantile, quantile_problems
from msgu.units import Duration

Positive = Annotated[float, Field(gt=0, le=1e12)]
Weight = Annotated[float, Field(ge=0, le=1e9)]


class Lognormal(Strict):
    """Lognormal law: median and standard deviation of the logarithm."""

    law: Literal["lognormal"]
    median: Duration = field(..., "Median.", unit="s", gt=0, le=3e7)
    sigma: float = field(..., "Standard deviation of the natural logarithm.", ge=0, le=5)


class Exponential(Strict):
    """Exponential law (for textbook settings: no real response delay is exponential)."""

    law: Literal["exponential"]
    mean: Duration = field(..., "Mean.", unit="s", gt=0, le=3e7)


class Fixed(Strict):
    """The same value each time."""

    law: Literal["fixed"]
    value: Duration = field(..., "Value.", unit="s", ge=0, le=3e7)


class Seismic(Strict):
    """Memory kernel: constant up to s0, then a power law."""

    law: Literal["seismic"]
    theta: float = field(0.2314843, "Exponent of the tail.", gt=0, le=5, source="Zhao et al. 2015, SEISMIC")
    s0: Duration = field(300.0, "Length of the constant part.", unit="s", gt=0, le=1e6, source="Zhao et al. 2015")


class Empirical(Strict):
    """Quantiles joined by straight lines."""

    law: Literal["empirical"]
    quantiles: dict[Quantile, Duration] = field(
        ..., "Probability (as text, '0'..'1') to delay, which does not fall; '0' and '1' required.", unit="s"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Empirical:
        found = quantile_problems(self.quantiles)
        problems = [(("quantiles", *loc), given, allowed, fix) for loc, given, allowed, fix in found]
        if problems:
            raise SchemaProblem(problems)
        return self


_Plain = Lognormal | Exponential | Fixed | Seismic | Empirical
Law = Annotated[_Plain, Field(discriminator="law")]


class Awake(Strict):
    """A time spent awake: the clock runs at the share of accounts at their feed, over its share in the busiest hour."""

    law: Literal["awake"]
    delay: Law = field(..., "Law of the time awake, by `attention.awake` and the clock of the person's zone.")


AnyClockLaw = Annotated[_Plain | Awake, Field(discriminator="law")]
"""A law whose clock may run while one is awake alone."""


def lognormal(median: float, sigma: float) -> Law:
    """Return a lognormal law, for defaults: median [s] and standard deviation of the logarithm."""
    return Lognormal.model_construct(law="lognormal", median=median, sigma=sigma)
