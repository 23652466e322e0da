"""The verb that lists the metrics that evidence and studies may name, and their table in the field reference."""

from __future__ import annotations

import json
import textwrap
from typing import Annotated

import typer

from msgu.cli.settings import Settings
from msgu.measure.metrics.reference import metric_rows

_WORDS = {
    "en": {
        "in": "unit: {unit}",
        "more": "names of one kind are joined by +, as in topic=a+b; [in brackets]: may be left out",
    },
    "fr": {
        "in": "unité : {unit}",
        "more": "plusieurs noms se joignent par +, comme topic=a+b ; [entre crochets] : facultatif",
    },
}


def mount(app: typer.Typer) -> None:
    """Add this verb to the command."""
    app.command()(metrics)


def metrics(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,
) -> None:
    """List the metrics that evidence and studies may name: arguments, unit, meaning."""
    settings: Settings = context.obj
    rows = metric_rows()
    if as_json:
        keys = ("name", "arguments", "unit", "meaning")
        typer.echo(json.dumps([dict(zip(keys, row, strict=True)) for row in rows], ensure_ascii=False, indent=1))
        return
    words = _WORDS[settings.lang]
    for name, arguments, unit, meaning in rows:
        typer.echo(f"{name}({arguments})  {words['in'].format(unit=unit)}")
        typer.echo(textwrap.fill(meaning, 100, initial_indent="    ", subsequent_indent="    "))
    typer.echo(words["more"])
