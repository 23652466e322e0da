"""All pictures of a report, in the order in which they are shown."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from msgu.lang import Lang
from msgu.report.base.style import Frame, Picture
from msgu.report.run_page import city, danger, posts
from msgu.report.run_page.material import Material
from msgu.report.run_page.scorecard import scorecard
from msgu.report.run_page.timeline import timeline

SECTIONS = {"scorecard": "score", "timeline": "happened"}
"""Where on the page a picture stands, by its name; the rest stand among the pictures."""


def pictures(material: Material, frame: Frame, lang: Lang) -> Iterator[Picture]:
    """Draw every picture for which the nights hold something, each up to where something happens that is followed."""
    scenario = material.scenario
    busy = material.until(busy_until(material))
    phones, people = (material.until(scenario.followed_until(block)) for block in ("phones", "going_home"))
    drawn = [
        posts.tweets_per_second(busy, frame, lang),
        posts.peak(material, frame, lang),
        posts.cumulative_uses(material, frame, lang),
        city.awareness(busy, frame, lang),
        city.blocked_calls(phones, frame, lang),
        city.worries(phones, frame, lang),
        city.people_out(people, frame, lang),
        danger.people_in_reach(people, frame, lang),
        *city.desks(material, frame, lang),
        posts.beliefs(busy, frame, lang),
        scorecard(material, frame, lang),
        timeline(material, frame, lang),
    ]
    yield from (picture for picture in drawn if picture is not None)


def busy_until(material: Material) -> float:
    """Return the whole hour by which 99 % of the posts of every night are written, or the end of the run [s].

    It is not before what is followed of telephones and of people who are out ends.
    """
    scenario, horizon = material.scenario, material.first.horizon
    times = [night.tables["posts"]["time"] for night in material.nights if "posts" in night.tables]
    ends = [float(np.quantile(time, 0.99)) for time in times if len(time)]
    parts = [scenario.followed_until(block) for block in ("phones", "going_home")]
    least = [end for end in parts if end < scenario.horizon]
    if not ends or not least:
        return horizon
    return min(horizon, 3600.0 * math.ceil(max(*ends, *least) / 3600.0))
