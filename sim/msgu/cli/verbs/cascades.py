"""The verb that measures and exports retweet cascades: cascades."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from msgu.cli.options import Folder
from msgu.cli.settings import Settings

if TYPE_CHECKING:
    from msgu.measure.cascades.shape import Cascades
    from msgu.results import Results

SIZES = (2, 10, 100)
"""Sizes to which the time is told."""
_COLUMNS = ("cascades", "alone", "mean", "p99", "largest", "depth", "breadth", "virality", "reach")
_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "head": "night {rep} of {scenario}: {posts} posts in {n} cascades",
        "kind": "first post", "cascades": "cascades", "alone": "never shared", "mean": "mean size", "p99": "99 % below",
        "largest": "largest", "depth": "deepest", "breadth": "broadest", "virality": "virality", "reach": "furthest reach",
        "all": "all", "time": "to {size} posts: {count} cascades, median {median:.0f} s",
        "foot": "virality: mean distance between two posts, median over cascades of 10 posts or more",
        "kept": "{n} posts of {cascades} cascades in {path}",
    },
    "fr": {
        "head": "nuit {rep} de {scenario} : {posts} messages en {n} cascades",
        "kind": "premier message", "cascades": "cascades", "alone": "jamais partagées", "mean": "taille moyenne",
        "p99": "99 % sous", "largest": "plus grande", "depth": "plus profonde", "breadth": "plus large",
        "virality": "viralité", "reach": "plus grande portée",
        "all": "ensemble", "time": "jusqu'à {size} messages : {count} cascades, médiane {median:.0f} s",
        "foot": "viralité : distance moyenne entre deux messages, médiane des cascades d'au moins 10 messages",
        "kept": "{n} messages de {cascades} cascades dans {path}",
    },
}  # fmt: skip


def mount(app: typer.Typer) -> None:
    """Add this verb to the command."""
    app.command()(cascades)


def cascades(
    context: typer.Context,
    folder: Folder,
    rep: Annotated[int, typer.Option(min=0, help="Which night.")] = 0,
    topic: Annotated[str | None, typer.Option(help="Only cascades of this topic.")] = None,
    least: Annotated[int, typer.Option(min=1, help="Only cascades of at least so many posts.")] = 1,
    with_reach: Annotated[
        bool, typer.Option("--reach", help="Count the distinct accounts exposed too: the follower graph is needed.")
    ] = False,
    out: Annotated[str | None, typer.Option(help="Posts with parent ids: a .parquet, .csv or .graphml file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Measure the retweet cascades of a night, and write them for other tools."""
    from msgu.measure.cascades import files
    from msgu.measure.cascades.shape import measure

    settings: Settings = context.obj
    if out:
        _check_ending(out, files.ENDINGS)
    scenario, night = _night(Path(folder), rep)
    posts = night.tables["posts"]
    found = measure(posts["parent"], posts["root"])
    keep = found.size >= least
    if topic is not None:
        keep &= posts["topic"][found.root] == _topic(night, topic)
    reached = _reach(scenario, night, found) if with_reach else None
    rows = _rows(night, found, keep, reached)
    times = _times(night, found, keep)
    if out:
        files.write(files.posts_of(night, found, keep), Path(out))
    facts = {"scenario": night.scenario_id, "rep": rep, "posts": int(found.size[keep].sum()), "n": int(keep.sum())}
    if as_json:
        typer.echo(json.dumps({**facts, "kinds": rows, "times": times}, ensure_ascii=False, indent=1))
        return
    _say(facts, rows, times, _WORDS[settings.lang])
    if out:
        typer.echo(_WORDS[settings.lang]["kept"].format(n=facts["posts"], cascades=facts["n"], path=out))


def _say(facts: dict[str, Any], rows: list[dict[str, Any]], times: list[dict[str, Any]], words: dict[str, str]) -> None:
    typer.echo(words["head"].format(**facts))
    _print(rows, words)
    for row in times:
        if row["count"]:
            typer.echo(words["time"].format(**row))
    typer.echo(words["foot"])


