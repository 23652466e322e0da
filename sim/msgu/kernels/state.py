"""Names of the arrays that the kernels share: events, log codes, and one tuple of arrays for each phenomenon.

Times are seconds since the scenario's start. A measure may change a field between two calls of a kernel, never during one.
"""

from __future__ import annotations

from typing import Any, NamedTuple

# Kinds of compiled events, in the order in which they happen at equal times; LOOK waits outside the calendar.
(
    HANG_UP, MESSAGE_SERVED, MESSAGE_ANSWERED, BASE_CALL, BASE_RETRY, ATTEMPT, TALK, LEARN, MARK,
    DOUBT, DESK_CALL, SPONTANEOUS, RESPONSE, PULSED, LOOK, ARRIVE, LEAVE, PATIENCE, READ, CONTACT, SIGHT, REMOVAL, FOLLOW,
) = range(23)  # fmt: skip

OF_PHONES = (HANG_UP, MESSAGE_SERVED, MESSAGE_ANSWERED, BASE_CALL, BASE_RETRY, ATTEMPT, TALK)
"""Kinds that end with `phones.until`."""
OF_PEOPLE = (ARRIVE, LEAVE, PATIENCE, READ, CONTACT)
"""Kinds that end with `going_home.until`."""

# Codes of the event log.
(
    LOG_POST, LOG_WITHHELD, LOG_BELIEF, LOG_AWARE, LOG_ATTEMPT, LOG_HANG_UP, LOG_BASE, LOG_MESSAGE, LOG_ANSWERED,
    LOG_CLEARED, LOG_GAVE_UP, LOG_MARK, LOG_DESK, LOG_STATE, LOG_READ, LOG_CONTACT, LOG_DATA, LOG_REMOVED, LOG_FOLLOW, LOG_VIDEO,
) = range(20)  # fmt: skip

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
    OVER_BOUND,
    FULL_WHEEL,
    FULL_SHARED,
) = range(12)

# Outcomes of a call attempt.
BLOCKED, BLOCKED_FAR, UNANSWERED, ANSWERED = range(4)

# Beliefs of an account about a claim: who doubts never believed it, who is corrected did.
UNAWARE, BELIEVES, DOUBTS, CORRECTED = range(4)

# Why a post does not come to be, in the event log.
OTHER_BELIEF, TAKEN_DOWN, HAS_POSTED, HAS_SHARED = range(4)

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

# Columns of `Cascade.reader`, `count` and `written`.
FOLLOWS, ZONE, READINESS = range(3)
SEEN, RESPONDED, WRITTEN = 4, 5, 3

# Kinds of posts (the order of `msgu.scenario.schema.social.KINDS`).
OFFER, REQUEST, INFORMATION, SUPPORT, MISSING, RUMOUR, CORRECTION, OFFICIAL, NOISE = range(9)

# Slots of `Shared.flag`.
(
    FLAG_BAD,
    FLAG_LISTEN,
    FLAG_WHO,
    FLAG_NTH,
    FLAG_MAP_OPEN,
    FLAG_SERVICE,
    FLAG_VOLUNTEERS,
) = range(7)

# What happens to one leg of a call in one cell: columns of `Phone.calls`, and of `Phone.cells` from CELL_LEGS on.
OFFERED, LOST, LOST_FAR, CARRIED = range(4)
# Columns of `Phone.person`; the second holds zone, number of ties, operator and whether the person is aware, in this order
# from the highest bits: half a quarter of a cache line for each person, all that most events of a person read.
PERSON_CELL, PERSON_REST = 0, 1
ZONE_SHIFT, TIES_SHIFT, OPERATOR_SHIFT, AWARE = 16, 8, 1, 1
# Columns of `Phone.cells`: a row is half a cache line, for a leg touches all of it.
CELL_BUSY, CELL_ZONE, CELL_LEGS, CELL_URGENT, CELL_URGENT_LOST = 0, 1, 2, 6, 7


