"""Run the nights of a comparison that are missing, by one process or many, at once or shard by shard.

The order is interleaved (night 0 of all, then night 1 of all), so that stopping early leaves a balanced comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from msgu.errors import InputError, Problem, StorageError
from msgu.scenario.differences import Parted, differ_from, parted
from msgu.study.batch.claim import new_batch, prepare
from msgu.study.batch.folder import BatchFolder, ended_in_order, locked
from msgu.study.batch.job import ENGINE, Fork, Job, ProgressEvent, RunJobs, TellBatch, Where, job_of
from msgu.study.batch.manifest import read_manifest
from msgu.study.batch.run import pool, settle
from msgu.study.batch.run_log import RunLog, logged
from msgu.study.batch.shards import Shard, collect_batch, joined
from msgu.study.comparison.found import enter, night_folder, night_of, race_of, values_of
from msgu.study.comparison.plan import Choice, Plan
from msgu.study.comparison.selection import Race

NIGHTS_A_ROUND: Final = 4
"""Nights of each alternative that several workers run before a selection looks at them."""
TellNight = Callable[[str, ProgressEvent], None]
"""Told the alternative and what happens to one of its nights."""


def run_nights(
    plan: Plan,
    out: str | Path,
    workers: int = 1,
    progress: TellNight | None = None,
    engine: tuple[str, str] = ENGINE,
    *,
    cluster: str = "",
    shard: Shard | None = None,
    overwrite: bool = False,
) -> None:
    """Run the nights of a plan that are not there yet, interleaved; with a selection, only of those still in the race.

    Then those of its other readings, one reading after another.

    Parameters
    ----------
    workers, cluster
        As for `run_batch`; they start once for the whole comparison.
    shard
        Run only its part of the nights, beside other shards; `collect_comparison` then ends the batches.
    overwrite
        Lose nights that other sources of the program made.

    Raises
    ------
    StorageError, RefusedError, ReplicationError
        As `run_batch` does.

    Notes
    -----
    A `KeyboardInterrupt` leaves a folder that goes on where it stopped, and that `compare` can already read.
    """
    if shard is not None and plan.select is not None:
        raise InputError(
            [Problem("--shard", 1, 1, "select", "a selection of the best", "no shards: it looks at every night")]
        )
    every = [plan, *plan.under()]
    for _ in run_plans(every, out, workers, progress, engine, cluster=cluster, shard=shard, overwrite=overwrite):
        pass


def run_plans(
    plans: Sequence[Plan],
    out: str | Path,
    workers: int = 1,
    progress: TellNight | None = None,
    engine: tuple[str, str] = ENGINE,
    *,
    cluster: str = "",
    shard: Shard | None = None,
    overwrite: bool = False,
) -> Iterator[Plan]:
    """Run several plans in turn into one folder, by workers that start once; yield each as it is over.

    Parameters and errors are those of `run_nights`.
    """
    folder, where = Path(out), Where(workers, cluster)
    total = sum(plan.reps * len({choice.sha256 for choice in plan.choices}) for plan in plans)
    with ExitStack() as held:
        held.enter_context(locked(folder, shared=shard is not None))
        facts = {"alternatives": len(plans[0].choices), "nights": plans[0].reps, "plans": len(plans)}
        log = held.enter_context(logged(folder, total, workers=workers, **facts))
        run = held.enter_context(pool(where, folder, total))
        for plan in plans:
            tell = _teller(plan, log, progress)
            with ExitStack() as locks:
                batches = _hold(plan, folder, shard, locks, tell, overwrite=overwrite)
                _run_plan(plan, folder, batches, run, tell, engine, _block(plan, where), shard)
            yield plan


def _run_plan(
    plan: Plan,
    folder: Path,
    batches: dict[str, Piece],
    run: RunJobs,
    tell: TellBatch,
    engine: tuple[str, str],
    block: int,
    shard: Shard | None,
) -> None:
    """Run the nights of one plan, `block` of each alternative before a selection looks at them."""
    race, done = race_of(plan), 0
    while done < plan.reps and (race is None or len(race.alive) > 1):
        target = min(plan.reps, done + block)
        _run_round(_running(plan, race), batches, range(done, target), run, tell, engine, shard)
        for night in range(done, target):
            _race_on(plan, race, folder, night)
        done = target
    for piece in batches.values() if shard is None else ():
        _end(piece.batch)


class Piece(NamedTuple):
    """The nights of one scenario, and its number among those of a comparison."""

    batch: BatchFolder
    number: int


def _block(plan: Plan, where: Where) -> int:
    """Nights of each alternative in one round: all of them, unless a selection looks at each."""
    if plan.select is None:
        return plan.reps
    return 1 if where.here else max(NIGHTS_A_ROUND, where.workers)


def _hold(
    plan: Plan, folder: Path, shard: Shard | None, held: ExitStack, tell: TellBatch, *, overwrite: bool
) -> dict[str, Piece]:
    """Make the folder of each scenario's nights ready and hold its lock; nights of an earlier and longer study stay."""
    batches: dict[str, Piece] = {}
    for choice in plan.choices:
        if choice.sha256 in batches:
            continue
        there = night_folder(folder, choice)
        policies = tuple(policy.id for policy in choice.policies)
        batch = new_batch(there, choice.scenario, max(plan.reps, _held(there)), policies)
        if shard is not None:
            held.enter_context(joined(batch))
        else:
            held.enter_context(locked(there))
            if lost := prepare(batch, resume=True, overwrite=overwrite):
                tell(choice.sha256, ProgressEvent("anew", 0, lost=lost))
        batches[choice.sha256] = Piece(batch, len(batches))
    return batches


