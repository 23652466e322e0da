"""Predicted size of a run, from the scenario's numbers alone: nothing heavy is imported, nothing is built."""

from __future__ import annotations

from dataclasses import dataclass

from msgu.errors import RefusedError
from msgu.scenario.cautions.branching import foretell
from msgu.scenario.schema.root import Scenario
from msgu.scenario.schema.warnings import Message
from msgu.world.probe import memory_available

MEMORY_LIMIT = 20e9
"""Most memory of one replication [bytes]; a machine of 24 GiB is the smallest that the project is made for."""
EVENT_LIMIT = 2e10
"""Most events of one replication: about three hours at two million a second."""
DISK_LIMIT = 200e9
"""Most disk for the graph and one record [bytes]."""
SMALLEST = 1 << 20
"""Scales down to 1 over this are looked at for one that fits."""
BASE = 2.8e8
"""Memory of Python with numpy, numba, pyarrow and the kernels, before any world [bytes]: the toy needs 0.287 GB."""
POSTS_OF_EACH = 1.85
"""Posts for each spontaneous one: 1.65 in the toy, 1.83 in three days of Paris."""


@dataclass(frozen=True)
class SizePrediction:
    """Predicted size of a replication.

    Parameters
    ----------
    memory : peak of the process that runs it, nothing compiled in it [bytes].
    disk : its record [bytes].
    store : the follower graph where graphs are kept [bytes].
    events : what the engine does one after another.
    seconds : processor time with compiled kernels, on the machine of the constants [s]; see `probe.slowness`.
    """

    memory: float
    disk: float
    store: float
    events: float
    seconds: float


def predict(scenario: Scenario, scale: float, posts_at_1: float | None = None) -> SizePrediction:
    """Predict the size of a replication, each part by how long it is followed; with the posts at scale 1 where they are known.

    The constants are bytes and seconds for each tie, account, person, post, call and bin, fitted to toy, to the three days of
    Paris at 1/500, 1/100 and 1/20, and to the night at scale 1: `python -m benchmarks size` prints predicted and needed.
    What building and keeping a graph takes besides, once, is not in them (`predict_graph`).
    """
    bins = max(1.0, scenario.horizon / scenario.record.bin)
    zones, topics = len(scenario.places.zones), len(scenario.topics)
    accounts, ties = _network(scenario, scale)
    people = sum(float(z.population or 0) for z in scenario.places.zones.values() if z.kind != "abroad") * scale
    out = float(sum(o.people for o in scenario.outings.values()))
    out += float(sum(sum(v.people.values()) for v in scenario.places.venues.values()))
    cells = _cells(scenario, scale)
    calls = _calls(scenario, cells)
    channels = scenario.phones.channels if scenario.phones else 0
    callers = _desk_callers(scenario)
    posts = scale * (_posts(scenario) if posts_at_1 is None else posts_at_1)
    worried = people * max([0.0, *(scenario.worry.ties.values() if scenario.worry else [])])
    talk = (scenario.worry.talk_calls + scenario.worry.talk_messages) if scenario.worry else 0.0
    building = BASE + 7.5 * ties + 130 * accounts
    running = BASE + 4 * ties + accounts * (48 + 4 * topics) + 24 * people + (64 + 32 * channels) * cells
    running += 40 * worried + 80 * out + 60 * posts + bins * (8 * zones * 17 + 32 * topics + 48 * len(scenario.desks))
    met = (people + out) * sum(_reach(message) for message in scenario.warnings.values())
    running += 13 * (people + out) * bool(scenario.warnings) + bins * zones * 8 * 28 * len(scenario.warnings)
    events = (
        60 * posts + 2 * calls + people * (1 + 4 * talk) + 10 * worried + 10 * out + 40 * callers + scenario.horizon / 60
    ) + 8 * met
    return SizePrediction(
        memory=max(building, running),
        disk=1e5 + 17 * posts + 0.6 * out,
        store=4 * ties + 12 * accounts,
        events=events,
        seconds=2.6
        + 5e-8 * ties
        + 1.5e-6 * posts
        + 1e-7 * calls
        + 3e-7 * talk * people
        + 3e-6 * (out + worried)
        + 1e-6 * callers
        + 3e-6 * met,
    )


