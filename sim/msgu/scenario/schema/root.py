"""The scenario: one frozen, strict tree of blocks, and the references between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

from pydantic import ValidationInfo, field_validator, model_validator

from msgu.errors import SchemaProblem
from msgu.scenario.dials import DIALS, Scope, of_scope
from msgu.scenario.schema.closures import Closure, Instruction
from msgu.scenario.schema.desks import Desk
from msgu.scenario.schema.evidence import Evidence
from msgu.scenario.schema.field import Bilingual, Slug, Sourced, Strict, field
from msgu.scenario.schema.measures import Measure
from msgu.scenario.schema.missing import Missing
from msgu.scenario.schema.people import GoingHome, Outing
from msgu.scenario.schema.phone import Phones
from msgu.scenario.schema.places import Places
from msgu.scenario.schema.reassurance import SafetyCheck, Worry
from msgu.scenario.schema.shelter import Shelter
from msgu.scenario.schema.social import (
    Account,
    Attention,
    Bots,
    Broadcast,
    Driver,
    Gain,
    Network,
    Post,
    Pulse,
    Topic,
    Trending,
    Video,
)
from msgu.units import Duration, Scale, StartTime, TimeZone, WallTime, format_duration, in_zone, offset_of, tellable
from msgu.units import zone as zone_of

Loc = tuple[str | int, ...]


class Title(Bilingual):
    """A title in both languages."""

    fr: str = field(..., "In French.", max_length=200)
    en: str = field(..., "In English.", max_length=200)


class Event(Sourced):
    """What happened: shown on timelines and pictures, read by no model."""

    at: WallTime = field(..., "When.", unit="s")
    title: Title = field(..., "What, in both languages.")


class Record(Strict):
    """What a run keeps."""

    event_log: bool = field(False, "Keep the raw event log (large).")
    bin: Duration = field(60.0, "Width of the bins of the tables.", unit="s", ge=1, le=86400)


class Scenario(Strict):
    """One crisis: everything that a run needs except seed, scale and replication, which may be given here too."""

    msgu: Literal[1] = field(..., "Version of this format.")
    id: Slug = field(..., "Identifier.")
    title: Title = field(..., "Title.")
    time_zone: TimeZone | None = field(
        None, "Zone whose local time it is, clocks that change included; empty: the UTC offset of `start` throughout."
    )
    start: StartTime = field(..., "Start of the clock: date, time and UTC offset.")
    horizon: Duration = field(..., "Length of the run; events exactly at its end do not happen.", unit="s", gt=0, le=1e9)
    scale: Scale = field(1.0, "Share of the accounts, people and cells that is run.", gt=0, le=1)
    seed: int = field(1, "Seed.", ge=0, lt=2**62)
    worlds: Literal["one", "each"] = field(
        "one", "All replications in one world, or each in a world of its own: other accounts, people and cells."
    )
    places: Places = field(Places, "Zones, public transport, venues.")
    events: dict[Slug, Event] = field(dict, "What happened, for timelines.")
    network: Network | None = field(None, "Follower graph; empty: no social network.")
    accounts: dict[Slug, Account] = field(dict, "Named accounts.")
    attention: Attention = field(Attention, "Who sees what.")
    topics: dict[Slug, Topic] = field(dict, "Hashtags and claims.")
    drivers: dict[Slug, Driver] = field(dict, "Spontaneous first posts.")
    gains: dict[Slug, Gain] = field(dict, "Followers that named accounts gain.")
    pulses: dict[Slug, Pulse] = field(dict, "Synchronised responses.")
    posts: dict[Slug, Post] = field(dict, "Dated posts of named accounts.")
    trending: Trending | None = field(None, "Trends; empty: none.")
    videos: dict[Slug, Video] = field(dict, "Live streams and clips that posts carry.", max_length=15)
    bots: dict[Slug, Bots] = field(dict, "Automatic accounts.")
    broadcasts: dict[Slug, Broadcast] = field(dict, "Television and radio.")
    phones: Phones | None = field(None, "Telephones; empty: none.")
    worry: Worry | None = field(None, "Worry and reassurance; empty: none.")
    desks: dict[Slug, Desk] = field(dict, "Call centres.")
    missing: Missing | None = field(None, "Missing persons; empty: none but the posts of a topic.")
    safety_check: SafetyCheck | None = field(None, "Safety Check; empty: none.")
    closures: dict[Slug, Closure] = field(dict, "Timed closures.")
    instructions: dict[Slug, Instruction] = field(dict, "Instructions to people who are out.")
    outings: dict[Slug, Outing] = field(dict, "People out.")
    going_home: GoingHome = field(GoingHome, "How people get home.")
    shelter: Shelter | None = field(None, "Offers of shelter; empty: none.")
    measures: dict[Slug, Measure] = field(dict, "Dials turned for a time.")
    evidence: Evidence = field(Evidence, "Reported figures.")
    record: Record = field(Record, "What a run keeps.")

    @field_validator("start")
    @classmethod
    def _in_its_zone(cls, start: datetime, info: ValidationInfo) -> datetime:
        """Let the start carry the time zone, so that every local time of the scenario is told by it."""
        return in_zone(start, info.data.get("time_zone"))

    @model_validator(mode="after")
    def _references(self, info: ValidationInfo) -> Scenario:
        problems = list(_problems(self))
        if problems:
            raise SchemaProblem(problems)
        return self

    def world_seed(self, replication: int) -> int:
        """Return the seed of the world in which a replication happens, and of its draws."""
        return self.seed + replication if self.worlds == "each" else self.seed

    def followed_until(self, block: Literal["phones", "going_home", "desks"], desk: str = "") -> float:
        """Return the end of what is followed of telephones, of people who are out, or of a desk [s]: at most the horizon.

        `desk` : its id; empty: the last desk that is followed.
        """
        parts: list[Phones | GoingHome | Desk | None] = [self.phones if block == "phones" else self.going_home]
        if block == "desks":
            parts = [self.desks[desk]] if desk else list(self.desks.values())
        ends = [part.until for part in parts if part is not None]
        return max([self.horizon if end is None else min(end, self.horizon) for end in ends], default=self.horizon)

    def cut_short(self) -> list[tuple[Literal["phones", "going_home", "desks"], str, float]]:
        """Return what is not followed to the end of the run: its block, the desk's id or nothing, and when it ends [s]."""
        parts: list[tuple[Literal["phones", "going_home", "desks"], str]] = [("phones", ""), ("going_home", "")]
        parts += [("desks", desk) for desk in sorted(self.desks)]
        ends = [(*part, self.followed_until(*part)) for part in parts]
        return [one for one in ends if one[2] < self.horizon]

    def stands_apart(self, account: str) -> bool:
        """Return whether a named account has and gains no followers where the network is drawn: it then follows nobody either."""
        network = self.network
        drawn = network is not None and not network.complete and network.edge_list is None
        gains = any(gain.account == account for gain in self.gains.values())
        return drawn and not gains and self.accounts[account].followers == 0


