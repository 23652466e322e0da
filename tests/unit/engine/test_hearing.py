"""Who must have heard of shelter: what more exposure does, what makes no host, and what of it a run keeps."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from msgu.engine.forks.disk import of_saved, to_saved
from msgu.engine.forks.people import why_alone
from msgu.engine.forks.run import Begin, Checkpoint, Keep
from msgu.engine.forks.run import simulate as forked
from msgu.engine.run import simulate
from msgu.errors import InputError
from msgu.measure.metrics import values
from msgu.measure.view import Night
from msgu.results import Results, fingerprint
from msgu.scenario.blocks import posts_only
from msgu.scenario.differences import parted
from msgu.scenario.load import load
from msgu.world.build import World, build_world

from tests import TOY

HEARS = (
    "topics.abri.kinds.offer=0", "shelter.hearing.offers=0.3", "shelter.hearing.offer_after={law: exponential, mean: 5 min}",
    "shelter.hearing.source=invented",
)  # fmt: skip
ASKS = ("shelter.hearing.meets=10 min", "shelter.hearing.tells=0.5")
MORE = {
    "an account with a large audience endorses it":
        ("posts.endorse={at: 21:40, account: radio, topic: abri, kind: official, source: invented}",),
    "an official post mentions it": ("posts.stay-in.shelter=true",),
    "a broadcast mentions it": ("broadcasts.radio.shelter=true",),
    "a platform shows more of it": ("attention.seeing=0.9",),
    "more is written of it": ("drivers.more={topic: abri, at: 21:40, volume: 60, source: invented}",),
}  # fmt: skip
OUTCOMES = ("accounts_heard()", "stranded_heard()", "offers()")
NIGHTS = 4


@cache
def world(*sets: str) -> World:
    scenario = load(TOY, (), ["record.event_log=true", *HEARS, *sets])
    return build_world(scenario, scenario.seed, scenario.scale)


@cache
def nights(*sets: str) -> list[Results]:
    return [simulate(world(*sets), 1, i) for i in range(NIGHTS)]


def total(metric: str, *sets: str) -> float:
    return sum(values.metric_value(metric, Night(world(*sets).scenario, one), None) for one in nights(*sets))


def seekers(*sets: str) -> int:
    return sum(len(one.tables["seekers"]["person"]) for one in nights(*sets))


@pytest.mark.long
@pytest.mark.parametrize("how", MORE)
def test_more_exposure_lets_more_hear_more_look_and_more_offer(how: str) -> None:
    for metric in OUTCOMES:
        assert total(metric, *MORE[how]) > total(metric), metric
    assert seekers(*MORE[how]) > seekers()


@pytest.mark.long
def test_asking_others_lets_more_of_the_stranded_hear_and_makes_no_host() -> None:
    assert total("stranded_heard()", *ASKS) > total("stranded_heard()")
    assert total("offers()", *ASKS) == total("offers()")


@pytest.mark.long
def test_support_that_moves_to_another_topic_makes_no_host() -> None:
    moved = ("topics.abri.elsewhere={topic: alerte, share: {support: 1, noise: 1}, source: invented}",)
    assert total("offers()", *moved) <= total("offers()")


@pytest.mark.long
def test_nobody_looks_who_has_not_heard_and_every_stranded_one_has_one_reason() -> None:
    for one in nights(*ASKS):
        unreached, heard, names = one.tables["unreached"], one.tables["heard"], one.names["reaches"]
        by = dict.fromkeys(names, 0)
        for reach, people in zip(unreached["reach"], unreached["people"], strict=True):
            by[names[reach]] += int(people)
        told = int(heard["people"][heard["stranded"] != 0].sum())
        assert 0 < len(one.tables["seekers"]["person"]) <= by["looks"] <= told
        assert by["has_not_heard"] > 0 and sum(by.values()) - by["has_not_heard"] >= told


@pytest.mark.long
def test_a_run_that_goes_on_from_a_checkpoint_keeps_who_has_heard() -> None:
    base, found = world(*ASKS), list[Checkpoint]()
    times = tuple(3600.0 + 1800.0 * k for k in range(5))
    kept = forked(base, 1, 0, keep=Keep(times, found.append))
    assert fingerprint(kept) == fingerprint(nights(*ASKS)[0])
    for point in found:
        assert fingerprint(forked(base, 1, 0, begin=Begin(of_saved(to_saved(point)), lambda: world(*ASKS)))) == fingerprint(
            kept
        )


def test_people_who_must_have_heard_are_not_run_beside_a_night() -> None:
    sets = ("record.event_log=false", "shelter.volunteers=0", *HEARS)
    before, after = load(TOY, (), sets), load(TOY, (), [*sets, "shelter.hearing.outdoors=0.1"])
    assert why_alone(before) == "shelter.hearing"
    assert parted(before, after) == ""


def test_a_run_of_posts_alone_keeps_hosts_who_hear() -> None:
    alone = posts_only(load(TOY, (), HEARS))
    assert alone.shelter is not None and not alone.outings and not alone.places.venues
    assert build_world(alone, 1, 1.0).residents.n == 0
    assert posts_only(load(TOY)).shelter is None


@pytest.mark.parametrize(
    ("sets", "place"),
    [
        (("shelter.hearing.offers=0.3",), "topics.abri.kinds.offer"),
        (("topics.abri.kinds.offer=0", "shelter.hearing.offers=0.3", "topics.alerte.kinds.offer=1",
          "topics.alerte.elsewhere={topic: abri, share: {offer: 1}}"), "topics.alerte.kinds.offer"),
    ],
)  # fmt: skip
def test_originals_that_would_be_offers_without_hearing_are_refused(sets: tuple[str, ...], place: str) -> None:
    with pytest.raises(InputError, match=place) as error:
        load(TOY, (), sets)
    assert "offers come from accounts that have heard" in str(error.value)


@pytest.mark.toy
def test_without_it_there_is_no_table_and_no_reason_of_hearing() -> None:
    scenario = load(TOY)
    one = simulate(build_world(scenario, 1, 1.0), 1, 0)
    assert not {"heard", "heard_by_accounts"} & set(one.tables)
    assert "has_not_heard" not in one.names["reaches"]
    night = Night(scenario, one)
    assert all(np.isnan(values.metric_value(text, night, None)) for text in ("stranded_heard()", "time_to_hearing()"))
