"""Checkpoints of the night that this process ran last, in its memory: what alternatives of a comparison share with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from msgu.engine.forks.people import Finished
    from msgu.engine.forks.run import Checkpoint, Keep

MOST_BYTES: Final = 1_000_000_000
"""Bytes of checkpoints that are kept at a time; a night at 1/100 of Paris leaves 75 MB at each fork."""
WORTH: Final = 3.0
"""A fork must save so many times the processor time that its state costs to take and to compare."""


class WhichNight(NamedTuple):
    """A night: folder of its batch, digest of its scenario, replication."""

    folder: str
    sha256: str
    replication: int


class _Held(NamedTuple):
    night: WhichNight
    points: list[Checkpoint]
    end: list[Finished]


_held: list[_Held] = []
_apart: dict[tuple[str, str], str] = {}
"""Why an alternative of a baseline cannot share its nights, by digests of both; so it is tried for one night only."""


def keeping(night: WhichNight, forks: tuple[float, ...], *, ends: bool = False) -> Keep:
    """Return what keeps checkpoints of a night at these times [s], and its end where it is wanted, instead of those before."""
    from msgu.engine.forks.run import Keep

    points: list[Checkpoint] = []
    end: list[Finished] = []
    _held[:] = [_Held(night, points, end)]

    def put(point: Checkpoint) -> None:
        if sum(map(_size, [*points, point])) <= MOST_BYTES and point.saves >= WORTH * point.costs:
            points.append(point)

    def put_end(finished: Finished) -> None:
        if sum(map(_size, points)) + finished.nbytes <= MOST_BYTES:
            end.append(finished)

    return Keep(tuple(sorted(forks)), put, put_end if ends else None)


def recall(night: WhichNight, at: float) -> Checkpoint | None:
    """Return the last checkpoint that is kept of a night, at `at` [s] or before."""
    held = [point for one in _held if one.night == night for point in one.points if point.at <= at]
    return held[-1] if held else None


def recall_end(night: WhichNight) -> Finished | None:
    """Return a night that is over, where it is kept."""
    return next((end for one in _held if one.night == night for end in one.end), None)


def stands_apart(base: str, other: str) -> str:
    """Return why one scenario cannot share the nights of another, both by their digests; empty: not known yet."""
    return _apart.get((base, other), "")


def set_apart(base: str, other: str, why: str) -> None:
    """Remember why one scenario cannot share the nights of another."""
    _apart[base, other] = why


def _size(point: Checkpoint) -> int:
    return point.state.events.nbytes + sum(head.values.nbytes for head in point.state.arrays.values())
