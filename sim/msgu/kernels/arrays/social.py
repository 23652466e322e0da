"""Arrays of accounts, topics and posts; see docs/model/cascade.md and docs/model/rumour.md."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from msgu.kernels.arrays.declare import F32, F64, I8, I16, I32, I64, U8, U16, U32, U64, Array, B, Given, Number


class Cascade(NamedTuple):
    """Accounts, topics, posts, trends and films."""

    # accounts
    offsets: Annotated[I64, Given("accounts + 1", "where the followers of an account begin")]
    followers: Annotated[I32, Given("ties", "followers of one account after another")]
    tie: Annotated[F32, Given("weighted ties", "chance that a post passes along a tie; empty: it surely does")]
    # one row is 16 bytes, for whoever sees a post needs all of it
    reader: Annotated[I32, Given("accounts, 4", "accounts followed, zone, readiness to respond as float32, nothing")]
    reader_real: Annotated[F32, Array("accounts, 4", "of which the third is the readiness to respond", memory_of="reader")]
    person: Annotated[I32, Given("accounts", "person behind an account, -1: none")]
    # zones
    awake: Annotated[F64, Given("zone rows, 24", "share at their feed by local hour")]
    awake_most: Annotated[F64, Array("1", "share at their feed now, the largest of all zones")]
    awake_ever: Annotated[float, Number("share at their feed, the largest of all zones and hours")]
    awake_now: Annotated[F64, Array("zone rows", "share at their feed now")]
    awake_until: Annotated[F64, Array("1", "until when `awake_now` and `awake_most` hold", "s", start=-np.inf)]
    offset: Annotated[F64, Given("clock rows, zone rows", "local time less that of the scenario's place", "s")]
    in_region: Annotated[B, Given("zones", "whether a zone is in the region whose trends are followed")]
    # topics
    hazard: Annotated[F64, Given("topic rows", "hazard of a sight, before everything that multiplies it")]
    fading: Annotated[F64, Given("topic rows", "rate at which the hazard falls", "1/s")]
    onset: Annotated[F64, Given("topic rows", "from when on it falls", "s")]
    original: Annotated[F64, Given("topic rows", "share of the responses that are originals")]
    once: Annotated[B, Given("topic rows", "whether an account writes of the topic once at most")]
    kinds: Annotated[F64, Given("topic rows, 9", "cumulative shares of the kinds of originals")]
    elsewhere: Annotated[F64, Given("topic rows, 9", "share of the originals of a kind that are written on another topic")]
    elsewhere_topic: Annotated[I64, Given("topic rows", "that other topic, -1: none", start=-1)]
    kind_factor: Annotated[F64, Given("topic rows, 9", "factor of the hazard by kind", start=1)]
    zone_factor: Annotated[F64, Given("topic rows, zone rows", "factor of the hazard by the reader's zone", start=1)]
    law: Annotated[I64, Given("topic rows", "law of the wait before a response")]
    curve: Annotated[F64, Given("topic rows, sights", "relative hazard of the first sights, second sights, and so on")]
    curve_length: Annotated[I64, Given("topic rows", "sights that the scenario gives of the curve")]
    curve_tail: Annotated[F64, Given("topic rows", "exponent of the curve beyond")]
    strongest: Annotated[
        F64, Given("topic rows, zone rows", "hazard of a sight at most, for readiness 1 and but for fading and curve")
    ]
    to_come: Annotated[F64, Given("topic rows, sights + 1", "most that the curve can add up to after that many sights")]
    variants: Annotated[F64, Given("topic rows, variants", "cumulative shares of the variants", start=1)]
    claim: Annotated[F64, Array("topic rows, 4", "whether it is a claim, credulity, acceptance, hazard of a correction")]
    # claims of which it matters who speaks, which fade, or of which accounts write once they have heard
    role: Annotated[I8, Given("named", "role of a named account, in the order of `msgu.scenario.schema.rumour.ROLES`")]
    in_network: Annotated[int, Number("accounts but the named ones that stand apart, which are numbered after them")]
    trust: Annotated[F64, Given("topic rows, 5", "factor of the odds of being believed, by role", start=1)]
    heeded: Annotated[I64, Given("topic rows", "row of a topic in `heard`, -1: none", start=-1)]
    heard: Annotated[U16, Array("heeded topics, accounts", "who said it, who denied it, see AFFIRMED to TIRED")]
    interest: Annotated[I64, Given("topic rows", "law of how long an account passes it on, -1: for ever", start=-1)]
    tells: Annotated[F64, Given("topic rows, 2", "hazard of a post of one's own for whoever comes to believe, is corrected")]
    tells_law: Annotated[I64, Given("topic rows, 2", "law of the wait before that post")]
    denied: Annotated[F64, Array("topic rows", "when an official account denied it first", "s", start=np.inf)]
    room_topic: Annotated[I64, Given("newsrooms", "topic of a newsroom")]
    room_key: Annotated[U64, Given("newsrooms", "key of the draws of whom it reaches")]
    multiplier: Annotated[F64, Array("topic rows", "factor of the hazard that measures turn", start=1)]
    ceiling: Annotated[F64, Given("topic rows", "largest value that it may be turned to")]
    seeing: Annotated[float, Number("chance of seeing a post of an account that is followed, at an empty feed")]
    seeing_bound: Annotated[float, Number("that chance times the largest value that its dial may be turned to")]
    answer_bound: Annotated[
        F64, Given("topic rows", "chance of answering a sight at most where answers alone matter, else 1")
    ]
    flat: Annotated[B, Given("topic rows", "whether each sight decides by itself")]
    retweet_factor: Annotated[float, Number("factor of the hazard of a retweet")]
    appeal_power: Annotated[float, Number("power of a uniform that is the appeal of a first post; 0: all appeal alike")]
    shown_once: Annotated[bool, Number("whether a feed shows a first post and its retweets once")]
    shown: Annotated[I64, Array("showings", "set of account and original that it was shown, see `shares.slot_of`; 0: empty")]
    sight_law: Annotated[int, Number("law of the wait from post to sight, -1: a post is seen when it is written")]
    # attention, brought up to date every minute
    per_half_load: Annotated[float, Number("inverse of the posts per second that halve the attention", "s")]
    background: Annotated[float, Number("posts of an account besides those of the run", "1/s")]
    due: Annotated[F64, Array("1", "the next minute; infinite where neither load nor trends ask for one", "s")]
    accounts: Annotated[float, Number("accounts that the rate is for")]
    rate: Annotated[F64, Array("1", "posts per account in the last minute", "1/s")]
    # drivers and pulses
    driver_topic: Annotated[I64, Given("drivers + 1", "topic of a driver; the last is that of worried people")]
    pulse_topic: Annotated[I64, Given("pulses", "topic of a pulse")]
    pulse_rise: Annotated[F64, Given("pulses", "mean of the first of the two delays of a pulse", "s")]
    pulse_decay: Annotated[F64, Given("pulses", "mean of the second", "s")]
    pulse_session: Annotated[F64, Given("pulses", "mean of what is left of a session, 0: the pulse is no stimulus", "s")]
    pulse_over: Annotated[F64, Given("pulses", "time within which a stimulus reaches everybody", "s")]
    pulse_reaction: Annotated[I64, Given("pulses", "law of the time from being reached to the reaction")]
    pulse_live: Annotated[F64, Given("pulses", "how old a post may be that is shared in a pulse", "s")]
    # trends
    window: Annotated[float, Number("window of the trends, 0: there are none", "s")]
    trend_threshold: Annotated[F64, Given("topic rows", "posts in the window up to which a topic does not trend")]
    region: Annotated[I32, Given("region", "accounts of the region")]
    region_bound: Annotated[F64, Given("24", "chance of seeing at most, by hour of the scenario's place")]
    look_every: Annotated[float, Number("mean time between an account's looks at a topic that trends", "s")]
    looks_at_first: Annotated[bool, Number("whether a look meets the first post of the newest rather than a retweet")]
    look_time: Annotated[F64, Array("topic rows, looks", "when a look that waits happens", "s")]
    look_account: Annotated[I32, Array("topic rows, looks", "of which account")]
    look_number: Annotated[I64, Array("topic rows, looks", "number of the look in its draws")]
    looks: Annotated[I64, Array("topic rows, 3", "place of the next look, how many wait, number of the next to be drawn")]
    look_drawn: Annotated[F64, Array("topic rows", "time of the last look drawn", "s")]
    look_next: Annotated[F64, Array("topic rows", "time of the next look", "s", start=np.inf)]
    soonest: Annotated[F64, Array("1", "time of the next look of all", "s", start=np.inf)]
    soonest_topic: Annotated[I64, Array("1", "its topic")]
    # removals
    removal_share: Annotated[F64, Given("topic rows", "share of the originals that are taken down")]
    removal_law: Annotated[I64, Given("topic rows", "law of the wait before that")]
    last_post: Annotated[I64, Array("topic rows", "newest post, -1: none", start=-1)]
    trending: Annotated[I64, Array("topic rows", "how often a topic has begun to trend, negative while it does not")]
    # an account that may respond: one row is 16 bytes, which hold all that a sight reads and writes
    left: Annotated[F64, Array("states, 2", "hazard to the next response, and the memory of the next two fields")]
    tallies: Annotated[U16, Array("states, 8", "sights SEEN since the last response, responses RESPONDED", memory_of="left")]
    written: Annotated[U32, Array("states, 4", "posts WRITTEN", memory_of="left")]
    ranks: Annotated[
        U64,
        Given("topic rows, accounts / 64, 2", "bitmap: whether an account has a row of `left`; rows before those of a word"),
    ]
    others: Annotated[I64, Array("others", "posts of accounts without a row, by topic, see `rows.slot_of`; 0: empty")]
    belief: Annotated[I8, Array("believed topics, accounts", "belief, see UNAWARE to CORRECTED of `msgu.kernels.state`")]
    candidate: Annotated[
        U64, Array("topic rows, accounts / 64", "bitmap: whether a post of the topic may concern an account")
    ]
    pulsed: Annotated[I64, Given("topic rows", "row of a topic among those with pulses, -1: none")]
    joins: Annotated[U64, Given("pulsing topics, accounts / 64", "bitmap: in a pulse of the topic")]
    last: Annotated[I32, Array("pulsing topics, accounts", "post seen last by an account that joins, -1: none", start=-1)]
    shared: Annotated[I64, Array("pairs", "set of account and original that it has shared, see `shared.slot_of`; 0: empty")]
    unaware: Annotated[U64, Array("linked accounts / 64", "bitmap: whether its person does not know of the event")]
    unheard: Annotated[U64, Array("hearing accounts / 64", "bitmap: whether it matters that it has not heard of shelter")]
    may_tell: Annotated[B, Given("topic rows", "whether a post of the topic may say that shelter is offered")]
    mentions: Annotated[U8, Array("telling posts", "whether a post of another topic says so")]
    # posts
    post_time: Annotated[F64, Array("posts", "when it was written", "s")]
    post_author: Annotated[I32, Array("posts", "account that wrote it")]
    post_nth: Annotated[I32, Array("posts", "how many that account had written on the topic")]
    post_topic: Annotated[I16, Array("posts", "topic")]
    post_kind: Annotated[I8, Array("posts", "kind, in the order of `msgu.scenario.schema.social.KINDS`")]
    post_variant: Annotated[I8, Array("posts", "variant of the topic")]
    post_parent: Annotated[I32, Array("posts", "post that it answers, -1: none")]
    post_root: Annotated[I32, Array("posts", "original of which it is a retweet, or itself")]
    post_origin: Annotated[I8, Array("posts", "why it was written, see `msgu.kernels.social.posts`")]
    post_offer: Annotated[I32, Array("posts", "offer that it makes, -1: none")]
    post_inside: Annotated[I8, Array("posts", "whether it was written in the region of the trends")]
    post_gone: Annotated[I8, Array("posts", "whether it has been taken down")]
    post_films: Annotated[I16, Array("posts", "films that it carries, a bit for each; below 0: a message too")]
    warning_post: Annotated[I64, Array("warnings", "post by which a message goes, -1: none yet", start=-1)]
    to_carry: Annotated[I64, Array("1", "message that the next dated post carries, -1: none", start=-1)]
    size: Annotated[I64, Array("7", "posts, offers, exposures, sights, shares, other writers, showings")]
    recent: Annotated[I64, Array("topic rows", "posts of the region in the window")]
    slide: Annotated[I64, Array("2", "first post of the window, and the first after it")]
    stream: Annotated[I64, Array("posts", "posts of the topic that seekers read")]
    stream_size: Annotated[I64, Array("1", "how many they are")]
    shelter_topic: Annotated[int, Number("topic that seekers read, -1: none")]
    belief_change: Annotated[I64, Array("bins, topic rows, 4", "change of the accounts that hold a belief")]
    # room for the readers of 64 followers
    reached: Annotated[I32, Array("64", "account reached")]
    spot: Annotated[I64, Array("64", "its position in the list of followers")]
    drawn: Annotated[F64, Array("64", "its draw")]
    waits: Annotated[F64, Array("64", "how long until it sees the post", "s")]
    # first gaps between the readers of responses to come
    foreseen: Annotated[I64, Array("32, 4", "who responds, identity of the post, places of its first two readers", start=-1)]
    logs: Annotated[F64, Array("32, 4", "logarithms of which its first gaps are made")]
    gap_bound: Annotated[F64, Array("topic rows, 2", "bound of the chances met last, inverse logarithm of 1 less it")]
    # followers gained
    gains_of: Annotated[I32, Given("gains", "account that gains them")]
    following: Annotated[U64, Array("gaining, accounts / 64", "bitmap: who follows a named account")]
    gained: Annotated[I32, Array("gained", "followers gained, one named account after another")]
    gained_time: Annotated[F64, Array("gained", "when they began to follow", "s")]
    gained_start: Annotated[I64, Given("named", "where those of a named account begin")]
    gained_size: Annotated[I64, Array("gaining", "how many it has gained")]
    gained_first: Annotated[int, Number("position in the draws from which followers gained count")]
    # films
    video_key: Annotated[U64, Given("videos", "key of the draws of a film")]
    video_topic: Annotated[I64, Given("videos", "topic whose posts carry it")]
    video_at: Annotated[F64, Given("videos", "from when on posts carry it", "s")]
    video_until: Annotated[F64, Given("videos", "until when it is watched", "s")]
    video_share: Annotated[F64, Given("videos", "chance that an original carries it")]
    video_opens: Annotated[F64, Given("videos", "chance that a sight of such a post opens it")]
    video_law: Annotated[I64, Given("videos", "law of how long it is watched")]
    video_change: Annotated[I64, Array("bins, videos, 2", "change of the viewers, and viewers who open it")]
    video_seconds: Annotated[F64, Array("bins, videos", "time watched", "s")]
