"""What alternatives share with the baseline is run once, and every byte is that of nights run from the start."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from msgu.api import plan_comparison, save_plan
from msgu.engine.forks import people
from msgu.engine.forks.people import Finished, simulate_others
from msgu.results import Results
from msgu.scenario.differences import differ_from
from msgu.scenario.load import load
from msgu.study.batch import job as job_of_a_night
from msgu.study.batch import shared_night
from msgu.study.batch.dask_cluster import together
from msgu.study.batch.job import Fork, Job, job_from
from msgu.study.comparison import run as nights
from msgu.study.comparison.plan import Plan
from msgu.world.build import World

from tests import SCENARIOS, TOY

ALTERNATIVES = {
    "check": "safety_check.at=23:10",
    "dial": "measures.map-poster.at=22:40",
    "line": "closures.line.until=22:50",
    "map": "shelter.map_at=21:50",
    "desk": "desks.hotline.shifts.first.at=21:50",
    "people": "worry.message_share=0.9",
}
STUDY = """\
msgu: 1
id: shared
question: {fr: "Que faire ?", en: "What to do?"}
scenario: toy.yaml
reps: 2
alternatives:
"""
NO_RESULT = {"run.log", ".lock"}


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    (tmp_path / "toy.yaml").write_bytes((SCENARIOS / "toy.yaml").read_bytes())
    rows = "".join(f'  {name}: {{sets: ["{text}"]}}\n' for name, text in ALTERNATIVES.items())
    (tmp_path / "study.yaml").write_text(STUDY + rows, encoding="utf-8")
    return plan_comparison(str(tmp_path / "study.yaml"))


def files(folder: Path) -> dict[str, bytes]:
    found = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in NO_RESULT]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def made(plan: Plan, folder: Path, **how: int) -> tuple[dict[str, bytes], list[dict[str, object]]]:
    """Files of the comparison, and the lines of its log about nights."""
    save_plan(plan, folder)
    nights.run_nights(plan, folder, **how)
    lines = [json.loads(line) for line in (folder / "run.log").read_text(encoding="utf-8").splitlines()]
    return files(folder), [line for line in lines if line["event"] == "done"]


def test_a_comparison_that_shares_nights_has_every_byte_of_one_that_does_not(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_night, "WORTH", 0.0)
    found, log = made(plan, tmp_path / "shared")
    shared = {line["alternative"] for line in log if line.get("shared_s")}
    assert {"check", "dial", "line"} <= shared and "people" not in shared and "baseline" not in shared
    apart = {line["alternative"]: line["apart"] for line in log if "apart" in line}
    assert "desk" in apart
    monkeypatch.setattr(nights, "differ_from", lambda *_: 0.0)
    alone, log = made(plan, tmp_path / "alone")
    assert found == alone and not any(line.get("shared_s") for line in log)


def test_an_alternative_shares_people_or_everything_else_where_it_differs_in_one_of_them_alone(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (tmp_path / "study.yaml").read_text(encoding="utf-8")
    text += '  taxi: {sets: ["going_home.taxi=0.9"]}\nsets: ["record.event_log=false", "shelter.volunteers=0"]\n'
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    whole, calls = plan_comparison(str(tmp_path / "study.yaml")), list[int]()

    def noted(night: Finished, world: World, replication: int, progress: Callable[[float], None] | None = None) -> Results:
        calls.append(replication)
        return simulate_others(night, world, replication, progress)

    monkeypatch.setattr(people, "simulate_others", noted)
    monkeypatch.setattr(job_of_a_night, "MUCH", float("inf"))  # no checkpoint saves so much
    found, log = made(whole, tmp_path / "shared")
    horizon = plan.baseline.scenario.horizon
    shared = {line["alternative"] for line in log if line.get("shared_s") == horizon}
    assert shared == {"line", "map", "dial", "taxi"}
    assert sorted(calls) == [0, 0, 0, 1, 1, 1]  # of check, desk and people, in each night
    monkeypatch.setattr(nights, "differ_from", lambda *_: 0.0)
    monkeypatch.setattr(nights, "parted", lambda *_: "")
    alone, log = made(whole, tmp_path / "alone")
    assert found == alone and not any(line.get("shared_s") for line in log)


@pytest.mark.long
def test_workers_share_nights_too(plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = made(plan, tmp_path / "two", workers=2)
    monkeypatch.setattr(nights, "differ_from", lambda *_: 0.0)
    assert found == made(plan, tmp_path / "one")[0]


def test_a_comparison_whose_baseline_is_there_runs_the_rest_from_the_start(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_night, "WORTH", 0.0)
    found, _ = made(plan, tmp_path / "all")
    for path in (tmp_path / "all").rglob("record.json"):
        if plan.baseline.sha256[:16] not in str(path):
            path.write_bytes(b"lost")
    again, log = made(plan, tmp_path / "all")
    assert again == found and not any(line.get("shared_s") for line in log[len(log) // 2 :])


def test_no_more_memory_is_kept_than_is_allowed(plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_night, "WORTH", 0.0)
    monkeypatch.setattr(shared_night, "MOST_BYTES", 0)
    _, log = made(plan, tmp_path / "none")
    assert not any(line.get("shared_s") for line in log)


def job(folder: str, sha256: str, night: int, fork: Fork) -> Job:
    return Job(folder, sha256, 9, night, ("a:b", "c:d"), fork)


def test_a_night_and_those_that_share_it_go_to_one_worker_unless_others_would_be_idle() -> None:
    beside = Fork(base="base", at=1.0, shared="0")
    jobs = [
        job("base", "0", k, Fork(forks=(1.0,))) if i == 0 else job(str(i), str(i), k, beside)
        for k in (0, 1)
        for i in range(3)
    ]
    assert [len(some) for some in together(jobs, 2)] == [3, 3]
    assert [len(some) for some in together(jobs, 3)] == [1] * 6
    assert [len(some) for some in together([jobs[4], *jobs[:3]], 1)] == [1, 3]
    apart = job("x", "x", 0, Fork())
    assert [len(some) for some in together([jobs[0], apart, *jobs[1:3]], 1)] == [3, 1]


def test_a_scheduler_that_knows_none_of_our_types_hands_a_job_on_as_it_was() -> None:
    given = job("base", "0", 3, Fork(every=60.0, forks=(1.0, 2.0), parted="people"))
    assert job_from(given.words()) == given


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("safety_check.at=23:10", 2.5), ("measures.map-poster.factor=2", 2.5), ("measures.map-poster.until=23:00", 3.0),
        ("worry.message_share=0.9", 0.0), ("title.en=Another", float("inf")),
    ],
)  # fmt: skip
def test_two_scenarios_may_differ_from_the_first_date_of_what_differs(text: str, hours: float) -> None:
    assert differ_from(load(TOY), load(TOY, (), [text])) <= hours * 3600
    assert (differ_from(load(TOY), load(TOY, (), [text])) > 0) == (hours > 0)
