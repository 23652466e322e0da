"""Verbs that run, and those that check what was run: run, verify, replay."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from msgu.cli.settings import Settings
from msgu.cli.verbs.read import Policies, Scenario, Sets
from msgu.errors import ReplicationError

if TYPE_CHECKING:
    from msgu.scenario.schema.root import Scenario as Resolved
    from msgu.study.batch.run import Event
    from msgu.study.batch.shards import Shard
    from msgu.study.batch.store import Lost

Folder = Annotated[str, typer.Argument(help="Folder of results.", metavar="DIR")]
Cluster = Annotated[
    str,
    typer.Option("--cluster", metavar="tls://HOST:PORT", help="Dask scheduler whose workers run; they must see the folder."),
]
ShardWords = Annotated[str, typer.Option("--shard", metavar="i/n", help="Run only this part; `msgu collect` ends the run.")]
LOST = {
    "en": {},
    "fr": {
        "replications": "réplications", "seed": "graine", "scale": "échelle", "scenario": "scénario",
        "sources": "sources du programme", "study": "étude",
    },
}  # fmt: skip
"""Names of what is given up, where they are not its own."""
HEARTBEAT = 10.0
"""Seconds between two lines of progress where the output is no terminal."""

_WORDS = {
    "en": {
        "done": "{n} of {reps} replications in {out} ({seconds:.1f} s)",
        "next": "next: msgu score {out}    msgu report {out}",
        "same": "replication {k}: the same bits",
        "other": "replication {k}: differs in {layers}",
        "whole": "{folder}: whole: {n} replications, {files} files",
        "at": "replication {k}: {percent:.0f} % of the night",
        "left": "about {left:.0f} s left",
        "stopped": "stopped: {n} of {reps} replications are kept in {out}; go on with --resume",
        "building": "replication {k}: building the world",
        "failed": "{n} replications failed: {which}; see failures/ in {folder}",
        "again": "replication {k} had failed, and does not fail now",
        "source": "  (made by other sources of the program)",
        "collect": "when all shards are over: msgu collect {out}",
        "anew": "{out}: starts over, as --overwrite asks; what it held is given up: {what} {held}, now {now}",
    },
    "fr": {
        "done": "{n} réplications sur {reps} dans {out} ({seconds:.1f} s)",
        "next": "ensuite : msgu score {out}    msgu report {out}",
        "same": "réplication {k} : les mêmes bits",
        "other": "réplication {k} : diffère pour {layers}",
        "whole": "{folder} : intact : {n} réplications, {files} fichiers",
        "at": "réplication {k} : {percent:.0f} % de la nuit",
        "left": "encore {left:.0f} s environ",
        "stopped": "arrêté : {n} réplications sur {reps} sont gardées dans {out} ; reprendre avec --resume",
        "building": "réplication {k} : construction du monde",
        "failed": "{n} réplications ont échoué : {which} ; voir failures/ dans {folder}",
        "again": "la réplication {k} avait échoué, et n'échoue plus",
        "source": "  (faites par d'autres sources du programme)",
        "collect": "quand toutes les parts sont finies : msgu collect {out}",
        "anew": "{out} : tout recommence, comme --overwrite le demande ; perdu ce qui était là : {what} {held}, ici {now}",
    },
}


def mount(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.command()(run)
    app.command()(collect)
    app.command()(verify)
    app.command()(replay)


def run(
    context: typer.Context,
    scenario: Scenario,
    policy: Policies = None,
    set_: Sets = None,
    scale: Annotated[str | None, typer.Option(help="Share of the city that is run, such as 1/100.")] = None,
    reps: Annotated[int, typer.Option(min=1, max=1_000_000, help="Replications.")] = 1,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed.")] = None,
    worlds: Annotated[
        str | None, typer.Option(metavar="one|each", help="All replications in one world, or each in a world of its own.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes.")] = 1,
    cluster: Cluster = "",
    shard: ShardWords = "",
    out: Annotated[str, typer.Option(help="Folder of the results.")] = "out",
    resume: Annotated[bool, typer.Option("--resume", help="Keep the replications that are there.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace other results in DIR.")] = False,
    page: Annotated[bool, typer.Option("--report", help="Write the report too.")] = False,
) -> None:
    """Run a scenario and keep each replication."""
    from msgu.measure.metrics.catalogue import figure_problems
    from msgu.scenario.explain import evidence_changes
    from msgu.scenario.load import resolve
    from msgu.world.size import refuse_if_too_large

    settings: Settings = context.obj
    sets = [
        *(set_ or ()),
        *([f"scale={scale}"] if scale is not None else ()),
        *([f"seed={seed}"] if seed is not None else ()),
        *([f"worlds={worlds}"] if worlds is not None else ()),
    ]
    resolved = resolve(scenario, policy or (), sets, (figure_problems,))
    for line in evidence_changes(resolved.policies, settings.lang):
        typer.echo(line, err=True)
    refuse_if_too_large(resolved.scenario, resolved.scenario.scale)
    from msgu.study.batch.run import raise_if_failed, run_batch
    from msgu.study.batch.shards import run_shard

    part = shard_words(shard, cluster, resume or overwrite or page)
    _announce(
        resolved.scenario, reps if part is None else len(range(part.number, reps + 1, part.of)), workers, out, settings
    )
    began = time.monotonic()
    ids = tuple(layer.policy.id for layer in resolved.policies)
    words, kept = _WORDS[settings.lang], set[int]()
    try:
        with _progress(settings.lang, reps, resolved.scenario.horizon) as show:
            tell = _counting(show, kept, out, settings.lang)
            if part is not None:
                outcome = run_shard(resolved.scenario, out, reps, part, workers, progress=tell, policies=ids)
            else:
                outcome = run_batch(
                    resolved.scenario, out, reps=reps, workers=workers, cluster=cluster, resume=resume, progress=tell,
                    policies=ids, overwrite=overwrite,
                )  # fmt: skip
    except (KeyboardInterrupt, SystemExit):
        typer.echo(words["stopped"].format(n=len(kept), reps=reps, out=out), err=True)
        raise
    raise_if_failed(outcome, out)
    n = len(outcome.ran) + len(outcome.kept)
    typer.echo(words["done"].format(n=n, reps=reps, out=out, seconds=time.monotonic() - began))
    if part is not None:
        typer.echo(words["collect"].format(out=out))
        return
    typer.echo(_prints(outcome.fingerprint))
    typer.echo(words["next"].format(out=out))
    if page:
        from msgu.cli.verbs.report import report

        report(context, out)


def _announce(scenario: Resolved, nights: int, workers: int, out: str, settings: Settings) -> None:
    """Say how long the nights will take that are not there yet."""
    from pathlib import Path

    from msgu.cli.announce import announce

    kept = sum(path.name.isdigit() for path in Path(out, "replications").glob("*"))
    announce([(scenario, max(0, nights - kept))], workers, settings.lang)


def shard_words(text: str, cluster: str, more: bool = False) -> Shard | None:
    """Return the shard that a command asks for, or None.

    Raises
    ------
    InputError
        Where it is no shard, or goes with words that cannot hold for one.
    """
    if not text:
        return None
    from msgu.errors import InputError, Problem
    from msgu.study.batch.shards import shard_of

    if cluster or more:
        given = "with --cluster, --resume, --overwrite, --report or --no-run"
        problem = Problem("--shard", 1, 1, "", given, "a shard alone; it always resumes")
        raise InputError([problem])
    return shard_of(text)


def collect(context: typer.Context, folder: Folder) -> None:
    """End a run or a comparison whose shards are over: check that all is there, and write what a whole run writes."""
    from pathlib import Path

    from msgu.study.batch.shards import collect as ended
    from msgu.study.comparison.plan_file import is_comparison

    settings: Settings = context.obj
    if is_comparison(Path(folder)):
        from msgu.cli.verbs.compare import collected

        collected(Path(folder), settings)
        return
    manifest = ended(Path(folder))
    words, failed = _WORDS[settings.lang], manifest["failed"]
    n, files = len(manifest["records"]), sum(len(row["files"]) for row in manifest["records"])
    typer.echo(words["whole"].format(folder=folder, n=n, files=files))
    typer.echo(_prints(manifest["fingerprint"]))
    if failed:
        typer.echo(words["failed"].format(n=len(failed), which=", ".join(map(str, failed)), folder=folder), err=True)
        raise typer.Exit(ReplicationError.exit_code)
    typer.echo(words["next"].format(out=folder))


def say_anew(lost: Lost, out: str, lang: str) -> None:
    """Say that results are given up because that was asked for."""
    what = LOST[lang].get(lost.what, lost.what)
    typer.echo(_WORDS[lang]["anew"].format(out=out, what=what, held=lost.held, now=lost.now), err=True)


def _counting(show: Callable[[Event], None], kept: set[int], out: str, lang: str) -> Callable[[Event], None]:
    """Return what tells of an event, and counts the replications that are safe on the disk."""

    def tell(event: Event) -> None:
        if event.lost is not None:
            say_anew(event.lost, out, lang)
            return
        if event.state in ("kept", "done"):
            kept.add(event.replication)
        show(event)

    return tell


def verify(context: typer.Context, folder: Folder) -> None:
    """Check every file of a folder of results against its checksums."""
    from msgu.study.batch.verify import verify as check

    settings: Settings = context.obj
    found = check(folder)
    words = _WORDS[settings.lang]
    typer.echo(words["whole"].format(folder=folder, n=found.replications, files=found.files))
    typer.echo(_prints(found.fingerprint))
    if found.failed:
        which = ", ".join(str(k) for k in found.failed)
        typer.echo(words["failed"].format(n=len(found.failed), which=which, folder=folder), err=True)
        raise typer.Exit(ReplicationError.exit_code)


def replay(context: typer.Context, folder: Folder, rep: Annotated[int, typer.Option(min=0, help="Its number.")] = 0) -> None:
    """Run one replication again and compare it with its record, layer by layer."""
    from msgu.study.batch.verify import replay as again

    settings: Settings = context.obj
    found = again(folder, rep)
    words = _WORDS[settings.lang]
    aside = "" if found.same_source else words["source"]
    if found.differing:
        typer.echo(words["other"].format(k=rep, layers=", ".join(found.differing)) + aside)
        raise typer.Exit(1)
    typer.echo(words["again" if found.failed_before else "same"].format(k=rep) + aside)


def _prints(fingerprint: dict[str, str]) -> str:
    return "  ".join(f"{layer} {digest[:12]}" for layer, digest in fingerprint.items())


@contextmanager
def _progress(lang: str, reps: int, horizon: float) -> Iterator[Callable[[Event], None]]:
    """A bar with the time left on a terminal, a line every ten seconds elsewhere."""
    if sys.stderr.isatty():
        with _bar(reps, horizon) as tell:
            yield tell
        return
    heart = Heartbeat(lang, reps, horizon)
    stop = threading.Event()
    beating = threading.Thread(target=heart.beat, args=(stop,), daemon=True)
    beating.start()
    try:
        yield heart.hear
    finally:
        stop.set()
        beating.join()


@contextmanager
def _bar(reps: int, horizon: float) -> Iterator[Callable[[Event], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeRemainingColumn(),
    )
    reached = dict.fromkeys(range(reps), 0.0)
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=reps * horizon)

        def tell(event: Event) -> None:
            reached[event.replication] = horizon if event.state in ("kept", "done", "failed") else event.seconds
            bar.update(task, completed=sum(reached.values()), description=f"{event.replication + 1}/{reps}")

        yield tell


class Heartbeat:
    """Lines of progress on standard error, one every `HEARTBEAT` seconds, even while nothing is heard of the run."""

    def __init__(self, lang: str, reps: int, horizon: float) -> None:
        self.words, self.horizon = _WORDS[lang], horizon
        self.reached = dict.fromkeys(range(reps), 0.0)
        self.here_before = 0.0
        self.latest = 0
        self.began = time.monotonic()

    def hear(self, event: Event) -> None:
        """Take note of an event."""
        over = event.state in ("kept", "done", "failed")
        if event.state == "kept":
            self.here_before += self.horizon
        self.reached[event.replication] = self.horizon if over else event.seconds
        self.latest = event.replication

    def line(self, now: float) -> str:
        """Return where the run is at a time of the monotonic clock, and how long it may still take."""
        at = self.reached[self.latest]
        known = {"k": self.latest, "percent": 100 * at / self.horizon}
        said = self.words["at" if at > 0 else "building"].format(**known)
        done = sum(self.reached.values()) - self.here_before
        whole = self.horizon * len(self.reached) - self.here_before
        if done <= 0:
            return said
        return f"{said}, {self.words['left'].format(left=(now - self.began) * (whole - done) / done)}"

    def beat(self, stop: threading.Event) -> None:
        """Say the line until told to stop."""
        while not stop.wait(HEARTBEAT):
            typer.echo(self.line(time.monotonic()), err=True)
