"""Comparisons: common draws, exact resumption, one identity, and a page that anybody may open."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from msgu.cli import main
from msgu.errors import InputError, StorageError
from msgu.report.comparison.page import PAGE, page, write_page
from msgu.report.comparison.tables import write_tables
from msgu.results.files import read_sealed
from msgu.scenario.load import digest
from msgu.study.batch.folder import record_folder
from msgu.study.batch.job import ProgressEvent
from msgu.study.batch.manifest import read_manifest
from msgu.study.comparison import plan_file
from msgu.study.comparison.draw_shifts import shifts
from msgu.study.comparison.facts import as_facts, write_facts
from msgu.study.comparison.found import Comparison, compare, night_folder
from msgu.study.comparison.plan import Plan, from_study, from_words
from msgu.study.comparison.run import run_nights

from tests import ROOT, SCENARIOS, TOY
from tests.made_nights import ENGINE

STUDY = """\
msgu: 1
id: toy-study
question: {fr: "Que faire ?", en: "What to do?"}
scenario: toy.yaml
reps: 10
alternatives:
  inert: {sets: ["measures.zz={dial: taxi, factor: 1, at: '22:00', until: '22:30'}"]}
  early-denial: {sets: ["posts.denial.at=21:35"]}
  sceptics: {sets: ["topics.rumeur-port.claim.credulity=0.3"]}
  taxis: {sets: ["going_home.taxi=0.6"]}
  operators: {sets: ["desks.hotline.shifts.first.operators=8"]}
  texting: {sets: ["measures.fewer-calls.factor=0.4"]}
