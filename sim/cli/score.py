"""The verb that compares a folder of results with the reported figures: score."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.run import Folder
from sim.cli.settings import Settings

if TYPE_CHECKING:
    from sim.measure.score import Row

_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "columns": "id|role|weight|figure|reported|simulated|range|counts as|kind|verdict",
        "sum": "{ok} ok, {missed} missed, {open} not reached; of the {predicted} only predicted, {good} ok",
        "reading": "reading of the peak: {reading}; nights: {n}; scale: {scale:.6g}; "
        "{share:.1%} of posts set off by no other post",
        "fitted": "Only rows of kind `predicted` count as validation.",
        "ok": "ok",
        "missed": "MISSED",
        "not reached": "not reached",
    },
    "fr": {
        "columns": "id|rôle|poids|chiffre|rapporté|simulé|étendue|admis|nature|verdict",
        "sum": "{ok} reproduits, {missed} manqués, {open} non atteints ; "
        "des {predicted} seulement prédits, {good} reproduits",
        "reading": "lecture du pic : {reading} ; nuits : {n} ; échelle : {scale:.6g} ; "
        "{share:.1%} des messages sans déclencheur",
        "fitted": "Seules les lignes de nature « predicted » valent validation.",
        "ok": "reproduit",
        "missed": "MANQUÉ",
        "not reached": "non atteint",
    },
}


def mount(app: typer.Typer) -> None:
    """Add this verb to the command."""
    app.command()(score)


def score(
    context: typer.Context,
    folder: Folder,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Compare the nights of a folder with the reported figures."""
    from sim.measure import metrics
    from sim.measure.night import Night
    from sim.measure.score import score as rows_of
    from sim.study.verify import nights

    settings: Settings = context.obj
    scenario, results = nights(folder)
    seen = [Night(scenario, night) for night in results]
    rows = rows_of(seen)
    share = sum(metrics.value("spontaneous_share()", night) for night in seen) / len(seen)
    facts = {
        "scenario": scenario.id,
        "reading": scenario.evidence.peak_reading,
        "nights": len(seen),
        "scale": scenario.scale,
        "spontaneous_share": share,
    }
    if as_json:
        typer.echo(json.dumps({**facts, "rows": [_as_json(row) for row in rows]}, ensure_ascii=False, indent=1))
        return
    words = _WORDS[settings.lang]
    _print(rows, words)
    typer.echo(words["sum"].format(**_counts(rows)))
    line = words["reading"]
    typer.echo(line.format(reading=scenario.evidence.peak_reading, n=len(seen), scale=scenario.scale, share=share))
    typer.echo(words["fitted"])


def _counts(rows: list[Row]) -> dict[str, int]:
    predicted = [r for r in rows if r.kind == "predicted" and r.verdict != "not reached"]
    return {
        "ok": sum(r.verdict == "ok" for r in rows),
        "missed": sum(r.verdict == "missed" for r in rows),
        "open": sum(r.verdict == "not reached" for r in rows),
        "predicted": len(predicted),
        "good": sum(r.verdict == "ok" for r in predicted),
    }


def _print(rows: list[Row], words: dict[str, str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if Console().is_terminal else 150)
    table = Table(box=None, pad_edge=False)
    for i, name in enumerate(words["columns"].split("|")):
        table.add_column(name, justify="right" if i in (2, 4, 5) else "left", no_wrap=i != 3)
    colours = {"ok": "green", "missed": "bold red", "not reached": "dim"}
    for r in sorted(rows, key=lambda r: (r.role, -r.weight, r.id)):
        spread = f"{number(min(r.simulated))} to {number(max(r.simulated))}" if len(r.simulated) > 1 else ""
        allowed = f"{number(r.low)} to {number(r.high)}"
        verdict = Text(words[r.verdict], style=colours[r.verdict])
        values = (number(r.reported), number(r.median), spread, allowed, r.kind)
        table.add_row(r.id, r.role, f"{r.weight:g}", Text(r.quantity), *values, verdict)
    console.print(table)


def number(x: float | None) -> str:
    """Return a number as people read it: three figures and more only where they are whole."""
    if x is None or math.isnan(x):
        return "-"
    if abs(x) >= 1000:
        return f"{x:,.0f}".replace(",", "\u202f")
    return f"{x:.3g}"


def _as_json(row: Row) -> dict[str, Any]:
    values = [None if math.isnan(v) else v for v in row.simulated]
    middle = None if math.isnan(row.median) else row.median
    return {
        "id": row.id,
        "role": row.role,
        "weight": row.weight,
        "quantity": row.quantity,
        "unit": row.unit,
        "reported": row.reported,
        "simulated": middle,
        "nights": values,
        "low": row.low,
        "high": row.high,
        "kind": row.kind,
        "verdict": row.verdict,
        "counter": row.counter,
        "source": row.source,
        "confidence": row.confidence,
    }
