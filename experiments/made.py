"""Which version of the program made the figures of each experiment, and whether they are older than the program.

    python experiments/made.py [--changed-after COMMIT]

Looks every digest of sources in the outputs up in the history, writes `made.toml`, and in each README the lines that say
so. With `--changed-after`: results differ from now on from those of that commit and of all before it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from msgu.results.provenance import digest_of_files

HERE = Path(__file__).resolve().parent
TABLE = HERE / "made.toml"
NAMES_SOURCES = ("provenance.json", "compare.json", "calibration.json", "scorecard*.json")
HEAD = """\
# What made the figures of each experiment; `python experiments/made.py` writes this file and the last lines of READMEs.
# changed_after: the last commit whose results are not those of today. toy: SHA-256 of the whole numbers of a run of `toy`,
# which a test computes, so that a change of results cannot go by unnoticed.
# commit: the first with the sources that made the output, or with a "<" the one that kept it, where those are in none.
"""


class Made(NamedTuple):
    """What made an output.

    sources : digest that the output names, empty where it names none. commit : as in `made.toml`.
    older : whether the results of the program have changed since.
    """

    sources: str
    commit: str
    older: bool


def table() -> tuple[str, str, dict[str, Made]]:
    """Return the commit after which results changed, the digest of toy, and what made each output."""
    told = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return told["changed_after"], told["toy"], {name: Made(**row) for name, row in told["made"].items()}


def outputs() -> dict[str, str]:
    """Return the digest of sources that each output names, by its path; of an experiment that names none, its first table."""
    found = {}
    for folder in sorted(HERE.glob("*/out")):
        named = sorted(path for name in NAMES_SOURCES for path in folder.rglob(name))
        for path in named or sorted(folder.glob("*.csv"))[:1]:
            found[path.relative_to(HERE).as_posix()] = sources_of(path)
    return found


def sources_of(path: Path) -> str:
    """Return the digest of sources that a file names; nothing where it names none."""
    if path.suffix != ".json":
        return ""
    told = json.loads(path.read_text(encoding="utf-8"))
    return str(told.get("source_sha256") or told.get("identity", {}).get("source_sha256", ""))


def lines(rows: dict[str, Made]) -> list[str]:
    """Return what the README of an experiment says of its outputs: one line for each version that made some."""
    versions: dict[Made, list[str]] = {}
    for name, made in rows.items():
        versions.setdefault(made._replace(sources=""), []).append(name.split("/", 1)[1])
    return [line(made, names if len(versions) > 1 else []) for made, names in versions.items()]


def line(made: Made, names: list[str]) -> str:
    """Return the sentence that says which version made some outputs."""
    what = f"{', '.join(f'`{name}`' for name in names)}: made" if names else "Made"
    at = (
        f"before `{made.commit[1:13]}`, by sources that no commit keeps"
        if made.commit[0] == "<"
        else f"at `{made.commit[:12]}`"
    )
    since = "the model has changed since (`CHANGELOG.md`), and figures are of that version" if made.older else ""
    return f"{what} {at}{'; ' + since if since else ''}."


# ---- history ----


def git(*words: str) -> str:
    """Return what git prints in the repository."""
    return subprocess.run(["git", "-C", HERE, *words], capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603, S607


def digest_at(commit: str) -> str:
    """Return what `msgu.results.provenance.source_digest` says at a commit."""
    tree = [row.split("\t") for row in git("ls-tree", "-r", "--full-tree", commit, "sim").splitlines()]
    root = "sim/msgu/" if any(path.startswith("sim/msgu/") for _, path in tree) else "sim/"
    return digest_of_files(
        {path.removeprefix(root): content(about.split()[2]) for about, path in tree if path.endswith(".py")}
    )


@cache
def content(blob: str) -> bytes:
    """Return the content of a file in the history."""
    return subprocess.run(["git", "-C", HERE, "cat-file", "blob", blob], capture_output=True, check=True).stdout  # noqa: S603, S607


def commits_with(wanted: set[str]) -> dict[str, str]:
    """Return the first commit that has each of some digests of sources, as far as the history has them."""
    found: dict[str, str] = {}
    for commit in git("log", "--format=%H", "--reverse", "--", "../sim").splitlines():
        if len(found) == len(wanted):
            break
        if (digest := digest_at(commit)) in wanted:
            found.setdefault(digest, commit)
    return found


def is_within(commit: str, later: str) -> bool:
    """Return whether a commit is another one or one before it."""
    words = ["git", "-C", HERE, "merge-base", "--is-ancestor", commit.removeprefix("<"), later]
    return subprocess.run(words, check=False).returncode == 0  # noqa: S603


def looked_up(changed_after: str, known: dict[str, Made]) -> Iterator[tuple[str, Made]]:
    """Yield what made each output, by its path; what is known of sources that are the same is kept."""
    there = outputs()
    new = {sources for name, sources in there.items() if sources and (name not in known or known[name].sources != sources)}
    commits = commits_with(new)
    for name, sources in there.items():
        if name in known and known[name].sources == sources:
            commit = known[name].commit
        else:
            commit = commits.get(sources) or "<" + git("log", "-1", "--format=%H", "--", name)
        yield name, Made(sources, commit, is_within(commit, changed_after))


# ---- what is written ----


def toy() -> str:
    """Return the SHA-256 of the whole numbers in the tables of a run of `toy`."""
    import numpy as np
    from msgu import load, run

    found = hashlib.sha256()
    for name, columns in sorted(run(load("toy")).tables.items()):
        for column, values in sorted(columns.items()):
            if np.issubdtype(values.dtype, np.integer):
                found.update(f"{name}.{column} {len(values)}\n".encode() + values.astype("<i8").tobytes())
    return found.hexdigest()


def write_table(changed_after: str, numbers: str, made: dict[str, Made]) -> None:
    """Write `made.toml`."""
    rows = [
        f'"{name}" = {{ sources = "{m.sources}", commit = "{m.commit}", older = {str(m.older).lower()} }}'
        for name, m in made.items()
    ]
    text = [HEAD, f'changed_after = "{changed_after}"', f'toy = "{numbers}"', "", "[made]", *rows, ""]
    TABLE.write_text("\n".join(text), encoding="utf-8")


def write_readme(readme: Path, said: list[str]) -> None:
    """Put the lines that say what made an experiment's figures at the end of its README."""
    kept = [row for row in readme.read_text(encoding="utf-8").rstrip("\n").split("\n") if not is_said(row)]
    readme.write_text("\n".join(kept).rstrip("\n") + "\n\n" + "\n".join(said) + "\n", encoding="utf-8")


def is_said(row: str) -> bool:
    """Return whether a line of a README is one that `line` wrote."""
    return row.startswith(("Made at `", "Made before `")) or "`: made at `" in row or "`: made before `" in row


def by_experiment(made: dict[str, Made]) -> dict[str, dict[str, Made]]:
    """Return what made the outputs of each experiment, by its folder."""
    found: dict[str, dict[str, Made]] = {}
    for name, one in made.items():
        found.setdefault(name.split("/")[0], {})[name] = one
    return found


def main() -> None:
    """Look up, write, and say what is older than the program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--changed-after", help="the last commit with other results")
    asked = parser.parse_args().changed_after
    changed_after, numbers, known = table()
    if asked:
        changed_after, numbers = git("rev-parse", "--verify", f"{asked}^{{commit}}"), toy()
    made = dict(looked_up(changed_after, known))
    write_table(changed_after, numbers, made)
    for folder, rows in by_experiment(made).items():
        write_readme(HERE / folder / "README.md", lines(rows))
        print(folder, *lines(rows), sep="\n  ")


if __name__ == "__main__":
    main()
