"""Traps: inputs that say something which nothing would come of, or which two readers would read differently.

Each is one change of a right file of some kind; `traps` makes them all, `base` the files that they change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from msgu.scenario.dials import DIALS
from msgu.scenario.yaml.nodes import Mapping, Node, Scalar, Sequence
from msgu.scenario.yaml.read import read_tree

from tests import TOY
from tests.data.trap_tables import (
    BOUNDS,
    CALIBRATE,
    COMPARE,
    HEAD,
    HOUR_MAPS,
    HOURS,
    KINDS,
    LISTS,
    MOVES,
    NO_KINDS,
    NUMBERS,
    OF_IDS,
    OF_METRICS,
    OVERLAY,
    POLICY,
    QUANTILE_MAPS,
    QUANTILES,
    QUANTITIES,
    REFERENCES,
    SENSITIVITY,
    SETS,
    SPELLINGS,
    STUDIES,
    TEXTS,
    TIMES,
    UNITS,
    UNSEEN,
    WEIGHTS,
    WRONG_NUMBERS,
    WRONG_QUANTITIES,
    WRONG_TIMES,
    ZONES,
)

FILES = {
    "scenario": "town.yaml",
    "places": "places/town.yaml",
    "evidence": "evidence/town.yaml",
    "policy": "policies/mix.yaml",
    "overlay": "overlay.yaml",
    "compare": "compare.yaml",
    "sensitivity": "sensitivity.yaml",
    "calibrate": "calibrate.yaml",
}
"""Kinds of files, and where the right one of each kind stands."""


class Trap(NamedTuple):
    """One wrong input: the kind of file, the kind of trap, a name, the file's new content, or words for ``--set``."""

    file: str
    kind: str
    name: str
    data: bytes = b""
    sets: tuple[str, ...] = ()


def base() -> dict[str, str]:
    """Return the right files by kind: the toy town with places and evidence in files of their own, and what goes with it."""
    text = TOY.read_text(encoding="utf-8")
    apart = {}
    for block in ("places", "evidence"):
        found = re.search(rf"^{block}:\n((?: .*\n|\n)*)", text, re.MULTILINE)
        assert found is not None
        apart[block] = re.sub(r"^  ", "", found[1], flags=re.MULTILINE)
        text = text.replace(found[0], f"{block}: town\n")
    overlay = HEAD.format(id="calibration-trial") + OVERLAY
    return {
        "scenario": text,
        **apart,
        "policy": HEAD.format(id="mix") + POLICY,
        "overlay": overlay,
        "compare": COMPARE,
        "sensitivity": SENSITIVITY,
        "calibrate": CALIBRATE,
    }


# ---- edits of a text at a path ----


def _at(text: str, path: str) -> tuple[Node, int, int]:
    """Return the node at a dotted path, and where its key and its value begin in the text."""
    node, problems = read_tree("x", text)
    assert node is not None and not problems
    lines = [0]
    for line in text.split("\n"):
        lines.append(lines[-1] + len(line) + 1)
    key = node.spot
    for part in path.split("/") if path else ():
        if isinstance(node, Mapping):
            key, node = node.keys[part], node.values[part]
        else:
            assert isinstance(node, Sequence)
            node = node.items[int(part)]
            key = node.spot
    return node, lines[key.line - 1] + key.col - 1, lines[node.spot.line - 1] + node.spot.col - 1


def valued(text: str, path: str, new: str) -> str:
    """Return the text with another value at a path."""
    node, _, start = _at(text, path)
    return text[:start] + new + text[start + _length(text, node, start) :]


def _length(text: str, node: Node, start: int) -> int:
    if isinstance(node, Scalar) and node.plain:
        return len(node.text)
    if text[start] in "\"'":
        return text.index(text[start], start + 1) + 1 - start
    assert text[start] in "{[", "a value on one line"
    depth, quote = 0, ""
    for n, c in enumerate(text[start:]):
        if quote:
            quote = "" if c == quote else quote
        elif c in "\"'":
            quote = c
        else:
            depth += (c in "{[") - (c in "}]")
            if depth == 0:
                return n + 1
    raise AssertionError("not closed")


def keyed(text: str, path: str, new: str) -> str:
    """Return the text with another key at a path."""
    _, start, _ = _at(text, path)
    name = path.rsplit("/", 1)[-1]
    length = len(name) + 2 * (text[start] in "\"'")
    assert name in text[start : start + length]
    return text[:start] + new + text[start + length :]