class Keys(NamedTuple):
    """One 64-bit key for each stream of `msgu.streams`."""

    exogenous: Any
    following: Any
    seeing: Any
    threshold: Any
    delay: Any
    origin: Any
    belief: Any
    pulse: Any
    trend: Any
    video: Any
    bots: Any
    learning: Any
    worry: Any
    call: Any
    talk: Any
    baseline: Any
    message: Any
    safety_check: Any
    desk: Any
    going_home: Any
    shelter: Any
    follow_up: Any
    news: Any
    elsewhere: Any


class Shared(NamedTuple):
    """What every kernel reads.

    now : shape (1,). Time [s]. flag : see FLAG_*. laws, knots : see `laws.delay`.
    bin_width : [s]. turn, local (rows,) : from when on a row of the clocks holds, and the local clock at the scenario's place
    less `now` [s]. scale : share that is run. clones : 1/scale, rounded.
    """

    now: Any
    flag: Any
    laws: Any
    knots: Any
    bin_width: Any
    turn: Any
    local: Any
    scale: Any
    clones: Any


class Log(NamedTuple):
    """The event log. size : [rows, whether rows are kept]."""

    time: Any
    code: Any
    who: Any
    nth: Any
    a: Any
    b: Any
    size: Any


class Cascade(NamedTuple):
    """Accounts, topics and posts; see docs/model/cascade.md.

    Accounts: offsets, followers (CSR), tie (float32: chance that a post passes along each; empty: surely), person (-1: none);
    reader (n, 4): accounts followed, zone, readiness to respond as float32 in reader_real, the same memory: 16 bytes, for
    whoever sees needs all.
    Zones: awake (n_zones, 24) by local hour, awake_now (n_zones,) and awake_most (1,) of all zones, which hold until
    awake_until (1,) [s], awake_ever, offset (rows of the clocks, n_zones): local time less that of the scenario's place [s],
    in_region. seeing_bound : seeing times the most that its dial may be turned to.
    Topics: hazard, fading [1/s], onset [s], original share, once, cumulative kinds (n, 9), kind factor (n, 9), zone factor
    (n, n_zones), delay law, curve (n, width) with its length and tail, strongest (n, n_zones): hazard of a sight at most,
    for a reader of readiness 1 and but for fading and curve, to_come (n, width + 1): most that the curve can still add up to
    after so many sights, flat (each sight decides by itself), answer_bound (chance of answering what is seen, where only
    answers matter, else 1), cumulative variants, claim parameters (n, 4: is claim, credulity, acceptance, correction
    hazard), elsewhere (n, 9) share of the originals of a kind that are written on elsewhere_topic (n,) instead
    (-1: none), removal share and law, multiplier (n,) turned by measures, ceiling (n,) that the multiplier may not exceed.
    sight_law : delay law from posting to sight, -1 where a post is seen when it is posted.
    Account x topic, 16 bytes: left (topics, n, 2) float64, of which 0 is the hazard to the next response; the same memory as
    count (topics, n, 8) uint16 with SEEN since the last response and RESPONDED, and as written (topics, n, 4) uint32 with
    WRITTEN. Besides: belief, candidate (bitmap). Of topics with pulses, in the row that
    pulsed (n,) tells (-1: none): joins (bitmap: in a pulse), last (post seen last by who joins).
    unaware : bitmap, empty where no account has a person. posts : columns. size : [posts, offers, exposures, seen, shares].
    shared : set of the pairs of account and original that it has retweeted, see `cascade.slot_of`; at most three quarters full.
    Each minute: due (1,) time of the next, infinite where neither load nor trends ask for one; accounts that the
    rate is for; rate [posts per account and second]; recent (n,) : posts of the trend region in `window` [s], 0 without trends,
    whose first and last post `slide` holds; most_recent (n,) at which a topic does not trend yet; trending (n,) : how often
    a topic has begun to, negative while it does not.
    Trends: region (accounts), region_bound (24,) of seeing by hour of the scenario's place, look_every [s].
    Looks that wait, by topic (n, ahead):
    look_time, look_account, look_number; looks (n, 3): place of the next, how many, number of the next to draw; look_drawn
    (n,) time of the last drawn, look_next (n,) of the next; soonest, soonest_topic : the next look of all.
    Followers gained: gains_of (account of each gain), following (named accounts, bitmap), gained and gained_time, of account
    i from gained_start[i] on, gained_size[i] of them; their positions in the draws count from gained_first.
    Videos: post_films (a bit for each that a post carries); video_key, video_topic, video_at, video_until, video_share,
    video_opens, video_law (videos,); video_change (bins, videos, 2): change of who watches, and who opened it;
    video_seconds (bins, videos).
    reached, spot, drawn : room for the readers of 64 followers.
    """

    offsets: Any
    followers: Any
    tie: Any
    reader: Any
    reader_real: Any
    person: Any
    awake: Any
    awake_most: Any
    awake_ever: Any
    awake_now: Any
    awake_until: Any
    offset: Any
    in_region: Any
    hazard: Any
    fading: Any
    onset: Any
    original: Any
    once: Any
    kinds: Any
    elsewhere: Any
    elsewhere_topic: Any
    kind_factor: Any
    zone_factor: Any
    law: Any
    curve: Any
    curve_length: Any
    curve_tail: Any
    strongest: Any
    to_come: Any
    variants: Any
    claim: Any
    multiplier: Any
    ceiling: Any
    seeing: Any
    seeing_bound: Any
    answer_bound: Any
    flat: Any
    sight_law: Any
    per_half_load: Any
    background: Any
    due: Any
    accounts: Any
    rate: Any
    driver_topic: Any
    pulse_topic: Any
    pulse_rise: Any
    pulse_decay: Any
    pulse_live: Any
    window: Any
    most_recent: Any
    region: Any
    region_bound: Any
    look_every: Any
    look_time: Any
    look_account: Any
    look_number: Any
    looks: Any
    look_drawn: Any
    look_next: Any
    soonest: Any
    soonest_topic: Any
    removal_share: Any
    removal_law: Any
    last_post: Any
    trending: Any
    left: Any
    count: Any
    written: Any
    belief: Any
    candidate: Any
    pulsed: Any
    joins: Any
    last: Any
    shared: Any
    unaware: Any
    post_time: Any
    post_author: Any
    post_nth: Any
    post_topic: Any
    post_kind: Any
    post_variant: Any
    post_parent: Any
    post_root: Any
    post_origin: Any
    post_offer: Any
    post_inside: Any
    post_gone: Any
    post_films: Any
    size: Any
    recent: Any
    slide: Any
    stream: Any
    stream_size: Any
    shelter_topic: Any
    belief_change: Any
    reached: Any
    spot: Any
    drawn: Any
    gains_of: Any
    following: Any
    gained: Any
    gained_time: Any
    gained_start: Any
    gained_size: Any
    gained_first: Any
    video_key: Any
    video_topic: Any
    video_at: Any
    video_until: Any
    video_share: Any
    video_opens: Any
    video_law: Any
    video_change: Any
    video_seconds: Any


