"""Records that every kernel shares: keys, clock, calendar, event log."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from msgu.kernels.arrays.declare import F64, I32, I64, Array, Given, Number
from msgu.kernels.arrays.desks import Desks
from msgu.kernels.arrays.people import People
from msgu.kernels.arrays.phone import Phone
from msgu.kernels.arrays.social import Cascade
from msgu.kernels.arrays.warnings import Warned


class Keys(NamedTuple):
    """One 64-bit key for each stream of `msgu.streams`."""

    exogenous: np.uint64
    following: np.uint64
    seeing: np.uint64
    threshold: np.uint64
    delay: np.uint64
    origin: np.uint64
    belief: np.uint64
    pulse: np.uint64
    trend: np.uint64
    video: np.uint64
    learning: np.uint64
    worry: np.uint64
    call: np.uint64
    talk: np.uint64
    baseline: np.uint64
    message: np.uint64
    safety_check: np.uint64
    desk: np.uint64
    going_home: np.uint64
    shelter: np.uint64
    follow_up: np.uint64
    news: np.uint64
    elsewhere: np.uint64
    announcement: np.uint64
    battery: np.uint64
    group: np.uint64
    desk_cell: np.uint64
    barring: np.uint64
    standing: np.uint64
    witness: np.uint64
    home: np.uint64
    warning: np.uint64
    hearing: np.uint64
    later_news: np.uint64
    word: np.uint64
    friends: np.uint64
    interest: np.uint64
    telling: np.uint64
    airing: np.uint64
    session: np.uint64
    appeal: np.uint64


class Shared(NamedTuple):
    """Clock, flags and laws, which every kernel reads."""

    now: Annotated[F64, Array("1", "time of the event that happens", "s")]
    flag: Annotated[I64, Array("8", "what a kernel says besides its status, see FLAG_* of `msgu.kernels.state`")]
    laws: Annotated[F64, Given("laws, 4", "code and parameters of a delay law, see `laws.delay`")]
    knots: Annotated[F64, Given("knots, 2", "probability, and delay in s, of a point of an empirical law")]
    bin_width: Annotated[float, Number("width of a bin", "s")]
    turn: Annotated[F64, Given("clock rows", "from when on a row of the clocks holds", "s")]
    local: Annotated[F64, Given("clock rows", "local clock at the scenario's place less `now`", "s")]
    scale: Annotated[float, Number("share of people and accounts that is run")]
    clones: Annotated[int, Number("1/scale, rounded: how many one stands for")]


class Calendar(NamedTuple):
    """Events that wait; see `msgu.kernels.base.calendar`."""

    far: Annotated[I64, Array("chunk places, 3", "event of a later part: time, kind and who, nth")]
    far_time: Annotated[F64, Array("chunk places, 3", "of which the first is the time", "s", memory_of="far")]
    far_next: Annotated[I64, Array("chunks", "chunk before it in its part, -1: none; set where one is taken")]
    far_at: Annotated[I64, Array("parts + 1", "where the next event of a part is written")]
    far_count: Annotated[I64, Array("parts + 1", "events of a part")]
    known_time: Annotated[F64, Given("known", "time of an event that was known beforehand, sorted by part", "s")]
    known_who: Annotated[I32, Given("known", "to whom it happens")]
    known_at: Annotated[I64, Given("parts + 2", "where those of a part begin")]
    known_kind: Annotated[int, Number("kind of these events; each is the first of its kind")]
    come: Annotated[I64, Array("come, 4", "event of the part that has come: time, kind and who, nth, where its draws are")]
    come_time: Annotated[F64, Array("come, 4", "of which the first is the time", "s", memory_of="come")]
    heap: Annotated[I64, Array("heap, 4", "event that was added to a part that has come, as in `come`")]
    heap_time: Annotated[F64, Array("heap, 4", "of which the first is the time", "s", memory_of="heap")]
    slices: Annotated[I32, Array("slices", "where the events of a slice go when a part is sorted")]
    scale: Annotated[F64, Array("2", "parts for each second, and the horizon in s")]
    ends: Annotated[F64, Array("128", "from when on events of a kind do not happen", "s")]
    size: Annotated[I64, Array("8", "see IN_HEAP to HAPPENS of `msgu.kernels.base.calendar`")]


class Log(NamedTuple):
    """The event log; `who`, `nth`, `a` and `b` mean what the code says."""

    time: Annotated[F64, Array("rows", "when it happened", "s")]
    code: Annotated[I64, Array("rows", "what happened, see LOG_* of `msgu.kernels.state`")]
    who: Annotated[I64, Array("rows", "to whom")]
    nth: Annotated[I64, Array("rows", "which of theirs")]
    a: Annotated[I64, Array("rows", "first number that the code asks for")]
    b: Annotated[I64, Array("rows", "second number that the code asks for")]
    size: Annotated[I64, Array("2", "rows written, and whether rows are kept")]


class Everything(NamedTuple):
    """All records together: one argument for each call from Python, where each costs several microseconds."""

    shared: Shared
    keys: Keys
    calendar: Calendar
    log: Log
    cascade: Cascade
    phone: Phone
    people: People
    desks: Desks
    warned: Warned
