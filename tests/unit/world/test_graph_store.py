"""The store of graphs: found again, verified, built once by many, intact after a crash, refused when too large."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from msgu.errors import RefusedError, StorageError
from msgu.world.graph import layers, store, transpose
from msgu.world.graph.build import build_network
from msgu.world.graph.types import FollowerGraph, NetworkSpec
from numpy.typing import NDArray

from tests import ROOT

assert layers
assert transpose  # imported here, before a test moves the cache, so that kernels come from the usual one
SPEC = NetworkSpec(900, mean_follows=15.0)
ZONE, METRO, NOBODY = np.zeros(900, np.int16), np.zeros(1, np.int16), np.zeros(0, np.int64)

CHILD = """
import os, sys, time
import numpy as np
from msgu.world.graph import layers, store, transpose  # compiled kernels come from the usual cache
from msgu.world.graph.build import NetworkSpec, build_network

os.environ["MSGU_CACHE"] = sys.argv[2]

def build(*arguments):
    print("building", flush=True)
    time.sleep(float(sys.argv[1]))
    return build_network(*arguments)

graph = store.load_or_build(
    NetworkSpec(900, mean_follows=15.0), np.zeros(900, np.int16), np.zeros(1, np.int16), np.zeros(0, np.int64), 7,
    build, least=0,
)
print("edges", graph.n_edges, flush=True)
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of its own for each test."""
    monkeypatch.setenv("MSGU_CACHE", str(tmp_path))
    return tmp_path


class Counting:
    """A builder that counts how often it built."""

    def __init__(self) -> None:
        self.built = 0

    def __call__(self, *arguments: object) -> FollowerGraph:
        self.built += 1
        return build_network(*arguments)  # type: ignore[arg-type]


def load(build: Callable[..., FollowerGraph], key: int = 7, spec: NetworkSpec = SPEC, least: int = 0) -> FollowerGraph:
    return store.load_or_build(spec, ZONE, METRO, NOBODY, key, build, threads=1, least=least)


def arrays(graph: FollowerGraph) -> list[list[int]]:
    return [np.asarray(getattr(graph, name)).tolist() for name in store.COLUMNS]


def kept(cache: Path) -> list[Path]:
    return sorted(p for p in (cache / "graphs").iterdir() if p.is_dir())


def child(cache: Path, seconds: float) -> subprocess.Popen[str]:
    room = {name: value for name, value in os.environ.items() if name != "MSGU_CACHE"}
    words = [sys.executable, "-c", CHILD, str(seconds), str(cache)]
    return subprocess.Popen(words, cwd=ROOT, env=room, stdout=subprocess.PIPE, text=True)


def test_a_graph_is_built_once_and_found_again_bit_for_bit(cache: Path) -> None:
    build = Counting()
    first, again = load(build), load(build)
    assert build.built == 1
    assert arrays(first) == arrays(again) == arrays(build_network(SPEC, ZONE, METRO, NOBODY, 7))
    assert [p.name for p in kept(cache)] == [store.digest_of(SPEC, ZONE, METRO, NOBODY, 7)]


def test_every_argument_has_its_own_graph() -> None:
    other_zone, other_metro = ZONE.copy(), np.zeros(2, np.int16)
    other_zone[3] = 1
    names = {
        store.digest_of(SPEC, ZONE, METRO, NOBODY, 7),
        store.digest_of(SPEC, ZONE, METRO, NOBODY, 8),
        store.digest_of(NetworkSpec(900, mean_follows=15.5), ZONE, METRO, NOBODY, 7),
        store.digest_of(SPEC, other_zone, METRO, NOBODY, 7),
        store.digest_of(SPEC, ZONE, other_metro, NOBODY, 7),
        store.digest_of(SPEC, ZONE, METRO, np.array([1], np.int64), 7),
    }
    assert len(names) == 6


def test_a_small_graph_leaves_no_file(cache: Path) -> None:
    load(Counting(), least=store.LEAST_TIES)
    assert not (cache / "graphs").exists()


def test_what_is_opened_is_mapped_and_a_stray_write_does_not_reach_the_file() -> None:
    graph = load(Counting())
    assert isinstance(graph.followers.base, np.memmap)
    before = int(graph.followers[0])
    graph.followers[0] = before + 1
    assert int(load(Counting()).followers[0]) == before


def test_pages_that_are_left_come_back_from_the_file_and_what_is_not_mapped_stays() -> None:
    graph, built = load(Counting()), build_network(SPEC, ZONE, METRO, NOBODY, 7)
    for one in (graph, built):
        for name in store.COLUMNS:
            store.leave_pages(getattr(one, name))
    assert arrays(graph) == arrays(built) == arrays(build_network(SPEC, ZONE, METRO, NOBODY, 7))


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def _flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[-len(raw) // 3] ^= 4
    path.write_bytes(bytes(raw))


def _empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [_truncate, _flip, _empty, Path.unlink])
@pytest.mark.parametrize("name", ["offsets.npy", "followers.npy", "out_degree.npy", "graph.json"])
def test_damage_to_any_file_is_noticed_and_the_graph_is_built_again(
    cache: Path, damage: Callable[[Path], None], name: str
) -> None:
    build = Counting()
    whole = arrays(load(build))
    damage(kept(cache)[0] / name)
    assert arrays(load(build)) == whole
    assert build.built == 2
    assert arrays(load(build)) == whole
    assert build.built == 2


class Summed:
    """Counts the arrays whose checksum is taken."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.arrays, self.take = 0, store.checksum
        monkeypatch.setattr(store, "checksum", self)

    def __call__(self, array: NDArray[np.generic], threads: int = 2) -> str:
        self.arrays += 1
        return self.take(array, threads)


