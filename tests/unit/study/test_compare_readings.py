"""The comparison under other readings of what is known: run, kept, shown, and said first where it changes the answer."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest
from msgu.cli import main
from msgu.errors import InputError, StorageError
from msgu.report.base.style import NARROW
from msgu.report.comparison.answer import answer
from msgu.report.comparison.effects import effects
from msgu.report.comparison.flips import first_words, readings_told
from msgu.report.comparison.page import PAGE, page
from msgu.results.files import read_sealed
from msgu.study.batch.manifest import read_manifest
from msgu.study.batch.shards import Shard
from msgu.study.comparison import plan_file
from msgu.study.comparison.found import Comparison, _rows, compare, night_folder
from msgu.study.comparison.plan import Plan, from_study, from_words
from msgu.study.comparison.robustness import standings
from msgu.study.comparison.run import collect_comparison, run_nights

from tests import TOY
from tests.made_nights import ENGINE

STUDY = """\
msgu: 1
id: toy-readings
question: {fr: "Taxis ou carte ?", en: "Taxis or map?"}
scenario: toy.yaml
reps: 2
alternatives:
  taxis: {title: {fr: plus de taxis, en: more taxis}, sets: ["going_home.taxi=0.6"]}
  sceptics: {sets: ["topics.rumeur-port.claim.credulity=0.3"]}
readings:
  per-minute: {policies: [per-minute.yaml]}
  short-walks: {title: {fr: "<b>", en: "<b>"}, sets: ["going_home.accept_walk=20 min"], reps: 1}
metrics:
  stranded: {title: {fr: bloqués, en: stranded}, metric: stranded_peak(), better: less}
  misinformed: {title: {fr: trompés, en: misled}, metric: misinformed_hours(topic=rumeur-port), better: less}
"""
OVERLAY = """\
policy:
  id: calibration-per-minute
  title: {fr: pointe par minute, en: peak by the minute}
  why: {fr: autre lecture, en: another reading}
  source: made for the test
  cost: {fr: aucun, en: none}
apply:
  evidence: {peak_reading: hashtag_per_minute}
  attention: {activity_sigma: 1.5}
