"""Kinds of events, log codes and states, written out from docs/concepts/common-draws.md and taken from no kernel."""

from __future__ import annotations

from msgu.scenario.schema.rumour import Role
from msgu.scenario.schema.social import Kind

# Kinds of events, in the order in which they happen at equal times.
HANG_UP, MESSAGE_SERVED, MESSAGE_ANSWERED, BASE_CALL, BASE_RETRY = 0, 1, 2, 3, 4
ATTEMPT, TALK, LEARN, MARK, DOUBT, DESK_CALL = 5, 6, 7, 8, 9, 10
SPONTANEOUS, RESPONSE, PULSED, LOOK = 11, 12, 13, 14
ARRIVE, LEAVE, PATIENCE, READ, CONTACT = 15, 16, 17, 18, 19
SIGHT, REMOVAL, FOLLOW, WITNESS_CALL = 20, 21, 22, 23
HEAR, WEIGH, ACT = 24, 25, 26
NEWS_OF_SHELTER, HOST_OFFERS, TOLD, ASK, GROUP_MESSAGE = 27, 28, 29, 30, 31
TIRE, TELL, AIRED = 32, 33, 34
MINUTE = -1
"""Load and trends are brought up to date before anything else of the same time, but after the models above."""

# What a mark of Safety Check may be besides one by oneself and a post.
WORD, FRIEND, PROMPTED = 3, 4, 5

# Codes of the event log.
LOG_POST, LOG_WITHHELD, LOG_BELIEF, LOG_AWARE = 0, 1, 2, 3
LOG_ATTEMPT, LOG_HANG_UP, LOG_BASE, LOG_MESSAGE = 4, 5, 6, 7
LOG_ANSWERED, LOG_CLEARED, LOG_GAVE_UP, LOG_MARK = 8, 9, 10, 11
LOG_DESK, LOG_STATE, LOG_READ, LOG_CONTACT, LOG_DATA = 12, 13, 14, 15, 16
LOG_REMOVED, LOG_FOLLOW, LOG_VIDEO = 17, 18, 19
LOG_WARNED, LOG_GRASPED, LOG_CONFIRMED, LOG_DECIDED, LOG_ACTED = 20, 21, 22, 23, 24
LOG_HEARD, LOG_TOLD, LOG_GROUP, LOG_RULE = 25, 26, 27, 28

# How somebody heard that shelter is offered.
BY_NETWORK, BY_BROADCAST, BY_OTHER = 0, 1, 2

# Outcomes of an attempt.
BLOCKED, BLOCKED_FAR, UNANSWERED, ANSWERED, BARRED = 0, 1, 2, 3, 4

# Beliefs.
UNAWARE, BELIEVES, DOUBTS, CORRECTED = 0, 1, 2, 3

# Why a post does not come to be.
OTHER_BELIEF, TAKEN_DOWN, HAS_POSTED, HAS_SHARED, LOST_INTEREST = 0, 1, 2, 3, 4

# What an account may be.
ROLES: tuple[Role, ...] = ("official", "media", "journalist", "relay", "citizen")

# States of a person who is out.
OUT, RIDING, WALKING, TAXI, STRANDED, SEEKING = 0, 1, 2, 3, 4, 5
TO_HOST, SHELTERED, HOME, HELD, WALKING_FAR, OUTSIDE = 6, 7, 8, 9, 10, 11

# Kinds of posts, and of these the two that the models know.
KINDS: tuple[Kind, ...] = (
    "offer",
    "request",
    "information",
    "support",
    "missing",
    "rumour",
    "correction",
    "official",
    "noise",
)
OFFER, CORRECTION = 0, 6

# Facts that an engine tells the models.
OFFER_POSTED, CALL_ENDED = 1, 2
