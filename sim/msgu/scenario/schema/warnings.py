"""Messages that ask for action, and how people receive, understand, believe, confirm and follow them."""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args

from pydantic import Field, StringConstraints

from msgu.scenario.schema import names
from msgu.scenario.schema.field import Sourced, field
from msgu.scenario.schema.laws import Law, Weight, lognormal
from msgu.scenario.schema.maps import Once, Weighted
from msgu.units import Duration, Probability, WallTime

Sender = Literal["authority", "media", "platform", "stranger", "friend"]
SENDERS: Final[tuple[Sender, ...]] = get_args(Sender)
Element = Literal["source", "hazard", "place", "time", "guidance"]
ELEMENTS: Final[tuple[Element, ...]] = get_args(Element)
Action = Literal["stay", "leave", "avoid", "detour", "text", "call", "seek", "host"]
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)
"""Stay inside, go home now, keep out of an area, go home round it, write instead of calling, call a desk, look for shelter,
offer it."""
Confirmation = Literal["ask", "call", "read"]
CONFIRMATIONS: Final[tuple[Confirmation, ...]] = get_args(Confirmation)
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Between = Annotated[Probability, Field(gt=0, lt=1)]
MOST: Final = 32
"""Messages of a scenario, at most: a person remembers each by a bit."""


class Alert(Sourced):
    """A message that telephones show of themselves: cell broadcast, or an application."""

    zones: dict[names.ZoneOrKind, Probability] = field(
        ...,
        "Share of those who stand in a zone whose telephone shows it, by zone or kind of zone; a missing zone gets none.",
    )
    delay: Law = field(lambda: lognormal(60.0, 1.0), "Time from sending to the telephone.", unit="s")


class Message(Sourced):
    """A message that says what happens and what to do: it goes by a post, a broadcast, an alert or the Safety Check."""

    post: names.Post | None = field(None, "Goes by this dated post and its retweets.")
    broadcast: names.Broadcast | None = field(None, "Goes by this broadcast.")
    alert: Alert | None = field(None, "Goes to telephones by cell broadcast or application.")
    prompt: Law | None = field(None, "Goes with the question of the Safety Check: time from its activation.", unit="s")
    at: WallTime | None = field(
        None, "When an alert is sent; empty where a post, a broadcast or the Safety Check says when.", unit="s"
    )
    sender: Sender = field(..., "Kind of source.")
    signed: bool = field(True, "Whether it says who speaks.")
    hazard: str = field("", "Danger that it names; empty: none.", max_length=120)
    place: Annotated[list[names.Zone], Once] = field(
        list, "Zones that it names, whose people it asks to act; empty: it names none, and everybody is asked."
    )
    until: WallTime | None = field(None, "Until when its guidance holds, as it says; empty: it does not say.", unit="s")
    guidance: Annotated[list[Action], Once] = field(list, "What it asks to do; empty: it does not say.")
    desk: names.Desk | None = field(None, "Desk that it asks to call.")
    length: int | None = field(
        None, "Length; empty: that of its longest text, 90 without a text.", unit="characters", ge=1, le=10000
    )
    languages: Annotated[list[Language], Once] = field(
        list, "Languages, two letters each; empty: those of its texts, `fr` without a text."
    )
    text: dict[Language, Annotated[str, StringConstraints(max_length=10000)]] = field(
        dict, "What it says, by language (shown and measured, never read by a model)."
    )


