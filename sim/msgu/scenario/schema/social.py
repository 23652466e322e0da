"""The social network: accounts, attention, topics, drivers, posts, broadcasts."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr, StringConstraints

from msgu.scenario.schema import names
from msgu.scenario.schema.field import Slug, Sourced, field
from msgu.scenario.schema.graph import GraphLaw
from msgu.scenario.schema.laws import Law, Weight
from msgu.scenario.schema.maps import Hour, Once, Spellings, Weighted
from msgu.scenario.schema.rumour import Claim, Role
from msgu.scenario.schema.triggers import When
from msgu.units import Distance, Duration, Probability, Rate, WallTime  # noqa: F401

Kind = Literal["offer", "request", "information", "support", "missing", "rumour", "correction", "official", "noise"]
KINDS: tuple[Kind, ...] = (
    "offer", "request", "information", "support", "missing", "rumour", "correction", "official", "noise",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where this process read a file that a scenario names; no part of the scenario: two places compare equal."""

    path: str = dataclass_field(default="", compare=False)


class Network(Sourced):
    """The follower graph (docs/model/graph.md)."""

    accounts: int = field(..., "Accounts at scale 1.", unit="accounts", ge=0, le=10**12)
    mean_follows: float = field(50.0, "Mean number of accounts followed.", unit="accounts", ge=0, le=5000)
    home_share: Probability = field(0.39, "Share of ties within the same metropolitan area.", source="design, section 5")
    largest_audience: int | None = field(
        None, "Largest audience that chance alone gives to an account without a name, at any scale, so that degrees keep their "
        "law; empty: it grows with the number of accounts.", unit="accounts", ge=1, le=10**9,
    )  # fmt: skip
    graph: GraphLaw = field(GraphLaw, "How the follower graph is drawn.")
    edge_list: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")] | None = field(
        None, "Follow a given graph: name of an edge list, `follower followed` a line, or of a folder made by `msgu graph "
        "import`, beside the scenario. A third number on every line is the chance that a post passes along that tie.",
    )  # fmt: skip
    edge_list_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = field(
        None, "SHA-256 of that file (of the folder's `graph.json`), filled in when it is read; given, no other file will do."
    )
    _place: Place = PrivateAttr(default_factory=lambda: Place())
    complete: bool = field(False, "Every account follows every other (textbook settings only; at most 5,000 accounts).")
    shares: Annotated[dict[names.Zone, Weight], Weighted] = field(
        dict, "Relative number of accounts in each zone; empty: by population.", unit="relative"
    )


class Account(Sourced):
    """An account with a name: institution, medium, journalist."""

    zone: names.Zone = field(..., "Zone of the account.")
    followers: int = field(..., "Followers before the event, at scale 1.", unit="accounts", ge=0, le=10**9)
    role: Role = field("citizen", "What the account is.")


class Participation(Sourced):
    """Participation in the event, and how keen it is: one factor of mean 1 for writing and for responding."""

    share: Probability = field(
        ..., "Share of the accounts that take part; the others read, and neither write nor respond.", gt=0,
        source="assumption, .1 to .5: 47 to 81 % of accounts visit in a day, a tenth of them writes four fifths (Pew 2019)",
    )  # fmt: skip
    sigma: float = field(
        0.0, "Spread (of the logarithm) of how keenly those take part, on top of the spreads of activity and of readiness.",
        ge=0, le=4,
        source="assumption, 0 to 2: median 138 posts a month among the tenth that writes most, 2 among the others (Pew 2019)",
    )  # fmt: skip


