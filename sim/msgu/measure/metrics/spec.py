"""What a metric is: one declaration gives its name, arguments, unit, subject, direction, tables, and how it is computed.

The metrics themselves stand in a file for each kind of subject; `msgu.measure.metrics.catalogue` is the list of all of them.
Nothing heavy is imported here or there, so that `msgu check` may read the declarations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from msgu.measure.metrics.arguments import KINDS
from msgu.scenario.schema.root import Scenario

if TYPE_CHECKING:
    from msgu.measure.view import Night, Window

Arguments = dict[str, Any]
"""Arguments as read: names of the scenario as lists, durations and times in seconds."""
Compute = Callable[["Night", "Window", Arguments], float]


class Subject(NamedTuple):
    """What a metric is about, and the block of the scenario that says until when this is followed; empty: to the horizon."""

    name: str
    followed: Literal["", "phones", "going_home", "desks"] = ""


POSTS: Final = Subject("posts")
ORIGINS: Final = Subject("origins of posts")
BELIEFS: Final = Subject("beliefs")
FILMS: Final = Subject("films")
FOLLOWERS: Final = Subject("followers")
AWARENESS: Final = Subject("awareness")
TELEPHONES: Final = Subject("telephones", "phones")
WORRIES: Final = Subject("worries", "phones")
MARKS: Final = Subject("marks of Safety Check")
DESKS: Final = Subject("desks", "desks")
MISSING: Final = Subject("missing persons")
PEOPLE: Final = Subject("people who are out", "going_home")
SHELTER: Final = Subject("shelter", "going_home")
OFFERS: Final = Subject("offers of shelter")
WARNINGS: Final = Subject("messages that ask for action")


class Case(NamedTuple):
    """One outcome that a scenario has: arguments as text, and the window from when to when [s]."""

    arguments: dict[str, str]
    start: float
    end: float


@dataclass(frozen=True)
class Told:
    """How every comparison tells a metric where its scenario has what the metric is about.

    id, fr, en : name and titles; `{desk}` in them stands for the argument.
    cases : outcomes that a scenario has, one for each case; none where it has no such thing.
    unit : unit shown, "%" for a share in per cent. matters : difference below which nobody cares, in the unit shown.
    """

    id: str
    fr: str
    en: str
    cases: Callable[[Scenario], Iterable[Case]]
    unit: str = ""
    matters: float = 0.0


@dataclass(frozen=True)
class Metric:
    """One metric; called with a night, a window and its arguments, it gives a number in units of the whole city.

    sentence : what it measures. required, optional : its arguments.
    unit : of its value; a `share` is between 0 and 1, nouns are what is counted, `ratio` is a plain number.
    tables : tables of a night that it reads, apart from names and totals.
    better : which way people are better off.
    adds : whether what happened within a window also happened within a longer one.
    """

    name: str
    sentence: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    unit: str
    subject: Subject
    tables: frozenset[str]
    better: Literal["more", "less", "neither"]
    adds: bool
    told: Told | None
    compute: Compute = field(repr=False, compare=False)

    def __call__(self, night: Night, window: Window, arguments: Arguments) -> float:
        """Return the value for a night; NaN where there is nothing to measure."""
        return float(self.compute(night, window, arguments))


def metric(
    subject: Subject,
    unit: str,
    tables: str,
    arguments: str = "",
    *,
    optional: str = "",
    better: Literal["more", "less", "neither"] = "neither",
    adds: bool = False,
    told: Told | None = None,
) -> Callable[[Compute], Metric]:
    """Declare a metric: the function under it computes the value, gives the name, and says in its first line what it is.

    Parameters
    ----------
    subject, unit, better, adds, told : as in `Metric`.
    tables, arguments, optional : names with spaces between them.

    Raises
    ------
    ValueError
        An argument that `msgu.measure.metrics.arguments` does not know.
    """
    unknown = {*arguments.split(), *optional.split()} - set(KINDS)
    if unknown:
        raise ValueError(f"arguments of a metric: {sorted(unknown)}, known {sorted(KINDS)}")

    def made(function: Compute) -> Metric:
        return Metric(
            function.__name__, (function.__doc__ or "").splitlines()[0], tuple(arguments.split()), tuple(optional.split()),
            unit, subject, frozenset(tables.split()), better, adds, told, function,
        )  # fmt: skip

    return made


def ratio(part: float, whole: float) -> float:
    """Return part / whole, NaN where there is nothing to divide by."""
    return part / whole if whole else float("nan")
