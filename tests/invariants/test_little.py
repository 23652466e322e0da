"""Accounts of calls on generated nights, path by path: what stands equals what came minus what went, and L = lambda W.

Little's law holds on every path, not only on average: the area below the number present is the sum of the times that each
one stays. The area comes from the engine's own counters, the times from the keyed draws of each call, by the plain
generator of the twin; so a call that is counted twice, freed late or never ended breaks the equality.
"""

from __future__ import annotations

import numpy as np
import pytest
from msgu.engine.run import simulate
from msgu.kernels import state
from msgu.kernels.desks import ABANDONED, ANSWERED, BUSY, DONE, RECEIVED
from msgu.kernels.phone import numbering
from msgu.results import Results
from msgu.scenario.schema.root import Scenario
from msgu.streams import named
from msgu.world.build import World, build_world

from tests.twin.draws import Keys, delay, uniforms
from tests.twin.generate import scenario_of

pytestmark = pytest.mark.timeout(3600)
Night = tuple[World, Results]
CLOSE = 1e-9
"""Relative error allowed: only that of adding in another order."""


@pytest.fixture(scope="module")
def nights(size: dict[str, int], tmp_path_factory: pytest.TempPathFactory) -> list[Night]:
    folder = tmp_path_factory.mktemp("generated")
    found = []
    for number in range(5000, 5000 + size["generated scenarios of conservation"]):
        scenario = scenario_of(number, folder, plain=True)
        if scenario.phones is not None:  # channels are counted to the end of the night
            scenario = scenario.model_copy(update={"phones": scenario.phones.model_copy(update={"until": None})})
        world = build_world(scenario, scenario.seed, scenario.scale)
        found.append((world, simulate(world, scenario.seed, 0)))
    return found


def _rows(night: Results, *codes: int) -> list[tuple[float, int, int, int, int, int]]:
    log = night.tables["event_log"]
    kept = np.isin(log["code"], codes)
    return list(zip(*(log[k][kept].tolist() for k in ("time", "code", "who", "nth", "a", "b")), strict=True))


# ---- cells ----


def _stays(world: World, night: Results, holding: float = 1.0, forget: int = -1) -> dict[int, float]:
    """Time that calls of each cell hold its channels before the horizon [s], from the draws of each call.

    holding, forget : planted bugs, a holding time that is wrong by a factor and a kind of call that is left out.
    """
    ph, key, cell_of = world.scenario.phones, Keys(world.seed, 0), world.residents.cell
    assert ph is not None
    total = dict.fromkeys(range(len(world.residents.cell_zone)), 0.0)

    def hold(t: float, seconds: float, *cells: int) -> None:
        for cell in cells:
            if cell >= 0:
                total[cell] += min(seconds * holding, night.horizon - t)

    for t, code, who, nth, outcome, callee in _rows(night, state.LOG_BASE, state.LOG_ATTEMPT):
        if code == forget:
            continue
        if code == state.LOG_BASE and outcome == state.ANSWERED:
            hold(t, delay(ph.holding, uniforms(key.baseline, who, nth, 1)[0]), who)
        elif code == state.LOG_ATTEMPT and outcome >= state.UNANSWERED:
            far = int(cell_of[callee]) if ph.both_ends else -1
            seconds = delay(ph.holding, uniforms(key.call, who, nth, 0)[1]) if outcome == state.ANSWERED else ph.ring
            hold(t, seconds, int(cell_of[who]), far)
    return total


def _area(world: World, night: Results) -> tuple[dict[int, float], dict[int, int], int]:
    """Area below busy channels in excess of those of the start [channel s], channels at the end, and disagreements.

    The engine says at each hang-up how many channels stay busy at its near cell: that must be what was counted.
    """
    cell_of, both = world.residents.cell, world.scenario.phones is not None and world.scenario.phones.both_ends
    busy: dict[int, int] = {}
    area = dict.fromkeys(range(len(world.residents.cell_zone)), 0.0)
    at_start = _at_start(world, night)
    wrong = 0
    for t, code, who, nth, a, b in _rows(night, state.LOG_BASE, state.LOG_ATTEMPT, state.LOG_HANG_UP):
        step = [0, 0]
        ends = (who, nth if code == state.LOG_HANG_UP else -1)
        if code == state.LOG_HANG_UP:
            step = [-1, -1]
        elif code == state.LOG_BASE:
            step = [int(a == state.ANSWERED), 0]
        elif a >= state.UNANSWERED:
            ends, step = (int(cell_of[who]), int(cell_of[b]) if both else -1), [1, 1]
        for cell, change in zip(ends, step, strict=True):
            if cell >= 0 and change:
                busy[cell] = busy.get(cell, at_start[cell]) + change
                area[cell] += change * (night.horizon - t)
        if code == state.LOG_HANG_UP:
            wrong += busy[who] != a
    end = {cell: busy.get(cell, at_start[cell]) for cell in area}
    return area, end, wrong


