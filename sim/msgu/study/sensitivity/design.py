"""Designs of a study of sensitivity: Morris' screening, Sobol's shares, rankings and their flips.

Points lie in the unit cube; a `UncertainParameter` turns a coordinate into the text of a setting.
Morris' elementary effects (Technometrics 33, 1991) with mu* after Campolongo and others (2007); Sobol's indices by
`scipy.stats.sobol_indices` (Saltelli and others 2010).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from msgu.errors import Loc
from msgu.scenario.study.comparison import Uncertain
from msgu.study.comparison.paired import ROUNDING

F64 = NDArray[np.float64]
LEVELS: Final = 4
STEP: Final = LEVELS / (2 * (LEVELS - 1))
"""Length of an elementary step in the unit cube: two thirds."""
_QUANTITY: Final = re.compile(
    r"\s*([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?)\s*(|[a-z/%]+(?:/[a-z]+)?)\s*"
)


@dataclass(frozen=True)
class UncertainParameter:
    """One uncertain parameter: where it is set, between which values, with which unit, on which axis."""

    name: str
    key: str
    low: float
    high: float
    unit: str
    law: Literal["uniform", "log"]

    def value(self, x: float) -> float:
        """Return the value at a coordinate between 0 and 1."""
        if self.law == "log":
            return float(self.low * math.pow(self.high / self.low, x))
        return self.low + (self.high - self.low) * x

    def setting(self, x: float) -> str:
        """Return the override that sets it, as for `--set`."""
        return f"{self.key}={self.value(x):.12g}{self.unit and ' ' + self.unit}"


def dials(uncertain: Mapping[str, Uncertain]) -> tuple[list[UncertainParameter], list[tuple[Loc, str, str, str]]]:
    """Return the parameters of a study, and what is wrong with them: location, given, allowed, nearest fix."""
    made, problems = list[UncertainParameter](), list[tuple[Loc, str, str, str]]()
    for name, given in uncertain.items():
        ends = [_QUANTITY.fullmatch(str(end)) for end in (given.low, given.high)]
        bad = [key for key, end in zip(("low", "high"), ends, strict=True) if end is None]
        if bad:
            problems += [(("uncertain", name, key), repr(getattr(given, key)), "a number with its unit, such as `5 min`", "")
                         for key in bad]  # fmt: skip
            continue
        (low, unit), (high, other) = ((float(end[1]), end[2]) for end in ends if end)
        if unit != other:
            problems.append((("uncertain", name, "high"), repr(given.high), f"the unit of `low`: {unit or 'none'}", ""))
        elif not low < high or (given.law == "log" and low <= 0):
            problems.append(
                (("uncertain", name, "high"), repr(given.high), "more than `low`, both above 0 for `law: log`", "")
            )
        else:
            made.append(UncertainParameter(name, given.key, low, high, unit, given.law))
    return made, problems


# ---- Morris ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trajectories:
    """Points of Morris' design.

    points : shape (r, k + 1, k), in the unit cube; each differs from the one before in one coordinate.
    moved : shape (r, k). Which coordinate each step moves.
    """

    points: F64
    moved: NDArray[np.int64]


def trajectories(k: int, r: int, seed: int) -> Trajectories:
    """Draw `r` trajectories over `k` parameters; the same seed gives the same points."""
    g = np.random.default_rng([seed, k, r])
    points, moved = np.empty((r, k + 1, k)), np.empty((r, k), np.int64)
    starts = np.arange(LEVELS // 2) / (LEVELS - 1)
    for i in range(r):
        x = g.choice(starts, k)
        up = g.random(k) < 0.5
        x = np.where(up, x, x + STEP)
        points[i, 0], moved[i] = x, g.permutation(k)
        for j, which in enumerate(moved[i]):
            x = x.copy()
            x[which] += STEP if up[which] else -STEP
            points[i, j + 1] = x
    return Trajectories(np.clip(points, 0.0, 1.0), moved)


@dataclass(frozen=True)
class Screened:
    """Elementary effects of one parameter: mean, mean size, spread, all per whole range."""

    mu: float
    mu_star: float
    sigma: float


def screen(design: Trajectories, values: F64) -> list[Screened]:
    """Elementary effects of each parameter; `values`, shape (r, k + 1), are those of the points."""
    found = []
    for which in range(design.points.shape[2]):
        steps = _steps(design, which)
        each = np.array(
            [
                (values[i, j + 1] - values[i, j]) / (design.points[i, j + 1, which] - design.points[i, j, which])
                for i, j in steps
            ]
        )
        each = each[np.isfinite(each)]
        if not len(each):
            found.append(Screened(math.nan, math.nan, math.nan))
            continue
        spread = float(each.std(ddof=1)) if len(each) > 1 else 0.0
        found.append(Screened(float(each.mean()), float(np.abs(each).mean()), spread))
    return found


def _steps(design: Trajectories, which: int) -> list[tuple[int, int]]:
    return [(i, int(np.flatnonzero(row == which)[0])) for i, row in enumerate(design.moved)]


# ---- Sobol ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sampled:
    """Points of Saltelli's design: a, b : shape (n, k); ab : shape (k, n, k), `a` with one column of `b`."""

    a: F64
    b: F64
    ab: F64

    @property
    def points(self) -> F64:
        """All points, shape ((k + 2) n, k)."""
        return np.concatenate([self.a, self.b, *self.ab])


