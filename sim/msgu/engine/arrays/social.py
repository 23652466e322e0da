"""Arrays of accounts, topics, posts, trends and films at the start of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from msgu import streams
from msgu.engine.arrays.attention import HEADROOM, attention
from msgu.engine.arrays.hearing import ears, law_of
from msgu.engine.arrays.laws import Laws
from msgu.engine.arrays.room import bitmap, bits_of, most_of
from msgu.engine.arrays.rumour import rumours
from msgu.engine.arrays.topics import column, removals, topic_arrays
from msgu.errors import RefusedError
from msgu.kernels import state
from msgu.kernels.arrays.declare import allocate
from msgu.kernels.arrays.run import Keys
from msgu.kernels.arrays.social import Cascade
from msgu.kernels.jit.handle import pack
from msgu.kernels.social import posts, responses, trends
from msgu.scenario.schema.social import Stimulus
from msgu.world.build import World
from msgu.world.graph.store import leave_pages

GAINED_FIRST = 1 << 24
"""Positions of followers gained count from here, above those of an audience of before the run, or above a larger audience."""
POSITIONS = 1 << 28
"""Positions that an audience may have: an event of a sight keeps so many bits of one, see `exposure.sight`."""
POSTS, POSTS_OF_EACH, PAIRS, WRITERS, WRITERS_OF_EACH = 1 << 10, 2, 1 << 10, 1 << 10, 0.25
"""Room at the start: posts at least, posts of each account, accounts and what they have shared, other writers."""


def build_cascade(world: World, key: Keys, laws: Laws, sizes: dict[str, int]) -> Cascade:
    """Arrays of the kernels of the social network at the start of a run."""
    s, n = world.scenario, world.accounts.n
    films = _videos(world, key, laws)  # first of all, so that each law has the row that it always had
    accounts = _accounts(world)
    topics = topic_arrays(world, laws)
    pulses = _pulses(world, key, laws)
    heard, hears = ears(world), law_of(s) is not None
    c = allocate(
        Cascade,
        sizes | {
            "looks": trends.AHEAD,
            "pairs": PAIRS,
            "showings": PAIRS if s.attention.shown_once else 1,
            "others": max(WRITERS, 1 << int(WRITERS_OF_EACH * n).bit_length()),
            "states": 0,
            "posts": max(POSTS, POSTS_OF_EACH * n),  # the system gives memory where it is written
            "believed topics": len(s.topics) if topics["claim"].any() else 0,
            "hearing accounts": n if hears else 0,
            "telling posts": max(POSTS, POSTS_OF_EACH * n) if hears and any(p.shelter for p in s.posts.values()) else 0,
            "linked accounts": n if accounts["unaware"].size else 0,
        },
        **accounts,
        **topics,
        **attention(world, laws),
        **removals(world, laws),
        **rumours(world, key, laws),
        **pulses,
        **_gains(world),
        **films,
        **heard,
        driver_topic=_driver_topics(world),
        answer_bound=_answer_bound(
            accounts, topics, pulses, films, heard["may_tell"], shown_once=s.attention.shown_once
        ),
        shelter_topic=sorted(s.topics).index(s.shelter.topic) if s.shelter else -1,
        belief_change=_first_beliefs(topics["claim"], sizes),
    )  # fmt: skip
    return prepared(key, c, len(s.topics)) if n and s.topics else c


def prepared(key: Keys, c: Cascade, topics: int) -> Cascade:
    """Return the same arrays with the candidates of each topic, and room for the state of accounts that may respond."""
    left = np.zeros((responses.prepare(pack(key), pack(c), topics), 2))
    return c._replace(left=left, tallies=left.view(np.uint16), written=left.view(np.uint32))


def _accounts(world: World) -> dict[str, Any]:
    linked = world.person >= 0
    return {
        "offsets": world.accounts.graph.offsets,
        "followers": world.accounts.graph.followers,
        "tie": world.accounts.graph.tie,
        "reader": readers(world),
        "person": world.person,
        "unaware": bits_of(linked) if linked.any() else bitmap(0),
    }


def readers(world: World) -> NDArray[np.int32]:
    """What decides whether an account sees and responds, in 16 bytes for each; see `Cascade.reader`."""
    rows = np.zeros((world.accounts.n, 4), np.int32)
    rows[:, state.FOLLOWS] = world.accounts.graph.out_degree
    rows[:, state.ZONE] = world.accounts.zone
    rows.view(np.float32)[:, state.READINESS] = world.accounts.susceptibility
    leave_pages(world.accounts.graph.out_degree)
    return rows


def _driver_topics(world: World) -> NDArray[np.int64]:
    """Topic of each driver, and then that of worried people."""
    s, names = world.scenario, sorted(world.scenario.topics)
    drivers = [names.index(s.drivers[d].topic) for d in sorted(s.drivers)]
    post_topic = s.worry.post_topic if s.worry else None
    return np.array([*drivers, names.index(post_topic) if post_topic else 0], np.int64)


def _pulses(world: World, key: Keys, laws: Laws) -> dict[str, Any]:
    """Pulses, and who joins one of a topic."""
    s, n = world.scenario, world.accounts.n
    names = sorted(s.topics)
    pulses = [s.pulses[name] for name in sorted(s.pulses)]
    pulsing = sorted({pulse.topic for pulse in pulses})
    joins = bitmap(n, len(pulsing))
    for number, pulse in enumerate(pulses):
        posts.choose_joiners(pack(key), joins[pulsing.index(pulse.topic)], n, number, pulse.share)
    return {
        "pulse_topic": np.array([names.index(p.topic) for p in pulses] or [0], np.int64),
        "pulse_rise": column([p.rise for p in pulses]),
        "pulse_decay": column([p.decay for p in pulses]),
        "pulse_live": column([p.live_for for p in pulses]),
        "pulsed": np.array([pulsing.index(name) if name in pulsing else -1 for name in names] or [-1], np.int64),
        "joins": joins,
    } | _stimuli([pulse.stimulus for pulse in pulses], laws)


def _stimuli(given: Sequence[Stimulus | None], laws: Laws) -> dict[str, Any]:
    """Return what makes pulses stimuli: time within which each reaches everybody, sessions, reactions."""
    return {
        "pulse_session": column([one.session if one else 0.0 for one in given]),
        "pulse_over": column([one.over if one else 0.0 for one in given]),
        "pulse_reaction": np.array([laws.add(one.reaction) if one else 0 for one in given] or [0], np.int64),
    }


def _answer_bound(
    accounts: dict[str, Any],
    topics: dict[str, Any],
    pulses: dict[str, Any],
    films: dict[str, Any],
    may_tell: NDArray[np.bool_],
    *,
    shown_once: bool,
) -> NDArray[np.float64]:
    """Chance of answering a sight at most, where a sight does nothing but be answered; else 1; shape (topic rows,)."""
    rows, most = len(topics["hazard"]), topics["ceiling"]
    bound = np.ones(rows)
    if accounts["unaware"].any() or len(pulses["joins"]) > 0 or shown_once:
        return bound  # somebody may learn of the event by a post, or what was seen before is asked for
    readiest = float(accounts["reader"].view(np.float32)[:, state.READINESS].max(initial=0.0))
    hazard = topics["strongest"].max(axis=1) * topics["curve"][:, 0] * np.maximum(HEADROOM / most, 1.0)
    alone = topics["flat"] & ~np.isin(np.arange(rows), films["video_topic"]) & ~may_tell
    bound[alone] = np.minimum(1.0, (1.0 - np.exp(-readiest * hazard[alone])) * (1 + 1e-9))
    return bound


def _first_beliefs(claim: NDArray[np.float64], sizes: dict[str, int]) -> NDArray[np.int64]:
    """Nobody has heard of any claim at the start."""
    change = np.zeros((sizes["bins"], len(claim), 4), np.int64)
    change[0, claim[:, 0] > 0, state.UNAWARE] = sizes["accounts"]
    return change


def _videos(world: World, key: Keys, laws: Laws) -> dict[str, Any]:
    """Films, their laws, and room for what they count."""
    s = world.scenario
    topics = sorted(s.topics)
    films = [s.videos[name] for name in sorted(s.videos)]
    return {
        "video_key": np.array([streams.named(int(key.video), name) for name in sorted(s.videos)], np.uint64),
        "video_topic": np.array([topics.index(film.topic) for film in films], np.int64),
        "video_at": np.array([film.at for film in films], np.float64),
        "video_until": np.array([min(s.horizon, film.until or s.horizon) for film in films], np.float64),
        "video_share": np.array([film.share for film in films], np.float64),
        "video_opens": np.array([film.opens for film in films], np.float64),
        "video_law": np.array([laws.add(film.watch) for film in films], np.int64),
    }


def first_gained(audience: int, room: int) -> int:
    """Position in the draws of the first follower gained: no other reader has it, or is among the 64 trials that it is among.

    Parameters
    ----------
    audience : followers of the largest account at the start. room : followers that an account may gain at most.

    Raises
    ------
    RefusedError : they would need more positions than there are.
    """
    first = max(GAINED_FIRST, (audience + 63) // 64 * 64)
    if first + room > POSITIONS:
        raise RefusedError(
            f"an account with {audience:,} followers and room for {room:,} more: "
            f"at most {POSITIONS:,} together - a smaller --scale"
        )
    return first


def _gains(world: World) -> dict[str, Any]:
    """Room for the followers that named accounts gain."""
    s, names = world.scenario, world.accounts.names
    of = np.array([world.accounts.number(s.gains[k].account) for k in sorted(s.gains)], np.int32)
    room = np.zeros(len(names), np.int64)
    for account, k in zip(of, sorted(s.gains), strict=True):
        mean = s.gains[k].volume * world.scale
        room[account] += most_of(mean)
    room = np.minimum(room, world.accounts.n)
    following = bitmap(world.accounts.n, len(names) if len(of) else 0)
    graph = world.accounts.graph
    first = first_gained(world.accounts.largest_audience, int(room.max(initial=0)))
    for account in set(of.tolist()):
        audience = graph.followers[graph.offsets[account] : graph.offsets[account + 1]].astype(np.int64)
        np.bitwise_or.at(following[account], audience >> 6, np.uint64(1) << (audience & 63).astype(np.uint64))
    return {
        "gains_of": of,
        "following": following,
        "gained": np.zeros(int(room.sum()), np.int32),
        "gained_start": np.cumsum(room) - room,
        "gained_first": first,
    }
