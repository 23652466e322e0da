"""The verb that compiles the kernels ahead: compile."""

from __future__ import annotations

import os
import time

import typer

from msgu.cli.compiling import shown
from msgu.cli.settings import Settings

_WORDS = {
    "en": {
        "kept": "all kernels are compiled: {size:.0f} MB in {folder}",
        "made": "{n} kernels compiled, the others found, in {seconds:.0f} s: {size:.0f} MB in {folder}",
        "chosen": "{n} kernels compiled, the others found, in {seconds:.0f} s; kept where NUMBA_CACHE_DIR says: {folder}",
        "off": "nothing to compile: NUMBA_DISABLE_JIT is set",
        "read-only": "{folder}: cannot be written - compiled kernels would be lost - choose a folder with MSGU_CACHE",
    },
    "fr": {
        "kept": "tous les noyaux sont compilés : {size:.0f} Mo dans {folder}",
        "made": "{n} noyaux compilés, les autres trouvés, en {seconds:.0f} s : {size:.0f} Mo dans {folder}",
        "chosen": "{n} noyaux compilés, les autres trouvés, en {seconds:.0f} s ; gardés où NUMBA_CACHE_DIR le dit : {folder}",
        "off": "rien à compiler : NUMBA_DISABLE_JIT est donné",
        "read-only": "{folder} : écriture impossible - les noyaux compilés seraient perdus - choisir un dossier avec MSGU_CACHE",
    },
}


def mount(app: typer.Typer) -> None:
    """Add this verb to the command."""
    app.command("compile")(compile_kernels)


def compile_kernels(context: typer.Context) -> None:
    """Compile the kernels ahead of a first run, and say where they are kept, so that an image or a cluster can carry them."""
    from msgu.errors import StorageError
    from msgu.kernels.jit import kept

    settings: Settings = context.obj
    words, began, chosen = _WORDS[settings.lang], time.monotonic(), os.environ.get("NUMBA_CACHE_DIR")
    folder = chosen or str(kept.folder())
    if not kept.is_ours() and not chosen:
        typer.echo(words["off"])
        return
    if kept.is_ours() and kept.are_all_kept():
        typer.echo(words["kept"].format(size=kept.size() / 1e6, folder=folder))
        return
    if not chosen and not kept.may_keep():
        raise StorageError(words["read-only"].format(folder=folder))
    from msgu.compile import compile_all

    with shown(settings.lang) as tell:
        n = compile_all(tell)
    told = {"n": n, "seconds": time.monotonic() - began, "size": kept.size() / 1e6, "folder": folder}
    typer.echo(words["chosen" if chosen else "made"].format(**told))