"""


def written(folder: Path, text: str = STUDY) -> str:
    shutil.copy(TOY, folder / "toy.yaml")
    (folder / "per-minute.yaml").write_text(OVERLAY, encoding="utf-8")
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return str(folder / "study.yaml")


def test_a_reading_lies_under_the_baseline_and_every_alternative(tmp_path: Path) -> None:
    plan = from_study(written(tmp_path))
    other, few = plan.under()
    assert [c.id for c in other.choices] == [c.id for c in plan.choices] == ["baseline", "taxis", "sceptics"]
    assert [c.en for c in other.choices] == [c.en for c in plan.choices]
    assert {c.scenario.evidence.peak_reading for c in other.choices} == {"hashtag_per_minute"}
    assert plan.baseline.scenario.evidence.peak_reading == "hashtag_per_second"
    assert len({c.sha256 for c in (*plan.choices, *other.choices, *few.choices)}) == 9
    assert (plan.readings[0].en, few.reps, other.reps) == ("peak by the minute", 1, 2)
    assert {c.key for c in plan.readings[0].changes} == {"attention.activity_sigma", "evidence.peak_reading"}


@pytest.mark.long
def test_words_tell_readings_too() -> None:
    plan = from_words(
        str(TOY.with_name("paris-2015-11-13.yaml")),
        ["safety-check-2200"],
        3,
        readings=["evidence.peak_reading=event_per_second"],
    )
    (reading,) = plan.readings
    assert reading.id == "event-per-second" and reading.reps == 3
    assert reading.choices[1].scenario.evidence.peak_reading == "event_per_second"
    assert "--reading=evidence.peak_reading=event_per_second" in plan.words


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('["going_home.accept_walk=20 min"]', '["seed=9"]'), "another seed"),
        (('["going_home.accept_walk=20 min"]', "[]"), "nothing that is read otherwise"),
        (('["going_home.accept_walk=20 min"]', '["going_home.taxis=0.2"]'), "going_home.taxis"),
    ],
)
def test_a_reading_that_cannot_be_is_refused(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    with pytest.raises(InputError, match=told):
        from_study(written(tmp_path, STUDY.replace(*change)))


@pytest.mark.long
def test_readings_run_after_the_study_and_a_stop_between_leaves_a_comparison_that_says_so(tmp_path: Path) -> None:
    plan, out = from_study(written(tmp_path)), tmp_path / "out"
    plan_file.keep(plan, out)
    seen: list[str] = []

    def tell(name: str, event: object) -> None:
        if getattr(event, "state", "") == "done":
            seen.append(name)
            if len(seen) == 8:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_nights(plan, out, progress=tell, engine=ENGINE)
    assert seen == ["baseline", "taxis", "sceptics"] * 2 + ["per-minute/baseline", "per-minute/taxis"]
    stopped = compare(plan, out)
    assert list(stopped.under) == ["per-minute"]
    assert "not run yet" in page(stopped, "en")
    run_nights(plan, out, engine=ENGINE)
    whole = compare(plan_file.read(out), out)
    assert [other.nights for other in whole.under.values()] == [2, 1]
    assert "&lt;b&gt;" in page(whole, "fr") and "<bdi><b>" not in page(whole, "fr")


@pytest.mark.long
def test_shards_hold_the_nights_of_every_reading(tmp_path: Path) -> None:
    plan, out = from_study(written(tmp_path)), tmp_path / "out"
    for i in (1, 2):
        run_nights(plan, out, engine=ENGINE, shard=Shard(i, 2))
    collect_comparison(plan, out)
    run_nights(plan, tmp_path / "whole", engine=ENGINE)
    one, two = (compare(plan, folder) for folder in (out, tmp_path / "whole"))
    assert all(
        (one.under[n].values[c][o] == v).all()
        for n, b in two.under.items()
        for c, d in b.values.items()
        for o, v in d.items()
    )


@pytest.mark.long
def test_nights_of_another_version_under_a_reading_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, out = from_study(written(tmp_path)), tmp_path / "out"
    run_nights(plan, out, engine=ENGINE)
    for one in plan.under()[:1]:
        for choice in one.choices:
            shutil.rmtree(night_folder(out, choice))
    monkeypatch.setattr("msgu.results.record.source_digest", lambda: "other")
    for module in ("plan", "folder", "claim"):
        monkeypatch.setattr(f"msgu.study.batch.{module}.source_digest", lambda: "other")
    run_nights(plan.under()[0], out, engine=ENGINE)
    with pytest.raises(StorageError, match="another source_sha256"):
        compare(plan, out)


def made(plan: Plan, values: dict[str, list[float]], under: dict[str, Comparison]) -> Comparison:
    """A comparison of ten nights in which each alternative moves `stranded` by so much, and nothing else."""
    luck = np.random.default_rng(1).normal(0.0, 1.0, 10)
    base = np.arange(100.0, 110.0)
    columns = {
        choice.id: {
            "stranded": base + np.array(values[choice.id]) + (0.1 * luck if any(values[choice.id]) else 0),
            "misinformed": base,
        }
        for choice in plan.choices
    }
    counts = {choice.id: 10 for choice in plan.choices}
    identity = {"source_sha256": "s", "seed": "1", "scale": "1"}
    failed: dict[str, tuple[int, ...]] = {choice.id: () for choice in plan.choices}
    return Comparison(plan, columns, 10, _rows(plan, columns, counts), None, failed, identity, {}, np.zeros(0), {}, under)


ONE = [-10.0] * 10
CASES = {
    "same": ([-10.0] * 10, [-5.0] * 10),
    "another": ([-5.0] * 10, [-8.0] * 10),
    "not told apart": ([-5.0] * 10, [-8.0] * 5 + [-4.5] * 5),
    "helps no more": ([0.0] * 10, [0.0] * 10),
}


@pytest.mark.long
@pytest.mark.parametrize("case", list(CASES))
def test_a_ranking_flips_only_where_the_nights_tell_the_two_apart(tmp_path: Path, case: str) -> None:
    plan = from_study(written(tmp_path))
    taxis, sceptics = CASES[case]
    zero = [0.0] * 10
    other = made(plan.under()[0], {"baseline": zero, "taxis": taxis, "sceptics": sceptics}, {})
    found = made(plan, {"baseline": zero, "taxis": ONE, "sceptics": [-3.0] * 10}, {"per-minute": other})
    stand = next(one for one in standings(found) if one.outcome == "stranded")
    assert (stand.here, stand.standing, stand.flips) == ("taxis", case, case == "another")
    first = first_words(found, "en")
    named = case in ("another", "helps no more")
    assert ("depends on the reading" in first and "peak by the minute" in first) == named
    assert ("no longer shown" in first) == (case == "helps no more")
    told = readings_told(found, "en")
    assert told is not None and told.rows[0][1][1].flips == named


@pytest.mark.parametrize(
    ("sceptics", "said"), [(0.0, "“more taxis” helps: "), (-3.0, "2 measures help, first “more taxis”: ")]
)
def test_the_answer_counts_the_measures_that_help(tmp_path: Path, sceptics: float, said: str) -> None:
    plan = from_study(written(tmp_path))
    found = made(plan, {"baseline": [0.0] * 10, "taxis": ONE, "sceptics": [sceptics] * 10}, {})
    assert said in answer(found, "en")[0]


def test_a_measure_that_helps_here_and_harms_there_is_told(tmp_path: Path) -> None:
    plan, zero = from_study(written(tmp_path)), [0.0] * 10
    other = made(plan.under()[0], {"baseline": zero, "taxis": [5.0] * 10, "sceptics": zero}, {})
    found = made(plan, {"baseline": zero, "taxis": ONE, "sceptics": zero}, {"per-minute": other})
    assert "changes its sign" in first_words(found, "en")
    assert "change de signe" in first_words(found, "fr")


@pytest.mark.long
def test_the_command_writes_readings_as_facts_table_and_page(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["compare", written(tmp_path), "--reps", "2", "--out", str(out)]) == 0
    facts = read_sealed(out / "compare.json")["readings"]
    assert [(one["id"], one["nights"], one["peak_reading"]) for one in facts] == [
        ("per-minute", 2, "hashtag_per_minute"), ("short-walks", 1, "hashtag_per_second"),
    ]  # fmt: skip
    with (out / "readings.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * 2 * 2 and {row["reading"] for row in rows} == {"per-minute", "short-walks"}
    text = (out / PAGE).read_text(encoding="utf-8")
    assert "peak by the minute" in text and "attention.activity_sigma" in text
    before = text
    (out / PAGE).unlink()
    assert main(["report", str(out)]) == 0
    assert (out / PAGE).read_text(encoding="utf-8") == before
    assert read_manifest(night_folder(out, plan_file.read(out).under()[0].baseline))["state"] == "complete"


def test_a_name_of_twenty_letters_is_written_out_in_the_narrow_picture_and_one_of_more_is_cut(tmp_path: Path) -> None:
    short, long = "a" * 20, "b" * 21
    plan = from_study(written(tmp_path, STUDY.replace("taxis:", f"{short}:").replace("sceptics:", f"{long}:")))
    drawn = effects(made(plan, {"baseline": [0.0] * 10, short: ONE, long: [-3.0] * 10}, {}), NARROW, "en")
    assert drawn is not None
    labels = {label.get_text() for axes in drawn.figure.get_axes() for label in axes.get_yticklabels()}
    assert {short, "b" * 19 + "…"} <= labels
