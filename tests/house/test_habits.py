"""What a public host is given: workflows, hooks, templates, citation and release notes say what is there."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import msgu
import pytest
from ruamel.yaml import YAML

from tests import ROOT
from tests.house import tidy

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
TEMPLATES = sorted((GITHUB / "ISSUE_TEMPLATE").glob("*.yml"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def targets(makefile: str) -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):(?!=)", makefile, re.MULTILINE))


def made(text: str) -> set[str]:
    """Targets that a text calls for."""
    calls = re.findall(r"\bmake((?: +(?:[A-Z]+=\S*|[a-z][a-z-]*))+)", text)
    return {word for words in calls for word in words.split() if "=" not in word}


def steps(workflow: Any) -> list[Any]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


# ---- workflows ----


def test_there_is_a_workflow_for_each_occasion() -> None:
    assert {path.stem for path in WORKFLOWS} == {"ci", "nightly-full", "release"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_calls_targets_of_the_makefile_and_next_to_nothing_else(path: Path) -> None:
    """One step of a release talks to the host itself."""
    commands = [step["run"] for step in steps(read(path)) if "run" in step]
    assert commands
    assert {name for command in commands for name in made(command)} <= targets(MAKEFILE)
    others = [command for command in commands if not re.fullmatch(r"make [a-z-]+ PYTHON=python", command)]
    assert [command.split()[:3] for command in others] == ([["gh", "release", "create"]] if path.stem == "release" else [])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_do_no_more_than_it_must_and_ends(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {"contents": "write" if path.stem == "release" else "read"}
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 360
        assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"]) for step in job["steps"] if "uses" in step)


def test_a_target_that_the_makefile_lacks_is_seen() -> None:
    assert made("make test PYTHON=python\nmake tset wheel") - targets(MAKEFILE) == {"tset"}


def test_the_versions_tried_are_those_that_the_package_names() -> None:
    named = [text.rsplit(" ", 1)[1] for text in PROJECT["project"]["classifiers"] if re.search(r":: 3\.\d+$", text)]
    ci = read(GITHUB / "workflows" / "ci.yml")
    tried = [job["strategy"]["matrix"]["python"] for job in ci["jobs"].values() if "strategy" in job]
    assert tried == [named] * 2
    assert PROJECT["project"]["requires-python"] == f">={named[0]}"
    set_up = [step for path in WORKFLOWS for step in steps(read(path)) if "setup-python" in step.get("uses", "")]
    assert {step["with"]["python-version"] for step in set_up} == {"${{ matrix.python }}", named[-1]}


def test_full_figures_run_each_night_and_the_rest_at_each_push() -> None:
    assert "schedule" in read(GITHUB / "workflows" / "nightly-full.yml")["on"]
    assert made((GITHUB / "workflows" / "nightly-full.yml").read_text(encoding="utf-8")) == {"verify"}
    assert {"push", "pull_request"} <= set(read(GITHUB / "workflows" / "ci.yml")["on"])
    assert made((GITHUB / "workflows" / "ci.yml").read_text(encoding="utf-8")) == {"test", "coverage", "wheel-smoke"}
    assert re.search(r"^verify:.*\n(?:\t.*\n)*\t.*--full", MAKEFILE, re.MULTILINE)


# ---- what else a visitor meets ----


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "RELEASING.md", ".pre-commit-config.yaml"])
def test_a_page_calls_no_target_that_is_not_there(name: str) -> None:
    code = re.findall(r"`([^`\n]+)`|^(make .*)$|entry: (.*)$", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    called = {target for texts in code for text in texts for target in made(text)}
    assert called
    assert called <= targets(MAKEFILE)


def test_the_citation_is_that_of_this_version() -> None:
    """A date of release stands there when, and only when, the changelog says that this version is released."""
    citation = read(ROOT / "CITATION.cff")
    assert citation["version"] == msgu.__version__
    assert citation["license"] == PROJECT["project"]["license"]
    heading = re.search(r"^## (\S+) - (\S+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert heading is not None
    released = None if heading[2] == "unreleased" else heading[2]
    assert (heading[1], str(citation.get("date-released") or "") or None) == (msgu.__version__, released)


def test_a_form_of_an_issue_asks_for_what_it_needs() -> None:
    forms = [read(path) for path in TEMPLATES if path.stem != "config"]
    assert [form["name"] for form in forms] == ["Bug", "Question", "Wrong number"]
    for form in forms:
        fields = [field for field in form["body"] if field["type"] in {"input", "textarea"}]
        assert len({field["id"] for field in fields}) == len(form["body"])
        assert any(field.get("validations", {}).get("required") for field in fields)


def test_hooks_run_tools_of_the_checkout_and_ask_no_network() -> None:
    config = read(ROOT / ".pre-commit-config.yaml")
    assert [repo["repo"] for repo in config["repos"]] == ["local"]
    hooks = config["repos"][0]["hooks"]
    assert {hook["language"] for hook in hooks} == {"system"}
    entries = [hook["entry"].split()[0] for hook in hooks]
    assert set(entries) <= {".venv/bin/ruff", ".venv/bin/python", "make"}


# ---- files ----


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_files_are_tidy() -> None:
    """But for what an experiment's command makes again."""
    made_again = re.compile(r"experiments/.*/out/")
    files = [path for path in tracked() if not made_again.match(str(path.relative_to(ROOT)))]
    assert len(files) > 400
    assert [f"{path}: {wrong}" for path in files for wrong in tidy.wrong_with(path)] == []


UNTIDY = {
    "large.csv": b"1\n" * 160_000,
    "latin.txt": "é\n".encode("latin-1"),
    "cut.md": b"no end",
    "dos.md": b"one\r\ntwo\n",
    "spaces.md": b"one \n",
    "merged.py": b"<<<<<<< HEAD\n",
    "twice.yaml": b"a: 1\na: 2\n",
    "wrong.toml": b"a = \n",
    "wrong.json": b"{a: 1}\n",
}


@pytest.mark.parametrize("name", UNTIDY)
def test_what_is_not_tidy_is_named(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / name).write_bytes(UNTIDY[name])
    assert tidy.main([str(tmp_path / name)]) == 1
    assert capsys.readouterr().out.startswith(str(tmp_path / name))


# ---- the changelog ----

HEADINGS = ["Added", "Changed", "Results changed", "Fixed"]
MOST_WORDS = 25


def misshapen(changelog: str) -> list[str]:
    """What of a changelog is no heading, no subheading and no item of one short line."""
    found = []
    for part in re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]:
        version, *lines = part.splitlines()
        if [line[4:] for line in lines if line.startswith("### ")] != HEADINGS:
            found.append(f"{version}: headings other than {', '.join(HEADINGS)}")
        for line in lines:
            if line.startswith("- ") and len(line.split()) - 1 > MOST_WORDS:
                found.append(f"more than {MOST_WORDS} words: {line}")
            elif line and not re.match("- |#{3,4} ", line):
                found.append(f"no item: {line}")
    return found


def test_the_changelog_has_four_headings_and_items_of_one_short_line() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert misshapen(text) == []
    assert misshapen(text.replace("### Fixed", "### Mended"))
    assert misshapen(text + "- " + "word " * (MOST_WORDS + 1) + "\n")
    assert misshapen(text + "  and more of the same item\n")