class Attention(Sourced):
    """Who sees what: reading time, feed load and sleep."""

    seeing: Probability = field(0.5, "Chance that an awake follower with an empty feed sees a post.")
    half_load: Rate | None = field(
        200 / 3600, "Feed load at which that chance is halved; null: load takes no attention.", unit="posts/s", gt=0, le=1e9
    )
    catch_up: Law | None = field(
        None, "Time from posting to sight, where posts are read later, unless taken down before; empty: seen when posted. Each "
        "sight is then an event of its own.", unit="s",
    )  # fmt: skip
    background: Rate = field(
        1.6 / 86400, "Ordinary posts per account followed, on top of those simulated.", unit="posts/s", ge=0, le=1e6,
        source="500 M tweets/day over 307 M monthly users: P02",
    )  # fmt: skip
    awake: dict[Hour, Probability] = field(
        dict, "Share of accounts at their feed by local hour, '0'..'23'; a missing hour counts as 1.",
    )  # fmt: skip
    activity_sigma: float = field(1.0, "Spread (of the logarithm) of spontaneous activity between accounts.", ge=0, le=4)
    susceptibility_sigma: float = field(1.5, "Spread (of the logarithm) of readiness to respond.", ge=0, le=4)
    influence_fall: float = field(
        0.0, "Readiness to respond falls as (1 + followers / mean followers) to the minus this power.", ge=0, le=2,
        source="influential people are less susceptible: Aral and Walker 2012, Science 337; the power is an assumption",
    )  # fmt: skip
    participation: Participation | None = field(None, "Accounts that take part in the event; empty: all may.")
    retweet_factor: Probability = field(
        1.0, "Factor of the hazard of responding where the post seen is a retweet rather than the first post itself.",
        source="assumption, .003 to 1: cascades die out beyond direct followers (A. Goel, Munagala, Sharma and Zhang 2015, "
        "abstract)",
    )  # fmt: skip
    appeal_power: float = field(
        0.0, "A first post is worth sharing by a factor u to this power, u uniform on (0, 1), which its retweets inherit; dated "
        "posts of named accounts by 1. With 0 all are alike, with more ever fewer are shared. The mean is 1 / (1 + power).",
        ge=0, le=20,
        source="assumption, 0 to 15: infectivity differs between posts (Li, Cranmer, Zheng and Mucha 2019, abstract)",
    )  # fmt: skip
    shown_once: bool = field(
        False, "A feed shows an account a first post and its retweets once; looks at the trends are apart.",
        source="a retweet does not bring a post again to who follows its author: wiredpen.com, 19 November 2009",
    )  # fmt: skip


class ExposureCurve(Sourced):
    """Relative hazard of responding at the k-th seen exposure since the last response."""

    first: Annotated[list[Weight], Field(min_length=1, max_length=50)] = field(
        lambda: [1.0, 1.9, 1.9, 1.9], "Values for k = 1, 2, ...", source="design, section 3: p(2)/p(1) about 1.9, flat to 4"
    )
    tail: float = field(
        1.5, "Beyond, the last value falls as k to the minus this power; above 1 the total is bounded.", ge=0, le=20
    )


class Removal(Sourced):
    """Originals that are taken down, by their author or by the platform."""

    share: Probability = field(..., "Share of originals that are taken down, with all their retweets.")
    delay: Law = field(..., "Time from posting to removal.", unit="s")


class Elsewhere(Sourced):
    """Originals of some kinds that are written on another topic: those of other kinds stay as many as they were."""

    topic: Slug = field(..., "Topic that they are written on.")
    share: dict[Kind, Probability] = field(..., "Share of the originals of a kind that go there; a missing kind stays.")


