"""The verb that lists the policies: policies."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from msgu.cli.settings import Settings
from msgu.scenario.examples import PARIS

if TYPE_CHECKING:
    from msgu.scenario.policy import Layer

_WORDS = {
    "en": {"why": "Why", "cost": "Cost", "when": "When", "source": "Source", "sets": "Sets", "never": "not dated",
           "next": "{n} policies; try one with: msgu compare {scenario} --policy {first}"},
    "fr": {"why": "Pourquoi", "cost": "Coût", "when": "Quand", "source": "Source", "sets": "Règle", "never": "sans date",
           "next": "{n} mesures ; en essayer une : msgu compare {scenario} --policy {first}"},
}  # fmt: skip


def mount(app: typer.Typer) -> None:
    """Add this verb to the command."""
    app.command()(policies)


def policies(
    context: typer.Context,
    scenario: Annotated[
        str, typer.Argument(help="Scenario beside `policies/`, or a folder of policies.", metavar="[SCENARIO]")
    ] = PARIS,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Sources and every value that is set, too.")] = False,
) -> None:
    """List the policies beside a scenario: what, when, why, at what cost."""
    from msgu.scenario.policy_folder import shelf

    settings: Settings = context.obj
    found = shelf(scenario)
    if as_json:
        typer.echo(json.dumps([_facts(layer) for layer in found], ensure_ascii=False, indent=1))
        return
    words = _WORDS[settings.lang]
    for layer in found:
        typer.echo(_told(layer, settings.lang, full) + "\n")
    typer.echo(words["next"].format(n=len(found), scenario=scenario, first=found[0].policy.id))


def _facts(layer: Layer) -> dict[str, Any]:
    from msgu.scenario.policy_folder import changes, dates

    return {
        **layer.policy.model_dump(),
        "dates": {change.key: change.text for change in dates(layer)},
        "sets": {change.key: change.text for change in changes(layer)},
    }


def _told(layer: Layer, lang: str, full: bool) -> str:
    from msgu.scenario.policy_folder import changes, dates

    words, policy = _WORDS[lang], layer.policy
    when = ", ".join(dict.fromkeys(change.text for change in dates(layer))) or words["never"]
    rows = [("why", getattr(policy.why, lang)), ("when", when), ("cost", getattr(policy.cost, lang))]
    if full:
        rows.append(("source", policy.source))
    lines = [f"{policy.id}: {getattr(policy.title, lang)}"]
    for key, text in rows:
        lines.append(textwrap.fill(f"{words[key]}: {text}", 100, initial_indent="  ", subsequent_indent="    "))
    if full:
        lines += [f"  {words['sets']}: {change.key} = {change.text}" for change in changes(layer)]
    return "\n".join(lines)
