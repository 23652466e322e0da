"""The verb that shows: report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from msgu.cli.settings import Settings

if TYPE_CHECKING:
    from msgu.report.run_page.material import Material

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
        from msgu.cli.verbs.compare import report_of

        typer.echo(visible(str(report_of(Path(folder), Path(out or folder), settings))))
        return
    material = material_of(Path(folder))
    files = write(material, Path(out) if out else Path(folder) / "report", settings.lang)
    missed = sum(row.verdict == "missed" for row in material.rows)
    words = _WORDS[settings.lang]
    said = words.format(page=visible(files[0]), n=len(files) - 1, missed=missed, rows=len(material.rows))
    typer.echo(said)


def material_of(folder: Path) -> Material:
    """Read a folder of results, and score its nights.

    Raises
    ------
    StorageError
        Where the folder is damaged, or holds no finished night.
    """
    from msgu.errors import StorageError
    from msgu.measure.evidence.score import score
    from msgu.measure.view import Night
    from msgu.report.run_page.material import Material
    from msgu.study.batch import store

    plan, manifest = store.read_plan(folder)
    nights = tuple(night for _, night in store.nights(folder))
    if not nights:
        raise StorageError(f"{folder}: holds no finished night; go on with `msgu run ... --resume`")
    rows = tuple(score([Night(plan.scenario, night) for night in nights]))
    command = f"msgu run {store.SCENARIO} --reps {manifest['reps']} --out again"
    policies = tuple((name, "") for name in manifest["policies"])
    return Material(plan.scenario, nights, rows, tuple(_provenance(manifest)), command, policies)


def _provenance(manifest: dict[str, object]) -> list[tuple[str, str]]:
    """Facts of a manifest in words: names joined by points; records and the scenario have places of their own."""
    found: list[tuple[str, str]] = []
    for name, value in manifest.items():
        if name in ("records", "scenario", "policies"):
            continue
        if isinstance(value, dict):
            found += [(f"{name}.{key}", str(item)) for key, item in value.items()]
        elif isinstance(value, list):
            found.append((name, ", ".join(str(item) for item in value) or "–"))
        else:
            found.append((name, str(value)))
    return found
