"""Which metrics there are, with which arguments, and whether the evidence of a scenario names them rightly.

Nothing heavy is imported, so that `msgu check` may ask; the computing is in `msgu.measure.metrics.values`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from msgu.errors import Loc, SchemaProblem
from msgu.measure.metrics.call import Argument, Call, MetricError, parse
from msgu.measure.metrics.units import converted, read_unit, wrong_unit
from msgu.scenario.schema.evidence import Figure
from msgu.scenario.schema.root import Scenario
from msgu.units import parse_duration, parse_wall
from msgu.units.quantity import NUMBER, plain_number

STATES: Final = (
    "out", "riding", "walking", "taxi", "stranded", "seeking", "to_host", "sheltered", "home", "held", "walking_far",
    "outside",
)  # fmt: skip
"""States of people out, as `names['states']` of a night has them."""


class Form(NamedTuple):
    """What a metric takes and gives: arguments that it needs, those that it may have, and the unit of its value.

    A value in `share` is between 0 and 1; nouns are what is counted; `ratio` is a plain number.
    """

    required: str
    optional: str
    unit: str


METRICS: Final[dict[str, Form]] = {
    "aware_share": Form("", "", "share"),
    "believers_peak": Form("topic", "", "accounts"),
    "contacts_in_vain": Form("", "", "contacts"),
    "desk_answered": Form("desk", "", "calls"),
    "desk_answered_share": Form("desk", "", "share"),
    "desk_received": Form("desk", "", "calls"),
    "entered": Form("state", "", "persons"),
    "exogenous_share": Form("", "topic", "share"),
    "extra_calls": Form("operator", "", "calls"),
    "extra_sms": Form("operator", "", "messages"),
    "housed": Form("", "", "persons"),
    "largest_cascade": Form("", "account topic", "retweets"),
    "marks": Form("", "", "persons"),
    "mean_blocking": Form("zones", "", "share"),
    "misinformed_hours": Form("topic", "", "account hours"),
    "new_followers": Form("account", "", "accounts"),
    "notified": Form("", "", "persons"),
    "offers": Form("", "", "hosts"),
    "offers_read_share": Form("", "", "share"),
    "offers_seen_share": Form("", "", "share"),
    "offers_useful_share": Form("", "", "share"),
    "originals": Form("topic", "", "posts"),
    "peak_blocking": Form("zones bin", "", "share"),
    "peak_rate": Form("bin", "topic", "posts/s"),
    "plays": Form("video", "", "plays"),
    "posts_total": Form("", "", "posts"),
    "rank": Form("topic", "", "rank"),
    "raw_peak_rate": Form("bin", "topic", "posts/s"),
    "reassured": Form("", "", "worries"),
    "retweets_per_original": Form("topic", "", "ratio"),
    "share_reached": Form("topic by", "", "share"),
    "signal_share": Form("topic", "", "share"),
    "sms_multiplier": Form("operator ordinary", "", "ratio"),
    "spontaneous_share": Form("", "", "share"),
    "state_peak": Form("state", "", "persons"),
    "stranded_peak": Form("", "", "persons"),
    "time_to_shelter": Form("", "", "s"),
    "unreached_share": Form("", "", "share"),
    "uses": Form("topic", "", "posts"),
    "viewers_peak": Form("video", "", "accounts"),
    "voice_multiplier": Form("operator ordinary", "", "ratio"),
    "worries_prevented": Form("", "", "worries"),
    "worry_hours": Form("", "", "person hours"),
}
"""Every metric."""

OF_POSTS: Final = frozenset({
    "believers_peak", "exogenous_share", "largest_cascade", "misinformed_hours", "new_followers", "originals", "peak_rate",
    "plays", "posts_total", "rank", "raw_peak_rate", "retweets_per_original", "share_reached", "signal_share",
    "spontaneous_share", "uses", "viewers_peak",
})  # fmt: skip
"""Metrics that a night of posts alone can tell."""


OF_PHONES: Final = frozenset({
    "extra_calls", "extra_sms", "mean_blocking", "peak_blocking", "reassured", "sms_multiplier", "voice_multiplier",
    "worries_prevented", "worry_hours",
})  # fmt: skip
"""Metrics that end with what is followed of telephones."""
OF_PEOPLE: Final = frozenset({
    "contacts_in_vain", "entered", "housed", "offers_read_share", "offers_seen_share", "offers_useful_share", "state_peak",
    "stranded_peak", "time_to_shelter", "unreached_share",
})  # fmt: skip
"""Metrics that end with what is followed of people who are out."""


class Bound(NamedTuple):
    """A metric with its arguments read: names of this scenario as lists, durations and times in seconds."""

    name: str
    arguments: dict[str, Any]


def read(text: str) -> Call:
    """Read the text of a metric and check its name and the names of its arguments.

    Raises
    ------
    MetricError
        An unknown name or argument, or a missing one.
    """
    call = parse(text)
    if call.name not in METRICS:
        raise MetricError(f"`{call.name}`", "a metric: " + ", ".join(METRICS), _near(call.name, METRICS))
    form = METRICS[call.name]
    required, optional = form.required.split(), form.optional.split()
    for name, argument in call.arguments.items():
        if name not in (*required, *optional):
            allowed = ", ".join((*required, *optional)) or "none"
            near = _near(name, (*required, *optional))
            raise MetricError(f"`{name}`", f"an argument of {call.name}: {allowed}", near, argument.name_col)
    missing = [name for name in required if name not in call.arguments]
    if missing:
        raise MetricError(f"no `{missing[0]}`", f"{call.name} needs it", f"{missing[0]}=", len(text))
    return call


def bind(text: str, scenario: Scenario) -> Bound:
    """Read a metric and what its arguments name in a scenario.

    Raises
    ------
    MetricError
        Where the text cannot be read, or names what the scenario does not have.
    """
    call = read(text)
    return Bound(call.name, {name: _READ[name](argument, scenario) for name, argument in call.arguments.items()})


def latest(bound: Bound) -> float:
    """Return the latest time that the arguments name [s]; minus infinity where they name none."""
    return float(bound.arguments.get("by", float("-inf")))


def followed(bound: Bound, scenario: Scenario) -> float:
    """Return the end of what a scenario follows of what a metric is about [s]: at most its horizon."""
    if bound.name in OF_PHONES:
        return scenario.followed_until("phones")
    if bound.name in OF_PEOPLE:
        return scenario.followed_until("going_home")
    if "desk" in bound.arguments:
        return min(scenario.followed_until("desks", desk) for desk in bound.arguments["desk"])
    return scenario.horizon


def figure_problems(scenario: Scenario) -> list[tuple[Loc, str, str, str]]:
    """Return what is wrong with the figures of the evidence: where, what was given, what is allowed, nearest fix."""
    problems: list[tuple[Loc, str, str, str]] = []
    for key, figure in scenario.evidence.figures.items():
        at: Loc = ("evidence", "figures", key)
        try:
            bound = bind(figure.metric, scenario)
        except MetricError as error:
            problems.append(((*at, "metric"), f"{error.given} (column {error.col})", error.allowed, error.nearest))
        else:
            unit = METRICS[bound.name].unit
            if read_unit(figure.unit, unit) is None:
                given = "unit" in figure.model_fields_set
                problems.append(((*at, "unit"), *wrong_unit(figure.unit, given, bound.name, unit)))
            problems += _too_large(at, figure, bound.name)
        if figure.value is None and figure.low is None and figure.high is None:
            problems.append((at, "a figure without value or range", "a `value`, a `low` or a `high`", ""))
        problems += _order(at, figure)
        if figure.window is not None and not figure.window[0] < figure.window[1]:
            problems.append(((*at, "window"), "a window that ends before it starts", "[from, to]", ""))
        if figure.counter is not None and figure.counter not in scenario.evidence.counters:
            known = scenario.evidence.counters
            allowed = "one of: " + (", ".join(sorted(known)) or "none")
            problems.append(((*at, "counter"), f"`{figure.counter}`", allowed, _near(figure.counter, known)))
    return problems


def _order(at: Loc, figure: Figure) -> Iterator[tuple[Loc, str, str, str]]:
    """Yield what is wrong with the order of low, value and high."""
    low, value, high = figure.low, figure.value, figure.high
    if low is not None and high is not None and low > high:
        yield (*at, "low"), f"{low:g} above `high`", f"at most {high:g}", ""
    elif low is not None and value is not None and low > value:
        yield (*at, "low"), f"{low:g} above `value`", f"at most {value:g}", ""
    elif high is not None and value is not None and high < value:
        yield (*at, "high"), f"{high:g} below `value`", f"at least {value:g}", ""


def _too_large(at: Loc, figure: Figure, metric: str) -> Iterator[tuple[Loc, str, str, str]]:
    """Yield the ends of a share that lie above the whole: per cent without its sign."""
    if METRICS[metric].unit != "share":
        return
    shown = in_unit_of_metric(figure)
    for name in ("value", "low", "high"):
        if (getattr(shown, name) or 0.0) > 1:
            given = f"{getattr(figure, name):g} {figure.unit}"
            yield (*at, name), given, "a share of at most 1, or 100 %", 'unit: "%"' if getattr(figure, name) <= 100 else ""


def in_unit_of_metric(figure: Figure) -> Figure:
    """Return a figure with value, bounds and unit in the unit of its metric; as it is where it is in that unit.

    Raises
    ------
    MetricError
        A metric that cannot be read.
    """
    return converted(figure, METRICS[read(figure.metric).name].unit)


# ---- arguments ----


def _near(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, sorted(known), 1, 0.5)
    return near[0] if near else ""


def _names(what: str, known: Callable[[Scenario], Iterable[str]]) -> Callable[[Argument, Scenario], list[str]]:
    """Return a reader of names joined by `+`."""

    def names(argument: Argument, scenario: Scenario) -> list[str]:
        there = list(known(scenario))
        found = [name.strip() for name in argument.text.split("+")]
        for name in found:
            if name not in there:
                shown = ", ".join(there[:12]) + (", ..." if len(there) > 12 else "")
                allowed = f"{what} of this scenario ({shown or 'none'})"
                raise MetricError(f"`{name}`", allowed, _near(name, there), argument.col)
        return found

    return names


def _zones(argument: Argument, scenario: Scenario) -> list[str]:
    """Read zones joined by `+`; `country` is every zone but those abroad."""
    if argument.text == "country":
        return [name for name, zone in scenario.places.zones.items() if zone.kind != "abroad"]
    return _names("a zone, or `country`,", lambda s: s.places.zones)(argument, scenario)


def _quantity(read_it: Callable[[str], float]) -> Callable[[Argument, Scenario], float]:
    def quantity(argument: Argument, scenario: Scenario) -> float:
        try:
            return read_it(argument.text)
        except SchemaProblem as error:
            _, given, allowed, near = error.problems[0]
            raise MetricError(given, allowed, near, argument.col) from None

    return quantity


def _bin(argument: Argument, scenario: Scenario) -> float:
    width = _quantity(parse_duration)(argument, scenario)
    if width < 1:
        raise MetricError(f"`{argument.text}`", "a bin of at least 1 s", "1 s", argument.col)
    return width


def _by(argument: Argument, scenario: Scenario) -> float:
    return _quantity(lambda text: parse_wall(text, scenario.start))(argument, scenario)


def _ordinary(argument: Argument, scenario: Scenario) -> float:
    plain = re.fullmatch(NUMBER, argument.text)
    if plain is None or not 0 < float(argument.text) < float("inf"):
        near = plain_number(argument.text)
        near = near if re.fullmatch(NUMBER, near) and 0 < float(near) < float("inf") else ""
        raise MetricError(f"`{argument.text}`", "a number above 0", near, argument.col)
    return float(argument.text)


_READ: Final[Mapping[str, Callable[[Argument, Scenario], Any]]] = {
    "account": _names("an account", lambda s: s.accounts),
    "bin": _bin,
    "by": _by,
    "desk": _names("a desk", lambda s: s.desks),
    "operator": _names("an operator", lambda s: s.phones.operators if s.phones else ()),
    "ordinary": _ordinary,
    "state": _names("a state", lambda s: STATES),
    "topic": _names("a topic", lambda s: s.topics),
    "video": _names("a video", lambda s: s.videos),
    "zones": _zones,
}
