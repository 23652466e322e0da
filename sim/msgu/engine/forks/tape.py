"""What passes between processes and engine, kept on a tape: to the minute of a fork processes are played it back.

SimPy processes are generators, whose place in their code cannot be saved. They are started anew instead, above an engine
that answers from the tape and does nothing; what they write down they thereby write again. Whatever they ask must be what
was asked before: a process that asks otherwise belongs to another past, and is told so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, cast

import numpy as np

from msgu.engine.clock import Clock
from msgu.engine.forks.errors import OtherPastError
from msgu.engine.protocol import Engine
from msgu.scenario.dials import DIALS, Dial
from msgu.scenario.observables import Observable

STOP: Final = "advance"
"""Passed of a compiled event that processes listen to."""
Heard = tuple[int, int, int]


@dataclass
class Passed:
    """One thing that passed.

    Parameters
    ----------
    t : when [s].
    name : method of `Engine`.
    asked : its arguments, as `_text` writes them.
    answer : what it returned, as JSON knows it.
    heard : what it set off that processes listen to.
    """

    t: float
    name: str
    asked: str = ""
    answer: Any = None
    heard: list[Heard] = field(default_factory=list)


class TapedEngine:
    """An engine as processes see it: played from a tape up to its end, and from then on the true one, put on the tape.

    Parameters
    ----------
    engine : the true one.
    clock : of the processes.
    tape : what passed before the fork; none where nothing is played back.
    """

    def __init__(self, engine: Engine, clock: Clock, tape: Sequence[Passed] = ()) -> None:
        self.world = engine.world
        self.turned: dict[tuple[str, int | None], float] = {}
        self.tape = [Passed(e.t, e.name, e.asked, e.answer, list(e.heard)) for e in tape]
        self._engine, self._clock = engine, clock
        self._played, self._live = 0, False
        self._now = 0.0
        self._hear: Callable[[int, int, int], None] = _nobody
        self._open: list[Passed] = []

    def as_engine(self) -> Engine:
        """Return it as what the processes take it for."""
        return cast("Engine", self)

    def go_on(self) -> None:
        """Let the true engine answer from now on; `OtherPastError` where processes have left something out."""
        if self._played < len(self.tape):
            entry = self.tape[self._played]
            raise OtherPastError(entry.t, f"`{entry.name}` does not happen")
        self._live = True

    @property
    def hear(self) -> Callable[[int, int, int], None]:
        """See `Engine`."""
        return self._hear

    @hear.setter
    def hear(self, hear: Callable[[int, int, int], None]) -> None:
        self._hear = hear
        self._engine.hear = self._heard

    def _heard(self, what: int, who: int, nth: int) -> None:
        self._open[-1].heard.append((what, who, nth))
        self._hear(what, who, nth)

    def now(self) -> float:
        """See `Engine`."""
        return self._engine.now() if self._live else self._now

    def advance(self, until: float) -> Heard | None:
        """See `Engine`."""
        if self._live:
            found = self._engine.advance(until)
            if found is not None:
                self.tape.append(Passed(self._engine.now(), STOP, answer=list(found)))
            return found
        entry = self._next()
        if entry is None or entry.t >= until:
            return None
        if entry.name != STOP:
            raise OtherPastError(entry.t, f"`{entry.name}` does not happen")
        self._played += 1
        self._now = entry.t
        what, who, nth = entry.answer
        return what, who, nth

    def turn(self, dial: Dial, value: float, number: int | None = None) -> None:
        """See `Engine`; what is turned to where it stands is left alone, so that another measure's moments do not count."""
        at = (dial.name, number)
        if dial.place is None or self.turned.get(at, 1.0) == value:
            return
        self.turned[at] = value
        self._ask("turn", dial, value, number)

    def turn_again(self) -> None:
        """Turn every dial of the true engine to where it stands on the tape."""
        for (name, number), value in self.turned.items():
            self._engine.turn(DIALS[name], value, number)

    def __getattr__(self, name: str) -> Any:
        """Everything else that an engine is asked."""
        if name.startswith("_") or not hasattr(Engine, name):
            raise AttributeError(name)
        return partial(self._ask, name)

    def _next(self) -> Passed | None:
        return self.tape[self._played] if self._played < len(self.tape) else None

    def _ask(self, name: str, *args: Any, **more: Any) -> Any:
        asked = " ".join([*map(_text, args), *(f"{key}={_text(value)}" for key, value in sorted(more.items()))])
        if self._live:
            entry = Passed(float(self._clock.now), name, asked)
            self.tape.append(entry)
            self._open.append(entry)
            try:
                entry.answer = getattr(self._engine, name)(*args, **more)
            finally:
                self._open.pop()
            return entry.answer
        found = self._next()
        if found is None or (found.t, found.name, found.asked) != (self._clock.now, name, asked):
            raise OtherPastError(min(float(self._clock.now), found.t if found else np.inf), f"`{name}` is asked otherwise")
        self._played += 1
        for heard in found.heard:
            self._hear(*heard)
        return found.answer


def _text(value: Any) -> str:
    """Return an argument as text, the same for the same bits."""
    if isinstance(value, Dial | Observable):
        return value.name
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{value.shape}{hashlib.sha256(np.ascontiguousarray(value).data).hexdigest()}"
    if isinstance(value, tuple):
        return f"({' '.join(map(_text, value))})"
    if isinstance(value, (float, np.floating)):
        return float(value).hex()
    return repr(value.item() if isinstance(value, np.generic) else value)


def _nobody(_what: int, _who: int, _nth: int) -> None:
    """What processes listen to, before there are any."""
