"""Seeded mutations of scenario files, and an independent reading of what a YAML text says.

The reading shares nothing with the loader: ruamel.yaml composes the nodes, and quantities, times and numbers are
compared as exact fractions by the few lines below.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from fractions import Fraction
from typing import Any

from ruamel.yaml import YAML

# ---- mutations ----

_WORDS = (
    "yes", "no", "Off", "0777", "0o17", "0x1F", "1_000", "1e999", ".nan", "-.inf", "1e6", "-1", "0", "1", "1.5", "0.5",
    "~", "null", "true", "''", '""', "#tag", "# tag", "&a x", "*a", "!!str 5", "!x y", "21:20", "190:20:30", "00:30",
    "2015-11-13", "2015-11-14T00:18:00+01:00", "T+2 h", "20", "20 s", "20 m", "1,5 h", "3 /h", "800 m", "5 km/h", "12 %",
    "1/100", "[", "]", "{", "}", "[]", "{}", ":", "- ", "? ", "| ", ">-", "<<: {}", "'", '"', "\t", "\\", "@", "`", "%", "é",
    "\u00a0", "\u2028", "\u202e", "\ufeff", "\x00", "\x85", "\r",
)  # fmt: skip
_TOKEN = re.compile(r"[^\s,{}\[\]:#]+")


def _pick(rng: random.Random, text: str, pattern: re.Pattern[str]) -> re.Match[str] | None:
    found = list(pattern.finditer(text))
    return rng.choice(found) if found else None


def _replaced(text: str, match: re.Match[str] | None, new: str) -> str:
    return text if match is None else text[: match.start()] + new + text[match.end() :]


def flip_byte(rng: random.Random, text: str) -> bytes:
    """Another value for one byte."""
    data = bytearray(text.encode())
    data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data)


def drop_bytes(rng: random.Random, text: str) -> bytes:
    """One to five bytes less."""
    data = text.encode()
    at = rng.randrange(len(data))
    return data[:at] + data[at + rng.randint(1, 5) :]


def insert_character(rng: random.Random, text: str) -> str:
    """One character of syntax more."""
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(list(":#,{}[]'\"&*!|>-? \t\n%@`~=_.0\\")) + text[at:]


def truncate(rng: random.Random, text: str) -> str:
    """The end of the file missing."""
    return text[: rng.randrange(len(text))]


def swap_word(rng: random.Random, text: str) -> str:
    """A trap in place of a word."""
    return _replaced(text, _pick(rng, text, _TOKEN), rng.choice(_WORDS))


def insert_word(rng: random.Random, text: str) -> str:
    """A trap before a word."""
    match = _pick(rng, text, _TOKEN)
    return text if match is None else text[: match.start()] + rng.choice(_WORDS) + " " + text[match.start() :]


def swap_value(rng: random.Random, text: str) -> str:
    """A trap in place of a whole value."""
    return _replaced(text, _pick(rng, text, re.compile(r"(?<=: )[^,{}\[\]\n]+")), rng.choice(_WORDS))


def unquote(rng: random.Random, text: str) -> str:
    """A quoted text without its quotes."""
    match = _pick(rng, text, re.compile(r"\"([^\"\n]*)\""))
    return text if match is None else _replaced(text, match, match[1])


def change_number(rng: random.Random, text: str) -> str:
    """Another number."""
    new = rng.choice(["0", "7", "-3", "0.25", "1e3", "12345678901234567890", "1.", ".5", "+2", "00.5", "1e-400"])
    return _replaced(text, _pick(rng, text, re.compile(r"\b[0-9]+(\.[0-9]+)?\b")), new)


def change_unit(rng: random.Random, text: str) -> str:
    """Another unit, or none."""
    unit = rng.choice(["", "s", "min", "h", "d", "m", "km", "/s", "/h", "km/h", "mins", "ms", "S"])
    return _replaced(text, _pick(rng, text, re.compile(r"(?<=[0-9] )(s|min|h|d|m|km|/s|/min|/h|/d|m/s|km/h)\b")), unit)


def misspell_key(rng: random.Random, text: str) -> str:
    """One letter of a key wrong, missing or double."""
    match = _pick(rng, text, re.compile(r"[a-z_]{3,}(?=:)"))
    if match is None:
        return text
    word, at = match[0], rng.randrange(len(match[0]))
    return _replaced(
        text,
        match,
        rng.choice([word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], word[:at] + "x" + word[at + 1 :]]),
    )


def swap_key(rng: random.Random, text: str) -> str:
    """A key of somewhere else in place of a key."""
    keys = re.compile(r"[a-z_][a-z0-9_-]*(?=: )")
    other = _pick(rng, text, keys)
    return text if other is None else _replaced(text, _pick(rng, text, keys), other[0])


def _lines(edit: Callable[[random.Random, list[str]], None]) -> Callable[[random.Random, str], str]:
    def mutation(rng: random.Random, text: str) -> str:
        lines = text.split("\n")
        edit(rng, lines)
        return "\n".join(lines)

    mutation.__name__ = edit.__name__.lstrip("_")
    return mutation


def _drop_line(rng: random.Random, lines: list[str]) -> None:
    del lines[rng.randrange(len(lines))]


def _double_line(rng: random.Random, lines: list[str]) -> None:
    at = rng.randrange(len(lines))
    lines.insert(rng.randrange(len(lines)) if rng.random() < 0.3 else at, lines[at])


def _swap_lines(rng: random.Random, lines: list[str]) -> None:
    a, b = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[a], lines[b] = lines[b], lines[a]


def _indent_line(rng: random.Random, lines: list[str]) -> None:
    at = rng.randrange(len(lines))
    lines[at] = rng.choice([" ", "  ", "\t", "    "]) + lines[at]


def _dedent_line(rng: random.Random, lines: list[str]) -> None:
    at = rng.randrange(len(lines))
    lines[at] = lines[at][rng.randint(1, 2) :]


def _comment_out(rng: random.Random, lines: list[str]) -> None:
    at = rng.randrange(len(lines))
    lines[at] = rng.choice(["#", "# "]) + lines[at]


def _double_block(rng: random.Random, lines: list[str]) -> None:
    at = rng.randrange(len(lines))
    lines[at:at] = lines[at : at + rng.randint(2, 10)]


def _move_block(rng: random.Random, lines: list[str]) -> None:
    at = rng.randrange(len(lines))
    block = lines[at : at + rng.randint(2, 6)]
    del lines[at : at + len(block)]
    to = rng.randrange(len(lines) + 1)
    lines[to:to] = block


MUTATIONS: tuple[Callable[[random.Random, str], str | bytes], ...] = (
    flip_byte, drop_bytes, insert_character, truncate, swap_word, insert_word, swap_value, unquote, change_number,
    change_unit, misspell_key, swap_key, *map(_lines, (
        _drop_line, _double_line, _swap_lines, _indent_line, _dedent_line, _comment_out, _double_block, _move_block,
    )),
)  # fmt: skip


def mutations(text: str, count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield the name of a mutation and the mutated file; each kind in turn, the first `count` that change something."""
    rng, made, tried = random.Random(seed), 0, seed
    while made < count:
        mutation, tried = MUTATIONS[tried % len(MUTATIONS)], tried + 1
        new = mutation(rng, text)
        data = new.encode("utf-8", "surrogatepass") if isinstance(new, str) else new
        if data != text.encode():
            made += 1
            yield mutation.__name__, data


