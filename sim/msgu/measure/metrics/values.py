"""Metrics by name: each is a pure function of a night, a window and its arguments, in units of the whole city.

The evidence names them as text, for instance ``uses(topic=porte-ouverte)``; `value` reads the text and computes.
Counts of a run at scale s are divided by s, except those that always run at full size.
Which arguments there are stands in `msgu.measure.metrics.catalogue`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from msgu.measure.metrics.catalogue import bind, read
from msgu.measure.metrics.peak import fitted_peak, raw_peak
from msgu.measure.view import Mask, Night, Window, ratio

__all__ = ["names", "read", "value"]

Arguments = dict[str, Any]
Metric = Callable[[Night, Window, Arguments], float]
_METRICS: Final[dict[str, Metric]] = {}


def _metric(function: Metric) -> Metric:
    """Register a metric under the name of its function."""
    _METRICS[function.__name__] = function
    return function


def names() -> dict[str, str]:
    """Return every metric with its sentence."""
    return {name: (function.__doc__ or "").splitlines()[0] for name, function in sorted(_METRICS.items())}


def value(text: str, night: Night, window: Window | None = None) -> float:
    """Value of a metric for one night; NaN where there is nothing to measure.

    Raises
    ------
    MetricError
        A text that cannot be read, or a name that the scenario does not have.
    """
    bound = bind(text, night.scenario)
    return float(_METRICS[bound.name](night, window or night.whole, bound.arguments))


def _times(night: Night, window: Window, a: Arguments) -> NDArray[np.float64]:
    return np.asarray(night.table("posts")["time"][night.posts(a.get("topic", ()), window)], np.float64)


def _of(night: Night, table: str, what: str, chosen: list[str]) -> Mask:
    """Return which rows of a table are of the chosen operators, desks, topics, states or films."""
    column = {"operators": "operator", "desks": "desk", "topics": "topic", "states": "state", "videos": "video"}[what]
    return np.isin(night.table(table)[column], night.indices(what, chosen))


# ---- posts ----------------------------------------------------------------------------------------------------------


@_metric
def uses(night: Night, window: Window, a: Arguments) -> float:
    """Posts of a topic, originals and retweets."""
    return float(night.posts(a.get("topic", ()), window).sum()) * night.factor("posts")


@_metric
def originals(night: Night, window: Window, a: Arguments) -> float:
    """Originals of a topic."""
    return float((night.posts(a.get("topic", ()), window) & night.originals()).sum()) * night.factor("posts")


@_metric
def retweets_per_original(night: Night, window: Window, a: Arguments) -> float:
    """Retweets of a topic for each of its originals."""
    first = originals(night, window, a)
    return ratio(uses(night, window, a) - first, first)


@_metric
def posts_total(night: Night, window: Window, a: Arguments) -> float:
    """Posts of every topic."""
    return float(night.posts([], window).sum()) * night.factor("posts")


@_metric
def peak_rate(night: Night, window: Window, a: Arguments) -> float:
    """Greatest rate of posts over bins; below scale 1 that of a pulse shape fitted to them [posts/s]."""
    if night.results.scale >= 1:
        return raw_peak_rate(night, window, a)
    chosen = a.get("topic", night.results.names["topics"])
    pulses = [p.at for p in night.scenario.pulses.values() if p.topic in chosen]
    times = _times(night, window, a)
    return fitted_peak(times, window.start, window.end, a["bin"], pulses) * night.factor("posts")


@_metric
def raw_peak_rate(night: Night, window: Window, a: Arguments) -> float:
    """Greatest count in one bin over its width, biased upward at small scale [posts/s]."""
    times = _times(night, window, a)
    return raw_peak(times, window.start, window.end, a["bin"]) * night.factor("posts")


@_metric
def share_reached(night: Night, window: Window, a: Arguments) -> float:
    """Share of the window's uses of a topic that are reached by a time."""
    return ratio(uses(night, Window(window.start, min(a["by"], window.end)), a), uses(night, window, a))


@_metric
def rank(night: Night, window: Window, a: Arguments) -> float:
    """Best rank of a topic by its posts from the country, claims left out, in any ten minutes of the window."""
    width = 600.0
    posts = night.table("posts")
    country = [i for i, z in enumerate(night.results.names["zones"]) if night.scenario.places.zones[z].kind != "abroad"]
    here = night.posts((), window) & np.isin(posts["zone"], country)
    row = ((posts["time"][here] - window.start) / width).astype(np.int64)
    n = len(night.results.names["topics"])
    table = np.bincount(row * n + posts["topic"][here], minlength=(int(row.max(initial=0)) + 1) * n).reshape(-1, n)
    hashtags = [i for i, k in enumerate(night.results.names["topics"]) if night.scenario.topics[k].claim is None]
    mine = table[:, night.indices("topics", a["topic"])].sum(axis=1)
    better = (table[:, hashtags] > mine[:, None]).sum(axis=1) + 1
    return float(better[mine > 0].min()) if (mine > 0).any() else float("nan")


