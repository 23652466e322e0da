"""Progress while kernels are compiled: a bar on a terminal, lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from msgu.cli import progress

_WORDS = {"en": "compiling, once: {n} of {total}", "fr": "compilation, une seule fois : {n} sur {total}"}


def compile_first(lang: str) -> None:
    """Compile all kernels before their first use, and say so; what is compiled already, or cannot be kept, is left."""
    from msgu.kernels.jit import kept

    if kept.is_ours() and not kept.are_all_kept() and kept.may_keep():
        from msgu.compile import compile_all

        with shown(lang) as tell:
            compile_all(tell)


@contextmanager
def shown(lang: str) -> Iterator[Callable[[int, int], None]]:
    """Yield what shows how many kernels are compiled of how many; nothing is shown where there are none to compile."""
    if not sys.stderr.isatty():
        yield Lines(lang).tell
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    with Progress(TextColumn("{task.description}"), BarColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, visible=False)

        def tell(n: int, total: int) -> None:
            said = _WORDS[lang].format(n=n, total=total)
            bar.update(task, completed=n, total=total, description=said, visible=total > 0)

        yield tell


class Lines:
    """Lines on standard error: the first, one every `HEARTBEAT` seconds, the last."""

    def __init__(self, lang: str) -> None:
        self.words, self.said = _WORDS[lang], -progress.HEARTBEAT

    def tell(self, n: int, total: int) -> None:
        """Say how far it is, where that is due."""
        now = time.monotonic()
        if total and (n == total or now - self.said >= progress.HEARTBEAT):
            self.said = now
            typer.echo(self.words.format(n=n, total=total), err=True)
