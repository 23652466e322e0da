"""Every name in a scenario stands for something that is there, and what must go together does."""

from __future__ import annotations

import pytest
from msgu.errors import InputError
from msgu.scenario.load import load

from tests import TOY

WINDOW = 'at: "21:15", until: "23:10"'
MADE = "source: made"

UNKNOWN = {
    "accounts.mairie.zone": "accounts.mairie.zone=nowhere",
    "drivers.rumour.topic": "drivers.rumour.topic=nowhere",
    "drivers.rumour.zones.nowhere": "drivers.rumour.zones.nowhere=1",
    "gains.mairie-followed.account": "gains.mairie-followed.account=nowhere",
    "gains.mairie-followed.zones.nowhere": "gains.mairie-followed.zones.nowhere=1",
    "pulses.all-clear.topic": "pulses.all-clear.topic=nowhere",
    "videos.street.topic": "videos.street.topic=nowhere",
    "bots.adverts.topics.0": "bots.adverts.topics=[nowhere]",
    "posts.denial.topic": "posts.denial.topic=nowhere",
    "posts.denial.account": "posts.denial.account=nowhere",
    "broadcasts.radio.zones.nowhere": "broadcasts.radio.zones.nowhere=1",
    "broadcasts.radio.news": "broadcasts.radio.news=nowhere",
    "topics.abri.zone_factor.nowhere": "topics.abri.zone_factor.nowhere=1",
    "topics.rumeur-port.claim.zone": "topics.rumeur-port.claim.zone=nowhere",
    "network.shares.nowhere": "network.shares.nowhere=1",
    "trending.topics.1": "trending.topics=[alerte, nowhere]",
    "missing.topic": "missing.topic=nowhere",
    "missing.tribute": "missing.tribute=nowhere",
    "missing.relays.0": "missing.relays=[nowhere]",
    "missing.zones.0": "missing.zones=[nowhere]",
    "outings.bars-port.zone": "outings.bars-port.zone=nowhere",
    "instructions.stay.zones.1": f"instructions.stay={{{WINDOW}, zones: [centre, nowhere], stays: 0.5, leaves: 0.5, {MADE}}}",
    "witnesses.blast.zone": f'witnesses.blast={{at: "21:40", zone: nowhere, people: 9, {MADE}}}',
    "witnesses.blast.desk": f'witnesses.blast={{at: "21:40", zone: centre, people: 9, desk: nowhere, {MADE}}}',
    "desks.hotline.rates.others.zones.nowhere": "desks.hotline={over_cells: true, rates: {others: {zones: {nowhere: 1}}}}",
    "going_home.homes.nowhere": "going_home.homes.nowhere=1",
    "worry.affected.nowhere": "worry.affected.nowhere=1",
    "worry.ties.nowhere": "worry.ties.nowhere=1",
    "worry.news.second.affected.nowhere": "worry.news={second: {at: '22:00', affected: {nowhere: 1}, source: made}}",
    "worry.news.second.ties.nowhere": "worry.news={second: {at: '22:00', affected: {est: 1}, ties: {nowhere: 1}, source: made}}",
    "worry.post_topic": "worry.post_topic=nowhere",
    "safety_check.zones.nowhere": "safety_check.zones.nowhere=1",
    "shelter.topic": "shelter.topic=nowhere",
    "shelter.relays.0": "shelter.relays=[nowhere]",
    "shelter.host_zones.nowhere": "shelter.host_zones.nowhere=1",
    "phones.cells.nowhere": "phones.cells.nowhere=1",
    "measures.half-rate.zones.0": "measures.half-rate.zones=[nowhere]",
    "measures.calm-posts.topics.0": "measures.calm-posts.topics=[nowhere]",
    "closures.cordon.cordon.0": "closures.cordon.cordon=[nowhere]",
    "closures.station.stations.0": "closures.station.stations=[nowhere]",
    "closures.line.lines.0": "closures.line.lines=[nowhere]",
    "closures.line.stretches.s.line": "closures.line.stretches.s={line: nowhere, between: [theatre, port]}",
    "closures.line.stretches.s.between.1": "closures.line.stretches.s={line: m2, between: [theatre, nowhere]}",
    "closures.line.borders.b.1": "closures.line.borders.b=[centre, nowhere]",
}
AT_ODDS = {
    "instructions.stay.leaves": f"instructions.stay={{{WINDOW}, stays: 0.7, leaves: 0.4, {MADE}}}",
    "witnesses.blast.zone": f'witnesses.blast={{at: "21:40", zone: sud, people: 9, {MADE}}}',
    "desks.hotline.emergency": "desks.hotline.emergency=true",
    "desks.hotline.rates.others.zones": "desks.hotline.rates.others.zones={centre: 1}",
    "closures.line.stretches.s.between": "closures.line.stretches.s={line: m2, between: [theatre, gare]}",
    "closures.line.borders.b": "closures.line.borders.b=[centre, port]",
    "closures.line.lets": "closures.line.lets=[residents]",
    "phones.reserved": "phones.reserved=5",
    **{
        f"{where}.until": f'{where}={{until: "21:00", at: "21:00"}}'
        for where in ("closures.line", "measures.calm-posts", "drivers.chatter", "videos.street", "bots.adverts")
    },
    "desks.hotline.rates.others.until": 'desks.hotline.rates.others.until="21:30"',
}


def refused(change: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        load(TOY, (), [change])
    assert all(problem.given and problem.allowed for problem in caught.value.problems)
    return [problem.key for problem in caught.value.problems]


@pytest.mark.parametrize("key", UNKNOWN)
def test_a_name_that_stands_for_nothing_is_refused_where_it_is_used(key: str) -> None:
    assert key in refused(UNKNOWN[key])


@pytest.mark.parametrize("key", AT_ODDS)
def test_values_at_odds_with_each_other_are_refused(key: str) -> None:
    assert key in refused(AT_ODDS[key])
