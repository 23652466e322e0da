"""The plan of a batch: one scenario with its seed and scale, a number of replications, and the bytes that keep it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from pydantic import ValidationError

from msgu.errors import StorageError
from msgu.results import Identity
from msgu.results.files import read_bytes, to_json
from msgu.results.provenance import source_digest
from msgu.scenario.load import digest
from msgu.scenario.schema.root import Scenario
from msgu.study.batch.manifest import MOST_REPLICATIONS, SCENARIO


@dataclass(frozen=True)
class BatchPlan:
    """What a batch is: one scenario, seed and scale written into it, and a number of replications.

    Parameters
    ----------
    scenario
        As resolved, with the seed and the scale that are run.
    sha256
        Digest of that scenario.
    reps
        Replications, numbered from 0.
    policies
        Ids of the policies laid over it.
    source
        Digest of the package's sources that make its records; empty for those of this process.
    """

    scenario: Scenario
    sha256: str
    reps: int
    policies: tuple[str, ...] = ()
    source: str = ""

    @cached_property
    def data(self) -> bytes:
        """The scenario as its folder keeps it, written once: it is asked for seven times, and takes 20 ms."""
        return scenario_bytes(self.scenario)

    def identity(self, replication: int) -> Identity:
        """Return what a record of this batch must say of itself."""
        seed = self.scenario.world_seed(replication)
        return Identity(self.sha256, self.source or source_digest(), seed, self.scenario.scale, replication)


def plan_batch(
    scenario: Scenario, seed: int | None, scale: float | None, reps: int, policies: Sequence[str] = ()
) -> BatchPlan:
    """Return the plan of a batch; a seed or scale of None is the scenario's own."""
    if not 1 <= reps <= MOST_REPLICATIONS:
        raise ValueError(f"{reps} replications: 1 to {MOST_REPLICATIONS} can be run")
    given = {"seed": seed, "scale": scale}
    made = scenario.model_copy(update={name: value for name, value in given.items() if value is not None})
    return BatchPlan(made, digest(made), reps, tuple(policies))


def scenario_bytes(scenario: Scenario) -> bytes:
    """Return the scenario as `scenario.json` holds it: every field, whatever its default."""
    return to_json(scenario.model_dump(mode="json"))


def scenario_of(data: bytes, path: Path) -> Scenario:
    """Return the scenario that `scenario_bytes` wrote."""
    try:
        return Scenario.model_validate_json(data, context={"start": None})
    except ValidationError:
        raise StorageError(f"{path}: not a scenario of this version of the program") from None


@lru_cache(maxsize=64)
def scenario_at(folder: str, scenario_sha256: str) -> Scenario:
    """Read the scenario of a folder, and check that it is the one that is meant: jobs name it and do not carry it.

    Raises
    ------
    StorageError
        Where it is missing or another one.
    """
    path = Path(folder) / SCENARIO
    scenario = scenario_of(read_bytes(path), path)
    if digest(scenario) != scenario_sha256:
        raise StorageError(f"{path}: not the scenario of this batch")
    return scenario
