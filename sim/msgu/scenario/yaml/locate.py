"""From the schema's errors to problems that know their place in the text."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from msgu.errors import Loc, Problem, SchemaProblem
from msgu.scenario.yaml.nodes import Mapping, Node, Scalar, Sequence, Spot, shorten
from msgu.units import describe
from msgu.units.quantity import plain_number

MAX_PROBLEMS: Final = 500


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word nearest to a mistyped one, or an empty string."""
    names = {name.lower(): name for name in sorted(known, reverse=True)}
    near = difflib.get_close_matches(word[:80].lower(), sorted(names), 1, 0.6)
    return names[near[0]] if near else ""


# ---- what the schema says about a place ----


def type_at(model: type[BaseModel], loc: Loc) -> Any:
    """Return the annotation of the field at a location, or None where the schema has none."""
    found: Any = model
    for part in loc:
        found = _below(_bare(found), part)
    return _bare(found)


def _bare(annotation: Any) -> Any:
    """Return the annotation without its metadata and without None."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, UnionType):
            some = [option for option in get_args(annotation) if option is not NoneType]
            if len(some) != 1:
                return annotation
            annotation = some[0]
        else:
            return annotation


def _below(annotation: Any, part: str | int) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        info = annotation.model_fields.get(str(part))
        return info.annotation if info is not None else None
    origin, options = get_origin(annotation), get_args(annotation)
    if origin is dict:
        return options[1]
    if origin in (list, tuple):
        return options[0]
    if origin in (Union, UnionType):
        return next((option for option in options if _has_tag(_bare(option), part)), None)
    return None


def _has_tag(option: Any, part: str | int) -> bool:
    if not (isinstance(option, type) and issubclass(option, BaseModel)):
        return False
    return any(
        part in get_args(info.annotation) for info in option.model_fields.values() if get_origin(info.annotation) is Literal
    )


def is_model(annotation: Any) -> bool:
    """Return whether an annotation is a block of the schema."""
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


# ---- where a location is in the text ----


@dataclass(frozen=True)
class Found:
    """The place of a location: its nearest node, the place of that node's key, and the path of keys to it."""

    node: Node
    key_spot: Spot
    path: tuple[str, ...]
    missing: tuple[str | int, ...]


def find(root: Node, loc: Loc) -> Found:
    """Follow a location as far as the text goes; parts not written there (tags of unions) are passed over."""
    node, key_spot = root, root.spot
    path: tuple[str, ...] = ()
    missing: list[str | int] = []
    for part in loc:
        if isinstance(node, Mapping) and str(part) in node.values:
            key_spot, node = node.keys[str(part)], node.values[str(part)]
            path, missing = (*path, str(part)), []
        elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
            key_spot, path, missing = node.spot, (*path, str(part)), []
        elif part != "[key]":
            missing.append(part)
    return Found(node, key_spot, path, tuple(missing))


# ---- one error ----


def problems_of(errors: Iterable[ErrorDetails], root: Node, model: type[BaseModel]) -> list[Problem]:
    """Return the problems of a validation, each at the node that is to blame."""
    problems: list[Problem] = []
    for count, error in enumerate(errors):
        if count == MAX_PROBLEMS:
            problems.append(
                Problem(
                    root.spot.path,
                    1,
                    1,
                    "",
                    f"more than {MAX_PROBLEMS} problems",
                    "see those listed first",
                    "",
                )
            )
            break
        problems += _problems_of_one(error, root, model)
    return problems


def placed(root: Node, found: Iterable[tuple[Loc, str, str, str]]) -> list[Problem]:
    """Return problems given as location, what stood there, what is allowed and nearest fix, each at its node."""
    return [_positioned(root, *one) for one in found]


