"""Followers gained have draws of their own, however large the audience is that an account has before the run."""

from __future__ import annotations

import numpy as np
import pytest
from msgu.engine.arrays import social
from msgu.engine.arrays.social import GAINED_FIRST, POSITIONS, first_gained
from msgu.engine.compiled import CompiledEngine
from msgu.errors import RefusedError
from msgu.kernels.social.reach import trials
from msgu.scenario.load import load
from msgu.world.build import build_world

from tests import TOY

AUDIENCES = [0, GAINED_FIRST - 1, GAINED_FIRST, GAINED_FIRST + 1, GAINED_FIRST + 64, POSITIONS - 1000]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_no_follower_gained_has_the_position_or_the_word_of_trials_of_one_from_before(audience: int) -> None:
    first = first_gained(audience, 900)
    assert first >= audience and first >> 6 >= (audience + 63) >> 6


@pytest.mark.parametrize("audience", [0, 1000, GAINED_FIRST])
def test_up_to_sixteen_million_followers_the_draws_are_what_they_always_were(audience: int) -> None:
    assert first_gained(audience, 900) == 1 << 24


@pytest.mark.parametrize(("audience", "room"), [(POSITIONS + 1, 0), (POSITIONS - 64, 100)])
def test_more_positions_than_an_event_can_hold_are_refused(audience: int, room: int) -> None:
    with pytest.raises(RefusedError, match=r"at most 268,435,456 together - a smaller --scale"):
        first_gained(audience, room)


def test_a_large_audience_moves_the_followers_gained_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(social, "GAINED_FIRST", 64)
    c = CompiledEngine(build_world(load(TOY), 1, 1.0), 0, keep_log=False).cascade
    largest = int(np.diff(c.offsets).max())
    assert len(c.gains_of) and largest > 64
    assert largest <= c.gained_first < largest + 64


def test_counted_from_inside_an_audience_they_would_see_what_its_readers_see() -> None:
    """What the guard is for: trials are named by the author, the post and 64 positions."""
    audience = [trials(np.uint64(7), 3, 5, chunk, 21) for chunk in range(4)]
    gained = [trials(np.uint64(7), 3, 5, (first >> 6), 21) for first in (128, 256)]
    assert gained[0] in audience and gained[1] not in audience
