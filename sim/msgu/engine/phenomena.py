"""The phenomena of a run: what starts each of them, and which tables it leaves.

This list is the one place where a new phenomenon is named in the engine. Its process stands in `processes`, the builders
of its tables in `tables`, what their columns mean in `msgu.results.tables`, under the same noun everywhere.
What the kernels run (posts, calls, people who are out) has no process; only dated changes to it have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from msgu.engine.compiled import CompiledEngine
from msgu.engine.context import Context
from msgu.engine.processes import (
    bots,
    closures,
    curated_map,
    desks,
    measures,
    missing,
    newsrooms,
    posts,
    rules,
    warnings,
    witnesses,
)
from msgu.engine.processes import phone as broadcasts
from msgu.engine.processes import reassurance as safety_check
from msgu.engine.tables import danger, people, phone, reassurance, shelter, social
from msgu.engine.tables import desks as desk_tables
from msgu.engine.tables import missing as missing_tables
from msgu.engine.tables import rules as rule_tables
from msgu.engine.tables import warnings as warning_tables
from msgu.results import OPTIONAL, TABLES, Columns
from msgu.streams import STREAMS, Stream
from msgu.world.build import World


def _nothing(_: Context) -> None:
    """Start no process: the kernels run all of it."""


def _no_names(_: World) -> dict[str, list[str]]:
    return {}


def _no_totals(_: CompiledEngine) -> dict[str, int]:
    return {}


@dataclass(frozen=True)
class Phenomenon:
    """One phenomenon.

    Parameters
    ----------
    name : the noun that its files share.
    start : registers its SimPy processes; returns what they write down for `counted`, if anything.
    tables : table -> its builder from the engine's arrays; None where an optional one is not kept.
    counted : table -> its builder from those arrays and from what `start` returned, likewise.
    streams : streams that its process alone draws from.
    names : lists of names that index columns refer to.
    totals : totals of the run by name, for its summary.
    """

    name: str
    start: Callable[[Context], Any] = _nothing
    tables: Mapping[str, Callable[[CompiledEngine], Columns | None]] = field(default_factory=dict)
    counted: Mapping[str, Callable[[CompiledEngine, Any], Columns | None]] = field(default_factory=dict)
    streams: tuple[Stream, ...] = ()
    names: Callable[[World], dict[str, list[str]]] = _no_names
    totals: Callable[[CompiledEngine], dict[str, int]] = _no_totals

    def built(self, night: CompiledEngine, written: Any) -> dict[str, Columns]:
        """Return the tables of a finished run: of its engine, and of what `start` returned."""
        found: dict[str, Columns | None] = {name: build(night) for name, build in self.tables.items()}
        found |= {name: build(night, written) for name, build in self.counted.items()}
        return {name: columns for name, columns in found.items() if columns is not None}


PHENOMENA: Final = (
    Phenomenon("measures", measures.start),
    Phenomenon("people", closures.start, tables=people.TABLES, names=people.names, totals=people.totals),
    Phenomenon("shelter", curated_map.start, tables=shelter.TABLES, counted=shelter.COUNTED),
    Phenomenon("desks", desks.start, tables=desk_tables.TABLES, names=desk_tables.names),
    Phenomenon("social", posts.start, tables=social.TABLES, names=social.names, totals=social.totals),
    Phenomenon("missing", missing.start, counted=missing_tables.COUNTED, streams=(missing.SEARCH,)),
    Phenomenon("bots", bots.start, streams=(bots.BOTS,)),
    Phenomenon("phone", broadcasts.start, tables=phone.TABLES, names=phone.names, totals=phone.totals),
    Phenomenon("reassurance", safety_check.start, tables=reassurance.TABLES, totals=reassurance.totals),
    Phenomenon("witnesses", witnesses.start),
    Phenomenon("danger", tables=danger.TABLES, names=danger.names),
    Phenomenon("warnings", warnings.start, tables=warning_tables.TABLES, names=warning_tables.names),
    Phenomenon("rules", rules.start, counted=rule_tables.COUNTED, streams=(rules.ERRORS,), names=rule_tables.names),
    Phenomenon("newsrooms", newsrooms.start),
)
"""In the order in which they start, which orders SimPy events of equal time: a new one comes last."""


def check(phenomena: Iterable[Phenomenon]) -> None:
    """Raise `ValueError` unless each declared table has one builder, each builder a declared table, each stream one owner."""
    phenomena = list(phenomena)
    names = [name for one in phenomena for name in (*one.tables, *one.counted)]
    twice = _twice(names)
    undeclared, unbuilt = sorted(set(names) - set(TABLES)), sorted(set(TABLES) - OPTIONAL - set(names))
    if twice or undeclared or unbuilt:
        raise ValueError(f"tables built twice {twice}, built but not declared {undeclared}, never built {unbuilt}")

    drawn = [*STREAMS, *(stream.name for one in phenomena for stream in one.streams)]
    if shared := _twice(drawn):
        raise ValueError(f"streams declared twice: {shared}")


def _twice(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


check(PHENOMENA)