class Heeding(Sourced):
    """From receipt to action (docs/model/warnings.md)."""

    reads: dict[Language, Probability] = field(
        lambda: {"fr": 0.97, "en": 0.4}, "Share of people who read a language; a missing one counts as 0."
    )
    understands: Probability = field(0.95, "Chance to understand a long message that lacks nothing, for who reads it.")
    loss: dict[Element, Probability] = field(
        lambda: {"source": 0.05, "hazard": 0.1, "place": 0.15, "time": 0.05, "guidance": 0.1},
        "Part of that chance that is lost where an element is missing; a missing entry counts as 0.",
        source="direction: Fischer et al. 2023, Weather Clim. Soc. (guidance); Nat. Hazards Rev. 2023 (place); sizes: assumption",
    )
    brief: Probability = field(
        0.7, "Part of that chance that is left to the shortest message; it rises to 1 at `full`.",
        source="direction: DHS/START 2014-15, 90 and 140 characters less effective than 1,380; size: assumption",
    )  # fmt: skip
    full: int = field(1380, "Length from which on more helps no more.", unit="characters", ge=1, le=10000,
                      source="DHS/START 2014-15")  # fmt: skip
    reading: Law = field(
        lambda: lognormal(60.0, 1.0), "Time from receipt to having read.", unit="s",
        source="90 % read an alert at once: NL-Alert, IFV 2020; the law is an assumption",
    )  # fmt: skip
    prior: Between = field(0.1, "Chance to believe without a source.")
    trust: dict[Sender, Between] = field(
        lambda: {"authority": 0.7, "media": 0.6, "platform": 0.48, "stranger": 0.39, "friend": 0.41},
        "Chance to believe one kind of source that is heard alone; a missing one adds nothing.",
        source="Zhang et al. 2014, PLoS ONE e98649 (oral 0.389, text 0.413, microblog 0.483); authority and media: assumption",
    )
    confirmations: Annotated[list[Weight], Field(min_length=1, max_length=9)] = field(
        lambda: [0.06, 0.55, 0.35, 0.04], "Relative number of people who seek 0, 1, 2, ... confirmations of a short message.",
        source="mean 1.37, standard deviation 0.65: Lindell et al. 2019, flash floods",
    )  # fmt: skip
    short: int = field(90, "Length up to which all of these are sought.", unit="characters", ge=1, le=10000)
    halving: Weight = field(
        1380.0, "Characters beyond it with which each is sought half as often.", unit="characters", gt=0,
        source="direction: Wood et al. 2018, Environ. Behav. 50(5); size: assumption",
    )  # fmt: skip
    confirms: Annotated[dict[Confirmation, Weight], Weighted] = field(
        lambda: {"ask": 31.3, "call": 4.1, "read": 3.8}, "How confirmation is sought: face to face, by telephone, online.",
        source="Perry 2007, tsunami warning in Mauritius",
    )  # fmt: skip
    finds: Probability = field(0.7, "Chance that a confirmation confirms.")
    confirming: Law = field(lambda: lognormal(300.0, 1.0), "Time that one confirmation takes.", unit="s")
    complies: Probability = field(0.5, "Chance that a believer does what is asked, where `follows` gives none.")
    follows: dict[Action, Probability] = field(dict, "That chance by action.")
    unguided: dict[Action, Probability] = field(
        lambda: {"stay": 0.056}, "Chance that a believer does so unasked; a missing action is never taken unasked.",
        source="5.6 % of those who knew of the missile of 15 Sep 2017 sheltered: Cabinet Secretariat of Japan",
    )  # fmt: skip
    acting: Law = field(lambda: lognormal(600.0, 0.8), "Time from deciding to acting.", unit="s")
    lasting: Duration = field(7200.0, "How long guidance holds that does not say until when.", unit="s", gt=0, le=1e7)
    tells: Probability = field(
        0.68, "Chance that a believer passes the message on.",
        source="half of those who see an NL-Alert warn somebody (IFV, via Reformatorisch Dagblad, Oct 2020), over the 0.74 who "
        "believe one that lacks nothing",
    )  # fmt: skip
    told: int = field(
        1, "People of the same zone who are then told.", unit="persons", ge=0, le=20,
        source="assumption; 9.7 to 11.8 in Zhang et al. 2014",
    )  # fmt: skip
    telling: Law = field(
        lambda: lognormal(300.0, 1.5), "Time from deciding to telling each of them.", unit="s",
        source="1 min by word of mouth, 17 min by text message: Zhang et al. 2014",
    )  # fmt: skip
