"""The picture of people within reach of dangers: exposure, never harm."""

from __future__ import annotations

import numpy as np

from msgu.lang import Lang
from msgu.measure import over_time
from msgu.report.base import drawn_bins, time_axis
from msgu.report.base.style import Frame, Picture
from msgu.report.base.texts import say
from msgu.report.base.wording import listed, number
from msgu.report.run_page.material import Material
from msgu.report.run_page.posts import panel_picture
from msgu.scenario.schema.danger import PLACES

AFTER = 1800.0
"""How long after the last danger the picture ends [s]."""


def people_in_reach(material: Material, frame: Frame, lang: Lang) -> Picture | None:
    """Draw the people within reach of any active danger, by where they are; None where nobody ever is."""
    dangers = material.scenario.dangers
    if not dangers:
        return None
    shown = material.until(max(danger.until for danger in dangers.values()) + AFTER)
    values = {place: shown.each(over_time.within_reach, place) for place in PLACES}
    values = {place: curve for place, curve in values.items() if curve.any()}
    if not values:
        return None
    title = say(lang, "danger.title")
    panels = {say(lang, f"danger.{place}"): {"": (curve, i)} for i, (place, curve) in enumerate(values.items())}
    below = [say(lang, "danger.scale"), say(lang, "danger.meaning"), say(lang, "people.own")]
    figure = panel_picture(shown, frame, lang, title, below, panels)
    worst = []
    for place, curve in values.items():
        middle = np.median(curve, axis=0)
        at = time_axis.hour(material.scenario.start, float(drawn_bins.ends(shown.first)[int(middle.argmax())]))
        worst.append(say(lang, "people.one", state=say(lang, f"danger.{place}"), value=number(middle.max(), lang), time=at))
    return Picture("dangers", title, say(lang, "people.alt", list=listed(worst, lang)), figure)
