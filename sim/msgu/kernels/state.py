"""Numbers that stand for something: kinds of events, log codes, what kernels say, states, columns, dials."""

from __future__ import annotations

# Kinds of compiled events, in the order in which they happen at equal times; LOOK waits outside the calendar.
(
    DESK_EVENT, HANG_UP, MESSAGE_SERVED, MESSAGE_ANSWERED, BASE_CALL, BASE_RETRY, ATTEMPT, TALK, LEARN, MARK,
    DOUBT, DESK_CALL, SPONTANEOUS, RESPONSE, PULSED, LOOK, ARRIVE, LEAVE, PATIENCE, READ, CONTACT, SIGHT, REMOVAL, FOLLOW,
    WITNESS_CALL, HEAR, WEIGH, ACT, NEWS_OF_SHELTER, HOST_OFFERS, TOLD, ASK, GROUP_MESSAGE, TIRE, TELL, AIRED,
) = range(36)  # fmt: skip

OF_PHONES = (HANG_UP, MESSAGE_SERVED, MESSAGE_ANSWERED, BASE_CALL, BASE_RETRY, ATTEMPT, TALK, GROUP_MESSAGE)
"""Kinds that end with `phones.until`."""
OF_PEOPLE = (ARRIVE, LEAVE, PATIENCE, READ, CONTACT, TOLD, ASK)
"""Kinds that end with `going_home.until`."""

# Codes of the event log.
(
    LOG_POST, LOG_WITHHELD, LOG_BELIEF, LOG_AWARE, LOG_ATTEMPT, LOG_HANG_UP, LOG_BASE, LOG_MESSAGE, LOG_ANSWERED,
    LOG_CLEARED, LOG_GAVE_UP, LOG_MARK, LOG_DESK, LOG_STATE, LOG_READ, LOG_CONTACT, LOG_DATA, LOG_REMOVED, LOG_FOLLOW, LOG_VIDEO,
    LOG_WARNED, LOG_GRASPED, LOG_CONFIRMED, LOG_DECIDED, LOG_ACTED,
    LOG_HEARD, LOG_TOLD, LOG_GROUP, LOG_RULE,
) = range(29)  # fmt: skip

# What processes listen to, in `flag[FLAG_LISTEN]`.
OFFER_WRITTEN, CALL_ENDED = 1, 2

# What a kernel says when it hands control back.
(
    REACHED,
    LISTEN,
    FULL_CALENDAR,
    FULL_HEAP,
    FULL_POSTS,
    FULL_LOG,
    FULL_OFFERS,
    FULL_CONTACTS,
    BAD_DELAY,
    FULL_PART,
    FULL_SHARED,
    FULL_CALLERS,
    FULL_OTHERS,
    FULL_REDIALS,
    FULL_MESSAGES,
    FULL_SERVERS,
    FULL_SHOWN,
) = range(17)

# Outcomes of a call attempt.
BLOCKED, BLOCKED_FAR, UNANSWERED, ANSWERED, BARRED = range(5)

# Beliefs of an account about a claim: who doubts never believed it, who is corrected did.
UNAWARE, BELIEVES, DOUBTS, CORRECTED = range(4)
# Bits of `Cascade.heard`: kinds of speakers that said the claim, from AFFIRMED on, that denied it, from DENIED on, and whether
# the account passes it on no longer. A citizen is whoever has no name.
ROLES, CITIZEN = 5, 4
AFFIRMED, DENIED, TIRED = 0, 5, 1 << 10

# Why a post comes to be: a driver or a worried person, a response, a synchronised pulse, a named account, a program, an
# account that has come to hold something of a claim.
SPONTANEOUS_POST, RESPONDED_POST, PULSE_POST, DATED_POST, AUTOMATIC_POST, TOLD_POST = range(6)

# Why a post does not come to be, in the event log.
OTHER_BELIEF, TAKEN_DOWN, HAS_POSTED, HAS_SHARED, LOST_INTEREST = range(5)

# States of a person who is out.
(
    OUT,
    RIDING,
    WALKING,
    TAXI,
    STRANDED,
    SEEKING,
    TO_HOST,
    SHELTERED,
    HOME,
    HELD,
    WALKING_FAR,
    OUTSIDE,
) = range(12)
# What a cordon lets through: bits of `People.cordon`, 0 where there is none.
CORDON, LETS_RESIDENTS, LETS_LEAVERS = 1, 2, 4

# How somebody heard that shelter is offered, in the order of `msgu.world.people.HEARD_BY`.
BY_NETWORK, BY_BROADCAST, BY_OTHER = range(3)

# Columns of `Cascade.reader`, `tallies` and `written`.
FOLLOWS, ZONE, READINESS = range(3)
SEEN, RESPONDED, WRITTEN = 4, 5, 3
# Columns of `Cascade.ranks`.
WORD, RANK = 0, 1

# Kinds of posts that mean something to a kernel, in the order of `msgu.scenario.schema.social.KINDS`.
OFFER, _, INFORMATION, SUPPORT, MISSING, _, CORRECTION, _, _ = range(9)

# Slots of `Shared.flag`.
(
    FLAG_BAD,
    FLAG_LISTEN,
    FLAG_WHO,
    FLAG_NTH,
    FLAG_MAP_OPEN,
    FLAG_SERVICE,
    FLAG_VOLUNTEERS,
    FLAG_FULL,
) = range(8)

# What happens to one leg of a call in one cell: columns of `Phone.calls`, and of `Phone.cells` from CELL_LEGS on.
OFFERED, LOST, LOST_FAR, CARRIED = range(4)
# Columns of `Phone.person`; the second holds zone, number of ties, operator and whether the person is aware, in this order
# from the highest bits: half a quarter of a cache line for each person, all that most events of a person read.
PERSON_CELL, PERSON_REST = 0, 1
ZONE_SHIFT, TIES_SHIFT, OPERATOR_SHIFT, AWARE = 16, 8, 1, 1
# Bits of `Phone.state`, of a tie: over or not yet begun; of who tells that they are safe and worries about nobody; of a later
# event that is not known yet. Above them the later events of which it is known: over since, or tried again since.
DONE, TELLS, ASLEEP = 1, 2, 4
LATER_SHIFT = 3
# Above this bit of `nth` of LEARN the later event that one learns of, from 1.
NEWS_SHIFT = 4
# Columns of `Phone.cells`: a row is half a cache line, for a leg touches all of it.
CELL_BUSY, CELL_ZONE, CELL_LEGS, CELL_URGENT, CELL_URGENT_LOST = 0, 1, 2, 6, 7
# Columns of `Phone.cell_clock`, and of `Phone.cell_word`, the same memory read as whole numbers: the next ordinary call, its
# number, the soonest redial, its place + 1 (0: none); then of eight ordinary calls, drawn at once, the gap after each as an
# exponential and its holding time; and from CELL_ENDS on when the calls end that hold a channel.
CELL_NEXT, CELL_NUMBER, CELL_SOONEST, CELL_REDIAL = range(4)
CALLS_AT_ONCE = 8
CELL_GAPS, CELL_HOLDS, CELL_ENDS = 8, 16, 24
# Slot of `Phone.messages`, after those of a pool of chunks: the most messages that a part of an operator has had.
MOST_OF_PART = 2
# Columns of `Phone.sms_turn`: the part of an operator's messages that has come, the next of it, how many they are, and late ones.
SMS_PART, SMS_HEAD, SMS_COME, SMS_LATE = range(4)