def _problems_of_one(error: ErrorDetails, root: Node, model: type[BaseModel]) -> list[Problem]:
    loc: Loc = error["loc"]
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, SchemaProblem):
        return [_positioned(root, (*loc, *below), given, allowed, fix) for below, given, allowed, fix in cause.problems]
    kind = error["type"]
    if kind == "extra_forbidden":
        return [_unknown_key(root, loc, model)]
    if kind == "missing":
        return [_missing(root, loc, model)]
    found = find(root, (*loc, "law") if kind == "union_tag_invalid" else loc)
    given = _given(found.node)
    allowed, fix = _explain(error, found, model)
    spot = found.key_spot if loc[-1:] == ("[key]",) else found.node.spot
    if loc[-1:] == ("[key]",):
        given = f"the key `{found.path[-1] if found.path else ''}`"
    return [Problem(spot.path, spot.line, spot.col, ".".join(found.path), given, allowed, fix)]


def _positioned(root: Node, loc: Loc, given: str, allowed: str, fix: str) -> Problem:
    """Return a problem that a validator placed itself."""
    found = find(root, loc)
    at_key = loc[-1:] == ("[key]",) or isinstance(found.node, Mapping | Sequence) or bool(found.missing)
    spot = found.key_spot if at_key else found.node.spot
    missing = tuple(str(part) for part in found.missing)
    return Problem(spot.path, spot.line, spot.col, ".".join((*found.path, *missing)), given, allowed, fix)


def _unknown_key(root: Node, loc: Loc, model: type[BaseModel]) -> Problem:
    found = find(root, loc)
    block = type_at(model, loc[:-1])
    known = list(block.model_fields) if is_model(block) else []
    key = str(loc[-1])
    there = find(root, loc[:-1]).node
    unused = [name for name in known if not isinstance(there, Mapping) or name not in there.values]
    spot = found.key_spot
    allowed = f"one of: {', '.join(known)}" if known else "no such key here"
    return Problem(
        spot.path,
        spot.line,
        spot.col,
        ".".join(found.path),
        f"unknown key `{key}`",
        allowed,
        nearest(key, unused) or nearest(key, known),
    )


def _missing(root: Node, loc: Loc, model: type[BaseModel]) -> Problem:
    found = find(root, loc[:-1])
    block = type_at(model, loc[:-1])
    name = str(loc[-1])
    info = block.model_fields.get(name) if is_model(block) else None
    meaning = f" ({info.description})" if info is not None and info.description else ""
    spot = found.key_spot
    return Problem(
        spot.path,
        spot.line,
        spot.col,
        ".".join((*found.path, name)),
        f"`{name}` is missing",
        f"required{meaning}",
        f"add `{name}:`",
    )


def _given(node: Node) -> str:
    if isinstance(node, Mapping):
        return "a mapping" if node.values else "an empty mapping"
    if isinstance(node, Sequence):
        return f"a list of {len(node.items)}"
    return f"'{shorten(node.text)}'" if not node.plain else f"`{shorten(node.text)}`"


def _limit(words: str, name: str) -> Callable[[ErrorDetails, Found, Any], tuple[str, str]]:
    def explain(error: ErrorDetails, found: Found, info: Any) -> tuple[str, str]:
        value = error["ctx"][name]
        unit = _unit(info)
        return f"{words} {value:g}{unit}" if isinstance(value, float) else f"{words} {value}{unit}", ""

    return explain


def _unit(info: Any) -> str:
    extra = getattr(info, "json_schema_extra", None)
    unit = extra.get("unit", "1") if isinstance(extra, dict) else "1"
    return "" if unit == "1" else f" {unit}"


def _length(error: ErrorDetails, found: Found, info: Any) -> tuple[str, str]:
    limit = error["ctx"].get("max_length", error["ctx"].get("min_length"))
    words = "at most" if "max_length" in error["ctx"] else "at least"
    what = "characters" if isinstance(found.node, Scalar) else "items"
    return f"{words} {limit} {what}", ""


def _literal(error: ErrorDetails, found: Found, info: Any) -> tuple[str, str]:
    expected = str(error["ctx"].get("expected", error["ctx"].get("expected_tags", "")))
    options = re.findall(r"'([^']*)'", expected) or [expected]
    text = found.node.text if isinstance(found.node, Scalar) else str(error["ctx"].get("tag", ""))
    text = found.path[-1] if error["loc"][-1:] == ("[key]",) else text
    return f"one of: {', '.join(options)}", nearest(text, options)


