"""Local time on axes: seconds since the start drawn as times of day, and events as thin numbered lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sim.report.ink import FAINT, INK
from sim.report.material import Lang
from sim.scenario.schema import Scenario
from sim.units import parse_wall

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
    return start + timedelta(seconds=seconds)


def hour(start: datetime, seconds: float) -> str:
    """Return the time of day as `22:34`."""
    return moment(start, seconds).strftime("%H:%M")


def day(start: datetime, seconds: float, lang: Lang) -> str:
    """Return the day as `14 Nov`."""
    at = moment(start, seconds)
    return f"{at.day} {_MONTHS[lang][at.month - 1]}"


def day_hour(start: datetime, seconds: float, lang: Lang) -> str:
    """Return day and time as `14 Nov 2015, 00:18`."""
    at = moment(start, seconds)
    return f"{day(start, seconds, lang)} {at.year}, {at.strftime('%H:%M')}"


def marks(scenario: Scenario, lang: Lang) -> list[Mark]:
    """Return the events of a scenario that lie inside its run, in order of time, numbered from 1."""
    found = [(parse_wall(event.at, scenario.start), key, event) for key, event in scenario.events.items()]
    inside = sorted((at, key) for at, key, _ in found if at < scenario.horizon)
    title = {key: event.title for _, key, event in found}
    return [
        Mark(i + 1, at, title[key].fr if lang == "fr" else title[key].en) for i, (at, key) in enumerate(inside)
    ]


def step(length: float, most: int) -> float:
    """Return the distance of ticks so that at most `most` of them fall into a length [s]."""
    return next((s for s in _STEPS if length / s <= most), _STEPS[-1])


def ticks(start: datetime, low: float, high: float, most: int) -> list[float]:
    """Return round local times between two times since the start [s]."""
    width = step(high - low, most)
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    first = (start - midnight).total_seconds()
    k = -(-(first + low) // width)
    found = []
    while (at := k * width - first) <= high + 1e-6:
        found.append(at)
        k += 1
    return found


def clock_axis(axes: Axes, start: datetime, low: float, high: float, narrow: bool, lang: Lang) -> None:
    """Write local times under an axis whose numbers are seconds since the start; the day where it begins."""
    at = ticks(start, low, high, 6 if narrow else 12)
    days: set[str] = set()
    labels = []
    for t in at:
        today = day(start, t, lang)
        text = moment(start, t).strftime("%H:%M:%S" if step(high - low, len(at)) < 60 else "%H:%M")
        labels.append(text if today in days else f"{text}\n{today}")
        days.add(today)
    axes.set_xticks(at, labels)
    axes.set_xlim(low, high)


def event_lines(axes: Axes, events: Sequence[Mark], narrow: bool, numbered: bool = True) -> None:
    """Draw a thin line for each event, with its number above; neighbours share a label such as `2–8`."""
    low, high = axes.get_xlim()
    near = (high - low) * (0.05 if narrow else 0.028)
    groups: list[list[Mark]] = []
    for event in events:
        if not low <= event.at <= high:
            continue
        axes.axvline(event.at, color=FAINT, linewidth=0.6, zorder=0.6)
        if groups and event.at - groups[-1][0].at < near * (1.6 if len(groups[-1]) > 1 else 1.0):
            groups[-1].append(event)
        else:
            groups.append([event])
    for group in groups if numbered else []:
        first, last = group[0].number, group[-1].number
        text = str(first) if first == last else f"{first}–{last}"
        centre = (group[0].at + group[-1].at) / 2
        axes.annotate(
            text, (centre, 1.0), xycoords=("data", "axes fraction"), xytext=(0, 1.5), textcoords="offset points",
            ha="center", va="bottom", fontsize=7.5, color=INK,
        )  # fmt: skip
