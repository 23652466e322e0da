"""The field reference and the JSON Schema of scenarios, the tables of dials and observables, of what a run keeps, as files.

``python -m msgu.cli.reference`` writes ``scenarios/README.md``, ``scenarios/schema.json``, the table in
``docs/model/msgu.md``, that in ``docs/model/rules.md``, ``docs/reference/arrays.md`` and ``docs/reference/tables.md``.
A test fails when they are stale.
"""

from __future__ import annotations

from pathlib import Path

from msgu.measure.metrics.reference import reference_table
from msgu.scenario import dials, observables
from msgu.scenario.document import json_schema_text, reference_text


def whole_reference() -> str:
    """Return the field reference with the metrics, as Markdown."""
    return reference_text() + reference_table()


def texts(root: Path) -> dict[Path, str]:
    """Return what each file should say, for the files of a checkout at `root`."""
    from msgu.kernels.arrays.reference import arrays_text
    from msgu.results.reference import tables_text

    scenarios, page, ruled = root / "scenarios", root / "docs" / "model" / "msgu.md", root / "docs" / "model" / "rules.md"
    return {
        scenarios / "README.md": whole_reference(),
        scenarios / "schema.json": json_schema_text(),
        page: _between(page.read_text(encoding="utf-8"), "dials", dials.table()),
        ruled: _between(ruled.read_text(encoding="utf-8"), "observables", observables.table()),
        root / "docs" / "reference" / "arrays.md": arrays_text(),
        root / "docs" / "reference" / "tables.md": tables_text(),
    }


def _between(text: str, name: str, table: str) -> str:
    """Return a page with a table between the two comments that name it."""
    head, opening, rest = text.partition(f"<!-- {name}: written by python -m msgu.cli.reference -->\n")
    _, closing, tail = rest.partition(f"<!-- end of {name} -->\n")
    return head + opening + table + closing + tail


if __name__ == "__main__":
    for _path, _text in texts(Path(__file__).resolve().parents[3]).items():
        _path.write_text(_text, encoding="utf-8")
