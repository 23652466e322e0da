"""Verbs that run a scenario, and those that check its results: run, collect, verify, replay."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from msgu.cli.compiling import compile_first
from msgu.cli.options import (
    Cluster,
    Every,
    Folder,
    Policies,
    Scale,
    ScenarioFile,
    Seed,
    Sets,
    ShardWords,
    Threads,
    Workers,
    every_words,
    shard_words,
)
from msgu.cli.progress import counting, progress
from msgu.cli.settings import Settings
from msgu.cli.verbs import compare
from msgu.errors import InputError, Problem, ReplicationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from msgu.scenario.load import Resolved
    from msgu.scenario.schema.root import Scenario
    from msgu.study.batch.run import BatchOutcome
    from msgu.study.batch.shards import Shard


_WORDS = {
    "en": {
        "done": "{n} of {reps} replications in {out} ({seconds:.1f} s)",
        "next": "next: msgu score {out}    msgu report {out}",
        "same": "replication {k}: the same bits",
        "other": "replication {k}: differs in {layers}",
        "whole": "{folder}: whole: {n} replications, {files} files",
        "stopped": "stopped: {n} of {reps} replications are kept in {out}; go on with --resume",
        "failed": "{n} replications failed: {which}; see failures/ in {folder}",
        "again": "replication {k} had failed, and does not fail now",
        "source": "  (made by other sources of the program)",
        "alone": "--threads 2 changes nothing: with {why} a night runs on one thread",
        "collect": "when all shards are over: msgu collect {out}",
    },
    "fr": {
        "done": "{n} réplications sur {reps} dans {out} ({seconds:.1f} s)",
        "next": "ensuite : msgu score {out}    msgu report {out}",
        "same": "réplication {k} : les mêmes bits",
        "other": "réplication {k} : diffère pour {layers}",
        "whole": "{folder} : intact : {n} réplications, {files} fichiers",
        "stopped": "arrêté : {n} réplications sur {reps} sont gardées dans {out} ; reprendre avec --resume",
        "failed": "{n} réplications ont échoué : {which} ; voir failures/ dans {folder}",
        "again": "la réplication {k} avait échoué, et n'échoue plus",
        "source": "  (faites par d'autres sources du programme)",
        "alone": "--threads 2 ne change rien : avec {why} une nuit se calcule sur un seul fil",
        "collect": "quand toutes les parts sont finies : msgu collect {out}",
    },
}


Worlds = Annotated[
    str | None, typer.Option(metavar="one|each", help="All replications in one world, or each in a world of its own.")
]


def mount(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.command()(run)
    app.command()(collect)
    app.command()(verify)
    app.command()(replay)


def run(
    context: typer.Context,
    scenario: ScenarioFile,
    policy: Policies = None,
    set_: Sets = None,
    scale: Scale = None,
    reps: Annotated[int, typer.Option(min=1, max=1_000_000, help="Replications.")] = 1,
    seed: Seed = None,
    worlds: Worlds = None,
    workers: Workers = 1,
    threads: Threads = 1,
    cluster: Cluster = "",
    shard: ShardWords = "",
    checkpoint_every: Every = None,
    out: Annotated[str, typer.Option(help="Folder of the results.")] = "out",
    resume: Annotated[bool, typer.Option("--resume", help="Keep the replications that are there.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace other results in DIR.")] = False,
    page: Annotated[bool, typer.Option("--report", help="Write the report too.")] = False,
) -> None:
    """Run a scenario and keep each replication."""
    from msgu.scenario.load import overrides

    settings: Settings = context.obj
    resolved = _resolved(scenario, policy or (), overrides(set_, scale=scale, seed=seed, worlds=worlds), settings)
    part = shard_words(shard, cluster, resume or overwrite or page)
    nights = reps if part is None else len(range(part.number, reps + 1, part.of))
    if threads > 1:
        _check_threads(resolved.scenario, checkpoint_every, settings)
    _announce(resolved.scenario, nights, workers, out, settings)
    compile_first(settings.lang)
    began = time.monotonic()
    asked = _Asked(resolved, out, reps, workers, threads, cluster, part, resume, overwrite, every_words(checkpoint_every))
    outcome = _run(asked, settings)
    from msgu.study.batch.run import raise_if_failed

    raise_if_failed(outcome, out)
    _say_done(asked, outcome, time.monotonic() - began, _WORDS[settings.lang])
    if page:
        from msgu.cli.verbs.report import report

        report(context, out)


class _Asked(NamedTuple):
    """What is to be run, where to, and how."""

    resolved: Resolved
    out: str
    reps: int
    workers: int
    threads: int
    cluster: str
    shard: Shard | None
    resume: bool
    overwrite: bool
    every: float


def _resolved(scenario: str, policies: Sequence[str], sets: Sequence[str], settings: Settings) -> Resolved:
    """Read the scenario, say which reported figures its policies change, and refuse it where it is too large."""
    from msgu.measure.metrics.catalogue import figure_problems
    from msgu.scenario.explain import evidence_changes
    from msgu.scenario.load import resolve
    from msgu.world.size import refuse_if_too_large

    resolved = resolve(scenario, policies, sets, (figure_problems,))
    for line in evidence_changes(resolved.policies, settings.lang):
        typer.echo(line, err=True)
    refuse_if_too_large(resolved.scenario, resolved.scenario.scale)
    return resolved


def _run(asked: _Asked, settings: Settings) -> BatchOutcome:
    """Run the replications or those of a shard; a stop says how many are kept."""
    from msgu.study.batch.job import ENGINE, ON_TWO_THREADS, Fork
    from msgu.study.batch.run import run_batch
    from msgu.study.batch.shards import run_shard

    scenario, out, reps, fork = asked.resolved.scenario, asked.out, asked.reps, Fork(asked.every)
    engine = ON_TWO_THREADS if asked.threads > 1 else ENGINE
    ids, kept = tuple(layer.policy.id for layer in asked.resolved.policies), set[int]()
    try:
        with progress(settings.lang, reps, scenario.horizon) as show:
            tell = counting(show, kept, out, settings.lang)
            if asked.shard is not None:
                return run_shard(
                    scenario, out, reps, asked.shard, asked.workers, progress=tell, policies=ids, engine=engine, fork=fork
                )
            return run_batch(
                scenario, out, reps=reps, workers=asked.workers, cluster=asked.cluster, resume=asked.resume, progress=tell,
                policies=ids, overwrite=asked.overwrite, engine=engine, fork=fork,
            )  # fmt: skip
    except (KeyboardInterrupt, SystemExit):
        typer.echo(_WORDS[settings.lang]["stopped"].format(n=len(kept), reps=reps, out=out), err=True)
        raise


def _say_done(asked: _Asked, outcome: BatchOutcome, seconds: float, words: dict[str, str]) -> None:
    n = len(outcome.ran) + len(outcome.kept)
    typer.echo(words["done"].format(n=n, reps=asked.reps, out=asked.out, seconds=seconds))
    if asked.shard is not None:
        typer.echo(words["collect"].format(out=asked.out))
        return
    typer.echo(_prints(outcome.fingerprint))
    typer.echo(words["next"].format(out=asked.out))


def _check_threads(scenario: Scenario, checkpoint_every: str | None, settings: Settings) -> None:
    """Say what keeps the nights of a scenario on one thread; refuse checkpoints, which stop a night at one moment of all."""
    from msgu.engine.forks.people import why_alone

    if checkpoint_every is not None:
        raise InputError([Problem("--threads", 1, 1, "", "2", "1 where --checkpoint-every is given")])
    if why := why_alone(scenario):
        typer.echo(_WORDS[settings.lang]["alone"].format(why=why), err=True)


def _announce(scenario: Scenario, nights: int, workers: int, out: str, settings: Settings) -> None:
    """Say how long the nights will take that are not there yet."""
    from pathlib import Path

    from msgu.cli.announce import announce

    kept = sum(path.name.isdigit() for path in Path(out, "replications").glob("*"))
    announce([(scenario, max(0, nights - kept))], workers, settings.lang)


def collect(context: typer.Context, folder: Folder) -> None:
    """End a run or a comparison whose shards are over: check that all is there, and write what a whole run writes."""
    from pathlib import Path

    from msgu.study.batch.shards import collect_batch
    from msgu.study.comparison.plan_file import is_comparison

    settings: Settings = context.obj
    if is_comparison(Path(folder)):
        compare.collect(Path(folder), settings)
        return
    manifest = collect_batch(Path(folder))
    words, failed = _WORDS[settings.lang], manifest["failed"]
    n, files = len(manifest["records"]), sum(len(row["files"]) for row in manifest["records"])
    typer.echo(words["whole"].format(folder=folder, n=n, files=files))
    typer.echo(_prints(manifest["fingerprint"]))
    if failed:
        typer.echo(words["failed"].format(n=len(failed), which=", ".join(map(str, failed)), folder=folder), err=True)
        raise typer.Exit(ReplicationError.exit_code)
    typer.echo(words["next"].format(out=folder))


def verify(context: typer.Context, folder: Folder) -> None:
    """Check every file of a folder of results against its checksums."""
    from msgu.study.batch.verify import verify_batch

    settings: Settings = context.obj
    found = verify_batch(folder)
    words = _WORDS[settings.lang]
    typer.echo(words["whole"].format(folder=folder, n=found.replications, files=found.files))
    typer.echo(_prints(found.fingerprint))
    if found.failed:
        which = ", ".join(str(k) for k in found.failed)
        typer.echo(words["failed"].format(n=len(found.failed), which=which, folder=folder), err=True)
        raise typer.Exit(ReplicationError.exit_code)


def replay(context: typer.Context, folder: Folder, rep: Annotated[int, typer.Option(min=0, help="Its number.")] = 0) -> None:
    """Run one replication again and compare it with its record, layer by layer."""
    from msgu.study.batch.verify import replay_one

    settings: Settings = context.obj
    found = replay_one(folder, rep)
    words = _WORDS[settings.lang]
    aside = "" if found.same_source else words["source"]
    if found.differing:
        typer.echo(words["other"].format(k=rep, layers=", ".join(found.differing)) + aside)
        raise typer.Exit(1)
    typer.echo(words["again" if found.failed_before else "same"].format(k=rep) + aside)


def _prints(fingerprint: dict[str, str]) -> str:
    return "  ".join(f"{layer} {digest[:12]}" for layer, digest in fingerprint.items())
