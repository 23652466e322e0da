"""What the processes may ask of an engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from msgu.scenario.dials import Dial
from msgu.scenario.observables import Observable
from msgu.world.build import World

F64 = NDArray[np.float64]


class TravelTimes(NamedTuple):
    """Times and ways home, as they are now.

    ride, walk : shape (n_zones, n_zones) [s]; infinite where there is none. road : shape (n_zones, n_zones) [m], straight
    lines, longer where a cordon or a border is gone round. cordon : shape (n_zones,), bits of `msgu.kernels.state`.
    service : whether public transport runs. around : ride, walk and road of those who go round the area of a message, for
    each message that asks for it.
    """

    ride: F64
    walk: F64
    road: F64
    cordon: NDArray[np.uint8]
    service: bool
    around: tuple[tuple[F64, F64, F64], ...] = ()


class Engine(Protocol):
    """What a process may ask of an engine; the compiled engine and its plain twin both answer."""

    world: World
    hear: Callable[[int, int, int], None]
    """Told at once of what processes listen to, where a process itself has set it off: (what, who, nth)."""

    def advance(self, until: float) -> tuple[int, int, int] | None:
        """Run every event before `until`, or up to one that processes listen to: (what, who, nth)."""

    def now(self) -> float:
        """Time of the last event [s]."""

    def post(
        self,
        t: float,
        account: int,
        topic: int,
        kind: int,
        *,
        automatic: bool = False,
        message: int = -1,
        shelter: bool = False,
    ) -> None:
        """An account writes an original, or a program does in its name.

        It may carry a message that asks for action; `shelter`: it mentions that shelter is offered.
        """

    def warn(self, t: float, number: int) -> None:
        """A message that asks for action is sent by alert, broadcast or prompt."""

    def is_gone(self, post: int) -> bool:
        """Whether a post has been taken down."""

    def pulse(self, t: float, number: int) -> None:
        """A synchronised pulse starts."""

    def trending(self) -> list[int]:
        """Topics that trend, in order."""

    def posts_since(self, t: float) -> int:
        """Posts of all accounts since `t`."""

    def posts_on(self, topic: int, since: float, until: float) -> int:
        """Posts of a topic from `since` on and before `until`, but for dated ones."""

    def is_denied(self, topic: int, by: float) -> bool:
        """Whether an official account has denied a claim, at `by` or before."""

    def air(self, t: float, room: int, *, denies: bool) -> None:
        """A newsroom airs its claim, or denies it on the air."""

    def turn(self, dial: Dial, value: float, number: int | None = None) -> None:
        """Multiply the number of a dial, as it was at the start; `number`: of the zone or topic, where it has these."""

    def change_network(self, t: float, ways: TravelTimes) -> None:
        """The ways home have changed: everyone who waits tries again."""

    def instruct(self, t: float, number: int, until: float) -> None:
        """An instruction is given to the people who are out, who follow it until a time [s]."""

    def witness(self, t: float, number: int) -> None:
        """People who are out see something."""

    def open_map(self) -> None:
        """The curated map opens."""

    def listen_offers(self) -> None:
        """Volunteers want to hear of each offer."""

    def verify(self, offer: int) -> None:
        """Volunteers have checked an offer."""

    def offer_identity(self, offer: int) -> tuple[int, int]:
        """Who wrote an offer, and topic x 2^20 + its number among theirs."""

    def share_offer(self, t: float, account: int, offer: int) -> None:
        """A named account answers an offer: shares it or, as often as anybody, writes an original."""

    def broadcast(self, t: float, number: int) -> None:
        """A programme begins that a rule has called for; whom it tells, and when, is drawn as for one at a date."""

    def check_in(self, t: float) -> None:
        """The Safety Check is activated by a rule."""

    def observe(self, seen: Observable, parts: tuple[int, ...]) -> list[float]:
        """Counts of an observable before now: over the run so far, or as they stand, in some zones, a desk or a topic."""

    def note(self, t: float, rule: int, look: int, what: int, times: int) -> None:
        """A rule goes on (1) or off (0) or lacks people (2) by what a look has seen: a row of the event log."""

    def staff(self, t: float, desk: int, operators: int) -> None:
        """So many operators are on duty at a desk from now on."""

    def ring(self, t: float, desk: int, family: int, nth: int) -> None:
        """A family that looks for somebody calls a desk for the `nth` time; `hear` is told when the call is over."""
