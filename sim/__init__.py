"""MSGU-Sim: how information, calls and people moved in a city in crisis, and what public communication could change.

::

    from sim import load, run
    scenario = load("scenarios/toy.yaml")
    results = run(scenario)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Results", "Scenario", "__version__", "load", "run"]

if TYPE_CHECKING:
    from sim.engine.once import run
    from sim.results import Results
    from sim.scenario.load import load
    from sim.scenario.schema import Scenario

_WHERE = {
    "Results": "sim.results",
    "Scenario": "sim.scenario.schema",
    "load": "sim.scenario.load",
    "run": "sim.engine.once",
}


def __getattr__(name: str) -> Any:
    """Import a name of the face when it is first asked for, so that `import sim` costs nothing."""
    if name not in _WHERE:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)
