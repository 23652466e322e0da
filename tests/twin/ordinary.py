"""Ordinary calls, which load the cells whatever happens."""

from __future__ import annotations

from tests.twin import names as s
from tests.twin.draws import delay, law_mean, log, uniform, uniforms
from tests.twin.part import Part
from tests.twin.phone import TRIES


class OrdinaryCalls(Part):
    """One Poisson process a cell, in its steady state at the start."""

    def start(self) -> None:
        """Fill every cell and schedule its next call."""
        cells = len(self.night.phone.busy)
        for cell in range(cells if self.night.phone.law.load > 0 else 0):
            n = self._busy_at_first(cell)
            self.night.phone.busy[cell] = n
            for i in range(n):
                self.night.phone.hang_up_later(self._time_left(cell, i), cell, -1)
            self._next_call(cell, 0, 0.0, uniform(self.key.baseline, cell, 0, 0))

    def _busy_at_first(self, cell: int) -> int:
        """Channels busy at the start: Poisson counts are drawn until one fits."""
        law, key, k = self.night.phone.law, self.key.baseline, 0
        mean = law.load * law.profile.get(str(self.times.hour(0.0) % 24), 1.0)
        while True:
            gone, n = 0.0, 0
            while n <= law.channels - law.reserved:
                gone -= log(uniform(key, (k << 32) | cell, n, 3))
                if gone >= mean:
                    break
                n += 1
            if n <= law.channels - law.reserved:
                return n
            k += 1

    def _time_left(self, cell: int, i: int) -> float:
        """What is left of a call that is met at the start: a uniform share of a time drawn in proportion to its length."""
        law, key, k = self.night.phone.law, self.key.baseline, 0
        cut = 16.0 * max(law_mean(law.holding), 1e-9)
        while True:
            u, v = uniforms(key, cell, i, 4 + k)
            hold = min(delay(law.holding, u), cut)
            if v * cut < hold:
                return uniform(key, (1 << 32) | cell, i, 4 + k) * hold
            k += 1

    def _next_call(self, cell: int, number: int, since: float, u: float) -> None:
        """The rate is constant within each local hour; the integrated rate grows by an exponential."""
        law, need = self.night.phone.law, -log(u)
        for t, end, hour in self.times.from_then_on(since):
            rate = law.load * law.profile.get(str(hour % 24), 1.0) / max(law_mean(law.holding), 1e-9)
            room = rate * max(0.0, end - t)
            if need < room:
                self.when(t + need / rate, s.BASE_CALL, cell, number * TRIES, self._call, cell, number, 0)
                return
            need -= room

    def _call(self, cell: int, number: int, n: int) -> None:
        phone, nth = self.night.phone, number * TRIES + n
        law = phone.law
        u, v = uniforms(self.key.baseline, cell, nth, 1)
        if n == 0:
            self._next_call(cell, number + 1, self.clock.now, v)
        urgent = uniform(self.key.baseline, (2 << 32) | cell, number, 0) < law.emergency_share
        if not urgent and phone.is_barred((1 << 32) | cell, cell, nth):
            self.log(s.LOG_BASE, cell, nth, s.BARRED)
            self._retry(cell, number, n)
            return
        free = phone.busy[cell] < phone.channels[cell] - (0 if urgent else law.reserved)
        phone.asked(cell, lost=not free)
        if free:
            phone.busy[cell] += 1
            phone.hang_up_later(self.clock.now + delay(law.holding, u), cell, -1)
        self.log(s.LOG_BASE, cell, nth, s.ANSWERED if free else s.BLOCKED, int(urgent))
        if not free:
            self._retry(cell, number, n)

    def _retry(self, cell: int, number: int, n: int) -> None:
        """An ordinary caller who failed may redial."""
        law, nth = self.night.phone.law, number * TRIES + n
        u, v = uniforms(self.key.baseline, cell, nth, 2)
        if law.baseline_redials and n < TRIES - 1 and u < law.persistence:
            self.later(delay(law.redial_after, v), s.BASE_RETRY, cell, nth + 1, self._call, cell, number, n + 1)