def _pattern(error: ErrorDetails, found: Found, info: Any) -> tuple[str, str]:
    pattern = str(error["ctx"]["pattern"])
    text = found.path[-1] if error["loc"][-1:] == ("[key]",) else getattr(found.node, "text", "")
    if pattern == r"^[a-z0-9][a-z0-9-]*$":
        slug = re.sub(r"[^a-z0-9]+", "-", _without_accents(text[:80]).lower()).strip("-")
        return "small letters, digits and hyphens", slug
    words = re.fullmatch(r"\^\[([A-Z]+)\]\$", pattern)
    return f"one of: {', '.join(words[1])}" if words else f"text of the form {pattern}", ""


def _without_accents(text: str) -> str:
    import unicodedata

    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _text(error: ErrorDetails, found: Found, info: Any) -> tuple[str, str]:
    fix = f'"{found.node.text}"' if isinstance(found.node, Scalar) and found.node.value is not None else ""
    return "a text: put it between quotes", fix


def _number(words: str) -> Callable[[ErrorDetails, Found, Any], tuple[str, str]]:
    def explain(error: ErrorDetails, found: Found, info: Any) -> tuple[str, str]:
        node, unit = found.node, _unit(info)
        fix = ""
        if isinstance(node, Scalar):
            digits = plain_number(node.text.strip())
            fix = digits if re.fullmatch(r"-?[1-9][0-9]{0,15}|0", digits) else ""
            if not fix and isinstance(node.value, float) and abs(node.value) < 1e15:
                fix = str(round(node.value))
            if words == "a number" and re.fullmatch(r"-?[0-9]{1,15}\.[0-9]{1,15}", digits):
                fix = digits
            fix += ", with a decimal point" if fix and "," in node.text and "." in digits else ""
        return f"{words}{' of' + unit if unit else ''}", fix

    return explain


def _plainly(words: str, fix: str = "") -> Callable[[ErrorDetails, Found, Any], tuple[str, str]]:
    return lambda error, found, info: (words, fix)


_EXPLAIN: Final[dict[str, Callable[[ErrorDetails, Found, Any], tuple[str, str]]]] = {
    "literal_error": _literal,
    "union_tag_invalid": _literal,
    "union_tag_not_found": _plainly("a mapping with `law:`", "add `law:`"),
    "string_type": _text,
    "string_pattern_mismatch": _pattern,
    "string_too_long": _length,
    "string_too_short": _length,
    "too_long": _length,
    "too_short": _length,
    "int_type": _number("a whole number"),
    "int_from_float": _number("a whole number"),
    "int_parsing_size": _plainly("a number of at most 15 digits"),
    "float_type": _number("a number"),
    "finite_number": _plainly("a finite number"),
    "bool_type": _plainly("true or false"),
    "greater_than": _limit("greater than", "gt"),
    "greater_than_equal": _limit("at least", "ge"),
    "less_than": _limit("less than", "lt"),
    "less_than_equal": _limit("at most", "le"),
    "model_type": _plainly("a mapping: `key: value` lines"),
    "model_attributes_type": _plainly("a mapping: `key: value` lines"),
    "dict_type": _plainly("a mapping: `id: ...` lines"),
    "list_type": _plainly("a list: `[a, b]` or `- a` lines"),
    "tuple_type": _plainly("a list: `[a, b]`"),
    "none_required": _plainly("null"),
}


def _explain(error: ErrorDetails, found: Found, model: type[BaseModel]) -> tuple[str, str]:
    """Return what is allowed at an error's place, and the nearest fix."""
    explain = _EXPLAIN.get(error["type"])
    if explain is None:
        return error["msg"], ""
    return explain(error, found, _field_info(model, error["loc"]))


def _field_info(model: type[BaseModel], loc: Loc) -> Any:
    """Return the schema's field that a location lies in: the last part that names one."""
    for end in range(len(loc), 0, -1):
        block = type_at(model, loc[: end - 1])
        if is_model(block) and str(loc[end - 1]) in block.model_fields:
            return block.model_fields[str(loc[end - 1])]
    return None


__all__ = ["MAX_PROBLEMS", "Found", "describe", "find", "is_model", "nearest", "problems_of", "type_at"]
