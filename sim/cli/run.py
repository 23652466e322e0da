"""Verbs that run, and those that check what was run: run, verify, replay."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.read import Policies, Scenario, Sets
from sim.cli.settings import Settings

if TYPE_CHECKING:
    from sim.study.batch import Event

Folder = Annotated[str, typer.Argument(help="Folder of results.", metavar="DIR")]
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
        "stopped": "stopped; go on with --resume",
    },
    "fr": {
        "done": "{n} réplications sur {reps} dans {out} ({seconds:.1f} s)",
        "next": "ensuite : msgu score {out}    msgu report {out}",
        "same": "réplication {k} : les mêmes bits",
        "other": "réplication {k} : diffère pour {layers}",
        "whole": "{folder} : intact : {n} réplications, {files} fichiers",
        "at": "réplication {k} : {percent:.0f} % de la nuit",
        "left": "encore {left:.0f} s environ",
        "stopped": "arrêté ; reprendre avec --resume",
    },
}


def mount(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.command()(run)
    app.command()(verify)
    app.command()(replay)


def run(
    context: typer.Context,
    scenario: Scenario,
    policy: Policies = None,
    set_: Sets = None,
    scale: Annotated[str | None, typer.Option(help="Share of the city that is run, such as 1/100.")] = None,
    reps: Annotated[int, typer.Option(min=1, help="Replications.")] = 1,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed.")] = None,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes.")] = 1,
    out: Annotated[str, typer.Option(help="Folder of the results.")] = "out",
    resume: Annotated[bool, typer.Option("--resume", help="Keep the replications that are there.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace other results in DIR.")] = False,
) -> None:
    """Run a scenario and keep each replication."""
    from sim.measure.catalogue import figure_problems
    from sim.scenario.load import resolve
    from sim.world.size import refuse_if_too_large

    settings: Settings = context.obj
    sets = [
        *(set_ or ()),
        *([f"scale={scale}"] if scale else ()),
        *([f"seed={seed}"] if seed is not None else ()),
    ]
    resolved = resolve(scenario, policy or (), sets, (figure_problems,))
    refuse_if_too_large(resolved.scenario, resolved.scenario.scale)
    from sim.study.batch import raise_if_failed, run_batch

    began = time.monotonic()
    ids = tuple(layer.policy.id for layer in resolved.policies)
    with _stopped_by_signals(), _progress(settings.lang, reps, resolved.scenario.horizon) as tell:
        outcome = run_batch(
            resolved.scenario,
            out,
            reps=reps,
            workers=workers,
            resume=resume,
            progress=tell,
            policies=ids,
            overwrite=overwrite,
        )
    raise_if_failed(outcome, out)
    words = _WORDS[settings.lang]
    n = len(outcome.ran) + len(outcome.kept)
    typer.echo(words["done"].format(n=n, reps=reps, out=out, seconds=time.monotonic() - began))
    typer.echo(_prints(outcome.fingerprint))
    typer.echo(words["next"].format(out=out))


def verify(context: typer.Context, folder: Folder) -> None:
    """Check every file of a folder of results against its checksums."""
    from sim.study.verify import verify as check

    settings: Settings = context.obj
    found = check(folder)
    typer.echo(_WORDS[settings.lang]["whole"].format(folder=folder, n=found.replications, files=found.files))
    typer.echo(_prints(found.fingerprint))


def replay(context: typer.Context, folder: Folder, rep: Annotated[int, typer.Option(min=0, help="Its number.")] = 0) -> None:
    """Run one replication again and compare it with its record, layer by layer."""
    from sim.study.verify import replay as again

    settings: Settings = context.obj
    found = again(folder, rep)
    words = _WORDS[settings.lang]
    if found.differing:
        typer.echo(words["other"].format(k=rep, layers=", ".join(found.differing)))
        raise typer.Exit(1)
    typer.echo(words["same"].format(k=rep))


def _prints(fingerprint: dict[str, str]) -> str:
    return "  ".join(f"{layer} {digest[:12]}" for layer, digest in fingerprint.items())


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Let SIGTERM end a run as Ctrl-C does, with its own exit code; what is finished stays."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(143)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _progress(lang: str, reps: int, horizon: float) -> Iterator[Callable[[Event], None]]:
    """A bar with the time left on a terminal, a line now and then elsewhere."""
    if sys.stderr.isatty():
        with _bar(reps, horizon) as tell:
            yield tell
    else:
        yield _Heartbeat(lang, reps, horizon)


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


class _Heartbeat:
    """Lines of progress on standard error, at most one each `HEARTBEAT` seconds."""

    def __init__(self, lang: str, reps: int, horizon: float) -> None:
        self.words, self.horizon = _WORDS[lang], horizon
        self.reached = dict.fromkeys(range(reps), 0.0)
        self.began = self.last = time.monotonic()

    def __call__(self, event: Event) -> None:
        """Tell where the run is, if the last line is long enough ago."""
        self.reached[event.replication] = self.horizon if event.state in ("kept", "done", "failed") else event.seconds
        now = time.monotonic()
        if now - self.last < HEARTBEAT:
            return
        self.last = now
        share = sum(self.reached.values()) / (self.horizon * len(self.reached))
        if share <= 0:
            return
        left = (now - self.began) * (1 - share) / share
        line = self.words["at"].format(k=event.replication, percent=100 * self.reached[event.replication] / self.horizon)
        typer.echo(f"{line}, {self.words['left'].format(left=left)}", err=True)
