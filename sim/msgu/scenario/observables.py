"""What a rule may watch: one list, which schema, engine, cautions, explanations and docs follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from msgu.scenario.dials import missing_of

Kind = Literal["rate", "share", "level", "age"]
Selector = Literal["", "topic", "zones", "desk", "event"]
Unit = Literal["1", "/s", "s"]
UNITS: Final[dict[Kind, Unit]] = {"rate": "/s", "share": "1", "level": "1", "age": "s"}
FORMS: Final[dict[Unit, str]] = {
    "1": "a number of 0 or more, without a unit",
    "/s": "a rate, such as `30 /min`",
    "s": "a duration, such as `20 min`",
}
"""How a level of each unit is written."""


class Count(NamedTuple):
    """Where the engine counts something: a field of one of its records.

    column : of the last axis, where that is a table. per_part : whether the axis before it is that of zones, desks or topics.
    part : field with the part of each thing, where things are counted one by one. codes : those of `field` that are counted,
    all where there are none. used : field whose first element says how many things there are so far.
    """

    record: str
    field: str
    column: int | None = None
    per_part: bool = False
    part: str = ""
    codes: tuple[int, ...] = ()
    used: str = ""


@dataclass(frozen=True)
class Observable:
    """One thing that a crisis room can see.

    Parameters
    ----------
    name
        Name in a scenario.
    fr, en
        What is seen, in a sentence of `explain`.
    seen
        What is seen, for the table of ``docs/model/rules.md``.
    kind
        A rate or a share over the last minutes, a level as it stands, or the time since something.
    selector
        What narrows it; it must be given, but for zones, of which none means all.
    counts
        What is counted so far, or stands now; of a share, the part and the whole. None where a process shows it.
    scaled
        Whether counts are those of the share of the city that is run.
    of_cells
        Whether ordinary calls are counted in it: cells are brought up to the present, and zones weighted by their whole cells.
    needs
        Dotted paths of which one must lead to something, or there is nothing to see.
    needed
        How a caution calls them.
    followed
        Block of the scenario that may end earlier than the run.
    """

    name: str
    fr: str
    en: str
    seen: str
    kind: Kind
    selector: Selector = ""
    counts: tuple[Count, ...] = ()
    scaled: bool = False
    of_cells: bool = False
    needs: tuple[str, ...] = ()
    needed: str = ""
    followed: Literal["", "phones", "going_home", "desks"] = ""

    @property
    def unit(self) -> Unit:
        """Unit of a level: 1, 1/s or s."""
        return UNITS[self.kind]

    @property
    def over_time(self) -> bool:
        """Whether it is counted over a window."""
        return self.kind in ("rate", "share")

    def phrase(self, lang: str) -> str:
        """Return what is seen, in a language."""
        return self.fr if lang == "fr" else self.en

    def without(self, scenario: object) -> str:
        """Return what it needs where the scenario has none of it; else an empty string."""
        return missing_of(scenario, self.needs, self.needed)


_LIST: Final = (
    Observable(
        "posts", "messages sur {topic}", "posts on {topic}", "posts on a topic per minute, at scale 1", "rate", "topic",
        (Count("cascade", "post_topic", part="post_topic", used="size"),), scaled=True, needs=("network",),
        needed="`network:`",
    ),
    Observable(
        "offers", "offres d'hébergement publiées", "offers of shelter posted",
        "offers of shelter posted per minute, at scale 1", "rate", "",
        (Count("cascade", "size", column=1),), scaled=True, needs=("shelter",), needed="`shelter:`",
    ),
    Observable(
        "blocking", "part des tentatives d'appel perdues ({zones})", "share of call attempts lost ({zones})",
        "share of call attempts lost in the cells of zones", "share", "zones",
        (Count("phone", "calls", column=1, per_part=True), Count("phone", "calls", column=0, per_part=True)), of_cells=True,
        needs=("phones",), needed="`phones:`", followed="phones",
    ),
    Observable(
        "waiting", "appelants en attente au centre {desk}", "callers waiting at desk {desk}", "callers waiting at a desk now",
        "level", "desk", (Count("desks", "waiting", per_part=True),), needs=("desks",), needed="`desks:`", followed="desks",
    ),
    Observable(
        "unchecked", "offres en attente d'un bénévole", "offers waiting for a volunteer",
        "offers that wait for a volunteer now, at scale 1", "level", needs=("shelter",), needed="`shelter:`",
    ),
    Observable(
        "stranded", "personnes bloquées ({zones})", "people stranded ({zones})",
        "people known to be stranded in zones now, those who look for shelter among them", "level", "zones",
        (Count("people", "state", part="at", codes=(4, 5)),), needs=("outings", "places.venues"),
        needed="people who are out: `outings:` or venues", followed="going_home",
    ),
    Observable(
        "since", "temps écoulé depuis {event}", "time since {event}", "time since a dated event", "age", "event",
        needs=("events",), needed="`events:`",
    ),
)  # fmt: skip

OBSERVABLES: Final[dict[str, Observable]] = {one.name: one for one in _LIST}


def table() -> str:
    """Return the table of observables in ``docs/model/rules.md``, as Markdown."""
    rows = [f"| {one.name} | {one.seen} | {one.kind} | {one.selector} | {FORMS[one.unit]} |\n" for one in _LIST]
    return "| observable | what is seen | kind | narrowed by | a level is |\n|---|---|---|---|---|\n" + "".join(rows)