# ---- what a text says ----


class Leaf:
    """A scalar as written."""

    def __init__(self, text: str, plain: bool) -> None:
        self.text, self.plain = text, plain

    def __repr__(self) -> str:
        return f"Leaf({self.text!r}, plain={self.plain})"


def reading(text: str) -> Any:
    """Return the tree of a YAML 1.2 text: dictionaries, lists and leaves."""
    return _tree(YAML(typ="rt", pure=True).compose(text))


def _tree(node: Any) -> Any:
    kind = type(node).__name__
    if kind == "MappingNode":
        return {key.value: _tree(value) for key, value in node.value}
    if kind == "SequenceNode":
        return [_tree(item) for item in node.value]
    return Leaf(node.value, node.style in (None, ""))


_SIZES = {
    "s": Fraction(1), "min": Fraction(60), "h": Fraction(3600), "d": Fraction(86400), "/s": Fraction(1),
    "/min": Fraction(1, 60), "/h": Fraction(1, 3600), "/d": Fraction(1, 86400), "m": Fraction(1), "km": Fraction(1000),
    "m/s": Fraction(1), "km/h": Fraction(5, 18),
}  # fmt: skip
_PART = re.compile(r"([0-9.]+(?:[eE][+-]?[0-9]+)?) ?(/?[a-z]+(?:/[a-z])?)")


