"""Templates of pages, filled: everything is escaped but pictures drawn here, nothing that is missing goes unseen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from msgu.report.base.escape import visible
from msgu.report.base.style import Picture


@dataclass(frozen=True)
class ShownPicture:
    """A picture on a page: both widths, ready to stand in HTML."""

    name: str
    title: str
    alternative: str
    wide: Markup
    narrow: Markup


def shown_picture(picture: Picture, wide: str, narrow: str) -> ShownPicture:
    """Return a picture whose SVG was drawn in both widths."""
    both = Markup(wide), Markup(narrow)  # noqa: S704 - SVG drawn here
    return ShownPicture(picture.name, visible(picture.title), visible(picture.alternative), *both)


def fill(name: str, **shown: object) -> str:
    """Return a template of this room filled with what is shown."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["visible"] = visible
    return environment.get_template(name).render(**shown)
