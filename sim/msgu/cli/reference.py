"""The field reference and the JSON Schema of scenarios, as files.

``python -m msgu.cli.reference`` writes ``scenarios/README.md`` and ``scenarios/schema.json``.
A test fails when they are stale.
"""

from __future__ import annotations

from pathlib import Path

from msgu.measure.metrics.reference import reference_table
from msgu.scenario.document import json_schema_text, reference_text


def whole_reference() -> str:
    """Return the field reference with the metrics, as Markdown."""
    return reference_text() + reference_table()


def write(folder: Path) -> list[Path]:
    """Write both documents into the folder of the scenarios, and return their paths."""
    texts = {folder / "README.md": whole_reference(), folder / "schema.json": json_schema_text()}
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return list(texts)


if __name__ == "__main__":
    write(Path(__file__).resolve().parents[3] / "scenarios")
