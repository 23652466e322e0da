"""Messages that ask for action: whom they reach, who understands, believes and acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgu.scenario.schema.warnings import Message
from msgu.streams import named
from msgu.world.accounts import cumulative_shares

from tests.twin import names as s
from tests.twin.draws import delay, pick, rise_decay, uniform, uniforms
from tests.twin.part import Part

if TYPE_CHECKING:
    from tests.twin.night import Twin

OUT = 1 << 40
"""People who are out are drawn from here on."""
SENDERS = ("authority", "media", "platform", "stranger", "friend")
ACTIONS = ("stay", "leave", "avoid", "detour", "text", "call", "seek", "host")
DIRECT, BY_FRIEND, BY_POST = 0, 1, 2


class Warnings(Part):
    """People at home, numbered from 0, and then people who are out."""

    def __init__(self, night: Twin) -> None:
        super().__init__(night)
        self.ids = sorted(self.sc.warnings)
        self.messages = [self.sc.warnings[name] for name in self.ids]
        self.law = self.sc.heeding
        self.keys = [named(self.key.warning, name) for name in self.ids]
        self.home = len(self.world.residents.zone)
        people = range(self.home + len(self.world.out.at) if self.ids else 0)
        self.heard: list[set[int]] = [set() for _ in people]
        self.ready: list[set[int]] = [set() for _ in people]
        self.heeded: list[set[int]] = [set() for _ in people]
        self.sources: list[set[str]] = [set() for _ in people]
        self.writes: dict[int, int] = {}
        """Message by which a person at home writes instead of calling."""
        self.post_of: dict[int, int] = {}
        """Message by the first post that carries it."""
        self.carried = -1

    # ---- who somebody is ----

    def _who(self, x: int) -> int:
        return x if x < self.home else OUT + x - self.home

    def zone(self, x: int) -> int:
        """Where somebody is: people with a telephone at home."""
        return int(self.world.residents.zone[x] if x < self.home else self.world.out.at[x - self.home])

    def _asked(self, x: int, m: int) -> bool:
        """Whether a message asks somebody to act: it names where they are or, of who is out, where they live."""
        here = [self.zone(x)]
        if x >= self.home:
            here.append(int(self.world.out.home[x - self.home]))
        return any(self.inside(z, m) for z in here)

    def inside(self, z: int, m: int) -> bool:
        """Whether a message is about a zone; one that names none is about all."""
        place = self.messages[m].place
        return not place or self.world.zones[z] in place

    def until(self, m: int) -> float:
        """Until when the guidance of a message holds."""
        end = self.messages[m].until
        return self.sent(m) + self.law.lasting if end is None else end

    def sent(self, m: int) -> float:
        """When a message is sent."""
        message, sc = self.messages[m], self.sc
        if message.post:
            return sc.posts[message.post].at
        if message.broadcast:
            return sc.broadcasts[message.broadcast].at
        if message.prompt is not None:
            assert sc.safety_check is not None
            return sc.safety_check.at
        assert message.at is not None
        return message.at

    # ---- receipt ----

    def warn(self, m: int) -> None:
        """A message goes out by alert, broadcast or prompt."""
        message = self.messages[m]
        for x in range(self.home + (len(self.world.out.at) if message.alert else 0)):
            if x >= self.home and self.night.people.state[x - self.home] == s.HOME:
                continue
            wait = self._wait(x, m, message)
            if wait is not None:
                self.later(wait, s.HEAR, x, 4 * m, self.hear, x, m, DIRECT)

    def _wait(self, x: int, m: int, message: Message) -> float | None:
        """How long a message is on its way to somebody; None where it does not come."""
        who, zone = self._who(x), self.world.zones[self.zone(x)]
        if message.broadcast is not None:
            cast, key = self.sc.broadcasts[message.broadcast], named(self.key.learning, message.broadcast)
            there = self.by_zone(cast.zones, zone, 0.0) if cast.zones else 1.0
            tuned = uniform(key, who, 0, 0) < cast.audience * there
            return rise_decay(cast.rise, cast.decay, *uniforms(key, who, 0, 1)) if tuned else None
        v = uniforms(self.keys[m], who, 0, 0)[1]
        if message.alert is not None:
            reached = uniform(self.keys[m], who, 0, 0) < self.by_zone(message.alert.zones, zone, 0.0)
            return delay(message.alert.delay, v) if reached else None
        assert message.prompt is not None
        assert self.sc.safety_check is not None
        asked = self.by_zone(self.sc.safety_check.zones, zone, 0.0)
        return delay(message.prompt, v) if uniform(self.key.safety_check, who, 0, 0) < asked else None

    def carry(self, j: int) -> None:
        """A post has been written, which carries the message that is at hand."""
        if self.carried >= 0:
            self.post_of[j], self.carried = self.carried, -1

    def read_post(self, account: int, root: int) -> None:
        """An account sees a post."""
        p = int(self.world.person[account])
        if root in self.post_of and p >= 0:
            m = self.post_of[root]
            self.later(0.0, s.HEAR, p, 4 * m + BY_POST, self.hear, p, m, BY_POST)

    def hear(self, x: int, m: int, how: int) -> None:
        """Somebody receives a message, by a post with all whose account it is."""
        if how == BY_POST:
            for q, p in enumerate(self.world.resident_of_out):
                if p == x:
                    self.later(0.0, s.HEAR, self.home + q, 4 * m, self.hear, self.home + q, m, DIRECT)
        if m in self.heard[x]:
            if how == BY_FRIEND and m in self.ready[x] and "friend" not in self.sources[x]:
                self.sources[x].add("friend")
                self._decide(x)
            return
        self.heard[x].add(m)
        self.log(s.LOG_WARNED, x, m, how)
        u, v = uniforms(self.keys[m], self._who(x), 0, 1)
        if u < self._clarity(m) and self._reads(x, m):
            nth = (4 * m + how) * 16
            self.later(delay(self.law.reading, v), s.WEIGH, x, nth, self._understand, x, m, how)

    def _clarity(self, m: int) -> float:
        """Chance to understand a message in a language that one reads."""
        message, chance = self.messages[m], self.law.understands
        says = (message.signed, message.hazard.strip(), message.place, message.until is not None, message.guidance)
        for element, said in zip(("source", "hazard", "place", "time", "guidance"), says, strict=True):
            if not said:
                chance *= 1.0 - self.law.loss.get(element, 0.0)  # type: ignore[call-overload]
        brief = self.law.brief
        return chance * (brief + (1.0 - brief) * min(1.0, self._length(m) / self.law.full))

    def _length(self, m: int) -> int:
        message = self.messages[m]
        return message.length or max([len(text) for text in message.text.values()], default=90)

    def _reads(self, x: int, m: int) -> bool:
        message = self.messages[m]
        for language in message.languages or message.text or ["fr"]:
            share = self.law.reads.get(language, 0.0)
            if uniform(named(self.key.warning, f":{language}"), self._who(x), 0, 0) < share:
                return True
        return False

    # ---- confirmation and belief ----

    def _understand(self, x: int, m: int, how: int) -> None:
        self.sources[x].add("friend" if how == BY_FRIEND else self.messages[m].sender)
        self.log(s.LOG_GRASPED, x, m, how)
        if x < self.home:
            self.night.worry.tell(x, 4)
        self._mill(x, m, how, 0)

    def _mill(self, x: int, m: int, how: int, done: int) -> None:
        """Seek the next confirmation after so many, or decide."""
        key, who = self.keys[m], self._who(x)
        shares = self.law.confirmations
        most = pick(list(cumulative_shares(np.array(shares))), uniform(key, who, 0, 2))
        beyond = max(0, self._length(m) - self.law.short)
        for i in range(done + 1, most + 1):
            u, v = uniforms(key, who, i, 3)
            if u < 2.0 ** (-beyond / self.law.halving):
                wait = delay(self.law.confirming, v) + self._seek(x, m, i)
                self.later(wait, s.WEIGH, x, (4 * m + how) * 16 + i, self._confirmed, x, m, how, i)
                return
        self.ready[x].add(m)
        self._decide(x)

    def _how(self, x: int, m: int, i: int) -> int:
        """How the i-th confirmation is sought: ask, call, read."""
        confirms = self.law.confirms
        kinds = [confirms.get("ask", 0.0), confirms.get("call", 0.0), confirms.get("read", 0.0)]
        return pick(list(cumulative_shares(np.array(kinds))), uniform(self.keys[m], self._who(x), i, 4))

    def _seek(self, x: int, m: int, i: int) -> float:
        """Seek a confirmation; a page may have to wait [s]."""
        how, phone = self._how(x, m, i), self.night.phone
        if how == 0 or self.clock.now >= min(self.night.phones_end, self.sc.horizon):
            return 0.0
        p, slot = x, 1128 + 8 * m + i - 1
        if x >= self.home:
            q = x - self.home
            p, slot = int(self.world.resident_of_out[q]), 2048 + (256 * q + 8 * m + i - 1) % 60000
            if p < 0 or uniform(self.keys[m], self._who(x), i, 9) * self.world.clones >= 1.0:
                return 0.0
        if how == 1:
            phone.attempt_later(0.0, p, slot, 0)
        elif phone.law.data is not None and phone.law.data.share > 0 and phone.cell[p] >= 0:
            return phone.sent_by_data(phone.cell[p])
        return 0.0

    def _confirmed(self, x: int, m: int, how: int, i: int) -> None:
        found = uniforms(self.keys[m], self._who(x), i, 4)[1] < self.law.finds
        if found:
            self.sources[x].add("media" if self._how(x, m, i) == 2 else "friend")
        self.log(s.LOG_CONFIRMED, x, m, i, int(found))
        self._mill(x, m, how, i)

    def _decide(self, x: int) -> None:
        """Believe by all the kinds of source heard, and heed what has been understood."""
        odds = self.law.prior / (1.0 - self.law.prior)
        for sender in SENDERS:
            trust = self.law.trust.get(sender)  # type: ignore[call-overload]
            if sender in self.sources[x] and trust is not None:
                odds *= trust / (1.0 - trust) * (1.0 - self.law.prior) / self.law.prior
        believes = uniform(self.key.warning, self._who(x), 0, 0) * (1.0 + odds) < odds
        bits = sum(1 << i for i, sender in enumerate(SENDERS) if sender in self.sources[x])
        self.log(s.LOG_DECIDED, x, bits, int(believes))
        for m in sorted(self.ready[x] - self.heeded[x]) if believes else []:
            self.heeded[x].add(m)
            self._plan(x, m)
            self._pass_on(x, m)

    # ---- action ----

    def _chance(self, m: int, action: str) -> float:
        """Chance that a believer takes an action."""
        message, law = self.messages[m], self.law
        if action in message.guidance:
            return law.follows.get(action, law.complies)  # type: ignore[call-overload, no-any-return]
        return 0.0 if message.guidance else law.unguided.get(action, 0.0)  # type: ignore[call-overload, no-any-return]

    def _plan(self, x: int, m: int) -> None:
        """Choose what to do."""
        key, who = self.keys[m], self._who(x)
        for a, action in enumerate(ACTIONS):
            if not self._asked(x, m) and action not in ("avoid", "detour"):
                continue
            if action != "call":
                u, v = uniforms(key, who, a, 5)
                if u < self._chance(m, action):
                    self.later(delay(self.law.acting, v), s.ACT, x, 8 * m + a, self._act, x, m, action, 0)
                continue
            for clone in range(self.world.clones if x < self.home else 1):
                u, v = uniforms(key, who, clone, 8)
                if u < self._chance(m, action):
                    desk = self.messages[m].desk
                    assert desk is not None
                    opens = min((shift.at for shift in self.sc.desks[desk].shifts.values()), default=0.0)
                    wait = max(0.0, opens - self.clock.now) + delay(self.law.acting, v)
                    self.later(wait, s.ACT, x, clone << 16 | (8 * m + a), self._act, x, m, action, clone)

    def _pass_on(self, x: int, m: int) -> None:
        """Tell people of the same zone."""
        key, who, z = self.keys[m], self._who(x), self.zone(x)
        if uniform(key, who, 0, 6) >= self.law.tells:
            return
        if x < self.home:
            near = [p for p in range(self.home) if self.world.residents.zone[p] == z]
        else:
            near = [self.home + q for q, at in enumerate(self.world.out.at) if at == z]
        for i in range(self.law.told):
            u, v = uniforms(key, who, i, 7)
            y = near[int(u * len(near))]
            if y != x:
                self.later(delay(self.law.telling, v), s.HEAR, y, 4 * m + BY_FRIEND, self.hear, y, m, BY_FRIEND)

    def _act(self, x: int, m: int, action: str, clone: int) -> None:
        self.log(s.LOG_ACTED, x, m, ACTIONS.index(action), clone)
        q = x - self.home
        if action == "call":
            desk = sorted(self.sc.desks).index(str(self.messages[m].desk))
            call = desk << 32 | ((m + 1) << 18 | clone) << 8
            if q >= 0:
                self.night.witnesses.call(q, call, 0.0)
            else:
                self.night.worry.call_desk(x, call, 0.0)
        elif q >= 0:
            if self.clock.now < self.night.people_end:
                self._go(q, m, action)
        elif action == "text":
            self.writes[x] = m
        elif action == "host" and x in self.night.worry.account:
            social = self.night.social
            social.publish(self.night.worry.account[x], social.shelter_topic, s.OFFER, -1, "the scenario")

    def _go(self, q: int, m: int, action: str) -> None:
        """Somebody who is out acts."""
        people, place = self.night.people, int(self.world.out.at[q])
        out = people.state[q] == s.OUT
        home = int(self.world.out.home[q])
        shut_out = action == "avoid" and self.inside(home, m) and not self.inside(place, m)
        if action in ("avoid", "detour"):
            people.round_of[q] = m
        if (action == "stay" or shut_out) and out and self.until(m) > self.clock.now:
            people.stay_inside(q, self.until(m), len(people.instructions) + m)
        elif action == "leave" and out:
            people.stay_no_longer(q)
            people.leave_now(q)
        elif action == "seek" and self.world.out.reach[q] in (0, 4):
            sought, people.seeker[q] = people.seeker[q], True
            if not self.night.hearing.has_heard(q):
                self.night.hearing.told(q, s.BY_BROADCAST)
            elif not sought and people.state[q] == s.STRANDED:
                people.begin_to_seek(q)

    def writes_instead(self, p: int) -> bool:
        """Whether somebody who was asked to write instead of calling does so now."""
        return p in self.writes and bool(self.clock.now < self.until(self.writes[p]))
