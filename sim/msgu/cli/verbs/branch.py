"""The verb that goes on from a minute of a run under another scenario: branch."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from msgu.cli.compiling import compile_first
from msgu.cli.options import Every, Folder, Policies, Sets, Workers, every_words
from msgu.cli.progress import counting, progress
from msgu.cli.settings import Settings

_WORDS = {
    "en": {
        "from": "from {when} on, {n} replications of {folder}",
        "done": "{n} of {reps} replications in {out} ({seconds:.1f} s)",
        "stopped": "stopped: {n} of {reps} replications are kept in {out}; go on with --resume",
        "next": "next: msgu score {out}    msgu report {out}",
    },
    "fr": {
        "from": "à partir de {when}, {n} réplications de {folder}",
        "done": "{n} réplications sur {reps} dans {out} ({seconds:.1f} s)",
        "stopped": "arrêté : {n} réplications sur {reps} sont gardées dans {out} ; reprendre avec --resume",
        "next": "ensuite : msgu score {out}    msgu report {out}",
    },
}


def mount(app: typer.Typer) -> None:
    """Add this verb to the command."""
    app.command()(branch)


def branch(
    context: typer.Context,
    folder: Folder,
    at: Annotated[str, typer.Option("--at", metavar="TIME", help="When it forks: from the last checkpoint by then.")],
    policy: Policies = None,
    set_: Sets = None,
    workers: Workers = 1,
    checkpoint_every: Every = None,
    out: Annotated[str, typer.Option(help="Folder of the branch.")] = "branch",
    resume: Annotated[bool, typer.Option("--resume", help="Keep the replications that are there.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace other results in DIR.")] = False,
) -> None:
    """Go on from a checkpoint of a run, under policies that begin later: the bits of a run from the start."""
    from msgu.measure.metrics.catalogue import figure_problems
    from msgu.study.batch.branch import plan_branch
    from msgu.study.batch.run import raise_if_failed, run_batch
    from msgu.units import format_clock

    settings: Settings = context.obj
    words, began = _WORDS[settings.lang], time.monotonic()
    found = plan_branch(Path(folder), at, policy or (), set_ or (), (figure_problems,), every_words(checkpoint_every))
    when = format_clock(found.fork.at, found.scenario.start)
    typer.echo(words["from"].format(when=when, n=found.reps, folder=folder), err=True)
    compile_first(settings.lang)
    kept = set[int]()
    try:
        with progress(settings.lang, found.reps, found.scenario.horizon) as show:
            outcome = run_batch(
                found.scenario, out, reps=found.reps, workers=workers, resume=resume, overwrite=overwrite,
                progress=counting(show, kept, out, settings.lang), policies=found.policies, fork=found.fork,
            )  # fmt: skip
    except (KeyboardInterrupt, SystemExit):
        typer.echo(words["stopped"].format(n=len(kept), reps=found.reps, out=out), err=True)
        raise
    raise_if_failed(outcome, out)
    n = len(outcome.ran) + len(outcome.kept)
    typer.echo(words["done"].format(n=n, reps=found.reps, out=out, seconds=time.monotonic() - began))
    typer.echo("  ".join(f"{layer} {digest[:12]}" for layer, digest in outcome.fingerprint.items()))
    typer.echo(words["next"].format(out=out))
