"""A study file: one question, a scenario, alternatives to it, and how they are judged."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints, model_validator

from msgu.errors import InputError, Loc, SchemaProblem
from msgu.scenario.files import names_yaml, read_whole
from msgu.scenario.policy import Both
from msgu.scenario.schema.field import Slug, Strict, field
from msgu.scenario.yaml.locate import placed
from msgu.scenario.yaml.nodes import Mapping
from msgu.units import Scale

File = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\\]+\.ya?ml$", max_length=300)]
Number = Annotated[float, Field(ge=-1e15, le=1e15)]


class Alternative(Strict):
    """What is done in one alternative."""

    title: Both | None = field(None, "Title; empty: those of its policies.")
    policies: list[str] = field(list, "Names in `policies/` beside the scenario, or files beside the study.")
    sets: list[str] = field(list, "Overrides such as `desks.hotline.shifts.night.operators=50`.")


class Reading(Alternative):
    """Another reading of what is known, under which the whole comparison is made again: a peak reading, a calibration."""

    reps: int | None = field(None, "Nights of each alternative under it; empty: as many as of the study.", ge=1, le=100_000)


class StudyMetric(Strict):
    """One outcome on which alternatives are compared."""

    title: Both = field(..., "What it is, in words.")
    metric: str = field(..., "Metric with its arguments, as in the evidence.", max_length=400)
    window: Annotated[list[str], Field(min_length=2, max_length=2)] | None = field(
        None, "From when to when, as times of the scenario; empty: the whole night."
    )
    better: Literal["more", "less"] = field(..., "Which way it helps.")
    unit: str = field("", "Unit as shown; `%` shows a share as a percentage.", max_length=40)
    matters: float = field(
        0.0, "Indifference zone: smaller differences are of no interest, in the unit shown.", ge=0, le=1e15
    )
    family: Slug | None = field(
        None, "Tests that Holm corrects together; empty: those of this outcome, over all alternatives."
    )
    summary: Literal["median", "mean"] = field("median", "What of the differences is estimated.")
    tail: Literal["light", "heavy"] = field("heavy", "Tail of the differences; only a light one gives a mean its level.")


class Selecting(Strict):
    """Fully sequential selection of the best: nights are run until one is left."""

    metric: Slug = field(..., "Metric that decides; its `matters` is the indifference zone, above 0.")
    guarantee: float = field(0.95, "Chance that the best is chosen where it leads by the zone.", gt=0.5, lt=1)
    first: int = field(10, "Nights before the first elimination.", ge=5, le=1000)


class Uncertain(Strict):
    """One parameter that nobody knows well."""

    key: str = field(..., "Dotted key of the scenario, as for `--set`.", max_length=300)
    low: str | Number = field(..., "Least plausible value, with its unit where it has one.")
    high: str | Number = field(..., "Greatest plausible value.")
    law: Literal["uniform", "log"] = field("uniform", "Equal chances on a plain or on a logarithmic axis.")
    title: Both | None = field(None, "What it is, in words.")
    source: str = field("assumption", "Where the range comes from.", max_length=500)


class Sensitivity(Strict):
    """How uncertain parameters are explored."""

    metric: Slug = field(..., "Metric that ranks the alternatives.")
    method: Literal["morris", "sobol"] = field("morris", "Screening, or shares of the variance.")
    size: int = field(8, "Morris: trajectories. Sobol: a power of two.", ge=2, le=4096)
    reps: int = field(1, "Nights for each point.", ge=1, le=1000)


class ComparisonStudy(Strict):
    """A question put to the simulator."""

    msgu: Literal[1] = field(..., "Version of this format.")
    id: Slug = field(..., "Identifier.")
    question: Both = field(..., "The question, as one would ask it.")
    scenario: File = field(..., "Scenario file, from the folder of the study.")
    sets: list[str] = field(list, "Overrides common to the baseline and all alternatives.")
    baseline: Alternative = field(Alternative, "What every alternative is compared with.")
    alternatives: Annotated[dict[Slug, Alternative], Field(min_length=1, max_length=100)] = field(..., "What could be done.")
    readings: Annotated[dict[Slug, Reading], Field(max_length=20)] = field(
        dict, "Other readings of what is known, each laid under the baseline and every alternative."
    )
    metrics: dict[Slug, StudyMetric] = field(dict, "Outcomes; empty: those about people that the scenario has.")
    reps: int = field(30, "Nights of each alternative.", ge=1, le=100_000)
    seed: int | None = field(None, "Seed; empty: the scenario's own.", ge=0, lt=2**63)
    scale: Scale | None = field(None, "Scale; empty: the scenario's own.")
    select: Selecting | None = field(None, "Selection of the best; empty: every night of every alternative is run.")
    uncertain: dict[Slug, Uncertain] = field(dict, "Parameters that nobody knows well.")
    sensitivity: Sensitivity | None = field(None, "How they are explored, for `msgu sensitivity`.")

    @model_validator(mode="after")
    def _references(self) -> ComparisonStudy:
        problems = [*_alternative_problems(self), *_metric_problems(self)]
        if self.sensitivity is not None and not self.uncertain:
            problems.append((("sensitivity",), "nothing uncertain", "`uncertain:` with a parameter or more", ""))
        if problems:
            raise SchemaProblem(problems)
        return self


def _alternative_problems(study: ComparisonStudy) -> Iterator[tuple[Loc, str, str, str]]:
    """Only one block is the baseline, and another reading reads something otherwise."""
    if "baseline" in study.alternatives:
        yield ("alternatives", "baseline", "[key]"), "`baseline`", "another name", "the block `baseline:`"
    for name, reading in study.readings.items():
        if not reading.policies and not reading.sets:
            yield ("readings", name), "nothing that is read otherwise", "`policies:` or `sets:`", ""


def _metric_problems(study: ComparisonStudy) -> Iterator[tuple[Loc, str, str, str]]:
    """What is asked for is a metric of the study, and the best is selected by one that has a zone of indifference."""
    for block in ("select", "sensitivity"):
        asked = getattr(study, block)
        if asked is not None and study.metrics and asked.metric not in study.metrics:
            yield (block, "metric"), repr(asked.metric), "a metric of this study", ", ".join(study.metrics)
    chosen = study.metrics.get(study.select.metric) if study.select else None
    if study.select is not None and chosen is not None and chosen.matters <= 0:
        yield ("metrics", study.select.metric), "no zone", "`matters` above 0", "matters: 1"


@dataclass(frozen=True)
class ComparisonStudyFile:
    """A study with the text it was read from, so that later problems find their place."""

    path: str
    study: ComparisonStudy
    tree: Mapping

    def beside(self, name: str) -> str:
        """Return a file named by the study, as seen from the working folder."""
        return os.path.normpath(os.path.join(os.path.dirname(self.path), name))

    def policy(self, name: str) -> str:
        """Return a policy named by the study: a file beside the study, or a name in `policies/` beside the scenario."""
        return self.beside(name) if name.endswith((".yaml", ".yml")) else name


def load_study(path: str) -> ComparisonStudyFile:
    """Read and check a study file.

    Raises
    ------
    InputError
        With every problem found, each at its place.
    """
    study, tree, _ = read_whole(path, ComparisonStudy)
    stray = [(loc, f"`{name}`", _NAMED, "") for loc, name in _named(study) if not names_yaml(path, name)]
    if stray:
        raise InputError(placed(tree, stray))
    return ComparisonStudyFile(path, study, tree)


_NAMED: Final = "a YAML file, by its path from this folder on"


def _named(study: ComparisonStudy) -> Iterator[tuple[Loc, str]]:
    """Yield each file that a study names, and where it does."""
    yield ("scenario",), study.scenario
    blocks: dict[Loc, Alternative] = {("baseline",): study.baseline}
    blocks |= {("alternatives", name): one for name, one in study.alternatives.items()}
    blocks |= {("readings", name): one for name, one in study.readings.items()}
    for where, one in blocks.items():
        for i, name in enumerate(one.policies):
            if name.endswith((".yaml", ".yml")):
                yield (*where, "policies", i), name
