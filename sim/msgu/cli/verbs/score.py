"""The verb that compares a folder of results with the reported figures: score."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from msgu.api import score_folder
from msgu.cli.options import Folder
from msgu.cli.settings import Settings

if TYPE_CHECKING:
    from rich.text import Text

    from msgu.measure.evidence.score import ScoreRow
    from msgu.scenario.schema.root import Scenario

_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "columns": "id|weight|figure|reported|simulated|range|counts as|given|kind|reached|met",
        "sum": "targets of weight 0.5 and more: {targets_reached} of {targets} reached, {targets_met} met\n"
        "tests, independent groups of figures that set nothing: {tests_reached} of {tests} reached, {tests_met} met",
        "beyond": "not followed to the end of the run: {what}",
        "phones": "telephones until {end}",
        "going_home": "people who are out until {end}",
        "desks": "{desk} until {end}",
        "reading": "reading of the peak: {reading}; nights: {n}; scale: {scale:.6g}; "
        "{share:.1%} of posts set off by no other post",
        "fitted": "Only rows of kind `predicted` put the model to the test; rows under one another restate one figure. "
        "`given`: share of the posts behind a figure whose time the scenario gives.",
        "kappa": "counter {name}: kappa {kappa:.3g}, free within {low:.3g} to {high:.3g}",
        "raw": "raw maximum {raw}",
        "pulse": "peak of {topic}: {share:.1%} of its uses inside the pulse, nine tenths of them within {width:.0f} s; "
        "the other uses double in {doubling:.0f} s while they grow",
        "support": "the other figures support without a pulse: {good} (see `msgu evidence`)",
        "every": "every topic",
        "by construction": "by construction",
        "fitted to": "fitted",
        "predicted": "predicted",
        "yes": "yes",
        "no": "no",
        "MISSED": "MISSED",
    },
    "fr": {
        "columns": "id|poids|chiffre|rapporté|simulé|étendue|admis|donné|nature|atteint|reproduit",
        "sum": "cibles de poids 0,5 et plus : {targets_reached} atteintes sur {targets}, {targets_met} reproduites\n"
        "épreuves, groupes indépendants de chiffres qui n'ont rien réglé : {tests_reached} atteintes sur {tests}, "
        "{tests_met} reproduites",
        "beyond": "non suivi jusqu'à la fin : {what}",
        "phones": "téléphones jusqu'au {end}",
        "going_home": "personnes dehors jusqu'au {end}",
        "desks": "{desk} jusqu'au {end}",
        "reading": "lecture du pic : {reading} ; nuits : {n} ; échelle : {scale:.6g} ; "
        "{share:.1%} des messages sans déclencheur",
        "fitted": "Seules les lignes prédites mettent le modèle à l'épreuve ; les lignes qui se suivent sous un même "
        "chiffre le répètent. "
        "« donné » : part des messages derrière un chiffre dont le scénario donne l'heure.",
        "kappa": "compteur {name} : kappa {kappa:.3g}, libre entre {low:.3g} et {high:.3g}",
        "raw": "maximum brut {raw}",
        "pulse": "pic de {topic} : {share:.1%} de ses usages dans l'impulsion, les neuf dixièmes en {width:.0f} s ; "
        "les autres usages doublent en {doubling:.0f} s pendant la montée",
        "support": "les autres chiffres soutiennent sans impulsion : {good} (voir `msgu evidence`)",
        "every": "tous les sujets",
        "by construction": "par construction",
        "fitted to": "calé",
        "predicted": "prédit",
        "yes": "oui",
        "no": "non",
        "MISSED": "MANQUÉ",
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
    from msgu.measure.evidence.score import tally

    settings: Settings = context.obj
    found = score_folder(Path(folder))
    scenario, rows, facts, peak = found.scenario, found.rows, found.facts, found.pulse
    if as_json:
        typer.echo(json.dumps({**facts, "rows": [_as_json(row) for row in rows]}, ensure_ascii=False, indent=1))
        return
    words = _WORDS[settings.lang]
    _print(rows, words)
    for name, counter in sorted(scenario.evidence.counters.items()):
        kappa = facts["kappas"].get(name, counter.kappa)
        typer.echo(words["kappa"].format(name=name, kappa=kappa, low=counter.low, high=counter.high))
    typer.echo(words["sum"].format(**tally(rows)._asdict()))
    if told := _beyond(scenario, words):
        typer.echo(words["beyond"].format(what="; ".join(told)))
    typer.echo(words["reading"].format(reading=facts["reading"], n=facts["nights"], scale=facts["scale"], share=found.share))
    if peak is not None:
        said = {**asdict(peak), "topic": peak.topic or words["every"]}
        typer.echo(words["pulse"].format(**said))
        typer.echo(words["support"].format(good=", ".join(facts["supported_readings"]) or "-"))
    typer.echo(words["fitted"])


def _beyond(scenario: Scenario, words: dict[str, str]) -> list[str]:
    """Return in words what is not followed to the end of the run."""
    return [
        words[block].format(desk=desk, end=f"{scenario.start + timedelta(seconds=end):%Y-%m-%d %H:%M}")
        for block, desk, end in scenario.cut_short()
    ]


def _print(rows: list[ScoreRow], words: dict[str, str]) -> None:
    """Print the headline, then group by group; rows that restate one figure stand under one another, indented."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from msgu.measure.evidence.score import groups

    console = Console(width=None if Console().is_terminal else 190)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for i, name in enumerate(words["columns"].split("|")):
        table.add_column(
            name, justify="right" if i in (1, 3, 4, 7) else "left", no_wrap=i != 2, max_width=64 if i == 2 else None
        )
    headline = [row for row in rows if row.headline]
    for row in headline:
        table.add_row(*_cells(row, words, first=True))
    if headline:
        table.add_section()
    for group in groups(rows):
        for n, row in enumerate(row for row in group.rows if not row.headline):
            table.add_row(*_cells(row, words, first=n == 0))
    console.print(table)


