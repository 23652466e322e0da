"""Metrics of the network: posts and how they come about, films, followers, claims that are believed, who knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from msgu.measure.metrics.spec import (
    AWARENESS,
    BELIEFS,
    FILMS,
    FOLLOWERS,
    ORIGINS,
    POSTS,
    Arguments,
    Case,
    Told,
    metric,
    ratio,
)  # fmt: skip
from msgu.measure.metrics.windows import after_first_event, end_of_people
from msgu.scenario.schema.root import Scenario

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from msgu.measure.view import Night, Window

RANKED: Final = 600.0
"""Width of the bins in which topics are ranked [s]."""


# ---- posts ----


@metric(POSTS, "posts", "posts", "topic", adds=True)
def uses(night: Night, window: Window, a: Arguments) -> float:
    """Posts of a topic, originals and retweets."""
    return float(night.posts(a.get("topic", ()), window).sum()) * night.factor("posts")


@metric(POSTS, "posts", "posts", "topic", adds=True)
def originals(night: Night, window: Window, a: Arguments) -> float:
    """Originals of a topic."""
    return float((night.posts(a.get("topic", ()), window) & night.originals()).sum()) * night.factor("posts")


@metric(POSTS, "ratio", "posts", "topic")
def retweets_per_original(night: Night, window: Window, a: Arguments) -> float:
    """Retweets of a topic for each of its originals."""
    first = originals(night, window, a)
    return ratio(uses(night, window, a) - first, first)


@metric(POSTS, "posts", "posts", adds=True)
def posts_total(night: Night, window: Window, a: Arguments) -> float:
    """Posts of every topic."""
    return float(night.posts([], window).sum()) * night.factor("posts")


def _times(night: Night, window: Window, a: Arguments) -> NDArray[np.float64]:
    times: NDArray[np.float64] = night.table("posts")["time"][night.posts(a.get("topic", ()), window)]
    return times


@metric(POSTS, "posts/s", "posts", "bin", optional="topic")
def peak_rate(night: Night, window: Window, a: Arguments) -> float:
    """Greatest rate of posts over bins; below scale 1 that of a pulse shape fitted to them [posts/s]."""
    from msgu.measure.metrics.peak import fitted_peak

    if night.results.scale >= 1:
        return raw_peak_rate(night, window, a)
    chosen = a.get("topic", night.results.names["topics"])
    pulses = [p.at for p in night.scenario.pulses.values() if p.topic in chosen]
    times = _times(night, window, a)
    return fitted_peak(times, window.start, window.end, a["bin"], pulses) * night.factor("posts")


@metric(POSTS, "posts/s", "posts", "bin", optional="topic")
def raw_peak_rate(night: Night, window: Window, a: Arguments) -> float:
    """Greatest count in one bin over its width, biased upward at small scale [posts/s]."""
    from msgu.measure.metrics.peak import raw_peak

    times = _times(night, window, a)
    return raw_peak(times, window.start, window.end, a["bin"]) * night.factor("posts")


@metric(POSTS, "share", "posts", "topic by")
def share_reached(night: Night, window: Window, a: Arguments) -> float:
    """Share of the window's uses of a topic that are reached by a time."""
    return ratio(uses(night, window._replace(end=min(a["by"], window.end)), a), uses(night, window, a))


@metric(POSTS, "rank", "posts", "topic")
def rank(night: Night, window: Window, a: Arguments) -> float:
    """Best rank of a topic by its posts from the country, claims left out, in any ten minutes of the window."""
    import numpy as np

    posts, zones = night.table("posts"), night.scenario.places.zones
    country = [name for name in night.results.names["zones"] if zones[name].kind != "abroad"]
    here = night.posts((), window) & night.rows_of("posts", "zone", country)
    row = ((posts["time"][here] - window.start) / RANKED).astype(np.int64)
    n = len(night.results.names["topics"])
    table = np.bincount(row * n + posts["topic"][here], minlength=(int(row.max(initial=0)) + 1) * n).reshape(-1, n)
    hashtags = [i for i, k in enumerate(night.results.names["topics"]) if night.scenario.topics[k].claim is None]
    mine = table[:, night.indices("topics", a["topic"])].sum(axis=1)
    better = (table[:, hashtags] > mine[:, None]).sum(axis=1) + 1
    return float(better[mine > 0].min()) if (mine > 0).any() else float("nan")