Problem = tuple[Loc, str, str, str]


def _unknown(loc: Loc, name: str, known: Iterable[str], what: str) -> Iterator[Problem]:
    import difflib

    names = sorted(known)
    if name in names:
        return
    near = difflib.get_close_matches(name, names, 1, 0.5)
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    yield loc, repr(name), f"{what} of this scenario ({shown or 'none'})", near[0] if near else ""


def _problems(s: Scenario) -> Iterator[Problem]:
    """References to what does not exist, and times that run backwards."""
    zones = s.places.zones
    yield from _social_references(s, list(zones))
    yield from _city_references(s, list(zones))
    yield from _missing_references(s, list(zones))
    yield from _clocks(s)
    yield from _windows(s)


def _social_references(s: Scenario, zones: list[str]) -> Iterator[Problem]:
    kinds = {zone.kind for zone in s.places.zones.values()}
    for key, account in s.accounts.items():
        yield from _unknown(("accounts", key, "zone"), account.zone, zones, "a zone")
    for key, driver in s.drivers.items():
        yield from _unknown(("drivers", key, "topic"), driver.topic, s.topics, "a topic")
    for key, gain in s.gains.items():
        yield from _unknown(("gains", key, "account"), gain.account, s.accounts, "an account")
    for block in ("drivers", "gains"):
        for key, wave in getattr(s, block).items():
            for zone in wave.zones:
                yield from _unknown((block, key, "zones", zone), zone, [*zones, *kinds], "a zone or kind of zone")
    for key, pulse in s.pulses.items():
        yield from _unknown(("pulses", key, "topic"), pulse.topic, s.topics, "a topic")
    for key, video in s.videos.items():
        yield from _unknown(("videos", key, "topic"), video.topic, s.topics, "a topic")
    for key, bots in s.bots.items():
        for i, name in enumerate(bots.topics):
            yield from _unknown(("bots", key, "topics", i), name, s.topics, "a topic")
        if not bots.topics and s.trending is None:
            yield ("bots", key, "topics"), "no topic, and nothing trends", "topics, or `trending:` in the scenario", ""
    for key, post in s.posts.items():
        yield from _unknown(("posts", key, "topic"), post.topic, s.topics, "a topic")
        yield from _unknown(("posts", key, "account"), post.account, s.accounts, "an account")
    for key, broadcast in s.broadcasts.items():
        for zone in broadcast.zones:
            yield from _unknown(("broadcasts", key, "zones", zone), zone, [*zones, *kinds], "a zone or kind of zone")
    for key, topic in s.topics.items():
        for zone in topic.zone_factor:
            yield from _unknown(("topics", key, "zone_factor", zone), zone, [*zones, *kinds], "a zone or kind of zone")
        if topic.elsewhere is not None:
            others = [name for name, other in s.topics.items() if name != key and other.claim is None]
            yield from _unknown(
                ("topics", key, "elsewhere", "topic"), topic.elsewhere.topic, others, "another topic, no claim"
            )
        if topic.claim is not None and topic.claim.zone is not None:
            yield from _unknown(("topics", key, "claim", "zone"), topic.claim.zone, zones, "a zone")
    if s.network is not None:
        for zone in s.network.shares:
            yield from _unknown(("network", "shares", zone), zone, zones, "a zone")
    for i, name in enumerate(s.trending.topics if s.trending else []):
        yield from _unknown(("trending", "topics", i), name, s.topics, "a topic")
    if not zones:
        for block in ("network", "phones", "worry"):
            if getattr(s, block) is not None:
                yield (block,), "a model without a place", "at least one zone in `places:`", ""
    if s.network is None:
        for block in ("drivers", "gains", "pulses", "posts", "bots"):
            for key in getattr(s, block):
                yield (block, key), "posts without a network", "`network:` in the scenario", ""


