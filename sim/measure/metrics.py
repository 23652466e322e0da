"""Metrics by name: each is a pure function of a night, a window and its arguments, in units of the whole city.

The evidence names them as text, for instance ``uses(topic=porte-ouverte)``; `value` reads the text and computes.
Counts of a run at scale s are divided by s, except those that always run at full size.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.measure.call import Call, MetricError, parse
from sim.measure.night import Night, Window, ratio
from sim.measure.peak import fitted_peak, raw_peak

Metric = Callable[[Night, Window, dict[str, str]], float]
_METRICS: Final[dict[str, tuple[Metric, frozenset[str], frozenset[str], str]]] = {}


def _metric(required: str = "", optional: str = "") -> Callable[[Metric], Metric]:
    """Register a metric under the name of its function, with the arguments that it needs and may have."""

    def enter(function: Metric) -> Metric:
        meaning = (function.__doc__ or "").splitlines()[0]
        _METRICS[function.__name__] = (function, frozenset(required.split()), frozenset(optional.split()), meaning)
        return function

    return enter


def names() -> dict[str, str]:
    """Every metric with its sentence."""
    return {name: row[3] for name, row in sorted(_METRICS.items())}


def read(text: str) -> Call:
    """Read the text of a metric and check its name and arguments.

    Raises
    ------
    MetricError : an unknown name or argument, or a missing one.
    """
    call = parse(text)
    if call.name not in _METRICS:
        near = difflib.get_close_matches(call.name, list(_METRICS), 1, 0.5)
        raise MetricError(f"`{call.name}`", "a metric: " + ", ".join(sorted(_METRICS)), near[0] if near else "")
    _, required, optional, _ = _METRICS[call.name]
    for name, argument in call.arguments.items():
        if name not in required | optional:
            allowed = ", ".join(sorted(required | optional)) or "none"
            raise MetricError(f"`{name}`", f"an argument of {call.name}: {allowed}", "", argument.col)
    missing = sorted(required - set(call.arguments))
    if missing:
        raise MetricError(f"no `{missing[0]}`", f"{call.name} needs it")
    return call


def value(text: str, night: Night, window: Window | None = None) -> float:
    """Value of a metric for one night; NaN where there is nothing to measure.

    Raises
    ------
    MetricError : a text that cannot be read, or a name that the night does not have.
    """
    call = read(text)
    arguments = {name: argument.text for name, argument in call.arguments.items()}
    try:
        return float(_METRICS[call.name][0](night, window or night.whole, arguments))
    except ValueError as error:
        if isinstance(error, MetricError):
            raise
        raise MetricError(f"`{text}`", f"names of this scenario ({error})") from error


def _topics(a: dict[str, str]) -> list[str]:
    return a["topic"].split("+") if "topic" in a else []


def _times(night: Night, window: Window, a: dict[str, str]) -> NDArray[np.float64]:
    return np.asarray(night.table("posts")["time"][night.posts(_topics(a), window)], np.float64)


def _seconds(text: str) -> float:
    """Seconds of a duration such as `15 min`."""
    from sim.units import parse_duration

    return float(parse_duration(text))


# ---- posts ----------------------------------------------------------------------------------------------------------


@_metric("topic")
def uses(night: Night, window: Window, a: dict[str, str]) -> float:
    """Posts of a topic, originals and retweets."""
    return float(night.posts(_topics(a), window).sum()) * night.factor("posts")


@_metric("topic")
def originals(night: Night, window: Window, a: dict[str, str]) -> float:
    """Originals of a topic."""
    return float((night.posts(_topics(a), window) & night.originals()).sum()) * night.factor("posts")


@_metric("topic")
def retweets_per_original(night: Night, window: Window, a: dict[str, str]) -> float:
    """Retweets of a topic for each of its originals."""
    first = originals(night, window, a)
    return ratio(uses(night, window, a) - first, first)


@_metric()
def posts_total(night: Night, window: Window, a: dict[str, str]) -> float:
    """Posts of every topic."""
    return float(night.posts([], window).sum()) * night.factor("posts")


@_metric("bin", "topic")
def peak_rate(night: Night, window: Window, a: dict[str, str]) -> float:
    """Greatest rate of posts over bins; below scale 1 that of a pulse shape fitted to them [posts/s]."""
    width, times = _seconds(a["bin"]), _times(night, window, a)
    if night.results.scale >= 1:
        return raw_peak(times, window.start, window.end, width)
    pulses = [p.at for p in night.scenario.pulses.values() if not _topics(a) or p.topic in _topics(a)]
    inside = [t for t in pulses if window.start <= t < window.end]
    return fitted_peak(times, window.start, window.end, width, inside) * night.factor("posts")


@_metric("bin", "topic")
def raw_peak_rate(night: Night, window: Window, a: dict[str, str]) -> float:
    """Greatest count in one bin over its width, biased upward at small scale [posts/s]."""
    times = _times(night, window, a)
    return raw_peak(times, window.start, window.end, _seconds(a["bin"])) * night.factor("posts")


@_metric("topic by")
def share_reached(night: Night, window: Window, a: dict[str, str]) -> float:
    """Share of the window's uses of a topic that are reached by a time."""
    from datetime import datetime

    start = datetime.fromisoformat(night.results.start_iso)
    by = (datetime.fromisoformat(a["by"]) - start).total_seconds()
    return ratio(uses(night, Window(window.start, by), a), uses(night, window, a))


