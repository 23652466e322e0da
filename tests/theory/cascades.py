"""Exact laws of cascades: independent cascade by enumeration, Reed-Frost, SIR, total progeny, Hawkes mean.

Sources: Kempe, Kleinberg and Tardos, "Maximizing the spread of influence" (2003) for the independent cascade; Abbey,
"An examination of the Reed-Frost theory of epidemics" (1952); von Bahr and Martin-Loef, "Threshold limit theorems for
some epidemic processes" (1980) for the final size of SIR; Dwass, "The total progeny in a branching process" (1969);
Hawkes, "Spectra of some self-exciting and mutually exciting point processes" (1971).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

Edge = tuple[int, int]
"""(follower, followed): the followed exposes the follower."""


def reached(edges: list[Edge], start: int) -> set[int]:
    """Accounts that live edges join to `start`."""
    found, new = {start}, [start]
    while new:
        author = new.pop()
        for follower, followed in edges:
            if followed == author and follower not in found:
                found.add(follower)
                new.append(follower)
    return found


def enumerated(edges: list[Edge], n: int, p: float | Sequence[float]) -> dict[int, float]:
    """Law of the set of active accounts (a bit for each) that begins at account 0: every outcome of every edge.

    p : chance that an edge is live, the same of all or one for each.
    """
    chances = [p] * len(edges) if isinstance(p, float) else list(p)
    law: dict[int, float] = {}
    for outcome in product((False, True), repeat=len(edges)):
        live = [edge for edge, on in zip(edges, outcome, strict=True) if on]
        active = sum(1 << account for account in reached(live, 0))
        weight = math.prod(q if on else 1 - q for q, on in zip(chances, outcome, strict=True))
        law[active] = law.get(active, 0.0) + weight
    return law


def enumerated_once(edges: list[Edge], n: int, p: float) -> dict[int, float]:
    """Law of the active accounts where each is shown the cascade once: one outcome of each account, not of each edge."""
    law: dict[int, float] = {}
    for outcome in product((False, True), repeat=n - 1):
        ready = [True, *outcome]
        active = sum(1 << a for a in reached([(f, a) for f, a in edges if ready[f]], 0))
        weight = math.prod(p if on else 1 - p for on in outcome)
        law[active] = law.get(active, 0.0) + weight
    return law


def reed_frost(n: int, p: float) -> NDArray[np.float64]:
    """Final size of a Reed-Frost epidemic: probability of k cases beyond the first, of n susceptible.

    By its chain of binomials: with i cases, each of s susceptible is infected with probability 1 - (1 - p)^i.
    """
    law = np.zeros(n + 1)
    now = np.zeros((n + 1, n + 2))  # [susceptible, cases]
    now[n, 1] = 1.0
    for s in range(n, -1, -1):
        for i in range(n + 1, 0, -1):
            if now[s, i] > 0:
                new = stats.binom.pmf(np.arange(s + 1), s, 1 - (1 - p) ** i)
                law[n - s] += now[s, i] * new[0]
                for k in range(1, s + 1):
                    now[s - k, k] += now[s, i] * new[k]
    return law


def attack_rate(ratio: float) -> float:
    """Share z infected in a large outbreak of SIR with reproduction number `ratio`: z = 1 - exp(-ratio z), z > 0."""
    return float(optimize.brentq(lambda z: z - 1 + math.exp(-ratio * z), 1e-6, 1.0))


def attack_deviation(n: int, ratio: float) -> float:
    """Standard deviation of the number infected in a large outbreak among `n`, infectious periods of fixed length."""
    z = attack_rate(ratio)
    return math.sqrt(n * z * (1 - z)) / (1 - ratio * (1 - z))


def progeny(most: int, children: int, p: float) -> NDArray[np.float64]:
    """Total progeny of one ancestor with binomial offspring, for sizes 0 .. most (Dwass); Borel's law in the limit."""
    size = np.arange(1, most + 1)
    return np.concatenate([[0.0], stats.binom.pmf(size - 1, size * children, p) / size])


def borel(most: int, mean: float) -> NDArray[np.float64]:
    """Borel's law: total progeny with Poisson offspring, for sizes 0 .. most."""
    size = np.arange(1, most + 1)
    return np.concatenate([[0.0], stats.poisson.pmf(size - 1, size * mean) / size])


def hawkes(t: NDArray[np.float64], immigrants: float, ratio: float, decay: float) -> NDArray[np.float64]:
    """Mean number of points in [0, t) of a Hawkes process that starts empty, kernel exponential with mean `decay`."""
    rest = 1.0 - ratio
    return immigrants / rest * (t - ratio * decay / rest * (1.0 - np.exp(-rest * t / decay)))
