"""Compile every kernel that runs and measures of graphs call, ahead of their use: ``python -m msgu.compile``.

Compiled kernels are kept by their content (`msgu.kernels.jit`), so that this is done once for each version of the kernels.
Kernels of runs and kernels of graphs are compiled by two processes at once, again until neither finds anything to compile.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from numba.core import event

if TYPE_CHECKING:
    from msgu.world.build import World

EXAMPLES = (("d10-nothing", 1.0), ("toy", 1.0), ("paris-2015-11-13", 1 / 2000))
"""What is run, with its scale; the first, in which nothing happens, makes the machine code of everything that can happen."""


class _Count(event.Listener):
    """Kernels that were compiled, not found; says so after every fifty."""

    def __init__(self, part: str) -> None:
        self.part, self.n, self.began = part, 0, time.monotonic()

    def on_start(self, _event: Any) -> None:
        """Nothing to count yet."""

    def on_end(self, _event: Any) -> None:
        """Count one."""
        self.n += 1
        if self.n % 50 == 0:
            sys.stderr.write(f"== kernels of {self.part}: {self.n} in {time.monotonic() - self.began:.0f} s\n")


def _world(name: str, scale: float) -> World:
    from msgu.scenario.examples import scenarios
    from msgu.scenario.load import load
    from msgu.world.build import build_world

    scenario = load(scenarios()[name])
    return build_world(scenario, scenario.seed, scale)


def runs() -> None:
    """Run the examples."""
    from msgu.engine.forks.run import Keep
    from msgu.engine.forks.run import simulate as forked
    from msgu.engine.run import simulate

    for name, scale in EXAMPLES:
        world = _world(name, scale)
        simulate(world, world.seed, 0)
    forked(world := _world(*EXAMPLES[0]), world.seed, 0, keep=Keep((60.0,), lambda _: None))


def graphs() -> None:
    """Build a graph, and measure it whole and by samples."""
    from msgu.measure.graph.table import Sampling, table

    accounts = _world("toy", 1.0).accounts
    for sampling in (Sampling(), Sampling(targets=4, accounts=100, wedges=100)):
        table(accounts.graph, accounts.zone, sampling, named=3)


PARTS: dict[str, Callable[[], None]] = {"runs": runs, "graphs": graphs}


def compiled(part: str) -> int:
    """Compile what one part calls; return how many kernels were not found."""
    count = _Count(part)
    register: Any = event.register
    register("numba:compile", count)
    PARTS[part]()
    return count.n


def main(part: str = "") -> int:
    """Compile one part and print how many kernels, or all parts at once; return the exit code."""
    if part:
        sys.stdout.write(f"{compiled(part)}\n")
        return 0
    began, found = time.monotonic(), [1]
    while any(found):
        words = [sys.executable, "-m", "msgu.compile"]
        children = [subprocess.Popen([*words, part], stdout=subprocess.PIPE, text=True) for part in PARTS]  # noqa: S603
        found = [int(child.communicate()[0] or 0) for child in children]
        if any(child.returncode for child in children):
            return 1
        sys.stdout.write(f"== kernels: {sum(found)} compiled, the others found; {time.monotonic() - began:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
