"""Readers reached by gaps: drawn several at a time, and ahead of the post, without another bit."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from msgu.kernels.base import draw
from msgu.kernels.social import reach

KEY = np.uint64(0x9E3779B97F4A7C15)


@pytest.mark.toy
def test_logarithms_of_gaps_are_those_of_each_uniform_alone() -> None:
    out = np.full(4000, 1.0)
    reach.fill_logs(KEY, 7, 3, 5, 3999, out)
    assert out.tolist() == [*(draw.log(draw.uniform(KEY, 7, 3, 5 + i)) for i in range(3999)), 1.0]


@pytest.mark.toy
@pytest.mark.parametrize(("author", "nth", "is_kept"), [(7, 3, True), (8, 3, False), (7, 4, False)])
def test_gaps_that_were_foreseen_for_another_post_are_drawn_anew(author: int, nth: int, is_kept: bool) -> None:
    c: Any = SimpleNamespace(foreseen=np.full((32, 4), -1), logs=np.zeros((32, 4)))
    c.foreseen[5, [reach.AUTHOR, reach.IDENTITY]] = 7, 3
    c.logs[5] = -0.5  # what no draw gives four times
    alone, out = np.zeros(4), np.zeros(4)
    reach.fill_logs(KEY, author, nth, 0, 4, alone)
    uncompiled: Any = getattr(reach.first_logs, "py_func", reach.first_logs)
    uncompiled(SimpleNamespace(seeing=KEY), c, 37, author, nth, out)
    assert out.tolist() == ([-0.5] * 4 if is_kept else alone.tolist())