"""


def written(folder: Path, text: str = STUDY) -> str:
    shutil.copy(TOY, folder / "toy.yaml")
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return str(folder / "study.yaml")


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Comparison]:
    """Ten real toy nights of six alternatives."""
    folder = tmp_path_factory.mktemp("toy")
    plan = from_study(written(folder))
    run_nights(plan, folder / "out")
    return folder / "out", compare(plan, folder / "out")


@pytest.fixture
def made(tmp_path: Path) -> Plan:
    """A study whose nights are made, not simulated."""
    plan = from_study(written(tmp_path, STUDY.replace("reps: 10", "reps: 3")))
    return replace(plan, choices=plan.choices[:3])


# ---- common draws ----


@pytest.mark.long
def test_a_policy_that_changes_nothing_gives_the_same_bits_in_every_night(toy: tuple[Path, Comparison]) -> None:
    out, found = toy
    prints = [read_manifest(night_folder(out, choice))["fingerprint"] for choice in found.plan.choices[:2]]
    assert found.plan.choices[1].id == "inert"
    assert found.plan.choices[0].sha256 != found.plan.choices[1].sha256
    assert prints[0] == prints[1]
    assert {row.verdict for row in found.rows if row.alternative == "inert"} == {"identical"}


@pytest.mark.long
@pytest.mark.parametrize(
    ("alternative", "outcome"),
    [("early-denial", "misinformed"), ("sceptics", "misinformed"), ("texting", "blocked"), ("texting", "reassured")],
)
def test_pairs_halve_the_variance_of_differences_at_least(
    toy: tuple[Path, Comparison], alternative: str, outcome: str
) -> None:
    assert toy[1].row(alternative, outcome).variance <= 0.5


@pytest.mark.long
def test_what_a_policy_does_not_touch_stays_as_it_was(toy: tuple[Path, Comparison]) -> None:
    assert toy[1].row("taxis", "misinformed").verdict == "identical"
    assert toy[1].row("taxis", "stranded").verdict == "better"


@pytest.mark.long
def test_each_outcome_is_a_family_of_its_own_unless_the_study_says_otherwise(toy: tuple[Path, Comparison]) -> None:
    assert {row.tests for row in toy[1].rows} == {6}
    assert all(row.p >= row.effect.p for row in toy[1].rows)


@pytest.fixture(scope="module")
def bank(full: bool) -> dict[str, np.ndarray]:
    """Values of every outcome about people in simulated toy nights: 200 at the full figures, 40 otherwise."""
    from msgu.api import run
    from msgu.measure.metrics import values
    from msgu.measure.view import Night
    from msgu.scenario.load import load
    from msgu.study.comparison.outcomes import people_outcomes

    scenario = load(TOY)
    outcomes = people_outcomes(scenario)
    nights = [Night(scenario, run(scenario, k)) for k in range(200 if full else 40)]
    return {o.id: np.array([values.metric_value(o.text, night, o.window) for night in nights]) for o in outcomes}


@pytest.mark.long
@pytest.mark.parametrize("outcome", ["warned", "misinformed", "stranded", "sheltered", "blocked", "reassured"])
def test_equal_nights_of_the_toy_town_are_told_apart_in_four_to_six_of_a_hundred_trials(
    bank: dict[str, np.ndarray], outcome: str, full: bool
) -> None:
    from msgu.study.comparison.paired import signed_rank

    g = np.random.default_rng(2)
    trials, slack = (5000, 0.0) if full else (1500, 0.011)
    draws = g.choice(bank[outcome], (trials, 20)) - g.choice(bank[outcome], (trials, 20))
    rate = float(np.mean([signed_rank(row) <= 0.05 for row in draws]))
    print(f"type-I error, toy nights, {outcome}, 20 nights, {trials} trials: {rate:.4f}")
    assert 0.04 - slack <= rate <= 0.06 + slack


@pytest.mark.long
def test_eight_policies_that_change_nothing_alarm_in_at_most_six_of_a_hundred_studies_of_toy_nights(
    bank: dict[str, np.ndarray], full: bool
) -> None:
    from msgu.study.comparison.paired import holm, signed_rank

    g = np.random.default_rng(3)
    there, trials, alarms = bank["stranded"], 2500 if full else 500, 0
    for _ in range(trials):
        base = g.choice(there, 12)
        alarms += min(holm({str(k): signed_rank(g.choice(there, 12) - base) for k in range(8)}).values()) <= 0.05
    print(f"family-wise error of eight equal policies, toy nights, 12 nights, {trials} trials: {alarms / trials:.4f}")
    assert alarms / trials <= (0.06 if full else 0.08)


@pytest.mark.long
@pytest.mark.parametrize("outcome", ["misinformed", "stranded", "blocked"])
def test_intervals_of_medians_cover_in_banks_of_toy_nights(bank: dict[str, np.ndarray], outcome: str, full: bool) -> None:
    from msgu.study.comparison.paired import median_interval

    there = bank[outcome]
    pairs = (there[:, None] - there[None, :])[~np.eye(len(there), dtype=bool)]
    truth, g = float(np.median(pairs)), np.random.default_rng(4)
    told = [median_interval(row) for row in g.choice(pairs, (5000 if full else 1500, 10))]
    covered = float(np.mean([i.low <= truth <= i.high for i in told]))
    print(
        f"coverage of the median's interval, toy nights, {outcome}, 10 nights: {covered:.4f}, told at least: {told[0].at_least}"
    )
    assert covered >= (0.93 if full else 0.92)


@pytest.mark.long
def test_policies_joined_in_any_order_are_one_alternative(tmp_path: Path) -> None:
    paris = str(SCENARIOS / "paris-2015-11-13.yaml")
    one = from_words(paris, ["curated-map+visov-moderation"], 1).alternatives[0]
    two = from_words(paris, ["visov-moderation+curated-map"], 1).alternatives[0]
    assert one.sha256 == two.sha256 == digest(one.scenario)


# ---- running ----


def test_a_topic_that_sorts_before_others_is_told_and_one_that_sorts_last_is_not(tmp_path: Path) -> None:
    added = """
  first: {sets: ["topics.aaa={title: a, infectiousness: 0.01, delay: {law: exponential, mean: 1 h}, source: t}"]}
  last: {sets: ["topics.zzz={title: z, infectiousness: 0.01, delay: {law: exponential, mean: 1 h}, source: t}"]}
