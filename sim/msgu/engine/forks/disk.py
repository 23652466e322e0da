"""A checkpoint as numbers and texts that are kept on disk, and back."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from msgu.engine.forks.run import Checkpoint
from msgu.engine.forks.state import First, State, sorted_events
from msgu.engine.forks.tape import Passed
from msgu.results.checkpoint import Saved
from msgu.results.heads import Head

_EVENTS = "events"


def to_saved(point: Checkpoint) -> Saved:
    """Return a checkpoint as it is kept."""
    rows = [[e.t, e.name, e.asked, e.answer, [list(heard) for heard in e.heard]] for e in point.tape]
    text = json.dumps(rows, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    events = np.ascontiguousarray(sorted_events(point.state.events).T)  # column by column, which compresses twice as well
    arrays = {**point.state.arrays, _EVENTS: Head(events.shape, events.reshape(-1))}
    return Saved(point.at, point.first._asdict(), text, arrays)


def of_saved(saved: Saved) -> Checkpoint:
    """Return the checkpoint that `to_saved` kept."""
    tape = tuple(_entry(*row) for row in json.loads(saved.text))
    arrays = dict(saved.arrays)
    events = arrays.pop(_EVENTS)
    state = State(arrays, np.ascontiguousarray(events.values.reshape(events.shape).T))
    return Checkpoint(saved.at, tape, First(**saved.first), state)


def _entry(t: float, name: str, asked: str, answer: Any, heard: list[list[int]]) -> Passed:
    return Passed(t, name, asked, answer, [(what, who, nth) for what, who, nth in heard])
