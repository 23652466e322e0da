"""A scenario in words: when, what, with which parameters, to what effect; in French or English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgu.lang import Lang
from msgu.scenario.policy import Layer
from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.rumour import Claim
from msgu.scenario.schema.social import Attention
from msgu.scenario.scores import scores
from msgu.scenario.speaker import Speaker, law
from msgu.scenario.timeline import timeline
from msgu.units import (
    format_clock,
    format_duration,
    format_rate,
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
    lines += [f"{format_clock(scenario.horizon, scenario.start)}  {end}", ""]
    told = list(scores(scenario, say))
    lines += [*told, ""] if told else []
    lines.append(say("star"))
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
    """Say in what a run happens: clock, places, network, topics, telephones, and the figures that it is held against."""
    span, scale = format_duration(s.horizon), format_scale(s.scale)
    yield say("clock", start=s.start.isoformat(), span=span, scale=scale, seed=s.seed)
    yield _clock(s, say)
    people = say.number(sum(zone.population or 0 for zone in s.places.zones.values()))
    stations, lines = len(s.places.metro.stations), len(s.places.metro.lines)
    yield say("places", zones=len(s.places.zones), people=people, stations=stations, lines=lines)
    yield from _network(s, say)
    yield _phones(s, say)
    yield from _where_from(s, say)
    yield from (say(f"no_{block}") for block in ("worry", "shelter") if getattr(s, block) is None)
    yield from _hearing(s, say)
    yield from _reassurance(s, say)
    figures = s.evidence.figures.values()
    targets = sum(figure.role == "target" for figure in figures)
    yield say("evidence", targets=targets, checks=len(figures) - targets, reading=s.evidence.peak_reading)


def _hearing(s: Scenario, say: Speaker) -> Iterator[str]:
    """Say who looks for shelter and offers it, where that must be heard of."""
    hearing = s.shelter.hearing if s.shelter is not None else None
    if hearing is not None:
        yield say("hearing", offers=f"{hearing.offers:g}", after=law(hearing.offer_after, say))
        if hearing.meets is not None:
            yield say("asking", meets=format_duration(hearing.meets), tells=f"{hearing.tells:g}")


def _network(s: Scenario, say: Speaker) -> Iterator[str]:
    """Say how large the network is, and how each topic spreads."""
    if s.network is None:
        yield say("no_network")
    else:
        accounts, follows = say.number(s.network.accounts), f"{s.network.mean_follows:g}"
        yield say("network", accounts=accounts, follows=follows, named=len(s.accounts))
        yield from _sharing(s.attention, say)
    for key, topic in s.topics.items():
        kind = "topic" if topic.claim is None else ("true_claim" if topic.claim.true else "rumour")
        hazard = f"{topic.infectiousness:g}"
        yield say(kind, id=key, title=topic.title or key, infectiousness=hazard, delay=law(topic.delay, say))
        if topic.claim is not None:
            yield from _claim(topic.claim, say)
    for key, room in s.newsrooms.items():
        times = {"window": room.window, "sees": room.sees_after, "airs": room.airs_after, "corrects": room.corrects_after}
        told = {name: format_duration(t) for name, t in times.items()}
        audience, level = say.number(100 * room.audience), format_rate(room.level)
        yield say("newsroom", id=key, topic=room.topic, level=level, audience=audience, **told)


def _claim(claim: Claim, say: Speaker) -> Iterator[str]:
    """Say whom a claim is believed from, how long it is passed on, and who writes of it."""
    if claim.trust:
        yield say("trust", trust=", ".join(f"{role} {factor:g}" for role, factor in claim.trust.items()))
    if claim.interest is not None:
        yield say("interest", interest=law(claim.interest, say))
    for name, telling in (("tells", claim.tells), ("corrects", claim.corrects)):
        if telling is not None:
            yield say(name, readiness=f"{telling.readiness:g}", after=law(telling.after, say))


def _sharing(a: Attention, say: Speaker) -> Iterator[str]:
    """Say who takes part, and what makes cascades broad rather than deep."""
    if a.participation is not None:
        yield say("participation", share=f"{100 * a.participation.share:g}", sigma=f"{a.participation.sigma:g}")
    if a.retweet_factor != 1:
        yield say("retweet_factor", factor=f"{a.retweet_factor:g}")
    if a.appeal_power > 0:
        yield say("appeal", power=f"{a.appeal_power:g}", mean=f"{1 / (1 + a.appeal_power):.2g}")
    if a.shown_once:
        yield say("shown_once")


def _phones(s: Scenario, say: Speaker) -> str:
    if s.phones is None:
        return say("no_phones")
    load, persistence = f"{s.phones.load:g}", f"{s.phones.persistence:g}"
    return say("phones", channels=s.phones.channels, load=load, persistence=persistence)


def _where_from(s: Scenario, say: Speaker) -> Iterator[str]:
    """Say which calls pass through the cells of their callers, beside those of residents at home."""
    if s.phones is not None and s.phones.people_out > 0:
        yield say("people_out", share=say.number(100 * s.phones.people_out))
    if s.phones is not None and (battery := s.phones.battery) is not None:
        home = say("never_empty") if battery.home is None else law(battery.home, say)
        yield say("battery", out=law(battery.out, say), home=home)
    if s.worry is not None and (group := s.worry.group) is not None:
        after, others = law(group.after, say), f"{group.others:g}"
        yield say("group", share=say.number(100 * group.share), after=after, others=others)
    for phrase, desks in (
        ("over_cells", [name for name, desk in s.desks.items() if desk.over_cells]),
        ("with_priority", [name for name, desk in s.desks.items() if desk.emergency]),
    ):
        if desks:
            yield say(phrase, desks=say.listing(desks))


def _reassurance(s: Scenario, say: Speaker) -> Iterator[str]:
    """Say which ties go both ways, and who passes word on, where any do."""
    worry = s.worry
    if worry is not None and worry.mutual + worry.tells > 0:
        after = law(worry.tells_after, say)
        yield say("both_ways", mutual=f"{worry.mutual:g}", tells=f"{worry.tells:g}", after=after)
    if worry is not None and worry.passed_on > 0:
        yield say("passed_on", share=f"{worry.passed_on:g}", after=law(worry.passed_after, say))


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
