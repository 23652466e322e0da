"""Facts that processes tell one another: their names, and who listens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

OFFER_POSTED = "an offer of shelter was posted"
CALL_ENDED = "a call of a family that looks for somebody is over"
NETWORK_CHANGED = "a closure, cordon or service hour began or ended"


class Signals:
    """Who listens to what: handlers are called in the order in which they were registered."""

    def __init__(self) -> None:
        self._handlers: dict[str, list[Callable[..., Any]]] = defaultdict(list)

    def listen(self, name: str, handler: Callable[..., Any]) -> None:
        """Call `handler` at each `tell` of `name`."""
        self._handlers[name].append(handler)

    def heard(self, name: str) -> bool:
        """Whether anyone listens to `name`."""
        return bool(self._handlers[name])

    def tell(self, name: str, *facts: Any) -> None:
        """Tell every listener of `name`."""
        for handler in self._handlers[name]:
            handler(*facts)
