"""Draw `docs/architecture.svg`: the rooms of the package as floors, from its tree and its imports.

`python docs/architecture.py` writes the picture again; a test says when that is due.
Floors are those of the contract `rooms` in `pyproject.toml`; what a room does is the first line of its docstring.
An arrow says "imports"; one that follows from other arrows is left out.
"""

from __future__ import annotations

import ast
import re
import textwrap
import tomllib
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "sim" / "msgu"
PICTURE = ROOT / "docs" / "architecture.svg"

COLUMN, GAP, LEFT, TOP, LINE = 84, 46, 24, 24, 17
"""Width of a column, height between floors, margins and height of a line of text [px]."""
SPANS = {
    "cli": (0, 12), "api": (0, 9), "compile": (9, 12), "report": (0, 10), "study": (0, 10), "engine": (0, 7),
    "measure": (7, 12), "results": (9, 12), "world": (0, 9), "scenario": (0, 4.6), "streams": (4.6, 6.3), "kernels": (6.3, 9),
    "units": (1.8, 4), "lang": (0, 1.8), "errors": (1.8, 6), "disk": (6, 10), "discovery": (10, 12),
}  # fmt: skip
"""First and last column of each room, so that no arrow has to cross another room."""
LAST = max(last for _, last in SPANS.values())
STYLE = """
  svg { background: #fff; font-family: Helvetica, Arial, sans-serif; }
  .room { fill: #f4f6fa; stroke: #3a4a6b; stroke-width: 1.4; }
  .name { font: bold 16px Menlo, Consolas, monospace; fill: #1d2b4a; }
  .says { font-size: 12.5px; fill: #333; }
  .wing { fill: #dfe6f3; }
  .inside { font: 11.5px Menlo, Consolas, monospace; fill: #1d2b4a; }
  .arrow { fill: none; stroke: #77839c; stroke-width: 1.6; marker-end: url(#tip); }
"""


class Room(NamedTuple):
    """A box of the picture: place and size [px], sentence in lines, wings in rows."""

    name: str
    x: float
    y: float
    width: float
    height: float
    says: list[str]
    wings: list[list[str]]


def floors() -> list[list[str]]:
    """Rooms by floor, from the top."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["id"] == "rooms")
    return [[name.strip() for name in layer.split("|")] for layer in layers]


def sources(room: str) -> list[Path]:
    """Python files of a room."""
    return sorted((PACKAGE / room).rglob("*.py")) or [PACKAGE / f"{room}.py"]


def imports() -> dict[str, set[str]]:
    """Room -> rooms that it imports, those only imported to name types among them."""
    found: dict[str, set[str]] = {name: set() for floor in floors() for name in floor}
    for room, others in found.items():
        for path in sources(room):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            others |= {name.split(".")[1] for name in _modules(tree) if name.startswith("msgu.")} & found.keys() - {room}
    return found


def _modules(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def reduced(edges: dict[str, set[str]]) -> list[tuple[str, str]]:
    """Edges that do not follow from others."""

    def below(room: str) -> set[str]:
        return set().union(*({other} | below(other) for other in edges[room]))

    return [(a, b) for a in edges for b in sorted(edges[a]) if not any(b in below(c) for c in edges[a] - {b})]


def rooms() -> dict[str, Room]:
    """Every room in its place."""
    placed: dict[str, Room] = {}
    y = float(TOP)
    for floor in floors():
        made = []
        for name in floor:
            first, last = SPANS[name]
            width = (last - first) * COLUMN - 14
            paths = sources(name)
            says = (ast.get_docstring(ast.parse(paths[0].read_text(encoding="utf-8"))) or "").splitlines()[0]
            says = re.sub(r"[`*]", "", says)
            wings = sorted(
                path.parent.name for path in paths if path.name == "__init__.py" and path.parent.parent.name == name
            )
            lines = textwrap.wrap(says, int((width - 20) / 6.8))
            rows = _in_rows(wings, width - 24)
            height = 34 + LINE * len(lines) + 25 * len(rows)
            made.append(Room(name, LEFT + first * COLUMN, y, width, height, lines, rows))
        tallest = max(room.height for room in made)
        placed |= {room.name: room._replace(height=tallest) for room in made}
        y += tallest + GAP
    return placed


def _in_rows(wings: list[str], width: float) -> list[list[str]]:
    """Wings in rows that fit into a width [px]."""
    rows: list[list[str]] = []
    for wing in wings:
        if rows and sum(_width(one) + 8 for one in (*rows[-1], wing)) <= width:
            rows[-1].append(wing)
        else:
            rows.append([wing])
    return rows


def _width(wing: str) -> float:
    """Width of the box of a wing [px]."""
    return 7.2 * len(wing) + 14


def routes(placed: dict[str, Room], edges: list[tuple[str, str]]) -> Iterator[list[tuple[float, float]]]:
    """Corners of each arrow: down past other rooms, and sideways only in the gap above the room that it ends at."""
    taken: list[float] = []
    for lane, (a, b) in enumerate(edges):
        start, end = placed[a], placed[b]
        between = [room for room in placed.values() if start.y < room.y < end.y]
        free = [x for x in _steps(start) if all(not room.x - 6 < x < room.x + room.width + 6 for room in between)]
        here = [x for x in free if x in _steps(end)] or free
        middle = end.x + end.width / 2
        x = min(here, key=lambda x: (any(abs(x - other) < 36 for other in taken), abs(x - middle)))
        taken.append(x)
        points = [(x, start.y + start.height)]
        if x not in _steps(end):
            down = min((step for step in _steps(end) if step not in taken), key=lambda step: abs(step - x))
            taken.append(down)
            turn = end.y - 14 - 7 * (lane % 3)
            points += [(x, turn), (down, turn)]
            x = down
        yield [*points, (x, end.y - 3)]


def _steps(room: Room) -> list[float]:
    """Places on the upper or lower side of a room at which an arrow may begin or end."""
    return [x for x in range(LEFT + 20, LEFT + LAST * COLUMN, 12) if room.x + 10 <= x <= room.x + room.width - 10]


def picture() -> str:
    """Return the picture as SVG."""
    placed = rooms()
    height = max(room.y + room.height for room in placed.values()) + TOP
    width = 2 * LEFT + LAST * COLUMN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:.0f}" role="img">',
        "<title>The rooms of msgu, as floors: each imports only from those below it</title>",
        f"<style>{STYLE}</style>",
        '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#77839c"/></marker>',
    ]
    for points in routes(placed, reduced(imports())):
        parts.append(f'<polyline class="arrow" points="{" ".join(f"{x:.0f},{y:.0f}" for x, y in points)}"/>')
    for room in placed.values():
        parts += _box(room)
    return "\n".join([*parts, "</svg>", ""])


def _box(room: Room) -> Iterator[str]:
    x, y = room.x + 12, room.y + 22
    yield f'<rect class="room" x="{room.x}" y="{room.y:.0f}" width="{room.width}" height="{room.height:.0f}" rx="7"/>'
    yield f'<text class="name" x="{x}" y="{y:.0f}">{room.name}</text>'
    for line in room.says:
        y += LINE
        yield f'<text class="says" x="{x}" y="{y:.0f}">{escape(line)}</text>'
    for row in room.wings:
        x = room.x + 12
        for wing in row:
            yield f'<rect class="wing" x="{x:.0f}" y="{y + 9:.0f}" width="{_width(wing):.0f}" height="19" rx="4"/>'
            yield f'<text class="inside" x="{x + 7:.0f}" y="{y + 22.5:.1f}">{wing}</text>'
            x += _width(wing) + 8
        y += 25


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