@_metric("topic")
def rank(night: Night, window: Window, a: dict[str, str]) -> float:
    """Best rank of a topic among the trends of the country, over the bins of the window."""
    width = 600.0
    posts = night.table("posts")
    country = [i for i, z in enumerate(night.results.names["zones"]) if night.scenario.places.zones[z].kind != "abroad"]
    here = night.posts([], window) & np.isin(posts["zone"], country)
    row = ((posts["time"][here] - window.start) / width).astype(np.int64)
    n = len(night.results.names["topics"])
    table = np.bincount(row * n + posts["topic"][here], minlength=(int(row.max(initial=0)) + 1) * n).reshape(-1, n)
    hashtags = [i for i, k in enumerate(night.results.names["topics"]) if night.scenario.topics[k].claim is None]
    mine = table[:, night.index("topics", a["topic"])]
    better = (table[:, hashtags] > mine[:, None]).sum(axis=1) + 1
    return float(better[mine > 0].min()) if (mine > 0).any() else float("nan")


@_metric("topic")
def signal_share(night: Night, window: Window, a: dict[str, str]) -> float:
    """Share of the originals of a topic that offer or ask for shelter."""
    relevant = night.posts(_topics(a), window, ["offer", "request"]) & night.originals()
    return ratio(float(relevant.sum()), float((night.posts(_topics(a), window) & night.originals()).sum()))


@_metric("", "account topic")
def largest_cascade(night: Night, window: Window, a: dict[str, str]) -> float:
    """Retweets of the most retweeted original, of a named account or topic where one is given."""
    posts = night.table("posts")
    mask = night.posts(_topics(a), window)
    sizes = np.bincount(posts["root"][mask], minlength=len(posts["root"])) - 1
    if "account" in a:
        sizes = sizes[posts["author"] == night.index("accounts", a["account"])]
    return float(sizes.max(initial=0)) * night.factor("posts")


@_metric()
def spontaneous_share(night: Night, window: Window, a: dict[str, str]) -> float:
    """Share of posts that no other post set off."""
    mask = night.posts([], window)
    origin = night.table("posts")["origin"][mask]
    return ratio(float(((origin == 0) | (origin == 3)).sum()), float(mask.sum()))


# ---- beliefs and awareness ------------------------------------------------------------------------------------------


@_metric("topic")
def believers_peak(night: Night, window: Window, a: dict[str, str]) -> float:
    """Greatest number of accounts that believe a claim at one time."""
    mask = night.table("beliefs")["topic"] == night.index("topics", a["topic"])
    return float(night.series("beliefs", "believes", window, mask).max(initial=0.0))


@_metric("topic")
def misinformed_hours(night: Night, window: Window, a: dict[str, str]) -> float:
    """Hours that accounts spend believing a claim [account hours]."""
    mask = night.table("beliefs")["topic"] == night.index("topics", a["topic"])
    return float(night.series("beliefs", "believes", window, mask).sum()) * night.results.bin_width / 3600


@_metric()
def aware_share(night: Night, window: Window, a: dict[str, str]) -> float:
    """Share of people who know of the event at the end of the window."""
    people = night.results.summary.get("people", 0.0) * night.factor("awareness")
    return ratio(night.standing("awareness", "aware", window.end), people)


# ---- telephones -----------------------------------------------------------------------------------------------------