@_metric
def signal_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of the originals of a topic that offer or ask for shelter."""
    relevant = night.posts(a.get("topic", ()), window, ["offer", "request"]) & night.originals()
    return ratio(float(relevant.sum()), float((night.posts(a.get("topic", ()), window) & night.originals()).sum()))


@_metric
def largest_cascade(night: Night, window: Window, a: Arguments) -> float:
    """Retweets of the most retweeted original, of a named account or topic where one is given."""
    posts = night.table("posts")
    mask = night.posts(a.get("topic", ()), window)
    sizes = np.bincount(posts["root"][mask], minlength=len(posts["root"])) - 1
    if "account" in a:
        sizes = sizes[np.isin(posts["author"], night.authors(a["account"]))]
    return float(sizes.max(initial=0)) * night.factor("posts")


@_metric
def spontaneous_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of posts that no other post set off."""
    mask = night.posts([], window)
    origin = night.table("posts")["origin"][mask]
    return ratio(float(np.isin(origin, (0, 3, 4)).sum()), float(mask.sum()))


@_metric
def exogenous_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of posts whose time the scenario gives: spontaneous, dated, or in a synchronised pulse."""
    mask = night.posts(a.get("topic", ()), window)
    return ratio(float((night.table("posts")["origin"][mask] != 1).sum()), float(mask.sum()))


# ---- beliefs and awareness ------------------------------------------------------------------------------------------


@_metric
def believers_peak(night: Night, window: Window, a: Arguments) -> float:
    """Greatest number of accounts that believe a claim at one time."""
    mask = _of(night, "beliefs", "topics", a["topic"])
    return float(night.series("beliefs", "believes", window, mask).max(initial=0.0))


@_metric
def misinformed_hours(night: Night, window: Window, a: Arguments) -> float:
    """Hours that accounts spend believing a claim [account hours]."""
    mask = _of(night, "beliefs", "topics", a["topic"])
    return float(night.series("beliefs", "believes", window, mask).sum()) * night.results.bin_width / 3600


@_metric
def aware_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of people who know of the event at the end of the window."""
    people = night.results.summary.get("people", 0.0) * night.factor("awareness")
    return ratio(night.standing("awareness", "aware", window.end), people)


# ---- telephones -----------------------------------------------------------------------------------------------------


@_metric
def extra_calls(night: Night, window: Window, a: Arguments) -> float:
    """Calls carried that the event caused, of one operator's subscribers."""
    mask = _of(night, "traffic", "operators", a["operator"])
    return night.total("traffic", "carried", window, mask)


@_metric
def extra_sms(night: Night, window: Window, a: Arguments) -> float:
    """Messages that the event caused, of one operator's subscribers."""
    mask = _of(night, "traffic", "operators", a["operator"])
    return night.total("traffic", "sms", window, mask)


@_metric
def voice_multiplier(night: Night, window: Window, a: Arguments) -> float:
    """Calls carried over ordinary ones, whose number in the window is given, of one operator's subscribers."""
    return 1.0 + extra_calls(night, window, a) / float(a["ordinary"])


@_metric
def sms_multiplier(night: Night, window: Window, a: Arguments) -> float:
    """Messages over ordinary ones, whose number in the window is given, of one operator's subscribers."""
    return 1.0 + extra_sms(night, window, a) / float(a["ordinary"])


@_metric
def peak_blocking(night: Night, window: Window, a: Arguments) -> float:
    """Greatest share of attempts lost over bins, in the cells of some zones together, weighted as they stand."""
    calls = night.table("calls")
    start = calls["bin"] * night.results.bin_width
    inside = night.calls_in(a["zones"]) & (start >= window.start) & (start < window.end)
    row = ((start[inside] - window.start) / a["bin"]).astype(np.int64)
    weight = night.cell_weight()[inside]
    offered = np.bincount(row, calls["offered"][inside] * weight)
    lost = np.bincount(row, calls["lost"][inside] * weight)
    return float((lost[offered > 0] / offered[offered > 0]).max()) if offered.any() else float("nan")


@_metric
def mean_blocking(night: Night, window: Window, a: Arguments) -> float:
    """Share of attempts lost in cells of some zones, cells weighted by the whole cells they stand for."""
    mask, calls = night.calls_in(a["zones"]), night.table("calls")
    weight = night.cell_weight() * night.share_of_bins(calls["bin"], window) * mask
    return ratio(float((calls["lost"] * weight).sum()), float((calls["offered"] * weight).sum()))


@_metric
def desk_received(night: Night, window: Window, a: Arguments) -> float:
    """Calls received by a desk, redials included."""
    return night.total("desks", "received", window, _of(night, "desks", "desks", a["desk"]))


@_metric
def desk_answered(night: Night, window: Window, a: Arguments) -> float:
    """Calls that an operator of a desk took."""
    return night.total("desks", "answered", window, _of(night, "desks", "desks", a["desk"]))


@_metric
def desk_answered_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of a desk's calls that are answered."""
    mask = _of(night, "desks", "desks", a["desk"])
    return ratio(night.total("desks", "answered", window, mask), night.total("desks", "received", window, mask))


