"""A comparison, or a study of sensitivity, as tables: CSV that is safe to open in a spreadsheet, and Parquet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from msgu.lang import Lang
from msgu.report.base.escape import csv_text, visible
from msgu.results.files import replace_files
from msgu.study.comparison.found import Comparison, EffectRow
from msgu.study.comparison.robustness import standings
from msgu.study.sensitivity.run import Explored

EFFECTS: Final = (
    "alternative", "title", "outcome", "what", "unit", "better", "nights", "missing", "baseline", "with", "effect", "low", "high",
    "level", "at_least", "mean", "helps", "harms", "same", "helps_low", "helps_high", "p", "p_holm", "tests", "verdict",
    "variance_ratio", "calibrated_by",
)  # fmt: skip
VALUES: Final = ("alternative", "outcome", "night", "value", "unit")


def effect_rows(found: Comparison, lang: Lang) -> list[tuple[object, ...]]:
    """Return one row for each alternative and outcome, in the order of `EFFECTS`."""
    return [_effect(found, row, lang) for row in found.rows]


def _effect(found: Comparison, row: EffectRow, lang: Lang) -> tuple[object, ...]:
    o, e = found.plan.outcome(row.outcome), row.effect
    title = next(choice.title(lang) for choice in found.plan.choices if choice.id == row.alternative)
    return (
        row.alternative, title, o.id, o.title(lang), o.unit, "more" if o.more_is_better else "less", e.nights, e.missing,
        e.base, e.other, e.estimate, e.interval.low, e.interval.high, e.interval.level, e.interval.at_least, e.mean, e.helps,
        e.harms, e.same, e.helps_share.low, e.helps_share.high, e.p, row.p, row.tests, row.verdict, row.variance,
        " ".join(o.constrained),
    )  # fmt: skip


def value_rows(found: Comparison) -> list[tuple[object, ...]]:
    """Return one row for each alternative, outcome and night, in the order of `VALUES`."""
    unit = {o.id: o.unit for o in found.plan.outcomes}
    return [
        (name, key, night, float(value), unit[key])
        for name, columns in found.values.items()
        for key, column in columns.items()
        for night, value in enumerate(column)
    ]


READINGS: Final = (
    "reading", "title", "alternative", "outcome", "unit", "better", "nights", "effect", "low", "high", "level", "p_holm",
    "verdict", "standing", "flips",
)  # fmt: skip


def reading_rows(found: Comparison, lang: Lang) -> list[tuple[object, ...]]:
    """Return one row for each other reading, alternative and outcome, in the order of `READINGS`."""
    stands = {(one.reading, one.outcome): one for one in standings(found)}
    titles = {reading.id: reading.title(lang) for reading in found.plan.readings}
    rows = list[tuple[object, ...]]()
    for name, other in found.under.items():
        for row in other.rows:
            o, e, stand = found.plan.outcome(row.outcome), row.effect, stands[name, row.outcome]
            better = "more" if o.more_is_better else "less"
            rows.append((name, titles[name], row.alternative, o.id, o.unit, better, e.nights, e.estimate, e.interval.low,
                         e.interval.high, e.interval.level, row.p, row.verdict, stand.standing, stand.flips))  # fmt: skip
    return rows


def write_tables(found: Comparison, folder: Path, lang: Lang) -> list[Path]:
    """Write ``effects``, ``values`` and ``readings`` as CSV and as Parquet; the same comparison gives the same bytes."""
    files = {}
    tables: list[tuple[str, tuple[str, ...], list[tuple[object, ...]]]] = [
        ("effects", EFFECTS, effect_rows(found, lang)),
        ("values", VALUES, value_rows(found)),
    ]
    if found.under:
        tables.append(("readings", READINGS, reading_rows(found, lang)))
    for name, head, rows in tables:
        text = csv_text(head, [[_blank(value) for value in row] for row in rows])
        files[f"{name}.csv"] = b"\xef\xbb\xbf" + text.encode()
        files[f"{name}.parquet"] = _parquet(head, rows)
    return replace_files(folder, files)


def _blank(value: object) -> object:
    """Return a cell: nothing where there is no number."""
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    return str(value).lower() if isinstance(value, bool) else value


def _parquet(head: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns: dict[str, Any] = {}
    for i, name in enumerate(head):
        values = [row[i] for row in rows]
        columns[name] = pa.array([visible(v) if isinstance(v, str) else v for v in values])
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink, version="2.6", compression="zstd", store_schema=False)
    return bytes(sink.getvalue())


SENSITIVITY: Final = "sensitivity.csv"


def write_sensitivity_table(found: Explored, folder: Path) -> Path:
    """Write ``sensitivity.csv``: values of the parameters, of every alternative, and which is best."""
    e = found.exploration
    units = [f"{dial.name} [{dial.unit}]" if dial.unit else dial.name for dial in e.dials]
    head = ("point", *units, *found.values, "best")
    rows = []
    for i, point in enumerate(e.points):
        settings = [dial.value(float(x)) for dial, x in zip(e.dials, point, strict=True)]
        values = [float(column[i]) if math.isfinite(column[i]) else "" for column in found.values.values()]
        rows.append((i, *settings, *values, found.ranking.best[i]))
    return replace_files(folder, {SENSITIVITY: b"\xef\xbb\xbf" + csv_text(head, rows).encode()})[0]
