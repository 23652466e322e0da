"""Which metrics there are, with which arguments, and whether the evidence of a scenario names them rightly.

Nothing heavy is imported, so that `msgu check` may ask; the computing is in `sim.measure.metrics`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from sim.errors import Loc, SchemaProblem
from sim.measure.call import Argument, Call, MetricError, parse
from sim.scenario.schema import Scenario
from sim.units import parse_duration, parse_wall

STATES: Final = (
    "out", "riding", "walking", "taxi", "stranded", "seeking", "to_host", "sheltered", "home", "held", "walking_far",
    "outside",
)  # fmt: skip
"""States of people out, as `names['states']` of a night has them."""

METRICS: Final[dict[str, tuple[str, str]]] = {
    "aware_share": ("", ""),
    "believers_peak": ("topic", ""),
    "contacts_in_vain": ("", ""),
    "desk_answered": ("desk", ""),
    "desk_answered_share": ("desk", ""),
    "desk_received": ("desk", ""),
    "entered": ("state", ""),
    "exogenous_share": ("", "topic"),
    "extra_calls": ("operator", ""),
    "extra_sms": ("operator", ""),
    "housed": ("", ""),
    "largest_cascade": ("", "account topic"),
    "marks": ("", ""),
    "mean_blocking": ("zones", ""),
    "misinformed_hours": ("topic", ""),
    "new_followers": ("account", ""),
    "notified": ("", ""),
    "offers": ("", ""),
    "offers_read_share": ("", ""),
    "offers_seen_share": ("", ""),
    "offers_useful_share": ("", ""),
    "originals": ("topic", ""),
    "peak_blocking": ("zones bin", ""),
    "peak_rate": ("bin", "topic"),
    "plays": ("video", ""),
    "posts_total": ("", ""),
    "rank": ("topic", ""),
    "raw_peak_rate": ("bin", "topic"),
    "reassured": ("", ""),
    "retweets_per_original": ("topic", ""),
    "share_reached": ("topic by", ""),
    "signal_share": ("topic", ""),
    "sms_multiplier": ("operator ordinary", ""),
    "spontaneous_share": ("", ""),
    "state_peak": ("state", ""),
    "stranded_peak": ("", ""),
    "time_to_shelter": ("", ""),
    "unreached_share": ("", ""),
    "uses": ("topic", ""),
    "viewers_peak": ("video", ""),
    "voice_multiplier": ("operator ordinary", ""),
}
"""Arguments that each metric needs, and those that it may have."""

OF_POSTS: Final = frozenset({
    "believers_peak", "exogenous_share", "largest_cascade", "misinformed_hours", "new_followers", "originals", "peak_rate",
    "plays", "posts_total", "rank", "raw_peak_rate", "retweets_per_original", "share_reached", "signal_share",
    "spontaneous_share", "uses", "viewers_peak",
})  # fmt: skip
"""Metrics that a night of posts alone can tell."""


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
    required, optional = (words.split() for words in METRICS[call.name])
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


def figure_problems(scenario: Scenario) -> list[tuple[Loc, str, str, str]]:
    """Return what is wrong with the figures of the evidence: where, what was given, what is allowed, nearest fix."""
    problems: list[tuple[Loc, str, str, str]] = []
    for key, figure in scenario.evidence.figures.items():
        at: Loc = ("evidence", "figures", key)
        try:
            bind(figure.metric, scenario)
        except MetricError as error:
            problems.append(((*at, "metric"), f"{error.given} (column {error.col})", error.allowed, error.nearest))
        if figure.value is None and figure.low is None and figure.high is None:
            problems.append((at, "a figure without value or range", "a `value`, a `low` or a `high`", ""))
        if figure.low is not None and figure.high is not None and figure.low > figure.high:
            problems.append(((*at, "low"), f"{figure.low:g} above `high`", f"at most {figure.high:g}", ""))
        if figure.window is not None and not figure.window[0] < figure.window[1]:
            problems.append(((*at, "window"), "a window that ends before it starts", "[from, to]", ""))
        if figure.counter is not None and figure.counter not in scenario.evidence.counters:
            known = scenario.evidence.counters
            allowed = "one of: " + (", ".join(sorted(known)) or "none")
            problems.append(((*at, "counter"), f"`{figure.counter}`", allowed, _near(figure.counter, known)))
    return problems


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
    try:
        value = float(argument.text.replace("_", ""))
    except ValueError:
        value = float("nan")
    if not 0 < value < float("inf"):
        raise MetricError(f"`{argument.text}`", "a number above 0", "", argument.col)
    return value


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
