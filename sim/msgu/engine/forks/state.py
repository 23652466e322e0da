"""The state of an engine at a minute: taken from its arrays and its calendar, compared at the start, and put back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from msgu.engine.compiled import CompiledEngine
from msgu.engine.forks.errors import OtherPastError
from msgu.kernels.arrays.declare import Array, Field, Number, fields, is_state, started
from msgu.kernels.arrays.run import Everything
from msgu.kernels.base.waiting import copy_waiting, number_waiting
from msgu.results.heads import Head, head_of, used

Events = NDArray[np.int64]
"""Events, shape (n, 3): bits of the time, kind and who, nth."""
RECORDS: Final = tuple(name for name in Everything._fields if name not in ("keys", "calendar"))
"""Records of an engine whose arrays are kept one by one; keys follow from seed and replication, the calendar is a list."""


class First(NamedTuple):
    """An engine before its run: digest of each array, every number, and a fingerprint of the events known beforehand."""

    arrays: dict[str, str]
    numbers: dict[str, str]
    events: str


class State(NamedTuple):
    """An engine on its way: arrays that may have changed, by record and field, and the events that wait."""

    arrays: dict[str, Head]
    events: Events


def _fields(engine: CompiledEngine) -> Iterator[tuple[str, str, Field]]:
    for record in RECORDS:
        kind: type = type(getattr(engine, record))
        for field in fields(kind):
            yield record, f"{record}.{field.name}", field


def events_of(engine: CompiledEngine) -> Events:
    """Return every event that waits, in no order."""
    out = np.empty((int(number_waiting(engine.cal)), 3), np.int64)
    copy_waiting(engine.cal, out)
    return out


def sorted_events(events: Events) -> Events:
    """Return events in the order in which they happen; times are not negative, so that their bits are in their order."""
    return events[np.lexsort((events[:, 2], events[:, 1], events[:, 0]))]


def first_of(engine: CompiledEngine) -> First:
    """Return what an engine is before its run."""
    arrays, numbers = dict[str, str](), dict[str, str]()
    for record, name, field in _fields(engine):
        value = getattr(getattr(engine, record), field.name)
        if isinstance(field.declared, Number):
            numbers[name] = repr(value)
        elif not field.declared.memory_of:
            arrays[name] = _digest(value, field.declared.start)
    return First(arrays, numbers, _print(events_of(engine)))


def _print(events: Events) -> str:
    """Return a fingerprint of events that does not depend on their order, and therefore waits for no sort of them."""
    sums = []
    for salt in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F):
        mixed = np.full(len(events), salt, np.uint64)
        for column in events.T:
            mixed = (mixed ^ column.view(np.uint64)) * np.uint64(0xBF58476D1CE4E5B9)
            mixed ^= mixed >> np.uint64(29)
        sums.append(int(mixed.sum(dtype=np.uint64)))
    return f"{len(events)}-" + "-".join(f"{total:016x}" for total in sums)


def _digest(array: NDArray[Any], start: float) -> str:
    """Return the digest of an array; its end, where every element is `start`, is only measured, which is ten times as fast."""
    total = hashlib.sha256(f"{array.dtype}{array.shape}".encode())
    total.update(np.ascontiguousarray(array).reshape(-1)[: used(array, start)].view(np.uint8).data)
    return total.hexdigest()


def state_of(engine: CompiledEngine) -> State:
    """Return the state of an engine now."""
    arrays = {
        name: head_of(getattr(getattr(engine, record), field.name), field.declared.start)
        for record, name, field in _fields(engine)
        if isinstance(field.declared, Array) and is_state(field.declared)
    }
    return State(arrays, events_of(engine))


def put_back(engine: CompiledEngine, state: State, at: float) -> None:
    """Give an engine the state of another at a time [s], whose numbers and given arrays are the same."""
    new: dict[str, dict[str, NDArray[Any]]] = {record: {} for record in RECORDS}
    for record, name, field in _fields(engine):
        declared = field.declared
        if not isinstance(declared, Array):
            continue
        if declared.memory_of in new[record]:
            new[record][field.name] = new[record][declared.memory_of].view(field.dtype)
        elif is_state(declared):
            kept = state.arrays[name]
            array = started(kept.shape, field.dtype, declared.start)
            array.reshape(-1)[: kept.values.size] = kept.values
            new[record][field.name] = array
    for record, arrays in new.items():
        setattr(engine, record, getattr(engine, record)._replace(**arrays))
    engine.wait_for(state.events, at)


def moved(before: Events, after: Events) -> tuple[Events, Events]:
    """Return the events of `before` that are not among those of `after`, and the other way round."""
    both = np.concatenate((before, after))
    sign = np.repeat([1, -1], (len(before), len(after)))
    order = np.lexsort((both[:, 2], both[:, 1], both[:, 0]))
    both, sign = both[order], sign[order]
    new = np.ones(len(both), np.bool_)
    new[1:] = (both[1:] != both[:-1]).any(axis=1)
    left = np.add.reduceat(sign, np.flatnonzero(new)) if len(both) else sign
    rows = both[new]
    return np.repeat(rows, np.maximum(left, 0), axis=0), np.repeat(rows, np.maximum(-left, 0), axis=0)


def with_moves(events: Events, gone: Events, come: Events, at: float) -> Events:
    """Return waiting events without some and with others, none of which may be before `at` [s].

    Raises
    ------
    OtherPastError
        Where one is, or one that goes does not wait.
    """
    early = np.concatenate((gone, come))[:, 0].view(np.float64).min(initial=np.inf)
    if early < at:
        raise OtherPastError(float(early), "an event that is known beforehand")
    rest, missing = moved(events, gone)
    if len(missing):
        raise OtherPastError(at, "an event that is known beforehand no longer waits")
    return np.concatenate((rest, come))
