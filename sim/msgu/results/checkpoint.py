"""A checkpoint on disk: a folder with its arrays, compressed, and ``checkpoint.json`` that says what each of them is.

It appears whole or not at all, as a record does, and each of its files has a checksum.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from msgu.errors import StorageError
from msgu.results.files import read_bytes, read_sealed, seal, sha256
from msgu.results.heads import Head
from msgu.results.record import Identity, difference, identity_of, publish

FORMAT: Final = 1
CHECKPOINT: Final = "checkpoint.json"
_TEXT: Final = "tape.zst"
_KINDS: Final = frozenset("biuf")


class _Piece(BaseModel):
    """One array: element, shape, elements kept, and where its compressed bytes stand in a file."""

    model_config = ConfigDict(strict=True)

    file: str
    dtype: str
    shape: list[int]
    n: int
    start: int
    size: int


class _Form(BaseModel):
    """What `checkpoint.json` holds."""

    model_config = ConfigDict(strict=True)

    format: Literal[1]
    at: float
    first: dict[str, Any]
    text_bytes: int
    arrays: dict[str, _Piece]
    files: dict[str, str]


class Saved(NamedTuple):
    """A checkpoint as it lies on disk.

    at : its minute [s]. first : facts of the engine before the run. text : what has passed, as JSON. arrays : by name.
    """

    at: float
    first: dict[str, Any]
    text: bytes
    arrays: dict[str, Head]


def save_checkpoint(saved: Saved, folder: Path, identity: Identity) -> int:
    """Write a checkpoint as a folder that appears whole or not at all; return its bytes.

    Raises
    ------
    StorageError
        When the disk refuses.
    """
    pieces, contents = dict[str, Any](), {_TEXT: _packed(saved.text)}
    for name, head in saved.arrays.items():
        file = f"{name.partition('.')[0]}.zst"
        before, data = contents.get(file, b""), _packed(head.values.data)
        pieces[name] = {
            "file": file, "dtype": head.values.dtype.str, "shape": list(head.shape), "n": head.values.size,
            "start": len(before), "size": len(data),
        }  # fmt: skip
        contents[file] = before + data
    told = {
        "format": FORMAT, **identity._asdict(), "at": saved.at, "first": saved.first, "text_bytes": len(saved.text),
        "arrays": pieces, "files": {name: sha256(data) for name, data in contents.items()},
    }  # fmt: skip
    contents[CHECKPOINT] = seal(told)
    try:
        publish(folder, contents)
    except OSError as error:
        raise StorageError(f"{folder}: cannot be written: {error.strerror or error}") from error
    return sum(map(len, contents.values()))


def _packed(data: Any) -> bytes:
    import pyarrow as pa

    return bytes(pa.Codec("zstd", 1).compress(pa.py_buffer(data), asbytes=True)) if len(data) else b""


def _unpacked(data: bytes, size: int, path: Path) -> bytes:
    import pyarrow as pa

    if size == 0:
        return b""
    try:
        return bytes(pa.decompress(data, decompressed_size=size, codec="zstd", asbytes=True))
    except (pa.ArrowException, OSError) as error:
        raise StorageError(f"{path}: damaged: {error}") from None


def read_checkpoint(folder: Path, expected: Identity, within: Path | None = None) -> Saved:
    """Read a checkpoint; `within`: folder out of which nothing is read; by default its own.

    Raises
    ------
    StorageError
        Naming the first file that is missing, damaged, of something else or too many.
    """
    told, files = _read(folder, expected, within)
    arrays = dict[str, Head]()
    for name, piece in told["arrays"].items():
        where, data = folder / piece["file"], files.get(piece["file"], b"")
        try:
            dtype = np.dtype(piece["dtype"])
        except TypeError:
            dtype = np.dtype(object)
        if dtype.kind not in _KINDS or not 0 <= piece["n"] <= int(np.prod([1, *piece["shape"]])):
            raise StorageError(f"{where}: `{name}` is not an array that a checkpoint has")
        part = data[piece["start"] : piece["start"] + piece["size"]]
        values = np.frombuffer(_unpacked(part, piece["n"] * dtype.itemsize, where), dtype)
        if values.size != piece["n"]:
            raise StorageError(f"{where}: `{name}` has {values.size} elements, not {piece['n']}")
        arrays[name] = Head(tuple(piece["shape"]), values)
    text = _unpacked(files[_TEXT], told["text_bytes"], folder / _TEXT)
    return Saved(told["at"], told["first"], text, arrays)


def check_checkpoint(folder: Path, expected: Identity, within: Path | None = None) -> int:
    """Check every file of a checkpoint against its checksum, and return how many there are; errors as `read_checkpoint`."""
    return 1 + len(_read(folder, expected, within)[1])


def _read(folder: Path, expected: Identity, within: Path | None) -> tuple[dict[str, Any], dict[str, bytes]]:
    path = folder / CHECKPOINT
    told = read_sealed(path, within)
    try:
        _Form.model_validate(told)
        found = identity_of(told)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise StorageError(f"{path}: not a checkpoint of format {FORMAT} (`{where}`)") from None
    if found != expected:
        raise StorageError(f"{path}: {difference(found, expected)}")
    files = dict[str, bytes]()
    for name, digest in told["files"].items():
        if name != Path(name).name:
            raise StorageError(f"{path}: names a file that no checkpoint has")
        files[name] = read_bytes(folder / name, within)
        if sha256(files[name]) != digest:
            raise StorageError(f"{folder / name}: changed since it was written")
    if extra := sorted({one.name for one in folder.iterdir()} - set(files) - {CHECKPOINT}):
        raise StorageError(f"{folder / extra[0]}: not part of this checkpoint")
    if _TEXT not in files:
        raise StorageError(f"{path}: tells of no {_TEXT}")
    return told, files
