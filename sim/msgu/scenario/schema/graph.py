"""Parameters of the generator of follower graphs (docs/model/graph.md)."""

from __future__ import annotations

from msgu.scenario.schema.field import Sourced, field
from msgu.units import Probability

_FIT = "fitted to the published measurements of the follower graph at every size: docs/model/graph.md"


class GraphLaw(Sourced):
    """How the follower graph is drawn; the values were found together (docs/model/graph.md)."""

    near_share: Probability = field(0.3, "Share of the circles at home that lie in one zone.")
    unfollowed_share: Probability = field(0.265, "Share of accounts that nobody follows.", source=_FIT)
    unfollowing_share: Probability = field(0.06, "Share of accounts that follow nobody.", source=_FIT)
    unfollowed_activity: float = field(
        0.15, "Follows of an account that nobody follows, relative to the others.", source=_FIT, gt=0, le=10
    )
    unfollowing_fitness: float = field(
        0.3, "Popularity of an account that follows nobody, relative to the others.", source=_FIT, gt=0, le=10
    )
    in_exponent: float = field(
        2.02,
        "Exponent of the density of popularity.",
        source="tails of 2.0-2.5; 2.276 in Kwak et al. 2010; fitted",
        gt=1,
        le=6,
    )
    in_max_share: Probability = field(
        0.05, "Followers of the most popular account by own picks over all accounts, among a million; circles up to double it.",
        source="fitted to the Gini of followers; largest of the Higgs crawl: 51,386 of 456,626",
    )  # fmt: skip
    in_max_fall: float = field(
        0.45, "That share falls as the number of accounts to this power.", source="fitted to the Gini of followers", ge=0, le=1
    )  # fmt: skip
    out_sigma: float = field(0.75, "Spread (of the logarithm) of the number of follows.", source=_FIT, ge=0, le=3)
    circle_smallest: float = field(0.2, "Smallest circle, as a multiple of the mean of follows.", source=_FIT, gt=0, le=100)
    circle_largest: float = field(0.75, "Largest circle, as a multiple of the mean of follows.", source=_FIT, gt=0, le=100)
    circle_exponent: float = field(2.0, "Exponent of the density of the sizes of circles.", gt=1, le=6)
    mate_chance: float = field(
        1.0, "Chance of following a member of one's circle, before appeal and up to .95.", source=_FIT, ge=0, le=1
    )
    adopted_ratio: float = field(0.9, "Popular accounts that a circle has adopted, per member.", source=_FIT, ge=0, le=20)
    shared_chance: Probability = field(0.8, "Chance of following an account that one's circle has adopted.", source=_FIT)
    keenness: float = field(0.15, "Those two chances grow as activity to this power.", source=_FIT, ge=0, le=2)
    appeal_base: Probability = field(0.4, "Appeal of the least popular member of a circle.", source=_FIT)
    appeal_power: float = field(0.5, "Appeal grows as popularity to this power, up to 1.", source=_FIT, ge=0, le=2)
    back_base: Probability = field(
        0.195, "Least chance of following back, at the mean of popularity.",
        source="reciprocity .316 in the Higgs crawl, .362 in Kwak et al. 2010; fitted",
    )  # fmt: skip
    back_top: Probability = field(0.45, "The chance lies between the least and this much more.", source="the same; fitted")
    back_power: float = field(3.0, "How rare the large chances are.", source=_FIT, gt=0, le=20)
    back_fall: float = field(0.3, "The chance falls as popularity to this power.", source=_FIT, ge=0, le=2)