def _missing_references(s: Scenario, zones: list[str]) -> Iterator[Problem]:
    missing = s.missing
    if missing is None:
        return
    yield from _unknown(("missing", "topic"), missing.topic, s.topics, "a topic")
    if missing.tribute is not None:
        yield from _unknown(("missing", "tribute"), missing.tribute, s.topics, "a topic")
    for i, name in enumerate(missing.relays):
        yield from _unknown(("missing", "relays", i), name, s.accounts, "an account")
    kinds = {zone.kind for zone in s.places.zones.values()}
    for i, name in enumerate(missing.zones):
        yield from _unknown(("missing", "zones", i), name, [*zones, *kinds], "a zone or kind of zone")


def _city_references(s: Scenario, zones: list[str]) -> Iterator[Problem]:
    for key, outing in s.outings.items():
        yield from _unknown(("outings", key, "zone"), outing.zone, zones, "a zone")
    for key, closure in s.closures.items():
        yield from _closure_references(s, ("closures", key), closure)
    for key, given in s.instructions.items():
        for i, zone in enumerate(given.zones):
            yield from _unknown(("instructions", key, "zones", i), zone, zones, "a zone")
        if given.stays + given.leaves > 1:
            shares = f"{given.stays:g} + {given.leaves:g}"
            yield ("instructions", key, "leaves"), shares, "`stays` and `leaves` of at most 1 together", ""
    kinds = {zone.kind for zone in s.places.zones.values()}
    for zone in s.going_home.homes:
        yield from _unknown(("going_home", "homes", zone, "[key]"), zone, zones, "a zone")
    if s.worry is not None:
        for zone in s.worry.affected:
            yield from _unknown(("worry", "affected", zone), zone, zones, "a zone")
        for zone in s.worry.ties:
            yield from _unknown(("worry", "ties", zone), zone, [*zones, *kinds], "a zone or kind of zone")
        if s.worry.post_topic is not None:
            yield from _unknown(("worry", "post_topic"), s.worry.post_topic, s.topics, "a topic")
    if s.safety_check is not None:
        for zone in s.safety_check.zones:
            yield from _unknown(("safety_check", "zones", zone), zone, [*zones, *kinds], "a zone or kind of zone")
    if s.shelter is not None:
        yield from _unknown(("shelter", "topic"), s.shelter.topic, s.topics, "a topic")
        for i, name in enumerate(s.shelter.relays):
            yield from _unknown(("shelter", "relays", i), name, s.accounts, "an account")
        for zone in s.shelter.host_zones:
            yield from _unknown(("shelter", "host_zones", zone), zone, zones, "a zone")
    if s.phones is not None:
        for zone in s.phones.cells:
            yield from _unknown(("phones", "cells", zone), zone, zones, "a zone")
        yield from _capacities(s.phones)
    for key, measure in s.measures.items():
        for i, zone in enumerate(measure.zones):
            yield from _unknown(("measures", key, "zones", i), zone, zones, "a zone")
        for i, name in enumerate(measure.topics):
            yield from _unknown(("measures", key, "topics", i), name, s.topics, "a topic")
        yield from _selectors(key, measure)


