"""The verb that writes the page of a run or of a comparison: report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from msgu.api import material_of, report_comparison
from msgu.cli.settings import Settings

if TYPE_CHECKING:
    pass

Folder = Annotated[str, typer.Argument(help="Folder of results.", metavar="DIR")]

_WORDS = {
    "en": "{page}\n  and {n} pictures and tables beside it; {missed} of {rows} reported figures missed",
    "fr": "{page}\n  et {n} images et tableaux à côté ; {missed} chiffres rapportés manqués sur {rows}",
}


def mount(app: typer.Typer) -> None:
    """Add this verb to the command."""
    app.command()(report)


def report(
    context: typer.Context,
    folder: Folder,
    out: Annotated[
        str | None, typer.Option(help="Folder of the report; DIR/report when not given, DIR itself for a comparison.")
    ] = None,
) -> None:
    """Write a page that anybody can read, and its pictures and tables, from a folder of results or of a comparison."""
    from msgu.report.base.escape import visible
    from msgu.report.run_page.page import write
    from msgu.study.comparison.plan_file import is_comparison

    settings: Settings = context.obj
    if is_comparison(Path(folder)):
        typer.echo(visible(str(report_comparison(Path(folder), Path(out or folder), settings.lang))))
        return
    material = material_of(Path(folder))
    files = write(material, Path(out) if out else Path(folder) / "report", settings.lang)
    missed = sum(row.verdict == "missed" for row in material.rows)
    words = _WORDS[settings.lang]
    said = words.format(page=visible(files[0]), n=len(files) - 1, missed=missed, rows=len(material.rows))
    typer.echo(said)
