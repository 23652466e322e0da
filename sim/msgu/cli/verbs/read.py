"""Verbs that read a scenario and run nothing: check, explain, schema."""

from __future__ import annotations

from typing import Annotated

import typer

from msgu.cli.options import Policies, ScenarioFile, Sets
from msgu.cli.settings import Settings


def mount(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.command()(check)
    app.command()(explain)
    app.command()(schema)


def check(context: typer.Context, scenario: ScenarioFile, policy: Policies = None, set_: Sets = None) -> None:
    """Say whether a scenario is right, or everything that is wrong with it."""
    from msgu.measure.metrics.catalogue import figure_problems
    from msgu.scenario.explain import evidence_changes
    from msgu.scenario.load import digest, resolve
    from msgu.scenario.yaml.nodes import shorten

    resolved = resolve(scenario, policy or (), set_ or (), (figure_problems,))
    found = resolved.scenario
    settings: Settings = context.obj
    word = "correct" if settings.lang == "fr" else "ok"
    title = found.title.of(settings.lang)
    typer.echo(f"{shorten(scenario, 400)}: {word}: {title} ({found.id}, sha256 {digest(found)[:16]})")
    for layer in resolved.policies:
        title = layer.policy.title.of(settings.lang)
        typer.echo(f"  + {layer.policy.id}: {title}")
    for line in evidence_changes(resolved.policies, settings.lang):
        typer.echo(f"  {line}")


def explain(context: typer.Context, scenario: ScenarioFile, policy: Policies = None, set_: Sets = None) -> None:
    """Tell a scenario in words: when, what, with which parameters, to what effect."""
    from msgu.scenario.explain import explain_policies, explain_scenario
    from msgu.scenario.load import resolve

    resolved = resolve(scenario, policy or (), set_ or ())
    settings: Settings = context.obj
    typer.echo(explain_scenario(resolved.scenario, settings.lang))
    if resolved.policies:
        typer.echo("\n" + explain_policies(resolved.policies, settings.lang))


def schema(
    reference: Annotated[bool, typer.Option("--reference", help="The field reference in Markdown instead.")] = False,
) -> None:
    """Print the JSON Schema of scenarios, for editors."""
    from msgu.cli.reference import whole_reference
    from msgu.scenario.document import json_schema_text

    typer.echo(whole_reference() if reference else json_schema_text(), nl=False)