"""
    plan = from_study(written(tmp_path, STUDY.rstrip() + added))
    assert [tuple(shift) for shift in shifts(plan)] == [("first", "topics", "aaa")]


@pytest.mark.long
def test_nights_are_run_in_turn_so_that_a_stop_leaves_a_balanced_comparison(made: Plan, tmp_path: Path) -> None:
    seen: list[tuple[str, int]] = []

    def tell(name: str, event: ProgressEvent) -> None:
        if event.state == "done":
            seen.append((name, event.replication))
            if len(seen) == 7:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_nights(made, tmp_path / "out", progress=tell, engine=ENGINE)
    assert [night for _, night in seen] == [0] * 3 + [1] * 3 + [2]
    stopped = compare(made, tmp_path / "out")
    assert {row.effect.nights + row.effect.missing for row in stopped.rows} <= {2, 3}

    seen.clear()
    run_nights(made, tmp_path / "out", progress=lambda name, e: seen.append((name, e.replication)) if e.state == "done" else None,
               engine=ENGINE)  # fmt: skip
    assert len(seen) == 3 * 3 - 7
    whole = tmp_path / "whole"
    run_nights(made, whole, engine=ENGINE)
    assert as_facts(compare(made, tmp_path / "out")) == as_facts(compare(made, whole))


CHILD = """
import sys
sys.path.insert(0, sys.argv[1])
from msgu.study.comparison.run import run_nights
from msgu.study.comparison.plan import from_study
from tests.made_nights import ENGINE
plan = from_study(sys.argv[2])
run_nights(plan, sys.argv[3], progress=lambda n, e: print(n, e.state, e.replication, flush=True), engine=ENGINE)
"""


@pytest.mark.long
def test_a_comparison_killed_three_times_ends_with_the_same_facts(tmp_path: Path) -> None:
    """SIGKILL in the middle of a night, each time further on; then once without disturbance."""
    path = written(tmp_path, STUDY.replace("reps: 10", "reps: 2"))
    words = [sys.executable, "-c", CHILD, str(ROOT), path, str(tmp_path / "killed")]
    for after in (1, 3, 5):
        child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=os.environ | {"MADE_NIGHTS_SLEEP": "0.5"})
        assert child.stdout is not None
        done = 0
        while done < after and (line := child.stdout.readline()):
            done += " done " in line
        child.stdout.readline()
        child.kill()
        child.wait()
        child.stdout.close()
    plan = from_study(path)
    run_nights(plan, tmp_path / "killed", engine=ENGINE)
    run_nights(plan, tmp_path / "whole", engine=ENGINE)
    assert as_facts(compare(plan, tmp_path / "killed")) == as_facts(compare(plan, tmp_path / "whole"))


def test_a_study_that_grows_runs_only_what_is_missing(made: Plan, tmp_path: Path) -> None:
    ran: list[tuple[str, int]] = []

    def tell(name: str, event: ProgressEvent) -> None:
        if event.state == "done":
            ran.append((name, event.replication))

    short = replace(made, choices=made.choices[:2], reps=2)
    run_nights(short, tmp_path / "out", engine=ENGINE)
    run_nights(made, tmp_path / "out", progress=tell, engine=ENGINE)
    assert len(ran) == 3 * 3 - 2 * 2
    ran.clear()
    run_nights(short, tmp_path / "out", progress=tell, engine=ENGINE)
    assert ran == []


@pytest.mark.full
def test_two_workers_give_the_same_comparison(made: Plan, tmp_path: Path) -> None:
    plan = replace(made, choices=made.choices[:2], reps=2)
    run_nights(plan, tmp_path / "one")
    run_nights(plan, tmp_path / "two", workers=2)
    assert as_facts(compare(plan, tmp_path / "one")) == as_facts(compare(plan, tmp_path / "two"))


def test_a_failing_night_is_left_out_and_told(made: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MADE_NIGHTS_FAIL", "1")
    run_nights(made, tmp_path / "out", engine=ENGINE)
    found = compare(made, tmp_path / "out")
    assert found.nights == 3
    assert all(which == (1,) for which in found.failed.values())
    assert {row.effect.missing for row in found.rows} >= {1}


@pytest.mark.long
@pytest.mark.parametrize("what", ["seed", "source"])
def test_nights_of_another_seed_or_version_are_refused_by_name(
    made: Plan, tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_nights(made, tmp_path / "out", engine=ENGINE)
    target = record_folder(night_folder(tmp_path / "out", made.alternatives[0]), 1)
    if what == "seed":
        other = from_study(str(tmp_path / "study.yaml"))
        from msgu.study.batch.run import run_batch

        run_batch(other.baseline.scenario, tmp_path / "else", seed=99, reps=2, engine=ENGINE)
        source = record_folder(tmp_path / "else", 1)
        shutil.rmtree(target)
        shutil.copytree(source, target)
    else:
        monkeypatch.setattr("msgu.results.record.source_digest", lambda: "f" * 64)
        from msgu.results import load, save

        results = load(target)
        save(results, target, made.alternatives[0].sha256)
    with pytest.raises(StorageError, match=rf"replications/0001: another (scenario|{what})"):
        compare(made, tmp_path / "out")


def test_a_damaged_night_is_named(made: Plan, tmp_path: Path) -> None:
    run_nights(made, tmp_path / "out", engine=ENGINE)
    path = record_folder(night_folder(tmp_path / "out", made.baseline), 2) / "posts.parquet"
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(StorageError, match=r"0002/posts\.parquet"):
        compare(made, tmp_path / "out")


@pytest.mark.long
def test_selection_of_the_best_ends_before_the_nights_do(tmp_path: Path) -> None:
    text = (
        STUDY.replace("reps: 10", "reps: 40\nselect: {metric: stranded, first: 5, guarantee: 0.9}")
        + """\
