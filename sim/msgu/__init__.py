"""MSGU-Sim: how information, calls and people moved in a city in crisis, and what public communication could change.

::

    from msgu import load, run
    scenario = load("toy")
    results = run(scenario)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Results", "Scenario", "__version__", "load", "run"]

if TYPE_CHECKING:
    from msgu.api import run
    from msgu.results import Results
    from msgu.scenario.load import load
    from msgu.scenario.schema.root import Scenario

_WHERE = {
    "Results": "msgu.results",
    "Scenario": "msgu.scenario.schema.root",
    "load": "msgu.scenario.load",
    "run": "msgu.api",
}


def __getattr__(name: str) -> Any:
    """Import a name of the face when it is first asked for, so that `import msgu` costs nothing."""
    if name not in _WHERE:
        raise AttributeError(f"module 'msgu' has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)
