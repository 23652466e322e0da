"""The picture of statistics against size shows every judged statistic once, and says what lies outside."""

from __future__ import annotations

import pytest
from msgu.report.base.style import NARROW, WIDE, Frame, png
from msgu.report.graph import statistics_picture

Rows = list[dict[str, str]]


def rows() -> Rows:
    found = []
    for case, n, gini in (("default", 10_000, 0.66), ("default", 1_000_000, 0.74), ("paris", 100_000, 0.76)):
        verdict = "inside" if gini <= 0.75 else "outside"
        found.append(
            {"statistic": "gini", "value": str(gini), "error": "0", "low": "0.65", "high": "0.75", "verdict": verdict}
        )
        judged = n >= 1_000_000
        found.append(
            {
                "statistic": "distance", "value": "3.1", "error": "0.02", "low": "3" if judged else "",
                "high": "4.2" if judged else "", "verdict": "inside" if judged else "not judged",
            }
        )  # fmt: skip
        found.append({"statistic": "mean", "value": "50", "error": "", "low": "", "high": "", "verdict": "not judged"})
        for row in found[-3:]:
            row |= {"case": case, "accounts": str(n), "seed": "1"}
    return found


@pytest.mark.parametrize("frame", [WIDE, NARROW])
def test_each_judged_statistic_has_one_panel_with_its_band_and_every_graph(frame: Frame) -> None:
    picture = statistics_picture(rows(), frame=frame)
    panels = [axes for axes in picture.figure.axes if axes.get_visible()]
    assert [axes.get_title("left") for axes in panels] == ["gini", "distance"]
    for axes in panels:
        assert len(axes.patches) == 1
        assert sum(len(bars.lines[0].get_xdata()) for bars in axes.containers) == 3
    assert png(picture).startswith(b"\x89PNG")


def test_the_text_names_what_lies_outside_and_of_which_graph() -> None:
    assert statistics_picture(rows()).alternative == "Outside the published bands: gini of paris."
    inside = [row for row in rows() if row["case"] == "default"]
    assert statistics_picture(inside).alternative == "Outside the published bands: none."
