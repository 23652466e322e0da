"""Metrics of shelter: offers, who finds them, who is taken in, and how long that takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgu.measure.metrics.spec import OFFERS, SHELTER, Arguments, Case, Told, metric, ratio
from msgu.scenario.schema.root import Scenario

if TYPE_CHECKING:
    from msgu.measure.view import Mask, Night, Window


def _made(night: Night, window: Window) -> Mask:
    """Which offers were posted within the window."""
    times = night.table("posts")["time"][night.table("offers")["post"]]
    made: Mask = (times >= window.start) & (times < window.end)
    return made


@metric(OFFERS, "hosts", "posts offers", better="more", adds=True)
def offers(night: Night, window: Window, a: Arguments) -> float:
    """Hosts who offer shelter, at full size."""
    return float(_made(night, window).sum()) * night.results.clones


def _followed(scenario: Scenario) -> Iterator[Case]:
    if scenario.shelter is not None:
        yield Case({}, 0.0, scenario.followed_until("going_home"))


@metric(
    SHELTER, "persons", "reading", better="more", adds=True,
    told=Told("sheltered", "Personnes accueillies chez un hôte", "People taken in by a host", _followed),
)  # fmt: skip
def housed(night: Night, window: Window, a: Arguments) -> float:
    """People for whom a host said yes."""
    return night.total("reading", "housed", window)


@metric(SHELTER, "s", "seekers", better="less")
def time_to_shelter(night: Night, window: Window, a: Arguments) -> float:
    """Median time from a seeker's first look at the stream or the map to the host's door, for those who get there [s]."""
    import numpy as np

    table = night.table("seekers")
    there = (table["door"] >= window.start) & (table["door"] < window.end)
    return float(np.median((table["door"] - table["look"])[there])) if there.any() else float("nan")


@metric(SHELTER, "contacts", "reading", better="less", adds=True)
def contacts_in_vain(night: Night, window: Window, a: Arguments) -> float:
    """Contacts with hosts that came to nothing."""
    return night.total("reading", "in_vain", window)


@metric(SHELTER, "share", "reading")
def offers_read_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of offers among the items of the stream that seekers read."""
    return ratio(night.total("reading", "offers", window), night.total("reading", "items", window))


def _hosts_share(night: Night, window: Window, what: str) -> float:
    """Share of the hosts of offers posted within the window that a column of `hosts` counts."""
    made = _made(night, window)
    return ratio(float(night.table("hosts")[what][made].sum()), float(made.sum()) * night.results.clones)


@metric(SHELTER, "share", "posts offers hosts", better="more")
def offers_seen_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of the hosts whose offer somebody who looked for shelter ever met."""
    return _hosts_share(night, window, "seen")


@metric(SHELTER, "share", "posts offers hosts", better="more")
def offers_useful_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of the hosts who took somebody in; the others offered for nothing."""
    return _hosts_share(night, window, "useful")


@metric(SHELTER, "share", "unreached", better="less")
def unreached_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of those ever stranded in the night who did not look for shelter on the network, or could not."""
    table = night.table("unreached")
    return ratio(float(table["people"][table["reach"] != 0].sum()), float(table["people"].sum()))


def _heard(night: Night, window: Window) -> float:
    """People stranded at any time who heard within the window; NaN where nobody has to hear."""
    people = night.total("heard", "people", window, night.table("heard")["stranded"] != 0)
    return people if "heard" in night.results.tables else float("nan")


def _must_hear(scenario: Scenario) -> Iterator[Case]:
    if scenario.shelter is not None and scenario.shelter.hearing is not None:
        yield Case({}, 0.0, scenario.followed_until("going_home"))


@metric(
    SHELTER, "persons", "heard", better="more", adds=True,
    told=Told("heard", "Personnes bloquées qui ont su l’offre d’abri", "Stranded people who heard of shelter", _must_hear),
)  # fmt: skip
def stranded_heard(night: Night, window: Window, a: Arguments) -> float:
    """People ever stranded in the night who heard that shelter is offered, before it or while they were."""
    return _heard(night, window)


@metric(SHELTER, "share", "heard unreached", better="more")
def stranded_heard_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of those ever stranded in the night who heard that shelter is offered."""
    return ratio(_heard(night, window), float(night.table("unreached")["people"].sum()))


@metric(SHELTER, "s", "heard", better="less")
def time_to_hearing(night: Night, window: Window, a: Arguments) -> float:
    """Median time at which those ever stranded who heard within the window did, from the window's start, to a bin [s]."""
    table = night.table("heard")
    people = table["people"] * night.share_of_bins(table["bin"], window) * (table["stranded"] != 0)
    times = (table["bin"] + 0.5) * night.results.bin_width - window.start
    return night.middle(times, people)


@metric(OFFERS, "accounts", "heard_by_accounts", better="more", adds=True)
def accounts_heard(night: Night, window: Window, a: Arguments) -> float:
    """Accounts that may host and heard that shelter is offered, at full size."""
    accounts = night.total("heard_by_accounts", "accounts", window)
    return accounts if "heard_by_accounts" in night.results.tables else float("nan")