def test_what_was_verified_since_the_start_of_the_machine_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    load(Counting())
    summed = Summed(monkeypatch)
    load(Counting())
    assert summed.arrays == 0
    monkeypatch.setattr(store, "_boot", lambda: "another start")
    load(Counting())
    assert summed.arrays == 3
    load(Counting())
    assert summed.arrays == 3


def test_where_the_start_of_the_machine_is_not_known_all_is_read_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_boot", lambda: "")
    load(Counting())
    summed = Summed(monkeypatch)
    load(Counting())
    load(Counting())
    assert summed.arrays == 6


def test_damage_with_the_old_time_of_change_put_back_is_noticed(cache: Path) -> None:
    build = Counting()
    whole = arrays(load(build))
    file = kept(cache)[0] / "followers.npy"
    before = file.stat()
    _flip(file)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert arrays(load(build)) == whole
    assert build.built == 2


@pytest.mark.parametrize("note", ["", "{}", "[]", '{"boot": "", "files": {}}', "null"])
def test_a_note_that_says_nothing_is_not_believed(cache: Path, monkeypatch: pytest.MonkeyPatch, note: str) -> None:
    load(Counting())
    (kept(cache)[0] / store.VERIFIED).write_text(note, encoding="utf-8")
    summed = Summed(monkeypatch)
    load(Counting())
    assert summed.arrays == 3


def test_two_intact_graphs_exchanged_are_noticed(cache: Path) -> None:
    build = Counting()
    load(build, 7)
    load(build, 8)
    one, other = kept(cache)
    one.rename(cache / "x")
    other.rename(one)
    (cache / "x").rename(other)
    assert arrays(load(build, 7)) == arrays(build_network(SPEC, ZONE, METRO, NOBODY, 7))
    assert build.built == 3


def test_files_of_two_graphs_exchanged_are_noticed(cache: Path) -> None:
    build = Counting()
    load(build, 7)
    load(build, 8)
    one, other = (folder / "out_degree.npy" for folder in kept(cache))
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    load(build, 7)
    assert build.built == 3


@pytest.mark.long
def test_builders_at_the_same_time_build_once(cache: Path) -> None:
    children = [child(cache, 0.5) for _ in range(3)]
    said = [c.communicate(timeout=120)[0].split() for c in children]
    assert all(c.returncode == 0 for c in children)
    assert sum("building" in words for words in said) == 1
    assert len({words[-1] for words in said}) == 1
    assert len(kept(cache)) == 1


