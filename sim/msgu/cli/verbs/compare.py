"""The verb that compares: compare."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from msgu.cli.settings import Settings
from msgu.cli.verbs.run import Cluster, ShardWords, _progress, say_anew, shard_words

if TYPE_CHECKING:
    from msgu.study.batch.run import Event
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
    plan = plan_of(source, policy, set_, scale, reps, seed, reading)
    for choice in (choice for one in (plan, *plan.under()) for choice in one.choices):
        refuse_if_too_large(choice.scenario, choice.scenario.scale)
    from msgu.study.comparison import found as engine
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
    kept_plan(plan, Path(out), shared=part is not None)
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
    found = engine.compare(plan, out)
    page = write(found, Path(out), settings)
    _say(found, settings)
    typer.echo(words["done"].format(n=found.nights, seconds=time.monotonic() - began, page=page))


def plan_of(
    source: str,
    policies: list[str] | None,
    sets: list[str] | None,
    scale: str | None,
    reps: int | None,
    seed: int | None,
    readings: list[str] | None = None,
) -> Plan:
    """Return the plan of a study file, or of a scenario with policies."""
    from dataclasses import replace

    from msgu.errors import InputError, Problem
    from msgu.study.comparison.plan import from_words, is_study, planned

    if policies or not is_study(source):
        return from_words(source, policies or (), reps or 30, sets or (), seed, scale, readings or ())
    from msgu.scenario.study.comparison import load_study

    more = [
        *(sets or ()),
        *([f"scale={scale}"] if scale is not None else ()),
        *([f"seed={seed}"] if seed is not None else ()),
    ]
    if readings:
        raise InputError([Problem("--reading", 1, 1, "", "with a study file", "the study's own block `readings:`")])
    file = load_study(source)
    doubled = [name for name in ("scale", "seed") if any(m.startswith(name + "=") for m in more)]
    if any(getattr(file.study, name) is not None for name in doubled):
        raise InputError([Problem(source, 1, 1, doubled[0], "given by the study and by the command", "one of the two")])
    plan = planned(file, more)
    words = (source, *(f"--set={text}" for text in more), *([f"--reps={reps}"] if reps else ()))
    asked = {name: given.reps for name, given in file.study.readings.items()}
    under = tuple(replace(r, reps=min(reps or r.reps, asked[r.id] or reps or r.reps)) for r in plan.readings)
    return replace(plan, reps=reps or plan.reps, words=words, readings=under)


def _kept(plan: Plan, out: str, settings: Settings) -> None:
    """After a stop: write what the nights that are there say, if every alternative has some."""
    from msgu.errors import StorageError
    from msgu.study.comparison import found as engine

    try:
        found = engine.compare(plan, out)
    except StorageError:
        return
    write(found, Path(out), settings)
    typer.echo(_WORDS[settings.lang]["stopped"].format(n=found.nights), err=True)


def collected(folder: Path, settings: Settings) -> None:
    """End a comparison whose shards are over, and write what a whole one writes.

    Raises
    ------
    StorageError
        Naming every night that is missing.
    """
    from msgu.study.comparison import found as engine
    from msgu.study.comparison.plan_file import read
    from msgu.study.comparison.run import collect

    plan = read(folder)
    collect(plan, folder)
    found = engine.compare(plan, folder)
    page = write(found, folder, settings)
    _say(found, settings)
    typer.echo(str(page))


def kept_plan(plan: Plan, folder: Path, *, shared: bool = False) -> None:
    """Keep the plan in the folder, so that the folder alone can be reported; no other run may be writing there."""
    from msgu.study.batch import store
    from msgu.study.comparison.plan_file import keep

    with store.locked(folder, shared=shared):
        keep(plan, folder)


def report_of(folder: Path, out: Path, settings: Settings) -> Path:
    """Write the page and the tables of a comparison again from its folder; return the page.

    Raises
    ------
    StorageError
        Where the folder is damaged, or holds no night of the baseline.
    """
    from msgu.study.comparison.found import compare as found_in
    from msgu.study.comparison.plan_file import read

    return write(found_in(read(folder), folder), out, settings, folder)


def write(found: Comparison, folder: Path, settings: Settings, beside: Path | None = None) -> Path:
    """Write the facts, the tables and the page; return the page."""
    from msgu.report.comparison.page import write_page
    from msgu.report.comparison.tables import write_tables
    from msgu.study.comparison.facts import write_facts

    write_facts(found, folder)
    write_tables(found, folder, settings.lang)
    return write_page(found, folder, settings.lang, beside)


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
def _told(lang: str, plan: Plan, out: str) -> Iterator[Callable[[str, Event], None]]:
    """Progress over all nights of all alternatives, with the time left."""
    place, total = dict[str, tuple[int, int, int]](), 0
    for one in (plan, *plan.under()):
        n = len(one.choices)
        place |= {one.label(choice.id): (total + i, n, one.reps) for i, choice in enumerate(one.choices)}
        total += n * one.reps
    with _progress(lang, total, plan.baseline.scenario.horizon) as show:

        def tell(name: str, event: Event) -> None:
            first, step, reps = place[name]
            if event.lost is not None:
                say_anew(event.lost, f"{out} ({name})", lang)
            elif event.replication < reps:
                show(event._replace(replication=first + event.replication * step))

        yield tell
