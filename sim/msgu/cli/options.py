"""Arguments and options that several verbs take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from msgu.study.batch.shards import Shard


Folder = Annotated[str, typer.Argument(help="Folder of results.", metavar="DIR")]
Cluster = Annotated[
    str,
    typer.Option("--cluster", metavar="tls://HOST:PORT", help="Dask scheduler whose workers run; they must see the folder."),
]
ShardWords = Annotated[str, typer.Option("--shard", metavar="i/n", help="Run only this part; `msgu collect` ends the run.")]


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


def every_words(text: str | None) -> float:
    """Return how often a command asks for a checkpoint [s]; 0 where it does not.

    Raises
    ------
    InputError
        Where it is no duration of a second at least.
    """
    from msgu.errors import InputError, Problem, SchemaProblem
    from msgu.units import parse_duration

    if text is None:
        return 0.0
    try:
        every = parse_duration(text)
    except SchemaProblem as error:
        _, given, allowed, nearest = error.problems[0]
        raise InputError([Problem("--checkpoint-every", 1, 1, "", given, allowed, nearest)]) from None
    if every < 1.0:
        raise InputError([Problem("--checkpoint-every", 1, 1, "", repr(text), "a second or more, such as `30 min`")])
    return every


ScenarioFile = Annotated[
    str, typer.Argument(help="Scenario file, or the name of an example: toy, paris-2015-11-13.", metavar="SCENARIO")
]
Policies = Annotated[list[str] | None, typer.Option("--policy", help="Policy file, or its name in policies/; repeatable.")]
Sets = Annotated[list[str] | None, typer.Option("--set", help="Override: key.path=value; repeatable.")]
Scale = Annotated[str | None, typer.Option(help="Share of the city that is run, such as 1/100.")]
Seed = Annotated[int | None, typer.Option(min=0, help="Seed.")]
Every = Annotated[
    str | None, typer.Option("--checkpoint-every", metavar="DURATION", help="Leave a checkpoint so often, such as `30 min`.")
]
Threads = Annotated[
    int, typer.Option(min=1, max=2, help="Threads of each night: with 2, people who are out have their own.")
]
Workers = Annotated[int, typer.Option(min=1, max=256, help="Processes.")]
