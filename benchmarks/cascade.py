"""Independent cascade: a million accounts, 50 follows each, about 30 % activated, against bare loops and other programs.

All use one follower graph (that of `benchmarks graph`), the same seed accounts and the same chance for each exposure;
what is compared is processor time for each exposure (each follower of an activated account), medians of interleaved rounds;
with the bare loops three runs apart are compared (`benchmarks.cascade_spread`), which shows what moves their ratio.
Ours runs from a scenario: clock and response delays, events in exact time order, each post recorded; its time includes
setting the night up. Once more with a delay from posting to sight, so that each exposure is an event of its own.
The bare loop is a compiled breadth-first search with a draw and a read of the follower's state for each exposure, without
times; `bare` draws with numba's own generator, `bare keyed` with the keyed generator that ours has. Ours draws from one
reader that may answer to the next instead, the same in law, so that it costs by its answers: ninety followers of a hundred
and more are neither drawn nor read. Where each sight is an event, each of them is drawn twice and goes through the calendar.
EoN and NDlib, which keep Python objects for each tie, and Starsim, which goes through all ties in each of 40 steps, do the
same on a graph 50 times smaller, which favours them; Starsim's own set-up is not counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numba
import numpy as np
from msgu.kernels.base.draw import uniform
from msgu.world.graph.build import build_network
from msgu.world.graph.types import FollowerGraph, NetworkSpec
from numpy.typing import NDArray

from benchmarks.graph import METRO, zones
from benchmarks.interleave import Ratio, interleaved, peer

if TYPE_CHECKING:
    from msgu.engine.compiled import CompiledEngine

SCENARIO = Path(__file__).parents[1] / "scenarios" / "degenerate" / "d06-reed-frost.yaml"
DELAY = "{law: lognormal, median: 1 h, sigma: 1.9}"
SEEDS = 100
EACH_SIGHT = (
    "attention.catch_up={law: lognormal, median: 5 min, sigma: 1}",
    "topics.word.curve={first: [1, 1.000001], tail: 0}",
)
"""Every follower comes to the post at a time of its own; a curve that is not quite level leaves no exposure out."""
BOUNDS = {
    "numpy frontier": 1.7, "cynetdiff": 2.2, "networkit": 1.7, "EoN": 100.0, "EoN fast_SIR": 20.0, "ndlib": 100.0,
    "starsim": 1.7, "simpy": 100.0,
}  # fmt: skip
QUICK_BOUNDS = {"networkit": 1.7, "simpy": 20.0}
"""Of 100,000 accounts: below some 200,000 the state of all accounts lies in the processor's cache, where plain loops win."""


class Setting(NamedTuple):
    """A graph, the accounts that post first, and the chance that an exposure activates."""

    graph: FollowerGraph
    seeds: NDArray[np.int64]
    chance: float