def _at_start(world: World, night: Results) -> dict[int, int]:
    """Channels busy at the start: those busy at the end minus what the log added."""
    busy = dict(enumerate(night.tables["cells"]["busy"].tolist()))
    cell_of, both = world.residents.cell, world.scenario.phones is not None and world.scenario.phones.both_ends
    for _, code, who, nth, a, b in _rows(night, state.LOG_BASE, state.LOG_ATTEMPT, state.LOG_HANG_UP):
        if code == state.LOG_HANG_UP:
            busy[who] += 1
            if nth >= 0:
                busy[nth] += 1
        elif code == state.LOG_BASE:
            busy[who] -= a == state.ANSWERED
        elif a >= state.UNANSWERED:
            busy[int(cell_of[who])] -= 1
            if both and cell_of[b] >= 0:  # who has no cell of the model is reached all the same
                busy[int(cell_of[b])] -= 1
    return busy


def _residuals(world: World, night: Results, at_start: dict[int, int]) -> dict[int, float]:
    """Time that the calls of the start stay before the horizon [s]: hang-ups that no call of the night explains.

    They are no draw that could be read off here, so a cell's are what is left of the area; see the test.
    """
    area, _, _ = _area(world, night)
    stays = _stays(world, night)
    return {cell: area[cell] + at_start[cell] * night.horizon - stays[cell] for cell in area}


def _with_phones(nights: list[Night]) -> list[Night]:
    return [
        (world, night) for world, night in nights if world.scenario.phones is not None and len(world.residents.cell_zone)
    ]


def test_the_engine_counts_the_channels_that_its_log_leaves_busy(nights: list[Night]) -> None:
    for world, night in _with_phones(nights):
        assert _area(world, night)[2] == 0


def test_calls_of_each_cell_are_lost_ended_or_in_progress(nights: list[Night]) -> None:
    """Offered = lost + lost far + ended + in progress, where the start's own calls are counted as offered."""
    for world, night in _with_phones(nights):
        cells = night.tables["cells"]
        ended = np.zeros(len(cells["cell"]), np.int64)
        for _, _, near, far, _, _ in _rows(night, state.LOG_HANG_UP):
            ended[near] += 1
            if far >= 0:
                ended[far] += 1
        start = np.array([_at_start(world, night)[cell] for cell in range(len(ended))])
        assert (cells["offered"] + start == cells["lost"] + cells["lost_far"] + ended + cells["busy"]).all()
        assert (start >= 0).all()
        assert (start <= world.scenario.phones.channels).all()  # type: ignore[union-attr]


@pytest.mark.parametrize("bug", ["none", "holding + 0.1 %", "ordinary calls forgotten"])
def test_littles_law_holds_in_each_cell_on_every_path(bug: str, nights: list[Night]) -> None:
    """Area = sum of stays, for cells that start empty: there every call of the night has its draw."""
    worst, checked = 0.0, 0
    for world, night in _with_phones(nights):
        area, _, _ = _area(world, night)
        start = _at_start(world, night)
        factor = 1.001 if bug.startswith("holding") else 1.0
        stays = _stays(world, night, factor, state.LOG_BASE if bug.startswith("ordinary") else -1)
        for cell in area:
            if start[cell] == 0 and area[cell] > 0:
                worst = max(worst, abs(stays[cell] - area[cell]) / area[cell])
                checked += 1
    assert checked >= 10
    assert worst < CLOSE if bug == "none" else worst > 1e4 * CLOSE


def test_calls_under_way_at_the_start_stay_for_a_time_between_none_and_all(nights: list[Night]) -> None:
    for world, night in _with_phones(nights):
        start = _at_start(world, night)
        for cell, left in _residuals(world, night, start).items():
            assert -1e-6 <= left <= start[cell] * night.horizon + 1e-6


# ---- callers ----