def _check_ending(out: str, endings: tuple[str, ...]) -> None:
    from msgu.errors import InputError, Problem

    if Path(out).suffix not in endings:
        raise InputError([Problem("--out", 1, 1, "out", repr(out), f"a name that ends in {', '.join(endings)}")])


def _night(folder: Path, rep: int) -> tuple[Any, Results]:
    """Scenario and results of one night.

    Raises
    ------
    InputError
        Where the folder holds no such night.
    StorageError
        Where its record is damaged or not of this batch.
    """
    from msgu.errors import InputError, Problem
    from msgu.study.batch.folder import open_batch

    batch, manifest = open_batch(folder)
    rows = {row["replication"]: row for row in manifest["records"]}
    if rep not in rows:
        numbers = ", ".join(str(number) for number in sorted(rows)[:10]) or "none"
        raise InputError([Problem("--rep", 1, 1, "rep", str(rep), f"a finished night of {folder}: {numbers}")])
    return batch.plan.scenario, batch.night(rows[rep])


def _topic(night: Results, topic: str) -> int:
    from msgu.errors import InputError, Problem

    names = night.names["topics"]
    if topic not in names:
        raise InputError([Problem("--topic", 1, 1, "topic", repr(topic), "one of " + ", ".join(names))])
    return names.index(topic)


def _reach(scenario: Any, night: Results, found: Cascades) -> Any:
    """Distinct accounts exposed to each cascade, on the follower graph built again.

    Raises
    ------
    StorageError
        Where this version of the program builds another graph than the night had.
    """
    from msgu.errors import StorageError
    from msgu.measure.cascades.shape import reach
    from msgu.world.build import build_world

    world = build_world(scenario, night.seed, night.scale)
    if world.graph_digest != night.graph_digest:
        raise StorageError("the follower graph is not the one of this night; made by another version of the program")
    return reach(found, night.tables["posts"]["author"], world.accounts.graph)


def _rows(night: Results, found: Cascades, keep: Any, reached: Any) -> list[dict[str, Any]]:
    """Measures of all chosen cascades, and by kind of their first post."""
    from msgu.measure.cascades.shape import by_kind

    kinds = by_kind(found, night.tables["posts"]["kind"], night.names["kinds"])
    groups = {name: mask & keep for name, mask in kinds.items()}
    return [
        {"kind": name, **_measures(found, mask, reached)} for name, mask in {"all": keep, **groups}.items() if mask.any()
    ]


def _measures(found: Cascades, mask: Any, reached: Any) -> dict[str, float | None]:
    import numpy as np

    size, virality = found.size[mask], found.virality[mask & (found.size >= 10)]
    return {
        "cascades": len(size),
        "alone": float((size == 1).mean()),
        "mean": float(size.mean()),
        "p99": float(np.quantile(size, 0.99)),
        "largest": int(size.max()),
        "depth": int(found.depth[mask].max()),
        "breadth": int(found.breadth[mask].max()),
        "virality": float(np.median(virality)) if len(virality) else None,
        "reach": None if reached is None else int(reached[mask].max()),
    }


def _times(night: Results, found: Cascades, keep: Any) -> list[dict[str, Any]]:
    """Time to each of `SIZES` posts, over the cascades that have so many."""
    import numpy as np

    from msgu.measure.cascades.shape import time_to

    rows = []
    for size in SIZES:
        times = time_to(found, night.tables["posts"]["time"], size)[keep & (found.size >= size)]
        rows.append({"size": size, "count": len(times), "median": float(np.median(times)) if len(times) else None})
    return rows


def _print(rows: list[dict[str, Any]], words: dict[str, str]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if Console().is_terminal else 150)
    table = Table(box=None, pad_edge=False)
    shown = [name for name in _COLUMNS if any(row[name] is not None for row in rows)]
    table.add_column(words["kind"])
    for name in shown:
        table.add_column(words[name], justify="right")
    for row in rows:
        cells = [f"{row[name]:.1%}" if name == "alone" else _number(row[name]) for name in shown]
        table.add_row(words["all"] if row["kind"] == "all" else row["kind"], *cells)
    console.print(table)


def _number(x: float | None) -> str:
    if x is None:
        return "-"
    return f"{x:,}".replace(",", "\u202f") if isinstance(x, int) else f"{x:.3g}"
