"""The verb that asks under which assumptions a ranking flips: sensitivity."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from msgu.cli.compiling import compile_first
from msgu.cli.options import Cluster, Workers
from msgu.cli.progress import say_anew
from msgu.cli.settings import Settings

if TYPE_CHECKING:
    from msgu.study.batch.job import ProgressEvent
    from msgu.study.sensitivity.run import Explored

_WORDS = {
    "en": {
        "point": "point {i} of {n}",
        "morris": "{name}: what each parameter does to its effect (mu* over the range, sigma)",
        "sobol": "{name}: share of the variance of its effect (alone, with interactions)",
        "base": "{name}: what each parameter does to its value",
        "wins": "{name}: best in {wins:.0%} of the points; at worst {regret} behind the best",
        "missing": "{name}: no value at {missing} of {n} points; it is not the best there",
        "flip": "{name}: {turned} of {n} steps change which alternative is best",
        "robust": "least regret: {name}",
        "robust.none": "least regret: nobody's, there is no point at which all have a value",
        "none": "no step changes which alternative is best",
        "done": "written: {path}",
    },
    "fr": {
        "point": "point {i} sur {n}",
        "morris": "{name} : ce que chaque paramètre fait à son effet (mu* sur l'étendue, sigma)",
        "sobol": "{name} : part de la variance de son effet (seul, avec interactions)",
        "base": "{name} : ce que chaque paramètre fait à sa valeur",
        "wins": "{name} : la meilleure en {wins:.0%} des points ; au pire {regret} derrière la meilleure",
        "missing": "{name} : sans valeur en {missing} points sur {n} ; elle n'y est pas la meilleure",
        "flip": "{name} : {turned} pas sur {n} changent la meilleure mesure",
        "robust": "le moindre regret : {name}",
        "robust.none": "le moindre regret : aucune, toutes n'ont de valeur en aucun point",
        "none": "aucun pas ne change la meilleure mesure",
        "done": "écrit : {path}",
    },
}


def mount(app: typer.Typer) -> None:
    """Add this verb to the command."""
    app.command()(sensitivity)


def sensitivity(
    context: typer.Context,
    study: Annotated[str, typer.Argument(help="Study file with `uncertain:` and `sensitivity:`.", metavar="STUDY")],
    workers: Workers = 1,
    cluster: Cluster = "",
    out: Annotated[str, typer.Option(help="Folder of the comparison; its page then tells what flips.")] = "out/compare",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace nights made by other sources.")] = False,
) -> None:
    """Explore what nobody knows well: which parameters matter, and under which the ranking flips."""
    from msgu.report.comparison.tables import write_sensitivity_table
    from msgu.scenario.study.comparison import load_study
    from msgu.study.sensitivity.run import explore, write_facts

    settings: Settings = context.obj
    words = _WORDS[settings.lang]
    file = load_study(study)

    def point(i: int, n: int) -> None:
        typer.echo(words["point"].format(i=i, n=n), err=True)

    def night(name: str, event: ProgressEvent) -> None:
        if event.lost is not None:
            say_anew(event.lost, f"{out} ({name})", settings.lang)

    compile_first(settings.lang)
    found = explore(file, out, workers, point, cluster=cluster, overwrite=overwrite, progress=night)
    path = write_facts(found, Path(out))
    write_sensitivity_table(found, Path(out))
    _say(found, words)
    typer.echo(words["done"].format(path=path))


def _say(found: Explored, words: dict[str, str]) -> None:
    from msgu.report.base.wording import number

    base = found.exploration.plan.baseline.id
    for name, by in found.measures.items():
        typer.echo(words["base" if name == base else found.exploration.asked.method].format(name=name))
        for parameter, sizes in by.items():
            told = "  ".join(f"{key} {number(value, 'en')}" for key, value in sizes.items())
            typer.echo(f"  {parameter}: {told}")
    for name, wins in found.ranking.wins.items():
        typer.echo(words["wins"].format(name=name, wins=wins, regret=number(found.ranking.regret[name], "en")))
    for name, missing in found.ranking.missing.items():
        if missing:
            typer.echo(words["missing"].format(name=name, missing=missing, n=len(found.ranking.best)))
    turned = {name: count for name, count in found.flips.items() if count[0]}
    for name, (k, n) in turned.items():
        typer.echo(words["flip"].format(name=name, turned=k, n=n))
    if found.flips and not turned:
        typer.echo(words["none"])
    typer.echo(words["robust" if found.ranking.robust else "robust.none"].format(name=found.ranking.robust))
