"""Everything dated in a scenario, in words and in the order in which it happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from msgu.lang import Lang
from msgu.scenario.blocks import Moment, dated
from msgu.scenario.dials import DIALS
from msgu.scenario.observables import OBSERVABLES
from msgu.scenario.schema.closures import Closure, Instruction
from msgu.scenario.schema.danger import Danger
from msgu.scenario.schema.desks import Announcement, Desk, DeskRate, Shift
from msgu.scenario.schema.measures import Measure
from msgu.scenario.schema.people import Outing
from msgu.scenario.schema.places import Metro, Venue
from msgu.scenario.schema.reassurance import News, SafetyCheck
from msgu.scenario.schema.root import Event, Scenario
from msgu.scenario.schema.rules import Rule
from msgu.scenario.schema.shelter import Shelter
from msgu.scenario.schema.social import Aired, Bots, Broadcast, Driver, Gain, Post, Pulse, Video, Wave
from msgu.scenario.schema.triggers import Trigger, written_level
from msgu.scenario.schema.warnings import Message
from msgu.scenario.schema.witnesses import Witnesses
from msgu.scenario.speaker import Speaker, law
from msgu.units import format_clock, format_distance, format_duration, format_rate


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
    say = Speaker(lang)
    return sorted(_entry(scenario, say, moment) for moment in dated(scenario))


def _entry(s: Scenario, say: Speaker, moment: Moment) -> Entry:
    text = TEXTS[type(moment.item)](s, say, moment) if type(moment.item) in TEXTS else moment.place.text(say.lang)
    if moment.given is not None:
        text = say("given", when=when(moment.given, s, say), text=text)
    return Entry(moment.t, moment.name, text, _is_assumed(s, moment.item))


def _is_assumed(s: Scenario, item: Any) -> bool:
    """Return whether a block is marked as an assumption; a venue without a mark has that of its table."""
    return (item.confidence or s.places.provenance.venues.confidence) == "M"


# ---- what is said of each ----


def _event(s: Scenario, say: Speaker, moment: Moment) -> str:
    event: Event = moment.item
    return say("event", title=event.title.of(say.lang))


def _driver(s: Scenario, say: Speaker, moment: Moment) -> str:
    driver: Driver = moment.item
    return _wave(s, say, "driver", driver, topic=driver.topic, volume=driver.volume)


def _gain(s: Scenario, say: Speaker, moment: Moment) -> str:
    gain: Gain = moment.item
    return _wave(s, say, "gain", gain, account=gain.account, volume=gain.volume)


def _wave(s: Scenario, say: Speaker, what: str, wave: Wave, volume: float, **blanks: str) -> str:
    """Say what a wave brings, and whether as a pulse or at a constant rate."""
    if wave.until is None:
        times = {"rise": format_duration(wave.rise), "decay": format_duration(wave.decay)}
        return say(f"{what}_pulse", volume=say.number(volume), **times, **blanks)
    return say(f"{what}_rate", volume=say.number(volume), until=format_clock(wave.until, s.start), **blanks)


def _pulse(s: Scenario, say: Speaker, moment: Moment) -> str:
    pulse: Pulse = moment.item
    if pulse.stimulus is not None:
        given = pulse.stimulus
        over, session = format_duration(given.over), format_duration(given.session)
        blanks = {"over": over, "session": session, "reaction": law(given.reaction, say)}
        live_for = format_duration(pulse.live_for)
        return say("stimulus", topic=pulse.topic, share=f"{pulse.share:.4g}", live_for=live_for, **blanks)
    times = {name: format_duration(getattr(pulse, name)) for name in ("live_for", "rise", "decay")}
    return say("pulse", topic=pulse.topic, share=f"{pulse.share:.4g}", **times)


def _post(s: Scenario, say: Speaker, moment: Moment) -> str:
    post: Post = moment.item
    quote = f" \u00ab {post.text} \u00bb" if post.text and say.lang == "fr" else f' "{post.text}"' if post.text else ""
    said = say("post", account=post.account, kind=say(f"kind_{post.kind}"), topic=post.topic) + quote
    return said + (say("tells_of_shelter") if post.shelter else "")


def _video(s: Scenario, say: Speaker, moment: Moment) -> str:
    video: Video = moment.item
    shares = {"share": f"{video.share:.4g}", "opens": f"{video.opens:.4g}"}
    blanks = {**shares, "topic": video.topic, "watch": law(video.watch, say)}
    if video.until is None:
        return say("video_clip", **blanks)
    return say("video_live", until=format_clock(video.until, s.start), **blanks)


def _bots(s: Scenario, say: Speaker, moment: Moment) -> str:
    group: Bots = moment.item
    times = {"every": format_duration(group.every), "until": format_clock(group.until, s.start)}
    return say("bots", accounts=say.number(group.accounts), topics=say.listing(group.topics), **times)


def _broadcast(s: Scenario, say: Speaker, moment: Moment) -> str:
    cast: Broadcast = moment.item
    text = _heard_by(say, "broadcast", cast) + (say("tells_of_shelter") if cast.shelter else "")
    return text + (" " + say("tells_of", news=cast.news) if cast.news else "")


def _heard_by(say: Speaker, what: str, cast: Aired, **blanks: str) -> str:
    """Say whom something reaches that is told on television or radio."""
    times = {"rise": format_duration(cast.rise), "decay": format_duration(cast.decay)}
    text = say(what, audience=f"{cast.audience:.4g}", **times, **blanks)
    return text + (" " + say("where", zones=_shares(cast.zones)) if cast.zones else "")


def _news(s: Scenario, say: Speaker, moment: Moment) -> str:
    news: News = moment.item
    return say("later_news", zones=", ".join(zone for zone, weight in news.affected.items() if weight > 0))


def _announcement(s: Scenario, say: Speaker, moment: Moment) -> str:
    return _heard_by(say, "announcement", moment.item, desk=str(moment.loc[1]))


def _shares(zones: dict[str, float]) -> str:
    return ", ".join(f"{zone} {share:.4g}" for zone, share in zones.items())


def _closure(s: Scenario, say: Speaker, moment: Moment) -> str:
    closure: Closure = moment.item
    named: dict[str, list[str]] = {
        "lines": closure.lines,
        "stretches": [f"{x.line} {x.between[0]} - {x.between[1]}" for x in closure.stretches.values()],
        "networks": list(closure.networks),
        "stations": list(closure.stations),
        "cordon": list(closure.cordon),
        "borders": [" - ".join(pair) for pair in closure.borders.values()],
    }
    shut = [say(part, names=", ".join(names)) for part, names in named.items() if names]
    shut += [say(f"lets_{who}") for who in closure.lets]
    shut += [say("service", share=say.number(100 * closure.service))] if closure.service else []
    return say("closure", until=when(closure.until, s, say), shut="; ".join(shut) or say("nothing"))


def _instruction(s: Scenario, say: Speaker, moment: Moment) -> str:
    given: Instruction = moment.item
    shares = {"stays": say.number(100 * given.stays), "leaves": say.number(100 * given.leaves)}
    zones = ", ".join(given.zones) or say("everywhere")
    return say("instruction", until=when(given.until, s, say), zones=zones, **shares)


def _danger(s: Scenario, say: Speaker, moment: Moment) -> str:
    danger: Danger = moment.item
    return say("danger", until=format_clock(danger.until, s.start), radius=format_distance(danger.radius))


def _outing(s: Scenario, say: Speaker, moment: Moment) -> str:
    outing: Outing = moment.item
    return say("outing", people=say.number(outing.people), zone=outing.zone, spread=format_duration(outing.spread))


def _venue(s: Scenario, say: Speaker, moment: Moment) -> str:
    venue: Venue = moment.item
    people, zones = say.number(sum(venue.people.values())), ", ".join(venue.people)
    return say("outing", people=people, zone=zones, spread=format_duration(venue.spread))


def _service(s: Scenario, say: Speaker, moment: Moment) -> str:
    return say(moment.place.key)


def _shift(s: Scenario, say: Speaker, moment: Moment) -> str:
    shift: Shift = moment.item
    desk: Desk = s.desks[str(moment.loc[1])]
    patience = say("for_ever") if desk.patience is None else law(desk.patience, say)
    return say("shift", operators=shift.operators, handling=law(desk.handling, say), patience=patience)


def _rate(s: Scenario, say: Speaker, moment: Moment) -> str:
    rate: DeskRate = moment.item
    text = say("desk_rate", rate=format_rate(rate.rate), until=format_clock(rate.until, s.start))
    return text + (" " + say("where_from", zones=_shares(rate.zones)) if rate.zones else "")


def _witnesses(s: Scenario, say: Speaker, moment: Moment) -> str:
    seen: Witnesses = moment.item
    text = say("witnesses", people=say.number(seen.people), zone=seen.zone)
    if seen.desk is not None:
        share, reaction = say.number(100 * seen.calls), law(seen.reaction, say)
        text += " " + say("witnesses_call", share=share, desk=seen.desk, reaction=reaction)
    return text + (" " + say("witnesses_learn") if seen.learns else "")


def _safety_check(s: Scenario, say: Speaker, moment: Moment) -> str:
    check: SafetyCheck = moment.item
    numbers = {"marks": f"{check.marks:.4g}", "notified": f"{check.notified:g}", "delay": law(check.delay, say)}
    text = say("safety_check", zones=_shares(check.zones), **numbers)
    more = {"friends": (check.friends, check.friends_after), "prompted": (check.prompted, check.prompted_after)}
    said = [say(what, share=f"{share:g}", after=law(after, say)) for what, (share, after) in more.items() if share > 0]
    return " ".join([text, *said])


def _map(s: Scenario, say: Speaker, moment: Moment) -> str:
    shelter: Shelter = moment.item
    shares = {"use": f"{shelter.map_use:.4g}", "coverage": f"{shelter.map_coverage:.4g}"}
    each, near = format_duration(shelter.volunteer_time), format_distance(shelter.near)
    return say("map", volunteers=shelter.volunteers, each=each, near=near, **shares)


def _measure(s: Scenario, say: Speaker, moment: Moment) -> str:
    measure: Measure = moment.item
    where = {"zones": say.listing(measure.zones), "topics": say.listing(measure.topics)}
    dial, until = DIALS[measure.dial].phrase(say.lang), when(measure.until, s, say)
    return say("measure", dial=dial, factor=f"{measure.factor:g}", until=until, **where)


def _alert(s: Scenario, say: Speaker, moment: Moment) -> str:
    message: Message = moment.item
    zones = _shares(message.alert.zones) if message.alert else ""
    acts = ", ".join(say(f"action_{action}") for action in message.guidance)
    return say("alert", zones=zones, acts=acts or say("nothing"))


def _rule(s: Scenario, say: Speaker, moment: Moment) -> str:
    """Say what is watched, when the rule goes on and off, how late and how wrongly it sees, and whom it needs."""
    rule: Rule = moment.item
    side, end = ("above", rule.until_below) if rule.above is not None else ("below", rule.until_above)
    level = rule.above if rule.above is not None else rule.below
    narrowed = {"topic": rule.topic, "zones": say.listing(rule.zones), "desk": rule.desk, "event": rule.event}
    seen = OBSERVABLES[rule.sees]
    parts = [
        say("rule", until=when(s.horizon if rule.until is None else rule.until, s, say),
            seen=seen.phrase(say.lang).format(**narrowed)),
        say("rule_over", over=format_duration(rule.window)) if seen.over_time else "",
        say(f"rule_{side}", level=said_level(level), lasting=_lasting(rule.lasting, say)),
        say(f"rule_until_{side}", level=said_level(level if end is None else end), lasting=_lasting(rule.until_lasting, say)),
        say("rule_every", every=format_duration(rule.every)),
        say("rule_delay", delay=format_duration(rule.delay)) if rule.delay else "",
        say("rule_error", error=f"{rule.error:g}") if rule.error else "",
        say("rule_most", n=rule.at_most) if rule.at_most is not None else "",
        say("rule_teams", teams=", ".join(f"{team} {n}" for team, n in rule.teams.items()), short=say(rule.short))
        if rule.teams else "",
    ]  # fmt: skip
    return " ".join(part for part in parts if part)


def _lasting(span: float, say: Speaker) -> str:
    return say("lasting", span=format_duration(span)) if span else ""


def said_level(level: float | None) -> str:
    """Return a level as it is written in a scenario."""
    return "" if level is None else str(written_level(level)).removesuffix(".0")


def when(t: float, s: Scenario, say: Speaker) -> str:
    """Return a date on the clock, or in words when the rule that gives the time does so."""
    if not isinstance(t, Trigger):
        return format_clock(t, s.start)
    told = say("rule_end" if t.off else "rule_start", rule=t.rule)
    return say("rule_later", after=format_duration(t.after), when=told) if t.after else told


TEXTS: Final[dict[type, Callable[[Scenario, Speaker, Moment], str]]] = {
    Event: _event, Driver: _driver, Gain: _gain, Pulse: _pulse, Post: _post, Video: _video, Bots: _bots,
    Broadcast: _broadcast, Closure: _closure, Instruction: _instruction, Danger: _danger, Outing: _outing, Venue: _venue,
    Metro: _service, Shift: _shift, Announcement: _announcement, DeskRate: _rate, SafetyCheck: _safety_check, Shelter: _map,
    Measure: _measure, Witnesses: _witnesses, Message: _alert, Rule: _rule, News: _news,
}  # fmt: skip
"""What is said of each kind of dated thing of which the schema does not say it."""
