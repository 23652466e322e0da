"""Everything a command does, for callers from Python: run, plan, compare, calibrate, score, write pages.

Nothing here speaks to a terminal; heavy imports stand inside the functions that need them.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgu.errors import InputError, Problem, StorageError

if TYPE_CHECKING:
    from msgu.lang import Lang
    from msgu.measure.evidence.pulse import MeasuredPulse
    from msgu.measure.evidence.score import ScoreRow
    from msgu.measure.view import Night
    from msgu.report.run_page.material import Material
    from msgu.results import Results
    from msgu.scenario.schema.root import Scenario
    from msgu.scenario.study.calibration import CalibrationStudyFile
    from msgu.study.batch.claim import Lost
    from msgu.study.calibration.nights import Beat
    from msgu.study.calibration.problem import Calibration, Tell
    from msgu.study.comparison.found import Comparison
    from msgu.study.comparison.plan import Plan


def run(scenario: Scenario, replication: int = 0) -> Results:
    """Build the world of a scenario at its own seed and scale, and simulate one replication.

    Raises
    ------
    RefusedError
        Where the scenario is too large for one machine.
    ReplicationError
        Where the run itself fails.
    """
    from msgu.engine.run import simulate
    from msgu.world.build import build_world

    world = build_world(scenario, scenario.world_seed(replication), scenario.scale)
    return replace(simulate(world, world.seed, replication), graph_digest=world.graph_digest)


# ---- a folder of results ----


@dataclass(frozen=True)
class Scored:
    """The scorecard of a folder of results.

    Parameters
    ----------
    scenario : as the folder keeps it.
    rows : one for each reported figure.
    facts : what holds for the whole folder: scenario, reading of the peak, nights, failures, scale, share of posts
        without a driver, readings that the other figures support, peak pulse, kappa of each counter.
    pulse : the median pulse behind the peak, or None.
    share : mean share of posts without a driver; NaN without posts.
    """

    scenario: Scenario
    rows: list[ScoreRow]
    facts: dict[str, Any]
    pulse: MeasuredPulse | None
    share: float


def score_folder(folder: Path) -> Scored:
    """Compare the finished runs of a folder with the reported figures.

    Raises
    ------
    StorageError
        Where the folder is damaged, or holds no finished night.
    """
    from msgu.measure.evidence.audit import supported
    from msgu.measure.evidence.pulse import pulse_in, pulse_of
    from msgu.measure.evidence.score import score
    from msgu.measure.metrics.subjects.social import spontaneous_share
    from msgu.measure.view import Night
    from msgu.study.batch.folder import open_batch

    batch, manifest = open_batch(folder)
    scenario = batch.plan.scenario
    shares: list[float] = []
    pulses: list[MeasuredPulse] = []

    def seen() -> Iterator[Night]:
        for results in batch.nights(manifest):
            night = Night(scenario, results)
            shares.append(spontaneous_share(night, night.whole, {}))
            found = pulse_in(night)
            pulses.extend([found] if found else [])
            yield night

    rows = score(seen())
    if not shares:
        raise _no_night(folder)
    share, pulse = math.fsum(shares) / len(shares), pulse_of(pulses)
    facts: dict[str, Any] = {
        "scenario": scenario.id,
        "reading": scenario.evidence.peak_reading,
        "nights": len(shares),
        "failed": manifest["failed"],
        "scale": scenario.scale,
        "spontaneous_share": _known(share),
        "supported_readings": list(supported(scenario.evidence)),
        "pulse": {name: _known(value) for name, value in asdict(pulse).items()} if pulse else None,
        "kappas": {row.counter.split()[0]: row.kappa for row in rows if row.counter},
    }
    return Scored(scenario, rows, facts, pulse, share)


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value


def _no_night(folder: Path) -> StorageError:
    return StorageError(f"{folder}: holds no finished night; go on with `msgu run ... --resume`")


def material_of(folder: Path) -> Material:
    """Read a folder of results, and score its nights.

    Raises
    ------
    StorageError
        Where the folder is damaged, or holds no finished night.
    """
    from msgu.measure.evidence.score import score
    from msgu.measure.view import Night
    from msgu.report.run_page.material import Material
    from msgu.study.batch.folder import open_batch
    from msgu.study.batch.manifest import SCENARIO

    batch, manifest = open_batch(folder)
    scenario, made = batch.plan.scenario, tuple(batch.nights(manifest))
    if not made:
        raise _no_night(folder)
    rows = tuple(score([Night(scenario, night) for night in made]))
    command = f"msgu run {SCENARIO} --reps {manifest['reps']} --out again"
    policies = tuple((name, "") for name in manifest["policies"])
    return Material(scenario, made, rows, tuple(_provenance(manifest)), command, policies)


def _provenance(manifest: dict[str, object]) -> list[tuple[str, str]]:
    """Facts of a manifest in words: names joined by points; records and the scenario have places of their own."""
    found: list[tuple[str, str]] = []
    for name, value in manifest.items():
        if name in ("records", "scenario", "policies"):
            continue
        if isinstance(value, dict):
            found += [(f"{name}.{key}", str(item)) for key, item in value.items()]
        elif isinstance(value, list):
            found.append((name, ", ".join(str(item) for item in value) or "–"))
        else:
            found.append((name, str(value)))
    return found


# ---- comparisons ----


def plan_comparison(
    source: str,
    policies: Sequence[str] | None = None,
    sets: Sequence[str] | None = None,
    scale: str | None = None,
    reps: int | None = None,
    seed: int | None = None,
    readings: Sequence[str] | None = None,
) -> Plan:
    """Return the plan of a study file, or of a scenario with policies.

    Raises
    ------
    InputError
        Where a file is wrong, or the study and the caller give the same setting.
    RefusedError
        Where an alternative is too large for one machine.
    """
    from msgu.scenario.load import overrides
    from msgu.study.comparison.plan import from_words, is_study
    from msgu.world.size import refuse_if_too_large

    if policies or not is_study(source):
        plan = from_words(source, policies or (), reps or 30, sets or (), seed, scale, readings or ())
    else:
        more = overrides(sets, scale=scale, seed=seed)
        if readings:
            raise InputError([Problem("--reading", 1, 1, "", "with a study file", "the study's own block `readings:`")])
        plan = _study_plan(source, more, reps)
    for choice in (choice for one in (plan, *plan.under()) for choice in one.choices):
        refuse_if_too_large(choice.scenario, choice.scenario.scale)
    return plan


def _study_plan(source: str, more: Sequence[str], reps: int | None) -> Plan:
    """Return the plan of a study file under overrides, with `reps` nights, or so many as the study asks for."""
    from msgu.scenario.study.comparison import load_study
    from msgu.study.comparison.plan import planned

    file = load_study(source)
    doubled = [name for name in ("scale", "seed") if any(m.startswith(name + "=") for m in more)]
    if any(getattr(file.study, name) is not None for name in doubled):
        raise InputError([Problem(source, 1, 1, doubled[0], "given by the study and by the command", "one of the two")])
    plan = planned(file, more)
    words = (source, *(f"--set={text}" for text in more), *([f"--reps={reps}"] if reps else ()))
    asked = {name: given.reps for name, given in file.study.readings.items()}
    under = tuple(replace(r, reps=min(reps or r.reps, asked[r.id] or reps or r.reps)) for r in plan.readings)
    return replace(plan, reps=reps or plan.reps, words=words, readings=under)


def save_plan(plan: Plan, folder: Path, *, shared: bool = False) -> None:
    """Keep the plan in the folder, so that the folder alone can be reported; no other run may be writing there."""
    from msgu.study.batch.folder import locked
    from msgu.study.comparison.plan_file import keep

    with locked(folder, shared=shared):
        keep(plan, folder)


def compare_folder(plan: Plan, folder: Path, lang: Lang, *, collecting: bool = False) -> tuple[Comparison, Path]:
    """Compare the nights of a folder, and write facts, tables and page; return the comparison and its page.

    Parameters
    ----------
    collecting : the nights were made by shards, which this ends.

    Raises
    ------
    StorageError
        Where a night is damaged, or a shard is not over, or nothing is there to compare.
    """
    from msgu.study.comparison.found import compare
    from msgu.study.comparison.run import collect_comparison

    if collecting:
        collect_comparison(plan, folder)
    found = compare(plan, folder)
    return found, write_comparison(found, folder, lang)


def report_comparison(folder: Path, out: Path, lang: Lang) -> Path:
    """Write the page and the tables of a comparison again from its folder; return the page.

    Raises
    ------
    StorageError
        Where the folder is damaged, or holds no night of the baseline.
    """
    from msgu.study.comparison.found import compare
    from msgu.study.comparison.plan_file import read

    return write_comparison(compare(read(folder), folder), out, lang, folder)


def write_comparison(found: Comparison, folder: Path, lang: Lang, beside: Path | None = None) -> Path:
    """Write the facts, the tables and the page; return the page."""
    from msgu.report.comparison.page import write_page
    from msgu.report.comparison.tables import write_tables
    from msgu.study.comparison.facts import write_facts

    write_facts(found, folder)
    write_tables(found, folder, lang)
    return write_page(found, folder, lang, beside)


# ---- calibrations ----


@dataclass(frozen=True)
class Calibrated:
    """A calibration that is written.

    Parameters
    ----------
    found : the best point, the posterior, what each figure came to.
    unreached : ids of the reported figures that no night can tell.
    overlay, page : files written.
    ran, kept, failed : nights simulated now, there before, and failed.
    """

    found: Calibration
    unreached: list[str]
    overlay: Path
    page: Path
    ran: int
    kept: int
    failed: int


def read_calibration(source: str) -> CalibrationStudyFile:
    """Read the study file of a calibration.

    Raises
    ------
    InputError
        Where the file or what it names is wrong.
    RefusedError
        Where a level is too large for one machine.
    """
    from msgu.measure.metrics.catalogue import figure_problems
    from msgu.scenario.study.calibration import read_study
    from msgu.world.size import refuse_if_too_large

    file = read_study(source, (figure_problems,))
    for level in file.study.levels.values():
        refuse_if_too_large(file.base, level.scale)
    return file


def calibrate_folder(
    file: CalibrationStudyFile,
    folder: Path,
    lang: Lang,
    *,
    workers: int = 1,
    cluster: str = "",
    resume: bool = False,
    overwrite: bool = False,
    begin: Tell = lambda _stage, _nights: None,
    beat: Beat = lambda _there, _at_once: None,
    give_up: Callable[[Lost], None] = lambda _lost: None,
) -> Calibrated:
    """Find the settings under which the reported figures come out, and write overlay, facts and page.

    Parameters
    ----------
    begin, beat, give_up : told of a stage that begins, of a night, and of results that are given up.

    Raises
    ------
    StorageError
        Where the folder holds something else, or cannot be written.
    """
    from msgu.report.calibration.page import write_page
    from msgu.study.batch.folder import locked
    from msgu.study.calibration import facts
    from msgu.study.calibration.nights import Nights, effort_of, log, prepare, problem_of, unreached
    from msgu.study.calibration.search import search_fit

    began, problem, effort = time.monotonic(), problem_of(file), effort_of(file)
    with locked(folder):
        if lost := prepare(folder, file, resume=resume, overwrite=overwrite):
            give_up(lost)
        log(folder, "start", began, workers=workers, resume=resume)
        with Nights(file, folder, workers, cluster, beat) as nights:
            found = search_fit(problem, effort, nights, begin)
        left = unreached(file)
        overlay = facts.write(found, file, folder, left)[0]
        page = write_page(found, file, folder, lang)[0]
        failed = len(nights.failed)
        log(folder, "end", began, workers=workers, ran=nights.ran, kept=nights.kept, failed=failed)
    return Calibrated(found, left, overlay, page, nights.ran, nights.kept, failed)
