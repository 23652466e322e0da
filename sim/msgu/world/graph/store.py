"""Graphs kept on disk: content-addressed, written atomically, verified when opened, memory-mapped and shared.

A graph lies in `<cache>/graphs/<digest>/` as three `.npy` files and `graph.json`, which holds their checksums.
The first opening since the machine was started reads everything and compares the checksums, and notes in
`verified.json` which files it saw; later ones compare identity, size and times of the files with that note, so that
whatever was written to since, by whom ever, is read again in full.
What this does not see is a disk that changes its content by itself between two openings without a restart.
The digest covers every argument of the build and the source of the generator, so a stale graph has another name.
A builder holds a lock that the kernel releases if it dies, writes into a folder of its own, and renames it at the end:
a folder without the `.part` suffix is complete.
"""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import fcntl
import hashlib
import json
import mmap
import os
import shutil
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from msgu.disk import new_file, open_file, read_file
from msgu.errors import RefusedError, StorageError
from msgu.world.graph.build import build_network, predict_graph
from msgu.world.graph.types import FollowerGraph, NetworkSpec
from msgu.world.probe import memory_available
from msgu.world.whole_file import alive, beside, clear_dead

FORMAT = 2
COLUMNS = ("offsets", "followers", "out_degree")
LEAST_TIES = 2_000_000
"""Expected ties below which a graph is built each time: as quick as reading it back (0.2 s), and no file is left."""
VERIFIED = "verified.json"
TICK = 0.02
"""Longest step of the clock of a file system [s]; 10 ms at 100 Hz, doubled."""
MOST_OF_FACTS = 2_000_000_000
"""Largest `graph.json` that is read [bytes]: it may hold a name for each account."""
MOST_OF_A_NOTE = 10_000
BLOCK = 1 << 22
"""Bytes in one task of a checksum."""

Build = Callable[..., FollowerGraph]


def folder() -> Path:
    """Where graphs are kept: `MSGU_CACHE`, else the user's cache folder."""
    base = os.environ.get("MSGU_CACHE")
    if not base:
        base = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache"), "msgu-sim")
    return Path(base) / "graphs"


def _sources() -> bytes:
    """The source of everything that decides which graph is built."""
    room = Path(__file__).parents[2]
    parts = [
        "world/graph/types.py",
        "world/graph/build.py",
        "world/graph/layers.py",
        "world/graph/transpose.py",
        "kernels/graph/stages.py",
        "kernels/graph/accounts.py",
        "kernels/graph/follow.py",
        "kernels/graph/lists.py",
        "kernels/base/draw.py",
    ]
    return b"\0".join((room / part).read_bytes() for part in parts)


def digest_of(
    spec: NetworkSpec, zone: NDArray[np.int16], metro: NDArray[np.int16], audience: NDArray[np.int64], key: int
) -> str:
    """Name of a graph: 40 hexadecimal digits of the SHA-256 of all that decides it."""
    total = hashlib.sha256(json.dumps({"format": FORMAT, "key": int(key), **dataclasses.asdict(spec)}).encode())
    for array, dtype in ((zone, "<i2"), (metro, "<i2"), (audience, "<i8")):
        column = np.ascontiguousarray(array, dtype)
        total.update(f"{column.shape}".encode())
        total.update(column.data)
    total.update(_sources())
    return total.hexdigest()[:40]


def checksum(array: NDArray[Any], threads: int = 2) -> str:
    """Checksum of an array's bytes, 3.7 GB/s a core; finds accidents, not malice.

    Made of the CRC-32 of each block, which needs nothing compiled: loading a kernel takes longer than reading 2 GB.
    """
    raw = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    with ThreadPoolExecutor(threads) as pool:
        sums = list(pool.map(lambda at: zlib.crc32(raw[at : at + BLOCK].data), range(0, len(raw), BLOCK)))
    total = hashlib.sha256(f"{array.dtype.str}{array.shape}".encode())
    total.update(np.array(sums, "<u4").tobytes())
    return total.hexdigest()[:32]


def _identities(where: Path) -> dict[str, list[int]]:
    """Device, number, size, and times of last change of each file of a graph; no program can turn the last one back."""
    found = {}
    for name in ("graph.json", *(f"{column}.npy" for column in COLUMNS)):
        facts = (where / name).stat()
        found[name] = [facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns]
    return found