@metric(POSTS, "share", "posts", "topic", better="more")
def signal_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of the originals of a topic that offer or ask for shelter."""
    relevant = night.posts(a.get("topic", ()), window, ["offer", "request"]) & night.originals()
    return ratio(float(relevant.sum()), float((night.posts(a.get("topic", ()), window) & night.originals()).sum()))


@metric(POSTS, "retweets", "posts", optional="account topic")
def largest_cascade(night: Night, window: Window, a: Arguments) -> float:
    """Retweets of the most retweeted original, of a named account or topic where one is given."""
    import numpy as np

    posts = night.table("posts")
    mask = night.posts(a.get("topic", ()), window)
    sizes = np.bincount(posts["root"][mask], minlength=len(posts["root"])) - 1
    if "account" in a:
        sizes = sizes[night.written_by("posts", "author", a["account"])]
    return float(sizes.max(initial=0)) * night.factor("posts")


# ---- how posts come about ----


@metric(ORIGINS, "share", "posts")
def spontaneous_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of posts that no other post set off."""
    alone = night.posts((), window) & night.of_origin("spontaneous", "dated", "automatic")
    return ratio(float(alone.sum()), float(night.posts((), window).sum()))


@metric(ORIGINS, "share", "posts", optional="topic")
def exogenous_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of posts whose time the scenario gives: spontaneous, dated, or in a synchronised pulse."""
    mask = night.posts(a.get("topic", ()), window)
    return ratio(float((mask & ~night.of_origin("response", "told")).sum()), float(mask.sum()))


# ---- films and followers ----


@metric(FILMS, "plays", "videos", "video", adds=True)
def plays(night: Night, window: Window, a: Arguments) -> float:
    """Times that films are played: what was watched over a clip's length, or how often a stream was opened."""
    table = night.table("videos")
    total = 0.0
    for name in a["video"]:
        length, mine = night.scenario.videos[name].length, night.rows_of("videos", "video", [name])
        played = table["opened"] if length is None else table["seconds"] / length
        total += float((played * night.share_of_bins(table["bin"], window))[mine].sum())
    return total * night.factor("videos")


@metric(FILMS, "accounts", "videos", "video")
def viewers_peak(night: Night, window: Window, a: Arguments) -> float:
    """Most accounts that watch films at one time, looked at once in each bin."""
    return night.peak("videos", "watching", window, night.rows_of("videos", "video", a["video"]))


@metric(FOLLOWERS, "accounts", "gains", "account", adds=True)
def new_followers(night: Night, window: Window, a: Arguments) -> float:
    """Accounts that begin to follow a named account."""
    time = night.table("gains")["time"]
    mine = night.written_by("gains", "account", a["account"]) & (time >= window.start)
    return float((mine & (time < window.end)).sum()) * night.factor("gains")


# ---- who knows, and what is believed ----


def _soon(scenario: Scenario) -> Iterator[Case]:
    if any(zone.kind != "abroad" and zone.population for zone in scenario.places.zones.values()):
        yield Case({}, 0.0, after_first_event(scenario, 1))


@metric(
    AWARENESS, "share", "awareness", better="more",
    told=Told(
        "warned", "Personnes au courant une heure après le premier fait", "People who know one hour after the first event",
        _soon, "%", 1.0,
    ),
)  # fmt: skip
def aware_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of people who know of the event at the end of the window."""
    people = night.results.summary.get("people", 0.0) * night.factor("awareness")
    return ratio(night.standing("awareness", "aware", window.end), people)


@metric(BELIEFS, "accounts", "beliefs", "topic", better="less")
def believers_peak(night: Night, window: Window, a: Arguments) -> float:
    """Greatest number of accounts that believe a claim at one time."""
    return night.peak("beliefs", "believes", window, night.rows_of("beliefs", "topic", a["topic"]))


def false_claims(scenario: Scenario) -> list[str]:
    """Topics that claim what is not true, sorted."""
    return sorted(name for name, topic in scenario.topics.items() if topic.claim is not None and not topic.claim.true)


def _all_night(scenario: Scenario) -> Iterator[Case]:
    if claims := false_claims(scenario):
        yield Case({"topic": "+".join(claims)}, 0.0, end_of_people(scenario))


@metric(
    BELIEFS, "account hours", "beliefs", "topic", better="less", adds=True,
    told=Told(
        "misinformed", "Heures passées à croire une rumeur (comptes × heures)",
        "Hours spent believing a rumour (accounts × hours)", _all_night, "h",
    ),
)  # fmt: skip
def misinformed_hours(night: Night, window: Window, a: Arguments) -> float:
    """Hours that accounts spend believing a claim [account hours]."""
    believing = night.series("beliefs", "believes", window, night.rows_of("beliefs", "topic", a["topic"]))
    return float(believing.sum()) * night.results.bin_width / 3600
