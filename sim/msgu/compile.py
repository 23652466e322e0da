"""Compile every kernel that runs and measures of graphs call, ahead of their use: ``msgu compile``.

Compiled kernels are kept by their content (`msgu.kernels.jit.kept`), so that this is done once for each version of the
kernels. Kernels of runs and kernels of graphs are compiled by two processes at once; each tells the names of those
that it has compiled, by which the progress of both is counted.
"""

from __future__ import annotations

import gc
import importlib
import os
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba.core import event

from msgu.kernels.jit import kept
from msgu.kernels.jit.kernel import Kernel

if TYPE_CHECKING:
    from msgu.world.build import World


class Example(NamedTuple):
    """A scenario that is run, with policies and overrides."""

    name: str
    policies: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()


WITH_ALL = (
    "attention.participation={share: 0.9, source: invented}", "phones.people_out=1", "topics.abri.kinds.offer=0",
    "shelter.hearing.offers=0.3", "posts.stay-in.shelter=true", "broadcasts.radio.shelter=true",
    "newsrooms.radio={topic: rumeur-port, account: radio, level: 0.1 /min, audience: 0.3}",
    "witnesses.blast={at: '21:30', zone: centre, people: 60, desk: hotline, source: invented}",
    "dangers.square={at: '21:30', until: '23:00', lat: 48.001, lon: 2.001, radius: 400 m, source: invented}",
    "warnings.told={sender: authority, post: stay-in, place: [nord], guidance: [stay]}",
    "warnings.rung={sender: authority, at: '21:40', alert: {zones: {centre: 0.5}}, place: [nord], guidance: [avoid]}",
)  # fmt: skip
"""What the toy night has not, and what processes ask kernels for."""
EXAMPLES = (
    Example("d10-nothing"),
    Example("toy"),
    Example("toy", sets=WITH_ALL),
    Example("paris-2015-11-13", ("stay-indoors-2200",), ("scale=1/2000", "safety_check.unmarked=0.1")),
)
"""What is run; the first, in which nothing happens, makes the machine code of everything that can happen."""


class _Names(event.Listener):
    """Writes the name and the arguments of each kernel that was compiled, not found."""

    def on_start(self, _event: Any) -> None:
        """Nothing to tell yet."""

    def on_end(self, event: Any) -> None:
        """Tell the name."""
        kernel = event.data["dispatcher"]
        if isinstance(kernel, Kernel):
            try:
                sys.stdout.write(f"{kernel.name} {event.data['args']}\n")
                sys.stdout.flush()
            except BrokenPipeError:
                os._exit(1)  # the command was killed, and nobody waits for the rest


def _world(example: Example) -> World:
    from msgu.scenario.examples import scenarios
    from msgu.scenario.load import load
    from msgu.world.build import build_world

    scenario = load(scenarios()[example.name], example.policies, example.sets)
    return build_world(scenario, scenario.seed, scenario.scale)


def runs() -> None:
    """Run the examples; let the events of the last wait again, as those of a branch do."""
    from msgu.engine.compiled import CompiledEngine
    from msgu.engine.forks.state import events_of
    from msgu.engine.run import simulate

    for example in EXAMPLES:
        world = _world(example)
        simulate(world, world.seed, 0)
    night = CompiledEngine(world, 0, keep_log=False)
    night.wait_for(events_of(night), 0.0)


def graphs() -> None:
    """Measure a graph, whole and by samples: one made here, for what builds graphs is compiled by the other process."""
    from msgu.measure.graph.table import Sampling, table
    from msgu.world.graph.types import FollowerGraph

    n = 300
    rows = [np.sort(np.r_[i - 4 : i, i + 1 : i + 4 + i % 9] % n) for i in range(n)]  # neighbours on a ring, not alike many
    followers = np.concatenate(rows).astype(np.int32)
    offsets = np.cumsum([0, *map(len, rows)])
    ring = FollowerGraph(offsets, followers, np.bincount(followers, minlength=n).astype(np.int32))
    for sampling in (Sampling(), Sampling(targets=4, accounts=100, wedges=100)):
        table(ring, np.zeros(n, np.int16), sampling, named=3)


PARTS: dict[str, Callable[[], None]] = {"runs": runs, "graphs": graphs}


def kernels() -> dict[str, Kernel]:
    """Return every kernel by its name; none with the JIT off."""
    found = [vars(importlib.import_module(f"msgu.kernels.{name}")).values() for name in kept.modules()]
    return {one.name: one for some in found for one in some if isinstance(one, Kernel)}


def to_compile() -> set[str]:
    """Return the names of the kernels to be compiled: those that no kernel calls and that are not kept, and all below."""
    every = kernels()
    called = {callee.name for one in every.values() for callee in one.callees()}
    waiting = [one for name, one in every.items() if name not in called and not one.is_kept]
    found = set[str]()
    while waiting:
        one = waiting.pop()
        if one.name not in found:
            found.add(one.name)
            waiting += one.callees()
    return found


def compile_all(tell: Callable[[int, int], None]) -> int:
    """Compile what is not kept yet; return how many kernels that were.

    Parameters
    ----------
    tell : called with the number of kernels that are compiled, and of those that have to be.

    Raises
    ------
    subprocess.CalledProcessError : a part failed; its traceback stands on standard error.
    """
    wanted, done = to_compile(), set[str]()
    tell(0, len(wanted))
    with closing(_told()) as names:
        for name in names:
            done.add(name)
            tell(len(done & wanted), len(wanted))
    if kept.is_ours():
        kept.note_all()
    return len(done)


def _told() -> Generator[str, None, None]:
    """Names of kernels as each is compiled, by one process for each part; they end with whoever listens."""
    ours, theirs = os.pipe()
    env = os.environ | {"NUMBA_DISABLE_ERROR_MESSAGE_HIGHLIGHTING": "1"}  # of what numba tries in vain and nobody reads
    words, children = [sys.executable, "-m", "msgu.compile"], list[subprocess.Popen[bytes]]()
    with open(ours, encoding="utf-8") as lines:
        try:
            for part in PARTS:  # in a session of its own, so that Ctrl-C reaches the command alone, which then ends it
                children.append(subprocess.Popen([*words, part], stdout=theirs, start_new_session=True, env=env))  # noqa: S603
            os.close(theirs)
            for line in lines:
                yield line.split()[0]
            for child in children:
                if child.wait():
                    raise subprocess.CalledProcessError(child.returncode, child.args)
        finally:
            for child in children:
                child.kill()
                child.wait()


def main(part: str) -> None:
    """Compile one part, and tell which kernels that were.

    Nothing is collected meanwhile: numba makes objects by the million, and looking for garbage among them took 11 s of 59.
    """
    gc.disable()
    register: Any = event.register
    register("numba:compile", _Names())
    PARTS[part]()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(sys.argv[1])
    else:
        sys.exit(subprocess.call([sys.executable, "-m", "msgu", "compile"]))
