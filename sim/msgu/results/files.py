"""Files that appear whole or not at all, and the one form in which JSON is written."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from msgu.disk import new_file, read_file
from msgu.errors import StorageError

_UNFINISHED: Final = re.compile(r"\.(.+)-[a-f0-9]{32}")
"""Names under which `replace_file` writes, before the file takes its own."""
MOST_BYTES: Final = 4_000_000_000
"""Largest file of results that is read [bytes]."""
_END: Final = b"\n}\n"


def sha256(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def to_json(value: object) -> bytes:
    """Return the one form in which JSON is written here, so that any changed byte is a changed file."""
    return (json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def write_bytes(path: Path, data: bytes) -> None:
    """Write a new file and wait until it is on the disk."""
    with open(path, "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace_file(path: Path, data: bytes) -> None:
    """Put a file in place of another, whole or not at all."""
    with _held(path.parent, fcntl.LOCK_SH):
        file, part = new_file(path.parent, f".{path.name}-")
        try:
            with file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    sync_folder(path.parent)


@contextmanager
def _held(folder: Path, how: int) -> Iterator[bool]:
    """Hold a lock of a folder itself while files are written in it; yields whether the lock was had."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, how)
        except OSError:  # another holds it, or the file system has no locks
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def clear_unfinished(folder: Path, ours: Callable[[str], bool]) -> None:
    """Take away what writers that were killed left half written, under names that are ours; nothing while one is writing.

    Raises
    ------
    OSError
        Where the folder cannot be written.
    """
    with _held(folder, fcntl.LOCK_EX | fcntl.LOCK_NB) as alone:
        for path in folder.iterdir() if alone else ():
            if (found := _UNFINISHED.fullmatch(path.name)) and ours(found[1]):
                path.unlink(missing_ok=True)


def replace_files(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Put files in place in a folder, each whole or not at all; return their paths.

    Raises
    ------
    StorageError
        Where the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        clear_unfinished(folder, files.__contains__)
        for name, data in files.items():
            replace_file(folder / name, data)
    except OSError as error:
        raise StorageError(f"{folder}: cannot be written: {error.strerror or error}") from error
    return [folder / name for name in files]


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_bytes(path: Path, within: Path | None = None) -> bytes:
    """Read a file of a folder of results, by default its own; `StorageError` naming it when it cannot be read.

    A link out of the folder, a FIFO, a device or a file of more than `MOST_BYTES` is not opened.
    """
    try:
        return read_file(path, MOST_BYTES, within or path.parent)
    except FileNotFoundError:
        raise StorageError(f"{path}: missing") from None
    except OSError as error:
        raise StorageError(f"{path}: cannot be read: {error.strerror or error}") from error


def read_json(path: Path, within: Path | None = None) -> dict[str, Any]:
    """Read a JSON file written by `to_json`; any byte that differs from that form is an error."""
    return _read_json(path, within)[1]


def _read_json(path: Path, within: Path | None) -> tuple[bytes, dict[str, Any]]:
    data = read_bytes(path, within)
    try:
        value = json.loads(data)
        same = to_json(value) == data
    except (ValueError, RecursionError):
        raise StorageError(f"{path}: damaged: not the JSON that was written") from None
    if not same or not isinstance(value, dict):
        raise StorageError(f"{path}: changed since it was written")
    return data, value


def seal(value: dict[str, Any]) -> bytes:
    """Return JSON that carries the checksum of everything else in it, of which there is something."""
    data = to_json(value)
    return data.removesuffix(_END) + _seal_of(sha256(data))


def read_sealed(path: Path, within: Path | None = None) -> dict[str, Any]:
    """Read what `seal` wrote, without its checksum; any change since then is an error."""
    data, value = _read_json(path, within)
    seal = value.pop("sha256", None)
    end = _seal_of(str(seal))
    if not data.endswith(end) or sha256(data.removesuffix(end) + _END) != seal:
        raise StorageError(f"{path}: changed since it was written")
    return value


def _seal_of(checksum: str) -> bytes:
    """Return how JSON ends that carries a checksum; without it, it ends with `_END`."""
    return f',\n "sha256": "{checksum}"'.encode() + _END