def _boot() -> str:
    """Which start of the machine this is; empty where the system does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _is_verified(where: Path) -> bool:
    """Whether the files are those that a full verification saw since the machine was started."""
    try:
        note = json.loads(read_file(where / VERIFIED, MOST_OF_A_NOTE, where))
        return bool(note["boot"]) and note == {"boot": _boot(), "files": _identities(where)}
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _note_verified(where: Path, files: dict[str, list[int]]) -> None:
    """Note what was verified; a store that cannot be written is verified in full each time."""
    with contextlib.suppress(OSError):
        file, part = new_file(where, f".{VERIFIED}-")
        with file:
            file.write(json.dumps({"boot": _boot(), "files": files}).encode())
        os.replace(part, where / VERIFIED)


def _wait_out_tick(files: dict[str, list[int]]) -> None:
    """Wait until a change to the files must show in their times, which advance in steps of some milliseconds."""
    if time.time() - max(facts[-1] for facts in files.values()) / 1e9 < TICK:
        time.sleep(TICK)


def _mapped(path: Path, where: Path) -> NDArray[Any]:
    """Map a column of a graph, copy-on-write: pages are shared, a stray write cannot reach the file.

    Raises
    ------
    OSError, ValueError
        It is no regular file of this folder, or no array of numbers.
    """
    with open_file(path, np.inf, where) as file:
        if np.lib.format.read_magic(file) != (1, 0):
            raise ValueError(f"{path}: not the array that was written")
        shape, by_column, dtype = np.lib.format.read_array_header_1_0(file)
        if dtype.hasobject or by_column or len(shape) != 1:
            raise ValueError(f"{path}: not a column of numbers")
        if not shape[0]:
            return np.empty(0, dtype)
        return np.asarray(np.memmap(file, dtype, "c", file.tell(), shape))


def leave_pages(column: NDArray[Any]) -> None:
    """Leave the pages of a mapped column that is not read soon to the system; they come back from the file by themselves."""
    found: Any = column
    while isinstance(found, np.ndarray):
        found = found.base
    if isinstance(found, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        found.madvise(mmap.MADV_DONTNEED)


def _read(where: Path, trust: bool = False) -> tuple[dict[str, Any], FollowerGraph] | None:
    """Return the facts and the graph kept in a folder, or nothing if it is absent or does not match its checksums.

    Parameters
    ----------
    trust : whether a note of a full verification is believed, and left.
    """
    try:
        verified = trust and _is_verified(where)
        files = {} if verified else _identities(where)
        if trust and not verified:
            _wait_out_tick(files)
        facts = json.loads(read_file(where / "graph.json", MOST_OF_FACTS, where))
        columns = {}
        for name in COLUMNS:
            columns[name] = _mapped(where / f"{name}.npy", where)
            if not verified and checksum(columns[name]) != facts["checksums"][name]:
                return None
        if facts["format"] != FORMAT:
            return None
        if trust and not verified:
            _note_verified(where, files)
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return None
    return facts, FollowerGraph(**columns)


def _open(where: Path) -> FollowerGraph | None:
    """Return the graph kept under its digest, or nothing."""
    found = _read(where, trust=True)
    return found[1] if found is not None and found[0].get("digest") == where.name else None


def _write(graph: FollowerGraph, where: Path, digest: str, names: Sequence[str] | None = None) -> None:
    """Write all files of a graph, each flushed to the disk, the facts last."""
    sums = {}
    for name in COLUMNS:
        array = getattr(graph, name)
        sums[name] = checksum(array)
        with open(where / f"{name}.npy", "wb") as file:
            np.save(file, array, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
    facts: dict[str, Any] = {
        "format": FORMAT, "digest": digest, "checksums": sums, "accounts": graph.n_accounts, "ties": graph.n_edges,
    }  # fmt: skip
    if names is not None:
        facts["names"] = list(names)
    with open(where / "graph.json", "w", encoding="utf-8") as file:
        json.dump(facts, file, indent=None if names else 1)
        file.flush()
        os.fsync(file.fileno())


def keep_in_folder(graph: FollowerGraph, where: str | os.PathLike[str], names: Sequence[str] | None = None) -> None:
    """Keep a graph, and the names of its accounts, in a folder of its own, which must not exist yet.

    Raises
    ------
    StorageError
        The folder exists, or cannot be written.
    """
    folder = Path(where)
    part = beside(folder)
    if os.path.lexists(folder):
        raise StorageError(f"{folder} exists already; name another folder")
    try:
        clear_dead(folder)
        part.mkdir(parents=True)
        with alive(part):
            _write(graph, part, "", names)
        os.rename(part, folder)
        _sync(folder.parent)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise StorageError(f"the graph cannot be kept in {folder}: {error}") from error


def open_folder(where: str | os.PathLike[str]) -> tuple[FollowerGraph, tuple[str, ...]]:
    """Return a graph kept by `keep_in_folder` (or by the store) and its names; account numbers where it has none.

    Raises
    ------
    StorageError
        There is no graph, or it does not match its checksums.
    """
    found = _read(Path(where))
    if found is None:
        raise StorageError(f"{where}: no follower graph, or one that does not match its checksums")
    facts, graph = found
    names = facts.get("names")
    return graph, tuple(str(i) for i in range(graph.n_accounts)) if names is None else tuple(names)


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock; it ends with the process, however it ends."""
    with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)


