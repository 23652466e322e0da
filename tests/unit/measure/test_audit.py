"""The consistency audit: what the ledger of Paris says of itself, and figures planted so that they cannot hold."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgu.cli.entry import main
from msgu.errors import InputError
from msgu.measure.evidence.audit import audit, supported
from msgu.measure.evidence.audit_city import mean_of, operator_hours
from msgu.measure.evidence.audit_words import arithmetic, verdict
from msgu.measure.evidence.finding import AuditFinding
from msgu.measure.evidence.pulse import pulse_in, pulse_of
from msgu.measure.metrics.peak import doubling_time, growth_to
from msgu.measure.view import Night
from msgu.scenario.cautions.branching import share_at_feed, zone_shares
from msgu.scenario.evidence_file import is_ledger, read_ledger
from msgu.scenario.load import load
from msgu.scenario.schema.evidence import Evidence

from tests import SCENARIOS
from tests.made_nights import made, post
from tests.shipped import PARIS as PARIS_FILE
from tests.shipped import loaded

PARIS = loaded(PARIS_FILE)


def ledger(counters: dict[str, Any] | None = None, **figures: dict[str, Any]) -> Evidence:
    """A ledger of figures that say only what matters; windows as hours after the start."""
    rest = {"quantity": "x", "role": "target", "source": "made", "confidence": "M", "weight": 1.0}
    made_figures = {
        key.replace("_", "-"): rest | f | {"window": [f"T+{h:g} h" for h in f.get("window", (0, 24))]}
        for key, f in figures.items()
    }
    data = {"counters": counters or {}, "figures": made_figures}
    return Evidence.model_validate_json(json.dumps(data), context={"start": None})


def count(value: float, hours: tuple[float, float], spread: float = 0.05, **more: Any) -> dict[str, Any]:
    low, high = value * (1 - spread), value * (1 + spread)
    return {"value": value, "low": low, "high": high, "metric": "uses(topic=a)", "window": hours, **more}


def verdicts(evidence: Evidence, check: str) -> list[str]:
    return [f.verdict for f in audit(evidence) if f.check.partition(":")[0] == check]


# ---- the ledger of Paris ----


def found(check: str, *figures: str) -> AuditFinding:
    hits = [f for f in audit(PARIS.evidence, PARIS) if f.check == check and set(figures) <= set(f.figures)]
    assert len(hits) == 1
    return hits[0]


def test_seven_thousand_a_second_is_143_seconds_of_a_million() -> None:
    assert arithmetic(found("flow", "t01", "t02"), "en").startswith(
        "1,000,000 / 7,000 per s = 143 s of flow; 576,543 / 7,000 = 82"
    )


def test_a_smooth_growth_to_seven_thousand_a_second_passes_the_total_and_other_readings_do_not() -> None:
    as_written = found("growth", "t01")
    assert as_written.numbers["before"] > 2e6 > as_written.numbers["high"]
    assert (as_written.verdict, as_written.readings) == ("only under reading", ("hashtag_per_minute", "event_per_second"))
    assert verdict(as_written, "en") == "only under reading hashtag_per_minute, event_per_second"
    assert found("growth", "t01a").verdict == found("growth", "t01b").verdict == "holds"
    assert supported(PARIS.evidence) == ("hashtag_per_minute", "event_per_second")


def test_seven_thousand_a_second_needs_a_pulse_and_the_scenario_has_one() -> None:
    pulse = found("pulse", "t01")
    assert pulse.verdict == "holds"
    assert 0.03 < pulse.numbers["share"] < 0.3  # pulses of 5 to 40 s serve alike, and the fit is free among them
    without = PARIS.model_copy(update={"pulses": {}})
    assert [f.verdict for f in audit(PARIS.evidence, without) if f.check == "pulse"] == ["cannot hold together"]


def test_the_counter_of_the_blog_sees_six_tenths() -> None:
    kappa = found("kappa:family-a")
    assert kappa.verdict == "holds"
    assert kappa.numbers["least"] < 0.6 < kappa.numbers["greatest"]


def test_the_arithmetic_of_the_ledger_is_what_the_sources_say() -> None:
    assert found("share", "t03", "t04").numbers["ratio"] == pytest.approx(576543 / 600000)
    retweets = found("originals", "t12")
    assert (retweets.numbers["least"], retweets.numbers["greatest"]) == pytest.approx((9.59, 12.24), abs=0.01)
    assert found("handled", "t23-received").numbers["handled"] == pytest.approx(10_000)
    assert found("capacity", "t23-received").numbers["hours"] == pytest.approx(72.5 + 335)
    assert found("notified", "t20c").numbers["each"] == pytest.approx(87.8, abs=0.01)


def test_nothing_in_the_ledger_of_paris_is_impossible_once_counters_and_readings_are_allowed_for() -> None:
    findings = audit(PARIS.evidence, PARIS)
    assert len(findings) > 30
    assert not [f for f in findings if f.verdict == "cannot hold together"]


def test_every_finding_is_told_in_both_languages() -> None:
    for finding in audit(PARIS.evidence, PARIS):
        for lang in ("fr", "en"):
            said = arithmetic(finding, lang)  # type: ignore[arg-type]
            assert said and "{" not in said and "nan" not in said


# ---- planted faults ----


@pytest.mark.parametrize(
    ("check", "evidence"),
    [
        ("nested", ledger(night=count(1e6, (0, 8)), day=count(8e5, (0, 24)))),
        ("kappa", ledger({"c": {"low": 0.9, "high": 1.0}}, seen=count(5e5, (0, 24), counter="c"), true=count(1e6, (0, 24)))),
        (
            "share",
            ledger(
                part=count(5e5, (0, 8)),
                whole=count(1e6, (0, 15)),
                share={
                    "value": 0.96,
                    "low": 0.9,
                    "high": 0.98,
                    "metric": "share_reached(topic=a, by=T+8 h)",
                    "window": (0, 15),
                },
            ),
        ),
        (
            "originals",
            ledger(
                uses=count(1e6, (0, 24)),
                first=count(1e5, (0, 24), metric="originals(topic=a)"),
                ratio={"value": 30, "low": 25, "high": 35, "metric": "retweets_per_original(topic=a)", "window": (0, 24)},
            ),
        ),
        (
            "offers",
            ledger(
                first=count(1e5, (0, 24), metric="originals(topic=a)"),
                offers=count(5e4, (0, 24), metric="offers()"),
                signal={"low": 0.1, "high": 0.3, "metric": "signal_share(topic=a)", "window": (0, 24)},
            ),
        ),
        ("parts", ledger(a=count(1e6, (0, 24)), all=count(9e5, (0, 24), metric="posts_total()"))),
        ("mean", ledger(a=count(1e6, (0, 1)), peak=count(200, (0, 1), metric="peak_rate(topic=a, bin=1 s)"))),
        ("growth", ledger(a=count(1e6, (0, 24)), peak=count(7000, (1.75, 2.4), metric="peak_rate(topic=a, bin=1 s)"))),
        (
            "handled",
            ledger(
                got=count(1e5, (0, 24), metric="desk_received(desk=d)"),
                share={"value": 1.1, "low": 1.0, "high": 1.2, "metric": "desk_answered_share(desk=d)", "window": (0, 24)},
            ),
        ),
        ("marks", ledger(one=count(1e6, (0, 24), metric="marks()"), two=count(5e6, (0, 36), metric="marks()"))),
        ("notified", ledger(told=count(1e6, (0, 24), metric="notified()"), marks=count(1e6, (0, 24), metric="marks()"))),
    ],
)
def test_a_planted_fault_is_found_by_its_own_check(check: str, evidence: Evidence) -> None:
    scenario = PARIS.model_copy(update={"evidence": evidence}) if check == "notified" else None
    told = [f.verdict for f in audit(evidence, scenario) if f.check.partition(":")[0] == check]
    assert "cannot hold together" in told


def test_a_share_of_offers_is_told_as_offers_by_originals() -> None:
    evidence = ledger(
        first=count(2e5, (0, 24), metric="originals(topic=a)"),
        offers=count(5e4, (0, 24), metric="offers()"),
        signal={"low": 0.1, "high": 0.3, "metric": "signal_share(topic=a)", "window": (0, 24)},
    )
    (found,) = (f for f in audit(evidence) if f.check == "offers")
    assert (found.verdict, found.numbers["share"]) == ("holds", pytest.approx(0.25))


def test_the_same_figures_within_their_tolerances_are_not_called_faults() -> None:
    fair = ledger(
        {"c": {"low": 0.4, "high": 1.0}},
        night=count(9.6e5, (0, 8)),
        day=count(1e6, (0, 24)),
        seen=count(5e5, (0, 24), counter="c"),
        all=count(2e6, (0, 24), metric="posts_total()"),
        peak=count(100, (1.75, 2.4), metric="peak_rate(topic=a, bin=1 s)"),
    )
    assert {f.verdict for f in audit(fair)} == {"holds"}


def test_a_hotline_that_handles_more_than_its_operators_can_is_told() -> None:
    figures = dict(PARIS.evidence.figures)
    figures["t23-answered"] = figures["t23-answered"].model_copy(update={"value": 0.5, "low": 0.45, "high": 0.55})
    evidence = PARIS.evidence.model_copy(update={"figures": figures})
    assert [f.verdict for f in audit(evidence, PARIS) if f.check == "capacity"] == ["cannot hold together"]


def test_figures_that_are_impossible_as_printed_are_told_even_where_a_counter_saves_them() -> None:
    evidence = ledger({"c": {"low": 0.5, "high": 1.0}}, day=count(1e6, (0, 24)), later=count(8e5, (0, 72), counter="c"))
    assert verdicts(evidence, "nested") == ["holds"]
    assert [f.figures for f in audit(evidence) if f.check == "printed"] == [("day", "later")]


# ---- arithmetic ----


def test_growth_from_one_post_reaches_its_rate_at_its_time() -> None:
    doubling, before = growth_to(7000.0, 6234.0)
    g = math.log(2) / doubling
    assert g * math.exp(g * 6234.0) == pytest.approx(7000.0)
    assert before == pytest.approx(math.exp(g * 6234.0))


def test_the_doubling_time_of_an_exponential_growth_is_found() -> None:
    times = 300.0 * np.log2(np.arange(1, 20001))
    assert doubling_time(times, float(times[-1]) + 1) == pytest.approx(300.0, rel=0.01)
    assert math.isnan(doubling_time(times[:50], 1e9))


def test_operator_hours_are_those_of_the_shifts_within_the_window() -> None:
    desk = PARIS.desks["hotline"]
    first = min(shift.at for shift in desk.shifts.values())
    assert operator_hours(desk, first - 3600, first + 3600) == pytest.approx(10.0)
    assert mean_of(desk.handling) == pytest.approx(115 * math.exp(0.67**2 / 2))


def test_the_share_and_width_of_a_pulse_are_measured() -> None:
    toy = load(SCENARIOS / "toy.yaml")
    figures = {"peak": toy.evidence.figures["posts"].model_copy(update={"metric": "peak_rate(topic=abri, bin=1 s)"})}
    toy = toy.model_copy(update={"evidence": toy.evidence.model_copy(update={"figures": figures})})
    abri = sorted(toy.topics).index("abri")
    rows = [post(3600.0 + 4 * i, topic=abri) for i in range(300)]
    rows += [post(10800.0 + 0.1 * i, topic=abri, origin=2) for i in range(100)]
    seen = pulse_of([p for p in [pulse_in(Night(toy, made(toy, posts=rows)))] if p])
    assert seen is not None
    assert (seen.topic, seen.share) == ("abri", 0.25)
    assert seen.width == pytest.approx(8.91, abs=0.01)
    begins = min(pulse.at for pulse in toy.pulses.values())
    there = toy.network.accounts * share_at_feed(toy, zone_shares(toy), begins) if toy.network else 0.0
    assert seen.in_session == pytest.approx(100 / there)


# ---- the command ----


def test_a_ledger_alone_is_read_with_its_own_dates() -> None:
    path = str(SCENARIOS / "evidence" / "paris-2015-11-13.yaml")
    assert is_ledger(path) and not is_ledger(str(SCENARIOS / "toy.yaml"))
    alone = read_ledger(path)
    assert len(alone.evidence.figures) == len(PARIS.evidence.figures)
    window = alone.evidence.figures["t01"].window
    assert window is not None and window[1] - window[0] == 2400


def test_a_wrong_ledger_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "ledger.yaml"
    path.write_text(
        "figures:\n  a:\n    quantity: x\n    role: targt\n    metric: marks()\n    source: s\n    confidence: A\n"
    )
    with pytest.raises(InputError) as caught:
        read_ledger(str(path))
    assert [(p.line, p.key) for p in caught.value.problems] == [(4, "evidence.figures.a.role")]


@pytest.mark.long
def test_the_command_prints_ledger_and_audit_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    path = str(SCENARIOS / "paris-2015-11-13.yaml")
    assert main(["evidence", path]) == 0
    english = capsys.readouterr().out
    assert "143 s of flow" in english and "t23-received" in english and "0 cannot hold together" in english
    assert main(["evidence", path, "--lang", "fr"]) == 0
    assert "seulement selon la lecture" in " ".join(capsys.readouterr().out.split())
    assert main(["evidence", path, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["supported"] == ["hashtag_per_minute", "event_per_second"]
    assert len(told["figures"]) == told["counts"]["n"] == len(PARIS.evidence.figures)
    assert told["counts"]["bad"] == 0


def test_a_ledger_whose_metric_is_unknown_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "ledger.yaml"
    path.write_text(
        "figures:\n  a: {quantity: x, value: 1, metric: uzes(topic=a), role: target, source: s, confidence: A}\n"
    )
    assert main(["evidence", str(path)]) == 2
    assert "uses" in capsys.readouterr().err
