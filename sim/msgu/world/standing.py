"""Residents who stand for people out: their calls and messages pass through the cells where those people are.

People out are at full size, cells are fewer at `scale`; see docs/concepts/bridge.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from msgu import streams
from msgu.kernels import standing
from msgu.kernels.base import sample
from msgu.scenario.schema.root import Scenario
from msgu.world.people import Out, Residents


@dataclass(frozen=True)
class Standing:
    """Who stands for whom, each of shape (n_out,), or (0,) where nothing asks for it.

    resident : resident who stands for a person out, -1: nobody. cell, home : where that resident's calls pass, while the
    person is out and from home. learner : resident who learns what a person out sees, -1: nobody does.
    """

    resident: NDArray[np.int32]
    cell: NDArray[np.int32]
    home: NDArray[np.int32]
    learner: NDArray[np.int32]


def is_asked(scenario: Scenario) -> bool:
    """Return whether calls of people out pass where they stand, or somebody who is out sees what happens."""
    return _stand(scenario) or bool(scenario.witnesses) or any(message.desk for message in scenario.warnings.values())


def _stand(scenario: Scenario) -> bool:
    return scenario.phones is not None and scenario.phones.people_out > 0.0


def build_standing(
    scenario: Scenario, seed: int, scale: float, out: Out, residents: Residents, clone_of: NDArray[np.int32]
) -> Standing:
    """Choose who stands for whom; `clone_of` : shape (n_out,). Resident of whom each person out is a clone."""
    n = len(out.at) if is_asked(scenario) else 0
    nobody = np.full(n, -1, np.int32)
    if n == 0:
        return Standing(nobody, nobody, nobody, nobody)
    key = np.uint64(streams.key(seed, streams.WORLD, "world.standing"))
    u = np.empty(n)
    sample.uniforms(key, 0, 0, u)
    resident = nobody.copy()
    cell, home = nobody.copy(), nobody.copy()
    if _stand(scenario) and len(residents.cell_zone):
        share = kept_share(scenario, residents)[out.at]
        kept = np.flatnonzero((u < share) & (clone_of >= 0))
        standing.stand_in(kept, clone_of, out.home, residents.first, residents.count, resident)
        at_home = residents.drawn_cells()
        for_whom = resident >= 0
        first, per_zone = residents.cell_groups()
        group = out.at.astype(np.int64) * per_zone + residents.operator[resident] * int(per_zone > 1)
        sample.uniforms(key, 1, 0, u)
        cell[:] = np.where(for_whom, first[group] + (u * (first[group + 1] - first[group])).astype(np.int64), -1)
        home[:] = np.where(for_whom, at_home[resident], -1)
        sample.uniforms(key, 0, 0, u)
    learner = np.where(u < scale, np.where(resident >= 0, resident, clone_of), -1).astype(np.int32)
    return Standing(resident, cell, home, learner)


def kept_share(scenario: Scenario, residents: Residents) -> NDArray[np.float64]:
    """Share of the people out in each zone for whom a resident stands, so that each cell has those of a whole one; (n_zones,)."""
    weight = residents.zone_weight
    share = scenario.phones.people_out if scenario.phones else 0.0
    kept: NDArray[np.float64] = np.minimum(np.divide(share, weight, out=np.zeros(len(weight)), where=weight > 0), 1.0)
    return kept