@_metric
def reassured(night: Night, window: Window, a: Arguments) -> float:
    """Worries cleared, by a call, a message, a mark or a desk [ties]."""
    return sum(night.total("reassured", way, window) for way in ("call", "message", "mark", "desk", "post"))


@_metric
def worry_hours(night: Night, window: Window, a: Arguments) -> float:
    """Hours spent worrying about a tie, from when the event is known until the worry is cleared [person hours]."""
    return night.total("worries", "time", window) / 3600


@_metric
def worries_prevented(night: Night, window: Window, a: Arguments) -> float:
    """Worries that never arose: who learnt of the event knew already that the tie was safe [ties]."""
    return night.total("worries", "prevented", window)


# ---- people ---------------------------------------------------------------------------------------------------------


@_metric
def marks(night: Night, window: Window, a: Arguments) -> float:
    """People who marked themselves as safe."""
    return night.total("marks", "marks", window)


@_metric
def notified(night: Night, window: Window, a: Arguments) -> float:
    """People notified by marks."""
    check = night.scenario.safety_check
    return marks(night, window, a) * (check.notified if check else 0.0)


@_metric
def new_followers(night: Night, window: Window, a: Arguments) -> float:
    """Accounts that begin to follow a named account."""
    table = night.table("gains")
    mine = np.isin(table["account"], night.authors(a["account"])) & (table["time"] >= window.start)
    return float((mine & (table["time"] < window.end)).sum()) * night.factor("gains")


@_metric
def plays(night: Night, window: Window, a: Arguments) -> float:
    """Times that films are played: what was watched over a clip's length, or how often a stream was opened."""
    table = night.table("videos")
    total = 0.0
    for name in a["video"]:
        length, mine = night.scenario.videos[name].length, table["video"] == night.index("videos", name)
        played = table["opened"] if length is None else table["seconds"] / length
        total += float((played * night.share_of_bins(table["bin"], window))[mine].sum())
    return total * night.factor("videos")


@_metric
def viewers_peak(night: Night, window: Window, a: Arguments) -> float:
    """Most accounts that watch films at one time, looked at once in each bin."""
    return float(night.series("videos", "watching", window, _of(night, "videos", "videos", a["video"])).max(initial=0.0))


@_metric
def offers(night: Night, window: Window, a: Arguments) -> float:
    """Hosts who offer shelter, at full size."""
    table = night.table("offers")
    times = night.table("posts")["time"][table["post"]]
    return float(((times >= window.start) & (times < window.end)).sum()) * night.results.clones


@_metric
def housed(night: Night, window: Window, a: Arguments) -> float:
    """People for whom a host said yes."""
    return night.total("reading", "housed", window)


@_metric
def time_to_shelter(night: Night, window: Window, a: Arguments) -> float:
    """Median time from a seeker's first look at the stream or the map to the host's door, for those who get there [s]."""
    table = night.table("seekers")
    there = (table["door"] >= window.start) & (table["door"] < window.end)
    return float(np.median((table["door"] - table["look"])[there])) if there.any() else float("nan")


@_metric
def contacts_in_vain(night: Night, window: Window, a: Arguments) -> float:
    """Contacts with hosts that came to nothing."""
    return night.total("reading", "in_vain", window)


@_metric
def offers_read_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of offers among the items of the stream that seekers read."""
    return ratio(night.total("reading", "offers", window), night.total("reading", "items", window))


def _hosts_share(night: Night, window: Window, what: str) -> float:
    offers, table = night.table("offers"), night.table("hosts")
    times = night.table("posts")["time"][offers["post"]]
    made = (times >= window.start) & (times < window.end)
    return ratio(float(table[what][made].sum()), float(made.sum()) * night.results.clones)


@_metric
def offers_seen_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of the hosts whose offer somebody who looked for shelter ever met."""
    return _hosts_share(night, window, "seen")


@_metric
def offers_useful_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of the hosts who took somebody in; the others offered for nothing."""
    return _hosts_share(night, window, "useful")


@_metric
def unreached_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of those ever stranded in the night who did not look for shelter on the network, or could not."""
    table = night.table("unreached")
    return ratio(float(table["people"][table["reach"] != 0].sum()), float(table["people"].sum()))


@_metric
def entered(night: Night, window: Window, a: Arguments) -> float:
    """People out who come into a state: `walking_far` counts those who walk home at last, `outside` those shut out."""
    return night.total("moves", "entered", window, _of(night, "moves", "states", a["state"]))


@_metric
def state_peak(night: Night, window: Window, a: Arguments) -> float:
    """Greatest number of people out who are in a state at one time."""
    mask = _of(night, "people", "states", a["state"])
    return float(night.series("people", "count", window, mask).max(initial=0.0))


@_metric
def stranded_peak(night: Night, window: Window, a: Arguments) -> float:
    """Greatest number of people at one time who cannot get home: waiting, seeking shelter or on the way to a host."""
    mask = _of(night, "people", "states", ["stranded", "seeking", "to_host"])
    return float(night.series("people", "count", window, mask).max(initial=0.0))
