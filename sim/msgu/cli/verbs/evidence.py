"""The verb that prints the ledger of reported figures and its consistency audit: evidence."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from msgu.cli.settings import Settings
from msgu.errors import InputError, Problem
from msgu.scenario.examples import PARIS

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from msgu.lang import Lang
    from msgu.measure.evidence.finding import AuditFinding
    from msgu.scenario.schema.evidence import Figure
    from msgu.scenario.schema.root import Scenario

_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "columns": "id|role|weight|figure|value or range|window|counter|reading|conf.|source",
        "audit": "check|figures|arithmetic|verdict",
        "ledger": "{n} reported figures: {targets} targets, {validation} for validation only",
        "counters": "counter {name}: sees {low} to {high} of what happened",
        "reading": "reading of the peak in use: {reading}; the other figures support without a pulse: {good}",
        "tally": "consistency: {holds} hold, {readings} only under some readings, {bad} cannot hold together",
        "none": "none",
    },
    "fr": {
        "columns": "id|rôle|poids|chiffre|valeur ou étendue|fenêtre|compteur|lecture|conf.|source",
        "audit": "épreuve|chiffres|calcul|verdict",
        "ledger": "{n} chiffres rapportés : {targets} cibles, {validation} pour la seule validation",
        "counters": "compteur {name} : voit {low} à {high} de ce qui s'est passé",
        "reading": "lecture du pic retenue : {reading} ; les autres chiffres soutiennent sans impulsion : {good}",
        "tally": "cohérence : {holds} tiennent, {readings} selon la lecture seulement, {bad} incompatibles",
        "none": "aucune",
    },
}


def mount(app: typer.Typer) -> None:
    """Add this verb to the command."""
    app.command()(evidence)


def evidence(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="Scenario, or a ledger on its own.", metavar="[SCENARIO|FILE]")] = PARIS,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Print the reported figures, and which of them can hold together."""
    from msgu.measure.evidence.audit import audit, supported
    from msgu.measure.metrics.call import MetricError

    settings: Settings = context.obj
    scenario, alone = _read(file)
    try:
        findings = audit(scenario.evidence, None if alone else scenario)
        good = supported(scenario.evidence)
    except MetricError as error:
        given = f"{error.given} (column {error.col})"
        raise InputError([Problem(file, 1, 1, "evidence.figures", given, error.allowed, error.nearest)]) from error
    if as_json:
        typer.echo(json.dumps(_as_json(scenario, findings, list(good), settings.lang), ensure_ascii=False, indent=1))
        return
    _print(scenario, findings, list(good), settings.lang)


def _read(file: str) -> tuple[Scenario, bool]:
    """Return the scenario, and whether there is only its ledger."""
    from msgu.measure.metrics.catalogue import figure_problems
    from msgu.scenario.evidence_file import is_ledger, read_ledger
    from msgu.scenario.load import resolve

    if is_ledger(file):
        return read_ledger(file), True
    return resolve(file, (), (), (figure_problems,)).scenario, False


def _counts(scenario: Scenario, findings: list[AuditFinding]) -> dict[str, int]:
    figures = scenario.evidence.figures.values()
    return {
        "n": len(figures),
        "targets": sum(f.role == "target" for f in figures),
        "validation": sum(f.role == "validation" for f in figures),
        "holds": sum(f.verdict == "holds" for f in findings),
        "readings": sum(f.verdict == "only under reading" for f in findings),
        "bad": sum(f.verdict == "cannot hold together" for f in findings),
    }


# ---- tables ----


def _print(scenario: Scenario, findings: list[AuditFinding], good: list[str], lang: str) -> None:
    from rich.console import Console

    from msgu.measure.evidence.audit_words import written

    words = _WORDS[lang]
    console = Console(width=None if Console().is_terminal else 200)
    _print_ledger(console, scenario, words)
    for name, counter in sorted(scenario.evidence.counters.items()):
        typer.echo(words["counters"].format(name=name, low=written(counter.low), high=written(counter.high)))
    typer.echo("")
    _print_audit(console, findings, lang)
    counts = _counts(scenario, findings)
    typer.echo("")
    typer.echo(words["ledger"].format(**counts))
    typer.echo(words["tally"].format(**counts))
    if any(f.reading for f in scenario.evidence.figures.values()):
        reading = scenario.evidence.peak_reading
        typer.echo(words["reading"].format(reading=reading, good=", ".join(good) or words["none"]))


def _print_ledger(console: Console, scenario: Scenario, words: dict[str, str]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    wide = (3, 9)
    for i, name in enumerate(words["columns"].split("|")):
        table.add_column(name, justify="right" if i == 2 else "left", ratio=(3 if i == 3 else 2) if i in wide else None)
    for key, f in sorted(scenario.evidence.figures.items(), key=lambda kf: (kf[1].role, -kf[1].weight, kf[0])):
        value, window = f"{_value(f)} {f.unit}", _window(f, scenario.start)
        cells = (key, f.role, f"{f.weight:g}", f.quantity, value, window, f.counter or "", f.reading or "", f.confidence)
        table.add_row(*(Text(cell) for cell in (*cells, f.source)))
    console.print(table)


def _print_audit(console: Console, findings: list[AuditFinding], lang: str) -> None:
    from rich.table import Table
    from rich.text import Text

    from msgu.measure.evidence.audit_words import arithmetic, verdict

    table = Table(box=None, pad_edge=False)
    for i, name in enumerate(_WORDS[lang]["audit"].split("|")):
        table.add_column(name, ratio=(0, 1, 4, 2)[i] or None)
    colours = {"holds": "green", "cannot hold together": "bold red", "only under reading": "yellow"}
    which: Lang = "en" if lang == "en" else "fr"
    for f in findings:
        said = (Text(f.check), Text(" ".join(f.figures)), Text(arithmetic(f, which)))
        table.add_row(*said, Text(verdict(f, which), style=colours[f.verdict]))
    console.print(table)


def _value(f: Figure) -> str:
    from msgu.measure.evidence.audit_words import written
    from msgu.measure.evidence.ledger import tolerance

    low, high = tolerance(f)
    ends = f"{'' if low is None else written(low)}..{'' if high is None else written(high)}"
    return ends if f.value is None else f"{written(f.value)} ({ends})"


def _window(f: Figure, start: datetime) -> str:
    from msgu.units import local_moment

    if f.window is None:
        return ""
    return " - ".join(local_moment(start, t).strftime("%d %H:%M") for t in f.window)


def _as_json(scenario: Scenario, findings: list[AuditFinding], good: list[str], lang: str) -> dict[str, Any]:
    from msgu.measure.evidence.audit_words import arithmetic

    which: Lang = "en" if lang == "en" else "fr"
    return {
        "scenario": scenario.id,
        "reading": scenario.evidence.peak_reading,
        "supported": good,
        "counts": _counts(scenario, findings),
        "counters": {k: c.model_dump() for k, c in sorted(scenario.evidence.counters.items())},
        "figures": {k: f.model_dump(mode="json") for k, f in sorted(scenario.evidence.figures.items())},
        "audit": [
            {
                "check": f.check,
                "figures": list(f.figures),
                "arithmetic": arithmetic(f, which),
                "verdict": f.verdict,
                "readings": list(f.readings),
                "numbers": {k: v if math.isfinite(v) else None for k, v in f.numbers.items()},
            }
            for f in findings
        ],
    }
