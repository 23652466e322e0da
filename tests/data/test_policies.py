"""Policies: every shipped one changes Paris, order does not matter, contradictions name both."""

from __future__ import annotations

import itertools
import json
import random
import re
from functools import cache
from pathlib import Path

import pytest
from msgu.api import run
from msgu.cli import main
from msgu.errors import InputError
from msgu.scenario.blocks import posts_only
from msgu.scenario.load import canonical, digest, resolve
from msgu.scenario.policy_folder import changes, dates, shelf
from msgu.scenario.schema.social import KINDS
from msgu.study.batch.plan import scenario_bytes, scenario_of

from tests import SCENARIOS
from tests.shipped import PARIS, loaded, resolved

LAYERS = shelf(PARIS)
NAMES = [layer.policy.id for layer in LAYERS]

ASKED = {
    "official message": "official-message-22h", "endorsement": "endorse-porte-ouverte", "one hashtag": "one-hashtag",
    "rumour correction": "rumour-denial-1h", "moderation": "visov-moderation", "curated map": "curated-map",
    "Safety Check": "safety-check-2230", "hotline": "hotline-22h-50", "call discouragement": "text-instead-of-call",
    "fewer calls again": "fewer-redials",
    "network capacity": "half-rate-voice", "cell broadcast": "cell-broadcast-fr-alert", "app alert": "app-alert-saip",
    "promotion of an account": "promote-prefpolice", "free taxis": "free-taxis-2200",
    "earlier reopening": "lines-reopen-2330", "stay indoors": "stay-indoors-2200", "Twitter": "twitter-notice",
    "Airbnb": "airbnb-free-stays", "Hangouts": "hangouts-free-calls", "Snapchat": "snapchat-alert", "Uber": "uber-warning",
}  # fmt: skip
"""Each measure that was asked for, with the policy that stands for it."""


def write(folder: Path, name: str, apply: str) -> str:
    both = '{fr: "x", en: "x"}'
    text = f"policy:\n  id: {name}\n  title: {both}\n  why: {both}\n  source: invented\n  cost: {both}\napply:\n{apply}"
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_every_measure_that_was_asked_for_is_on_the_shelf() -> None:
    assert set(ASKED.values()) <= set(NAMES)
    assert len(set(ASKED.values())) == len(ASKED)


