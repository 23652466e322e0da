"""All pictures of a report, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Iterator

from sim.report import plots, plots_city
from sim.report.ink import Frame, Picture
from sim.report.material import Lang, Material
from sim.report.scorecard import scorecard
from sim.report.timeline import timeline

SECTIONS = {"scorecard": "score", "timeline": "happened"}
"""Where on the page a picture stands, by its name; the rest stand among the pictures."""


def pictures(material: Material, frame: Frame, lang: Lang) -> Iterator[Picture]:
    """Draw every picture for which the nights hold something."""
    single = (
        plots.tweets_per_second, plots.peak, plots.cumulative_uses, plots_city.awareness, plots_city.blocked_calls,
        plots_city.worries, plots_city.people_out,
    )  # fmt: skip
    for draw in single:
        picture = draw(material, frame, lang)
        if picture is not None:
            yield picture
    yield from plots_city.desks(material, frame, lang)
    for last in (plots.beliefs(material, frame, lang), scorecard(material, frame, lang), timeline(material, frame, lang)):
        if last is not None:
            yield last
