"""Offers of shelter, and the people who look for one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from msgu.engine.arrays.hearing import law_of
from msgu.engine.compiled import CompiledEngine
from msgu.engine.tables.sparse import many_columns
from msgu.kernels.shelter import ASKED, SEEN
from msgu.results import Columns
from msgu.world.people import REACHES

Checked = dict[int, float]
"""Offer -> when volunteers had checked it [s]."""


def offers(night: CompiledEngine, checked: Checked) -> Columns:
    """Every offer, and what volunteers made of it."""
    n = int(night.cascade.size[1])
    when = np.full(n, np.nan)
    when[list(checked)] = list(checked.values())
    people = night.people
    return {
        "offer": np.arange(n),
        "post": people.offer_post[:n].copy(),
        "verified": people.verified[:n].copy(),
        "checked": when,
    }


def seekers(night: CompiledEngine) -> Columns:
    """Everybody who looked for shelter."""
    people = night.people
    who = np.flatnonzero(people.look >= 0.0)
    kept = {name: getattr(people, name)[who] for name in ("look", "yes", "door", "looks", "tries")}
    return {"person": who, "zone": people.at[who], **kept}


def hosts(night: CompiledEngine) -> Columns:
    """What became of the hosts for whom each offer stands."""
    n, clones, people = int(night.cascade.size[1]), night.world.clones, night.people
    met, taken = people.met[: n * clones].reshape(n, clones), people.taken[: n * clones].reshape(n, clones)
    columns = {"seen": (met & SEEN) > 0, "asked": (met & ASKED) > 0, "useful": taken > 0}
    return {"offer": np.arange(n)} | {name: values.sum(axis=1) for name, values in columns.items()}


def unreached(night: CompiledEngine) -> Columns:
    """Everybody who was stranded at any time, by zone and by whether offers could reach them."""
    people, reaches = night.people, len(REACHES) + 1
    reach = night.world.out.reach
    if people.heard.size:
        reach = np.where(np.isnan(people.heard) & np.isin(reach, (0, len(REACHES) - 1)), len(REACHES), reach)
    stuck = people.stuck != 0
    label = people.at[stuck].astype(np.int64) * reaches + reach[stuck]
    counts = np.bincount(label, minlength=reaches)
    at = np.flatnonzero(counts)
    return {"zone": at // reaches, "reach": at % reaches, "people": counts[at]}


def contacts(night: CompiledEngine) -> Columns:
    """Contacts between seekers and hosts that have come to an end."""
    people = night.people
    n = int(people.contact_size[0])
    done = people.contact_outcome[:n] >= 0
    kept = {name: getattr(people, f"contact_{name}")[:n][done] for name in ("time", "offer", "clone", "outcome")}
    return {"person": people.contact_who[:n][done], **kept}


def reading(night: CompiledEngine) -> Columns:
    """What seekers read and did, by bin and zone."""
    columns = ("items", "offers", "near", "contacts", "housed", "in_vain")
    return many_columns(night.people.counts, ("bin", "zone"), columns)


def heard(night: CompiledEngine) -> Columns | None:
    """People out who heard that shelter is offered: when, where, how, and whether they were ever stranded."""
    people, s = night.people, night.world.scenario
    if law_of(s) is None:
        return None
    who = np.flatnonzero(people.heard >= 0.0)
    bins = np.minimum((people.heard[who] / s.record.bin).astype(np.int64), night.bins - 1)
    rows = np.stack([bins, people.at[who], people.heard_how[who], people.stuck[who]])
    found, count = np.unique(rows, axis=1, return_counts=True)
    return dict(zip(("bin", "zone", "how", "stranded"), found, strict=True)) | {"people": count}


def heard_by_accounts(night: CompiledEngine) -> Columns | None:
    """Accounts that heard, and those that went on to offer, by bin and zone."""
    if law_of(night.world.scenario) is None:
        return None
    return many_columns(night.people.heard_by_accounts, ("bin", "zone"), ("accounts", "hosts"))


TABLES: Final[dict[str, Callable[[CompiledEngine], Columns | None]]] = {
    "seekers": seekers,
    "hosts": hosts,
    "unreached": unreached,
    "contacts": contacts,
    "reading": reading,
    "heard": heard,
    "heard_by_accounts": heard_by_accounts,
}
COUNTED: Final[dict[str, Callable[[CompiledEngine, Checked], Columns]]] = {"offers": offers}