def run(quick: bool) -> list[Ratio]:
    """Time them and return the ratios."""
    from benchmarks.cascade_spread import spread

    n = 100_000 if quick else 1_000_000
    large, small = setting(n), setting(n // 50)
    print(f"{n} accounts, {large.graph.n_edges} ties, chance {large.chance:.4f}")
    ratios = spread(large, quick)
    contestants = {"msgu-sim": ours(large), "each sight an event": ours(large, EACH_SIGHT)} | bare_loops(large)
    contestants["numpy frontier"] = lambda: _frontier(large)
    rounds = 3 if quick else 7
    contestants |= _compiled_peers(large) | _python_peers(small, rounds)
    contestants["simpy"] = lambda: _simpy(large)
    medians = interleaved(contestants, rounds)
    mine = medians["msgu-sim"]
    return ratios + [
        Ratio(f"cascade.{name.replace(' ', '-')}-over-ours", medians[name] / mine, bound, at_least=True)
        for name, bound in (QUICK_BOUNDS if quick else BOUNDS).items()
        if name in medians
    ]


def bare_loops(given: Setting) -> dict[str, Callable[[], float]]:
    """Return the bare loops on a graph, with either generator."""
    return {
        "bare": lambda: _exposures(_bare(*_arrays(given), 1)),
        "bare keyed": lambda: _exposures(_bare_keyed(*_arrays(given), np.uint64(1))),
    }


def setting(n: int) -> Setting:
    """Graph of `n` accounts, seed accounts that somebody follows, and the chance that activates about 30 %."""
    audience = np.array([36_962, 71_000, 710_350], np.int64) * n // 10**7
    graph = build_network(NetworkSpec(n), zones(n), METRO, audience, 1, threads=1)
    followed = np.flatnonzero(np.diff(graph.offsets) > 0)
    seeds = np.random.Generator(np.random.Philox(1)).choice(followed, SEEDS, replace=False)
    low, high = 0.0, 1.0
    for _ in range(12):
        chance = (low + high) / 2
        active, _ = _bare(graph.offsets, graph.followers, seeds, chance, 1)
        low, high = (chance, high) if active < 0.3 * n else (low, chance)
    return Setting(graph, seeds, (low + high) / 2)


def _exposures(found: tuple[int, int]) -> float:
    return float(found[1])


# ---- ours, from a scenario ----


def ours(given: Setting, more: tuple[str, ...] = ()) -> Callable[[], float]:
    """Return what runs a night of ours on a graph and gives its exposures; `more` are further overrides."""
    night = nights(given, more)
    return lambda: float(night().cascade.size[2])


def nights(given: Setting, more: tuple[str, ...] = ()) -> Callable[[], CompiledEngine]:
    """Return what sets up and runs such a night; what it runs on is built here, once."""
    from msgu.engine import run as engine
    from msgu.engine.compiled import CompiledEngine
    from msgu.scenario.load import load
    from msgu.scenario.schema.social import KINDS
    from msgu.world.accounts import Accounts
    from msgu.world.build import build_world

    sets = [
        "network.accounts=1", f"topics.word.infectiousness={-math.log1p(-given.chance)!r}", f"topics.word.delay={DELAY}",
        "horizon=2 d", "record={event_log: false, bin: 1 h}", *more,
    ]  # fmt: skip
    world = build_world(load(SCENARIO, (), sets), 1, 1.0)
    n = given.graph.n_accounts
    accounts = Accounts(given.graph, world.accounts.names, np.zeros(n, np.int16), np.ones(n), np.ones(n))
    world = replace(world, accounts=accounts, person=np.full(n, -1, np.int32))

    def once() -> CompiledEngine:
        night = CompiledEngine(world, 0, keep_log=False)
        for account in given.seeds:
            night.post(0.0, int(account), 0, KINDS.index("information"))
        engine.run_phenomena(night, 0)
        return night

    return once


# ---- bare loops ----


def _arrays(given: Setting) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64], float]:
    return given.graph.offsets, given.graph.followers, given.seeds, given.chance


@numba.njit(cache=True)
def _bare(offsets: Any, followers: Any, seeds: Any, chance: float, seed: int) -> tuple[int, int]:
    """Accounts activated, and exposures."""
    np.random.seed(seed)  # noqa: NPY002  # numba knows no other
    active = np.zeros(offsets.size - 1, np.uint8)
    queue = np.empty(offsets.size - 1, np.int32)
    last = 0
    for account in seeds:
        active[account] = 1
        queue[last] = account
        last += 1
    i = exposures = 0
    while i < last:
        account = queue[i]
        i += 1
        for e in range(offsets[account], offsets[account + 1]):
            follower = followers[e]
            exposures += 1
            u = np.random.random()  # noqa: NPY002
            if active[follower] == 0 and u < chance:
                active[follower] = 1
                queue[last] = follower
                last += 1
    return last, exposures


@numba.njit(cache=True)
def _bare_keyed(offsets: Any, followers: Any, seeds: Any, chance: float, key: Any) -> tuple[int, int]:
    """Do the same with a draw that is a function of (key, author, follower)."""
    active = np.zeros(offsets.size - 1, np.uint8)
    queue = np.empty(offsets.size - 1, np.int32)
    last = 0
    for account in seeds:
        active[account] = 1
        queue[last] = account
        last += 1
    i = exposures = 0
    while i < last:
        account = queue[i]
        i += 1
        for e in range(offsets[account], offsets[account + 1]):
            follower = followers[e]
            exposures += 1
            u = uniform(key, account, follower, 0)
            if active[follower] == 0 and u < chance:
                active[follower] = 1
                queue[last] = follower
                last += 1
    return last, exposures