metrics:
  stranded: {title: {fr: bloqués, en: stranded}, metric: stranded_peak(), better: less, matters: 40}
"""
    )
    for name in ("inert", "early-denial", "sceptics", "operators", "texting"):
        text = re.sub(rf"  {name}: .*\n", "", text)
    plan = from_study(written(tmp_path, text))
    run_nights(plan, tmp_path / "out")
    found = compare(plan, tmp_path / "out")
    assert found.selected is not None
    assert found.selected.best == "taxis"
    assert found.nights < 40


# ---- what is wrong with a study ----


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (("reps: 10", "reps: 0"), r"study\.yaml:5:7: reps"),
        (("reps: 10", "raps: 10"), r"study\.yaml:5:1: raps"),
        (
            ("reps: 10", "metrics: {m: {title: {fr: x, en: x}, metric: 'housd()', better: more}}"),
            r"study\.yaml:5:.*housd.*housed",
        ),
        (
            (
                "reps: 10",
                "metrics: {m: {title: {fr: x, en: x}, metric: 'housed()', better: more, window: ['20:00', '25:00']}}",
            ),
            r"study\.yaml:5:.*window\.1.*25:00",
        ),
        (("reps: 10", "select: {metric: nothing}"), r"study\.yaml:5:.*select\.metric.*nothing"),
        (("posts.denial.at=21:35", "posts.denail.at=21:35"), r"--set"),
        (('{sets: ["going_home.taxi=0.6"]}', "{policies: [no-such]}"), r"no-such"),
        (("scenario: toy.yaml", "scenario: nowhere.yaml"), r"nowhere\.yaml"),
    ],
)
def test_every_mistake_of_a_study_is_told_with_its_place(tmp_path: Path, change: tuple[str, str], where: str) -> None:
    path = written(tmp_path, STUDY.replace(*change))
    with pytest.raises(InputError, match=where):
        from_study(path)


# ---- what is written ----


class Links(HTMLParser):
    """Everything that a browser would load, run or follow out of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.out: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed", "link", "base", "form"):
            self.out.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "xlink:href", "action") and not (value or "").startswith("#"):
                self.out.append(f"{tag} {name}={value}")
            if name.startswith("on"):
                self.out.append(f"{tag} {name}")


HOSTILE = "=HYPERLINK(1)<script>alert(1)</script>\\u202e@x"


@pytest.fixture
def hostile(toy: tuple[Path, Comparison], tmp_path: Path) -> Comparison:
    """The toy comparison with names that try to get out."""
    found = toy[1]
    plan = found.plan
    choices = tuple(replace(c, fr=json.loads(f'"{HOSTILE}"'), en=json.loads(f'"{HOSTILE}"')) for c in plan.choices)
    outcomes = tuple(replace(o, fr=json.loads(f'"{HOSTILE}"'), en=json.loads(f'"{HOSTILE}"')) for o in plan.outcomes)
    return replace(found, plan=replace(plan, choices=choices, outcomes=outcomes, fr=HOSTILE, en=HOSTILE))


@pytest.mark.long
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_page_loads_nothing_and_says_the_answer(toy: tuple[Path, Comparison], tmp_path: Path, lang: str) -> None:
    path = write_page(toy[1], tmp_path, lang)  # type: ignore[arg-type]
    text = path.read_text(encoding="utf-8")
    links = Links()
    links.feed(text)
    assert links.out == []
    assert path.name == PAGE
    for word in ("Que faire", "what flips")[:1] if lang == "fr" else ("What to do?", "How sure"):
        assert word in text
    assert text.count("<h2>") >= 9
    assert (tmp_path / "effects.png").stat().st_size > 1000


