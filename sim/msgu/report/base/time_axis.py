"""Local time on axes: seconds since the start drawn as times of day, and events as thin numbered lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from msgu.errors import InputError, Problem, SchemaProblem
from msgu.lang import Lang
from msgu.report.base.style import FAINT, INK, THREAD
from msgu.scenario.schema.root import Scenario
from msgu.units import clock_rows, local_moment, offset_text, parse_wall, zone_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_STEPS: Final = tuple(
    s * 60.0 for s in (0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 7200, 14400, 43200)
)
_MONTHS: Final = {
    "fr": ("janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"),
}


@dataclass(frozen=True)
class Mark:
    """An event on a time axis: number in the list of what happened, time since the start [s], title."""

    number: int
    at: float
    title: str


def moment(start: datetime, seconds: float) -> datetime:
    """Return the local time of so many seconds after the start."""
    return local_moment(start, seconds)


def clear(at: datetime, form: str = "%H:%M") -> str:
    """Return the time of day; one that clocks show twice has its UTC offset."""
    twice = at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()
    return at.strftime(form) + (offset_text(at) if twice else "")


def hour(start: datetime, seconds: float) -> str:
    """Return the time of day as `22:34`."""
    return clear(moment(start, seconds))


def local_time(start: datetime, until: float, lang: Lang) -> str:
    """Return in words whose local time it is: the offsets of the run, and the zone where one is named."""
    told = (" puis " if lang == "fr" else ", then ").join(
        f"UTC{offset_text(moment(start, at))}" for at, _ in clock_rows(start, until)
    )
    return f"{zone_name(start)}, {told}" if zone_name(start) else told


def day(start: datetime, seconds: float, lang: Lang) -> str:
    """Return the day as `14 Nov`."""
    at = moment(start, seconds)
    return f"{at.day} {_MONTHS[lang][at.month - 1]}"


def day_hour(start: datetime, seconds: float, lang: Lang) -> str:
    """Return day and time as `14 Nov 2015, 00:18`."""
    at = moment(start, seconds)
    return f"{day(start, seconds, lang)} {at.year}, {clear(at)}"


def marks(scenario: Scenario, lang: Lang) -> list[Mark]:
    """Return the events of a scenario that lie inside its run, in order of time, numbered from 1."""
    found = [(_seconds(event.at, key, scenario.start), key, event) for key, event in scenario.events.items()]
    inside = sorted((at, key) for at, key, _ in found if at < scenario.horizon)
    title = {key: event.title for _, key, event in found}
    return [Mark(i + 1, at, title[key].of(lang)) for i, (at, key) in enumerate(inside)]


def _seconds(at: object, key: str, start: datetime) -> float:
    """Return when an event was [s since start]; its text is not checked when the scenario is read."""
    if isinstance(at, float):
        return at
    try:
        return parse_wall(at, start)
    except SchemaProblem as error:
        _, given, allowed, nearest = error.problems[0]
        raise InputError([Problem("scenario.json", 1, 1, f"events.{key}.at", given, allowed, nearest)]) from None


def step(length: float, most: int) -> float:
    """Return the distance of ticks so that at most `most` of them fall into a length [s]."""
    return next((s for s in _STEPS if length / s <= most), _STEPS[-1])


def ticks(start: datetime, low: float, high: float, most: int) -> list[float]:
    """Return round local times between two times since the start [s]."""
    width = step(high - low, most)
    rows = clock_rows(start, high)
    found = []
    for (since, clock), until in zip(rows, [*(at for at, _ in rows[1:]), high + 2e-6], strict=True):
        k = -(-(clock + max(since, low)) // width)
        while (at := k * width - clock) < until:
            found.append(at)
            k += 1
    return found


def clock_axis(axes: Axes, start: datetime, low: float, high: float, narrow: bool, lang: Lang) -> None:
    """Write local times under an axis whose numbers are seconds since the start.

    The day stands where it begins, and the UTC offset where clocks have changed.
    """
    at = ticks(start, low, high, 6 if narrow else 12)
    days: set[str] = set()
    labels = []
    before = offset_text(moment(start, at[0] if at else low))
    for t in at:
        today, offset = day(start, t, lang), offset_text(moment(start, t))
        text = moment(start, t).strftime("%H:%M:%S" if step(high - low, len(at)) < 60 else "%H:%M")
        below = [] if today in days else [today]
        below += [] if offset == before else [f"UTC{offset}"]
        labels.append("\n".join([text, *below]))
        days.add(today)
        before = offset
    axes.set_xticks(at, labels)
    axes.set_xlim(low, high)


def event_lines(axes: Axes, events: Sequence[Mark], width: float, through: bool = True) -> None:
    """Draw a thin line for each event, with its number above; neighbours share a label such as `2–8`.

    width : of the axes, about [inches]. through : lines through the picture, or only above it.
    """
    low, high = axes.get_xlim()
    inside = [event for event in events if low <= event.at <= high]
    for event in inside:
        if through:
            axes.axvline(event.at, color=THREAD, linewidth=0.55, zorder=0.6)
        axes.annotate(
            "", (event.at, 1.0), xycoords=("data", "axes fraction"), xytext=(0, 3), textcoords="offset points",
            arrowprops={"arrowstyle": "-", "color": FAINT, "linewidth": 0.7, "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
    for text, at in _labels(inside, (high - low) / width):
        axes.annotate(
            text, (at, 1.0), xycoords=("data", "axes fraction"), xytext=(0, 3.5), textcoords="offset points",
            ha="center", va="bottom", fontsize=7.5, color=INK,
        )  # fmt: skip


def _labels(events: Sequence[Mark], inch: float) -> list[tuple[str, float]]:
    """Numbers and where they stand, neighbours merged until none touch; `inch` : time of an inch [s]."""
    groups: list[list[Mark]] = []
    for event in events:
        groups.append([event])
        while len(groups) > 1 and _touch(groups[-2], groups[-1], inch):
            last = groups.pop()
            groups[-1] += last
    return [(_range(group), (group[0].at + group[-1].at) / 2) for group in groups]


def _range(group: Sequence[Mark]) -> str:
    first, last = group[0].number, group[-1].number
    return str(first) if first == last else f"{first}–{last}"


def _touch(left: Sequence[Mark], right: Sequence[Mark], inch: float) -> bool:
    """Whether the labels of two groups would touch: 0.067 inch for a digit, 0.05 between."""
    half = 0.067 * (len(_range(left)) + len(_range(right))) / 2 + 0.05
    apart = (right[0].at + right[-1].at - left[0].at - left[-1].at) / 2
    return apart < half * inch
