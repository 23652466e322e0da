"""What London 2005 says of the ordinary load of a cell: carried calls rise as reported with about 8.2 erlang on 14 channels.

Offered were 3.5 to 10 times the ordinary attempts, carried 1.57 to 1.67 times the ordinary calls (London Assembly 2006).
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.theory import erlang

HOLDING, AFTER, PERSISTENCE, CHANNELS = 138.0, 99.0, 0.7, 14
OFFERED, CARRIED = (3.5, 10.0), (1.57, 1.67)
SURGES = (1.0, 1.5, 2.0, 2.5, 4.0, 5.0)


def carried(load: float) -> list[float]:
    """Calls carried against ordinary ones, at the least and the most attempts against ordinary that were reported."""
    rows = []
    for times in SURGES:
        rate = load * times / HOLDING
        orbit = int(80 + 6 * rate * AFTER)
        found = erlang.retrial(rate, HOLDING, CHANNELS, PERSISTENCE, AFTER, orbit)
        rows.append((rate * found.attempts, rate * found.attempts * (1 - found.blocking)))
    attempts, calls = (np.array(rows) / rows[0]).T
    return [float(np.interp(x, attempts, calls)) for x in OFFERED]


@pytest.mark.parametrize(("load", "fits"), [(5.5, False), (7.5, False), (8.2, True), (10.0, False)])
def test_the_surge_of_london_fits_a_load_of_about_eight_erlang(load: float, fits: bool) -> None:
    least, most = carried(load)
    assert (least <= CARRIED[1] and most >= CARRIED[0]) == fits
