"""Workloads that no edit of `scenarios/` moves: the files of `benchmarks/workloads`, and what is run of them.

`paris.yaml` is the Paris night until 13:35 with its places and evidence in one file, `paris-posts.yaml` and
`paris-phones.yaml` are its posts and its telephones alone, `eight-measures.yaml` is experiment 17.
`town.yaml` is a small crowded town, of which `phones.toml` lists one run for each option of the telephones.
A comparison runs the files of the working tree in both trees, so that they differ in their sources alone.
"""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import NamedTuple

WORKLOADS = Path(__file__).with_name("workloads")
PARIS, POSTS, PHONES, STUDY, SMALL_STUDY, TOWN = (
    WORKLOADS / f"{name}.yaml"
    for name in ("paris", "paris-posts", "paris-phones", "eight-measures", "eight-measures-small", "town")
)
OWN = "paris-2015-11-13.yaml"
"""Paris in the `scenarios` of a tree of its own."""
POLICIES = tuple(sorted(path.stem for path in (WORKLOADS / "policies").glob("*.yaml")))
SCALES = ("1/500", "1/100", "1/20")
PARTS = ("phones", "policies", "scales")


class Case(NamedTuple):
    """One run of the command: its title, the part that it belongs to, a scenario and more words.

    scenario : path below the `scenarios` of each tree, or an absolute one: both trees then run the same file.
    """

    title: str
    part: str
    scenario: str
    words: tuple[str, ...] = ()
    scored: bool = False

    def folder(self) -> str:
        """Return the name of the folder that keeps the results, which says what a frozen file held."""
        path = Path(self.scenario)
        held = (hashlib.sha256(path.read_bytes()).hexdigest()[:8],) if path.is_absolute() else ()
        name = "-".join((self.title, *held, *self.words)).replace("/", "_").replace(" ", "-")
        return name if len(name) <= 120 else f"{name[:100]}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def cases() -> list[Case]:
    """Return every run of a frozen file."""
    options = tomllib.loads((WORKLOADS / "phones.toml").read_text(encoding="utf-8"))
    small = ("--scale", SCALES[0])
    together = tuple(word for name in POLICIES for word in ("--policy", name))
    return [
        *(Case(title, "phones", str(TOWN), _sets(given)) for title, given in options.items()),
        Case("no worry", "phones", str(WORKLOADS / "town-no-worry.yaml")),
        Case("telephones of Paris alone", "phones", str(PHONES), small),
        Case("no policy", "policies", str(PARIS), small),
        *(Case(name, "policies", str(PARIS), (*small, "--policy", name)) for name in POLICIES),
        Case("ten policies", "policies", str(PARIS), (*small, *together)),
        Case("ten policies, with the event log", "policies", str(PARIS), (*small, *together, *_sets(["record.event_log=true"]))),
        *(Case(f"Paris at {scale}", "scales", str(PARIS), ("--scale", scale)) for scale in SCALES),
    ]  # fmt: skip


def _sets(given: list[str]) -> tuple[str, ...]:
    return tuple(word for text in given for word in ("--set", text))
