"""Files that take their place only when they are whole, and temporary names that are nobody else's."""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sim.errors import StorageError


def beside(path: str | os.PathLike[str]) -> Path:
    """Return a name in the same folder that nothing has: what lies at it later was put there by who asked."""
    whole = Path(path)
    return whole.with_name(f".{whole.name[:100]}-{uuid.uuid4().hex}")


@contextlib.contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a file that takes its name, and the place of what has it, at the end; after an error nothing is left of it.

    Raises
    ------
    StorageError
        The file cannot be written.
    """
    part = beside(path)
    try:
        try:
            with open(part, "xb") as file:
                yield file
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"{os.fspath(path)}: cannot be written: {error.strerror or error}") from error
