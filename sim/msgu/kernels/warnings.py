"""Messages that ask for action: receipt, understanding, confirmation, belief; what is done stands in `kernels.heeding`.

Whom a message meets is numbered `x`: people with a phone as in `Phone`, then people who are out. See docs/model/warnings.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from msgu.kernels.base.calendar import push
from msgu.kernels.base.draw import uniform, uniform2
from msgu.kernels.base.laws import delay, rise_decay
from msgu.kernels.base.log import later, pick, row_of, write
from msgu.kernels.bridge import clones_of
from msgu.kernels.jit.compile import njit
from msgu.kernels.phone.messages import data_wait
from msgu.kernels.phone.numbering import MAX_ATTEMPTS, OTHER
from msgu.kernels.phone.person import account_of, cell_of, tell, zone_of
from msgu.kernels.state import (
    ACT,
    ATTEMPT,
    HEAR,
    HOME,
    LOG_CONFIRMED,
    LOG_DECIDED,
    LOG_GRASPED,
    LOG_WARNED,
    WEIGH,
)

if TYPE_CHECKING:
    from msgu.kernels.arrays.people import People
    from msgu.kernels.arrays.phone import Phone
    from msgu.kernels.arrays.run import Calendar, Keys, Log, Shared
    from msgu.kernels.arrays.social import Cascade
    from msgu.kernels.arrays.warnings import Warned

ACTIONS = 8
STAY, LEAVE, AVOID, DETOUR, TEXT, CALL, SEEK, HOST = range(ACTIONS)
"""In the order of `msgu.scenario.schema.warnings.ACTIONS`."""
DIRECT, BY_FRIEND, BY_POST = range(3)
"""How a message comes: `nth` of HEAR is 4 x message + one of these."""
MEDIA, FRIEND = 1, 4
"""Kinds of source, in the order of `msgu.scenario.schema.warnings.SENDERS`, that confirmations add."""
READ = 2
"""Column of `Warned.confirms` of what is read; the others ask a friend."""
CALLED = 1
OUTSIDE_WHO = 1 << 40
"""People who are out are drawn from here on."""
SLOT, OF_CLONES, SLOTS = OTHER + 128, 2048, 60000
"""Slots of calls that seek confirmation: a person's own from SLOT on, those of clones who are out from OF_CLONES on."""
HEARD, UNDERSTOOD, SOUGHT, BELIEVED = 0, 1, 2, 5
"""Columns of `Warned.steps`."""
RECEIPT, READS, HOW_OFTEN, CONFIRMS, FINDS, ACTS, TELLS, TOLD, CALLS, CARRIES = range(10)
"""What is drawn of a person and a message."""
STAGE = 16
"""`nth` of WEIGH is (4 x message + how it came) x STAGE + confirmations sought so far."""


@njit
def _who(ph: Phone, x: int) -> int:
    """Whom draws are keyed by."""
    people = ph.person.shape[0]
    return x if x < people else OUTSIDE_WHO + x - people


@njit
def zone_at(ph: Phone, pe: People, x: int) -> int:
    """Zone where one is: people with a phone at home."""
    people = ph.person.shape[0]
    return zone_of(ph, x) if x < people else int(pe.at[x - people])


@njit
def _step(g: Shared, w: Warned, ph: Phone, pe: People, x: int, m: int, column: int) -> None:
    """Count a step."""
    row = row_of(g.now[0], g.bin_width, w.steps.shape[0])
    w.steps[row, zone_at(ph, pe, x), m, int(x >= ph.person.shape[0]), column] += 1


@njit
def warn(g: Shared, key: Keys, cal: Calendar, w: Warned, ph: Phone, pe: People, m: int) -> None:
    """Message `m` is sent by alert, broadcast or prompt; the caller has made sure that an event for each person fits."""
    for x in range(ph.person.shape[0] + (pe.at.size if w.outdoors[m] else 0)):
        out = x - ph.person.shape[0]
        if out >= 0 and pe.state[out] == HOME:
            continue
        reach = w.reach[m, zone_at(ph, pe, x)]
        u = uniform(w.cast_key[m], _who(ph, x), 0, 0) if reach > 0.0 else 1.0
        if u < reach:
            if w.cast_law[m] >= 0:
                wait = delay(g.laws, g.knots, w.cast_law[m], uniform2(w.key[m], _who(ph, x), 0, RECEIPT)[1])
            else:
                a, b = uniform2(w.cast_key[m], _who(ph, x), 0, 1)
                wait = rise_decay(w.rise[m], w.decay[m], a, b)
            later(cal, g, wait, HEAR, x, 4 * m + DIRECT)


