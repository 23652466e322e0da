"""The cost of a night by parts, in whatever tree Python imports: a script of its own, which knows the package by its rooms alone.

`python probe.py PACKAGE SCENARIO SCALE LEAST [KEY=VALUE ...]` prints one line of JSON: processor time of loading, building
the world, set-up, run, tables and write [s], the peak memory of the process [bytes], and the rows of the event log by kind
where the scenario keeps it.
A night is run again until LEAST seconds of nights have passed, and the least of each part counts.
"""

from __future__ import annotations

import gc
import importlib
import json
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

ENGINES = "CompiledEngine", "Night"
"""Names that the class of the compiled engine has had."""


def timed(call: Callable[..., Any], into: dict[str, float], name: str) -> Callable[..., Any]:
    """Return a function that does what `call` does and adds its processor time to `into[name]`."""

    def done(*given: Any, **named: Any) -> Any:
        began = time.process_time()
        found = call(*given, **named)
        into[name] = into.get(name, 0.0) + time.process_time() - began
        return found

    return done


def main() -> None:
    """Run one night and print what it took."""
    package, path, scale, least, *sets = sys.argv[1:]
    warnings.simplefilter("ignore")
    load, build = room(package, "scenario.load").load, room(package, "world.build").build_world
    small = load(path, (), [*sets, "scale=1/2000"])
    nights(package, build(small, small.seed, small.scale), small.seed, 0.0)  # brings kernels and modules in
    spent: dict[str, float] = {}
    scenario = timed(load, spent, "load")(path, (), [*sets, f"scale={scale}"])
    world = timed(build, spent, "build")(scenario, scenario.seed, scenario.scale)
    spent |= nights(package, world, scenario.seed, float(least))
    spent["peak"] = peak()
    print(json.dumps(spent))


def room(package: str, name: str) -> Any:
    """Return a module of the package."""
    return importlib.import_module(f"{package}.{name}")


def nights(package: str, world: Any, seed: int, least: float) -> dict[str, float]:
    """Run the night of a world again and again; return what each part took, and how many rows of each kind its log has."""
    run, save = room(package, "engine.run"), room(package, "results").save
    engine = next(name for name in ENGINES if hasattr(run, name))
    plain = {engine: getattr(run, engine), "results": run.results}
    best: dict[str, float] = {}
    all_of = 0.0
    while not best or all_of < least:
        gc.collect()
        took: dict[str, float] = {}
        run.__dict__.update(
            {name: timed(plain[name], took, part) for name, part in ((engine, "setup"), ("results", "tables"))}
        )
        results = timed(run.simulate, took, "run")(world, seed, 0)
        run.__dict__.update(plain)
        took["run"] -= took["setup"] + took["tables"]
        with tempfile.TemporaryDirectory() as folder:
            timed(save, took, "write")(results, Path(folder) / "0000", "benchmark")
        all_of += sum(took.values())
        best = {name: min(took[name], best.get(name, took[name])) for name in took}
    return best | rows(package, results)


def rows(package: str, results: Any) -> dict[str, float]:
    """Return how many rows of each kind the event log has, if it was kept: `log POST` and so on."""
    table = results.tables.get("event_log")
    if table is None:
        return {}
    state = room(package, "kernels.state")
    kinds = {getattr(state, name): name.removeprefix("LOG_") for name in dir(state) if name.startswith("LOG_")}
    codes = table["code"]
    return {f"log {kinds[code]}": float((codes == code).sum()) for code in sorted(kinds)}


def peak() -> float:
    """Peak memory of this process [bytes]; getrusage would carry over that of the parent."""
    line = next(x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmHWM:"))
    return float(line.split()[1]) * 1024.0


if __name__ == "__main__":
    main()