@pytest.mark.long
def test_the_page_says_who_is_not_reached_and_its_map_turns_without_a_script(
    toy: tuple[Path, Comparison], tmp_path: Path
) -> None:
    text = write_page(toy[1], tmp_path, "en").read_text(encoding="utf-8")
    assert "Who is not reached" in text
    frames = len(toy[1].reach["baseline"].times)
    assert text.count('type="radio"') == text.count('class="frame frame-') == frames > 2
    for k in range(frames):
        assert f'id="hour-{k}"' in text and f'for="hour-{k}"' in text and f"#hour-{k}:checked ~ .frames .frame-{k} " in text
    assert text.count('<svg class="city"') == 2 * frames and text.count(" checked>") == 1
    assert text.count(" printed") >= 2


@pytest.mark.long
def test_people_reached_by_zone_sum_to_those_that_the_metric_counts(toy: tuple[Path, Comparison]) -> None:
    from msgu.measure.metrics import values
    from msgu.measure.view import Night, Window
    from msgu.results import load
    from msgu.study.comparison.reach import aware_by_zone, frames_of

    choice = toy[1].plan.baseline
    night = Night(choice.scenario, load(record_folder(night_folder(toy[0], choice), 3)))
    reach, people = toy[1].reach["baseline"], night.results.summary["people"]
    assert reach.people.sum() == people
    for at, row in zip(frames_of(choice.scenario), aware_by_zone(night), strict=True):
        assert row.sum() == pytest.approx(people * values.metric_value("aware_share()", night, Window(0.0, float(at))))
    shares = reach.share()
    assert np.nanmin(shares) >= 0 and np.nanmax(shares) <= 1 and np.all(np.diff(reach.aware.sum(axis=1)) >= 0)


@pytest.mark.long
def test_what_no_reported_figure_constrains_is_shown_as_a_range(toy: tuple[Path, Comparison]) -> None:
    from msgu.report.comparison.page import size

    found = toy[1]
    free = next(o for o in found.plan.outcomes if not o.constrained and o.id == "stranded")
    row = found.row("taxis", free.id)
    assert " to " in size(row, free, "en")
    assert " to " not in size(row, replace(free, constrained=("f01",)), "en")
    text = page(found, "en")
    assert text.count("not calibrated: range of the nights") == sum(not o.constrained for o in found.plan.outcomes)


@pytest.mark.long
def test_the_page_names_what_helps_most_outcome_by_outcome_and_draws_only_what_changes(
    toy: tuple[Path, Comparison],
) -> None:
    from msgu.report.base.style import NARROW
    from msgu.report.comparison.answer import most
    from msgu.report.comparison.effects import effects

    found = toy[1]
    told = {title: (name, nights) for title, name, _, nights in (most(found, o, "en") for o in found.plan.outcomes)}
    assert len(told) == len(found.plan.outcomes)
    assert told[found.plan.outcome("stranded").en] == ("going_home.taxi=0.6", "10 of 10 nights")
    drawn = effects(found, NARROW, "en")
    assert drawn is not None
    panels = drawn.figure.get_axes()
    assert not any("inert" in label.get_text() for axes in panels for label in axes.get_yticklabels())
    assert [label.get_text() for axes in panels for label in axes.get_yticklabels()].count("taxis") == sum(
        row.alternative == "taxis" and row.verdict != "identical" for row in found.rows
    )
    alone = replace(found, rows=tuple(row for row in found.rows if row.alternative == "inert"))
    only = replace(found.plan, choices=found.plan.choices[:2])
    assert effects(replace(alone, plan=only), NARROW, "en") is None


