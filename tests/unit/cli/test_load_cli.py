"""The reading verbs of `msgu`: what is said, on which stream, and the exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import msgu
import pytest
from msgu.cli import app, main
from msgu.cli.reference import whole_reference
from msgu.errors import InputWarning
from msgu.scenario.document import json_schema_text
from msgu.scenario.load import load

from tests import TOY as TOY_FILE

TOY = str(TOY_FILE)


@pytest.fixture
def wrong(tmp_path: Path) -> str:
    """The path of a toy with two problems."""
    path = tmp_path / "wrong.yaml"
    text = Path(TOY).read_text(encoding="utf-8").replace("horizon: 4 h", "horizon: 4").replace("seed: 1\n", "sede: 1\n")
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_check_says_ok_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", TOY]) == 0
    said = capsys.readouterr()
    assert said.err == "" and said.out.startswith(f"{TOY}: ok: ")


def test_check_says_each_problem_on_one_line_of_stderr(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", wrong]) == 2
    said = capsys.readouterr()
    lines = said.err.strip().split("\n")
    assert said.out == "" and [line.split(":")[3].strip() for line in lines] == ["horizon", "sede"]
    assert lines[1].endswith("- seed")


@pytest.mark.parametrize("words", [["--errors=json", "check"], ["check", "--errors", "json"]])
def test_problems_can_be_had_as_json_wherever_the_option_stands(
    words: list[str], wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, wrong]) == 2
    said = json.loads(capsys.readouterr().err)
    assert said["exit"] == 2
    assert [problem["key"] for problem in said["problems"]] == ["horizon", "sede"]
    assert set(said["problems"][0]) == {"path", "line", "col", "key", "given", "allowed", "nearest"}


@pytest.fixture
def odd(monkeypatch: pytest.MonkeyPatch) -> None:
    """A caution about every seed."""
    say = lambda scenario, _tree: [(("seed",), f"the seed {scenario.seed}", "an even one misleads nobody", "2")]  # noqa: E731
    monkeypatch.setattr("msgu.scenario.load.CAUTIONS", (say,))


@pytest.mark.usefixtures("odd")
@pytest.mark.parametrize("words", [["check", TOY], ["evidence", TOY], ["check", TOY, "--set", "seed=1"]])
def test_what_may_mislead_is_warned_of_once_with_its_place_and_accepted(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 0
    place = "--set[1]:1:6" if "--set" in words else f"{TOY}:11:7"
    assert capsys.readouterr().err == f"{place}: warning: seed: the seed 1 - an even one misleads nobody - 2\n"


@pytest.mark.usefixtures("odd")
def test_warnings_can_be_had_as_json_beside_an_error_or_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", TOY, "--errors=json"]) == 0
    said = json.loads(capsys.readouterr().err)
    assert (said["exit"], said["problems"]) == (0, [])
    assert [warning["key"] for warning in said["warnings"]] == ["seed"]
    assert main(["run", TOY, "--errors=json", "--set", "network.accounts=900000000"]) == 3
    said = json.loads(capsys.readouterr().err)
    assert (said["exit"], len(said["warnings"])) == (3, 1)


@pytest.mark.usefixtures("odd")
def test_a_program_in_python_hears_warnings_too() -> None:
    with pytest.warns(InputWarning, match="the seed 1 - an even one") as heard:
        load(TOY)
    assert [item.filename for item in heard] == [__file__]


def test_an_override_is_taken_by_check_and_refused_at_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", TOY, "--set", "seed=5", "--set", "horizon=5 h"]) == 0
    assert main(["check", TOY, "--set", "seed=5", "--set", "horizon=5"]) == 2
    assert capsys.readouterr().err.startswith("--set[2]:1:9: horizon: ")


@pytest.mark.parametrize(
    "words",
    [["nothing"], ["check"], ["check", TOY, "--bar"], ["check", TOY, TOY], ["--lang", "de", "check", TOY], ["--errors"]],
)
def test_wrong_words_are_bad_input_and_no_bug(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert "Try `msgu --help`" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["--help"], ["check", "--help"]])
def test_help_is_given(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    assert "Usage" in capsys.readouterr().out


def test_a_traceback_is_shown_only_on_demand(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", wrong])
    assert "Traceback" not in capsys.readouterr().err
    main(["check", wrong, "--debug"])
    assert "Traceback" in capsys.readouterr().err


def test_a_bug_of_ours_is_exit_code_one_without_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr("msgu.scenario.load.resolve", broken)
    assert main(["check", TOY]) == 1
    said = capsys.readouterr().err
    assert "a bug of ours: ZeroDivisionError: planted" in said and "Traceback" not in said


def test_explain_speaks_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", TOY]) == 0
    english = capsys.readouterr().out
    assert main(["--lang", "fr", "explain", TOY]) == 0
    french = capsys.readouterr().out
    assert "A small town" in english and "closures.cordon" in english
    assert "Une petite ville" in french and "closures.cordon" in french
    assert english.count("\n") == french.count("\n")


def test_schema_prints_what_is_shipped(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert capsys.readouterr().out == json_schema_text()
    assert main(["schema", "--reference"]) == 0
    assert capsys.readouterr().out == whole_reference()


def test_check_imports_nothing_heavy() -> None:
    heavy = ["numpy", "numba", "scipy", "matplotlib", "pyarrow", "pandas", "distributed", "networkx", "simpy", "jinja2"]
    code = (
        f"import sys; from msgu.cli import main; main(['check', {TOY!r}]); print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().split("\n")[-1] == "[]"


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"msgu {msgu.__version__}\n"


def test_every_file_of_verbs_is_on_the_command_line() -> None:
    """A verb that is written and not mounted is found by nobody."""
    rooms = Path(app.__file__).parent
    with_verbs = {path.stem for path in (rooms / "verbs").glob("*.py") if "\ndef mount(" in path.read_text(encoding="utf-8")}
    source = Path(app.__file__).read_text(encoding="utf-8")
    assert {name for name in with_verbs if f"    {name}.mount(app)" not in source} == set()


@pytest.mark.parametrize(
    "words",
    [
        ["run", TOY, "--scale", ""],
        ["run", TOY, "--scale="],
        ["run", TOY, "--shard", ""],
        ["run", TOY, "--cluster", ""],
        ["run", TOY, "--out", ""],
        ["run", TOY, "--scale", "1/10", "--scale", "1/2"],
        ["check", TOY, "--set", ""],
        ["check", ""],
        ["compare", TOY, "--policy", ""],
        ["graph", "build", TOY, "--out="],
        ["check", TOY, "--lang", "fr", "--lang", "en"],
        ["calibrate", TOY, "--out", ""],
    ],
    ids=lambda words: " ".join(words[:1] + words[2:]),
)
def test_an_option_without_a_value_or_given_twice_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == "" and ("an empty text" in said.err or "given twice" in said.err)


def test_what_a_policy_changes_of_the_evidence_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = "{fr: a, en: a}"
    head = f"policy: {{id: other, title: {both}, why: {both}, source: invented, cost: {both}}}\n"
    head += "apply:\n  going_home: {taxi: 0.3}\n"
    policy = tmp_path / "other.yaml"
    for verb in ("check", "explain"):
        policy.write_text(head, encoding="utf-8")
        assert main([verb, TOY, "--policy", str(policy)]) == 0
        assert "changes the evidence" not in capsys.readouterr().out
        policy.write_text(
            head + "  evidence: {peak_reading: event_per_second, figures: {posts: {low: 100}}}\n", encoding="utf-8"
        )
        assert main([verb, TOY, "--policy", str(policy)]) == 0
        assert "other changes the evidence that nights are judged by: peak_reading, figures.posts" in capsys.readouterr().out


def test_metrics_are_listed_with_arguments_unit_and_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["metrics", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert (rows["peak_rate"]["arguments"], rows["peak_rate"]["unit"]) == ("bin=, [topic=]", "posts/s")
    assert all(row["meaning"].endswith(".") and row["unit"] for row in rows.values())
    assert main(["metrics"]) == 0
    said = capsys.readouterr().out
    assert all(f"{name}({row['arguments']})  unit: {row['unit']}" in said for name, row in rows.items())


def test_overrides_of_one_value_are_refused_in_either_order(capsys: pytest.CaptureFixture[str]) -> None:
    sets = ["--set=record={}", "--set=record.bin=1 s"]
    for words in (sets, sets[::-1]):
        assert main(["check", TOY, *words]) == 2
        assert "already set by --set[1]" in capsys.readouterr().err


def test_the_decimal_comma_is_answered_with_a_point(capsys: pytest.CaptureFixture[str]) -> None:
    for text in ("attention.seeing=0,07", "topics.abri.infectiousness=0,07", "attention={seeing: 0,07}"):
        assert main(["check", TOY, "--set", text]) == 2
        assert "0.07, with a decimal point" in capsys.readouterr().err