def _closure_references(s: Scenario, loc: Loc, closure: Closure) -> Iterator[Problem]:
    zones, stations, lines = list(s.places.zones), s.places.station_ids(), s.places.line_ids()
    for i, zone in enumerate(closure.cordon):
        yield from _unknown((*loc, "cordon", i), zone, zones, "a zone")
    for i, name in enumerate(closure.stations):
        yield from _unknown((*loc, "stations", i), name, stations, "a station")
    for i, name in enumerate(closure.lines):
        yield from _unknown((*loc, "lines", i), name, lines, "a line")
    for key, stretch in closure.stretches.items():
        here = (*loc, "stretches", key)
        yield from _unknown((*here, "line"), stretch.line, lines, "a line")
        for i, name in enumerate(stretch.between):
            yield from _unknown((*here, "between", i), name, stations, "a station")
        if stretch.line in lines and not any(
            set(stretch.between) <= set(segment.stations) for segment in s.places.metro.lines[stretch.line].segments.values()
        ):
            yield (*here, "between"), ", ".join(stretch.between), f"two stations of one segment of {stretch.line}", ""
    for key, pair in closure.borders.items():
        here = (*loc, "borders", key)
        for i, zone in enumerate(pair):
            yield from _unknown((*here, i), zone, zones, "a zone")
        if len(pair) != 2 or (set(pair) <= set(zones) and pair[1] not in s.places.zones[pair[0]].adjacent):
            yield here, ", ".join(pair), "two zones that share a border", ""
    if closure.lets and not closure.cordon:
        yield (*loc, "lets"), ", ".join(closure.lets), "a `cordon:` to be let through", ""


_SELECTORS: dict[str, Scope] = {"zones": "zone", "topics": "topic"}
"""What narrows a measure, and the scope of the dials that can be narrowed so."""


def _selectors(key: str, measure: Measure) -> Iterator[Problem]:
    """Refuse a choice of zones or topics that the dial does not have."""
    for name, scope in _SELECTORS.items():
        if getattr(measure, name) and DIALS[measure.dial].scope != scope:
            given = f"`{name}` on the dial `{measure.dial}`, which is turned everywhere"
            dials = " and ".join(f"`{dial}`" for dial in of_scope(scope))
            yield ("measures", key, name, "[key]"), given, f"`{name}` on the dial {dials} only", f"delete `{name}:`"


def _capacities(phones: Phones) -> Iterator[Problem]:
    """No more channels are reserved than there are, and ordinary traffic leaves some of the data channel."""
    if phones.operators and not sum(operator.share for operator in phones.operators.values()) > 0:
        yield ("phones", "operators"), "shares that are all 0", "at least one above 0", ""
    if phones.reserved > phones.channels:
        yield ("phones", "reserved"), f"{phones.reserved} channels", f"at most `channels`: {phones.channels}", ""
    most = max([1.0, *phones.profile.values()])
    if phones.data is not None and phones.data.load * most >= 1:
        given = f"{phones.data.load:g} at the busiest hour, x {most:g} by `profile`"
        yield ("phones", "data", "load"), given, "less than 1 in every hour", ""


def _clocks(s: Scenario) -> Iterator[Problem]:
    """The end can be told, and a zone with both an offset and a time zone means one clock."""
    try:
        tellable(s.horizon, s.start, format_duration(s.horizon))
    except SchemaProblem as error:
        yield ("horizon",), *error.problems[0][1:]
    for key, place in s.places.zones.items():
        if place.time_zone is None or place.utc_offset_h is None:
            continue
        hours = offset_of(s.start.astimezone(zone_of(place.time_zone))) / 3600
        if hours != place.utc_offset_h:
            given, allowed = (
                f"{place.utc_offset_h:g}",
                f"the offset of {place.time_zone} at the start, or one of the two keys",
            )
            yield ("places", "zones", key, "utc_offset_h"), given, allowed, f"{hours:.6g}"


def _windows(s: Scenario) -> Iterator[Problem]:
    """Each `until` lies after its `at`."""
    for block in ("closures", "instructions", "measures", "drivers", "gains", "videos", "bots"):
        for key, item in getattr(s, block).items():
            if item.until is not None and not item.until > item.at:
                yield (block, key, "until"), "a time not after `at`", "a later time", ""
    for desk, centre in s.desks.items():
        for key, rate in centre.rates.items():
            if not rate.until > rate.at:
                yield ("desks", desk, "rates", key, "until"), "a time not after `at`", "a later time", ""
