"""People who are out and see something: they call a desk, and who stands for them learns."""

from __future__ import annotations

from tests.twin import names as s
from tests.twin.draws import delay, uniform, uniforms
from tests.twin.part import Part

OUTS = 2 << 40
"""People out who call a desk are numbered from here."""
BY_SIGHT = 3


class Witnesses(Part):
    """What is seen, and by whom."""

    def see(self, number: int) -> None:
        """Something is seen by people who are still there."""
        name = sorted(self.sc.witnesses)[number]
        seen, out = self.sc.witnesses[name], self.world.out
        zone = self.world.zones.index(seen.zone)
        stays = (s.OUT, s.STRANDED, s.SEEKING, s.HELD)
        there = [q for q, state in enumerate(self.night.people.state) if state in stays and out.at[q] == zone]
        for q in there:
            u, v = uniforms(self.key.witness, q, number, 0)
            if u * len(there) >= seen.people:
                continue
            if seen.desk is not None and v < seen.calls:
                desk = sorted(self.sc.desks).index(seen.desk)
                self.call(q, desk << 32 | number << 8, delay(seen.reaction, uniform(self.key.witness, q, number, 1)))
            learner = int(self.world.standing.learner[q])
            if seen.learns and learner >= 0:
                self.night.worry.tell(learner, BY_SIGHT)

    def call(self, q: int, nth: int, wait: float) -> None:
        """Somebody who is out will call a desk after a wait."""
        self.later(wait, s.WITNESS_CALL, q, nth, self._ring, q, nth)

    def _ring(self, q: int, nth: int) -> None:
        self.night.desks.ring(OUTS + q, nth)

    def cell(self, q: int) -> int:
        """Cell of somebody who is or was out: that of who stands for them, else one of the zone where they are."""
        stands = int(self.world.standing.resident[q])
        if stands >= 0:
            return self.night.phone.cell[stands]
        zone = self.night.people.zone(q)
        return self.night.phone.cell_of_zone(zone, uniform(self.key.witness, q, zone, 2))
