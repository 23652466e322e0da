"""The one door to files: a file read is regular, bounded and in its folder; a file made follows the umask.

A FIFO, a device or a link out of the folder is told by an `OSError` before anything is opened, so that reading never waits
for what does not come.
"""

from __future__ import annotations

import errno
import os
import stat
import uuid
from io import BufferedReader, BufferedWriter
from pathlib import Path

Name = str | os.PathLike[str]


def open_file(path: Name, most: float, within: Name | None = None) -> BufferedReader:
    """Open a regular file for reading.

    Parameters
    ----------
    most : largest size [bytes].
    within : folder in which the file must lie once links are followed; None for a file that the user named.

    Raises
    ------
    OSError
        It is no regular file, too large, outside the folder, or cannot be read; nothing else than a file was opened.
    """
    real = os.path.realpath(path)
    if within is not None and not Path(real).is_relative_to(os.path.realpath(within)):
        raise OSError(errno.EPERM, "leads out of its folder", os.fspath(path))
    _refuse_unfit(os.stat(real), most, path)  # opening a device may already do something
    handle = os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        _refuse_unfit(os.fstat(handle), most, path)
    except OSError:
        os.close(handle)
        raise
    return open(handle, "rb")


def _refuse_unfit(facts: os.stat_result, most: float, path: Name) -> None:
    if stat.S_ISDIR(facts.st_mode):
        raise OSError(errno.EISDIR, "a folder, not a file", os.fspath(path))
    if not stat.S_ISREG(facts.st_mode):
        raise OSError(errno.EINVAL, "not a regular file", os.fspath(path))
    if facts.st_size > most:
        raise OSError(errno.EFBIG, f"a file of {facts.st_size:,} bytes, at most {most:,.0f} are read", os.fspath(path))


def read_file(path: Name, most: int, within: Name | None = None) -> bytes:
    """Read a regular file; parameters and errors are those of `open_file`."""
    with open_file(path, most, within) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"more than {most:,} bytes", os.fspath(path))
    return data


def add_to_file(path: Name, data: bytes) -> None:
    """Add to the end of a regular file, which is made where there is none; a link is not followed.

    Raises
    ------
    OSError
        It is something else, or cannot be written.
    """
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_NOCTTY | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(path, flags, 0o666)
    with open(handle, "ab") as file:
        _refuse_unfit(os.fstat(handle), float("inf"), path)
        file.write(data)


def new_file(folder: Path, prefix: str) -> tuple[BufferedWriter, Path]:
    """Make a file of a name of its own, for what is to take its final name later; return it open, and its path."""
    path = folder / f"{prefix}{uuid.uuid4().hex}"
    return open(path, "xb"), path


def new_folder(folder: Path, prefix: str) -> Path:
    """Make a folder of a name of its own, for what is to take its final name later."""
    path = folder / f"{prefix}{uuid.uuid4().hex}"
    path.mkdir()
    return path
