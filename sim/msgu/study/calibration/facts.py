"""Files of a calibration: the overlay, samples, points and predictions; the same bytes for the same nights."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from msgu.results.files import replace_files, to_json
from msgu.results.provenance import source_digest
from msgu.scenario.study.calibration import CalibrationStudyFile
from msgu.study.calibration.loss import Target
from msgu.study.calibration.nights import effort_of, study_digest
from msgu.study.calibration.prior import values_at
from msgu.study.calibration.problem import Calibration, LevelEffort, Points, losses

TRADED = 0.5
"""Rank correlation from which two parameters are said to trade off."""
NOT_TOLD = 0.9
"""Width of the posterior over that of the prior from which the figures are said to tell nothing of a parameter."""


def facts(found: Calibration, file: CalibrationStudyFile, unreached: Sequence[str] = ()) -> dict[str, Any]:
    """Return all that a calibration found, as JSON holds it."""
    best, effort = found.best, effort_of(file)
    return {
        "study": file.study.id,
        "study_sha256": study_digest(file),
        "source_sha256": source_digest(),
        "scenario": file.base.id,
        "reading": file.base.evidence.peak_reading,
        "seed": effort.seed,
        "fresh_seed": effort.fresh_seed,
        "worlds": file.study.worlds,
        "levels": [_level(level, points) for level, points in zip(effort.levels, found.points, strict=True)],
        "nights": found.nights,
        "attained": not found.missed,
        "missed": {
            target.id: {
                "fresh": {level: found.best.seen(target, level) for level in found.best.levels_of(target)},
                "closest": found.closest(target),
            }
            for target in found.missed
        },
        "not_reached": list(unreached),
        "values": best.values,
        "loss": best.loss,
        "kappas": best.kappas,
        "tried": [{"values": one.values, "loss": one.loss} for one in found.tried],
        "waves": [asdict(wave) for wave in found.waves],
        "parameters": parameters(found),
        "trade_offs": trade_offs(found),
        "targets": [figure_facts(found, target) for target in found.problem.targets],
        "validation": [figure_facts(found, other) for other in found.problem.others],
    }


def _level(level: LevelEffort, points: Points) -> dict[str, Any]:
    return {
        "name": level.name,
        "scale": level.scale,
        "points": len(points.cube),
        "replicates": level.replicates,
        "confirm": level.confirm,
        "figures": sorted(level.figures or ()),
        "idle": sorted(level.idle),
    }


def figure_facts(found: Calibration, target: Target) -> dict[str, Any]:
    """Return one figure: reported, on fresh nights at the best point, predicted over the posterior, from the others."""
    best = found.best
    kappa = best.kappas.get(target.counter or "", 1.0)
    ranges = {"predicted": found.predicted.get(target.id), "left_out": found.left_out.get(target.id)}
    fresh = {
        level: {
            "median": best.seen(target, level),
            "nights": [value * kappa for value in best.nights[level][target.id]],
            "met": target.met(best.seen(target, level)),
        }
        for level in best.levels_of(target)
    }
    return {
        "id": target.id,
        "reported": target.value,
        "low": target.low,
        "high": target.high,
        "weight": target.weight,
        "counter": target.counter,
        "kappa": kappa,
        "fresh": fresh,
        "met": best.met(target),
        **{name: asdict(range_) if range_ else None for name, range_ in ranges.items()},
    }


def parameters(found: Calibration) -> list[dict[str, Any]]:
    """Return each parameter: best value, quantiles of the posterior, its width over that of the prior."""
    quantiles = np.quantile(found.posterior, [0.05, 0.5, 0.95], axis=0)
    low, middle, high = values_at(found.problem.priors, quantiles)
    return [
        {
            "name": name,
            "best": found.best.values[name],
            "low": low[name],
            "median": middle[name],
            "high": high[name],
            "narrowing": float(found.narrowing[i]),
            "told": bool(found.narrowing[i] < NOT_TOLD),
        }
        for i, name in enumerate(found.problem.priors)
    ]


def trade_offs(found: Calibration) -> list[dict[str, Any]]:
    """Return pairs of parameters that the figures tell only together, the strongest first."""
    names = list(found.problem.priors)
    pairs = [
        {"a": names[i], "b": names[k], "correlation": float(found.correlations[i, k])}
        for i in range(len(names))
        for k in range(i)
        if abs(found.correlations[i, k]) >= TRADED
    ]
    return sorted(pairs, key=lambda pair: -abs(float(str(pair["correlation"]))))


# ---- the overlay ----


_COST = {"fr": "Aucun : ce sont des réglages du modèle.", "en": "None: these are settings of the model."}


def overlay_text(found: Calibration, file: CalibrationStudyFile) -> str:
    """Return the overlay that puts a scenario at the best point, as a policy file is written."""
    study, effort = file.study, effort_of(file)
    missed = ", ".join(target.id for target in found.missed)
    said = {
        "fr": "toutes les cibles sont atteintes" if not missed else f"cibles non atteintes : {missed}",
        "en": "every target is met" if not missed else f"targets not met: {missed}",
    }
    why = {"fr": f"Réglages trouvés par calage ; {said['fr']}.", "en": f"Settings found by calibration; {said['en']}."}
    lines = [
        f"# Written by `msgu calibrate`: study {study.id}, {found.nights} nights, seed {effort.seed},",
        f"# fresh seed {effort.fresh_seed}, reading {file.base.evidence.peak_reading}; {said['en']}.",
        "policy:",
        f"  id: {json.dumps('calibration-' + study.id)}",
        f"  title: {_both(study.title.model_dump())}",
        f"  why: {_both(why)}",
        f"  source: {json.dumps(f'msgu calibrate, study {study.id}, sha256 {study_digest(file)[:16]}')}",
        f"  cost: {_both(_COST)}",
        "apply:",
        *_nested(file.overlay(found.best.values), 1),
    ]
    return "\n".join(lines) + "\n"


def _both(text: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{lang}: {json.dumps(text[lang], ensure_ascii=False)}" for lang in ("fr", "en")) + "}"


def _nested(tree: Mapping[str, Any], depth: int) -> list[str]:
    lines = []
    for key, value in tree.items():
        name = key if key.replace("-", "").replace("_", "").isalnum() and not key.isdigit() else json.dumps(key)
        if isinstance(value, dict):
            lines += [f"{'  ' * depth}{name}:", *_nested(value, depth + 1)]
        else:
            lines.append(f"{'  ' * depth}{name}: {value}")
    return lines


# ---- tables ----


def tables(found: Calibration) -> dict[str, tuple[list[str], list[list[object]]]]:
    """Return the tables of a calibration by name: their head and their rows."""
    names = list(found.problem.priors)
    samples = values_at(found.problem.priors, found.posterior)
    ran: list[list[object]] = []
    for points in found.points:
        costs, seen = losses(found.problem, points), points.means
        for i, values in enumerate(values_at(found.problem.priors, points.cube)):
            ran.append(
                [
                    points.level.name,
                    points.scale,
                    int(points.wave[i]),
                    *values.values(),
                    _plain(costs[i]),
                    *map(_plain, np.exp(seen[i])),
                ]
            )
    ids = [f.id for f in found.problem.figures]
    kinds = [("target", t) for t in found.problem.targets] + [("validation", t) for t in found.problem.others]
    judged = [f"fresh_{level}" if level else "fresh" for level in found.best.nights]
    head = ["id", "role", "reported", "low", "high", *judged, "met", "p05", "p50", "p95", "out_p05", "out_p50", "out_p95"]
    figures = [_row(role, figure_facts(found, target), list(found.best.nights)) for role, target in kinds]
    return {
        "posterior": (names, [list(sample.values()) for sample in samples]),
        "points": (["level", "scale", "wave", *names, "loss", *ids], ran),
        "figures": (head, figures),
    }


def _row(role: str, one: dict[str, Any], levels: Sequence[str]) -> list[object]:
    fresh = [_plain(one["fresh"][level]["median"]) if level in one["fresh"] else None for level in levels]
    found: list[object] = [one["id"], role, one["reported"], one["low"], one["high"], *fresh, one["met"]]
    for name in ("predicted", "left_out"):
        found += [_plain(one[name][q]) if one[name] else None for q in ("low", "middle", "high")]
    return found


def _plain(x: float) -> float | None:
    return float(f"{x:.6g}") if math.isfinite(x) else None


def write(found: Calibration, file: CalibrationStudyFile, folder: Path, unreached: Sequence[str] = ()) -> list[Path]:
    """Write everything but the page into a folder; return what was written, the overlay first."""
    files = {
        f"{file.study.id}.yaml": overlay_text(found, file).encode(),
        "calibration.json": to_json(facts(found, file, unreached)),
    }
    for name, (head, rows) in tables(found).items():
        files[f"{name}.csv"] = _csv(head, rows)
    files["posterior.parquet"] = _parquet(*tables(found)["posterior"])
    return replace_files(folder, files)


def _csv(head: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(["" if value is None else value for value in row] for row in rows)
    return out.getvalue().encode()


def _parquet(head: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    columns = {name: pa.array([row[i] for row in rows], pa.float64()) for i, name in enumerate(head)}
    pq.write_table(pa.table(columns), sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())
