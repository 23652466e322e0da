"""The verb that compares policies with a baseline: compare."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from msgu.api import compare_folder, plan_comparison, save_plan
from msgu.cli.compiling import compile_first
from msgu.cli.options import Cluster, Scale, Seed, ShardWords, Workers, shard_words
from msgu.cli.progress import progress, say_anew
from msgu.cli.settings import Settings
from msgu.errors import StorageError

if TYPE_CHECKING:
    from msgu.study.batch.job import ProgressEvent
    from msgu.study.batch.shards import Shard
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


Alternatives = Annotated[
    list[str] | None, typer.Option("--policy", help="An alternative: a policy, or several joined by +; repeatable.")
]
Readings = Annotated[
    list[str] | None,
    typer.Option(
        "--reading",
        help="A file, or KEY=VALUE, under which the comparison is made again; repeatable.",
        metavar="FILE|KEY=VALUE",
    ),
]


def mount(app: typer.Typer) -> None:
    """Add this verb to the command."""
    app.command()(compare)


def compare(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="Study file, or a scenario with --policy.", metavar="STUDY|SCENARIO")],
    policy: Alternatives = None,
    reading: Readings = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="Override of all alternatives; repeatable.")] = None,
    scale: Scale = None,
    reps: Annotated[int | None, typer.Option(min=1, max=100_000, help="Nights of each; those of the study, or 30.")] = None,
    seed: Seed = None,
    workers: Workers = 1,
    cluster: Cluster = "",
    shard: ShardWords = "",
    out: Annotated[str, typer.Option(help="Folder of the comparison.")] = "out/compare",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace nights made by other sources.")] = False,
    read_only: Annotated[bool, typer.Option("--no-run", help="Compare the nights that are there, and run none.")] = False,
) -> None:
    """Compare policies with a baseline on the same nights, and write the page that says so."""
    settings: Settings = context.obj
    plan = plan_comparison(source, policy, set_, scale, reps, seed, reading)
    began = time.monotonic()
    _say_plan(plan, settings.lang)
    part = shard_words(shard, cluster, read_only or overwrite)
    if not read_only and part is None and not Path(out).exists():
        _announce(plan, workers, settings.lang)
    save_plan(plan, Path(out), shared=part is not None)
    if not read_only:
        compile_first(settings.lang)
        _run(plan, out, settings, workers=workers, cluster=cluster, shard=part, overwrite=overwrite)
    if part is not None:
        typer.echo(_WORDS[settings.lang]["collect"].format(out=out))
        return
    found, page = compare_folder(plan, Path(out), settings.lang)
    _say(found, settings)
    typer.echo(_WORDS[settings.lang]["done"].format(n=found.nights, seconds=time.monotonic() - began, page=page))


def _say_plan(plan: Plan, lang: str) -> None:
    """Say what is compared, and which alternatives draw otherwise than the baseline for no reason of theirs."""
    from msgu.study.comparison.draw_shifts import shifts

    words, base = _WORDS[lang], plan.baseline.scenario
    typer.echo(
        words["plan"].format(n=len(plan.alternatives), reps=plan.reps, scale=f"{base.scale:.6g}", seed=base.seed), err=True
    )
    for shift in shifts(plan):
        typer.echo(words["shifted"].format(**shift._asdict()), err=True)


def _announce(plan: Plan, workers: int, lang: str) -> None:
    from msgu.cli.announce import announce

    announce([(choice.scenario, one.reps) for one in (plan, *plan.under()) for choice in one.choices], workers, lang)


def _run(
    plan: Plan, out: str, settings: Settings, *, workers: int, cluster: str, shard: Shard | None, overwrite: bool
) -> None:
    """Run the nights that are missing; a stop says what those that are there come to."""
    from msgu.study.comparison.run import run_nights

    try:
        with _told(settings.lang, plan, out) as tell:
            run_nights(plan, out, workers, tell, cluster=cluster, shard=shard, overwrite=overwrite)
    except (KeyboardInterrupt, SystemExit):
        _kept(plan, out, settings)
        raise


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