def test_every_file_of_a_policy_is_on_the_shelf() -> None:
    assert sorted(path.stem for path in (SCENARIOS / "policies").glob("*.yaml")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_policy_lies_over_paris_by_its_name_and_by_its_file_and_changes_it(name: str) -> None:
    by_name, by_file = resolved(PARIS, name), resolved(PARIS, SCENARIOS / "policies" / f"{name}.yaml")
    for found in (by_name, by_file):
        assert [layer.policy.id for layer in found.policies] == [name]
    assert digest(by_name.scenario) == digest(by_file.scenario) != digest(loaded(PARIS))
    assert by_name.scenario != loaded(PARIS)


@pytest.mark.parametrize("layer", LAYERS, ids=NAMES)
def test_every_policy_lies_in_the_file_of_its_name_and_says_why_and_what_it_costs(layer: object) -> None:
    policy = layer.policy  # type: ignore[attr-defined]
    assert (SCENARIOS / "policies" / f"{policy.id}.yaml").is_file()
    assert min(len(text) for text in (policy.why.fr, policy.why.en, policy.cost.fr, policy.cost.en, policy.source)) > 20


@pytest.mark.parametrize("layer", LAYERS, ids=NAMES)
def test_every_policy_is_dated_or_says_that_it_holds_all_night(layer: object) -> None:
    policy = layer.policy  # type: ignore[attr-defined]
    words = policy.source.lower() + policy.why.en.lower()
    assert dates(layer) or "all night" in words or policy.id in ("one-hashtag", "visov-moderation")  # type: ignore[arg-type]


NORMALISED = (
    r"topics\.[^.]+\.kinds\.", r"network\.shares\.", r"phones\.operators\.[^.]+\.share", r"missing\.outcomes\.",
    r"worry\.affected\.", r"shelter\.host_zones\.", r"going_home\.homes\.",
)  # fmt: skip
"""Shares that are divided by their sum, so that less of one is more of the others."""


@pytest.mark.parametrize("layer", LAYERS, ids=NAMES)
def test_no_policy_takes_from_one_share_and_so_gives_to_the_others(layer: object) -> None:
    """One hashtag took from support and noise, and so made 8,200 offers out of nothing."""
    keys = [f"{change.key}." for change in changes(layer)]  # type: ignore[arg-type]
    assert not [key for key in keys if any(re.match(pattern, key) for pattern in NORMALISED)]


@cache
def shelter_posts(*policies: str) -> dict[str, list[tuple[int, int]]]:
    """Originals of #PorteOuverte in a small night of posts alone, by kind: who wrote them, as their which."""
    sets = ["horizon=4 h", "scale=1/300", *(f"topics.{t}.infectiousness=0" for t in ("porte-ouverte", "pray-for-paris"))]
    scenario = posts_only(resolve(PARIS, policies, sets).scenario)
    posts, known = run(scenario).tables["posts"], sorted(scenario.topics)
    rows = zip(posts["author"].tolist(), posts["nth"].tolist(), posts["topic"].tolist(), posts["kind"].tolist(), strict=True)
    found: dict[str, list[tuple[int, int]]] = {}
    for author, nth, topic, kind in rows:
        found.setdefault(f"{known[topic]} {KINDS[kind]}", []).append((author, nth))
    return found


def uses(posts: dict[str, list[tuple[int, int]]], topic: str) -> int:
    return sum(len(rows) for key, rows in posts.items() if key.startswith(f"{topic} "))


def test_one_hashtag_moves_support_and_noise_leaves_every_request_as_it_was_and_makes_no_offer() -> None:
    """Bit by bit, since what is written elsewhere takes up its number; on the other topic it is found again.

    Fewer posts on the hashtag are fewer that tell of it, so that some accounts never hear and never offer.
    """
    before, after = shelter_posts(), shelter_posts("one-hashtag")
    for kind in ("request", "information"):
        assert after[f"porte-ouverte {kind}"] == before[f"porte-ouverte {kind}"] != []
    for kind in ("offer", "support", "noise"):
        assert set(after[f"porte-ouverte {kind}"]) < set(before[f"porte-ouverte {kind}"])
    moved = sum(len(before[f"porte-ouverte {kind}"]) - len(after[f"porte-ouverte {kind}"]) for kind in ("support", "noise"))
    assert moved == uses(after, "pray-for-paris") - uses(before, "pray-for-paris")
    assert moved == pytest.approx(0.5 * (len(before["porte-ouverte support"]) + len(before["porte-ouverte noise"])), rel=0.4)


def compatible() -> list[str]:
    """Return a largest-first greedy set of policies that exclude each other nowhere."""
    taken: set[str] = set()
    chosen = []
    for layer in LAYERS:
        mine = {change.key for change in changes(layer)}
        if not mine & taken:
            taken |= mine
            chosen.append(layer.policy.id)
    return chosen


def test_policies_in_any_order_give_one_scenario_bit_for_bit() -> None:
    chosen = compatible()
    assert len(chosen) >= 15
    shuffler = random.Random(8)
    orders = [chosen, chosen[::-1], *(shuffler.sample(chosen, len(chosen)) for _ in range(4))]
    assert len({canonical(resolve(PARIS, order).scenario) for order in orders}) == 1


def test_every_pair_of_policies_composes_or_is_refused_with_both_names() -> None:
    keys = {layer.policy.id: {change.key for change in changes(layer)} for layer in LAYERS}
    clashing = [pair for pair in itertools.combinations(NAMES, 2) if keys[pair[0]] & keys[pair[1]]]
    assert ("safety-check-2200", "safety-check-2230") in clashing
    for pair in clashing:
        with pytest.raises(InputError) as refused:
            resolve(PARIS, pair)
        assert all(f"`{name}`" in str(refused.value) for name in pair), pair


def test_two_policies_that_set_one_key_are_refused_at_the_place_of_the_key(tmp_path: Path) -> None:
    one = write(tmp_path, "one", "  safety_check:\n    at: '22:00'\n")
    two = write(tmp_path, "two", "  safety_check:\n    at: '23:00'\n")
    with pytest.raises(InputError) as refused:
        resolve(PARIS, [two, one])
    problem = refused.value.problems[0]
    assert (Path(problem.path).name, problem.line, problem.key) == ("two.yaml", 9, "safety_check.at")
    assert "`one`" in problem.given and "`two`" in problem.given


@pytest.mark.parametrize(
    ("apply", "key"),
    [
        ("  posts:\n    p: {at: '22:00', account: prefpolise, topic: fusillade}\n", "posts.p.account"),
        (
            "  measures:\n    m: {dial: channels, factor: 2, at: '22:00', until: '23:00', zones: [paris-21]}\n",
            "measures.m.zones.0",
        ),
        ("  safety_check:\n    at: '25:00'\n", "safety_check.at"),
        ("  posts:\n    p: {at: 22:00, account: prefpolice, topic: fusilade}\n", "posts.p.topic"),
    ],
    ids=["account", "zone", "time", "topic"],
)
def test_an_unknown_account_zone_time_or_topic_is_an_error_with_its_place(tmp_path: Path, apply: str, key: str) -> None:
    with pytest.raises(InputError) as refused:
        resolve(PARIS, [write(tmp_path, "bad", apply)])
    problem = refused.value.problems[0]
    assert Path(problem.path).name == "bad.yaml"
    assert problem.line >= 9 and problem.col > 1 and problem.key == key


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_command_lists_every_policy_in_words_with_its_cost(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policies", str(PARIS), "--lang", lang]) == 0
    said = " ".join(capsys.readouterr().out.split())
    for layer in LAYERS:
        assert layer.policy.id in said
        assert " ".join(getattr(layer.policy.cost, lang).split()) in said


def test_the_list_as_json_holds_dates_and_values(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policies", str(SCENARIOS / "policies"), "--json"]) == 0
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)}
    dates = {"desks.hotline.shifts.night.at": "22:00", "desks.hotline.announced.night.at": "22:05"}
    assert rows["hotline-22h-50"]["dates"] == dates
    assert rows["hotline-22h-50"]["sets"]["desks.hotline.shifts.night.operators"] == "50"


def test_a_folder_without_policies_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policies", str(tmp_path)]) == 2
    assert "no policies there" in capsys.readouterr().err


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_with_a_policy_is_read_back_as_it_was_kept(name: str) -> None:
    """A folder of nights keeps it; the rule of a policy was refused there, for a default that its observable lacks."""
    made = resolved(PARIS, name).scenario
    assert scenario_of(scenario_bytes(made), Path("scenario.json")) == made
