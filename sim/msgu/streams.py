"""From seed and decision to key: the only place where seeds exist.

A key is the 64-bit BLAKE2b digest of (seed, replication, stream name); a draw is then a pure function of
(key, who, nth) in `msgu.kernels.base.draw`. A new decision is a new name, here or as a `Stream`, so that old draws do not move.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

STREAMS: dict[str, str] = {
    # the world: one for all replications of a seed
    "world.network": "every decision of the follower graph's construction",
    "world.account-zone": "zone of an account",
    "world.account-activity": "how often an account posts of its own accord",
    "world.account-susceptibility": "how readily an account responds",
    "world.account-participation": "does an account take part in the event, and how keenly",
    "world.person": "operator, cell, Facebook account of a person",
    "world.ties": "worry edges of a person: how many, where, who",
    "world.later-ties": "ties of who worries because of a later event: how many, where, who",
    "world.both-ways": "which ties go both ways, and who tells the worried that they are safe",
    "world.people-out": "venue, home and equipment of a person who is out",
    "world.resident": "resident of whom a person who is out is a clone",
    "world.standing": "people who are out for whom a resident stands, and the cells where they stand",
    # what happens: one for each replication
    "exogenous": "spontaneous first posts of an account for one driver: how many, when",
    "following": "who begins to follow a named account, and when",
    "seeing": "does this account see this post",
    "threshold": "hazard at which an account gives its n-th response to a topic",
    "delay": "time from seeing to responding",
    "origin": "retweet or original, kind and variant of a post",
    "elsewhere": "is an original of a kind written on another topic",
    "belief": "believes, doubts or accepts a correction",
    "interest": "how long an account passes on what it holds of a claim",
    "telling": "does an account that comes to hold something of a claim write of its own, and when",
    "airing": "whom what a newsroom airs reaches, when, and whether a believer accepts a correction so heard",
    "pulse": "joins a synchronised pulse, and when",
    "session": "is an account in session when a stimulus reaches it, for how long, and when does it react",
    "appeal": "how much is a first post worth sharing",
    "trend": "when accounts of a region look at a trend, which of them, and whether they see a post",
    "video": "does a first post carry a film, does who sees it watch, and how long",
    "learning": "when a person learns from television",
    "worry": "reaction time and channel of a worry edge",
    "call": "answer, holding time, redial and redial delay of an attempt",
    "talk": "number, times and targets of a person's other calls and messages",
    "news": "does another message tell somebody outside the talk",
    "baseline": "ordinary calls of a cell: arrivals, holding times, state at the start",
    "message": "is an SMS answered, and when",
    "follow-up": "is a message without an answer followed by another try, when, and by voice or message",
    "later-news": "when a later event makes a person call about a tie, and by voice or message",
    "word": "does who knows somebody to be safe tell another so, and when",
    "friends": "does who knows somebody to be safe mark them, does who is asked mark, and when",
    "safety-check": "who is asked, who marks, when, and whose worry it clears",
    "announcement": "does a worried person hear the number of a desk, and when",
    "desk": "who calls a desk, when, how long it takes, patience and redial",
    "battery": "when a phone is empty",
    "group": "who writes to a group, when, and who reads it",
    "desk-cell": "cell of a caller of a desk, and whether the call takes a channel there",
    "barring": "is an ordinary call kept from asking for a channel",
    "standing": "cell of a resident who stands for somebody who has found shelter",
    "witness": "who sees what happens, calls a desk, when and from where",
    "going-home": "when a person leaves, takes a taxi, loses patience",
    "warning": "receipt, understanding, belief, confirmations and actions of a message that asks for action",
    "shelter": "what a seeker reads, where people and hosts are in their zones, hosts' zones, contacts",
    "home": "where in its zone somebody who is out lives",
    "hearing": "who offers having heard that shelter is offered, and when; whom a broadcast or another person tells of it",
}


class Stream(NamedTuple):
    """A stream that one phenomenon declares for itself, because nothing but its process draws from it."""

    name: str
    decides: str


WORLD = -1
"""Replication number of the streams that build the world."""


def key(seed: int, replication: int, stream: str | Stream) -> int:
    """64-bit key of one stream.

    Parameters
    ----------
    seed : 0 <= seed < 2**63.
    replication : -1 (`WORLD`) or the number of the replication.
    stream : a stream that is declared as such, or a name of `STREAMS`; any other name is a `KeyError`, so that a misspelt
        stream cannot start a new one.
    """
    name = stream.name if isinstance(stream, Stream) else stream
    if name is stream and name not in STREAMS:
        raise KeyError(name)
    text = f"msgu-sim/1/{seed}/{replication}/{name}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")


def named(key: int, name: str) -> int:
    """64-bit key of one thing with a name within a stream: a driver, a broadcast, a desk.

    It depends on no other thing of its kind, so that one more of them moves no draw of the others.
    """
    return int.from_bytes(hashlib.blake2b(f"{key}/{name}".encode(), digest_size=8).digest(), "little")


def keys(seed: int, replication: int) -> dict[str, int]:
    """Keys of the streams of `STREAMS` for one replication; those of the world ignore the replication."""
    return {name: key(seed, WORLD if name.startswith("world.") else replication, name) for name in STREAMS}
