"""The scenario: one frozen, strict tree of blocks, and the references between them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import ValidationInfo, field_validator, model_validator

from msgu.errors import SchemaProblem
from msgu.scenario.schema import at_odds, at_odds_rules
from msgu.scenario.schema.block import Block, Dated, blocks_of
from msgu.scenario.schema.closures import Closure, Instruction
from msgu.scenario.schema.danger import Danger
from msgu.scenario.schema.desks import Desk
from msgu.scenario.schema.evidence import Evidence
from msgu.scenario.schema.field import Bilingual, Slug, Sourced, Strict, field
from msgu.scenario.schema.measures import Measure
from msgu.scenario.schema.missing import Missing
from msgu.scenario.schema.names import Problem, unknown, unknown_names
from msgu.scenario.schema.people import GoingHome, Outing
from msgu.scenario.schema.phone import Phones
from msgu.scenario.schema.places import Places
from msgu.scenario.schema.reassurance import SafetyCheck, Worry
from msgu.scenario.schema.rules import Rule, Team
from msgu.scenario.schema.rumour import Newsroom
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
from msgu.scenario.schema.warnings import MOST, Heeding, Message
from msgu.scenario.schema.witnesses import Witnesses
from msgu.units import Duration, Scale, StartTime, TimeZone, WallTime, in_zone

_SHOWN: Final = 12
"""Names that an error lists of those that there are."""


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
    start: Annotated[StartTime, Block(world=("out",))] = field(..., "Start of the clock: date, time and UTC offset.")
    horizon: Duration = field(..., "Length of the run; events exactly at its end do not happen.", unit="s", gt=0, le=1e9)
    scale: Scale = field(1.0, "Share of the accounts, people and cells that is run.", gt=0, le=1)
    seed: int = field(1, "Seed.", ge=0, lt=2**62)
    worlds: Literal["one", "each"] = field(
        "one", "All replications in one world, or each in a world of its own: other accounts, people and cells."
    )
    places: Annotated[
        Places,
        Block(
            dated=(
                Dated("venues.*", "leaves"),
                Dated("metro", "service_end", begins=False),
                Dated("metro", "service_start", begins=False),
            ),
            world=("accounts", "residents", "out", "places"),
        ),
    ] = field(Places, "Zones, public transport, venues.")
    events: Annotated[dict[Slug, Event], Block(dated=(Dated(lane="event"),))] = field(dict, "What happened, for timelines.")
    network: Annotated[Network | None, Block(world=("accounts",), needs="zones")] = field(
        None, "Follower graph; empty: no social network."
    )
    accounts: Annotated[dict[Slug, Account], Block(world=("accounts",))] = field(dict, "Named accounts.")
    attention: Annotated[Attention, Block(world=("accounts",))] = field(Attention, "Who sees what.")
    topics: Annotated[dict[Slug, Topic], Block(numbered=True)] = field(dict, "Hashtags and claims.")
    drivers: Annotated[dict[Slug, Driver], Block(dated=(Dated(),), needs="network")] = field(
        dict, "Spontaneous first posts."
    )
    gains: Annotated[dict[Slug, Gain], Block(dated=(Dated(),), world=("accounts",), needs="network")] = field(
        dict, "Followers that named accounts gain."
    )
    pulses: Annotated[dict[Slug, Pulse], Block(dated=(Dated(lane="pulse"),), numbered=True, needs="network")] = field(
        dict, "Synchronised responses."
    )
    posts: Annotated[dict[Slug, Post], Block(dated=(Dated(lane="post"),), needs="network")] = field(
        dict, "Dated posts of named accounts."
    )
    trending: Trending | None = field(None, "Trends; empty: none.")
    videos: Annotated[dict[Slug, Video], Block(dated=(Dated(),))] = field(
        dict, "Live streams and clips that posts carry.", max_length=15
    )
    bots: Annotated[dict[Slug, Bots], Block(dated=(Dated(),), needs="network")] = field(dict, "Automatic accounts.")
    broadcasts: Annotated[
        dict[Slug, Broadcast], Block(dated=(Dated(lane="broadcast"),), world=("residents",), of_posts=False)
    ] = field(dict, "Television and radio.")
    newsrooms: Annotated[dict[Slug, Newsroom], Block(needs="network")] = field(
        dict, "Media that air claims and correct them."
    )
    phones: Annotated[Phones | None, Block(world=("residents",), of_posts=False, needs="zones")] = field(
        None, "Telephones; empty: none."
    )
    worry: Annotated[
        Worry | None,
        Block(
            dated=(Dated("news.*", lane="event", fr="Nouvel événement", en="Later event"),),
            world=("residents",),
            of_posts=False,
            needs="zones",
        ),
    ] = field(None, "Worry and reassurance; empty: none.")
    desks: Annotated[
        dict[Slug, Desk],
        Block(
            dated=(Dated("*.shifts.*", lane="desk"), Dated("*.rates.*"), Dated("*.announced.*", lane="desk")), of_posts=False
        ),
    ] = field(dict, "Call centres.")
    witnesses: Annotated[dict[Slug, Witnesses], Block(dated=(Dated(),), numbered=True, of_posts=False)] = field(
        dict, "People who see what happens, call a desk and spread the news."
    )
    missing: Annotated[Missing | None, Block(of_posts=False)] = field(
        None, "Missing persons; empty: none but the posts of a topic."
    )
    safety_check: Annotated[SafetyCheck | None, Block(dated=(Dated("", lane="shelter"),), of_posts=False)] = field(
        None, "Safety Check; empty: none."
    )
    closures: Annotated[dict[Slug, Closure], Block(dated=(Dated(lane="closure"),), of_posts=False)] = field(
        dict, "Timed closures."
    )
    instructions: Annotated[
        dict[Slug, Instruction], Block(dated=(Dated(lane="closure"),), numbered=True, of_posts=False)
    ] = field(dict, "Instructions to people who are out.")
    outings: Annotated[
        dict[Slug, Outing], Block(dated=(Dated(key="leaves"),), world=("out", "residents"), of_posts=False)
    ] = field(dict, "People out.")
    going_home: Annotated[GoingHome, Block(world=("out",), of_posts=False)] = field(GoingHome, "How people get home.")
    shelter: Annotated[
        Shelter | None, Block(dated=(Dated("", "map_at", "shelter"),), world=("out", "residents"), of_posts=False)
    ] = field(None, "Offers of shelter; empty: none.")
    dangers: Annotated[dict[Slug, Danger], Block(dated=(Dated(lane="danger"),), of_posts=False)] = field(
        dict, "Dangerous places: who is out within reach of them is counted."
    )
    warnings: Annotated[
        dict[Slug, Message],
        Block(
            dated=(Dated(lane="post", fr="Une alerte part vers les téléphones.", en="An alert goes to telephones."),),
            numbered=True,
            of_posts=False,
        ),
    ] = field(dict, "Messages that ask for action.", max_length=MOST)
    heeding: Annotated[Heeding, Block(of_posts=False)] = field(Heeding, "How people heed them.")
    measures: Annotated[dict[Slug, Measure], Block(dated=(Dated(lane="measure"),))] = field(dict, "Dials turned for a time.")
    rules: Annotated[dict[Slug, Rule], Block(dated=(Dated(lane="rule"),))] = field(
        dict, "Conditions that are watched, and give times once they are seen."
    )
    teams: dict[Slug, Team] = field(dict, "People of the crisis room whom rules need.")
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


def _problems(s: Scenario) -> Iterator[Problem]:
    """Yield references to what does not exist, and what does not go together."""
    yield from unknown_names(s, _known(s), "this scenario", shown=_SHOWN, without=("places",))
    yield from _elsewhere(s)
    yield from _newsrooms(s)
    yield from _needs(s)
    yield from at_odds.clocks(s.start, s.horizon, s.places)
    yield from at_odds.bots_without_topics(s.bots, s.trending)
    yield from at_odds.closures(s.closures, s.places)
    yield from at_odds.instructions(s.instructions)
    yield from at_odds.selectors(s.measures)
    yield from at_odds.desks_without_cells(s.desks, s.phones)
    yield from at_odds.witnesses(s.witnesses, s.outings, s.places)
    there = [name for name in ("phones", "worry", "shelter", "network", "safety_check") if getattr(s, name) is not None]
    yield from at_odds.warnings(s.warnings, there)
    yield from at_odds.offers_unheard(s.shelter, s.topics)
    yield from at_odds.later_news(s.broadcasts, s.worry, s.safety_check)
    if s.phones is not None:
        yield from at_odds.capacities(s.phones)
    yield from at_odds.backwards(s)
    yield from at_odds_rules.rules(s.rules, s.teams)
    yield from at_odds_rules.triggers(s, s.rules)
    yield from at_odds_rules.desks(s.desks)
    yield from at_odds_rules.messages(s.warnings, s.posts, s.broadcasts, s.safety_check)
    yield from at_odds_rules.instructions(s.instructions)


def _known(s: Scenario) -> dict[str, Collection[str]]:
    """Return what there is of everything that a name may stand for."""
    zones, metro = s.places.zones, s.places.metro
    return {
        "a zone": zones,
        "a zone or kind of zone": [*zones, *{zone.kind for zone in zones.values()}],
        "a topic": s.topics,
        "an account": s.accounts,
        "a dated post": s.posts,
        "a broadcast": s.broadcasts,
        "a desk": s.desks,
        "a station": metro.stations,
        "a line": metro.lines,
        "an event": s.events,
        "a team": s.teams,
        "later news of `worry.news`": s.worry.news if s.worry else {},
    }


def _elsewhere(s: Scenario) -> Iterator[Problem]:
    """Originals that are written elsewhere are written on another topic, which is no claim."""
    for key, topic in s.topics.items():
        if topic.elsewhere is not None:
            others = [name for name, other in s.topics.items() if name != key and other.claim is None]
            loc = ("topics", key, "elsewhere", "topic")
            yield from unknown(loc, topic.elsewhere.topic, others, "another topic, no claim", _SHOWN)


def _newsrooms(s: Scenario) -> Iterator[Problem]:
    """Newsrooms follow claims, and speak where somebody hears them."""
    claims = [name for name, topic in s.topics.items() if topic.claim is not None]
    for key, room in s.newsrooms.items():
        yield from unknown(("newsrooms", key, "topic"), room.topic, claims, "a claim", _SHOWN)
        if room.account is None and room.audience == 0:
            yield ("newsrooms", key), "a newsroom that nobody hears", "an `account:` or an `audience:` above 0", ""


def _needs(s: Scenario) -> Iterator[Problem]:
    """Yield blocks without what they need: a network to post on, or a zone to be in."""
    for name, block in blocks_of(Scenario).items():
        value = getattr(s, name)
        if block.needs == "zones" and value is not None and not s.places.zones:
            yield (name,), "a model without a place", "at least one zone in `places:`", ""
        if block.needs == "network" and s.network is None:
            for key in value:
                yield (name, key), "posts without a network", "`network:` in the scenario", ""