def test_every_call_of_a_person_is_answered_given_up_or_in_progress(nights: list[Night]) -> None:
    """In progress: the last attempt failed, and its redial, by its own draw, comes after the horizon or after the worry.

    Who gave up and wrote instead may call again where no answer came: another call, after a message of the same tie.
    """
    for world, night in nights:
        ph = world.scenario.phones
        if ph is None:
            continue
        key, last, over, cleared, wrote = Keys(world.seed, 0), {}, set(), {}, set()
        codes = (state.LOG_ATTEMPT, state.LOG_GAVE_UP, state.LOG_CLEARED, state.LOG_MESSAGE, state.LOG_DATA)
        for t, code, who, nth, a, _ in _rows(night, *codes):
            if code == state.LOG_CLEARED:
                cleared[who, nth] = t
                continue
            if code in (state.LOG_MESSAGE, state.LOG_DATA):
                wrote.add((who, nth & ((1 << numbering.MESSAGE_SHIFT) - 1)))
                continue
            call = (who, nth // numbering.AGAIN)  # who finds no mark calls once more, numbered from there
            tie = (who, nth // numbering.MAX_ATTEMPTS)
            followed = code == state.LOG_ATTEMPT and call in over and tie in wrote
            if followed:
                over.remove(call)
            assert call not in over, "a call ends once"
            if followed or (call not in last and nth % numbering.MAX_ATTEMPTS < numbering.AGAIN):
                wrote.discard(tie)  # by a try that follows the message, not by a call for want of a mark, nor by its redials
            last[call] = (t, nth)
            if code == state.LOG_GAVE_UP or a == state.ANSWERED:
                over.add(call)
        for call in last.keys() - over:
            t, nth = last[call]
            due = t + delay(ph.redial_after, uniforms(key.call, call[0], nth, 1)[1])
            assert due >= night.horizon or cleared.get((call[0], nth // numbering.MAX_ATTEMPTS), np.inf) <= due


# ---- desks ----


def _desk_nights(nights: list[Night]) -> list[tuple[Scenario, Results, int]]:
    return [(w.scenario, night, desk) for w, night in nights for desk in range(len(w.scenario.desks))]


def _sweep(night: Results, desk: int) -> dict[str, float]:
    """Areas below waiting and served callers and the sums of their times [s], and callers at the end."""
    waiting = serving = 0
    since: dict[tuple[str, int, int], float] = {}
    found = dict.fromkeys(("waiting area", "waits", "serving area", "served", "in line", "with operator"), 0.0)
    before = 0.0
    for t, _, who, nth, a, b in _rows(night, state.LOG_DESK):
        if b != desk:
            continue
        found["waiting area"] += waiting * (t - before)
        found["serving area"] += serving * (t - before)
        before = t
        if a == RECEIVED:
            waiting += 1
            since["line", who, nth] = t
        elif a in (ANSWERED, ABANDONED):
            if ("line", who, nth) in since:
                waiting -= 1
                found["waits"] += t - since.pop(("line", who, nth))
            if a == ANSWERED:
                serving += 1
                since["desk", who, nth] = t
        elif a == DONE:
            serving -= 1
            found["served"] += t - since.pop(("desk", who, nth))
        else:
            assert a == BUSY
    found["waiting area"] += waiting * (night.horizon - before)
    found["serving area"] += serving * (night.horizon - before)
    for (where, _, _), t in since.items():
        found["waits" if where == "line" else "served"] += night.horizon - t
    found["in line"], found["with operator"] = waiting, serving
    return found


def test_littles_law_holds_at_each_desk_on_every_path(nights: list[Night]) -> None:
    checked = 0
    for _, night, desk in _desk_nights(nights):
        found = _sweep(night, desk)
        assert found["waiting area"] == pytest.approx(found["waits"], rel=CLOSE, abs=1e-6)
        assert found["serving area"] == pytest.approx(found["served"], rel=CLOSE, abs=1e-6)
        checked += found["serving area"] > 0
    assert checked > 5


def test_service_at_a_desk_lasts_as_long_as_its_draw_says(nights: list[Night]) -> None:
    for scenario, night, desk in _desk_nights(nights):
        name = sorted(scenario.desks)[desk]
        law, key = scenario.desks[name].handling, named(Keys(night.seed, 0).desk, name)
        since = {}
        for t, _, who, nth, a, b in _rows(night, state.LOG_DESK):
            if b == desk and a == ANSWERED:
                since[who, nth] = t
            elif b == desk and a == DONE:
                drawn = delay(law, uniforms(key, who, (nth >> 8) & 0xFFFFFF, (nth & 0xFF) * 8 + 1)[0])
                assert t - since[who, nth] == pytest.approx(drawn, rel=CLOSE, abs=1e-6)


def test_callers_of_each_desk_are_busy_answered_abandoned_or_in_progress(nights: list[Night]) -> None:
    for _, night, desk in _desk_nights(nights):
        table, found = night.tables["desks"], _sweep(night, desk)
        rows = table["desk"] == desk
        total = {k: int(table[k][rows].sum()) for k in ("received", "busy", "answered", "abandoned")}
        assert total["received"] == total["busy"] + total["answered"] + total["abandoned"] + found["in line"]
        done = sum(a == DONE and b == desk for _, _, _, _, a, b in _rows(night, state.LOG_DESK))
        assert total["answered"] == done + found["with operator"]
