"""The raw event log."""

from __future__ import annotations

from msgu.engine.compiled import CompiledEngine
from msgu.results import Columns
from msgu.results.replication import conform_table


def event_log(night: CompiledEngine) -> Columns:
    """Rows of the event log, empty where it was not kept; columns as declared."""
    n, log = int(night.log.size[0]), night.log
    columns = {name: getattr(log, name)[:n].copy() for name in ("time", "code", "who", "nth", "a", "b")}
    return conform_table("event_log", columns)
