"""Files that take their place only when they are whole, and temporary names that are nobody else's."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from msgu.errors import StorageError


def beside(path: str | os.PathLike[str]) -> Path:
    """Return a name in the same folder that nothing has: what lies at it later was put there by who asked."""
    whole = Path(path)
    return whole.with_name(f".{whole.name[:100]}-{uuid.uuid4().hex}")


@contextlib.contextmanager
def alive(part: Path) -> Iterator[None]:
    """Hold a temporary file or folder as one that is being written; the hold ends with the process, however it ends."""
    handle = os.open(part, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a file system without locks: nobody clears there
            fcntl.flock(handle, fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def clear_dead(path: str | os.PathLike[str]) -> None:
    """Take away what writers of a file or folder left beside it when they were killed; what is being written stays."""
    whole = Path(path)
    ours = re.compile(re.escape(f".{whole.name[:100]}-") + "[0-9a-f]{32}")
    with contextlib.suppress(OSError):
        for left in [found for found in whole.parent.iterdir() if ours.fullmatch(found.name) and not found.is_symlink()]:
            handle = os.open(left, os.O_RDONLY | os.O_NONBLOCK)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            finally:
                os.close(handle)


@contextlib.contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a file that takes its name, and the place of what has it, at the end; after an error nothing is left of it.

    Raises
    ------
    StorageError
        The file cannot be written.
    """
    part = beside(path)
    clear_dead(path)
    try:
        try:
            with open(part, "xb") as file, alive(part):
                yield file
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"{os.fspath(path)}: cannot be written: {error.strerror or error}") from error