def _run_round(
    choices: Sequence[Choice],
    batches: dict[str, Piece],
    nights: range,
    run: RunJobs,
    tell: TellBatch,
    engine: tuple[str, str],
    shard: Shard | None,
) -> None:
    """Run the nights that are missing: night 0 of all, then night 1 of all."""
    wanted = [batches[sha256] for sha256 in dict.fromkeys(choice.sha256 for choice in choices)]
    jobs, partings = [], _partings(wanted)
    for night in nights:
        missing = list[BatchFolder]()
        for batch, number in wanted:
            if shard is not None and not shard.holds(night * len(batches) + number):
                continue
            if batch.valid_record(night) is not None:
                tell(batch.plan.sha256, ProgressEvent("kept", night))
            else:  # one that failed is tried again
                missing.append(batch)
        jobs += _sharing(missing, choices[0].sha256, partings, night, engine)
    for job, one in run(jobs, tell):
        settle(job, one, tell)


class _Parting(NamedTuple):
    """Where an alternative parts from the baseline: when at first [s], and in what."""

    at: float
    parted: Parted


def _partings(wanted: Sequence[Piece]) -> dict[str, _Parting]:
    """Return where each scenario parts from the first one, by its digest."""
    before = wanted[0].batch.plan.scenario
    plans = [piece.batch.plan for piece in wanted[1:]]
    return {plan.sha256: _Parting(differ_from(before, plan.scenario), parted(before, plan.scenario)) for plan in plans}


def _sharing(
    batches: Sequence[BatchFolder], base: str, partings: dict[str, _Parting], night: int, engine: tuple[str, str]
) -> list[Job]:
    """Return the jobs of one night: the baseline's first, and alternatives that share of it what they can.

    Where the baseline's is there already, what it would leave is not, and running it again would cost more than that saves.
    """
    first = batches[0] if batches and batches[0].plan.sha256 == base else None
    if first is None or engine != ENGINE:
        return [job_of(batch, night, engine) for batch in batches]
    others = [(batch, partings[batch.plan.sha256]) for batch in batches[1:]]
    horizon = first.plan.scenario.horizon
    forks = tuple(sorted({part.at for _, part in others if 0.0 < part.at < horizon and part.parted != "people"}))
    jobs = [job_of(first, night, engine, Fork(forks=forks, ends=any(part.parted for _, part in others)))]
    for batch, part in others:
        beside = Fork(base=str(first.path.absolute()), at=part.at, shared=base, parted=part.parted)
        jobs.append(job_of(batch, night, engine, beside if part.parted or part.at > 0.0 else None))
    return jobs


def _teller(plan: Plan, log: RunLog, progress: TellNight | None) -> TellBatch:
    names: dict[str, list[str]] = {}
    for choice in plan.choices:
        names.setdefault(choice.sha256, []).append(plan.label(choice.id))

    def tell(sha256: str, event: ProgressEvent) -> None:
        told = {"shared_s": event.shared} if event.shared else {"apart": event.apart} if event.apart else {}
        log.hear(event.state, alternative=names[sha256][0], night=event.replication, **told)
        for name in names[sha256] if progress is not None else ():
            progress(name, event)  # type: ignore[misc]

    return tell


def _end(batch: BatchFolder) -> None:
    """Write the manifest of the nights that are there from 0 on, as a batch that is over."""
    n, failed = ended_in_order(batch.path, batch.plan.reps)
    if n:
        BatchFolder(batch.path, replace(batch.plan, reps=n)).finish(failed)


def _held(folder: Path) -> int:
    try:
        return int(read_manifest(folder)["reps"])
    except StorageError:
        return 0


def collect_comparison(plan: Plan, out: str | Path) -> None:
    """End the batches of a comparison whose shards are over.

    Raises
    ------
    StorageError
        Naming every night that is missing.
    """
    folder = Path(out)
    problems = []
    with locked(folder):
        choices = [choice for one in (plan, *plan.under()) for choice in one.choices]
        for there in dict.fromkeys(night_folder(folder, choice) for choice in choices):
            try:
                collect_batch(there)
            except StorageError as error:
                problems.append(str(error))
    if problems:
        raise StorageError("\n".join(problems))


# ---- selection ----


def _running(plan: Plan, race: Race | None) -> tuple[Choice, ...]:
    """Choices whose next night is needed: the baseline always, for the effects."""
    if race is None:
        return plan.choices
    return tuple(choice for choice in plan.choices if choice is plan.baseline or choice.id in race.alive)


def _race_on(plan: Plan, race: Race | None, folder: Path, night: int) -> None:
    if race is None or plan.select is None or len(race.alive) == 1:
        return
    outcome = plan.outcome(plan.select.metric)
    still = [choice for choice in plan.choices if choice.id in race.alive]
    enter(race, outcome, {choice.id: values_of(night_of(folder, choice, night), [outcome])[0] for choice in still})
