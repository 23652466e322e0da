"""Nights for a calibration: one file for each, named by what it is a night of, so that killed work is resumed.

A night is asked for by its scenario, scale, seed and replication; its file is named by their digest and that of the
sources that a night depends on. Files of other calibrations do no harm beside it, and are used where they are of the same night.
"""

from __future__ import annotations

import json
import math
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from msgu.errors import InputError, Problem, StorageError
from msgu.results.files import clear_unfinished, read_sealed, replace_file, replace_files, seal, sha256
from msgu.results.provenance import versions
from msgu.scenario.blocks import posts_only
from msgu.scenario.load import digest
from msgu.scenario.schema.evidence import Figure
from msgu.scenario.schema.root import Scenario
from msgu.scenario.study.calibration import CalibrationStudyFile
from msgu.scenario.study.calibration_schema import Level
from msgu.study.batch.claim import Lost, other_sources
from msgu.study.batch.job import Where
from msgu.study.batch.manifest import LOCK, SCENARIO, WORKERS
from msgu.study.batch.plan import scenario_bytes, scenario_of
from msgu.study.batch.run_log import RUN_LOG, log_line
from msgu.study.calibration.loss import Bounds, Target
from msgu.study.calibration.problem import Ask, CalibrationProblem, Effort, LevelEffort

NIGHTS: Final = "nights"
FORMAT: Final = 2
Beat = Callable[[int, int], None]
"""Told how many of the nights asked for are there, and how many were there at once."""
Measure = Callable[[bytes, int, Sequence[str]], dict[str, float]]
"""Simulate a scenario, given with a replication, and measure figures."""


class NightJob(NamedTuple):
    """One night, as told to a worker: the scenario with its seed and scale in it, the replication, the figures to measure."""

    key: str
    scenario: bytes
    replication: int
    figures: tuple[str, ...]


# ---- the problem ----


def problem_of(file: CalibrationStudyFile) -> CalibrationProblem:
    """Return what a study calibrates: the active figures of its scenario that its horizon reaches and its levels tell."""
    from msgu.measure.evidence.score import active, reached

    evidence = file.base.evidence
    figures = {k: f for k, f in active(evidence).items() if reached(f, file.base, file.base.horizon)}
    wanted = file.study.targets or [k for k, f in figures.items() if f.role == "target"]
    targets = tuple(_target(k, figures[k]) for k in sorted(wanted) if k in figures)
    told = frozenset().union(*(_measured(file, level) for level in file.study.levels.values()))
    others = tuple(_target(k, f) for k, f in figures.items() if f.role == "validation" and k not in wanted and k in told)
    counters = {name: Bounds(c.low, c.high, c.kappa) for name, c in evidence.counters.items()}
    return CalibrationProblem({name: p.prior for name, p in file.study.parameters.items()}, targets, others, counters)


def unreached(file: CalibrationStudyFile) -> list[str]:
    """Return the figures asked for that end after the horizon, or are of another reading of the peak."""
    from msgu.measure.evidence.score import active, reached

    figures = active(file.base.evidence)
    wanted = file.study.targets or [k for k, f in figures.items() if f.role == "target"]
    return [k for k in sorted(wanted) if k not in figures or not reached(figures[k], file.base, file.base.horizon)]


def _target(key: str, f: Figure) -> Target:
    from msgu.measure.evidence.ledger import tolerance

    low, high = tolerance(f)
    return Target(key, f.value, low, high, f.weight if f.role == "target" else 0.0, f.counter)


