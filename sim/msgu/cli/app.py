"""The verbs of `msgu`, one module for each group; each verb imports what it needs when it is called."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

import msgu
from msgu.cli.verbs import (
    branch,
    calibrate,
    cascades,
    compare,
    evidence,
    graph,
    kernels,
    metrics,
    policies,
    read,
    report,
    run,
    score,
    sensitivity,
)
from msgu.lang import Lang


def build_app() -> typer.Typer:
    """Return the command with all its verbs."""
    app = typer.Typer(
        help="Simulate how information, calls and people moved in a city in crisis.",
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_every_verb)
    read.mount(app)
    run.mount(app)
    branch.mount(app)
    score.mount(app)
    evidence.mount(app)
    metrics.mount(app)
    calibrate.mount(app)
    cascades.mount(app)
    report.mount(app)
    graph.mount(app)
    policies.mount(app)
    compare.mount(app)
    kernels.mount(app)
    sensitivity.mount(app)
    return app


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"msgu {msgu.__version__}")
        raise typer.Exit


def _every_verb(
    errors: Annotated[Literal["text", "json"], typer.Option(help="How errors are printed.")] = "text",
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    lang: Annotated[Lang, typer.Option(help="Language of what is said.")] = "en",
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_version, help="Print the version.")] = False,
) -> None:
    """Simulate how information, calls and people moved in a city in crisis."""
    # They may stand before or after the verb: `entry` takes them out first, and they are here for `--help`.