class Topic(Sourced):
    """A hashtag family, or a claim."""

    title: str = field("", "Name shown in pictures and pages.", max_length=80)
    variants: Annotated[dict[str, Weight], Weighted, Spellings] = field(
        dict, "Spellings, two of which differ by more than case or the form of accents, by frequency; empty: the title alone.",
    )  # fmt: skip
    infectiousness: Weight = field(..., "Hazard of responding at the first seen exposure.", unit="1/exposure", le=1e3)
    half_life: Duration | None = field(None, "Time in which that hazard halves, from the topic's onset.", unit="s", gt=0)
    onset: WallTime | None = field(None, "When the hazard starts to fall; empty: the scenario's start.", unit="s")
    original_share: Probability = field(0.08, "Share of responses that are originals rather than retweets.")
    once: bool = field(
        False, "An account that has posted does not respond again (textbook settings: independent cascade, Reed-Frost)."
    )
    kinds: Annotated[dict[Kind, Weight], Weighted, Field(min_length=1)] = field(
        lambda: {"information": 1.0},
        "Relative frequency of kinds among originals: less of one is more of the others; `elsewhere` takes posts away.",
    )
    elsewhere: Elsewhere | None = field(None, "Originals of some kinds that are written on another topic; empty: none.")
    kind_factor: dict[Kind, Weight] = field(dict, "Multiplier of the hazard by kind of post; a missing kind counts as 1.")
    zone_factor: dict[names.ZoneOrKind, Weight] = field(
        dict, "Multiplier of the hazard by the reader's zone or its kind, the zone itself winning; missing counts as 1."
    )
    delay: Law = field(..., "Time from seeing to responding.", unit="s")
    curve: ExposureCurve = field(ExposureCurve, "Hazard by number of exposures seen.")
    claim: Claim | None = field(None, "Set for a rumour or a true claim.")
    removal: Removal | None = field(None, "Posts taken down; empty: none.")


class Wave(Sourced):
    """What accounts do of their own accord: a pulse (rise, decay) or a constant rate between two times."""

    at: WallTime = field(..., "Start.", unit="s")
    rise: Duration = field(60.0, "Mean of the first exponential delay.", unit="s", ge=0, le=1e6)
    decay: Duration = field(1800.0, "Mean of the second exponential delay.", unit="s", ge=0, le=1e7)
    until: WallTime | None = field(None, "Set for a constant rate between `at` and `until` instead of a pulse.", unit="s")
    zones: Annotated[dict[names.ZoneOrKind, Weight], Weighted] = field(
        dict,
        "Relative rate per account by zone or its kind, the zone itself winning; missing counts as 0. Empty: all alike.",
    )


class Driver(Wave):
    """Spontaneous first posts: a pulse (rise, decay) or a constant rate between two times."""

    topic: names.Topic = field(..., "Topic of the posts.")
    volume: Weight = field(..., "Expected number of posts at scale 1.", unit="posts", le=1e9)


class Gain(Wave):
    """Followers that a named account gains: those who begin to follow it see what it posts from then on."""

    account: names.Account = field(..., "Who gains them, of `accounts`.")
    volume: Weight = field(..., "Expected number of new followers at scale 1.", unit="accounts", le=1e9)


class Stimulus(Sourced):
    """Television and alerts reach everybody at once: those in session react, with human delays, unless they leave before."""

    over: Duration = field(120.0, "Time within which it reaches everybody, at a constant rate.", unit="s", ge=0, le=1e5)
    session: Duration = field(
        600.0, "Mean of what is left of a session, exponential; who leaves before reacting does not react.", unit="s", gt=0,
        le=1e6, source="assumption, 5 to 20 min",
    )  # fmt: skip
    reaction: Law = field(..., "Time from being reached to sharing.", unit="s")


class Pulse(Sourced):
    """Synchronised response: accounts that already saw a live post share it within seconds."""

    topic: names.Topic = field(..., "Topic.")
    at: WallTime = field(..., "Start.", unit="s")
    share: Probability = field(..., "Share of the accounts that saw a live post which join.")
    live_for: Duration = field(3600.0, "How old a post may be and still be live.", unit="s", gt=0, le=1e7)
    rise: Duration = field(2.0, "Mean of the first exponential delay.", unit="s", ge=0, le=1e6)
    decay: Duration = field(15.0, "Mean of the second exponential delay.", unit="s", ge=0, le=1e6)
    stimulus: Stimulus | None = field(
        None, "Given, only accounts in session (`attention.awake`) join, with its delays instead of `rise` and `decay`, and "
        "`share` is the share of them that react. Empty: whoever saw a live post may join.",
    )  # fmt: skip