class Phone(NamedTuple):
    """People, worry edges and cells; see docs/model/phone.md and docs/model/reassurance.md.

    People: person (n, 2) int32: cell (-1: no phone), and zone, ties, operator and aware in one word, see PERSON_REST;
    account (-1: none), open (uncleared worry edges).
    Edges: start (CSR by caller), callee, state (0 idle, 1 cleared), back_start, back_edge (CSR by callee), owner.
    Cells: cells (n_cells, 8) int32: busy channels, zone, legs of the whole night, emergency attempts and those lost;
    first_cell of each zone (n_zones + 1,); channels of a cell now (n_zones,); reserved: channels that only emergency calls
    take; load [erlang]; profile (24,) relative load by local hour; base_rate (24,) [calls/s]. Data: data_free (n_cells,)
    when its server is free [s], data_time (24,) time of a message by local hour [s].
    Series: calls (bins, n_zones, 4), traffic (bins, operators, 5: attempts, carried, SMS, data messages, of these fallen
    back to SMS), aware_change (bins, zones), marks (bins,), cleared (bins, 5: call, message, mark, desk, post),
    worry_change (bins,) of the worries that last, worry_time (bins,) by how much each change moves the time spent worrying in
    its bin [s], prevented (bins,) worries that never arose.
    """

    person: Any
    account: Any
    open: Any
    start: Any
    callee: Any
    state: Any
    back_start: Any
    back_edge: Any
    owner: Any
    cells: Any
    first_cell: Any
    channels: Any
    reserved: Any
    emergency: Any
    load: Any
    profile: Any
    base_rate: Any
    base_mean: Any
    holding: Any
    ring: Any
    answer: Any
    both_ends: Any
    persistence: Any
    redial: Any
    base_redials: Any
    reaction: Any
    voice_share: Any
    message_answered: Any
    message_reply: Any
    message_after: Any
    follow_up: Any
    post_after: Any
    talk_calls: Any
    talk_messages: Any
    talk_news: Any
    talk_spread: Any
    sms_time: Any
    sms_free: Any
    data_share: Any
    data_time: Any
    data_free: Any
    data_patience: Any
    contact: Any
    unmarked: Any
    safe_post: Any
    safe_law: Any
    safe_seen: Any
    desk_key: Any
    desk_share: Any
    desk_open: Any
    desk_law: Any
    post_driver: Any
    calls: Any
    traffic: Any
    aware_change: Any
    marks: Any
    cleared: Any
    worry_change: Any
    worry_time: Any
    prevented: Any