def _reach(message: Message) -> float:
    """Share of people whom a message that asks for action meets; by a post it is that of its readers."""
    if message.alert is not None:
        return max([0.0, *message.alert.zones.values()])
    return 0.02 if message.post is not None else 1.0


def _posts(scenario: Scenario) -> float:
    """Posts at scale 1: so many for each spontaneous one, or as foretold where a topic grows by itself."""
    usual = POSTS_OF_EACH * sum(d.volume for d in scenario.drivers.values())
    found = foretell(scenario)
    return max(usual, sum(f.volume for f in found.values())) if any(f.ratio > 1 for f in found.values()) else usual


def _network(scenario: Scenario, scale: float) -> tuple[float, float]:
    """Accounts and ties."""
    network = scenario.network
    if network is None:
        return 0.0, 0.0
    accounts = network.accounts * scale
    return accounts, accounts * (accounts if network.complete else min(network.mean_follows, accounts))


def _cells(scenario: Scenario, scale: float) -> float:
    phones = scenario.phones
    if phones is None:
        return 0.0
    rows = scenario.places.zones
    real = [
        phones.cells.get(k, float(z.population or 0) / phones.persons_per_cell)
        for k, z in rows.items()
        if z.kind != "abroad"
    ]
    return sum(max(1.0, n * scale) for n in real if n > 0)


def _calls(scenario: Scenario, cells: float) -> float:
    """Ordinary calls; a mean holding time is at least a second for this purpose."""
    phones = scenario.phones
    if phones is None:
        return 0.0
    law = phones.holding
    typical = max(1.0, float(getattr(law, "median", getattr(law, "mean", getattr(law, "value", 60.0)))))
    return cells * phones.load * scenario.followed_until("phones") / typical


def _desk_callers(scenario: Scenario) -> float:
    return sum(r.rate * (r.until - r.at) for d in scenario.desks.values() for r in d.rates.values())


def refuse_if_too_large(scenario: Scenario, scale: float) -> None:
    """Raise `RefusedError` where a replication would not fit: what it needs, what there is, and the largest scale that fits."""
    there_is = min(MEMORY_LIMIT, memory_available())
    p = predict(scenario, scale)
    if _fits(p, there_is):
        return
    disk = p.disk + p.store
    raise RefusedError(
        f"too large: predicted {p.memory / 1e9:.3g} GB of memory ({there_is / 1e9:.3g} to be had), {p.events:.3g} events "
        f"(limit {EVENT_LIMIT:.3g}), {disk / 1e9:.3g} GB of disk (limit {DISK_LIMIT / 1e9:.3g}); "
        f"{_advice(scenario, scale, there_is)}"
    )


def _fits(p: SizePrediction, memory: float) -> bool:
    return p.memory <= memory and p.events <= EVENT_LIMIT and p.disk + p.store <= DISK_LIMIT


def _advice(scenario: Scenario, scale: float, memory: float) -> str:
    found = largest_scale(scenario, scale, memory)
    return f"the largest scale that fits is --scale 1/{found}" if found else "no smaller --scale fits"


def largest_scale(scenario: Scenario, scale: float, memory: float) -> int | None:
    """Return the least k so that 1/k is below `scale` and fits into so much memory [bytes]; None where none does."""
    posts = _posts(scenario)

    def fits(k: int) -> bool:
        return _fits(predict(scenario, 1.0 / k, posts), memory)

    above, least = int(1.0 / scale), SMALLEST
    if not fits(least):
        return None
    while least - above > 1:  # 1/above is too large or not smaller, 1/least fits
        middle = (above + least) // 2
        above, least = (above, middle) if fits(middle) else (middle, least)
    return least