def added(text: str, path: str, new: str) -> str:
    """Return the text with one more `key: value` in the mapping at a path."""
    node, _, _ = _at(text, path)
    assert isinstance(node, Mapping)
    first = f"{path}/{next(iter(node.keys))}".lstrip("/")
    _, start, _ = _at(text, first)
    flow = text[:start].rstrip(" \n").endswith("{")
    column = start - (text.rfind("\n", 0, start) + 1)
    return text[:start] + new + (", " if flow else "\n" + " " * column) + text[start:]


# ---- what is wrong everywhere ----


def _everywhere(files: dict[str, str]) -> Iterator[Trap]:
    for file, text in files.items():
        yield from _yaml(file, text)
        where = TEXTS[file]
        for n, c in enumerate(UNSEEN):
            name = f"U+{ord(c):04X}"
            yield Trap(file, "invisible", f"{name} in a text", valued(text, where, f'"a{c}b"').encode())
            escape = f"\\U{ord(c):08x}"
            yield Trap(file, "invisible", f"{name} escaped", valued(text, where, f'"a{escape}b"').encode())
            if n % 4 == 0:
                yield Trap(file, "invisible", f"{name} in a key", added(text, "", f'"a{c}b": 1').encode())
                yield Trap(file, "invisible", f"{name} in a comment", (f"# a{c}b\n" + text).encode())
        for path in NUMBERS[file]:
            for new in WRONG_NUMBERS:
                yield Trap(file, "number", f"{path} {new}", valued(text, path, new).encode())
        for paths, wrong, kind in ((QUANTITIES, WRONG_QUANTITIES, "quantity"), (TIMES, WRONG_TIMES, "time")):
            for path in paths.get(file, ()):
                for new in wrong:
                    yield Trap(file, kind, f"{path} {new}", valued(text, path, new).encode())
        for path in blocks(file, text):
            yield Trap(file, "unknown key", path or "(root)", added(text, path, "surprise: 1").encode())


def blocks(file: str, text: str) -> list[str]:
    """Return mappings of a file whose keys are words of the schema: where no other key may stand."""
    tree, _ = read_tree("x", text)
    found: list[str] = []

    def walk(node: Node | None, path: tuple[str, ...]) -> None:
        if isinstance(node, Mapping):
            if len(path) != 1 and node.values and _fixed(path, file):
                found.append("/".join(path))
            for key, value in node.values.items():
                walk(value, (*path, key))

    walk(tree, ())
    return found


def _fixed(path: tuple[str, ...], file: str) -> bool:
    """Whether the keys at a path are fields of a block, one of each kind of entry being enough."""
    return not path or path[-1] not in OF_IDS or "provenance" in path


