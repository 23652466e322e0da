"""Settings that nothing reads in the scenario where they stand: right in themselves, and without any effect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgu.errors import Loc
from msgu.scenario.dials import DIALS
from msgu.scenario.observables import OBSERVABLES
from msgu.scenario.schema.field import Strict
from msgu.scenario.schema.root import Scenario
from msgu.scenario.yaml.nodes import Mapping

Found = tuple[Loc, str, str, str]

_OF_MAP: Final = ("map_use", "map_coverage", "map_delay", "volunteers", "volunteer_time", "relays")


def idle_settings(scenario: Scenario, tree: Mapping) -> Iterator[Found]:
    """Yield settings other than their defaults that have no effect here: location, what stands there, what they need, the fix."""
    for block in ("drivers", "gains"):
        for key, wave in getattr(scenario, block).items():
            if wave.until is not None:
                yield from _unread(wave, (block, key), ("rise", "decay"), "a pulse: a wave without `until:`")
    for key, topic in scenario.topics.items():
        if topic.half_life is None:
            yield from _unread(topic, ("topics", key), ("onset",), "a `half_life:`, which begins then")
    for key, measure in scenario.measures.items():
        if lacks := DIALS[measure.dial].without(scenario):
            given, allowed = f"`{measure.dial}`", f"{lacks}, of which this scenario has none"
            yield ("measures", key, "dial"), given, allowed, "delete the measure"
    for key, rule in scenario.rules.items():
        if lacks := OBSERVABLES[rule.sees].without(scenario):
            yield ("rules", key, "sees"), f"`{rule.sees}`", f"{lacks}, of which this scenario has none", "delete the rule"
    yield from _of_stimuli(scenario)
    yield from _of_people(scenario)
    yield from _of_hearing(scenario)


def _of_stimuli(scenario: Scenario) -> Iterator[Found]:
    for key, pulse in scenario.pulses.items():
        if pulse.stimulus is not None:
            yield from _unread(pulse, ("pulses", key), ("rise", "decay"), "a pulse without `stimulus:`")


def _of_people(scenario: Scenario) -> Iterator[Found]:
    shelter, missing, worry = scenario.shelter, scenario.missing, scenario.worry
    if shelter is not None and shelter.map_at is None:
        yield from _unread(shelter, ("shelter",), _OF_MAP, "a map: `map_at:`")
    for block, one, names in (
        ("shelter", shelter, ("relay_share",)),
        ("missing", missing, ("relay_share", "relay_after", "relay_asks")),
    ):
        if one is not None and not one.relays:
            yield from _unread(one, (block,), names, "named accounts in `relays:`")
    if worry is not None and worry.post_topic is None:
        yield from _unread(worry, ("worry",), ("post_after_failure",), "a `post_topic:`")
    yield from _of_reassurance(scenario)
    if scenario.trending is not None and not scenario.trending.topics:
        yield ("trending",), "no `topics:`", "topics that can trend", "delete `trending:`, or name topics"
    yield from _of_phones(scenario)
    yield from _of_desks(scenario)


def _of_phones(scenario: Scenario) -> Iterator[Found]:
    phones = scenario.phones
    if phones is not None and not phones.operators:
        yield from _unread(phones, ("phones",), ("by_operator",), "`operators:`")
    if phones is not None and phones.battery is not None and phones.people_out <= 0 and phones.battery.home is None:
        yield (
            ("phones", "battery"),
            "`battery` without effect",
            "it needs `people_out:`, or `home:` in it",
            "delete `battery:`",
        )
    if phones is not None and not (scenario.outings or scenario.places.venues):
        yield from _unread(phones, ("phones",), ("people_out",), "people who are out: `outings:` or venues")


def _of_desks(scenario: Scenario) -> Iterator[Found]:
    for key, desk in scenario.desks.items():
        if scenario.worry is None:
            yield from _unread(desk, ("desks", key), ("worried_share",), "`worry:` in the scenario")
        if scenario.worry is None or desk.worried_share <= 0:
            yield from _unread(
                desk, ("desks", key), ("announced",), "worried people who call: `worry:`, and a `worried_share:`"
            )


def _of_hearing(scenario: Scenario) -> Iterator[Found]:
    hearing = None if scenario.shelter is None else scenario.shelter.hearing
    if hearing is None:
        for block in ("posts", "broadcasts"):
            for key, one in getattr(scenario, block).items():
                yield from _unread(one, (block, key), ("shelter",), "`shelter.hearing:`")
        return
    if hearing.meets is None:
        yield from _unread(hearing, ("shelter", "hearing"), ("tells",), "`meets:`, how often somebody asks")
    if not any(one.shelter for one in scenario.broadcasts.values()):
        yield from _unread(hearing, ("shelter", "hearing"), ("outdoors",), "a broadcast with `shelter: true`")


def _of_reassurance(scenario: Scenario) -> Iterator[Found]:
    check, told = scenario.safety_check, {cast.news for cast in scenario.broadcasts.values()}
    if check is not None and check.unmarked == 0:
        yield from _unread(check, ("safety_check",), ("prompted", "prompted_after"), "contacts who look: `unmarked:`")
    for key in scenario.worry.news if scenario.worry is not None else {}:
        if key not in told:
            yield (
                ("worry", "news", key),
                "a later event that nobody hears of",
                f"a broadcast with `news: {key}`",
                f"delete `{key}:`",
            )


def _unread(block: Strict, loc: Loc, names: tuple[str, ...], needs: str) -> Iterator[Found]:
    """Yield those settings of a block that are not their defaults."""
    usual = type(block).model_fields
    for name in names:
        if name in block.model_fields_set and getattr(block, name) != usual[name].get_default(call_default_factory=True):
            yield (*loc, name), f"`{name}` without effect", f"it needs {needs}", f"delete `{name}:`"