def saltelli(k: int, n: int, seed: int) -> Sampled:
    """Draw a design of `n` (a power of two) base points over `k` parameters."""
    from scipy.stats import qmc

    if n & (n - 1):
        raise ValueError(f"{n}: a power of two is needed")
    both = qmc.Sobol(2 * k, rng=np.random.default_rng([seed, k, n])).random(n)
    a, b = both[:, :k], both[:, k:]
    ab = np.repeat(a[None], k, axis=0)
    for j in range(k):
        ab[j, :, j] = b[:, j]
    return Sampled(a, b, ab)


@dataclass(frozen=True)
class Shares:
    """Shares of the variance of one parameter: alone, and with all its interactions."""

    first: float
    total: float


def shares(design: Sampled, values: F64) -> list[Shares]:
    """Sobol's indices of each parameter; `values` are those of `design.points`, in their order; NaN where one has none."""
    from scipy.stats import sobol_indices

    n, k = design.a.shape
    f_a, f_b, f_ab = values[:n], values[n : 2 * n], values[2 * n :].reshape(k, n)
    if not np.isfinite(values).all():
        return [Shares(math.nan, math.nan)] * k  # a point without a value: the design has no shares without it
    if float(np.ptp(np.concatenate([f_a, f_b]))) == 0.0:
        return [Shares(0.0, 0.0)] * k
    found = sobol_indices(func={"f_A": f_a[None], "f_B": f_b[None], "f_AB": f_ab[:, None, :]}, n=n)
    first, total = np.atleast_2d(found.first_order)[0], np.atleast_2d(found.total_order)[0]
    return [Shares(float(one), float(all_)) for one, all_ in zip(first, total, strict=True)]


# ---- rankings -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ranking:
    """Which alternative is best where.

    Parameters
    ----------
    best : by point, the alternative with the greatest value; empty where none has one.
    wins : by alternative, share of the points in which it is best.
    regret : by alternative, the most that it lies behind the best of a point, over the points where all alternatives
        that have a value anywhere have one; NaN for one without any value, or where there is no such point.
    robust : the alternative with the least of these; empty where none has one.
    missing : by alternative, number of points at which it has no value.
    """

    best: tuple[str, ...]
    wins: dict[str, float]
    regret: dict[str, float]
    robust: str
    missing: dict[str, int]


def rank(values: Mapping[str, F64], zone: float = 0.0) -> Ranking:
    """Rank alternatives over points; `values` by alternative, shape (points,), greater is better, NaN where it has none.

    A lead of no more than `zone` over the first alternative named, the baseline, leaves that one in place; of equal ones,
    up to the rounding of binary fractions, the first named is the best.
    One without a value at a point is never the best there.
    """
    names = list(values)
    table = np.array([values[name] for name in names], np.float64)
    known = np.isfinite(table)
    filled = np.where(known, table, -np.inf)
    top, told = filled.max(axis=0), np.asarray(known.any(axis=0))
    slack = ROUNDING * np.spacing(np.abs(np.where(known, table, 0.0)).max(axis=0))
    zones = np.array([zone] + [0.0] * (len(names) - 1))[:, None]
    choice = (known & (filled >= top - zones - slack)).argmax(axis=0)
    best = tuple(names[i] if there else "" for i, there in zip(choice.tolist(), told.tolist(), strict=True))
    shared = known[known.any(axis=1)].all(axis=0) & told
    regret = {
        name: _regret(top[shared] - filled[i][shared], slack[shared]) if shared.any() and known[i].any() else math.nan
        for i, name in enumerate(names)
    }
    wins = {name: best.count(name) / len(best) for name in names}
    ranked = [name for name in names if not math.isnan(regret[name])]
    robust = min(ranked, key=lambda name: (regret[name], name), default="")
    return Ranking(best, wins, regret, robust, {name: int((~known[i]).sum()) for i, name in enumerate(names)})


def _regret(behind: F64, slack: F64) -> float:
    return float(np.where(behind > slack, behind, 0.0).max())


def flips(design: Trajectories, best: Sequence[str]) -> list[tuple[int, int]]:
    """For each parameter: how many of its steps change which alternative is best, and how many steps there are.

    `best` is that of each point, trajectory by trajectory; a step from or to a point without a best is none.
    """
    r, length, k = design.points.shape
    table = [list(best[i * length : (i + 1) * length]) for i in range(r)]
    found = []
    for which in range(k):
        steps = [(table[i][j], table[i][j + 1]) for i, j in _steps(design, which)]
        there = [(one, other) for one, other in steps if one and other]
        found.append((sum(one != other for one, other in there), len(there)))
    return found
