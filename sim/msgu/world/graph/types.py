"""The follower graph as data, and the properties that a graph to be built shall have."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

I16 = NDArray[np.int16]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F32 = NDArray[np.float32]


@dataclass(frozen=True)
class NetworkSpec:
    """What the follower graph is to look like; docs/model/graph.md says how the values were found.

    Those marked *fitted* have no measurement of their own: they were chosen together so that the graph meets the
    published measurements of the follower graph at every size; each may be varied by a factor of two.

    Parameters
    ----------
    n_accounts : number of accounts, special ones included [accounts].
    mean_follows : mean number of accounts followed, over all accounts [accounts]; *assumption* of the scenario.
    home_share : share of ties within the same metropolitan area; .39, Takhteyev, Gruzd and Wellman 2012.
    near_share : share of the circles at home that lie in one zone; *assumption*.
    unfollowed_share : share of accounts that nobody follows; *fitted* to the strongly connected share
        (.79 in the Higgs crawl of De Domenico et al. 2013, .69 in Myers et al. 2014) and to the Gini of followers.
    unfollowing_share : share of accounts that follow nobody; *fitted* likewise.
    unfollowed_activity : activity of an account that nobody follows, relative to the others; *fitted*.
    unfollowing_fitness : popularity of an account that follows nobody, relative to the others; *fitted*.
    in_exponent : exponent of the density of popularity; published tails 2.0-2.5 (2.276 in Kwak et al. 2010).
    in_max_share : upper end of popularity as followers of one account by own picks over all accounts, at 10**6
        accounts; *fitted* to the Gini of followers and to degree assortativity; circles up to double it, as the
        largest of the Higgs crawl (51,386 of 456,626) asks.
    in_max_fall : that share falls as the number of accounts to this power; *fitted* to the same.
    in_max : ceiling of the same end as a number of followers [accounts]; without one, hubs grow with the graph, and a
        sample of a city at scale 1/10 has larger hubs than one at 1/100; *assumption* of the scenario.
    out_sigma : standard deviation of the logarithm of activity, to which own picks are proportional; *fitted*.
    circle_smallest, circle_largest : range of the sizes of circles, as multiples of `mean_follows`; *fitted*.
    circle_exponent : exponent of the Pareto density of those sizes; *assumption*.
    mate_chance : chance that an account of activity 1 follows a member of its circle; *fitted* to clustering.
    adopted_ratio : accounts adopted by a circle, per member; *fitted* to clustering.
    shared_chance : chance that an account of activity 1 follows an account that its circle adopted; *fitted*.
    keenness : those two chances grow as activity to this power, up to .95; *fitted*.
    appeal_base, appeal_power : a member of popularity f is followed within its circle with
        min(1, appeal_base f**appeal_power) times that chance; *fitted*, so that the law of followers has no bump.
    back_base, back_top, back_power, back_fall : an account of popularity f follows back with
        chance (back_base + back_top u**back_power) (f / mean f)**-back_fall, u uniform; *fitted* to edge reciprocity
        (.316 in the Higgs crawl, .362 in Kwak et al. 2010) and to the in/out correlation.
    """

    n_accounts: int
    mean_follows: float = 50.0
    home_share: float = 0.39
    near_share: float = 0.3
    unfollowed_share: float = 0.265
    unfollowing_share: float = 0.06
    unfollowed_activity: float = 0.15
    unfollowing_fitness: float = 0.3
    in_exponent: float = 2.02
    in_max_share: float = 0.05
    in_max_fall: float = 0.45
    in_max: float = math.inf
    out_sigma: float = 0.75
    circle_smallest: float = 0.2
    circle_largest: float = 0.75
    circle_exponent: float = 2.0
    mate_chance: float = 1.0
    adopted_ratio: float = 0.9
    shared_chance: float = 0.8
    keenness: float = 0.15
    appeal_base: float = 0.4
    appeal_power: float = 0.5
    back_base: float = 0.195
    back_top: float = 0.45
    back_power: float = 3.0
    back_fall: float = 0.3


@dataclass(frozen=True)
class FollowerGraph:
    """A directed graph in compressed rows by followed account.

    Parameters
    ----------
    offsets : shape (n_accounts + 1,). Followers of a are ``followers[offsets[a]:offsets[a + 1]]``.
    followers : shape (n_edges,). Ascending within an account, no repeats, nobody follows itself.
    out_degree : shape (n_accounts,). Number of accounts followed.
    tie : shape (n_edges,), or (0,) where all pass surely. Chance that a post passes along each tie.
    """

    offsets: I64
    followers: I32
    out_degree: I32
    tie: F32 = field(default_factory=lambda: np.zeros(0, np.float32))

    @property
    def n_accounts(self) -> int:
        """Number of accounts."""
        return len(self.out_degree)

    @property
    def n_edges(self) -> int:
        """Number of ties."""
        return len(self.followers)

    def followers_of(self, account: int) -> I32:
        """Followers of one account, ascending; shape (in-degree,)."""
        return self.followers[self.offsets[account] : self.offsets[account + 1]]


def empty_graph(n_accounts: int) -> FollowerGraph:
    """Return the graph in which nobody follows anybody."""
    return FollowerGraph(np.zeros(n_accounts + 1, np.int64), np.empty(0, np.int32), np.zeros(n_accounts, np.int32))


I8 = NDArray[np.int8]


F64 = NDArray[np.float64]
U64 = NDArray[np.uint64]
