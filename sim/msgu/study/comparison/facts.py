"""A comparison as JSON: everything that the page and the tables say, and the program that made it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Final

import numpy as np

from msgu.measure.fired import Fired
from msgu.results.files import replace_files, seal
from msgu.results.provenance import versions
from msgu.study.comparison.found import Comparison, EffectRow
from msgu.study.comparison.paired import Interval
from msgu.study.comparison.plan import PlannedReading
from msgu.study.comparison.robustness import standings

FORMAT: Final = 2
FILE: Final = "compare.json"


def as_facts(found: Comparison) -> dict[str, Any]:
    """Return a comparison as plain facts; nothing in it depends on when or where it was made."""
    plan = found.plan
    return {
        "format": FORMAT,
        "study": plan.id,
        "question": {"fr": plan.fr, "en": plan.en},
        "scenario": plan.baseline.scenario.id,
        "peak_reading": plan.baseline.scenario.evidence.peak_reading,
        "nights": found.nights,
        "planned": plan.reps,
        "identity": found.identity,
        "versions": versions(),
        "command": command(found),
        "alternatives": [
            {
                "id": choice.id,
                "title": {"fr": choice.fr, "en": choice.en},
                "scenario_sha256": choice.sha256,
                "policies": [policy.model_dump() for policy in choice.policies],
                "sets": {change.key: change.text for change in choice.changes},
                "failed": list(found.failed[choice.id]),
            }
            for choice in plan.choices
        ],
        "outcomes": [
            {
                "id": o.id, "title": {"fr": o.fr, "en": o.en}, "metric": o.text, "window_s": list(o.window), "unit": o.unit,
                "better": "more" if o.more_is_better else "less", "matters": o.matters, "family": o.family or o.id,
                "summary": o.summary, "tail": "light" if o.light else "heavy", "constrained_by": list(o.constrained),
            }
            for o in plan.outcomes
        ],
        "effects": [_effect(row) for row in found.rows],
        "selection": _selection(found),
        "readings": [_reading(found, reading) for reading in found.plan.readings],
        "values": _values(found),
        "rules": {name: list(map(_of_rule, told)) for name, told in found.fired.items()},
    }  # fmt: skip


def _reading(found: Comparison, reading: PlannedReading) -> dict[str, Any]:
    other = found.under.get(reading.id)
    return {
        "id": reading.id,
        "title": {"fr": reading.fr, "en": reading.en},
        "sets": {change.key: change.text for change in reading.changes},
        "peak_reading": reading.choices[0].scenario.evidence.peak_reading,
        "scenario_sha256": {choice.id: choice.sha256 for choice in reading.choices},
        "nights": other.nights if other else 0,
        "planned": reading.reps,
        "effects": [_effect(row) for row in other.rows] if other else [],
        "holds": {
            one.outcome: {"standing": one.standing, "here": one.here, "there": one.there, "reversed": list(one.reversed)}
            for one in standings(found)
            if one.reading == reading.id
        },
        "values": _values(other) if other else {},
    }


def _values(found: Comparison) -> dict[str, dict[str, list[float | None]]]:
    return {name: {key: [_plain(v) for v in column] for key, column in by.items()} for name, by in found.values.items()}


def command(found: Comparison) -> str:
    """Return the words that run the same again."""
    return " ".join(("msgu", "compare", *found.plan.words, "--out=again"))


def _effect(row: EffectRow) -> dict[str, Any]:
    e = row.effect
    return {
        "alternative": row.alternative, "outcome": row.outcome, "nights": e.nights, "baseline": _plain(e.base),
        "with": _plain(e.other), "summary": e.summary, "effect": _plain(e.estimate), "interval": _interval(e.interval),
        "median": _plain(e.median), "mean": _plain(e.mean), "helps": e.helps, "harms": e.harms, "same": e.same,
        "helps_in_100": _plain(100 * e.helps / e.nights if e.nights else math.nan), "helps_share": _interval(e.helps_share),
        "p": _plain(e.p), "p_holm": _plain(row.p), "tests": row.tests, "verdict": row.verdict,
        "variance_ratio": _plain(row.variance), "missing": e.missing,
    }  # fmt: skip


def _interval(i: Interval) -> dict[str, Any]:
    return {"low": _plain(i.low), "high": _plain(i.high), "level": _plain(i.level), "at_least": i.at_least}


def _selection(found: Comparison) -> dict[str, Any] | None:
    s = found.selected
    if s is None:
        return None
    return {
        "best": s.best,
        "alive": list(s.alive),
        "left_after": s.left,
        "nights": s.nights,
        "guarantee": s.guarantee,
        "zone": s.zone,
        "without_value": list(s.empty),
    }


def _of_rule(told: Fired) -> dict[str, Any]:
    return {key: value if isinstance(value, str) else _plain(value) for key, value in told._asdict().items()}


def _plain(value: float) -> float | None:
    """Return a number that JSON has."""
    return float(value) if np.isfinite(value) else None


def write_facts(found: Comparison, folder: Path) -> Path:
    """Write ``compare.json``, sealed with its own checksum."""
    return replace_files(folder, {FILE: seal(as_facts(found))})[0]