@_metric("operator")
def extra_calls(night: Night, window: Window, a: dict[str, str]) -> float:
    """Calls carried that the event caused, of one operator's subscribers."""
    mask = night.table("traffic")["operator"] == night.index("operators", a["operator"])
    return night.total("traffic", "carried", window, mask)


@_metric("operator")
def extra_sms(night: Night, window: Window, a: dict[str, str]) -> float:
    """Messages that the event caused, of one operator's subscribers."""
    mask = night.table("traffic")["operator"] == night.index("operators", a["operator"])
    return night.total("traffic", "sms", window, mask)


@_metric("zones bin")
def peak_blocking(night: Night, window: Window, a: dict[str, str]) -> float:
    """Greatest share of attempts lost in cells of some zones, over bins."""
    width = _seconds(a["bin"])
    mask = night.cells_in(_zones(night, a["zones"]))
    calls = night.table("calls")
    start = calls["bin"] * night.results.bin_width
    mask = mask & (start >= window.start) & (start < window.end)
    row = (start[mask] / width).astype(np.int64)
    offered, lost = np.bincount(row, calls["offered"][mask]), np.bincount(row, calls["lost"][mask])
    with np.errstate(invalid="ignore"):
        shares = np.where(offered > 0, lost / np.maximum(offered, 1), 0.0)
    return float(shares.max(initial=0.0))


@_metric("zones")
def mean_blocking(night: Night, window: Window, a: dict[str, str]) -> float:
    """Share of attempts lost in cells of some zones, cells weighted by the whole cells they stand for."""
    mask, calls = night.cells_in(_zones(night, a["zones"])), night.table("calls")
    weight = night.cell_weight() * night.share_of_bins(calls["bin"], window) * mask
    return ratio(float((calls["lost"] * weight).sum()), float((calls["offered"] * weight).sum()))


def _zones(night: Night, text: str) -> list[str]:
    """Zones by name, joined by `+`; `country` is every zone but those abroad."""
    if text == "country":
        return [z for z in night.results.names["zones"] if night.scenario.places.zones[z].kind != "abroad"]
    return text.split("+")


@_metric("desk")
def desk_received(night: Night, window: Window, a: dict[str, str]) -> float:
    """Calls received by a desk, redials included."""
    return night.total("desks", "received", window, _desk(night, a))


@_metric("desk")
def desk_answered_share(night: Night, window: Window, a: dict[str, str]) -> float:
    """Share of a desk's calls that are answered."""
    mask = _desk(night, a)
    return ratio(night.total("desks", "answered", window, mask), night.total("desks", "received", window, mask))


def _desk(night: Night, a: dict[str, str]) -> Any:
    return night.table("desks")["desk"] == night.index("desks", a["desk"])


# ---- people ---------------------------------------------------------------------------------------------------------


@_metric()
def marks(night: Night, window: Window, a: dict[str, str]) -> float:
    """People who marked themselves as safe."""
    return night.total("marks", "marks", window)


@_metric()
def notified(night: Night, window: Window, a: dict[str, str]) -> float:
    """People notified by marks."""
    check = night.scenario.safety_check
    return marks(night, window, a) * (check.notified if check else 0.0)


@_metric()
def offers(night: Night, window: Window, a: dict[str, str]) -> float:
    """Hosts who offer shelter, at full size."""
    table = night.table("offers")
    times = night.table("posts")["time"][table["post"]]
    return float(((times >= window.start) & (times < window.end)).sum()) * night.results.clones


@_metric()
def housed(night: Night, window: Window, a: dict[str, str]) -> float:
    """People for whom a host said yes."""
    return night.total("reading", "housed", window)


@_metric()
def time_to_shelter(night: Night, window: Window, a: dict[str, str]) -> float:
    """Median time from the first contact of a seeker to the host who said yes [s]."""
    contacts = night.table("contacts")
    found = contacts["outcome"] == 0
    if not found.any():
        return float("nan")
    first = np.full(int(contacts["person"].max()) + 1, np.inf)
    np.minimum.at(first, contacts["person"], contacts["time"])
    waits = contacts["time"][found] - first[contacts["person"][found]]
    return float(np.median(waits))


@_metric("state")
def state_peak(night: Night, window: Window, a: dict[str, str]) -> float:
    """Greatest number of people out who are in a state at one time."""
    mask = night.table("people")["state"] == night.index("states", a["state"])
    return float(night.series("people", "count", window, mask).max(initial=0.0))