@pytest.mark.long
def test_of_more_measures_than_colours_those_that_move_the_curves_most_are_drawn_and_the_page_names_the_others(
    toy: tuple[Path, Comparison], tmp_path: Path
) -> None:
    """Four that move one curve each come last in the study; without the choice the first six would be drawn."""
    from msgu.report.base.style import NARROW
    from msgu.report.comparison.effects import courses, drawn_measures, moves

    found, base = toy[1], toy[1].plan.baseline
    names = [*(f"still-{k}" for k in range(5)), "denial", "taxis", "map", "desk"]
    curve = {name: np.full(12, 100.0) for name in ("believes", "stranded", "sheltered", "waiting")}
    curves = {name: dict(curve) for name in (base.id, *names)}
    for name, moved, far in (("denial", "believes", 4.0), ("taxis", "stranded", 90.0), ("map", "sheltered", 8.0)):
        curves[name][moved] = curve[moved] - far
    curves["desk"]["waiting"] = curve["waiting"] * 3.0
    curves["still-3"]["waiting"] = curve["waiting"] + 9.0
    plan = replace(found.plan, choices=(base, *(replace(base, id=name, en=name, fr=name) for name in names)))
    many = replace(found, plan=plan, curves=curves, times=np.arange(12) * 600.0, rows=())
    shown, others = drawn_measures(many, moves(many))
    assert [choice.id for choice in shown] == ["still-0", "still-3", "denial", "taxis", "map", "desk"]
    assert [choice.id for choice in others] == ["still-1", "still-2", "still-4"]
    for lang, words in (("en", "drawn: the 6 measures of 9"), ("fr", "les 6 mesures sur 9")):
        picture = courses(many, NARROW, lang)  # type: ignore[arg-type]
        assert picture is not None and picture.alternative.endswith("still-1, still-2, still-4.")
        assert words in " ".join(text.get_text() for text in picture.figure.texts).replace("\u00a0", " ")
    alike = {f"still-{k}": {**curve, "waiting": curve["waiting"] * 3.0} for k in range(5)}
    tied = replace(many, curves={**curves, **alike, "taxis": curves["desk"]})
    assert {"denial", "map"} < {choice.id for choice in drawn_measures(tied, moves(tied))[0]}
    few = replace(many, plan=replace(plan, choices=plan.choices[:7]))
    picture = courses(replace(few, curves={**curves, "still-0": curves["desk"]}), NARROW, "en")
    assert picture is not None and "Without a line" not in picture.alternative


@pytest.mark.long
def test_a_difference_far_below_what_matters_is_told_as_none(toy: tuple[Path, Comparison]) -> None:
    from msgu.report.comparison.phrases import amount

    blocked = toy[1].plan.outcome("blocked")
    assert blocked.matters == 0.5
    assert amount(0.004, blocked, "en").startswith("0")
    assert amount(-0.006, blocked, "en").startswith("\u22120.006")


@pytest.mark.long
def test_hostile_names_reach_the_page_as_text_only(hostile: Comparison, tmp_path: Path) -> None:
    text = write_page(hostile, tmp_path, "en").read_text(encoding="utf-8")
    links = Links()
    links.feed(text)
    assert links.out == []
    assert "\u202e" not in text and "<script" not in text
    assert "&lt;script&gt;" in text


@pytest.mark.long
def test_no_cell_of_a_table_is_a_formula(hostile: Comparison, tmp_path: Path) -> None:
    import csv

    write_tables(hostile, tmp_path, "en")
    for name in ("effects.csv", "values.csv"):
        rows = list(csv.reader((tmp_path / name).read_text(encoding="utf-8-sig").splitlines()))
        assert len(rows) > 10
        for cell in (cell for row in rows for cell in row):
            if cell[:1] in "=+-@\t" and cell:
                float(cell)