@njit
def hear(g: Shared, cal: Calendar, log: Log, w: Warned, ph: Phone, pe: People, key: Keys, x: int, nth: int) -> None:
    """Somebody receives a message: once, but that a friend's word adds to what is believed."""
    m, how = nth >> 2, nth & 3
    if how == BY_POST:  # clones who are out have the resident's account
        first, end = clones_of(pe, x)
        for i in range(first, end):
            push(cal, g.now[0], HEAR, ph.person.shape[0] + int(pe.clone[i]), 4 * m + DIRECT)
    bit = np.uint32(1 << m)
    if w.heard[x] & bit != 0:
        if how == BY_FRIEND and w.grasped[x] & bit != 0 and (w.senders[x] >> FRIEND) & 1 == 0:
            w.senders[x] |= 1 << FRIEND
            decide(g, cal, log, w, ph, pe, key, x)
        return
    w.heard[x] |= bit
    _step(g, w, ph, pe, x, m, HEARD)
    write(log, g.now[0], LOG_WARNED, x, m, how, 0)
    u, v = uniform2(w.key[m], _who(ph, x), 0, READS)
    if u < w.clarity[m] and _reads(w, _who(ph, x), m):
        later(cal, g, delay(g.laws, g.knots, w.reading, v), WEIGH, x, nth * STAGE)


@njit
def _reads(w: Warned, who: int, m: int) -> bool:
    """Whether one reads a language of the message."""
    for i in range(w.reads.size):
        if w.in_language[m, i] and uniform(w.language_key[i], who, 0, 0) < w.reads[i]:
            return True
    return False


@njit
def weigh(g: Shared, cal: Calendar, log: Log, w: Warned, ph: Phone, pe: People, key: Keys, x: int, nth: int) -> None:
    """A message has been read, or a confirmation has come: seek one more, or decide."""
    stage, m, how = nth % STAGE, nth // STAGE >> 2, nth // STAGE & 3
    who = _who(ph, x)
    if stage == 0:
        w.senders[x] |= 1 << (FRIEND if how == BY_FRIEND else w.sender[m])
        _step(g, w, ph, pe, x, m, UNDERSTOOD)
        write(log, g.now[0], LOG_GRASPED, x, m, how, 0)
        if x < ph.person.shape[0]:
            tell(g, cal, ph, x, 4)
    else:
        u, v = uniform2(w.key[m], who, stage, FINDS)
        found = v < w.finds
        if found:
            w.senders[x] |= 1 << (MEDIA if pick(w.confirms, u) == READ else FRIEND)
        write(log, g.now[0], LOG_CONFIRMED, x, m, stage, int(found))
    most = pick(w.confirmations, uniform(w.key[m], who, 0, HOW_OFTEN))
    for i in range(stage + 1, most + 1):
        u, v = uniform2(w.key[m], who, i, CONFIRMS)
        if u < w.kept[m]:
            wait = delay(g.laws, g.knots, w.confirming, v) + _seek(g, cal, w, ph, pe, x, m, i)
            later(cal, g, wait, WEIGH, x, nth + i - stage)
            return
    w.grasped[x] |= np.uint32(1 << m)
    decide(g, cal, log, w, ph, pe, key, x)


