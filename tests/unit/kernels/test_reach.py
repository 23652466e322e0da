"""Readers reached by gaps: drawn several at a time, and ahead of the post, without another bit."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from msgu.kernels.base import draw
from msgu.kernels.social import reach, responses

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


@pytest.mark.toy
def test_an_answer_is_what_the_exponential_says_wherever_two_terms_of_it_decide() -> None:
    hazards = [0.0, 1e-300, 1e-16, 1e-9, 0.0135, 0.3, 1.0, 1.9, 2.5, 40.0, 800.0]
    answered: Any = getattr(responses.is_answered, "py_func", responses.is_answered)
    for hazard in hazards:
        chance = 1.0 - draw.exp(-hazard)
        near = [chance * (1 + e) for e in (-1e-3, -1e-12, -3e-16, 0.0, 3e-16, 1e-12)] + [chance + e for e in (-2e-15, 2e-15)]
        for u in (*near, hazard, hazard - hazard**2 / 2, 2.0**-53, 0.5, 1 - 2.0**-53):
            assert answered(u, hazard) == (u < chance), (u, hazard)
