"""What the twin takes from the package: the list of the docs is all of it, and its small functions are what plain loops say."""

from __future__ import annotations

import ast
import math
import pkgutil
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from msgu.engine import processes
from msgu.scenario.load import load
from msgu.scenario.schema.root import Scenario
from msgu.world.accounts import account_shares, cumulative_shares
from msgu.world.people import by_zone_or_kind, populations
from msgu.world.places import offsets
from numpy.typing import NDArray

from tests import ROOT, SCENARIOS, TOY

DOCS = ROOT / "docs" / "concepts" / "common-draws.md"
TWIN = ROOT / "tests" / "twin"
ASIDE = {"generate", "doubled", "planted", "desk_queue", "made_desks", "made_reassurance", "rumours_made"}
"""Files that make scenarios, faults or checks, and are no part of the second engine."""
OWN_LOG = {"msgu.engine.compiled.CompiledEngine", "msgu.engine.tables.log.event_log"}
"""The compiled engine and its log, with which the twin's is compared."""
Floats = NDArray[np.float64]


def taken() -> set[str]:
    """Every name that the second engine imports from the package."""
    found = set()
    for path in TWIN.glob("*.py"):
        if path.stem in ASIDE or path.stem.startswith("test_"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names if alias.name.split(".")[0] == "msgu"}
            elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "msgu":
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found - OWN_LOG


def listed() -> set[str]:
    """Every name of the docs' table of what is shared."""
    rows = [line for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| `msgu.")]
    return {name for row in rows for name in re.findall(r"`(msgu\.[\w.]+)`", row.split("|")[1])}


def _covers(place: str, name: str) -> bool:
    return name == place or name.startswith(place + ".")


def unlisted(names: set[str]) -> set[str]:
    """Names that no row of the table covers."""
    return {name for name in names if not any(_covers(place, name) for place in listed())}


def test_the_docs_list_all_that_the_twin_takes_from_the_package() -> None:
    assert unlisted(taken()) == set()
    assert unlisted(taken() | {"msgu.engine.levers.product"}) == {"msgu.engine.levers.product"}


def test_the_docs_list_nothing_that_the_twin_does_not_take() -> None:
    """Processes are what the shared loop starts: each has a row of its own."""
    started = {place for place in listed() if place.startswith("msgu.engine.processes.")}
    assert started == {f"msgu.engine.processes.{module.name}" for module in pkgutil.iter_modules(processes.__path__)}
    assert {place for place in listed() - started if not any(_covers(place, name) for name in taken())} == set()


def test_files_of_the_docs_list_exist() -> None:
    rows = [line for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| `msgu.")]
    files = {name for row in rows for name in re.findall(r"`(tests/[\w/.]+)`", row)}
    assert len(files) > 10
    assert [name for name in sorted(files) if not (ROOT / name).exists()] == []


# ---- shares ----

WEIGHTS = ([1.0], [0.0, 0.0, 0.0], [2.0, 0.0, 1.0, 5.0], [0.1] * 7, [1e-9, 1.0, 1e9], [3.5, 0.25])


def shares_by_fractions(weights: list[float]) -> list[Fraction]:
    exact = [Fraction(w) for w in weights] if any(weights) else [Fraction(1)] * len(weights)
    return [sum(exact[: i + 1], Fraction()) / sum(exact, Fraction()) for i in range(len(exact))]


def agree_on_shares(function: Callable[[Floats], Floats]) -> bool:
    """Whether all cumulative shares are exact to rounding, the last one 1."""
    for weights in WEIGHTS:
        found, exact = function(np.array(weights)), shares_by_fractions(weights)
        if found[-1] != 1.0 or any(abs(Fraction(float(f)) - e) > 1e-15 for f, e in zip(found, exact, strict=True)):
            return False
    return True


def test_cumulative_shares_are_those_of_fractions() -> None:
    assert agree_on_shares(cumulative_shares)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda w: np.cumsum(w / w.sum()) if w.sum() > 0 else np.zeros_like(w),
        lambda w: np.cumsum(w) / max(w.sum(), 1.0),
        lambda w: np.cumsum(np.ones_like(w)) / len(w),
    ],
    ids=["nothing where all are 0", "not made to add up", "all alike"],
)
def test_wrong_cumulative_shares_are_seen(wrong: Callable[[Floats], Floats]) -> None:
    with np.errstate(all="ignore"):
        assert not agree_on_shares(wrong)


# ---- zones ----