@njit
def _seek(g: Shared, cal: Calendar, w: Warned, ph: Phone, pe: People, x: int, m: int, i: int) -> float:
    """Seek the i-th confirmation: a call is one more attempt, a page waits for the data channel [s].

    Who is out calls by the telephone of their resident, which stands for as many people as a resident does.
    """
    how = pick(w.confirms, uniform(w.key[m], _who(ph, x), i, FINDS))
    _step(g, w, ph, pe, x, m, SOUGHT + how)
    if how == 0 or g.now[0] > ph.final:
        return 0.0
    p, slot = x, SLOT + 8 * m + i - 1
    q = x - ph.person.shape[0]
    if q >= 0:
        p = int(pe.resident[q]) if pe.resident.size > 0 else -1
        slot = OF_CLONES + (256 * q + 8 * m + i - 1) % SLOTS
        if p < 0 or uniform(w.key[m], _who(ph, x), i, CARRIES) * g.clones >= 1.0:
            return 0.0
    if how == CALLED:
        push(cal, g.now[0], ATTEMPT, p, slot * MAX_ATTEMPTS)
    elif ph.data_share > 0.0 and cell_of(ph, p) >= 0:
        return data_wait(g, ph, cell_of(ph, p))
    return 0.0


@njit
def decide(g: Shared, cal: Calendar, log: Log, w: Warned, ph: Phone, pe: People, key: Keys, x: int) -> None:
    """Believe or not, by the kinds of source heard, each of which counts once; and then heed every message understood."""
    odds = w.prior
    for s in range(w.odds.size):
        if (w.senders[x] >> s) & 1:
            odds *= w.odds[s]
    believes = uniform(key.warning, _who(ph, x), 0, 0) * (1.0 + odds) < odds
    write(log, g.now[0], LOG_DECIDED, x, int(w.senders[x]), int(believes), 0)
    if not believes:
        return
    for m in range(w.key.size):
        bit = np.uint32(1 << m)
        if w.grasped[x] & bit != 0 and w.heeded[x] & bit == 0:
            w.heeded[x] |= bit
            _step(g, w, ph, pe, x, m, BELIEVED)
            _mean_to_act(g, cal, w, ph, pe, x, m)
            _pass_on(g, cal, w, ph, pe, x, m)


@njit
def _mean_to_act(g: Shared, cal: Calendar, w: Warned, ph: Phone, pe: People, x: int, m: int) -> None:
    """Choose what to do, each action by itself; clones of a person with a phone call a desk one by one."""
    who, q = _who(ph, x), x - ph.person.shape[0]
    here = w.asks[m, zone_at(ph, pe, x)] or (q >= 0 and w.asks[m, pe.home[q]])
    for a in range(ACTIONS):
        chance = w.chance[m, a]
        if chance <= 0.0 or not (here or a == AVOID or a == DETOUR):
            continue
        if a != CALL:
            u, v = uniform2(w.key[m], who, a, ACTS)
            if u < chance:
                later(cal, g, delay(g.laws, g.knots, w.acting, v), ACT, x, ACTIONS * m + a)
            continue
        for clone in range(g.clones if q < 0 else 1):
            u, v = uniform2(w.key[m], who, clone, CALLS)
            if u < chance:
                opening = max(0.0, ph.desk_open[w.desk[m]] - g.now[0])
                wait = opening + delay(g.laws, g.knots, w.acting, v)
                later(cal, g, wait, ACT, x, clone << 16 | (ACTIONS * m + a))


@njit
def _pass_on(g: Shared, cal: Calendar, w: Warned, ph: Phone, pe: People, x: int, m: int) -> None:
    """Tell people of the same zone: those at home each other, and those out each other."""
    who, people = _who(ph, x), ph.person.shape[0]
    if uniform(w.key[m], who, 0, TELLS) >= w.tells:
        return
    z = zone_at(ph, pe, x)
    for i in range(w.told):
        u, v = uniform2(w.key[m], who, i, TOLD)
        if x < people:
            y = int(ph.first_person[z] + int(u * w.residents[z]))
        else:
            start = w.beside_start[z]
            y = people + int(w.beside[start + int(u * (w.beside_start[z + 1] - start))])
        if y != x:
            later(cal, g, delay(g.laws, g.knots, w.telling, v), HEAR, y, 4 * m + BY_FRIEND)


@njit
def most_events(w: Warned, c: Cascade, ph: Phone, pe: People, kind: int, x: int) -> int:
    """Most events and log rows that one of these events can add."""
    if kind == ACT:
        account = account_of(ph, x) if x < ph.person.shape[0] else -1
        return 64 + (3 * int(c.offsets[account + 1] - c.offsets[account]) if account >= 0 else 0)
    first, end = clones_of(pe, x) if kind == HEAR and x < ph.person.shape[0] else (0, 0)
    return w.at_once + end - first
