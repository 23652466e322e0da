"""The follower graph built for reading: sets and loops over single accounts, nothing compiled, nothing sorted.

Shares with the builder the published generator (its uncompiled form), and the two solved dials.
"""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
from msgu.kernels.base import draw
from msgu.kernels.graph.stages import ADOPT, AUDIENCE, BACK, CIRCLE, FITNESS, KIND, MATE, PICK, POOL, SHARED
from msgu.world.graph.layers import SLOTS, Dials, _popularity_range
from msgu.world.graph.types import NetworkSpec


def block(key: int, who: int, nth: int, stage: int) -> list[int]:
    """Four words of 32 bits."""
    philox = getattr(draw.philox, "py_func", draw.philox)
    a, b = (int(x) for x in philox(key, who, nth, stage, 0))
    return [a >> 32, a & 0xFFFFFFFF, b >> 32, b & 0xFFFFFFFF]


def unit(high: int, low: int) -> float:
    """Uniform in (0, 1) of two words."""
    return (((high << 32 | low) >> 12) + 0.5) * 2.0**-52


class NaiveGraph:
    """One graph; `follows[i]` is the set of accounts that i follows."""

    def __init__(
        self, spec: NetworkSpec, zone: list[int], metro: list[int], audience: list[int], key: int, dials: Dials
    ) -> None:
        self.spec, self.zone, self.metro, self.key, self.dials = spec, zone, metro, key, dials
        self.n, self.n_special = spec.n_accounts, len(audience)
        self.of = [metro[z] for z in zone]
        self.follows: list[set[int]] = [set() for _ in range(self.n)]
        self.draw_accounts()
        self.fill_urn()
        self.cut_circles()
        for who, wanted in enumerate(audience):
            self.draw_audience(who, wanted)
        for i in range(self.n):
            self.choose(i)

    def draw_accounts(self) -> None:
        spec = self.spec
        ceiling, mean = _popularity_range(spec)
        span = 1 - ceiling ** (1 - spec.in_exponent)
        quantile = getattr(draw.normal_quantile, "py_func", draw.normal_quantile)
        self.weight, self.appeal, self.activity, self.back = [], [], [], []
        self.open = []
        for i in range(self.n):
            w = block(self.key, i, 0, KIND)
            special, kind = i < self.n_special, unit(w[0], w[1])
            unfollowed = special or kind < spec.unfollowed_share
            unfollowing = not unfollowed and kind < spec.unfollowed_share + spec.unfollowing_share
            active = math.exp(spec.out_sigma * quantile(unit(w[2], w[3])) - spec.out_sigma**2 / 2)
            w = block(self.key, i, 0, FITNESS)
            f = (1 - unit(w[0], w[1]) * span) ** (1 / (1 - spec.in_exponent))
            free = spec.back_base + spec.back_top * unit(w[2], w[3]) ** spec.back_power
            self.appeal.append(min(1.0, spec.appeal_base * f**spec.appeal_power))
            self.open.append(not unfollowed)
            self.weight.append(0.0 if unfollowed else f * (spec.unfollowing_fitness if unfollowing else 1.0))
            self.activity.append(
                0.0 if unfollowing else active * (spec.unfollowed_activity if unfollowed and not special else 1.0)
            )
            returns = not unfollowed and not unfollowing
            self.back.append(min(1.0, free * (f / mean) ** -spec.back_fall) if returns else 0.0)

    def fill_urn(self) -> None:
        self.urn: list[int] = []
        self.urn_of: dict[int, tuple[int, int]] = {}
        total, done, slots = sum(self.weight), 0.0, SLOTS * self.n
        for m in range(max(self.metro) + 1):
            for i in range(self.n):
                if self.of[i] == m and self.weight[i] > 0:
                    done += self.weight[i]
                    self.urn += [i] * (min(slots, int(done / total * slots)) - len(self.urn))
        self.urn += [self.urn[-1]] * (slots - len(self.urn))
        shares = np.bincount(self.of, weights=self.weight, minlength=max(self.metro) + 1)
        edges = [min(slots, int(x)) for x in np.concatenate([[0.0], np.cumsum(shares)]) / float(shares.sum()) * slots]
        self.urn_of = {m: (edges[m], edges[m + 1]) for m in range(len(shares))}

    def home(self, weights: list[float]) -> tuple[float, float]:
        """Chances of looking at home for ties drawn evenly and by weight."""
        people, heavy = defaultdict(float), defaultdict(float)
        for i in range(self.n):
            people[self.of[i]] += 1 / self.n
            heavy[self.of[i]] += weights[i] / sum(weights)
        chances = (sum(p * p for p in people.values()), sum(p * heavy[m] for m, p in people.items()))
        wanted = self.spec.home_share
        return tuple(0.0 if by_chance >= wanted else (wanted - by_chance) / (1 - by_chance) for by_chance in chances)  # type: ignore[return-value]

    def cut_circles(self) -> None:
        spec = self.spec
        home, home_urn = self.home(self.weight)
        pools: dict[int, list[int]] = defaultdict(list)
        n_metros = max(self.metro) + 1
        for i in range(self.n):
            w = block(self.key, i, 0, POOL)
            pool = 0
            if unit(w[0], w[1]) < home:
                pool = 1 + n_metros + self.zone[i] if unit(w[2], w[3]) < spec.near_share else 1 + self.of[i]
            pools[1 + n_metros + len(self.metro) if i < self.n_special else pool].append(i)
        smallest = max(2.0, spec.circle_smallest * spec.mean_follows)
        largest = max(smallest * 1.001, spec.circle_largest * spec.mean_follows)
        power = 1 - spec.circle_exponent
        self.mates: list[list[int]] = [[] for _ in range(self.n)]
        self.adopted: list[list[int]] = [[] for _ in range(self.n)]
        number = 0
        for pool in sorted(pools):
            left, nth = pools[pool], 0
            while left:
                w = block(self.key, pool, nth, CIRCLE)
                size = int((smallest**power + unit(w[0], w[1]) * (largest**power - smallest**power)) ** (1 / power) + 0.5)
                if len(left) - size < smallest:
                    size = len(left)
                members, left, nth = left[:size], left[size:], nth + 1
                adopted = []
                for t in range(round(spec.adopted_ratio * len(members))):
                    w = block(self.key, number, t, ADOPT)
                    low, high = 0, len(self.urn)
                    m = self.of[members[0]]
                    at_home = unit(w[2], w[3]) < min(1.0, home_urn / max(home, 1e-9))
                    if pool > 0 and at_home and self.urn_of[m][1] > self.urn_of[m][0]:
                        low, high = self.urn_of[m]
                    adopted.append(self.urn[low + (w[0] * (high - low) >> 32)])
                for i in members:
                    self.mates[i] = [j for j in members if self.open[j]]
                    self.adopted[i] = sorted(adopted)
                number += 1

    def draw_audience(self, who: int, wanted: int) -> None:
        home = self.spec.home_share
        by_chance = sum(m == self.of[who] for m in self.of) / self.n
        home = 0.0 if by_chance >= home else (home - by_chance) / (1 - by_chance)
        order = sorted(range(self.n), key=lambda i: (self.of[i], i))
        own = [i for i in order if self.of[i] == self.of[who]]
        found: set[int] = set()
        nth = 0
        while len(found) < wanted:
            w = block(self.key, who, nth, AUDIENCE)
            among = own if unit(w[2], w[3]) < home else order
            j = among[w[0] * len(among) >> 32]
            if j >= self.n_special and self.activity[j] > 0:
                found.add(j)
            nth += 1
        for j in found:
            self.follows[j].add(who)

    def choose(self, i: int) -> None:
        """Whom i follows, one after another, and who of them follows back."""
        if not self.activity[i]:
            return
        chosen: list[int] = []
        if i >= self.n_special:
            keen = self.activity[i] ** self.spec.keenness
            for stage, among, chance in (
                (MATE, self.mates[i], self.spec.mate_chance),
                (SHARED, self.adopted[i], self.spec.shared_chance),
            ):
                for q, j in enumerate(among):
                    coin = block(self.key, i, q // 4, stage)[q % 4] / 2**32
                    if j != i and coin < min(0.95, keen * chance) * self.appeal[j]:
                        chosen.append(j)
        w = block(self.key, i, 0, PICK)
        count = min(self.n, max(1, int(self.dials.picks * self.activity[i] + unit(w[0], w[1]))))
        for t in range(count):
            slot, place = block(self.key, i, 1 + t // 2, PICK)[2 * (t % 2) :][:2]
            low, high = self.urn_of[self.of[i]]
            if high == low or place >= int(self.dials.home * 2**32):
                low, high = 0, len(self.urn)
            j = self.urn[low + (slot * (high - low) >> 32)]
            if j != i:
                chosen.append(j)
        self.follows[i].update(chosen)
        if self.open[i]:
            for t, j in enumerate(chosen):
                if block(self.key, i, t // 4, BACK)[t % 4] / 2**32 < self.back[j]:
                    self.follows[j].add(i)

    def followers(self) -> list[list[int]]:
        """Followers of each account, ascending."""
        lists: list[list[int]] = [[] for _ in range(self.n)]
        for i, followed in enumerate(self.follows):
            for j in followed:
                lists[j].append(i)
        return lists