def _yaml(file: str, text: str) -> Iterator[Trap]:
    where = TEXTS[file]
    first = next(line for line in text.split("\n") if line and line[0] != "#")
    lines = text.split("\n")
    inner = next(n for n, line in enumerate(lines) if line.startswith("  "))
    tabbed = "\n".join([*lines[:inner], "\t" + lines[inner].lstrip(), *lines[inner + 1 :]])
    for name, new in {
        "anchor": "&a x",
        "alias": "*a",
        "tag": "!!str x",
        "python tag": "!!python/name:os.system x",
        "empty value": "",
        "old truth": "yes",
        "hashtag": "#word",
        "octal": "0o17",
        "two colons": "a: b: c",
        "no end of a quote": '"abc',
    }.items():
        yield Trap(file, "yaml", name, valued(text, where, new).encode())
    for name, whole in {
        "duplicate key": text + "\n" + (first if file != "evidence" else "figures: {}"),
        "second document": text + "\n---\na: 1\n",
        "directive": "%YAML 1.1\n---\n" + text,
        "tab": tabbed,
        "byte order mark": "\ufeff" + text,
        "NUL": text + "a: \0\n",
        "merge key": text + "\n<<: {a: 1}\n",
        "carriage returns": text.replace("\n", "\r"),
        "a list": "- 1\n",
        "empty file": "",
        "cut": text[: len(text) * 2 // 3].rsplit("{", 1)[0] + "{",
    }.items():
        yield Trap(file, "yaml", name, whole.encode())
    yield Trap(file, "yaml", "UTF-16", text.encode("utf-16"))
    yield Trap(file, "yaml", "Latin 1", valued(text, where, '"caf\u00e9"').encode("latin-1", "replace"))


# ---- maps ----


def _maps(files: dict[str, str]) -> Iterator[Trap]:
    for file, paths in HOUR_MAPS.items():
        for path in paths:
            for new in HOURS:
                yield Trap(file, "hour", f"{path} {new}", keyed(files[file], path, new).encode())
    for file, path in QUANTILE_MAPS.items():
        for name, new in QUANTILES.items():
            yield Trap(file, "quantile", name, valued(files[file], path, new).encode())
    for file, paths in ZONES.items():
        for path in paths:
            for new in (
                "centr: 1",
                "Centre: 1",
                "paris-11: 1",
                "nowhere: 0.5",
                *(["commune: 1"] if path in NO_KINDS else []),
            ):
                yield Trap(file, "zone", f"{path} {new}", added(files[file], path, new).encode())
    for file, maps in WEIGHTS.items():
        for path, new in maps.items():
            text = files[file]
            changed = text.replace("  topic: alerte\n  people: 30\n", f"  topic: alerte\n  people: 30\n  outcomes: {new}\n")
            changed = _whole(text, path, new) if "outcomes" not in path else changed
            yield Trap(file, "weights", path, changed.encode())
    for path in KINDS:
        for new in ("ofer: 1", "Offer: 1", "all: 1", "photo: 2"):
            yield Trap("scenario", "kind", f"{path} {new}", added(files["scenario"], path, new).encode())
    yield from _selectors(files)
    yield from _lists(files)


def _whole(text: str, path: str, new: str) -> str:
    """Return the text with another value at a path, also where the old one is written over several lines."""
    _, start, value = _at(text, path)
    if text[value] in "{[\"'":
        return valued(text, path, new)
    end = re.compile(r"\n(?! )" if "/" not in path else rf"\n(?! {{{start - text.rfind(chr(10), 0, start)}}})").search(
        text, value
    )
    return text[:start] + f"{path.rsplit('/', 1)[-1]}: {new}" + (text[end.start() :] if end else "\n")


def _selectors(files: dict[str, str]) -> Iterator[Trap]:
    for dial in DIALS:
        for selector, scope, chosen in (("zones", "zone", "[centre]"), ("topics", "topic", "[alerte]")):
            if DIALS[dial].scope != scope:
                row = f'{{dial: {dial}, factor: 0.5, at: "21:00", until: "22:00", {selector}: {chosen}}}'
                for file, path in (("scenario", "measures"), ("policy", "apply/measures")):
                    data = added(files[file], path, f"trap: {row}").encode()
                    yield Trap(file, "selector", f"{selector} of {dial}", data)


def _lists(files: dict[str, str]) -> Iterator[Trap]:
    for kind, table in (("twice in a list", LISTS), ("reference", REFERENCES)):
        for file, changes in table.items():
            for path, new in changes.items():
                yield Trap(file, kind, f"{path} {new}", valued(files[file], path, new).encode())


# ---- evidence, spellings, policies, studies ----


def _special(files: dict[str, str]) -> Iterator[Trap]:
    evidence = files["evidence"]
    for figure, units in UNITS.items():
        for unit in units:
            yield Trap(
                "evidence", "unit", f"{figure} {unit}", valued(evidence, f"figures/{figure}/unit", f'"{unit}"').encode()
            )
    for metric, units in OF_METRICS.items():
        for unit in units:
            row = f'{{quantity: q, value: 1, unit: "{unit}", metric: "{metric}", role: target, source: invented, confidence: M}}'
            yield Trap("evidence", "unit", f"{metric} {unit}", added(evidence, "figures", f"trap: {row}").encode())
    for name, (path, new) in BOUNDS.items():
        yield Trap("evidence", "bounds", name, valued(evidence, path, new).encode())
    for name, new in SPELLINGS.items():
        yield Trap("scenario", "spelling", name, valued(files["scenario"], "topics/abri/variants", new).encode())
    yield Trap("policy", "spelling", "case", valued(files["policy"], "apply/topics/abri/variants", '{"#ABRI": 2}').encode())
    for file in ("policy", "overlay"):
        head, _, _ = files[file].partition("apply:")
        for key, value in MOVES.items():
            yield Trap(file, "moved", key, added(files[file], "apply", f"{key}: {value}").encode())
        for name, whole in {
            "nothing applied": head + "apply: {}\n",
            "empty blocks": head + "apply: {topics: {}, posts: {}}\n",
            "no apply": head,
            "no head": files[file].partition("\n")[2].partition("apply:")[1] + files[file].partition("apply:")[2],
            "a new zone": head + "apply: {places: {zones: {centr: {population: 5}}}}\n",
            "a list replaced": head + "apply: {trending: {topics: [abri]}}\n",
            "only a reason": "policy:\n  id: x\n  why: {fr: a, en: a}\n",
        }.items():
            yield Trap(file, "policy", name, whole.encode())
    yield from _studies(files)


def _studies(files: dict[str, str]) -> Iterator[Trap]:
    for file, changes in STUDIES.items():
        for name, (path, new) in changes.items():
            text = files[file]
            above, _, key = path.rpartition("/")
            there, _, _ = _at(text, above)
            assert isinstance(there, Mapping)
            changed = _whole(text, path, new) if key in there.keys else added(text, above, f"{key}: {new}")
            yield Trap(file, "study", name, changed.encode())


def traps() -> list[Trap]:
    """Return every trap, in an order that is always the same."""
    files = base()
    made = [*_everywhere(files), *_maps(files), *_special(files)]
    return made + [Trap("--set", "override", name, b"", sets) for name, sets in SETS.items()]


# ---- what must be taken ----


def accepted() -> list[Trap]:
    """Return changes that only look odd: each must be taken."""
    files = base()
    family, flag = "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f3f3\ufe0f\u200d\U0001f308"
    changes: dict[str, list[tuple[str, str]]] = {
        "scenario": [
            ("title/en", f'"{family} {flag} 1\ufe0f\u20e3 \u2764\ufe0f"'),
            ("title/en", '"\u0645\u0633\u0627\u0621 \u6771\u4eac caf\u00e9"'),
            ("network/accounts", "2e3"),
            ("topics/abri/infectiousness", "2.5e-2"),
            ("attention/awake", '{"0": 0, "23": 1}'),
            ("topics/rumeur-port/delay/quantiles", '{"1": 2 h, ".5": 3 min, "0": 5 s}'),
            ("topics/rumeur-port/delay/quantiles", "{0: 5 s, 1e-1: 5 s, 1: 5 s}"),
            ("topics/abri/variants", '{"#abri": 1, "#abris": 0, "#\u6771\u4eac": 2}'),
            ("topics/alerte/zone_factor", "{commune: 0, centre: 2}"),
            ("worry/ties", "{arrondissement: 0}"),
            ("going_home/homes", "{nord: 1, est: 0}"),
            ("scale", "1e-1"),
        ],
        "places": [("venues/hall/homes", "{arrondissement: 2, port: 1}"), ("zones/centre/population", "9e1")],
        "evidence": [
            ("figures/posts/unit", '"thousand tweets"'),
            ("figures/posts/unit", "uses"),
            ("figures/opening/unit", '"1"'),
            ("figures/opening/unit", '"%"'),
            ("figures/posts/low", "600"),
            ("figures/posts/high", "6e2"),
        ],
        "policy": [("apply/topics/abri/kinds", "{offer: 0}"), ("apply/attention/awake", '{"7": 0.5}')],
        "compare": [
            ("metrics/wait/unit", "h"),
            ("metrics/peak/unit", "uses/h"),
            ("reps", "1e1"),
            ("alternatives/taxis/sets", '["attention.awake.3=0.5"]'),
        ],
        "sensitivity": [("uncertain/ride/high", "120.5 min"), ("sensitivity/size", "8")],
        "calibrate": [("levels/only/points", "1e1"), ("parameters/life/unit", "min")],
    }
    made = []
    for file, pairs in changes.items():
        for path, new in pairs:
            made.append(Trap(file, "accepted", f"{path} {new}", valued(files[file], path, new).encode()))
    words = {
        "two values of one block": ("record.bin=1 s", "record.event_log=true"),
        "a whole operator": ("phones.operators.red={share: 1}",),
        "a whole entry by parts": (
            'desks.hotline.rates.x.at="21:00"',
            'desks.hotline.rates.x.until="22:00"',
            "desks.hotline.rates.x.rate=3 /h",
        ),
        "evidence": ("evidence.peak_reading=event_per_second",),
        "start": ("horizon=3 h",),
        "an exponent": ("seed=2e3",),
    }
    return made + [Trap("--set", "accepted", name, b"", sets) for name, sets in words.items()]
