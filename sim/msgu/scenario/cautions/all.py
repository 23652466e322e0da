"""What is right in a scenario though a reader may be misled by it: warned of, with its place, and run all the same.

Each caution is asked once the scenario is right in itself.
It returns what a check returns: location, what stands there, what to know, and the nearest fix.
The command prints ``path:line:col: warning: key: given - allowed - nearest`` once, and its exit code stays 0;
from Python it is an `InputWarning`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from msgu.errors import Loc
from msgu.scenario.cautions.branching import grows_without_end
from msgu.scenario.cautions.idle import idle_settings
from msgu.scenario.cautions.times import clocks_change, never_happens
from msgu.scenario.schema.root import Scenario
from msgu.scenario.yaml.nodes import Mapping

Caution = Callable[[Scenario, Mapping], Iterable[tuple[Loc, str, str, str]]]
"""From the scenario, and the tree that it was read from, to what may mislead."""

CAUTIONS: Final[tuple[Caution, ...]] = (never_happens, clocks_change, idle_settings, grows_without_end)
