"""A scenario in words: when, what, with which parameters, to what effect; in French or English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from msgu.lang import Lang
from msgu.scenario.dials import DIALS
from msgu.scenario.phrases import WORDS
from msgu.scenario.policy import Layer
from msgu.scenario.schema.field import Sourced
from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.social import Wave
from msgu.units import (
    format_clock,
    format_distance,
    format_duration,
    format_rate,
    format_scale,
    local_moment,
    offset_text,
    offsets,
)


@dataclass(frozen=True, order=True)
class Entry:
    """One line of the timeline.

    Parameters
    ----------
    t
        Time since the start [s].
    what
        Kind of thing and its id, for instance ``closures.line-5``.
    text
        What happens, with its parameters, and to what effect.
    assumed
        Whether the block is marked as an assumption.
    """

    t: float
    what: str
    text: str
    assumed: bool


def timeline(scenario: Scenario, lang: Lang = "en") -> list[Entry]:
    """Return all dated things of a scenario in the order in which they happen.

    Parameters
    ----------
    scenario
        A checked scenario.
    lang
        Language of the texts.
    """
    say = _Speaker(lang)
    parts = (
        _events,
        _drivers,
        _gains,
        _pulses,
        _posts,
        _videos,
        _bots,
        _broadcasts,
        _closures,
        _instructions,
        _outings,
        _venues,
        _service,
        _desks,
    )
    more = (_safety_check, _shelter, _measures)
    return sorted(entry for part in parts + more for entry in part(scenario, say))


def explain(scenario: Scenario, lang: Lang = "en") -> str:
    """Return the scenario in words: title, sizes, timeline, end.

    Parameters
    ----------
    scenario
        A checked scenario.
    lang
        Language of the texts.
    """
    say = _Speaker(lang)
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
    say = _Speaker(lang)
    blocks = []
    for layer in layers:
        policy = layer.policy
        title, why, cost = (getattr(getattr(policy, part), lang) for part in ("title", "why", "cost"))
        blocks.append(say("policy", id=policy.id, title=title, why=why, cost=cost, source=policy.source))
        blocks += [f"    {said}" for said in evidence_changes([layer], lang)]
    return "\n".join(blocks)


def evidence_changes(layers: Iterable[Layer], lang: Lang = "en") -> list[str]:
    """Return one line for each policy that changes the evidence, by which nights are judged: it must not go unsaid."""
    say = _Speaker(lang)
    changed = [(layer.policy.id, layer.evidence) for layer in layers]
    return [say("policy_evidence", id=name, names=", ".join(keys)) for name, keys in changed if keys]


class _Speaker:
    """Says a phrase in one language."""

    def __init__(self, lang: Lang) -> None:
        self.lang: Lang = lang

    def __call__(self, phrase: str, **parameters: object) -> str:
        return WORDS[phrase][self.lang].format(**parameters)

    def number(self, value: float) -> str:
        """Return a number with its thousands apart, as the language writes them."""
        text = f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"
        return text.replace(",", "\u202f") if self.lang == "fr" else text

    def listing(self, names: Any) -> str:
        """Return names in a row, or the word for all of them."""
        return ", ".join(str(name) for name in names) or self("all")


def _entry(t: float, what: str, text: str, block: object) -> Entry:
    return Entry(t, what, text, isinstance(block, Sourced) and block.confidence == "M")


def _head(s: Scenario, say: _Speaker) -> Iterator[str]:
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


def _clock(s: Scenario, say: _Speaker) -> str:
    """Say whose local time it is, and when its clocks change."""
    first = offset_text(s.start)
    if s.time_zone is None:
        return say("fixed_clock", offset=first)
    told = [f"UTC{first}"]
    for at, _ in offsets(s.start, s.horizon)[1:]:
        when = local_moment(s.start, at)
        told.append(say("offset_from", offset=offset_text(when), when=f"{when:%Y-%m-%d %H:%M}"))
    return say("zone_clock", zone=s.time_zone, offsets=", ".join(told))


def law(value: Any, say: _Speaker) -> str:
    """Return a law of delay in words."""
    if value.law == "lognormal":
        return say("lognormal", median=format_duration(value.median), sigma=f"{value.sigma:g}")
    if value.law == "exponential":
        return say("exponential", mean=format_duration(value.mean))
    if value.law == "fixed":
        return say("fixed", value=format_duration(value.value))
    if value.law == "seismic":
        return say("seismic", s0=format_duration(value.s0), theta=f"{value.theta:g}")
    return say("empirical", quantiles=", ".join(f"{p}: {format_duration(q)}" for p, q in value.quantiles.items()))


# ---- the parts of the timeline ----


def _events(s: Scenario, say: _Speaker) -> Iterator[Entry]:
    for key, event in s.events.items():
        title = event.title.fr if say.lang == "fr" else event.title.en
        yield _entry(event.at, f"events.{key}", say("event", title=title), event)


def _drivers(s: Scenario, say: _Speaker) -> Iterator[Entry]:
    for key, d in s.drivers.items():
        yield _entry(d.at, f"drivers.{key}", _wave(s, say, "driver", d, topic=d.topic, volume=d.volume), d)


def _gains(s: Scenario, say: _Speaker) -> Iterator[Entry]:
    for key, d in s.gains.items():
        yield _entry(d.at, f"gains.{key}", _wave(s, say, "gain", d, account=d.account, volume=d.volume), d)


def _wave(s: Scenario, say: _Speaker, what: str, d: Wave, volume: float, **blanks: str) -> str:
    """Say what a wave brings, and whether as a pulse or at a constant rate."""
    if d.until is None:
        times = {"rise": format_duration(d.rise), "decay": format_duration(d.decay)}
        return say(f"{what}_pulse", volume=say.number(volume), **times, **blanks)
    return say(f"{what}_rate", volume=say.number(volume), until=format_clock(d.until, s.start), **blanks)


def _pulses(s: Scenario, say: _Speaker) -> Iterator[Entry]:
    for key, p in s.pulses.items():
        times = {name: format_duration(getattr(p, name)) for name in ("live_for", "rise", "decay")}
        yield _entry(p.at, f"pulses.{key}", say("pulse", topic=p.topic, share=f"{p.share:.4g}", **times), p)


def _posts(s: Scenario, say: _Speaker) -> Iterator[Entry]:
    for key, post in s.posts.items():
        quote = f" \u00ab {post.text} \u00bb" if post.text and say.lang == "fr" else f' "{post.text}"' if post.text else ""
        text = say("post", account=post.account, kind=say(f"kind_{post.kind}"), topic=post.topic)
        yield _entry(post.at, f"posts.{key}", text + quote, post)


def _videos(s: Scenario, say: _Speaker) -> Iterator[Entry]:
    for key, v in s.videos.items():
        blanks = {"share": f"{v.share:.4g}", "topic": v.topic, "opens": f"{v.opens:.4g}", "watch": law(v.watch, say)}
        if v.until is None:
            yield _entry(v.at, f"videos.{key}", say("video_clip", **blanks), v)
        else:
            yield _entry(v.at, f"videos.{key}", say("video_live", until=format_clock(v.until, s.start), **blanks), v)


def _bots(s: Scenario, say: _Speaker) -> Iterator[Entry]:
    for key, b in s.bots.items():
        times = {"every": format_duration(b.every), "until": format_clock(b.until, s.start)}
        text = say("bots", accounts=say.number(b.accounts), topics=say.listing(b.topics), **times)
        yield _entry(b.at, f"bots.{key}", text, b)


def _broadcasts(s: Scenario, say: _Speaker) -> Iterator[Entry]:
    for key, b in s.broadcasts.items():
        text = say(
            "broadcast",
            audience=f"{b.audience:.4g}",
            rise=format_duration(b.rise),
            decay=format_duration(b.decay),
        )
        if b.zones:
            text += " " + say("where", zones=", ".join(f"{zone} {share:.4g}" for zone, share in b.zones.items()))
        yield _entry(b.at, f"broadcasts.{key}", text, b)


def _closures(s: Scenario, say: _Speaker) -> Iterator[Entry]:
    for key, c in s.closures.items():
        named: dict[str, list[str]] = {
            "lines": c.lines,
            "stretches": [f"{x.line} {x.between[0]} - {x.between[1]}" for x in c.stretches.values()],
            "networks": list(c.networks),
            "stations": list(c.stations),
            "cordon": list(c.cordon),
            "borders": [" - ".join(pair) for pair in c.borders.values()],
        }
        shut = [say(part, names=", ".join(names)) for part, names in named.items() if names]
        shut += [say(f"lets_{who}") for who in c.lets]
        shut += [say("service", share=say.number(100 * c.service))] if c.service else []
        text = say("closure", until=format_clock(c.until, s.start), shut="; ".join(shut) or say("nothing"))
        yield _entry(c.at, f"closures.{key}", text, c)


def _instructions(s: Scenario, say: _Speaker) -> Iterator[Entry]:
    for key, given in s.instructions.items():
        shares = {"stays": say.number(100 * given.stays), "leaves": say.number(100 * given.leaves)}
        zones = ", ".join(given.zones) or say("everywhere")
        text = say("instruction", until=format_clock(given.until, s.start), zones=zones, **shares)
        yield _entry(given.at, f"instructions.{key}", text, given)


def _outings(s: Scenario, say: _Speaker) -> Iterator[Entry]:
    for key, o in s.outings.items():
        text = say("outing", people=say.number(o.people), zone=o.zone, spread=format_duration(o.spread))
        yield _entry(o.leaves, f"outings.{key}", text, o)


def _venues(s: Scenario, say: _Speaker) -> Iterator[Entry]:
    for key, v in s.places.venues.items():
        people, zones = say.number(sum(v.people.values())), ", ".join(v.people)
        text = say("outing", people=people, zone=zones, spread=format_duration(v.spread))
        confidence = v.confidence or s.places.provenance.venues.confidence
        yield Entry(v.leaves, f"places.venues.{key}", text, confidence == "M")


def _service(s: Scenario, say: _Speaker) -> Iterator[Entry]:
    metro = s.places.metro
    for name in ("service_end", "service_start"):
        t = getattr(metro, name)
        if t is not None:
            yield _entry(t, f"places.metro.{name}", say(name), metro)


def _desks(s: Scenario, say: _Speaker) -> Iterator[Entry]:
    for key, desk in s.desks.items():
        for name, shift in desk.shifts.items():
            patience = say("for_ever") if desk.patience is None else law(desk.patience, say)
            text = say("shift", operators=shift.operators, handling=law(desk.handling, say), patience=patience)
            yield _entry(shift.at, f"desks.{key}.shifts.{name}", text, shift)
        for name, rate in desk.rates.items():
            text = say("desk_rate", rate=format_rate(rate.rate), until=format_clock(rate.until, s.start))
            yield _entry(rate.at, f"desks.{key}.rates.{name}", text, rate)


def _safety_check(s: Scenario, say: _Speaker) -> Iterator[Entry]:
    check = s.safety_check
    if check is not None:
        zones = ", ".join(f"{zone} {share:.4g}" for zone, share in check.zones.items())
        delay = law(check.delay, say)
        text = say(
            "safety_check",
            zones=zones,
            marks=f"{check.marks:.4g}",
            notified=f"{check.notified:g}",
            delay=delay,
        )
        yield _entry(check.at, "safety_check", text, check)


def _shelter(s: Scenario, say: _Speaker) -> Iterator[Entry]:
    shelter = s.shelter
    if shelter is not None and shelter.map_at is not None:
        text = say(
            "map",
            use=f"{shelter.map_use:.4g}",
            coverage=f"{shelter.map_coverage:.4g}",
            volunteers=shelter.volunteers,
            each=format_duration(shelter.volunteer_time),
            near=format_distance(shelter.near),
        )
        yield _entry(shelter.map_at, "shelter.map_at", text, shelter)


def _measures(s: Scenario, say: _Speaker) -> Iterator[Entry]:
    for key, m in s.measures.items():
        text = say(
            "measure",
            dial=DIALS[m.dial].phrase(say.lang),
            factor=f"{m.factor:g}",
            until=format_clock(m.until, s.start),
            zones=say.listing(m.zones),
            topics=say.listing(m.topics),
        )
        yield _entry(m.at, f"measures.{key}", text, m)
