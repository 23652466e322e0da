"""Assumptions and settings of a scenario, read from it, so that the page leaves none out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from msgu.report.base.escape import clipped, visible
from msgu.scenario.schema.field import Sourced
from msgu.scenario.schema.places import Places, Row
from msgu.scenario.schema.root import Scenario

_ASSUMED = ("M", "D")
_ABOUT = {"source", "confidence", "note"}


@dataclass(frozen=True)
class Assumption:
    """A block whose values are inferred or assumed: where it stands, its own values, source, confidence, note."""

    where: str
    values: str
    source: str
    confidence: str
    note: str


def assumptions(scenario: Scenario) -> list[Assumption]:
    """Return every block of the scenario with confidence M or D, in the order of the scenario.

    Rows of tables of places that have no source of their own are told once, with their table.
    """
    return list(_blocks(scenario, ""))


def _blocks(model: BaseModel, path: str) -> Iterator[Assumption]:
    if isinstance(model, Sourced | Row) and model.confidence in _ASSUMED:
        source = visible(model.source or "")
        yield Assumption(path, _values(model), source, str(model.confidence), visible(model.note))
    for name in type(model).model_fields:
        value = getattr(model, name)
        below = f"{path}.{name}" if path else name
        if isinstance(model, Places) and name == "provenance":
            yield from _tables(model, below)
        elif isinstance(value, BaseModel):
            yield from _blocks(value, below)
        elif isinstance(value, dict):
            for key, item in value.items():
                if isinstance(item, BaseModel):
                    yield from _blocks(item, f"{below}.{visible(key)}")


def _tables(places: Places, path: str) -> Iterator[Assumption]:
    """Tables of places: one assumption for all rows without a source of their own; none for an empty table."""
    sizes = {
        "zones": len(places.zones), "modes": len(places.metro.modes), "stations": len(places.metro.stations),
        "lines": len(places.metro.lines), "walks": len(places.metro.walks), "venues": len(places.venues),
    }  # fmt: skip
    for name in type(places.provenance).model_fields:
        table: Sourced = getattr(places.provenance, name)
        if table.confidence in _ASSUMED and sizes[name]:
            values = f"{sizes[name]} rows"
            yield Assumption(f"{path}.{name}", values, visible(table.source), table.confidence, visible(table.note))


def _values(model: BaseModel) -> str:
    """The block's own values as YAML has them; blocks inside it speak for themselves."""
    own = []
    dumped = model.model_dump(mode="json")
    for name in type(model).model_fields:
        value = getattr(model, name)
        sourced = isinstance(value, Sourced) or (
            isinstance(value, dict) and any(isinstance(v, Sourced | Row) for v in value.values())
        )
        if name in _ABOUT or sourced or value is None or value in ("", {}, []):
            continue
        own.append(f"{name} {_compact(dumped[name])}")
    return clipped("; ".join(own), 400)


def _compact(value: Any) -> str:
    if isinstance(value, dict):
        if "law" in value:
            rest = ", ".join(f"{k} {_compact(v)}" for k, v in value.items() if k != "law")
            return f"{value['law']}({rest})"
        return "{" + ", ".join(f"{k} {_compact(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_compact(v) for v in value) + "]"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def settings(scenario: Scenario) -> list[tuple[str, str]]:
    """Return every setting of the scenario as it was run: dotted path and value, in the order of the scenario."""
    return list(_flat(scenario.model_dump(mode="json"), ""))


def _flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _flat(item, f"{path}.{visible(key)}" if path else visible(key))
    else:
        text = ", ".join(str(v) for v in value) if isinstance(value, list) and value else value
        yield path, "–" if text in (None, "", {}, []) else visible(text)
