"""Reported figures: what was said, by whom, how sure, and what it is used for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from msgu.errors import SchemaProblem
from msgu.scenario.schema.field import Confidence, Slug, Strict, field
from msgu.scenario.schema.laws import Weight
from msgu.units import Probability, WallTime

Reading = Literal["hashtag_per_second", "hashtag_per_minute", "event_per_second"]
Finite = Annotated[float, Field(ge=-1e15, le=1e15)]


class Figure(Strict):
    """One reported figure."""

    quantity: str = field(..., "What was reported.", max_length=300)
    value: Finite | None = field(None, "Reported value; empty for a qualitative statement or a bound alone.")
    unit: str = field(
        "1",
        "Unit of the value: that of its metric, or one of the same kind, which is converted (see Metrics below).",
        max_length=40,
    )
    low: Finite | None = field(None, "Least value that counts as reproduced.")
    high: Finite | None = field(None, "Greatest value that counts as reproduced.")
    metric: str = field(..., "Metric of `msgu.measure.metrics.values` that is compared, with its arguments.", max_length=200)
    window: tuple[WallTime, WallTime] | None = field(None, "From when to when.", unit="s")
    role: Literal["target", "validation"] = field(..., "Fitted, or only predicted.")
    kind: Literal["by construction", "fitted", "predicted"] = field(
        "predicted",
        "How the model gets at this figure: an input was derived from it or from a figure that it restates; a setting was "
        "turned until it, or a figure that it restates, held; neither.",
    )
    weight: Probability = field(0.0, "Weight in the calibration.")
    source: str = field(..., "Document.", max_length=500)
    confidence: Confidence = field(..., "A first-party, B attributed press, C unattributed, D inferred, M assumption.")
    group: Slug | None = field(None, "Figures of one group restate one another and count once; empty: a group of its own.")
    headline: bool = field(False, "The scorecard opens with it.")
    counter: Slug | None = field(None, "Counter whose factor kappa multiplies the model's value.")
    reading: Reading | None = field(None, "Only under this reading of the peak; empty: always.")
    note: str = field("", "What a reader should know.", max_length=2000)


class Counter(Strict):
    """A counter that sees a share of the tweets."""

    kappa: Weight = field(1.0, "Observed over true, between `low` and `high`.", gt=0)
    low: Weight = field(..., "Least kappa.", gt=0)
    high: Weight = field(..., "Greatest kappa.", gt=0)
    note: str = field("", "Why.", max_length=500)

    @model_validator(mode="after")
    def _bounds(self) -> Counter:
        if self.low > self.high:
            raise SchemaProblem([(("low",), f"{self.low:g} above `high`", f"at most {self.high:g}", "")])
        if not self.low <= self.kappa <= self.high:
            raise SchemaProblem(
                [(("kappa",), f"{self.kappa:g}", f"from `low` to `high`: {self.low:g} to {self.high:g}", "")]
            )
        return self


class Evidence(Strict):
    """The ledger of the scenario."""

    peak_reading: Reading = field("hashtag_per_second", "How '7,000 tweets per second' is read.")
    counters: dict[Slug, Counter] = field(dict, "Counters.")
    figures: dict[Slug, Figure] = field(dict, "Reported figures.")