def _frontier(given: Setting) -> float:
    """One sweep of numpy calls for each generation."""
    offsets, followers = given.graph.offsets, given.graph.followers
    draw = np.random.Generator(np.random.SFC64(1))
    active = np.zeros(given.graph.n_accounts, np.bool_)
    front = given.seeds
    active[front] = True
    exposures = 0
    while len(front):
        count = offsets[front + 1] - offsets[front]
        within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        exposed = followers[np.repeat(offsets[front], count) + within]
        exposures += len(exposed)
        hit = exposed[draw.random(len(exposed), np.float32) < given.chance]
        front = np.unique(hit[~active[hit]]).astype(np.int64)
        active[front] = True
    return float(exposures)


# ---- other programs on the same graph ----


def _compiled_peers(given: Setting) -> dict[str, Callable[[], float]]:
    found: dict[str, Callable[[], float]] = {}
    if peer("cynetdiff") is not None:
        found["cynetdiff"] = _cynetdiff(given)
    networkit = peer("networkit")
    if networkit is not None:
        networkit.setNumberOfThreads(1)
        found["networkit"] = _networkit(networkit, given)
    return found


def _cynetdiff(given: Setting) -> Callable[[], float]:
    from array import array

    from cynetdiff.models import IndependentCascadeModel

    starts = array("I", given.graph.offsets[:-1].astype(np.uint32).tobytes())
    edges = array("I", given.graph.followers.astype(np.uint32).tobytes())
    model = IndependentCascadeModel(starts, edges, activation_prob=given.chance, rng=np.random.default_rng(1))
    model.set_seeds({int(a) for a in given.seeds})
    audience = np.diff(given.graph.offsets)

    def once() -> float:
        model.reset_model()
        model.advance_until_completion()
        return float(audience[list(model.get_activated_nodes())].sum())

    return once


def _networkit(networkit: Any, given: Setting) -> Callable[[], float]:
    """SEIR in 60 steps, infectious for one step, from the account with the largest audience (it takes one seed only).

    It does not tell who was infected, so its exposures are those of a bare cascade, in proportion to the number infected.
    """
    followers, offsets = given.graph.followers, given.graph.offsets
    audience = np.diff(offsets)
    followed = np.repeat(np.arange(len(audience), dtype=np.uint64), audience)
    ends = (followed, followers.astype(np.uint64))
    graph = networkit.GraphFromCoo(ends, n=len(audience), directed=True)
    active, exposures = _bare(*_arrays(given), 1)
    hub = int(np.argmax(audience))

    def once() -> float:
        model = networkit.simulation.EpidemicSimulationSEIR(graph, 60, given.chance, 1, 1, hub)
        model.run()
        rows = model.getData()
        susceptible = rows[rows["state"] == 0]["count"].min()
        return float(len(audience) - susceptible) / active * exposures

    return once


def _digraph(given: Setting) -> Any:
    import networkx as nx

    audience = np.diff(given.graph.offsets)
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(audience)))
    followed = np.repeat(np.arange(len(audience)), audience)
    graph.add_edges_from(zip(followed.tolist(), given.graph.followers.tolist(), strict=True))
    return graph


def _python_peers(given: Setting, rounds: int) -> dict[str, Callable[[], float]]:
    found: dict[str, Callable[[], float]] = {}
    eon, ndlib, starsim = peer("EoN"), peer("ndlib"), peer("starsim")
    if starsim is not None:
        found["starsim"] = _starsim(starsim, given, rounds + 1)
    graph = _digraph(given) if eon is not None or ndlib is not None else None
    audience = np.diff(given.graph.offsets)
    first = [int(a) for a in given.seeds]
    if eon is not None:
        found["EoN"] = lambda: _eon_exposures(eon.basic_discrete_SIR, graph, given, audience, p=given.chance)
        # recovery at rate 1; transmission at rate tau meets it with chance tau / (1 + tau)
        tau = given.chance / (1 - given.chance)
        found["EoN fast_SIR"] = lambda: _eon_exposures(eon.fast_SIR, graph, given, audience, tau=tau, gamma=1.0)
    if ndlib is not None:
        found["ndlib"] = lambda: _ndlib(graph, given, first, audience)
    return found