@pytest.mark.long
def test_the_tables_as_parquet_hold_every_effect_and_value(toy: tuple[Path, Comparison], tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    write_tables(toy[1], tmp_path, "fr")
    assert pq.read_table(tmp_path / "effects.parquet").num_rows == len(toy[1].rows)
    assert pq.read_table(tmp_path / "values.parquet").num_rows == 7 * len(toy[1].plan.outcomes) * 10


@pytest.mark.long
def test_the_facts_are_sealed_and_the_same_bytes_twice(toy: tuple[Path, Comparison], tmp_path: Path) -> None:
    first = write_facts(toy[1], tmp_path).read_bytes()
    assert write_facts(toy[1], tmp_path).read_bytes() == first
    facts = read_sealed(tmp_path / "compare.json")
    assert facts["nights"] == 10 and len(facts["effects"]) == len(toy[1].rows)
    assert facts["command"].startswith("msgu compare ")


@pytest.mark.long
def test_no_interval_that_covers_less_is_called_95(toy: tuple[Path, Comparison]) -> None:
    for row in toy[1].rows:
        if row.effect.summary == "mean":
            assert row.effect.interval.level != 0.95
    short = compare_first(toy[1], 4)
    assert all(level < 0.95 for level in short)


def compare_first(found: Comparison, n: int) -> list[float]:
    """Levels of the intervals of the first n nights."""
    from msgu.study.comparison.paired import effect

    base = found.values["baseline"]
    return [
        effect(base[o][:n], column[:n], more_is_better=True).interval.level
        for columns in found.values.values()
        for o, column in columns.items()
        if np.isfinite(column[:n]).all() and np.isfinite(base[o][:n]).all()
    ]


# ---- the command ----


@pytest.mark.long
def test_the_command_compares_a_scenario_with_policies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = tmp_path / "taxis.yaml"
    both = '{fr: "Des taxis", en: "Taxis"}'
    policy.write_text(
        f"policy:\n  id: taxis\n  title: {both}\n  why: {both}\n  source: invented\n  cost: {both}\n"
        "apply:\n  going_home: {taxi: 0.6}\n", encoding="utf-8",
    )  # fmt: skip
    words = ["compare", str(TOY), "--policy", str(policy), "--reps", "2", "--out", str(tmp_path / "out"), "--lang", "fr"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "taxis: Des taxis" in said and "aide 2 nuits sur 2" in said
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"compare.json", "comparison.html", "effects.csv", "effects.parquet", "effects.png", "nights"} <= names
    assert main([*words, "--no-run"]) == 0


@pytest.mark.long
def test_the_folder_of_a_comparison_is_reported_again_in_either_language(
    made: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    words = ["compare", str(tmp_path / "study.yaml"), "--out", str(out)]
    plan_file.keep(made, out)
    run_nights(made, out, engine=ENGINE)
    assert main([*words, "--no-run"]) == 0
    names = ("compare.json", "comparison.html", "effects.csv", "values.parquet", "effects.png")
    before = {name: (out / name).read_bytes() for name in names}
    (out / "comparison.html").unlink()
    assert main(["report", str(out)]) == 0
    assert {name: (out / name).read_bytes() for name in names} == before
    assert main(["report", str(out), "--lang", "fr", "--out", str(tmp_path / "page")]) == 0
    assert "La réponse en trois phrases" in (tmp_path / "page" / "comparison.html").read_text(encoding="utf-8")
    assert (out / "comparison.html").read_bytes() == before["comparison.html"]
    assert str(out / "comparison.html") in capsys.readouterr().out


@pytest.mark.long
@pytest.mark.parametrize("gone", ["taxis", "every measure"])
def test_a_comparison_stopped_before_a_measure_has_a_night_is_shown_with_a_word(
    gone: str, toy: tuple[Path, Comparison], tmp_path: Path
) -> None:
    plan, out = toy[1].plan, tmp_path / "out"
    shutil.copytree(toy[0], out)
    plan_file.keep(plan, out)
    for choice in plan.alternatives:
        if gone in (choice.id, "every measure"):
            shutil.rmtree(night_folder(out, choice) / "replications")
    assert main(["report", str(out)]) == 0
    told = (out / "comparison.html").read_text(encoding="utf-8")
    assert ("Fewer nights are there with" in told) == (gone == "taxis")
    assert ("done: 0." in told) == (gone == "every measure")


@pytest.mark.long
def test_a_plan_that_is_kept_is_read_back_whole(tmp_path: Path) -> None:
    plan = from_words(str(SCENARIOS / "paris-2015-11-13.yaml"), ["curated-map+visov-moderation", "hotline-22h-50"], 3)
    plan_file.keep(plan, tmp_path)
    assert plan_file.read(tmp_path) == plan
    (path,) = (tmp_path / plan_file.SCENARIOS).glob(f"{plan.baseline.sha256[:16]}*")
    path.write_bytes(path.read_bytes().replace(b"Paris", b"Patis", 1))
    with pytest.raises(StorageError, match="changed since it was written"):
        plan_file.read(tmp_path)


def test_a_folder_whose_nights_are_gone_is_told(made: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan_file.keep(made, tmp_path / "out")
    assert main(["report", str(tmp_path / "out")]) == 4
    assert "holds no night of the baseline" in capsys.readouterr().err


def test_a_comparison_of_nothing_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(TOY)]) == 2
    assert "no policy" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(tmp_path / "none.yaml")]) == 2
    assert "none.yaml" in capsys.readouterr().err


def test_the_same_alternative_twice_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(TOY), "--policy", "a", "--policy", "a"]) == 2
    assert "`a` twice" in capsys.readouterr().err