def made_of_zones() -> Iterator[tuple[Scenario, list[str]]]:
    """Toy and Paris, with shares of accounts given and left to populations, and with a zone that is abroad."""
    for path in (TOY, SCENARIOS / "paris-2015-11-13.yaml"):
        scenario = load(path)
        zones = list(scenario.places.zones)
        yield scenario, zones
        yield scenario, zones[::-1][: len(zones) // 2]
    network, places = scenario.network, scenario.places
    assert network is not None
    some = scenario.model_copy(update={"network": network.model_copy(update={"shares": {zones[0]: 3.0, zones[-1]: 1.5}})})
    yield some, zones
    yield some.model_copy(update={"network": network.model_copy(update={"shares": {}})}), zones
    gone = {zones[0]: places.zones[zones[0]].model_copy(update={"kind": "abroad"})}
    yield scenario.model_copy(update={"places": places.model_copy(update={"zones": places.zones | gone})}), zones


@pytest.fixture(scope="module")
def of_zones() -> list[tuple[Scenario, list[str]]]:
    return list(made_of_zones())


def plain_populations(scenario: Scenario, zones: list[str]) -> list[float]:
    found = []
    for name in zones:
        row = scenario.places.zones[name]
        if row.kind == "abroad" or row.population is None:
            found.append(0.0)
        else:
            found.append(float(row.population))
    return found


def plain_account_shares(scenario: Scenario, zones: list[str]) -> list[float]:
    found = []
    for name in zones:
        if scenario.network is not None and len(scenario.network.shares) > 0:
            found.append(scenario.network.shares.get(name, 0.0))
        else:
            people = scenario.places.zones[name].population
            found.append(0.0 if people is None else float(people))
    return found


def everybody(scenario: Scenario, zones: list[str]) -> list[float]:
    """Wrong for populations: people abroad count too."""
    return [float(scenario.places.zones[z].population or 0) for z in zones]


def in_order_of_the_file(scenario: Scenario, zones: list[str]) -> list[float]:
    """Wrong: values stand in the order of the file, not of the zones asked for."""
    return plain_populations(scenario, list(scenario.places.zones))[: len(zones)]


Values = Callable[[Scenario, list[str]], Any]


def equal(one: Values, other: Values, cases: list[tuple[Scenario, list[str]]]) -> bool:
    return all(list(one(scenario, zones)) == list(other(scenario, zones)) for scenario, zones in cases)


def test_populations_and_shares_of_accounts_are_those_of_plain_loops(of_zones: list[tuple[Scenario, list[str]]]) -> None:
    assert equal(populations, plain_populations, of_zones)
    assert equal(account_shares, plain_account_shares, of_zones)
    assert not equal(populations, everybody, of_zones)
    assert not equal(populations, in_order_of_the_file, of_zones)
    assert not equal(account_shares, plain_populations, of_zones)


def plain_by_zone_or_kind(scenario: Scenario, zones: list[str], values: dict[str, float], missing: float) -> list[float]:
    found = []
    for name in zones:
        value = missing
        for key, given in values.items():
            if key == scenario.places.zones[name].kind and name not in values:
                value = given
            if key == name:
                value = given
        found.append(value)
    return found


def kind_first(scenario: Scenario, zones: list[str], values: dict[str, float], missing: float) -> list[float]:
    """Wrong: the kind wins over the zone."""
    return [values.get(scenario.places.zones[z].kind, values.get(z, missing)) for z in zones]


def test_a_zones_own_value_wins_over_that_of_its_kind(of_zones: list[tuple[Scenario, list[str]]]) -> None:
    wrong, missing_zero = 0, 0
    for scenario, zones in of_zones:
        kinds = {scenario.places.zones[z].kind for z in zones}
        values = {zones[0]: 0.9, zones[-1]: 0.0} | {kind: 0.1 * (i + 1) for i, kind in enumerate(sorted(kinds)[:-1])}
        plain = plain_by_zone_or_kind(scenario, zones, values, 0.7)
        assert list(by_zone_or_kind(scenario, zones, values, 0.7)) == plain
        wrong += kind_first(scenario, zones, values, 0.7) != plain
        missing_zero += list(by_zone_or_kind(scenario, zones, values)) != plain
    assert wrong
    assert missing_zero


# ---- centres ----

CENTRES = [(48.85, 2.35), (48.95, 2.2), (50.85, 4.35), (-33.9, 151.2), (40.7, -74.0), (21.3, -157.9), (35.7, 139.7)]


def plain_offset(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    """East and north from a to b [m]: the straight line on the map of their mean latitude, as long as the great circle."""
    (lat, lon), (lat2, lon2) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    turn = (lon2 - lon + math.pi) % (2 * math.pi) - math.pi
    half = math.sin((lat2 - lat) / 2) ** 2 + math.cos(lat) * math.cos(lat2) * math.sin(turn / 2) ** 2
    arc = 2 * 6_371_000.0 * math.asin(math.sqrt(half))
    angle = math.atan2(lat2 - lat, turn * math.cos((lat + lat2) / 2))
    return (arc * math.cos(angle), arc * math.sin(angle)) if a != b else (0.0, 0.0)


def agree_on_offsets(turn: Callable[[float, float], tuple[float, float]]) -> bool:
    lat, lon = (np.array(x) for x in zip(*CENTRES, strict=True))
    east, north = offsets(SimpleNamespace(zone_lat=lat, zone_lon=lon))  # type: ignore[arg-type]
    for i, a in enumerate(CENTRES):
        for j, b in enumerate(CENTRES):
            wanted = turn(*plain_offset(a, b))
            if not np.allclose((east[i, j], north[i, j]), wanted, rtol=1e-6, atol=1e-3):
                return False
    return True


def test_offsets_of_centres_are_those_of_spherical_trigonometry() -> None:
    """Rejected: north for east, the way back, and lengths a hundredth too long."""
    assert agree_on_offsets(lambda east, north: (east, north))
    assert not agree_on_offsets(lambda east, north: (north, east))
    assert not agree_on_offsets(lambda east, north: (-east, -north))
    assert not agree_on_offsets(lambda east, north: (1.01 * east, 1.01 * north))
