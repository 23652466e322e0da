"""The verb that compares a folder of results with the reported figures: score."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.run import Folder
from sim.cli.settings import Settings
from sim.errors import StorageError

if TYPE_CHECKING:
    from sim.measure.score import Row

_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "columns": "id|role|weight|figure|reported|simulated|range|counts as|given|kind|verdict",
        "sum": "{ok} ok, {missed} missed, {open} not reached; of the {predicted} only predicted, {good} ok",
        "reading": "reading of the peak: {reading}; nights: {n}; scale: {scale:.6g}; "
        "{share:.1%} of posts set off by no other post",
        "fitted": "Only rows of kind `predicted` count as validation. "
        "`given`: share of the posts behind a figure whose time the scenario gives.",
        "kappa": "counter {name}: kappa {kappa:.3g}, free within {low:.3g} to {high:.3g}",
        "raw": "raw maximum {raw}",
        "pulse": "peak of {topic}: {share:.1%} of its uses inside the pulse, nine tenths of them within {width:.0f} s; "
        "the other uses double in {doubling:.0f} s while they grow",
        "support": "the other figures support without a pulse: {good} (see `msgu evidence`)",
        "every": "every topic",
        "ok": "ok",
        "missed": "MISSED",
        "not reached": "not reached",
    },
    "fr": {
        "columns": "id|rôle|poids|chiffre|rapporté|simulé|étendue|admis|donné|nature|verdict",
        "sum": "{ok} reproduits, {missed} manqués, {open} non atteints ; "
        "des {predicted} seulement prédits, {good} reproduits",
        "reading": "lecture du pic : {reading} ; nuits : {n} ; échelle : {scale:.6g} ; "
        "{share:.1%} des messages sans déclencheur",
        "fitted": "Seules les lignes de nature « predicted » valent validation. "
        "« donné » : part des messages derrière un chiffre dont le scénario donne l'heure.",
        "kappa": "compteur {name} : kappa {kappa:.3g}, libre entre {low:.3g} et {high:.3g}",
        "raw": "maximum brut {raw}",
        "pulse": "pic de {topic} : {share:.1%} de ses usages dans l'impulsion, les neuf dixièmes en {width:.0f} s ; "
        "les autres usages doublent en {doubling:.0f} s pendant la montée",
        "support": "les autres chiffres soutiennent sans impulsion : {good} (voir `msgu evidence`)",
        "every": "tous les sujets",
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
    from sim.measure.audit import supported
    from sim.measure.night import Night
    from sim.measure.score import Pulse, pulse_in, pulse_of
    from sim.measure.score import score as rows_of
    from sim.study import store

    settings: Settings = context.obj
    plan, manifest = store.read_plan(Path(folder))
    shares: list[float] = []
    pulses: list[Pulse] = []

    def seen() -> Iterator[Night]:
        for scenario, results in store.nights(Path(folder)):
            night = Night(scenario, results)
            shares.append(metrics.value("spontaneous_share()", night))
            found = pulse_in(night)
            pulses.extend([found] if found else [])
            yield night

    rows = rows_of(seen())
    if not shares:
        raise StorageError(f"{folder}: holds no finished night; go on with `msgu run ... --resume`")
    share = math.fsum(shares) / len(shares)
    facts: dict[str, Any] = {
        "scenario": plan.scenario.id,
        "reading": plan.scenario.evidence.peak_reading,
        "nights": len(shares),
        "failed": manifest["failed"],
        "scale": plan.scenario.scale,
        "spontaneous_share": None if math.isnan(share) else share,
        "supported_readings": list(supported(plan.scenario.evidence)),
        "pulse": _known(asdict(peak)) if (peak := pulse_of(pulses)) else None,
        "kappas": {row.counter.split()[0]: row.kappa for row in rows if row.counter},
    }
    if as_json:
        typer.echo(json.dumps({**facts, "rows": [_as_json(row) for row in rows]}, ensure_ascii=False, indent=1))
        return
    words = _WORDS[settings.lang]
    _print(rows, words)
    for name, counter in sorted(plan.scenario.evidence.counters.items()):
        kappa = facts["kappas"].get(name, counter.kappa)
        typer.echo(words["kappa"].format(name=name, kappa=kappa, low=counter.low, high=counter.high))
    typer.echo(words["sum"].format(**_counts(rows)))
    typer.echo(words["reading"].format(reading=facts["reading"], n=len(shares), scale=facts["scale"], share=share))
    if peak is not None:
        said = {**asdict(peak), "topic": peak.topic or words["every"]}
        typer.echo(words["pulse"].format(**said))
        typer.echo(words["support"].format(good=", ".join(facts["supported_readings"]) or "-"))
    typer.echo(words["fitted"])


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in values.items()}


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
        table.add_column(name, justify="right" if i in (2, 4, 5, 8) else "left", no_wrap=i != 3)
    colours = {"ok": "green", "missed": "bold red", "not reached": "dim"}
    for r in sorted(rows, key=lambda r: (r.role, -r.weight, r.id)):
        spread = f"{number(min(r.simulated))} to {number(max(r.simulated))}" if len(r.simulated) > 1 else ""
        allowed = f"{number(r.low)} to {number(r.high)}"
        verdict = Text(words[r.verdict], style=colours[r.verdict])
        given = "" if math.isnan(r.exogenous) else f"{r.exogenous:.0%}"
        values = (number(r.reported), number(r.median), spread, allowed, given, r.kind)
        raw = "" if math.isnan(r.raw_peak) else f" ({words['raw'].format(raw=number(r.raw_peak))})"
        table.add_row(r.id, r.role, f"{r.weight:g}", Text(r.quantity + raw), *values, verdict)
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
        "kappa": row.kappa,
        "exogenous_share": None if math.isnan(row.exogenous) else row.exogenous,
        "raw_peak": None if math.isnan(row.raw_peak) else row.raw_peak,
        "source": row.source,
        "confidence": row.confidence,
    }
