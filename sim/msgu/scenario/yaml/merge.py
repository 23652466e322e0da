"""How the layers of a scenario are put together, written once.

The order is: extended file < this file < policies (in the order of their ids) < ``--set``.

- Mappings are merged key by key; what is overridden is keyed by its id.
- Anything else (text, number, null, list) is a leaf: the later layer replaces it whole.
  Lists are never merged.
- A mapping with another `law` replaces the earlier mapping whole:
  the parameters of one law mean nothing to another.
- Two policies that set the same leaf are an error, so their order never matters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence as Row
from typing import get_origin

from pydantic import BaseModel

from msgu.errors import Problem
from msgu.scenario.yaml.locate import is_model, nearest, type_at
from msgu.scenario.yaml.nodes import Mapping, Node, Scalar, Sequence, Spot, shorten
from msgu.scenario.yaml.read import read_tree
from msgu.scenario.yaml.scalars import check_characters

Path = tuple[str, ...]


def merge(base: Mapping, over: Mapping) -> Mapping:
    """Return a new mapping: `base` overridden by `over`, each node keeping the place where it was written."""
    merged = Mapping(base.spot, dict(base.keys), dict(base.values))
    for key, value in over.values.items():
        before = merged.values.get(key)
        if isinstance(before, Mapping) and isinstance(value, Mapping) and not _other_law(before, value):
            merged.put(key, merged.keys[key], merge(before, value))
        else:
            merged.put(key, over.keys[key], value)
    return merged


def _other_law(before: Mapping, after: Mapping) -> bool:
    old, new = before.values.get("law"), after.values.get("law")
    return isinstance(new, Scalar) and isinstance(old, Scalar) and new.text != old.text


def leaves(node: Node, prefix: Path = ()) -> Iterator[tuple[Path, Spot, Node]]:
    """Yield path, place and node of each leaf below a node, in the order written."""
    if not isinstance(node, Mapping):
        yield prefix, node.spot, node
        return
    for key, value in node.values.items():
        yield from leaves(value, (*prefix, key))


def conflicts(layers: Dictionary[str, Mapping]) -> Iterator[Problem]:
    """Yield a problem for each leaf that two policies set.

    Parameters
    ----------
    layers
        Policy id to what it applies.
    """
    owners: dict[Path, tuple[str, Spot]] = {}
    for name in sorted(layers):
        mine: dict[Path, tuple[str, Spot]] = {}
        for path, spot, _ in leaves(layers[name]):
            claimed = path[:-1] if path[-1:] == ("law",) else path
            other = _claimant(owners, claimed)
            if other is not None:
                theirs, where = other
                given = f"set by policy `{name}` and by policy `{theirs}` ({where.path}:{where.line}:{where.col})"
                yield Problem(spot.path, spot.line, spot.col, ".".join(path), given, "one policy for each value", "")
            mine.setdefault(claimed, (name, spot))
        owners.update(_with_parents(mine))


def _with_parents(claims: dict[Path, tuple[str, Spot]]) -> dict[Path, tuple[str, Spot]]:
    """Return the claims, and a weak claim ``(*parent, "")`` on each mapping above them."""
    weak = {(*path[:i], ""): owner for path, owner in claims.items() for i in range(1, len(path))}
    return weak | claims


def _claimant(owners: dict[Path, tuple[str, Spot]], path: Path) -> tuple[str, Spot] | None:
    """Return who claimed this path, a mapping above it as a whole, or anything below it."""
    for i in range(1, len(path) + 1):
        if path[:i] in owners:
            return owners[path[:i]]
    return owners.get((*path, ""))


# ---- --set ----

_SEGMENT = r'(?:"[^"]+"|[^."=\s\[\]]+)'
_SET = re.compile(rf"({_SEGMENT}(?:\.{_SEGMENT})*)=(.*)", re.DOTALL)
_SET_FORM = "`key.path=value`, the value written as in YAML"


def read_sets(sets: Row[str]) -> tuple[Mapping, list[Problem]]:
    """Read ``--set`` arguments into one layer.

    Parameters
    ----------
    sets
        Arguments such as ``closures.line-5.from=22:10``; a key that holds a dot is put between double quotes.

    Returns
    -------
    The layer, each node placed at ``--set[n]:1:column``, and the problems.
    """
    layer, problems = Mapping(Spot("--set[1]", 1, 1)), []
    whole: list[Node] = []
    for n, text in enumerate(sets, start=1):
        problems += _read_set(layer, f"--set[{n}]", text, whole)
    return layer, problems


def _read_set(layer: Mapping, name: str, text: str, whole: list[Node]) -> list[Problem]:
    match = _SET.fullmatch(text)
    bad = check_characters(name, text)
    if bad or match is None:
        return bad or [Problem(name, 1, 1, "", f"`{shorten(text)}`", _SET_FORM, "closures.line-5.until=22:10")]
    value, problems = read_tree(name, match[2], first_col=match.start(2) + 1)
    dotted = match[1]
    if value is None and not problems:
        problems = [Problem(name, 1, match.start(2) + 1, dotted, "nothing", "a value, or null", f"{dotted}=null")]
    if problems or value is None:
        return [
            Problem(p.path, p.line, p.col, dotted + (f".{p.key}" if p.key else ""), p.given, p.allowed, p.nearest)
            for p in problems
        ]
    keys = [(m[0].strip('"'), Spot(name, 1, m.start() + 1)) for m in re.finditer(_SEGMENT, dotted)]
    return _place(layer, keys, value, dotted, whole)


def _place(layer: Mapping, keys: list[tuple[str, Spot]], value: Node, dotted: str, whole: list[Node]) -> list[Problem]:
    """Put a value into the layer under its keys, making mappings on the way; `whole` holds the values that were given."""
    at = layer
    for key, spot in keys[:-1]:
        below = at.values.get(key)
        if below is None:
            below = Mapping(spot)
            at.put(key, spot, below)
        if not isinstance(below, Mapping) or any(below is given for given in whole):
            return [_twice(spot, dotted, below)]
        at = below
    key, spot = keys[-1]
    if key in at.values:
        return [_twice(spot, dotted, at.values[key])]
    at.put(key, spot, value)
    whole.append(value)
    return []


def _twice(spot: Spot, dotted: str, before: Node) -> Problem:
    return Problem(
        spot.path,
        1,
        1,
        dotted,
        f"already set by {before.spot.path}",
        "each value once",
        "delete one of the two",
    )


def strangers(base: Mapping, over: Mapping, model: type[BaseModel], path: Path = ()) -> Iterator[Problem]:
    """Yield a problem for each new entry of a mapping of blocks that may be a wrong name.

    An entry that needs little (a zone nothing, an operator one value) would be made in silence of any name:
    ``--set`` gives such a one whole, and a policy has only what needs something.
    """
    block = type_at(model, path)
    for key, node in over.values.items():
        there = base.values.get(key)
        if not isinstance(node, Mapping):
            continue
        below = type_at(model, (*path, key))
        if there is None and get_origin(block) is dict and is_model(below):
            spot, needed = over.keys[key], sum(info.is_required() for info in below.model_fields.values())
            passed = node.spot is spot
            if needed < 2 if passed else needed < 1 and not spot.path.startswith("--set["):
                dotted = ".".join((*path, key))
                allowed = "an entry that is there" + (f", or a new one given whole: `{dotted}={{...}}`" if passed else "")
                fix = nearest(key, base.values)
                yield Problem(spot.path, spot.line, spot.col, dotted, f"`{key}`, which is not there", allowed, fix)
        yield from strangers(there if isinstance(there, Mapping) else Mapping(node.spot), node, model, (*path, key))


def emptied(base: Mapping, over: Mapping, path: Path = ()) -> Iterator[Problem]:
    """Yield a problem for each empty mapping that is laid over one with keys: they are merged, so that nothing would change."""
    for key, node in over.values.items():
        there = base.values.get(key)
        if not isinstance(node, Mapping) or not isinstance(there, Mapping) or not there.values:
            continue
        if not node.values:
            given = f"an empty mapping over one with `{next(iter(there.values))}`"
            spot, dotted = over.keys[key], ".".join((*path, key))
            yield Problem(spot.path, spot.line, spot.col, dotted, given, "keys to change: mappings are merged", "delete it")
        yield from emptied(there, node, (*path, key))


def replaced_lists(base: Mapping, over: Mapping) -> Iterator[tuple[Path, Spot]]:
    """Yield path and place of each list of `over` that would replace a list of `base`."""
    for path, spot, node in leaves(over):
        found: Node | None = base
        for key in path:
            found = found.values.get(key) if isinstance(found, Mapping) else None
        if isinstance(node, Sequence) and isinstance(found, Sequence):
            yield path, spot
