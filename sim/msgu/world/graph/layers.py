"""Layers of the follower graph: attributes of accounts, circles, and lists of accounts followed.

Nothing here is public; `msgu.world.graph.build.build_network` puts the layers together.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from msgu.kernels.graph import accounts as account_kernels
from msgu.kernels.graph import follow as follow_kernels
from msgu.kernels.graph import stages
from msgu.world.graph.types import F64, I8, U64

if TYPE_CHECKING:
    from msgu.world.graph.types import NetworkSpec

I16 = NDArray[np.int16]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F32 = NDArray[np.float32]

CHUNK = 1 << 16
"""Accounts in one task, at most 2**16; fixed, so that no result depends on the number of threads."""
SLOTS = 8
"""Slots of the urn per account: the least popular account has about one and a half."""
SAMPLE_BLOCKS, SAMPLE_BLOCK = 16, 512
"""Blocks of accounts, and accounts in a block, on which the number and locality of picks are solved for."""
SOLVER_STEPS = 4


@dataclass(frozen=True)
class AccountAttributes:
    """Drawn attributes, one entry for each account; special accounts are the first `n_special`.

    Parameters
    ----------
    kind : ORDINARY, NO_FOLLOWERS or FOLLOWS_NOBODY of `msgu.kernels.graph.stages`.
    fitness : popularity; 0 where nobody may follow.
    activity : weight of the number of picks; 0 where it follows nobody.
    appeal : what the chance of being followed within a circle is multiplied by.
    back : chance of following back.
    metro : metropolitan area.
    """

    n_special: int
    kind: I8
    fitness: F64
    activity: F32
    appeal: F32
    back: F32
    metro: I16

    @property
    def n(self) -> int:
        """Number of accounts."""
        return len(self.kind)


@dataclass(frozen=True)
class Circles:
    """Circles of accounts, members ascending, and what they adopted.

    Parameters
    ----------
    of_account : shape (n_accounts,). Circle of each account.
    mate_start : shape (n_circles + 1,). Where the members of each circle lie.
    mates : shape (n_followable,). Members that may be followed, circle by circle.
    adopted_start, adopted : the same for what circles adopted.
    candidates : shape (n_circles,). Members that may be followed and adopted accounts, together.
    """

    of_account: I32
    mate_start: I64
    mates: I32
    adopted_start: I64
    adopted: I32
    candidates: I64


@dataclass(frozen=True)
class Urn:
    """Accounts repeated in proportion to popularity, by metropolitan area.

    Parameters
    ----------
    slots : shape (n_slots,). A uniform slot is an account drawn by popularity.
    start : shape (n_metros + 1,). Slots of each metropolitan area.
    by_metro : shape (n_accounts,). All accounts, those of one area together.
    metro_start : shape (n_metros + 1,). Where each area begins in `by_metro`.
    """

    slots: I32
    start: I64
    by_metro: I32
    metro_start: I64


@dataclass(frozen=True)
class Dials:
    """What is solved for: picks of an account of activity 1, and the chance that a pick is sought at home."""

    picks: float
    home: float


def ranges(n: int) -> list[tuple[int, int]]:
    """Cut 0:n into ranges of `CHUNK`."""
    return [(first, min(first + CHUNK, n)) for first in range(0, n, CHUNK)]


def each(threads: int, task: Callable[[int, int], Any], parts: list[tuple[int, int]]) -> list[Any]:
    """Return the results of `task(first, last)` in the order of the parts; the kernels release the GIL."""
    if threads <= 1 or len(parts) <= 1:
        return [task(first, last) for first, last in parts]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda part: task(*part), parts))


def _popularity_range(spec: NetworkSpec) -> tuple[float, float]:
    """Return the largest and the mean popularity (the least is 1) that give the largest audience asked for.

    A popularity f attracts about mean_follows / 2 x f / mean picks.
    """
    share = min(0.5, spec.in_max_share * (spec.n_accounts / 1e6) ** -spec.in_max_fall)
    largest = min(share * spec.n_accounts, spec.in_max)
    wanted = max(2.0, largest / (0.5 * max(spec.mean_follows, 1.0)))
    a = spec.in_exponent
    low, high, mean = 1.0001, 1e12, 1.0
    for _ in range(200):
        top = float(np.sqrt(low * high))
        area = np.log(top) if abs(a - 2) < 1e-9 else (1 - top ** (2 - a)) / (a - 2)
        mean = float((a - 1) * area / (1 - top ** (1 - a)))
        low, high = (top, high) if top / mean < wanted else (low, top)
    return low, mean


def draw_accounts(
    spec: NetworkSpec, zone: I16, metro: I16, n_special: int, key: np.uint64, threads: int
) -> AccountAttributes:
    """Draw kind, popularity, activity and readiness to follow back of each account."""
    n = spec.n_accounts
    kind, fitness = np.empty(n, np.int8), np.empty(n, np.float64)
    activity, appeal, back = np.empty(n, np.float32), np.empty(n, np.float32), np.empty(n, np.float32)
    ceiling, mean = _popularity_range(spec)

    def task(first: int, last: int) -> None:
        account_kernels.draw_accounts(
            key, first, last, n_special, spec.unfollowed_share, spec.unfollowing_share, spec.unfollowed_activity,
            spec.unfollowing_fitness, spec.in_exponent, ceiling, mean, spec.out_sigma, spec.back_base, spec.back_top,
            spec.back_power, spec.back_fall, spec.appeal_base, spec.appeal_power, kind, fitness, activity, appeal, back,
        )  # fmt: skip

    each(threads, task, ranges(n))
    return AccountAttributes(n_special, kind, fitness, activity, appeal, back, metro[zone])


def _share_at_home(spec: NetworkSpec, by_chance: float) -> float:
    """Return the chance of looking at home that makes `home_share` of ties local, given the share local by chance."""
    if by_chance >= spec.home_share or by_chance >= 1.0:
        return 0.0
    return (spec.home_share - by_chance) / (1.0 - by_chance)


def _shares(groups: I16, n_groups: int, weights: NDArray[Any] | None = None) -> F64:
    total: F64 = np.bincount(groups, weights=weights, minlength=n_groups).astype(np.float64)
    shares: F64 = total / max(float(total.sum()), 1e-300)
    return shares


def fill_urn(accounts: AccountAttributes, n_metros: int) -> Urn:
    """Fill the urn from which accounts are drawn by popularity; it is empty where nobody may be followed."""
    order = np.argsort(accounts.metro, kind="stable").astype(np.int32)
    weight = np.bincount(accounts.metro, weights=accounts.fitness, minlength=n_metros)
    total = float(weight.sum())
    slots = np.empty(SLOTS * accounts.n if total > 0 else 0, np.int32)
    if total > 0:
        account_kernels.fill_urn(order, accounts.fitness, total, slots)
    share = np.concatenate([[0.0], np.cumsum(weight)]) / max(total, 1e-300)
    sizes = np.bincount(accounts.metro, minlength=n_metros)
    return Urn(
        slots=slots,
        start=np.minimum(len(slots), share * len(slots)).astype(np.int64),
        by_metro=order,
        metro_start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
    )


def cut_circles(
    spec: NetworkSpec, zone: I16, metro: I16, accounts: AccountAttributes, urn: Urn, key: np.uint64, threads: int
) -> Circles:
    """Put each account into one circle, and draw what the circles adopt."""
    n, n_metros = accounts.n, len(urn.start) - 1
    share = _shares(accounts.metro, n_metros)
    home = _share_at_home(spec, float((share**2).sum()))
    pool = np.empty(n, np.int32)
    each(
        threads,
        lambda a, b: account_kernels.draw_pools(key, a, b, zone, metro, n_metros, home, spec.near_share, pool),
        ranges(n),
    )
    n_pools = 2 + len(metro) + n_metros
    pool[: accounts.n_special] = n_pools - 1  # special accounts have no circle that is looked at
    members = np.argsort(pool, kind="stable").astype(np.int32)
    pool_start = np.concatenate([[0], np.cumsum(np.bincount(pool, minlength=n_pools))]).astype(np.int64)
    start = np.empty(n + n_pools + 1, np.int64)
    smallest = max(2.0, spec.circle_smallest * spec.mean_follows)
    largest = max(smallest * 1.001, spec.circle_largest * spec.mean_follows)
    count = account_kernels.cut_circles(key, pool_start, smallest, largest, spec.circle_exponent, start)
    start = start[: count + 1].copy()
    size = np.diff(start)
    of_account = np.empty(n, np.int32)
    of_account[members] = np.repeat(np.arange(count, dtype=np.int32), size)
    adopted_start = np.concatenate([[0], np.cumsum(np.rint(spec.adopted_ratio * size))]).astype(np.int64)
    adopted = np.empty(int(adopted_start[-1]), np.int32)
    first = members[start[:-1]]
    circle_metro = np.where(pool[first] > 0, accounts.metro[first], -1).astype(np.int32)
    by_urn = float((share * _shares(accounts.metro, n_metros, accounts.fitness)).sum())
    wanted = min(1.0, _share_at_home(spec, by_urn) / max(home, 1e-9))
    each(
        threads,
        lambda a, b: follow_kernels.adopt(key, a, b, adopted_start, circle_metro, wanted, urn.slots, urn.start, adopted),
        ranges(count),
    )
    open_to = accounts.kind[members] != stages.NO_FOLLOWERS
    mate_start = np.concatenate([[0], np.cumsum(open_to)])[start].astype(np.int64)
    candidates = np.diff(mate_start) + np.diff(adopted_start)
    return Circles(of_account, mate_start, members[open_to], adopted_start, adopted, candidates)


def scratch(entries: int) -> tuple[U64, U64]:
    """Room for the blocks that decide on so many entries of one account: two words each, or four."""
    return np.empty(entries // 2 + 8, np.uint64), np.empty(entries // 2 + 8, np.uint64)


def _out_lists(
    spec: NetworkSpec, accounts: AccountAttributes, circles: Circles, urn: Urn, dials: Dials, key: np.uint64,
    first: int, last: int, length: I32,
) -> I32:  # fmt: skip
    """Write the accounts followed by each of `first:last`, one list after another; their lengths go into `length`."""
    circle = circles.of_account[first:last]
    room = circles.candidates[circle] + np.minimum(accounts.n, dials.picks * accounts.activity[first:last] + 2.0)
    out = np.empty(int(room.sum()) + 8, np.int32)
    a, b = scratch(int(room.max()))
    used = follow_kernels.follow(
        key, first, last, accounts.n_special, accounts.activity, accounts.appeal, dials.picks, dials.home,
        accounts.metro, circles.of_account, circles.mate_start, circles.mates, circles.adopted_start, circles.adopted,
        spec.mate_chance, spec.shared_chance, spec.keenness, urn.slots, urn.start, a, b, out, length,
    )  # fmt: skip
    return out[:used]  # what lies beyond was never touched, so it takes no memory


def _expected_ties(
    spec: NetworkSpec, accounts: AccountAttributes, circles: Circles, out: I32, length: I32, first: int, last: int
) -> tuple[float, float]:
    """Return the expected ties, those that follow back included, of the accounts `first:last`: all, and at home."""
    code = np.sort(np.repeat(np.arange(first, last), length[first:last]) * accounts.n + out)
    first_of = np.r_[True, code[1:] != code[:-1]][: len(code)]
    code = code[first_of]  # without repeats; np.unique takes 17 times as long, for it hashes first
    who, whom = np.divmod(code, accounts.n)
    mates = circles.of_account[who] == circles.of_account[whom]
    keen = np.maximum(accounts.activity[whom], 1e-30) ** spec.keenness
    followed = np.minimum(0.95, keen * spec.mate_chance) * accounts.appeal[who]
    one_way = np.where(mates, 1.0 - followed, 1.0)
    weight = 1.0 + np.where(accounts.kind[who] != stages.NO_FOLLOWERS, accounts.back[whom] * one_way, 0.0)
    local = accounts.metro[who] == accounts.metro[whom]
    return float(weight.sum()), float(weight[local].sum())


def _sample(n_special: int, n: int) -> list[tuple[int, int]]:
    """Blocks of accounts spread evenly over all ordinary ones."""
    if n - n_special < 2 * SAMPLE_BLOCKS * SAMPLE_BLOCK:
        return [(n_special, n)]
    step = (n - n_special - SAMPLE_BLOCK) / (SAMPLE_BLOCKS - 1)
    firsts = [n_special + int(step * block) for block in range(SAMPLE_BLOCKS)]
    return [(first, first + SAMPLE_BLOCK) for first in firsts]


def solve_dials(
    spec: NetworkSpec, accounts: AccountAttributes, circles: Circles, urn: Urn, audience: int, key: np.uint64
) -> Dials:
    """Find the number and locality of picks that give the mean of follows and the share at home asked for.

    Found on a sample of accounts by a few secant steps; repeats among picks make a formula miss by a tenth.

    Parameters
    ----------
    audience : ties of special accounts, which count among those asked for.
    """
    sample = _sample(accounts.n_special, accounts.n)
    length = np.zeros(accounts.n, np.int32)
    size = sum(last - first for first, last in sample)
    active = sum(float(accounts.activity[first:last].sum()) for first, last in sample)
    # what is picked goes with activity, whose mean over all accounts is known: half the error of the plain mean
    lean = float(accounts.activity[accounts.n_special :].mean()) * size / max(active, 1e-300)
    wanted = max(0.0, spec.mean_follows - audience / accounts.n) * size
    dials, before = Dials(0.0, spec.home_share), -1.0
    for step in range(SOLVER_STEPS):
        ties = local = 0.0
        for first, last in sample:
            out = _out_lists(spec, accounts, circles, urn, dials, key, first, last, length)
            more, near = _expected_ties(spec, accounts, circles, out, length, first, last)
            ties, local = ties + more, local + near
        if step == 0:
            before, picks = ties, spec.mean_follows / 2
        else:
            picks = dials.picks * max(0.0, wanted - before) / max(lean * (ties - before), 1e-9)
        by_picks = max(ties - before, 0.05 * ties, 1e-9)
        home = dials.home + (spec.home_share * ties - local) / by_picks if step else dials.home
        dials = Dials(float(min(picks, accounts.n)), float(min(1.0, max(0.0, home))))
    return dials


def follow(
    spec: NetworkSpec, accounts: AccountAttributes, circles: Circles, urn: Urn, dials: Dials, key: np.uint64, threads: int
) -> tuple[list[I32], I32]:
    """Accounts followed: one array for each chunk of accounts, and the length of each account's list."""
    length = np.zeros(accounts.n, np.int32)

    def task(first: int, last: int) -> I32:
        return _out_lists(spec, accounts, circles, urn, dials, key, first, last, length)

    return each(threads, task, ranges(accounts.n)), length


def draw_audiences(spec: NetworkSpec, accounts: AccountAttributes, urn: Urn, wanted: I64, key: np.uint64) -> list[I32]:
    """Draw the followers of each special account, ascending; as many as wanted if so many accounts follow anybody."""
    n_special = accounts.n_special
    taken = np.zeros(accounts.n, np.int8)
    able = int((accounts.activity[n_special:] > 0).sum())
    share = _shares(accounts.metro, len(urn.metro_start) - 1)
    lists = []
    for who in range(n_special):
        m = int(accounts.metro[who])
        audience = np.empty(max(0, min(int(wanted[who]), able)), np.int32)
        found = follow_kernels.draw_audience(
            key, who, len(audience), n_special, _share_at_home(spec, float(share[m])),
            int(urn.metro_start[m]), int(urn.metro_start[m + 1]), urn.by_metro, accounts.activity, taken, audience,
        )  # fmt: skip
        lists.append(np.sort(audience[:found]))
    return lists