def test_a_builder_killed_in_mid_build_blocks_nobody_and_leaves_nothing(cache: Path) -> None:
    with child(cache, 60.0) as victim:
        assert victim.stdout is not None
        assert victim.stdout.readline().strip() == "building"
        victim.send_signal(signal.SIGKILL)
        victim.wait(timeout=20)
    build = Counting()
    began = time.monotonic()
    assert arrays(load(build)) == arrays(build_network(SPEC, ZONE, METRO, NOBODY, 7))
    assert build.built == 1
    assert time.monotonic() - began < 30
    assert [p.name for p in kept(cache)] == [store.digest_of(SPEC, ZONE, METRO, NOBODY, 7)]


def test_a_half_written_graph_is_not_taken_for_a_whole_one(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build, calls = Counting(), []

    def die(*_: object) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", die)
    with pytest.raises(StorageError, match="No space left"):
        load(build)
    assert kept(cache) == []
    monkeypatch.undo()
    monkeypatch.setenv("MSGU_CACHE", str(cache))
    load(build)
    assert len(kept(cache)) == 1


def test_what_a_dead_builder_left_is_cleared(cache: Path) -> None:
    part = cache / "graphs" / (store.digest_of(SPEC, ZONE, METRO, NOBODY, 7) + ".part")
    part.mkdir(parents=True)
    (part / "followers.npy").write_bytes(b"half")
    load(Counting())
    assert not part.exists()


def test_a_store_that_cannot_be_made_is_a_storage_error(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (cache / "file").write_text("not a folder")
    monkeypatch.setenv("MSGU_CACHE", str(cache / "file"))
    with pytest.raises(StorageError, match="graph store"):
        load(Counting())


@pytest.mark.parametrize("n", [10**9, 10**12])
def test_a_graph_larger_than_the_machine_is_refused_with_its_size(n: int) -> None:
    with pytest.raises(RefusedError, match="GB"):
        store.refuse_too_large(NetworkSpec(n))


def test_a_graph_larger_than_the_disk_is_refused_with_its_size() -> None:
    with pytest.raises(RefusedError, match="of disk needed"):
        store.refuse_too_large(NetworkSpec(10**6), memory=1e12, disk=1e8)
    store.refuse_too_large(NetworkSpec(10**6), memory=1e12, disk=1e9)


def test_any_single_bit_changes_the_checksum() -> None:
    array: NDArray[np.int32] = np.arange(1003, dtype=np.int32)
    reference = store.checksum(array)
    for position in (0, 1, 500, 1001, 1002):
        for bit in (0, 17, 31):
            other = array.copy()
            other.view(np.uint32)[position] ^= np.uint32(1 << bit)
            assert store.checksum(other) != reference
    assert store.checksum(array.astype(np.int64)) != reference
    assert store.checksum(array[:-1]) != reference
    assert store.checksum(array, threads=1) == reference


def test_a_graph_with_names_is_kept_in_a_folder_and_never_over_another(tmp_path: Path) -> None:
    graph = build_network(SPEC, ZONE, METRO, NOBODY, 1)
    names = tuple(f"@é{i}\n" for i in range(900))
    store.keep_in_folder(graph, tmp_path / "g", names)
    found, again = store.open_folder(tmp_path / "g")
    assert arrays(found) == arrays(graph)
    assert again == names
    with pytest.raises(StorageError, match="exists already"):
        store.keep_in_folder(graph, tmp_path / "g")
    _flip(tmp_path / "g" / "followers.npy")
    with pytest.raises(StorageError, match="checksums"):
        store.open_folder(tmp_path / "g")
    shutil.rmtree(tmp_path / "g")
    with pytest.raises(StorageError):
        store.open_folder(tmp_path / "g")


def test_the_facts_of_a_stored_graph_name_no_machine(cache: Path) -> None:
    load(Counting())
    facts = json.loads((kept(cache)[0] / "graph.json").read_text())
    assert set(facts) == {"format", "digest", "checksums", "accounts", "ties"}
