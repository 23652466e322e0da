"""Tables are made once what only the run needed is given up."""

from __future__ import annotations

import pytest
from msgu.engine.collect import results
from msgu.engine.compiled import CompiledEngine
from msgu.engine.run import run_phenomena
from msgu.results import Results
from msgu.results.replication import fingerprint
from msgu.world.build import build_world

from tests import TOY
from tests.shipped import loaded


def night() -> tuple[CompiledEngine, Results]:
    """A short night of the toy and its results."""
    engine = CompiledEngine(build_world(loaded(TOY), 1, 0.2), 0, keep_log=False)
    return engine, results(engine, run_phenomena(engine, 0), 0)


@pytest.mark.toy
def test_tables_need_nothing_of_what_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    engine, made = night()
    given_up = engine.calendar.far, engine.calendar.known_time, engine.cascade.left, engine.phone.sms_sent
    assert not any(array.size for array in given_up)
    monkeypatch.setattr(CompiledEngine, "let_go", lambda _self: None)
    whole, kept = night()
    assert whole.calendar.far.size > 0
    assert fingerprint(made) == fingerprint(kept)
