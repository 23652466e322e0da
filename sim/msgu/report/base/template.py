"""Filling a page's template: everything is escaped, nothing that is missing goes unseen."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from msgu.report.base.escape import visible


def fill(name: str, **shown: object) -> str:
    """Return a template of this room filled with what is shown."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["visible"] = visible
    return environment.get_template(name).render(**shown)
