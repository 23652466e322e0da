"""Outcomes on which alternatives are compared: those that a study names, or those about people that a scenario has."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from msgu.errors import Loc, SchemaProblem
from msgu.lang import Lang
from msgu.measure.metrics.call import MetricError
from msgu.measure.metrics.catalogue import METRICS, bind, followed
from msgu.measure.metrics.units import read_unit, wrong_unit
from msgu.measure.view import Window
from msgu.scenario.schema.root import Scenario
from msgu.scenario.study.comparison import Study, StudyMetric
from msgu.study.comparison.paired import Summary
from msgu.units import clock_rows, parse_wall

Found = tuple[Loc, str, str, str]


@dataclass(frozen=True)
class Outcome:
    """One outcome.

    Parameters
    ----------
    text : the metric, as `msgu.measure.metrics.values` reads it.
    window : from when to when [s].
    factor : what turns the metric's value into the unit shown.
    matters : indifference zone, in the unit shown.
    family : tests corrected together; empty: those of this outcome, over all alternatives.
    constrained : reported figures of the scenario about the same metric; none: not calibrated.
    """

    id: str
    fr: str
    en: str
    text: str
    window: Window
    more_is_better: bool
    unit: str = ""
    factor: float = 1.0
    matters: float = 0.0
    family: str = ""
    summary: Summary = "median"
    light: bool = False
    constrained: tuple[str, ...] = ()

    def title(self, lang: Lang) -> str:
        """Return its name in a language."""
        return self.fr if lang == "fr" else self.en


def outcomes_of(study: Study, scenario: Scenario) -> tuple[list[Outcome], list[Found]]:
    """Return the outcomes of a study, and what is wrong with them: location, given, allowed, nearest fix."""
    if not study.metrics:
        return people_outcomes(scenario), []
    found, problems = [], list[Found]()
    for name, metric in study.metrics.items():
        try:
            bound = bind(metric.metric, scenario)
            unit = METRICS[bound.name].unit
        except MetricError as error:
            at: Loc = ("metrics", name, "metric")
            problems.append((at, f"{error.given} (column {error.col})", error.allowed, error.nearest))
            continue
        window = _window(name, metric, scenario, problems, followed(bound, scenario))
        own = read_unit(metric.unit or unit, unit)
        if own is None:
            problems.append((("metrics", name, "unit"), *wrong_unit(metric.unit, True, metric.metric, unit)))
            continue
        found.append(
            Outcome(
                name, metric.title.fr, metric.title.en, metric.metric, window, metric.better == "more", metric.unit,
                float(1 / own.size), metric.matters, metric.family or "", metric.summary, metric.tail == "light",
                constrained_by(metric.metric, scenario),
            )
        )  # fmt: skip
    return found, problems


def _window(name: str, metric: StudyMetric, scenario: Scenario, problems: list[Found], end: float) -> Window:
    """Read the window of a metric; without one it goes to the end of what is followed of what the metric is about."""
    if metric.window is None:
        return Window(0.0, end)
    ends = []
    for i, text in enumerate(metric.window):
        try:
            ends.append(parse_wall(text, scenario.start))
        except SchemaProblem as error:
            _, given, allowed, nearest = error.problems[0]
            problems.append((("metrics", name, "window", i), given, allowed, nearest))
    if len(ends) == 2 and not ends[0] < ends[1] <= end:
        what = "a window that is empty or ends after what the scenario follows"
        problems.append((("metrics", name, "window"), what, "[from, to]", ""))
    return Window(ends[0], ends[1]) if len(ends) == 2 else Window(0.0, end)


def constrained_by(text: str, scenario: Scenario) -> tuple[str, ...]:
    """Return the reported figures about the same metric with the same topic, desk, operator or zones.

    What a figure names is there: no scenario is loaded for a comparison with a figure that names anything else.
    """
    mine = bind(text, scenario)
    held = []
    for key, figure in sorted(scenario.evidence.figures.items()):
        other = bind(figure.metric, scenario)
        shared = set(mine.arguments) & set(other.arguments) & {"topic", "desk", "operator", "zones", "account", "state"}
        if mine.name == other.name and all(mine.arguments[a] == other.arguments[a] for a in shared):
            held.append(key)
    return tuple(held)


# ---- outcomes about people that any scenario has ----


def people_outcomes(scenario: Scenario) -> list[Outcome]:
    """Return the outcomes about people for which the scenario has a model, in the order in which they are told."""
    return list(_people(scenario))


def first_event(scenario: Scenario) -> float:
    """When the first thing happened [s]; the start where nothing is dated."""
    times = [event.at for event in scenario.events.values()]
    return min([t for t in times if t < scenario.horizon], default=0.0)


def next_midnight(scenario: Scenario) -> float:
    """The first local midnight after the start, or the horizon where that is earlier [s]."""
    rows = clock_rows(scenario.start, scenario.horizon)
    return min(next((t for at, clock in reversed(rows) if (t := _DAY - clock) >= at), _DAY), scenario.horizon)


_HOUR: Final = 3600.0
_DAY: Final = 86400.0


def _people(s: Scenario) -> Iterator[Outcome]:
    start, whole = first_event(s), Window(0.0, _end(s))
    if any(zone.kind != "abroad" and zone.population for zone in s.places.zones.values()):
        soon = Window(0.0, min(start + _HOUR, s.horizon))
        yield _made(s, "warned", "Personnes au courant une heure après le premier fait",
                    "People who know one hour after the first event", "aware_share()", soon, True, "%", 1.0)  # fmt: skip
    claims = sorted(k for k, topic in s.topics.items() if topic.claim is not None and not topic.claim.true)
    if claims:
        yield _made(s, "misinformed", "Heures passées à croire une rumeur (comptes × heures)",
                    "Hours spent believing a rumour (accounts × hours)",
                    f"misinformed_hours(topic={'+'.join(claims)})", whole, False, "h")  # fmt: skip
    if s.outings or s.places.venues:
        yield _made(s, "stranded", "Personnes bloquées dehors, au plus fort", "People stranded outside, at the worst moment",
                    "stranded_peak()", Window(0.0, s.followed_until("going_home")), False, "")  # fmt: skip
    if s.shelter is not None:
        yield _made(
            s, "sheltered", "Personnes accueillies chez un hôte", "People taken in by a host", "housed()",
            Window(0.0, s.followed_until("going_home")), True, "",
        )  # fmt: skip
    if s.phones is not None:
        zones = sorted(s.worry.affected) if s.worry and s.worry.affected else ["country"]
        busy = Window(start, min(start + 3 * _HOUR, s.horizon))
        yield _made(s, "blocked", "Tentatives d'appel perdues dans les zones touchées, trois premières heures",
                    "Call attempts lost in the affected zones, first three hours",
                    f"mean_blocking(zones={'+'.join(zones)})", busy, False, "%", 0.5)  # fmt: skip
    if s.worry is not None:
        yield _made(s, "reassured", "Inquiétudes levées avant minuit", "Worries cleared before midnight", "reassured()",
                    Window(0.0, next_midnight(s)), True, "")  # fmt: skip
    for desk, settings in sorted(s.desks.items()):
        if settings.worried_share > 0:
            yield _made(s, f"answered-{desk}"[:60], f"Appels décrochés : {desk}", f"Calls answered: {desk}",
                        f"desk_answered(desk={desk})", Window(0.0, s.followed_until("desks", desk)), True, "")  # fmt: skip


def _end(s: Scenario) -> float:
    """Return the end of what is followed of people: of telephones, of those who are out, of desks; else the horizon [s]."""
    ends = [s.followed_until("phones")] if s.phones is not None else []
    ends += [s.followed_until("going_home")] if s.outings or s.places.venues else []
    ends += [s.followed_until("desks")] if s.desks else []
    return max(ends, default=s.horizon)


def _made(
    s: Scenario, name: str, fr: str, en: str, text: str, window: Window, more: bool, unit: str, matters: float = 0.0
) -> Outcome:
    factor = 100.0 if unit == "%" else 1.0
    return Outcome(name, fr, en, text, window, more, unit, factor, matters, constrained=constrained_by(text, s))


def shown(value: float, outcome: Outcome) -> float:
    """Return a metric's value in the unit shown."""
    return value * outcome.factor if math.isfinite(value) else math.nan