def _cells(r: ScoreRow, words: dict[str, str], *, first: bool) -> list[str | Text]:
    from rich.text import Text

    spread = f"{number(min(r.simulated))} to {number(max(r.simulated))}" if len(r.simulated) > 1 else ""
    given = "" if math.isnan(r.exogenous) else f"{r.exogenous:.0%}"
    raw = "" if math.isnan(r.raw_peak) else f" ({words['raw'].format(raw=number(r.raw_peak))})"
    met = Text(words["yes"], style="green") if r.met else Text(words["MISSED"] if r.reached else "-", style="bold red")
    kind = words["fitted to" if r.kind == "fitted" else r.kind]
    weight = f"{r.weight:g}" if r.weight else ""
    return [
        r.id if first else f"  {r.id}", weight, Text(r.quantity + raw), number(r.reported), number(r.median), spread,
        f"{number(r.low)} to {number(r.high)}", given, kind, words["yes" if r.reached else "no"], met,
    ]  # fmt: skip


def number(x: float | None) -> str:
    """Return a number as people read it: three figures and more only where they are whole."""
    if x is None or math.isnan(x):
        return "-"
    if abs(x) >= 999.5:
        return f"{x:,.0f}".replace(",", "\u202f")
    return f"{x:.3g}"


def _as_json(row: ScoreRow) -> dict[str, Any]:
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
        "group": row.group,
        "headline": row.headline,
        "reached": row.reached,
        "met": row.met if row.reached else None,
        "verdict": row.verdict,
        "counter": row.counter,
        "kappa": row.kappa,
        "exogenous_share": None if math.isnan(row.exogenous) else row.exogenous,
        "raw_peak": None if math.isnan(row.raw_peak) else row.raw_peak,
        "source": row.source,
        "confidence": row.confidence,
    }
