"""Verbs of follower graphs: build, stats, import, export."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from msgu.cli.options import Policies, Seed, Sets
from msgu.errors import InputError, Problem

if TYPE_CHECKING:
    from msgu.world.graph.types import FollowerGraph

Source = Annotated[str, typer.Argument(help="Scenario file, or a folder made by `graph build` or `graph import`.")]
Scale = Annotated[str | None, typer.Option(help="Share of the city, such as 1/100.")]
Out = Annotated[str, typer.Option(help="What is written; it must not exist yet.")]
Kind = Literal["edges", "graphml"]


@dataclass(frozen=True)
class _NamedGraph:
    """A graph with its names; metropolitan area of each account, and how many have a name, where that is known."""

    graph: FollowerGraph
    names: tuple[str, ...]
    metro: Any = None
    named: int = 0


def mount(app: typer.Typer) -> None:
    """Add `graph` and its verbs to the command."""
    graph = typer.Typer(help="Follower graphs: build, measure, import, export.", no_args_is_help=True)
    graph.command()(build)
    graph.command()(stats)
    graph.command("import")(import_)
    graph.command()(export)
    app.add_typer(graph, name="graph")


def build(
    scenario: Annotated[str, typer.Argument(help="Scenario file.", metavar="SCENARIO")],
    policy: Policies = None,
    set_: Sets = None,
    scale: Scale = None,
    seed: Seed = None,
    out: Annotated[str | None, typer.Option(help="Folder to keep the graph in; it must not exist yet.")] = None,
) -> None:
    """Build the follower graph of a scenario, or find it in the store."""
    began = time.monotonic()
    given = _of_scenario(scenario, policy, set_, scale, seed)
    graph = given.graph
    typer.echo(
        f"{scenario}: {graph.n_accounts} accounts, {graph.n_edges} ties "
        f"({graph.n_edges / max(graph.n_accounts, 1):.2f} follows each), {time.monotonic() - began:.1f} s"
    )
    if out:
        from msgu.world.graph import store

        store.keep_in_folder(graph, out, given.names)
        typer.echo(f"kept in {out}")


def stats(
    source: Source,
    policy: Policies = None,
    set_: Sets = None,
    scale: Scale = None,
    seed: Seed = None,
    exact: Annotated[bool, typer.Option("--exact", help="Sample nothing.")] = False,
    accounts: Annotated[int | None, typer.Option(min=2, help="Accounts sampled for clustering.")] = None,
    wedges: Annotated[int | None, typer.Option(min=2, help="Paths of two sampled for transitivity.")] = None,
    targets: Annotated[int | None, typer.Option(min=2, help="Accounts to which distances are measured.")] = None,
    plot: Annotated[str | None, typer.Option(help="PNG file for the distributions of degrees.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of the table.")] = False,
) -> None:
    """Print the statistics of a graph with the published bands and a verdict."""
    from msgu.measure.graph.table import Sampling, default_sampling, table
    from msgu.report.graph import table_text

    given = _given(source, policy, set_, scale, seed)
    chosen = Sampling() if exact else default_sampling(given.graph.n_edges, given.graph.n_accounts)
    asked = Sampling(
        accounts=chosen.accounts if accounts is None else accounts,
        wedges=chosen.wedges if wedges is None else wedges,
        targets=chosen.targets if targets is None else targets,
    )
    rows = table(given.graph, given.metro, asked, given.named)
    if as_json:
        facts = [{**vars(row), "verdict": row.verdict} for row in rows]
        typer.echo(json.dumps([{k: None if v != v else v for k, v in fact.items()} for fact in facts], allow_nan=False))
    else:
        typer.echo(table_text(rows))
        outside = [row.name for row in rows if row.verdict == "outside"]
        typer.echo(f"outside the published bands: {', '.join(outside) or 'none'}")
    if plot:
        _draw(given.graph, plot)


def import_(
    file: Annotated[str, typer.Argument(help="Edge list, or GraphML where its name ends in .graphml.")],
    out: Out,
    delimiter: Annotated[
        str | None, typer.Option(help="Between fields; by default spaces and tabs. 'tab' for a tab.")
    ] = None,
    comment: Annotated[str | None, typer.Option(help="Lines that begin so are skipped; by default none are.")] = None,
    fields: Annotated[int, typer.Option(min=2, help="Fields in a line; those after the second are not used.")] = 2,
    header: Annotated[
        bool | None,
        typer.Option(
            "--header/--no-header",
            help="The first line names the columns; by default where it says Source and Target, or the like.",
        ),
    ] = None,
    followed_first: Annotated[bool, typer.Option("--followed-first", help="The followed account stands first.")] = False,
) -> None:
    """Read a graph and keep it in a folder.

    GEXF, Pajek, Matrix Market and METIS are not read, nor what is compressed or in UTF-16.
    """
    from msgu.world.graph import edge_list, graphml, store

    if file.lower().endswith(".graphml"):
        found = graphml.read_graphml(file)
    else:
        found = edge_list.parse_edge_list(file, _delimiter(delimiter), comment, fields, followed_first, header)
    store.keep_in_folder(found.graph, out, found.names)
    typer.echo(f"{file}: {found.graph.n_accounts} accounts; {found.report}; kept in {out}")
    for doubt in _doubts(found.names):
        typer.echo(doubt)


def _doubts(names: Sequence[str]) -> Iterator[str]:
    """Tell of names that look as if the delimiter had not been meant so."""
    padded = sum(name != name.strip() for name in names)
    if padded:
        yield f"{padded} of {len(names)} names begin or end with a blank; --delimiter ', ' makes it part of the delimiter"
    for mark in ",;|":
        ended = sum(name.endswith(mark) for name in names)
        if ended:
            yield f"{ended} of {len(names)} names end with `{mark}`; --delimiter '{mark} ' makes it part of the delimiter"


def export(
    source: Source,
    out: Out,
    policy: Policies = None,
    set_: Sets = None,
    scale: Scale = None,
    seed: Seed = None,
    kind: Annotated[Kind, typer.Option("--format", help="Format.")] = "edges",
    delimiter: Annotated[str, typer.Option(help="Between the names of an edge list. 'tab' for a tab.")] = "tab",
) -> None:
    """Write a graph for other tools: `follower followed` a line, or GraphML."""
    from msgu.world.graph import edge_list, graphml

    if os.path.lexists(out):
        raise InputError([Problem(out, 1, 1, "--out", "a file that exists already", "a new file")])
    given = _given(source, policy, set_, scale, seed)
    if kind == "graphml":
        graphml.write_graphml(given.graph, out, given.names)
    else:
        edge_list.write_edge_list(given.graph, out, given.names, _delimiter(delimiter) or "\t")
    typer.echo(f"{out}: {given.graph.n_accounts} accounts, {given.graph.n_edges} ties")
    alone = edge_list.without_ties(given.graph) if kind == "edges" else 0
    if alone:
        typer.echo(f"{alone} of them without a tie: an edge list cannot hold these; --format graphml can")


def _delimiter(given: str | None) -> str | None:
    return "\t" if given in ("tab", "\\t") else given


def _given(
    source: str, policy: Sequence[str] | None, sets: Sequence[str] | None, scale: str | None, seed: int | None
) -> _NamedGraph:
    """Return the graph of a folder or of a scenario."""
    if not os.path.isdir(source):
        return _of_scenario(source, policy, sets, scale, seed)
    from msgu.world.graph import store

    graph, names = store.open_folder(source)
    return _NamedGraph(graph, names)


def _of_scenario(
    source: str, policy: Sequence[str] | None, sets: Sequence[str] | None, scale: str | None, seed: int | None
) -> _NamedGraph:
    import numpy as np

    from msgu.scenario.load import overrides, resolve

    scenario = resolve(source, policy or (), overrides(sets, scale=scale, seed=seed)).scenario
    from msgu.world.accounts import build_accounts
    from msgu.world.size import refuse_if_too_large

    refuse_if_too_large(scenario, scenario.scale)
    zones = scenario.places.zone_ids()
    accounts = build_accounts(scenario, scenario.seed, scenario.scale, zones)
    areas = [scenario.places.zones[zone].metro_area or zone for zone in zones]
    area = np.array([sorted(set(areas)).index(a) for a in areas], np.int16)
    return _NamedGraph(accounts.graph, accounts.labels(), area[accounts.zone], len(accounts.names) - accounts.apart)


def _draw(graph: FollowerGraph, path: str) -> None:
    import numpy as np

    from msgu.errors import StorageError
    from msgu.report.base.style import png
    from msgu.report.graph import degree_picture

    try:
        with open(path, "wb") as file:
            file.write(png(degree_picture(np.diff(graph.offsets), graph.out_degree)))
    except OSError as error:
        raise StorageError(f"{path}: {error}") from error
