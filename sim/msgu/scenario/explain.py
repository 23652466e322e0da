"""A scenario in words: when, what, with which parameters, to what effect; in French or English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgu.lang import Lang
from msgu.scenario.policy import Layer
from msgu.scenario.schema.root import Scenario
from msgu.scenario.speaker import Speaker, law
from msgu.scenario.timeline import timeline
from msgu.units import (
    format_clock,
    format_duration,
    format_scale,
    local_moment,
    offset_text,
    offsets,
)


def explain_scenario(scenario: Scenario, lang: Lang = "en") -> str:
    """Return the scenario in words: title, sizes, timeline, end.

    Parameters
    ----------
    scenario
        A checked scenario.
    lang
        Language of the texts.
    """
    say = Speaker(lang)
    title = scenario.title.of(lang)
    lines = [f"{title} ({scenario.id})", "", *_head(scenario, say), "", say("timeline"), ""]
    for entry in timeline(scenario, lang):
        mark = " *" if entry.assumed else ""
        after = entry.t >= scenario.horizon
        lines.append(f"{format_clock(entry.t, scenario.start)}  {entry.what}{mark}")
        lines.append(f"    {entry.text}" + (f" {say('after_end')}" if after else ""))
    end = say("end", span=format_duration(scenario.horizon))
    lines += [f"{format_clock(scenario.horizon, scenario.start)}  {end}", "", say("star")]
    return "\n".join(lines)


def explain_policies(layers: Iterable[Layer], lang: Lang = "en") -> str:
    """Return why each policy is taken, what it costs, and what of the evidence it changes.

    Parameters
    ----------
    layers
        Policies laid over a scenario.
    lang
        Language of the texts.
    """
    say = Speaker(lang)
    blocks = []
    for layer in layers:
        policy = layer.policy
        title, why, cost = (getattr(getattr(policy, part), lang) for part in ("title", "why", "cost"))
        blocks.append(say("policy", id=policy.id, title=title, why=why, cost=cost, source=policy.source))
        blocks += [f"    {said}" for said in evidence_changes([layer], lang)]
    return "\n".join(blocks)


def evidence_changes(layers: Iterable[Layer], lang: Lang = "en") -> list[str]:
    """Return one line for each policy that changes the evidence, by which nights are judged: it must not go unsaid."""
    say = Speaker(lang)
    changed = [(layer.policy.id, layer.evidence) for layer in layers]
    return [say("policy_evidence", id=name, names=", ".join(keys)) for name, keys in changed if keys]


def _head(s: Scenario, say: Speaker) -> Iterator[str]:
    yield say(
        "clock",
        start=s.start.isoformat(),
        span=format_duration(s.horizon),
        scale=format_scale(s.scale),
        seed=s.seed,
    )
    yield _clock(s, say)
    yield say(
        "places",
        zones=len(s.places.zones),
        people=say.number(sum(zone.population or 0 for zone in s.places.zones.values())),
        stations=len(s.places.metro.stations),
        lines=len(s.places.metro.lines),
    )
    if s.network is None:
        yield say("no_network")
    else:
        yield say(
            "network",
            accounts=say.number(s.network.accounts),
            follows=f"{s.network.mean_follows:g}",
            named=len(s.accounts),
        )
    for key, topic in s.topics.items():
        kind = "topic" if topic.claim is None else ("true_claim" if topic.claim.true else "rumour")
        yield say(
            kind,
            id=key,
            title=topic.title or key,
            infectiousness=f"{topic.infectiousness:g}",
            delay=law(topic.delay, say),
        )
    if s.phones is None:
        yield say("no_phones")
    else:
        yield say(
            "phones",
            channels=s.phones.channels,
            load=f"{s.phones.load:g}",
            persistence=f"{s.phones.persistence:g}",
        )
    if s.worry is None:
        yield say("no_worry")
    if s.shelter is None:
        yield say("no_shelter")
    figures = s.evidence.figures.values()
    targets = sum(figure.role == "target" for figure in figures)
    yield say("evidence", targets=targets, checks=len(figures) - targets, reading=s.evidence.peak_reading)


def _clock(s: Scenario, say: Speaker) -> str:
    """Say whose local time it is, and when its clocks change."""
    first = offset_text(s.start)
    if s.time_zone is None:
        return say("fixed_clock", offset=first)
    told = [f"UTC{first}"]
    for at, _ in offsets(s.start, s.horizon)[1:]:
        when = local_moment(s.start, at)
        told.append(say("offset_from", offset=offset_text(when), when=f"{when:%Y-%m-%d %H:%M}"))
    return say("zone_clock", zone=s.time_zone, offsets=", ".join(told))