def effort_of(file: CalibrationStudyFile) -> Effort:
    """Return how much a study runs.

    Raises
    ------
    InputError
        Where a level measures no figure of the study, or a target is measured at no level that is judged.
    """
    s = file.study
    idle = file.idle()
    levels = [
        LevelEffort(
            name, level.scale, level.points, level.start if level.start is not None else max(2, level.points // 2),
            level.waves, level.replicates, level.confirm, _measured(file, level),
            idle if level.models == "posts" else frozenset(),
        )
        for name, level in s.levels.items()
    ]  # fmt: skip
    problems = [_told_by_nothing(file, level.name) for level in levels if not level.figures]
    judged = frozenset().union(*(level.figures or () for level in levels if level.confirm))
    lost = [target.id for target in problem_of(file).targets if target.id not in judged]
    if lost:
        given, allowed = f"`{lost[0]}`, which no level with `confirm` measures", "a level that measures it, with `confirm`"
        problems.append(Problem(file.path, 1, 1, "levels", given, allowed, ""))
    if problems:
        raise InputError(problems)
    return Effort(tuple(levels), s.seed, s.fresh_seed, s.search, s.finalists)


def _told_by_nothing(file: CalibrationStudyFile, name: str) -> Problem:
    return Problem(file.path, 1, 1, f"levels.{name}", "no figure of the study", "models and a horizon that tell one", "")


def _measured(file: CalibrationStudyFile, level: Level) -> frozenset[str]:
    """Figures that the nights of a level tell: by their metrics, and within its horizon."""
    from msgu.measure.evidence.score import active, reached
    from msgu.measure.metrics.catalogue import bind
    from msgu.measure.metrics.values import OF_POSTS

    horizon = min(level.horizon or file.base.horizon, file.base.horizon)
    told = {k: f for k, f in active(file.base.evidence).items() if reached(f, file.base, horizon)}
    return frozenset(
        k for k, f in told.items() if level.models == "all" or bind(f.metric, file.base).metric.name in OF_POSTS
    )


def nights_of(file: CalibrationStudyFile, effort: Effort) -> list[tuple[Scenario, int]]:
    """Return the scenario of each level of a study, and how many nights of it are asked for."""
    found = []
    for level in effort.levels:
        nights = level.points * level.replicates + effort.finalists * level.confirm
        found.append((_at_level(file.base, file.study.levels[level.name]).model_copy(update={"scale": level.scale}), nights))
    return found


def _at_level(scenario: Scenario, level: Level) -> Scenario:
    """Return a scenario with the models and the horizon of a level."""
    made = posts_only(scenario) if level.models == "posts" else scenario
    return made.model_copy(update={"horizon": min(level.horizon or scenario.horizon, scenario.horizon)})


# ---- one night ----


def night(data: bytes, replication: int, figures: Sequence[str]) -> dict[str, float]:
    """Simulate one night and measure figures, which it must be able to tell; those that are nothing are left out."""
    from msgu.measure.metrics import values
    from msgu.measure.view import Night, Window
    from msgu.study.batch.job import simulate

    scenario = scenario_of(data, Path(SCENARIO))
    seen = Night(scenario, simulate(data, scenario, replication, lambda _: None))
    found = {}
    for key in figures:
        figure = scenario.evidence.figures[key]
        value = values.metric_value(figure.metric, seen, Window(*figure.window) if figure.window else seen.whole)
        if not math.isnan(value):
            found[key] = value
    return found


def _in_worker(job: tuple[Any, ...]) -> dict[str, Any]:
    return settled(NightJob(*job), night)


def settled(job: NightJob, of: Measure) -> dict[str, Any]:
    """Return what a night came to, or why it failed, as its file holds it."""
    try:
        return {"format": FORMAT, "key": job.key, "values": of(job.scenario, job.replication, job.figures)}
    except (MemoryError, StorageError):
        raise
    except Exception as error:  # a point of the priors may break the model: that is an answer too
        return {"format": FORMAT, "key": job.key, "values": {}, "error": f"{type(error).__name__}: {error}"[:2000]}


@lru_cache(maxsize=1)
def night_source() -> str:
    """Return the digest of the sources that a night depends on: all but how nights are studied, shown and asked for."""
    root = Path(__file__).parents[2]
    above = ("study", "report", "cli")
    paths = sorted(path for path in root.rglob("*.py") if path.relative_to(root).parts[0] not in above)
    return sha256(b"".join(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() for path in paths))


# ---- all nights ----


@dataclass
class Nights:
    """Answers `Ask`s with nights of a study, kept in a folder; `missing` is what it did not find there.

    Workers are opened when nights first need them, and serve until the context ends.

    of : what a night is; by name in workers, so that only that of this module can be used there.
    """

    file: CalibrationStudyFile
    folder: Path
    workers: int = 1
    cluster: str = ""
    beat: Beat = lambda there, at_once: None
    of: Measure = night
    ran: int = 0
    kept: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    _source: str = field(default_factory=lambda: night_source())
    _opened: ExitStack = field(default_factory=ExitStack)
    _client: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Close the workers."""
        self._client = None
        self._opened.close()

    def __call__(self, asks: Sequence[Ask]) -> list[dict[str, float]]:
        """Return what each night came to, in the order asked."""
        jobs = self._jobs(asks)
        there = {job.key: found for job in jobs if (found := self._read(job.key)) is not None}
        seeds = {job.key: ask.seed + ask.replication * self._own for job, ask in zip(jobs, asks, strict=True)}
        wanted = list({job.key: job for job in jobs if job.key not in there}.values())
        wanted.sort(key=lambda job: seeds[job.key])  # a process keeps the world that it built last
        self.kept += len({job.key for job in jobs}) - len(wanted)
        self.beat(len(jobs) - len(wanted), len(jobs) - len(wanted))
        for found in self._run(wanted):
            there[found["key"]] = found
            self.ran += 1
            if "error" in found:
                self.failed[found["key"]] = found["error"]
            else:
                self._write(found)
            self.beat(len(jobs) - len(wanted) + sum(job.key in there for job in wanted), len(jobs) - len(wanted))
        return [dict(there[job.key]["values"]) for job in jobs]

    def _jobs(self, asks: Sequence[Ask]) -> list[NightJob]:
        names = list(self.file.study.parameters)
        scenarios: dict[tuple[float, ...], Scenario] = {}
        figures = {name: tuple(sorted(_measured(self.file, level))) for name, level in self.file.study.levels.items()}
        jobs = []
        for ask in asks:
            if ask.values not in scenarios:
                scenarios[ask.values] = self.file.at(dict(zip(names, ask.values, strict=True)))
            made, replication = self._made(scenarios[ask.values], ask)
            told = figures[ask.level]
            key = sha256(f"{FORMAT} {digest(made)} {replication} {' '.join(told)} {self._source}".encode())
            jobs.append(NightJob(key, scenario_bytes(made), replication, told))
        return jobs

    def _made(self, scenario: Scenario, ask: Ask) -> tuple[Scenario, int]:
        """Return the scenario of one night, as its level has it, and the replication."""
        update = {"scale": ask.scale, "seed": ask.seed + ask.replication * self._own, "worlds": "one"}
        made = _at_level(scenario, self.file.study.levels[ask.level]).model_copy(update=update)
        return made, 0 if self._own else ask.replication

    @property
    def _own(self) -> bool:
        """Whether each night of a point has a world of its own."""
        return self.file.study.worlds == "each"

    def _run(self, jobs: list[NightJob]) -> Iterator[dict[str, Any]]:
        where = Where(self.workers, self.cluster)
        if where.cluster or (not where.here and len(jobs) > 1):
            yield from _on_cluster(jobs, self._workers(where))
            return
        for job in jobs:
            yield settled(job, self.of)

    def _workers(self, where: Where) -> Any:
        """Return the client of the workers, opened once."""
        from msgu.study.batch.dask_cluster import opened

        if self._client is None:
            self._client = self._opened.enter_context(opened(where, self.folder, where.workers))
        return self._client

    def _path(self, key: str) -> Path:
        return self.folder / NIGHTS / f"{key}.json"

    def _read(self, key: str) -> dict[str, Any] | None:
        """Return what a file holds if it is whole and of this night."""
        try:
            found = read_sealed(self._path(key), self.folder)
        except StorageError:
            return None
        return found if found.get("format") == FORMAT and found.get("key") == key else None

    def _write(self, found: dict[str, Any]) -> None:
        path = self._path(found["key"])
        try:
            path.parent.mkdir(exist_ok=True)
            replace_file(path, seal(found))
        except OSError as error:
            raise StorageError(f"{path}: cannot be written: {error.strerror or error}") from error


def _on_cluster(jobs: list[NightJob], client: Any) -> Iterator[dict[str, Any]]:
    """Run nights by workers, in the order in which they end."""
    from msgu.study.batch.dask_cluster import completed

    futures = {client.submit(_in_worker, tuple(job), key=f"night-{job.key}", pure=False): job for job in jobs}
    for future in completed(client, list(futures)):
        error = future.exception()
        if isinstance(error, StorageError | MemoryError):
            raise error
        lost = {"format": FORMAT, "key": futures[future].key, "values": {}, "error": str(error)}
        yield future.result() if error is None else lost


# ---- the folder ----

STUDY: Final = "study.json"


def prepare(folder: Path, file: CalibrationStudyFile, *, resume: bool, overwrite: bool = False) -> Lost | None:
    """Make the folder ready for a study, and return what was given up for it; the lock must be held.

    Nights are kept by what they are of, so that those of something else stay, unused.

    Raises
    ------
    StorageError
        Where it holds another study, or one that is not asked to be resumed, or something else.
    """
    names = {path.name for path in folder.iterdir() if not path.name.startswith(f".{STUDY}-")}
    strangers = names - {LOCK, WORKERS, RUN_LOG, NIGHTS}
    if STUDY not in names and strangers:
        raise StorageError(f"{folder}: not a folder of a calibration (it holds `{min(strangers)}`); choose another --out")
    lost = _other_study(folder, file) if STUDY in names else None
    if lost and not overwrite:
        raise StorageError(
            f"{folder}: holds a calibration of another study, scenario or program: {lost.what} {lost.held}, now {lost.now};"
            " choose another --out, or --overwrite to lose it"
        )
    if STUDY in names and not resume and not overwrite:
        raise StorageError(f"{folder}: holds a calibration; go on with --resume, or choose another --out")
    try:
        shutil.rmtree(folder / WORKERS, ignore_errors=True)
        if (folder / NIGHTS).is_dir():
            clear_unfinished(folder / NIGHTS, lambda name: name.endswith(".json"))
    except OSError as error:
        raise StorageError(f"{folder}: cannot be written: {error.strerror or error}") from error
    said = {"study_sha256": study_digest(file), "source_sha256": night_source(), "versions": versions()}
    replace_files(folder, {STUDY: seal({"format": FORMAT, **said, "study": file.study.model_dump(mode="json")})})
    return lost


def _other_study(folder: Path, file: CalibrationStudyFile) -> Lost | None:
    """Return in what the calibration that a folder holds is another one."""
    there = read_sealed(folder / STUDY)
    held, now = str(there.get("study_sha256")), study_digest(file)
    if held != now:
        return Lost("study", held[:12], now[:12])
    made_by = there.get("versions")
    return other_sources(made_by if isinstance(made_by, dict) else {}, str(there.get("source_sha256")), night_source())


def study_digest(file: CalibrationStudyFile) -> str:
    """Return the SHA-256 of a study together with its scenario."""
    text = json.dumps(file.study.model_dump(mode="json"), sort_keys=True)
    return sha256(f"{text} {digest(file.base)}".encode())


def log(folder: Path, event: str, began: float, **facts: object) -> None:
    """Add a line to the run log: what differs from one run to the next stands only there."""
    log_line(folder, event=event, seconds=round(time.monotonic() - began, 3), **facts)