def quantity(text: str) -> Fraction | None:
    """Return the sum of the parts of a quantity in SI, or None."""
    total, rest = Fraction(0), text
    while rest:
        part = _PART.match(rest)
        if part is None or part[2] not in _SIZES:
            return None
        total += Fraction(part[1]) * _SIZES[part[2]]
        rest = rest[part.end() :].lstrip(" ")
    return total if text else None


def moment(text: str, start: datetime) -> Fraction | None:
    """Return the seconds since the start that a time stands for, or None."""
    if text.startswith("T+"):
        return quantity(text[2:])
    if "T" in text:
        then = datetime.fromisoformat(text)
        gap = then - start
        return Fraction(gap.days * 86400 + gap.seconds) + Fraction(gap.microseconds, 10**6)
    hours, minutes, seconds = [*text.split(":"), "0"][:3]
    midnight = Fraction(int(hours) * 3600 + int(minutes) * 60) + Fraction(seconds)
    return (midnight - (start.hour * 3600 + start.minute * 60 + start.second)) % 86400


def same_leaf(leaf: Leaf, value: Any, start: datetime) -> bool:
    """Return whether a resolved value means what the text says."""
    text = leaf.text
    if value is None:
        return leaf.plain and text in ("~", "null", "Null", "NULL")
    if isinstance(value, bool):
        return leaf.plain and text.lower() == str(value).lower()
    if isinstance(value, (int, float)):
        return leaf.plain and re.fullmatch(r"[-+0-9.eE]+", text) is not None and float(text) == value
    return text == value or _same_quantity(text, value, start)


def _same_quantity(text: str, value: str, start: datetime) -> bool:
    try:
        if value.startswith("T+"):
            return _close(moment(text, start), moment(value, start))
        if re.fullmatch(r"1(/[0-9]+)?", value):
            return _close(Fraction(text.replace(" ", "")), Fraction(value))
        if re.fullmatch(r"[0-9]{4}-.*T.*", value):
            return datetime.fromisoformat(text) == datetime.fromisoformat(value)
        return _close(quantity(text), quantity(value))
    except (ValueError, ZeroDivisionError):
        return False


def _close(a: Fraction | None, b: Fraction | None) -> bool:
    """Return whether two readings are equal to the rounding of a double."""
    return a is not None and b is not None and abs(a - b) <= max(abs(a), abs(b)) / 2**51


def differences(tree: Any, value: Any, start: datetime, path: str = "") -> Iterator[str]:
    """Yield where a resolved value says something else than the text, or something is in only one of them."""
    if isinstance(tree, dict) and isinstance(value, dict):
        yield from (f"{path}.{key}: only in one" for key in tree.keys() ^ value.keys())
        for key in tree.keys() & value.keys():
            yield from differences(tree[key], value[key], start, f"{path}.{key}")
    elif isinstance(tree, list) and isinstance(value, (list, tuple)) and len(tree) == len(value):
        for i, (left, right) in enumerate(zip(tree, value, strict=True)):
            yield from differences(left, right, start, f"{path}.{i}")
    elif not isinstance(tree, Leaf) or isinstance(value, (dict, list)) or not same_leaf(tree, value, start):
        yield f"{path}: {tree!r} became {value!r}"
