"""`msgu graph`: what is built, measured, imported and exported is what the library says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from msgu.cli.verbs import graph as verbs
from msgu.errors import InputError, StorageError
from msgu.measure.graph.table import BANDS, UNJUDGED
from typer.testing import CliRunner

from tests import TOY as TOY_FILE

TOY = str(TOY_FILE)


def said(*words: str) -> str:
    """What the command prints; errors come through as they are."""
    app = typer.Typer()
    verbs.mount(app)
    result = CliRunner().invoke(app, ["graph", *words], catch_exceptions=False)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return str(result.output)


@pytest.fixture
def imported(tmp_path: Path) -> Path:
    """A folder with the graph of a small edge list."""
    (tmp_path / "list.txt").write_text("#a,NA\nNA,#a\nb,NA\nb,b\nb,NA\n")
    out = said("import", str(tmp_path / "list.txt"), "--delimiter", ",", "--out", str(tmp_path / "kept"))
    assert "3 accounts; 5 read = 3 kept + 1 repeated + 1 to itself + 0 comments + 0 blank" in out
    return tmp_path / "kept"


def test_a_built_graph_can_be_kept_measured_and_exported(tmp_path: Path) -> None:
    kept, listed = str(tmp_path / "kept"), tmp_path / "edges.txt"
    built = said("build", TOY, "--seed", "3", "--out", kept)
    accounts, ties = int(built.split(" accounts, ")[0].split()[-1]), int(built.split(" accounts, ")[1].split(" ties")[0])
    assert f"({ties / accounts:.2f} follows each)" in built
    said("export", kept, "--out", str(listed))
    assert len(listed.read_text(encoding="utf-8").splitlines()) == ties > 0
    table = said("stats", kept, "--plot", str(tmp_path / "degrees.png"))
    assert "outside the published bands:" in table
    assert (tmp_path / "degrees.png").read_bytes().startswith(b"\x89PNG")


def test_statistics_of_a_scenario_know_the_metropolitan_areas_and_those_of_a_folder_do_not(imported: Path) -> None:
    of_scenario = {row["name"] for row in json.loads(said("stats", TOY, "--json"))}
    of_folder = {row["name"]: row for row in json.loads(said("stats", str(imported), "--json"))}
    assert of_scenario == set(BANDS) | set(UNJUDGED)
    assert set(of_folder) == of_scenario - {"home", "unnamed"}
    assert of_folder["reciprocity"]["value"] == pytest.approx(2 / 3)
    assert of_folder["reciprocity"]["verdict"] == "outside"
    assert of_folder["reciprocity"]["error"] == 0


def test_an_exported_graph_keeps_its_names(imported: Path, tmp_path: Path) -> None:
    said("export", str(imported), "--out", str(tmp_path / "x"), "--delimiter", ";")
    assert set((tmp_path / "x").read_text().splitlines()) == {"#a;NA", "NA;#a", "b;NA"}
    said("export", str(imported), "--out", str(tmp_path / "x.graphml"), "--format", "graphml")
    again = said("import", str(tmp_path / "x.graphml"), "--out", str(tmp_path / "again"))
    assert "3 accounts; 3 read = 3 kept" in again


def test_nothing_is_written_over(imported: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="exists already"):
        said("export", str(imported), "--out", str(tmp_path / "list.txt"))
    with pytest.raises(StorageError, match="exists already"):
        said("import", str(tmp_path / "list.txt"), "--delimiter", ",", "--out", str(imported))


def test_wrong_lines_are_told_by_number(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_text("a b\nc\n")
    with pytest.raises(InputError) as error:
        said("import", str(tmp_path / "bad.txt"), "--out", str(tmp_path / "kept"))
    assert [(p.line, p.given) for p in error.value.problems] == [(2, "1 field in 'c'")]
    assert not (tmp_path / "kept").exists()


def test_an_exported_list_says_how_many_accounts_it_cannot_hold(imported: Path, tmp_path: Path) -> None:
    assert "without a tie" not in said("export", str(imported), "--out", str(tmp_path / "x"))
    nodes = "".join(f'<node id="{name}"/>' for name in ("a", "b", "lonely"))
    (tmp_path / "l.graphml").write_text(
        f'<graphml><graph edgedefault="directed">{nodes}<edge source="a" target="b"/></graph></graphml>'
    )
    kept = str(tmp_path / "lonely")
    said("import", str(tmp_path / "l.graphml"), "--out", kept)
    assert "1 of them without a tie" in said("export", kept, "--out", str(tmp_path / "y"))
    assert "without a tie" not in said("export", kept, "--format", "graphml", "--out", str(tmp_path / "y.graphml"))


def test_names_that_hold_a_piece_of_the_delimiter_are_told(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("1, 2\n2, 3\n3, 1\n")
    out = said("import", str(tmp_path / "c.csv"), "--delimiter", ",", "--out", str(tmp_path / "one"))
    assert "3 of 6 names begin or end with a blank" in out
    out = said("import", str(tmp_path / "c.csv"), "--out", str(tmp_path / "two"))
    assert "3 of 6 names end with `,`" in out
    out = said("import", str(tmp_path / "c.csv"), "--delimiter", ", ", "--out", str(tmp_path / "three"))
    assert out.splitlines()[0].startswith(f"{tmp_path / 'c.csv'}: 3 accounts") and len(out.splitlines()) == 1