class Post(Sourced):
    """A dated post of a named account."""

    at: When = field(..., "When.", unit="s")
    account: names.Account = field(..., "Author, of `accounts`.")
    topic: names.Topic = field(..., "Topic.")
    kind: Kind = field("official", "Kind of post.")
    text: str = field("", "What it says (shown, never read by a model).", max_length=500)
    shelter: bool = field(False, "Whether it mentions that shelter is offered, so that who sees it has heard.")


class Video(Sourced):
    """A film that posts of a topic carry: a live stream while it is on air, or a clip that plays again and again."""

    topic: names.Topic = field(..., "Topic whose posts carry it.")
    at: WallTime = field(..., "Originals written from then on may carry it.", unit="s")
    until: WallTime | None = field(
        None, "End of a live stream: who watches leaves, and nobody opens it any more; empty: a clip, which stays.", unit="s"
    )
    share: Probability = field(..., "Share of those originals that carry it, and their retweets with them.")
    opens: Probability = field(..., "Chance that an account that sees such a post watches.")
    watch: Law = field(..., "How long it watches.", unit="s")
    length: Duration | None = field(
        None,
        "Length of a clip that plays again and again; empty: whoever opens it counts as one play.",
        unit="s",
        ge=1,
        le=1e6,
    )


class Bots(Sourced):
    """Automatic accounts that post noise, advertising say, on what trends."""

    accounts: int = field(
        ..., "How many, at scale 1; drawn from all, and people otherwise.", unit="accounts", ge=1, le=10**9
    )
    every: Duration = field(..., "Mean time between two posts of one of them.", unit="s", gt=0, le=1e7)
    at: WallTime = field(..., "Start.", unit="s")
    until: WallTime = field(..., "End.", unit="s")
    topics: Annotated[list[names.Topic], Once] = field(
        list, "Topics that they post on, in turn by chance; empty: those that trend, if any does."
    )
    kind: Kind = field("noise", "Kind of their posts.")


class Trending(Sourced):
    """When a topic trends, accounts meet it without following its authors."""

    topics: Annotated[list[names.Topic], Once] = field(list, "Topics that can trend.")
    region: Literal["country", "world"] = field("country", "Accounts that see the trends, and whose posts count.")
    window: Duration = field(600.0, "Window over which posts are counted.", unit="s", ge=1, le=86400)
    threshold: Rate = field(2.0, "Rate of posts above which a topic trends (scale 1).", unit="posts/s", gt=0, le=1e9)
    look_every: Duration = field(3600.0, "Mean time between two looks of an account at the trends.", unit="s", gt=0, le=1e7)
    first_posts: bool = field(
        False, "A look meets the first post of the newest one, rather than the newest itself, which may be a retweet.",
        source="assumption: the search of the platform listed posts, and a retweet as the post that it shares",
    )  # fmt: skip


class Aired(Sourced):
    """What is told on television or radio."""

    at: When = field(..., "When the programme starts to tell.", unit="s")
    audience: Probability = field(..., "Share of the people of the country whom it reaches in the end.")
    zones: dict[names.ZoneOrKind, Probability] = field(
        dict, "Where it is heard: part of that share by zone or kind of zone; empty: the whole of it everywhere."
    )
    rise: Duration = field(60.0, "Mean of the first exponential delay.", unit="s", ge=0, le=1e6)
    decay: Duration = field(1200.0, "Mean of the second exponential delay.", unit="s", ge=0, le=1e6)


class Broadcast(Aired):
    """Television or radio: people learn of the event without the network."""

    shelter: bool = field(False, "Whether it mentions that shelter is offered: the hashtag, a map, an appeal to hosts.")
    news: names.News | None = field(None, "Later event of `worry.news` that it tells of; empty: of the first alone.")
