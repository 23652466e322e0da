"""Pictures that differ in nothing that is seen are the same text."""

from __future__ import annotations

import re

from msgu.report.base.style import WIDE, Picture, new_figure, render, settle, svg


def picture(moved: float) -> Picture:
    """A marked line and a band, whose axes are moved by a part of the figure."""
    figure = new_figure(WIDE, 2)
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], marker="o")
    axes.axhspan(0.2, 0.4, hatch="/")
    made = settle(Picture("line", "A line", "A line that rises.", figure))
    x, y, width, height = axes.get_position().bounds
    axes.set_position((x, y, width * (1 + moved), height))
    return made


def test_the_last_bit_of_a_coordinate_moves_no_id() -> None:
    one, other = (render(picture(moved)) for moved in (0.0, 1e-15))
    assert one != other, "nothing to mend"
    texts = [svg(picture(moved), "wide") for moved in (0.0, 1e-15)]
    assert texts[0] == texts[1]


def test_what_refers_to_an_id_finds_it() -> None:
    text = svg(picture(0.0), "wide")
    assert set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", text)) <= set(re.findall(r'\bid="([^"]+)"', text))
