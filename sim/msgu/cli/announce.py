"""Announcement of a long run: its predicted time, memory and disk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import typer

if TYPE_CHECKING:
    from msgu.scenario.schema.root import Scenario

LONG: Final = 60.0
"""Predicted processor time from which a run is announced [s]; below, the probe would take longer than it is worth."""

_WORDS = {
    "en": {
        "size": "predicted: about {minutes:.0f} min for {n} nights by {workers} processes ({each:.0f} s of CPU a night), "
        "{memory:.1f} GB of memory each, {disk:.0f} MB of records",
        "compiling": "predicted besides, once: about {minutes:.1f} min to compile the kernels",
    },
    "fr": {
        "size": "prévu : environ {minutes:.0f} min pour {n} nuits par {workers} processus ({each:.0f} s de CPU par nuit), "
        "{memory:.1f} Go de mémoire chacun, {disk:.0f} Mo de résultats",
        "compiling": "prévu en plus, une fois : environ {minutes:.1f} min pour compiler les noyaux",
    },
}  # fmt: skip


def announce(asked: Sequence[tuple[Scenario, int]], workers: int, lang: str) -> None:
    """Say on standard error how many minutes and how much memory a run will take, where it is predicted to be long.

    Parameters
    ----------
    asked : scenarios, each with its number of nights.
    workers : processes that run them at once.
    """
    from msgu.world.size import predict

    sizes = [(predict(scenario, scenario.scale), n) for scenario, n in asked]
    work, nights = sum(size.seconds * n for size, n in sizes), sum(n for _, n in sizes)
    if work < LONG or not nights:
        return
    from msgu.kernels.jit import kept
    from msgu.world.probe import COMPILATION, slowness

    slow, at_once = slowness(), max(1, min(workers, nights))
    told = {
        "minutes": work * slow / at_once / 60, "n": nights, "workers": at_once, "each": work * slow / nights,
        "memory": max(size.memory for size, _ in sizes) / 1e9, "disk": sum(size.disk * n for size, n in sizes) / 1e6,
    }  # fmt: skip
    typer.echo(_WORDS[lang]["size"].format(**told), err=True)
    if kept.is_ours() and not kept.are_all_kept():
        typer.echo(_WORDS[lang]["compiling"].format(minutes=COMPILATION * slow / 60), err=True)
