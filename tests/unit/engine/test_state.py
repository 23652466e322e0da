"""What changes during a run is declared: everything else follows from the scenario."""

from __future__ import annotations

import hashlib

import numpy as np
from msgu.engine.compiled import CompiledEngine
from msgu.engine.run import run_phenomena
from msgu.kernels.arrays.declare import Given, fields
from msgu.kernels.arrays.run import Everything
from msgu.scenario.load import load
from msgu.world.build import build_world


def _given(night: CompiledEngine) -> dict[str, str]:
    """Digest of each array that is declared as given."""
    records = {name: getattr(night, name) for name in Everything._fields if hasattr(night, name)}
    return {
        f"{name}.{field.name}": hashlib.sha256(np.ascontiguousarray(getattr(record, field.name))).hexdigest()
        for name, record in records.items()
        for field in fields(type(record))
        if isinstance(field.declared, Given)
    }


def test_no_array_that_is_declared_as_given_changes_during_a_night() -> None:
    s = load("toy", (), ["record.event_log=true"])
    night = CompiledEngine(build_world(s, s.seed, s.scale), 0, keep_log=True)
    before = _given(night)
    run_phenomena(night, 0)
    assert len(before) > 60
    assert [name for name, digest in _given(night).items() if digest != before[name]] == []
