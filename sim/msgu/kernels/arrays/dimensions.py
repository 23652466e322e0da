"""Dimensions of the arrays of a run."""

from __future__ import annotations

from typing import NamedTuple

from msgu.kernels.state import (
    FULL_CALLERS,
    FULL_CONTACTS,
    FULL_LOG,
    FULL_MESSAGES,
    FULL_OFFERS,
    FULL_POSTS,
    FULL_REDIALS,
    FULL_SERVERS,
)


class Dimension(NamedTuple):
    """A dimension: what it counts, and what a kernel says when it is full, for one that doubles then."""

    meaning: str
    full: int | None = None


DIMENSIONS = {
    "bins": Dimension("bins of the time series, each `record.bin` long"),
    "laws": Dimension("delay laws"),
    "knots": Dimension("points of the empirical delay laws, one law after another"),
    "clock rows": Dimension("times from which on the clocks stand differently, the start among them"),
    "zones": Dimension("zones"),
    "zone rows": Dimension("zones, at least one"),
    "rows": Dimension("rows of the event log; none where it is not kept", FULL_LOG),
    "chunks": Dimension("chunks of 64 places for events of later parts of the run; doubled by the calendar"),
    "chunk places": Dimension("places for events of later parts, 64 in each chunk; doubled by the calendar"),
    "parts": Dimension("parts into which the run is divided"),
    "known": Dimension("events of one kind that are known beforehand, one for each person at most"),
    "come": Dimension("places for events of the part that has come; doubled by the calendar"),
    "heap": Dimension("places for events that are added to it; doubled by the calendar"),
    "slices": Dimension("slices of time by which a part is sorted, at most"),
    "accounts": Dimension("accounts"),
    "ties": Dimension("ties of the follower graph"),
    "weighted ties": Dimension("ties of the follower graph where a post may not pass along one, else none"),
    "topic rows": Dimension("topics, at least one"),
    "believed topics": Dimension("topics where one of them is a claim, else none"),
    "states": Dimension("accounts that may respond to a post, one topic after another"),
    "others": Dimension("slots of the set of other writers, a power of two; doubled when three quarters are full"),
    "pulsing topics": Dimension("topics with a pulse"),
    "linked accounts": Dimension("accounts where one of them has a person, else none"),
    "sights": Dimension("sights up to which an exposure curve is written out"),
    "variants": Dimension("variants of a topic, at most, at least one"),
    "drivers": Dimension("drivers of spontaneous posts"),
    "pulses": Dimension("pulses, at least one"),
    "region": Dimension("accounts of the region whose trends are followed"),
    "looks": Dimension("looks at a topic that are drawn at a time"),
    "posts": Dimension("posts", FULL_POSTS),
    "pairs": Dimension("slots of the set of pairs, a power of two; doubled when three quarters are full"),
    "gains": Dimension("gains of followers"),
    "gained": Dimension("room for the followers gained by all named accounts"),
    "named": Dimension("named accounts"),
    "gaining": Dimension("named accounts where there are gains, else none"),
    "videos": Dimension("films"),
    "people": Dimension("people with a phone or a tie"),
    "carried people": Dimension("people with a phone where these may be empty, else none"),
    "accounts of people": Dimension("accounts of the zones' people, but for accounts beyond the people of their zone"),
    "people worried about": Dimension("people with a phone whom somebody worries about"),
    "worries": Dimension("worry edges"),
    "worries about somebody": Dimension("worry edges but those about nobody"),
    "cells": Dimension("cells"),
    "cell rows": Dimension("cells, at least one"),
    "cell places": Dimension("what a cell remembers: CELL_ENDS numbers, and the ends of as many calls as it has channels"),
    "redials": Dimension("ordinary callers who will redial", FULL_REDIALS),
    "message chunks": Dimension("chunks of 8 places for messages that nobody waits for", FULL_MESSAGES),
    "message places": Dimension("places for messages that nobody waits for, 8 in each chunk", FULL_MESSAGES),
    "message parts": Dimension("parts of the run into which those messages are sorted"),
    "messages": Dimension("messages of such a part of an operator", FULL_SERVERS),
    "message slices": Dimension("slices of time by which such a part is sorted, at most"),
    "operators": Dimension("operators, at least one"),
    "desks": Dimension("desks"),
    "announcements": Dimension("announcements of the numbers of desks, one desk after another"),
    "rates": Dimension("rates of callers of desks who are no person of the model"),
    "callers": Dimension("places for who waits at a desk, is served or will redial", FULL_CALLERS),
    "out": Dimension("people who are out"),
    "bridged": Dimension("people who are out where what reaches residents reaches them, else none"),
    "bridged people": Dimension(
        "people with a phone or a tie, in whole words of 64, where what reaches them reaches people out, else none"
    ),
    "originals": Dimension("people with clones among those who are out"),
    "clones": Dimension("people who are out and clones of somebody"),
    "standing": Dimension("people who are out where residents stand for them or some are witnesses, else none"),
    "sights seen": Dimension("what witnesses see, one by one"),
    "cell groups": Dimension("zones, or zones times operators where these have cells of their own"),
    "reaching desks": Dimension("desks where calls to one of them take channels of cells, else none"),
    "calling zones": Dimension("zones where calls to a desk take channels of cells, else none"),
    "told rows": Dimension("instructions and then messages that ask for action, at least one"),
    "warnings": Dimension("messages that ask for action"),
    "warned": Dimension("people with a phone and then people who are out, where there is such a message, else none"),
    "texting": Dimension("people with a phone where a message asks to write instead of calling, else none"),
    "text rows": Dimension("messages that ask for action where one asks to write, else none"),
    "detours": Dimension("messages that ask to keep out of an area or to go round it"),
    "counts": Dimension("numbers of confirmations that somebody seeks"),
    "languages": Dimension("languages that somebody reads"),
    "hearing out": Dimension("people who are out where shelter is heard of, else none"),
    "hearing accounts": Dimension("accounts where shelter is heard of, else none"),
    "telling posts": Dimension("posts where a dated one mentions shelter, else none", FULL_POSTS),
    "offers": Dimension("offers of shelter", FULL_OFFERS),
    "places": Dimension("hosts at full size: each offer stands for 1/scale of them", FULL_OFFERS),
    "dangers": Dimension("dangers"),
    "endangered people": Dimension("people who are out where there are dangers, else none"),
    "danger bins": Dimension("bins up to the end of the last danger, none without any"),
    "grounds": Dimension("places of their own where people of an outing or a venue stand"),
    "contacts": Dimension("contacts between seekers and hosts", FULL_CONTACTS),
}
"""Dimensions by name."""
