"""The exact theory beside the contestants of `benchmarks phone` agrees with closed forms and with that of the tests."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.loss import Cell, law_of
from benchmarks.phone import AFTER, CHANNELS, HOLDING, SYSTEMS
from tests.theory.erlang import blocking, busy_law, retrial

LOSS, REDIAL = SYSTEMS


def test_share_lost_without_redials_is_erlang_b() -> None:
    assert LOSS.law().lost == pytest.approx(blocking(LOSS.load, CHANNELS), rel=1e-10)


def test_cells_start_by_the_stationary_law() -> None:
    assert LOSS.law().chance == pytest.approx(busy_law(LOSS.load, CHANNELS), rel=1e-10)


def test_share_lost_with_redials_is_that_of_the_retrial_queue() -> None:
    exact = retrial(REDIAL.load / HOLDING, HOLDING, CHANNELS, REDIAL.persistence, AFTER)
    assert REDIAL.law().lost == pytest.approx(exact.blocking, rel=1e-8)


def test_sampling_error_of_one_channel_is_that_of_its_renewals() -> None:
    """From call to call that is carried, lost calls are geometric: each cycle adds lost - p x attempts, of mean nought."""
    rate, holding = 0.05, 40.0
    offered = rate * holding
    share = offered / (1.0 + offered)
    square = (1.0 - share) ** 2 * offered * (1.0 + offered) / (1.0 / rate + holding)
    assert law_of(Cell(rate, holding, 1, 0.0, 1.0)).error == pytest.approx(np.sqrt(square) / rate, rel=1e-10)


def test_starts_have_the_mean_of_the_law() -> None:
    law = REDIAL.law()
    mean, spread = law.chance @ law.states, np.sqrt(law.chance @ law.states**2)
    assert (np.abs(law.starts(4000, 1).mean(axis=0) - mean) < 4.0 * spread / np.sqrt(4000)).all()
