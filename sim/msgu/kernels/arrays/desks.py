"""Arrays of call centres; see docs/model/desks.md."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from msgu.kernels.arrays.declare import F64, I32, I64, U8, U64, Array, Given


class Desks(NamedTuple):
    """Operators, waiting lines, other callers, and everyone who has to do with a desk just now."""

    # desks
    lines: Annotated[I64, Given("desks", "callers who can wait, -1: no limit")]
    handling: Annotated[I64, Given("desks", "law of the time to handle a call")]
    patience: Annotated[I64, Given("desks", "law of how long a caller waits, -1: for ever")]
    redial: Annotated[I64, Given("desks", "law of the wait before a redial")]
    persistence: Annotated[F64, Given("desks", "chance of a redial")]
    informs: Annotated[F64, Given("desks", "chance that an answered call clears the worries of its caller")]
    end: Annotated[F64, Given("desks", "from when on nothing happens there", "s", start=np.inf)]
    over_cells: Annotated[U8, Given("desks", "whether its calls take channels of cells")]
    emergency: Annotated[U8, Given("desks", "whether these have the priority of emergency calls")]
    cell_key: Annotated[U64, Given("desks", "key of the cells of its callers")]
    on_duty: Annotated[I64, Array("desks", "operators of the shift")]
    present: Annotated[I64, Array("desks", "operators who have not gone home, some of them after the end of their shift")]
    free: Annotated[I64, Array("desks", "operators without a call")]
    waiting: Annotated[I64, Array("desks", "callers who wait, with those whose turn comes at this very time")]
    first: Annotated[I64, Array("desks", "place of the first in line, -1: nobody", start=-1)]
    last: Annotated[I64, Array("desks", "place of the last in line", start=-1)]
    # callers who are no person of the model
    rate_desk: Annotated[I64, Given("rates", "desk that they call")]
    rate_row: Annotated[I64, Given("rates", "which of its rates this is, in the order of ids")]
    rate: Annotated[F64, Given("rates", "their rate", "1/s")]
    rate_until: Annotated[F64, Given("rates", "end of that rate", "s")]
    rate_time: Annotated[F64, Array("rates", "when the next of them calls, from the start of that rate on", "s")]
    rate_number: Annotated[I64, Array("rates", "number of that caller")]
    rate_zone: Annotated[F64, Given("rates, calling zones", "cumulative shares of the zones from where they call")]
    # a place is taken by who waits, is served or will redial, and by operators who leave the line first
    who: Annotated[I64, Array("callers", "caller, -1: operators who go home once it is their turn")]
    nth: Annotated[I64, Array("callers", "desk x 2^32 + clone x 2^8 + attempt; of operators, how many they are")]
    ahead: Annotated[I64, Array("callers", "place of who is next ahead in line, -1: nobody")]
    behind: Annotated[I64, Array("callers", "place of who is next behind in line, -1: nobody; of a free place, another one")]
    limit: Annotated[I64, Array("callers", "number of the event in which patience ends, -1: there is none")]
    channel: Annotated[I32, Array("callers", "cell whose channel a caller holds + 1, 0: none")]
    size: Annotated[I64, Array("4", "see FREE_PLACE to NEXT_EVENT of `msgu.kernels.desk_line`")]
    # series
    calls: Annotated[I64, Array("bins, desks, 4", "calls received, busy, answered, abandoned")]
    asked: Annotated[I64, Array("bins, reaching desks, 3", "calls that ask for a channel; barred; without one")]
    change: Annotated[I64, Array("bins, desks, 2", "change of the callers who wait and who are served")]