def _keep(graph: FollowerGraph, where: Path) -> None:
    """Write beside the final place and rename; the caller holds the lock."""
    part = where.with_name(where.name + ".part")
    shutil.rmtree(part, ignore_errors=True)  # what a dead builder left
    try:
        part.mkdir()
        _write(graph, part, where.name)
        if where.exists():  # it did not match its checksums
            shutil.rmtree(where)
        os.rename(part, where)
        _sync(where.parent)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise StorageError(f"the follower graph cannot be kept in {where.parent}: {error}") from error


def refuse_too_large(spec: NetworkSpec, memory: float | None = None, disk: float | None = None) -> None:
    """Refuse a graph whose building needs more than there is.

    Parameters
    ----------
    memory, disk : what there is [bytes]; by default what the machine has left.
    """
    need = predict_graph(spec)
    have = memory_available() if memory is None else memory
    if need.memory > have:
        raise RefusedError(
            f"follower graph of {spec.n_accounts} accounts: about {need.memory / 1e9:.3g} GB of memory needed, "
            f"{have / 1e9:.3g} GB available - a smaller --scale"
        )
    if spec.n_accounts >= 2**31:
        raise RefusedError(f"follower graph of {spec.n_accounts} accounts: at most {2**31 - 1} - a smaller --scale")
    if disk is not None and need.disk > disk:
        raise RefusedError(
            f"follower graph of {spec.n_accounts} accounts: about {need.disk / 1e9:.3g} GB of disk needed, "
            f"{disk / 1e9:.3g} GB free - a smaller --scale, or another MSGU_CACHE"
        )


def _give_back_memory() -> None:
    """Give the memory of a build back to the system: of what several threads took in pieces, 1.2 GB stay here at scale 1."""
    with contextlib.suppress(OSError, AttributeError):  # a system without it gives back by itself or not at all
        ctypes.CDLL(None).malloc_trim(0)


def load_or_build(
    spec: NetworkSpec,
    zone: NDArray[np.int16],
    metro: NDArray[np.int16],
    audience: NDArray[np.int64],
    key: int,
    build: Build = build_network,
    threads: int | None = None,
    least: int = LEAST_TIES,
) -> FollowerGraph:
    """Return the graph of these arguments: from the store if it is there and intact, else built and kept.

    Parameters
    ----------
    build : what builds it, `build_network` or a twin of it.
    threads : threads of the build; by default as many as there are cores.
    least : expected ties from which the graph is kept.

    Raises
    ------
    RefusedError
        More memory or disk is needed than there is.
    StorageError
        The store cannot be written.
    """
    workers = threads or len(os.sched_getaffinity(0))
    if spec.n_accounts * spec.mean_follows < least:
        return build(spec, zone, metro, audience, key, workers)
    where = folder() / digest_of(spec, zone, metro, audience, key)
    graph = _open(where)
    if graph is not None:
        return graph
    try:
        where.parent.mkdir(parents=True, exist_ok=True)
        refuse_too_large(spec, disk=float(shutil.disk_usage(where.parent).free))
        with _locked(where.with_name(where.name + ".lock")):
            graph = _open(where)  # another builder may have finished meanwhile
            if graph is None:
                _keep(build(spec, zone, metro, audience, key, workers), where)
                _give_back_memory()
                graph = _open(where)
    except OSError as error:
        raise StorageError(f"the graph store {where.parent} cannot be used: {error}") from error
    if graph is None:
        raise StorageError(f"the follower graph just written to {where} does not match its checksums")
    return graph
