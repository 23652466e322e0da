"""Progress of a long run: a bar on a terminal, lines elsewhere, and a line on results that are given up."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from msgu.study.batch.claim import Lost
    from msgu.study.batch.job import ProgressEvent


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
        "at": "replication {k}: {percent:.0f} % of the night",
        "left": "about {left:.0f} s left",
        "building": "replication {k}: building the world",
        "anew": "{out}: starts over, as --overwrite asks; what it held is given up: {what} {held}, now {now}",
    },
    "fr": {
        "at": "réplication {k} : {percent:.0f} % de la nuit",
        "left": "encore {left:.0f} s environ",
        "building": "réplication {k} : construction du monde",
        "anew": "{out} : tout recommence, comme --overwrite le demande ; perdu ce qui était là : {what} {held}, ici {now}",
    },
}


def say_anew(lost: Lost, out: str, lang: str) -> None:
    """Say that results are given up because that was asked for."""
    what = LOST[lang].get(lost.what, lost.what)
    typer.echo(_WORDS[lang]["anew"].format(out=out, what=what, held=lost.held, now=lost.now), err=True)


def counting(show: Callable[[ProgressEvent], None], kept: set[int], out: str, lang: str) -> Callable[[ProgressEvent], None]:
    """Return what tells of an event, and counts the replications that are safe on the disk."""

    def tell(event: ProgressEvent) -> None:
        if event.lost is not None:
            say_anew(event.lost, out, lang)
            return
        if event.state in ("kept", "done"):
            kept.add(event.replication)
        show(event)

    return tell


@contextmanager
def progress(lang: str, reps: int, horizon: float) -> Iterator[Callable[[ProgressEvent], None]]:
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
def _bar(reps: int, horizon: float) -> Iterator[Callable[[ProgressEvent], None]]:
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

        def tell(event: ProgressEvent) -> None:
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

    def hear(self, event: ProgressEvent) -> None:
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
