"""The dials that a measure may turn: one list, which schema, engine, cautions, explanations and docs follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

Scope = Literal["run", "zone", "topic"]


class RecordField(NamedTuple):
    """Where the engine holds what a dial multiplies: a field of one of its records, and a column where that is a table."""

    record: str
    field: str
    column: int | None = None


@dataclass(frozen=True)
class Dial:
    """One number of the model that a measure multiplies for a time.

    Parameters
    ----------
    name
        Name in a scenario.
    fr, en
        What is turned, in a sentence of `explain`.
    multiplies
        What is multiplied, for the table of ``docs/model/msgu.md``.
    place
        Field of the engine that holds the number; None where a process asks for the factor itself.
    setting
        Dotted path of the number in a scenario, ``*`` for each of a mapping; empty where it is no single setting.
    scope
        Whether it is turned once for the run, or for each zone or topic apart.
    limit
        Field of the same record that the product may not pass; empty: none.
    needs
        Dotted paths of which one must lead to something, or turning the dial does nothing; empty: the block of `setting`.
    needed
        How a caution calls them; empty: the first path.
    of_posts
        Whether it is kept in a run of posts alone.
    of_cells
        Whether ordinary calls depend on it, so that every cell is brought up to the present before it is turned.
    """

    name: str
    fr: str
    en: str
    multiplies: str
    place: RecordField | None
    setting: str = ""
    scope: Scope = "run"
    limit: str = ""
    needs: tuple[str, ...] = ()
    needed: str = ""
    of_posts: bool = False
    of_cells: bool = False

    @property
    def of_people(self) -> bool:
        """Whether it concerns people who are out alone."""
        return self.place is not None and self.place.record == "people"

    def phrase(self, lang: str) -> str:
        """Return what is turned, in a language."""
        return self.fr if lang == "fr" else self.en

    def without(self, scenario: object) -> str:
        """Return what the dial needs where the scenario has none of it; else an empty string."""
        return missing_of(scenario, self.needs or (self.setting.partition(".")[0],), self.needed)


_LIST: Final = (
    Dial(
        "infectiousness", "Envie de partager", "Readiness to share", "hazard of the topics named",
        RecordField("cascade", "multiplier"), scope="topic", limit="ceiling", needs=("topics",), needed="a topic", of_posts=True,
    ),
    Dial(
        "voice_share", "Part des appels parmi les premiers contacts", "Share of voice calls among first contacts",
        "share of first contacts made by voice", RecordField("phone", "voice_share"), needs=("worry",),
    ),
    Dial(
        "redial_persistence", "Chance de rappeler", "Chance to redial",
        "chance to redial, or to try again after a message without an answer",
        RecordField("phone", "persistence"), "phones.persistence", of_cells=True,
    ),
    Dial(
        "channels", "Voies des cellules", "Voice channels of the cells",
        "voice channels of the cells of the zones named, rounded down", RecordField("phone", "channels"), scope="zone",
        needs=("phones",), of_cells=True,
    ),
    Dial(
        "access", "Accès des appels ordinaires au réseau", "Access of ordinary calls to the network",
        "share of the ordinary calls begun in cells of the zones named that may ask for a channel; emergency calls pass",
        RecordField("phone", "admitted"), scope="zone", needs=("phones",), of_cells=True,
    ),
    Dial(
        "taxi", "Chance de trouver un taxi", "Chance to find a taxi", "chance to find a taxi",
        RecordField("people", "taxi"), "going_home.taxi",
        needs=("outings", "places.venues"), needed="people who are out: `outings:` or venues",
    ),
    Dial(
        "map_use", "Usage de la carte des offres", "Use of the map of offers", "share of seekers who use the map",
        RecordField("people", "map_use"), "shelter.map_use",
        needs=("shelter.map_at",), needed="a map: `map_at:` in `shelter:`",
    ),
    Dial(
        "seeing", "Chance de voir un message", "Chance to see a post", "chance to see a post",
        RecordField("cascade", "seeing"), "attention.seeing", limit="seeing_bound", needs=("network",), of_posts=True,
    ),
    Dial(
        "credulity", "Chance de croire une rumeur", "Chance to believe a rumour", "chance to believe a rumour on first sight",
        RecordField("cascade", "claim", 1), "topics.*.claim.credulity",
        needs=("topics.*.claim",), needed="a topic with a `claim:`", of_posts=True,
    ),
    Dial(
        "bots", "Messages des comptes automatiques", "Posts of automatic accounts", "posts of automatic accounts", None,
        needs=("bots",),
    ),
)  # fmt: skip

DIALS: Final[dict[str, Dial]] = {dial.name: dial for dial in _LIST}


def of_scope(scope: Scope) -> list[str]:
    """Return the names of the dials with a scope."""
    return [dial.name for dial in _LIST if dial.scope == scope]


def missing_of(scenario: object, needs: tuple[str, ...], needed: str = "") -> str:
    """Return how dotted paths are called of which none leads to something in a scenario; else an empty string."""
    found = any(_is_something(value) for path in needs for value in values_at(scenario, path))
    return "" if found else needed or f"`{needs[0]}:`"


def values_at(block: Any, path: str) -> Iterator[Any]:
    """Yield what stands at a dotted path below a block; ``*`` goes through a mapping."""
    head, _, rest = path.partition(".")
    for value in (block.values() if head == "*" else [getattr(block, head)]) if block is not None else ():
        yield from values_at(value, rest) if rest else [value]


def _is_something(value: object) -> bool:
    return value not in (None, {}, [])


def table() -> str:
    """Return the table of dials in ``docs/model/msgu.md``, as Markdown."""
    rows = [f"| {dial.name} | {dial.multiplies} |\n" for dial in _LIST]
    return "| dial | what it multiplies |\n|---|---|\n" + "".join(rows)
