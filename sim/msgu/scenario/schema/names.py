"""Names that stand for something elsewhere in a scenario: a field says by its type what it names, and is checked so."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from msgu.errors import Loc
from msgu.scenario.schema.field import Slug

Problem = tuple[Loc, str, str, str]


@dataclass(frozen=True)
class Names:
    """Marks a text as the name of something.

    what : what it names. at_key : whether an error about a key of a mapping points at the key, not at its value.
    """

    what: str
    at_key: bool = False


Zone = Annotated[Slug, Names("a zone")]
ZoneAsKey = Annotated[Slug, Names("a zone", at_key=True)]
ZoneOrKind = Annotated[Slug, Names("a zone or kind of zone")]
ZoneOrKindAsKey = Annotated[Slug, Names("a zone or kind of zone", at_key=True)]
Topic = Annotated[Slug, Names("a topic")]
Account = Annotated[Slug, Names("an account")]
Post = Annotated[Slug, Names("a dated post")]
Broadcast = Annotated[Slug, Names("a broadcast")]
Station = Annotated[Slug, Names("a station")]
Event = Annotated[Slug, Names("an event")]
TeamAsKey = Annotated[Slug, Names("a team", at_key=True)]
Line = Annotated[Slug, Names("a line")]
Desk = Annotated[Slug, Names("a desk")]
News = Annotated[Slug, Names("later news of `worry.news`")]


def unknown_names(
    block: BaseModel, known: Mapping[str, Collection[str]], where: str, shown: int = 0, without: Collection[str] = ()
) -> Iterator[Problem]:
    """Yield the names in a block that stand for nothing: location, what was given, what is allowed, the nearest name.

    Parameters
    ----------
    block
        A block of the schema; names are looked for in all fields below it.
    known
        What names may stand for -> the names that there are.
    where
        Where they are, for instance ``this scenario``.
    shown
        How many of them an error lists.
    without
        Fields of the block that are looked at elsewhere.
    """
    for loc, name, what in _named(block, type(block), ()):
        if loc[0] in without:
            continue
        if name not in known[what]:
            yield loc, repr(name), f"{what} of {where}{_listed(known[what], shown)}", nearest(name, known[what])


def unknown(loc: Loc, name: str, known: Collection[str], what: str, shown: int) -> Iterator[Problem]:
    """Yield one problem where a name is not among those that are there."""
    if name not in known:
        yield loc, repr(name), f"{what} of this scenario{_listed(known, shown)}", nearest(name, known)


def _listed(known: Collection[str], shown: int) -> str:
    names = sorted(known)
    text = ", ".join(names[:shown]) + (", ..." if len(names) > shown else "")
    return f" ({text or 'none'})" if shown else ""


def nearest(name: str, known: Collection[str]) -> str:
    """Return the name most like one that is not there, or an empty text."""
    import difflib

    near = difflib.get_close_matches(name, sorted(known), 1, 0.5)
    return near[0] if near else ""


# ---- where names stand ----


def _named(value: Any, annotation: Any, loc: Loc) -> Iterator[tuple[Loc, str, str]]:
    """Yield location, name, and what it names, of everything below a value."""
    if value is None or not _names_something(annotation):
        return
    options = get_args(annotation)
    if isinstance(value, BaseModel):
        for name, inner in _fields(type(value)):
            yield from _named(getattr(value, name), inner, (*loc, name))
    elif get_origin(annotation) is Annotated:
        mark = _mark(annotation)
        yield from [(loc, value, mark.what)] if mark else _named(value, options[0], loc)
    elif get_origin(annotation) in (Union, UnionType):
        yield from _named(value, next(option for option in options if _names_something(option)), loc)
    elif isinstance(value, dict):
        mark = _mark(options[0])
        for key, inner in value.items():
            if mark:
                yield (*loc, key, *(("[key]",) if mark.at_key else ())), key, mark.what
            yield from _named(inner, options[1], (*loc, key))
    else:
        for i, inner in enumerate(value):
            yield from _named(inner, options[0], (*loc, i))


def _mark(annotation: Any) -> Names | None:
    return next((item for item in get_args(annotation)[1:] if isinstance(item, Names)), None)


@cache
def _fields(model: type[BaseModel]) -> list[tuple[str, Any]]:
    """Return the fields of a block below which a name stands, with their annotations."""
    whole = [(name, _annotation(info.annotation, info.metadata)) for name, info in model.model_fields.items()]
    return [(name, annotation) for name, annotation in whole if _names_something(annotation)]


def _annotation(bare: Any, metadata: list[Any]) -> Any:
    mark = next((item for item in metadata if isinstance(item, Names)), None)
    return Annotated[bare, mark] if mark else bare


def _names_something(annotation: Any) -> bool:
    """Return whether a name stands anywhere below an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return bool(_fields(annotation))
    if _mark(annotation) is not None:
        return True
    return any(_names_something(option) for option in get_args(annotation) if not isinstance(option, str))
