"""Facts that processes tell one another: their names, and who listens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

OFFER_POSTED = "an offer of shelter was posted"
CALL_ENDED = "a call of a family that looks for somebody is over"
RULE_TURNED = "a rule went on or off"
NETWORK_CHANGED = "a closure, cordon or service hour began or ended"


class Signals:
    """Who listens to what: handlers are called in the order in which they were registered.

    shown : figures that a process shows to others by the name of an observable, and how each is read.
    """

    def __init__(self) -> None:
        self.shown: dict[str, Callable[[], float]] = {}
        self._handlers: dict[str, list[Callable[..., Any]]] = defaultdict(list)

    def listen(self, name: str, handler: Callable[..., Any]) -> None:
        """Call `handler` at each `tell` of `name`."""
        self._handlers[name].append(handler)

    def listeners(self, name: str) -> int:
        """How many listen to `name`."""
        return len(self._handlers[name])

    def heard(self, name: str) -> bool:
        """Whether anyone listens to `name`."""
        return bool(self._handlers[name])

    def tell(self, name: str, *facts: Any) -> None:
        """Tell every listener of `name`."""
        for handler in self._handlers[name]:
            handler(*facts)
