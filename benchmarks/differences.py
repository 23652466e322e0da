"""Differences between two folders of results: every value of every table, bit by bit, and every value of the JSON files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

MAY_DIFFER = frozenset({"source_sha256", "versions", "files", "sha256"})
"""Keys that say which program wrote a file, or that are checksums of bytes that hold such keys."""


def record_differences(before: Path, now: Path) -> Iterator[str]:
    """Yield each difference between two folders of results: of the tables first, then of the JSON files."""
    names = {path.relative_to(folder) for folder in (before, now) for path in folder.rglob("*")}
    for name in sorted((n for n in names if n.suffix == ".parquet"), key=str):
        yield from _only(str(name), before / name, now / name) or table_differences(
            str(name.with_suffix("")), columns_of(before / name), columns_of(now / name)
        )
    for name in sorted((n for n in names if n.suffix == ".json"), key=str):
        yield from _only(str(name), before / name, now / name) or json_differences(
            str(name), json.loads((before / name).read_bytes()), json.loads((now / name).read_bytes())
        )


def _only(name: str, before: Path, now: Path) -> list[str]:
    """Return the difference that a file is on one side only, if it is."""
    if before.exists() and now.exists():
        return []
    return [f"{name} is {'new' if now.exists() else 'missing'}"]


def columns_of(path: Path) -> dict[str, NDArray[Any]]:
    """Return the columns of a table."""
    table = pq.ParquetFile(path).read(use_threads=False)
    return {name: table[name].to_numpy() for name in table.column_names}


def table_differences(name: str, before: dict[str, NDArray[Any]], now: dict[str, NDArray[Any]]) -> Iterator[str]:
    """Yield one difference for each column that is not the same, bit by bit."""
    for column in dict.fromkeys((*before, *now)):
        at = f"{name}.{column}"
        if column not in before or column not in now:
            yield f"{at} is {'new' if column in now else 'missing'}"
            continue
        a, b = before[column], now[column]
        if (a.dtype, len(a)) != (b.dtype, len(b)):
            yield f"{at}: {len(a)} values of {a.dtype} before, {len(b)} of {b.dtype} now"
        elif a.tobytes() != b.tobytes():
            bits = [np.frombuffer(x.tobytes(), np.uint8).reshape(len(x), -1) for x in (a, b)]
            rows = np.flatnonzero((bits[0] != bits[1]).any(axis=1))
            i = int(rows[0])
            yield f"{at} row {i}: {a[i].item()!r} before, {b[i].item()!r} now ({len(rows)} of {len(a)} rows differ)"


def json_differences(name: str, before: Any, now: Any) -> Iterator[str]:
    """Yield one difference for each value of a JSON document that is not the same, other than those of `MAY_DIFFER`."""
    a, b = dict(leaves(before)), dict(leaves(now))
    for at in dict.fromkeys((*a, *b)):
        if at not in a or at not in b:
            yield f"{name} {at} is {'new' if at in b else 'missing'}"
        elif a[at] != b[at]:
            yield f"{name} {at}: {a[at]} before, {b[at]} now"


def leaves(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Yield each value of a JSON document as Python writes it, with its place."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            if key not in MAY_DIFFER:
                yield from leaves(item, f"{at}.{key}" if at else key)
    elif isinstance(value, list) and value:
        for i, item in enumerate(value):
            label = f"{i} {item['id']}" if isinstance(item, dict) and "id" in item else str(i)
            yield from leaves(item, f"{at}[{label}]")
    else:
        yield at, repr(value)