def _starsim(starsim: Any, given: Setting, times: int) -> Callable[[], float]:
    """SIR in steps: who was exposed with success in one step exposes in the next, and no more."""
    audience = np.diff(given.graph.offsets)
    followed, followers = np.repeat(np.arange(len(audience)), audience), given.graph.followers.astype(np.int64)
    starsim.options(verbose=0)

    class Follows(starsim.Network):  # type: ignore[misc,name-defined]
        def init_post(self) -> None:
            super().init_post()
            self.append(p1=starsim.uids(followed), p2=starsim.uids(followers), beta=np.ones(len(followers)))

        def step(self) -> None:
            """Ties do not change."""

    class Cascade(starsim.SIR):  # type: ignore[misc,name-defined]
        def init_post(self) -> None:
            super().init_post()
            first = starsim.uids(given.seeds)
            self.set_prognoses(first)
            self.ti_recovered[first] = 1

    def ready() -> Any:
        # recovery comes before transmission in a step, so that two days give one step of transmission
        cascade = Cascade(
            beta={"follows": [starsim.probperday(given.chance), 0]}, init_prev=0, p_death=0,
            dur_inf=starsim.constant(starsim.days(2)),
        )  # fmt: skip
        sim = starsim.Sim(
            n_agents=len(audience), networks=Follows(name="follows"), diseases=cascade, start=0, dur=40,
            dt=starsim.days(1), use_aging=False, verbose=0,
        )  # fmt: skip
        sim.init()
        return sim

    waiting = [ready() for _ in range(times)]

    def once() -> float:
        sim = waiting.pop()
        sim.run()
        reached = ~np.isnan(sim.diseases[0].ti_infected.raw[: len(audience)])
        return float(audience[reached].sum())

    return once


def _eon_exposures(model: Any, graph: Any, given: Setting, audience: NDArray[np.int64], **words: float) -> float:
    found = model(graph, initial_infecteds=[int(a) for a in given.seeds], return_full_data=True, **words)
    times = found.node_history
    infected = [node for node in graph if "I" in times(node)[1]]
    return float(audience[infected].sum())


def _ndlib(graph: Any, given: Setting, first: list[int], audience: NDArray[np.int64]) -> float:
    from ndlib.models.epidemics import IndependentCascadesModel
    from ndlib.models.ModelConfig import Configuration

    model = IndependentCascadesModel(graph, seed=1)
    words = Configuration()
    words.add_model_initial_configuration("Infected", first)
    for edge in graph.edges():
        words.add_edge_configuration("threshold", edge, given.chance)
    model.set_initial_status(words)
    while any(state == 1 for state in model.status.values()):
        model.iteration(node_status=False)
    return float(audience[[node for node, state in model.status.items() if state != 0]].sum())


def _simpy(given: Setting) -> float:
    """One process for each activation: wait for the delay, then expose every follower."""
    import random

    import simpy

    draw = random.Random(1)
    clock = simpy.Environment()
    offsets, followers = given.graph.offsets, given.graph.followers
    active = set(given.seeds.tolist())
    exposures = 0

    def account(number: int, wait: float) -> Any:
        nonlocal exposures
        yield clock.timeout(wait)
        for follower in followers[offsets[number] : offsets[number + 1]].tolist():
            exposures += 1
            if draw.random() < given.chance and follower not in active:
                active.add(follower)
                clock.process(account(follower, draw.lognormvariate(math.log(3600.0), 1.9)))

    for number in given.seeds.tolist():
        clock.process(account(number, 0.0))
    clock.run(until=172800.0)
    return float(exposures)
