"""Who of a list of followers is reached: the accelerations that belong to the model, because its draws do.

The law is one line.  A follower sees a post with chance

    p = seeing x dial x awake x tie / (1 + load),

each follower and each post apart from all others.  The plainest program would draw a uniform u for each follower and let
it see the post where u < p.  An account with a million followers would then need a million uniforms a post, of which
nearly all say no.  So the model draws in two steps: first, at a bound that is the same for the whole list, who is
*reached*; then, for each that is reached, whether it sees.  A draw's key is part of the model
(docs/concepts/common-draws.md): a twin that drew in one step would live another night, as right as this one and different
in every bit.  So the two steps stand here, in their plainest form, and `Social.look_at` can be read without them: its
`u` is the follower's uniform, and followers whose u lies above the bound are simply not asked.

*The bound* (`Reach.most`) is a chance m that no follower's p passes.  It may use only what is known without looking at a
follower: seeing, what measures may make of it, and the largest awake share of any zone at this hour.  Load only lowers p,
a tie is at most 1.

  - 1.25: the bound leaves a quarter of room above `seeing`.  A measure that turns seeing up by less moves no bound, so
    two nights that differ in this measure still share every draw of who is reached.  Where the scenario's measures may
    make more of it together, the bound is at what they may make: from the start of the night, not from when they act.
  - Where a topic's exposure curve is level, each sight decides for itself whether an answer comes, and a sight without
    an answer leaves no trace (no pulse, no film and no person asks who has seen).  Then only those who see *and* answer
    matter, and m is multiplied by the most that a chance of answering can be.  The same room of 1.25 is left there, less
    what measures may make of the topic, which is in the bound already.
  - 1e-9: this last factor is computed with numpy's exponential, while a follower's own chance of answering uses the
    exponential of common draws.  They may differ in the last bits; a bound lifted by 1e-9 lies above in either.

*Words* (`Reach.trials`).  Where m is 4/64 or more, it is rounded up to parts/64, and 64 followers are tried at a time
with the binary digits of parts/64.  A random word is 64 fair coins, one for each follower.  Starting with none hit, take
the digits from the last that is 1 to the first: a digit 1 makes hits = hits or word (chance c becomes 1/2 + c/2), a
digit 0 hits = hits and word (c becomes c/2).  In the end each bit of `hits` is 1 with chance parts/64 exactly, for at
most six words instead of 64 uniforms.

*Gaps*.  Where m is below 4/64, the number of followers between two that are reached is geometric:
floor(log u / log(1 - m)) of them are passed over.  One uniform serves about 1/m followers.

*The second step*.  Each follower reached at chance m has a uniform v of its own, keyed by its place in the list, and
u = v x m is uniform on (0, m), the part of (0, 1) in which it was reached.  It sees the post where u < p: together,
with chance m x p/m = p.  Where a level curve decides about an answer, u/p is again uniform on (0, 1), given that it
sees, and decides that too.
"""

from __future__ import annotations

import math

import numpy as np

from tests.twin import names as s
from tests.twin.draws import log, uniform, words
from tests.twin.part import Part

Identity = tuple[int, int]
HEADROOM = 1.25
OWN_TIME = 1 << 31
"""Beginning of the keys of those that are reached, beside the keys of who is."""


class Reach(Part):
    """Who is reached, and the uniform with which it decides."""

    def reached(self, topic: int, identity: Identity, n: int, first: int) -> list[tuple[int, float]]:
        """Places in a list of `n` followers that are reached at the bound, and for each its uniform, which lies below it.

        Positions, which are keys, count from `first`.
        """
        most, found = self.most(topic), []
        parts = min(64.0, math.ceil(most * 64)) if n else 0
        if 0 < parts < 4:
            i, k, per_log = 0, first, 1 / log(1 - most)
            while (gap := log(uniform(self.key.seeing, *identity, k)) * per_log) < n - i:
                i += int(gap)
                found.append(i)
                i, k = i + 1, k + 1
        elif parts:
            for chunk in range((n + 63) // 64):
                hits = self.trials(identity, (first >> 6) + chunk, int(parts))
                found += [64 * chunk + i for i in range(64) if hits >> i & 1 and 64 * chunk + i < n]
            most = parts / 64
        return [(i, uniform(self.key.seeing, *identity, OWN_TIME | (first + i)) * most) for i in found]

    def trials(self, identity: Identity, chunk: int, parts: int) -> int:
        """64 trials of chance `parts` / 64: the binary digits of the chance, the last that is 1 first."""
        if parts == 64:
            return (1 << 64) - 1
        digits = format(parts, "06b").rstrip("0")[::-1]
        drawn = [word for i in range(3) for word in words(self.key.seeing, *identity, 4 * chunk + i)]
        hits = 0
        for digit, word in zip(digits, drawn, strict=False):
            hits = hits | word if digit == "1" else hits & word
        return hits

    def seeing(self) -> float:
        """Most that `seeing` can be: a quarter more than it is, or what measures may make of it together."""
        return float(self.world.scenario.attention.seeing * max(HEADROOM, self.turned("seeing")))

    def most(self, topic: int) -> float:
        """Chance of seeing a post of a topic now that nobody exceeds; of answering it, where only answers matter."""
        if self.sc.attention.catch_up is None:
            awake = max(self.night.social.awake_share(z) for z in range(max(len(self.world.zones), 1)))
        else:
            awake = max(self.sc.attention.awake.get(str(h), 1.0) for h in range(24))
        most = min(1.0, self.seeing() * awake)
        return most * self._answering(topic) if self._only_answers_matter(topic) else most

    def _only_answers_matter(self, topic: int) -> bool:
        """Whether a sight without an answer leaves no trace."""
        filmed = self.night.social.names[topic] in {film.topic for film in self.sc.videos.values()}
        asked = self.sc.pulses or filmed or self.sc.attention.shown_once or any(p >= 0 for p in self.world.person)
        telling = self.night.social.names[topic] in self.night.hearing.topics()
        return self.night.social.is_level(topic) and not asked and not telling

    def _answering(self, topic: int) -> float:
        """Chance of answering at one sight that nobody exceeds."""
        law, turned = self.night.social.topics[topic], self.turned("infectiousness", self.night.social.names[topic])
        kind = max(law.kind_factor.get(name, 1.0) for name in s.KINDS)
        zone = max((self.by_zone(law.zone_factor, z, 1.0) for z in self.world.zones), default=1.0)
        hazard = law.infectiousness * zone * kind * turned * law.curve.first[0] * max(HEADROOM / turned, 1.0)
        ready = max((float(x) for x in self.world.accounts.susceptibility), default=0.0)
        return float(np.minimum(1.0, (1.0 - np.exp(-ready * hazard)) * (1 + 1e-9)))

    def turned(self, dial: str, topic: str | None = None) -> float:
        """Most that measures may make of a dial together."""
        most = 1.0
        for m in sorted(self.sc.measures):
            measure = self.sc.measures[m]
            if measure.dial == dial and (topic is None or not measure.topics or topic in measure.topics):
                most *= max(1.0, measure.factor)
        return most
