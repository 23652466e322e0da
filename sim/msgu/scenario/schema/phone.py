"""Telephones, worry, desks and Safety Check."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from msgu.scenario.schema.field import Slug, Sourced, field
from msgu.scenario.schema.maps import Hour, Weighted
from msgu.scenario.schema.social import Law, Weight
from msgu.units import Duration, Probability, Rate, WallTime


class Operator(Sourced):
    """A mobile operator."""

    share: Weight = field(..., "Relative number of subscribers.")
    sms_capacity: Rate = field(
        28170.0, "Messages that its SMS centre serves at scale 1.", unit="SMS/s", gt=0, le=1e9, source="P14"
    )


class Data(Sourced):
    """The data channel of a cell, apart from voice and SMS: one server, first come, first served."""

    share: Probability = field(0.5, "Share of messages written over data (instant messengers) rather than as SMS.")
    capacity: Rate = field(20.0, "Messages that an idle cell's data channel serves.", unit="messages/s", gt=0, le=1e6)
    load: Probability = field(
        0.6, "Share of it in use at the busiest hour, by ordinary traffic with the `profile` of calls.", lt=1
    )
    patience: Duration = field(30.0, "A message that would take longer goes out as an SMS.", unit="s", ge=0, le=86400)


class Phones(Sourced):
    """Voice cells with a finite number of channels (docs/model/phone.md)."""

    operators: dict[Slug, Operator] = field(dict, "Mobile operators.")
    persons_per_cell: Weight = field(
        1400.0, "Subscribers present per cell, where `cells` gives no number.", unit="persons", gt=0
    )
    cells: dict[Slug, Annotated[int, Field(ge=0, le=10**12)]] = field(
        dict, "Cells in a zone at scale 1, all operators together.", unit="cells"
    )
    by_operator: bool = field(
        False, "Each operator has its own cells, by share and at least one in a zone, for its own subscribers only."
    )
    channels: int = field(14, "Voice channels of a cell; never scaled.", unit="channels", ge=1, le=1000, source="P15, 2 TRX")
    reserved: int = field(0, "Of these kept for emergency calls: their priority.", unit="channels", ge=0, le=1000)
    emergency_share: Probability = field(0.0, "Share of ordinary calls that are to an emergency number.")
    load: Weight = field(
        8.2, "Ordinary offered load of a cell at the busiest hour.", unit="erlang", source="P15, 2 % blocking"
    )
    profile: dict[Hour, Weight] = field(
        dict, "Ordinary load by local hour, '0'..'23', relative to the busiest; missing counts as 1."
    )
    holding: Law = field(
        lambda: _lognormal(100.0, 0.8), "Holding time of an answered call.", unit="s", source="P08, crisis calls shorter"
    )
    ring: Duration = field(20.0, "Holding time of a call that nobody answers.", unit="s", ge=0, le=600)
    answer: Probability = field(0.75, "Chance that a call that got through is answered.")
    both_ends: bool = field(True, "A call needs a channel at both ends.")
    persistence: Probability = field(0.7, "Chance to redial after a failed attempt.")
    redial_after: Law = field(lambda: _lognormal(60.0, 1.0), "Time to the next attempt.", unit="s")
    baseline_redials: bool = field(True, "Ordinary calls redial too.")
    data: Data | None = field(None, "The data channel; empty: without limit, and every message an SMS.")
    until: WallTime | None = field(
        None, "End of what is followed: no call and no message after it; empty: the end of the run.", unit="s"
    )


class Worry(Sourced):
    """Who calls whom when the news arrives."""

    affected: Annotated[dict[Slug, Weight], Weighted] = field(
        dict, "Zones where the people worried about are, with weight per inhabitant."
    )
    ties: dict[Slug, Weight] = field(
        dict, "Mean number of close ties in the affected zones, by zone or kind of zone of the worried.", unit="persons"
    )
    reaction: Law = field(lambda: _lognormal(300.0, 1.5), "Time from learning to the first call or message.", unit="s")
    message_share: Probability = field(0.4, "Share of first contacts made by SMS rather than voice.")
    message_answered: Probability = field(0.8, "Chance that an SMS is answered.")
    message_reply: Law = field(lambda: _lognormal(240.0, 1.2), "Time to the answer of an SMS.", unit="s")
    follow_up: Law = field(
        lambda: _lognormal(1200.0, 1.0),
        "Time from a message to the next try, by voice or message, where no answer has come; made with the chance of a redial.",
        unit="s",
    )
    message_after_failure: Probability = field(0.5, "Chance to send an SMS when giving up calling.")
    post_after_failure: Probability = field(0.02, "Chance to post on `post_topic` when giving up, for who has an account.")
    post_topic: Slug | None = field(None, "Topic of those posts.")
    talk_calls: Weight = field(0.4, "Mean number of other calls that the news makes a person place.", unit="calls")
    talk_messages: Weight = field(1.5, "Mean number of other messages.", unit="SMS")
    talk_news: Probability = field(
        0.1,
        "Share of those messages that open a talk, and so tell whoever reads them; the others are among people who know.",
    )
    talk_spread: Law = field(lambda: _lognormal(3600.0, 1.2), "Time from learning to those calls and messages.", unit="s")
    safe_post: Probability = field(
        0.0, "Chance that somebody worried about, who has an account, posts that he or she is safe after learning."
    )
    safe_after: Law = field(lambda: _lognormal(1800.0, 1.2), "Time from learning to that post.", unit="s")
    safe_seen: Probability = field(0.2, "Chance that the worried one sees it, and worries no more.")


class Shift(Sourced):
    """Operators from a time on."""

    at: WallTime = field(..., "From when.", unit="s")
    operators: int = field(..., "Operators on duty.", ge=0, le=100000)


class Desk(Sourced):
    """A call centre at full size: operators by shift, a waiting line, impatience, redial."""

    shifts: dict[Slug, Shift] = field(..., "Operators on duty by shift.")
    lines: int | None = field(None, "Callers who can wait; empty: no limit.", unit="callers", ge=0, le=10**7)
    handling: Law = field(..., "Time to handle a call.", unit="s")
    patience: Law | None = field(None, "Time that a caller waits before giving up; empty: for ever.", unit="s")
    persistence: Probability = field(0.0, "Chance to redial after a busy tone or giving up.")
    redial_after: Law = field(lambda: _lognormal(600.0, 1.0), "Time to the next attempt.", unit="s")
    worried_share: Probability = field(0.0, "Chance that a person with uncleared worry calls this desk.")
    reaction: Law = field(lambda: _lognormal(3600.0, 1.2), "Time from worry (or opening) to that call.", unit="s")
    informs: Probability = field(0.1, "Chance that an answered call clears the caller's worry.")
    rates: dict[Slug, DeskRate] = field(dict, "Other callers: constant rates between times.")
    until: WallTime | None = field(
        None, "End of what is followed: nothing of this desk happens after it; empty: the end of the run.", unit="s"
    )


class DeskRate(Sourced):
    """Calls at a constant rate between two times."""

    at: WallTime = field(..., "Start.", unit="s")
    until: WallTime = field(..., "End.", unit="s")
    rate: Rate = field(..., "Calls.", unit="calls/s", ge=0, le=1e6)


class SafetyCheck(Sourced):
    """Facebook's Safety Check."""

    at: WallTime = field(..., "Activation.", unit="s")
    zones: dict[Slug, Probability] = field(
        ..., "Share of the people of a zone who are asked (they have Facebook and are located there)."
    )
    marks: Probability = field(..., "Share of those asked who mark themselves in the end.")
    delay: Law = field(..., "Time from activation to the mark.", unit="s")
    contact: Probability = field(0.5, "Chance that the worried one is a contact and sees the mark.")
    unmarked: Probability = field(
        0.0, "Chance that a worried contact looks for a mark once, finds none, and calls (once more)."
    )
    unmarked_after: Law = field(lambda: _lognormal(1800.0, 1.2), "Time from activation to that look.", unit="s")
    notified: Weight = field(88.0, "People notified by each mark.", unit="persons", source="T20c / T20b")


def _lognormal(median: float, sigma: float) -> Law:
    from msgu.scenario.schema.social import Lognormal

    return Lognormal.model_construct(law="lognormal", median=median, sigma=sigma)


Desk.model_rebuild()
_ = Field