class People(NamedTuple):
    """People who are out, hosts and seekers; see docs/model/closures.md and docs/model/shelter.md.

    People: at, home, bound (zone where they are going), to_host (the way ends at a host), state, seeker, indoors (staying
    in until [s]), told (1 + instruction that they follow), stuck (ever stranded), look, yes, door (first look, host's yes
    and arrival there [s], NaN: never), looks, tries (readings and contacts).
    Now: ride, walk : (n_zones, n_zones) [s]; road : (n_zones, n_zones) [m]; cordon : (n_zones,) bits.
    distance, east, north : (n_zones, n_zones) [m]: between people of two zones, and from centre to centre; radius : (n_zones,)
    [m]; ring : (n_zones,); pace [s/m]. nearness : (n_zones, n_zones) zones from near to far. told_law : (instructions,).
    Hosts: offer_post, verified : (offers,); by place = offer x clones + clone: taken, asked (contacts under way from the
    map), met (1 seen, 2 contacted), gone (reported to the map), place_zone, place_east and place_north of its centre [m],
    place_room, place_listed, map_place (places by zone, first of each zone in map_start); indexed : [offers whose places
    are known].
    Series: change, entered (bins, n_zones, 12), counts (bins, n_zones, 6: items read, offers met, near, contacts, housed,
    in vain). Contacts: time, who, offer, clone, outcome, by_map; size.
    """

    at: Any
    home: Any
    bound: Any
    to_host: Any
    state: Any
    seeker: Any
    indoors: Any
    told: Any
    told_law: Any
    stuck: Any
    look: Any
    yes: Any
    door: Any
    looks: Any
    tries: Any
    ride: Any
    walk: Any
    road: Any
    cordon: Any
    distance: Any
    east: Any
    north: Any
    radius: Any
    ring: Any
    pace: Any
    nearness: Any
    accept_ride: Any
    accept_walk: Any
    taxi: Any
    taxi_speed: Any
    patience: Any
    start_after: Any
    item_time: Any
    batch: Any
    window: Any
    near: Any
    host_zones: Any
    more_places: Any
    contact: Any
    accepts: Any
    fresh: Any
    hoaxes: Any
    located: Any
    fear: Any
    map_use: Any
    map_coverage: Any
    map_delay: Any
    taken: Any
    asked: Any
    met: Any
    gone: Any
    place_zone: Any
    place_east: Any
    place_north: Any
    place_room: Any
    place_listed: Any
    map_place: Any
    map_start: Any
    indexed: Any
    offer_post: Any
    verified: Any
    change: Any
    entered: Any
    counts: Any
    contact_time: Any
    contact_who: Any
    contact_offer: Any
    contact_clone: Any
    contact_outcome: Any
    contact_by_map: Any
    contact_size: Any


class Everything(NamedTuple):
    """All the structs together: one argument for each call from Python, where each costs several microseconds."""

    shared: Any
    keys: Any
    calendar: Any
    log: Any
    cascade: Any
    phone: Any
    people: Any
