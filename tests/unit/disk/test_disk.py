"""Files named from outside: read in their folder, regular and of bounded size, or refused without being opened."""

from __future__ import annotations

import ast
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgu import disk
from msgu.cli import main
from msgu.results.files import read_sealed, seal, sha256
from msgu.scenario.load import load
from msgu.study.batch.run import run_batch
from msgu.world.graph import given as given_graph

from tests import PACKAGE, ROOT, SCENARIOS, TOY
from tests.made_nights import ENGINE

GIVEN = SCENARIOS / "degenerate" / "d05-cascade.yaml"
HIDDEN = "msgu: 1\nroot:x:0:0 a secret line\n"

pytestmark = pytest.mark.timeout(60)  # a reader that waits for ever fails


class Opened:
    """Paths opened by this process, by whatever call, links followed; one hook for all tests, as none can be taken away."""

    paths: set[str] | None = None

    @classmethod
    def hook(cls, event: str, words: Any) -> None:
        if cls.paths is not None and event == "open" and isinstance(words[0], str | bytes):
            cls.paths.add(os.path.realpath(os.fsdecode(words[0])))


sys.addaudithook(Opened.hook)


def fifo(path: Path, outside: Path) -> None:
    os.mkfifo(path)


def device(path: Path, outside: Path) -> None:
    path.symlink_to("/dev/zero")


def sparse(path: Path, outside: Path) -> None:
    with path.open("wb") as file:
        file.truncate(10**12)


def link_out(path: Path, outside: Path) -> None:
    path.symlink_to(outside / "secret.yaml")


def folder_out(path: Path, outside: Path) -> None:
    path.symlink_to(outside, target_is_directory=True)


UNFIT: list[Callable[[Path, Path], None]] = [fifo, device, sparse, link_out]


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside the one that is read, with a file that is nobody's business and a copy of it under every usual name."""
    made = tmp_path / "outside"
    made.mkdir()
    for name in ("secret.yaml", "graph.json", "record.json", "offsets.npy", "followers.npy", "out_degree.npy"):
        (made / name).write_text(HIDDEN)
    return made


def refused(words: list[str], outside: Path, capsys: pytest.CaptureFixture[str], codes: tuple[int, ...] = (2,)) -> str:
    """Run a command that must end with one of the codes and open nothing outside; return what it said."""
    Opened.paths = set()
    try:
        code = main(words)
    finally:
        opened, Opened.paths = Opened.paths, None
    said = capsys.readouterr()
    assert code in codes, (code, said.err)
    assert not [path for path in opened if path.startswith((str(outside), "/dev/zero"))]
    assert "bug of ours" not in said.err and "secret line" not in said.err + said.out
    return said.err


# ---- scenarios ----


