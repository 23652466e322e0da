"""The verb that compares: compare."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from msgu.api import compare_folder, plan_comparison, save_plan
from msgu.cli.options import Cluster, ShardWords, shard_words
from msgu.cli.progress import progress, say_anew
from msgu.cli.settings import Settings
from msgu.errors import StorageError

if TYPE_CHECKING:
    from msgu.study.batch.job import ProgressEvent
    from msgu.study.comparison.found import Comparison
    from msgu.study.comparison.plan import Plan

_WORDS = {
    "en": {
        "plan": "{n} alternatives and the baseline, {reps} nights each, scale {scale}, seed {seed}",
        "row": "  {title}: {effect} ({interval}); helps in {helps} of {n} nights: {verdict}",
        "stopped": "stopped: {n} nights of each are compared; the same command goes on",
        "done": "{n} nights of each compared in {seconds:.0f} s: {page}",
        "shifted": "{choice}: `{block}.{name}` sorts before others and shifts their draws; an id that sorts last would not",
        "collect": "when all shards are over: msgu collect {out}",
        "best": "best for “{metric}” with a chance of at least {guarantee:.0%}: {best} (after {nights} nights)",
        "open": "no best yet for “{metric}” after {nights} nights; still in the race: {alive}",
    },
    "fr": {
        "plan": "{n} mesures et la référence, {reps} nuits chacune, échelle {scale}, graine {seed}",
        "row": "  {title} : {effect} ({interval}) ; aide {helps} nuits sur {n} : {verdict}",
        "stopped": "arrêté : {n} nuits de chacune sont comparées ; la même commande continue",
        "done": "{n} nuits de chacune comparées en {seconds:.0f} s : {page}",
        "shifted": "{choice} : `{block}.{name}` est rangé avant d'autres et décale leurs tirages ; rangé en dernier, non",
        "collect": "quand toutes les parts sont finies : msgu collect {out}",
        "best": "la meilleure pour « {metric} », avec une chance d'au moins {guarantee:.0%} : {best} (après {nights} nuits)",
        "open": "pas encore de meilleure pour « {metric} » après {nights} nuits ; encore en course : {alive}",
    },
}


def mount(app: typer.Typer) -> None:
    """Add this verb to the command."""
    app.command()(compare)


def compare(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="Study file, or a scenario with --policy.", metavar="STUDY|SCENARIO")],
    policy: Annotated[
        list[str] | None, typer.Option("--policy", help="An alternative: a policy, or several joined by +; repeatable.")
    ] = None,
    reading: Annotated[
        list[str] | None,
        typer.Option(
            "--reading",
            help="A file, or KEY=VALUE, under which the comparison is made again; repeatable.",
            metavar="FILE|KEY=VALUE",
        ),
    ] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="Override of all alternatives; repeatable.")] = None,
    scale: Annotated[str | None, typer.Option(help="Share of the city that is run, such as 1/100.")] = None,
    reps: Annotated[int | None, typer.Option(min=1, max=100_000, help="Nights of each; those of the study, or 30.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed.")] = None,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes.")] = 1,
    cluster: Cluster = "",
    shard: ShardWords = "",
    out: Annotated[str, typer.Option(help="Folder of the comparison.")] = "out/compare",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace nights made by other sources.")] = False,
    read_only: Annotated[bool, typer.Option("--no-run", help="Compare the nights that are there, and run none.")] = False,
) -> None:
    """Compare policies with a baseline on the same nights, and write the page that says so."""
    from msgu.cli.announce import announce
    from msgu.world.size import refuse_if_too_large

    settings: Settings = context.obj
    plan = plan_comparison(source, policy, set_, scale, reps, seed, reading)
    for choice in (choice for one in (plan, *plan.under()) for choice in one.choices):
        refuse_if_too_large(choice.scenario, choice.scenario.scale)
    from msgu.study.comparison.draw_shifts import shifts
    from msgu.study.comparison.run import run_nights

    began, words = time.monotonic(), _WORDS[settings.lang]
    base = plan.baseline.scenario
    typer.echo(
        words["plan"].format(n=len(plan.alternatives), reps=plan.reps, scale=f"{base.scale:.6g}", seed=base.seed), err=True
    )
    for shift in shifts(plan):
        typer.echo(words["shifted"].format(**shift._asdict()), err=True)
    part = shard_words(shard, cluster, read_only or overwrite)
    if not read_only and part is None and not Path(out).exists():
        announce([(c.scenario, one.reps) for one in (plan, *plan.under()) for c in one.choices], workers, settings.lang)
    save_plan(plan, Path(out), shared=part is not None)
    try:
        if not read_only:
            with _told(settings.lang, plan, out) as tell:
                run_nights(plan, out, workers, tell, cluster=cluster, shard=part, overwrite=overwrite)
    except (KeyboardInterrupt, SystemExit):
        _kept(plan, out, settings)
        raise
    if part is not None:
        typer.echo(words["collect"].format(out=out))
        return
    found, page = compare_folder(plan, Path(out), settings.lang)
    _say(found, settings)
    typer.echo(words["done"].format(n=found.nights, seconds=time.monotonic() - began, page=page))


def _kept(plan: Plan, out: str, settings: Settings) -> None:
    """After a stop: write what the nights that are there say, if every alternative has some."""
    try:
        found, _ = compare_folder(plan, Path(out), settings.lang)
    except StorageError:
        return
    typer.echo(_WORDS[settings.lang]["stopped"].format(n=found.nights), err=True)


def collect(folder: Path, settings: Settings) -> None:
    """End a comparison whose shards are over, and say what came of it."""
    from msgu.study.comparison.plan_file import read

    found, page = compare_folder(read(folder), folder, settings.lang, collecting=True)
    _say(found, settings)
    typer.echo(str(page))


def _say(found: Comparison, settings: Settings) -> None:
    """Say each effect in a line."""
    from msgu.report.comparison.phrases import amount, between, verdict_words

    lang, words = settings.lang, _WORDS[settings.lang]
    for choice in found.plan.alternatives:
        typer.echo(f"{choice.id}: {choice.title(lang)}")
        for outcome in found.plan.outcomes:
            row = found.row(choice.id, outcome.id)
            typer.echo(
                words["row"].format(
                    title=outcome.title(lang), effect=amount(row.effect.estimate, outcome, lang),
                    interval=between(row.effect.interval, outcome, lang), helps=row.effect.helps, n=row.effect.nights,
                    verdict=verdict_words(row.verdict, lang),
                )
            )  # fmt: skip
    s = found.selected
    if s is not None and found.plan.select is not None:
        metric = found.plan.outcome(found.plan.select.metric).title(lang)
        key = "best" if s.best else "open"
        told = {"metric": metric, "guarantee": s.guarantee, "best": s.best, "nights": s.nights, "alive": ", ".join(s.alive)}
        typer.echo(words[key].format(**told))


@contextmanager
def _told(lang: str, plan: Plan, out: str) -> Iterator[Callable[[str, ProgressEvent], None]]:
    """Progress over all nights of all alternatives, with the time left."""
    place, total = dict[str, tuple[int, int, int]](), 0
    for one in (plan, *plan.under()):
        n = len(one.choices)
        place |= {one.label(choice.id): (total + i, n, one.reps) for i, choice in enumerate(one.choices)}
        total += n * one.reps
    with progress(lang, total, plan.baseline.scenario.horizon) as show:

        def tell(name: str, event: ProgressEvent) -> None:
            first, step, reps = place[name]
            if event.lost is not None:
                say_anew(event.lost, f"{out} ({name})", lang)
            elif event.replication < reps:
                show(event._replace(replication=first + event.replication * step))

        yield tell