@pytest.mark.parametrize("make", UNFIT)
@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("base.yaml", "extends: base.yaml"),
        ("places/here.yaml", "places: here"),
        ("evidence/here.yaml", "evidence: here"),
    ],
)
def test_a_file_named_by_a_scenario_is_a_file_of_its_folder(
    name: str, line: str, make: Callable[[Path, Path], None], tmp_path: Path, outside: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    room = tmp_path / "room"
    (room / name).parent.mkdir(parents=True)
    make(room / name, outside)
    (room / "a.yaml").write_text(f"{line}\n")
    assert "a.yaml:1:" in refused(["check", str(room / "a.yaml")], outside, capsys)


@pytest.mark.parametrize("make", UNFIT)
def test_a_policy_named_by_its_id_is_a_file_of_the_scenarios_folder(
    make: Callable[[Path, Path], None], tmp_path: Path, outside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room = tmp_path / "room"
    (room / "policies").mkdir(parents=True)
    shutil.copy(TOY, room / "toy.yaml")
    make(room / "policies" / "p.yaml", outside)
    assert "--policy" in refused(["check", str(room / "toy.yaml"), "--policy", "p"], outside, capsys)


@pytest.mark.parametrize("make", [*UNFIT, folder_out])
def test_the_edge_list_of_a_scenario_is_a_file_of_its_folder(
    make: Callable[[Path, Path], None], tmp_path: Path, outside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room = tmp_path / "room"
    room.mkdir()
    shutil.copy(GIVEN, room / "a.yaml")
    make(room / "d05-cascade.edges", outside)
    assert "network.edge_list" in refused(["check", str(room / "a.yaml")], outside, capsys)


@pytest.mark.parametrize("make", UNFIT)
def test_the_folder_of_a_graph_holds_its_own_files(
    make: Callable[[Path, Path], None], tmp_path: Path, outside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "list").write_text("0 1\n1 2\n")
    for name in ("graph.json", "followers.npy"):
        room = tmp_path / name
        assert main(["graph", "import", str(tmp_path / "list"), "--out", str(room)]) == 0
        (room / name).unlink()
        make(room / name, outside)
        refused(["graph", "stats", str(room)], outside, capsys, (4,))
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "graph.json").rename(home / "folder")
    shutil.copy(GIVEN, home / "a.yaml")
    words = ["check", str(home / "a.yaml"), "--set", "network.edge_list=folder"]
    assert "network.edge_list" in refused(words, outside, capsys)


@pytest.mark.parametrize("make", [fifo, device])
@pytest.mark.parametrize("words", ["check", "explain", "calibrate --out OUT", "compare", "graph import --out OUT"])
def test_a_fifo_or_a_device_named_in_a_command_is_refused(
    words: str, make: Callable[[Path, Path], None], tmp_path: Path, outside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.yaml", "a.graphml"):
        make(tmp_path / name, outside)
        given = words.replace("OUT", str(tmp_path / "out")).split()
        assert "not a regular file" in refused([*given, str(tmp_path / name)], outside, capsys)


@pytest.mark.parametrize("name", ["/etc/passwd.yaml", "../outside/secret", "link.yaml"])
def test_a_study_names_yaml_files_only(name: str, tmp_path: Path, outside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    room = tmp_path / "room"
    room.mkdir()
    (outside / "passwd").write_text(HIDDEN)
    (room / "link.yaml").symlink_to(outside / "passwd")
    text = (ROOT / "experiments" / "17-eight-measures" / "study.yaml").read_text()
    (room / "study.yaml").write_text(text.replace("../../scenarios/paris-2015-11-13.yaml", name))
    assert "study.yaml:6" in refused(["compare", str(room / "study.yaml")], outside, capsys)


# ---- results ----


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("results") / "out"
    run_batch(load(TOY), out, reps=2, engine=ENGINE)
    return out


READ = ("manifest.json", "scenario.json", "replications/0001/record.json", "replications/0001/posts.parquet")


@pytest.mark.long
@pytest.mark.parametrize("make", UNFIT)
@pytest.mark.parametrize("name", READ)
def test_a_file_of_results_is_a_file_of_their_folder(
    name: str, make: Callable[[Path, Path], None], results: Path, tmp_path: Path, outside: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    there = tmp_path / "there"
    shutil.copytree(results, there)
    (there / name).unlink()
    make(there / name, outside)
    for verb in ("verify", "score", "report"):
        assert name.rsplit("/", 1)[-1] in refused([verb, str(there)], outside, capsys, (4,))


def test_a_record_that_is_a_link_out_of_the_results_is_not_read(
    results: Path, tmp_path: Path, outside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = tmp_path / "there"
    shutil.copytree(results, there)
    (there / "replications" / "0001").rename(outside / "0001")
    (there / "replications" / "0001").symlink_to(outside / "0001")
    for verb in ("verify", "score", "report", "cascades"):
        words = [verb, str(there), *(["--rep", "1"] if verb == "cascades" else [])]
        assert "leads out of its folder" in refused(words, outside, capsys, (4,))
    (there / "replications" / "0001").unlink()
    (there / "replications").rename(outside / "all")
    (there / "replications").symlink_to(outside / "all")
    refused(["run", str(TOY), "--reps", "2", "--resume", "--out", str(there)], outside, capsys, (4,))


@pytest.mark.parametrize("name", ["../../outside/secret.yaml", "/etc/passwd"])
def test_a_manifest_that_names_files_elsewhere_has_none_of_them_opened(
    name: str, results: Path, tmp_path: Path, outside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = tmp_path / "there"
    shutil.copytree(results, there)
    told = read_sealed(there / "manifest.json")
    told["records"][1]["files"][name] = sha256(HIDDEN.encode())
    (there / "manifest.json").write_bytes(seal(told))
    said = refused(["verify", str(there)], outside, capsys, (2, 4))
    assert "changed since" not in said and "/etc/passwd" not in (Opened.paths or ())
    told["records"][1]["files"].pop(name)
    told["records"][1]["folder"] = "../outside"
    (there / "manifest.json").write_bytes(seal(told))
    for verb in ("verify", "score"):
        refused([verb, str(there)], outside, capsys, (2, 4))


def test_the_log_of_a_run_is_no_link_to_elsewhere(results: Path, tmp_path: Path, outside: Path) -> None:
    there = tmp_path / "there"
    shutil.copytree(results, there)
    (there / "run.log").unlink()
    (there / "run.log").symlink_to(outside / "secret.yaml")
    with pytest.raises(OSError, match="symbolic link"):
        disk.add_to_file(there / "run.log", b"more")
    assert (outside / "secret.yaml").read_text() == HIDDEN


# ---- modes ----


@pytest.mark.long
@pytest.mark.parametrize(("mask", "folders", "files"), [(0o077, 0o700, 0o600), (0o002, 0o775, 0o664)])
def test_what_is_written_follows_the_umask(
    mask: int, folders: int, files: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "made"
    shutil.copytree(GIVEN.parent, tmp_path / "scenarios")
    before = os.umask(mask)
    try:
        run_batch(load(TOY), made / "out", reps=1, engine=ENGINE)
        assert main(["report", str(made / "out")]) == 0
        (made / "list").write_text("0 1\n1 2\n")
        assert main(["graph", "import", str(made / "list"), "--out", str(made / "graph")]) == 0
        assert main(["graph", "stats", str(made / "graph")]) == 0
        monkeypatch.setenv("MSGU_CACHE", str(made / "cache"))
        given_graph.keep(load(tmp_path / "scenarios" / GIVEN.name))
    finally:
        os.umask(before)
    there = {path: path.stat().st_mode & 0o777 for path in made.rglob("*")}
    assert {".html", ".png", ".svg", ".parquet", ".json", ".log", ".npy"} <= {path.suffix for path in there}
    assert {str(path): oct(mode) for path, mode in there.items() if mode != (folders if path.is_dir() else files)} == {}


# ---- no other door ----

DOORS = {
    "open", "read_text", "read_bytes", "np.load", "memmap", "fromfile", "loadtxt", "genfromtxt", "mkstemp", "mkdtemp",
    "NamedTemporaryFile", "copyfile", "copy2", "read_graphml", "read_edgelist", "read_table", "chmod",
}  # fmt: skip
ITS_OWN = {
    ("disk.py", "open"): "the door",
    ("compile.py", "open"): "what its own processes say",
    ("world/probe.py", "open"): "what the system says of its memory",
    ("kernels/jit/kept.py", "read_text"): "our own sources, and the list of compiled kernels",
    ("kernels/jit/kept.py", "read_bytes"): "our own sources",
    ("results/provenance.py", "read_bytes"): "our own sources",
    ("study/calibration/nights.py", "read_bytes"): "our own sources",
    ("world/graph/store.py", "read_bytes"): "our own sources",
    ("world/graph/store.py", "read_text"): "the number of this start of the machine",
    ("world/graph/store.py", "memmap"): "a file that came through the door",
    ("cli/verbs/graph.py", "read_graphml"): "our own reader",
    ("results/files.py", "open"): "a new file, or a folder to be flushed",
    ("world/graph/store.py", "open"): "a new file, a lock, a folder to be flushed, or what the system says of its memory",
    ("world/graph/given.py", "open"): "a new file",
    ("world/whole_file.py", "open"): "a new file",
    ("measure/cascades/files.py", "open"): "a new file",
    ("cli/verbs/graph.py", "open"): "a picture where the user wants it",
    ("cli/reference.py", "read_text"): "a page of the documentation, to be written again",
    ("cli/stops.py", "open"): "the null device, in place of a closed output",
    ("units/zone.py", "open"): "the time zones of a package",
    ("units/zone.py", "read_text"): "the time zones of a package",
    ("study/batch/folder.py", "open"): "a lock that follows no link",
}


@pytest.mark.long
def test_no_file_is_read_or_made_but_through_the_door() -> None:
    found = set[tuple[str, str]]()
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                name = name if name in DOORS | {"read_bytes"} else "." + name.rsplit(".", 1)[-1]
                name = name.removeprefix(".") if name != "read_bytes" else "results.files.read_bytes"
                if name in DOORS:
                    found.add((str(path.relative_to(PACKAGE)), name))
    assert found - set(ITS_OWN) == set()
