"""Worry, and the Safety Check that clears some of it."""

from __future__ import annotations

from typing import Annotated

from msgu.scenario.schema import names
from msgu.scenario.schema.field import Slug, Sourced, field
from msgu.scenario.schema.laws import AnyClockLaw, Law, Weight, lognormal
from msgu.scenario.schema.maps import Weighted
from msgu.scenario.schema.triggers import When
from msgu.units import Probability, WallTime

LATER_NEWS = 2
"""Most later events: attempts are numbered so that each has numbers of its own."""


class News(Sourced):
    """A later event: it wakes new worry, also in those who know of the first and were reassured before."""

    at: WallTime = field(..., "When it happens: whoever is heard from later is known to be safe.", unit="s")
    affected: Annotated[dict[names.Zone, Weight], Weighted] = field(
        ..., "Zones that it affects, with weight per inhabitant for the ties that it adds."
    )
    ties: dict[names.ZoneOrKind, Weight] = field(
        dict,
        "Mean number of close ties there besides those of `worry.ties`, by zone or kind of zone of the worried.",
        unit="persons",
    )


class GroupMessages(Sourced):
    """Messages to a group, over the data channel: one tells several people at once that the writer knows and is well."""

    share: Probability = field(0.3, "Chance that somebody who learns writes to a group; range 0.1 to 0.6.")
    after: Law = field(lambda: lognormal(900.0, 1.2), "Time from learning to that message; median 7 to 30 min.", unit="s")
    contacts: Probability = field(0.4, "Chance that who worries about the writer is in the group; range 0.2 to 0.8.")
    others: float = field(4.0, "Mean number of other readers, at most 64; range 2 to 10.", unit="persons", ge=0, le=32)


class Worry(Sourced):
    """Who calls whom when the news arrives."""

    affected: Annotated[dict[names.Zone, Weight], Weighted] = field(
        dict, "Zones where the people worried about are, with weight per inhabitant."
    )
    ties: dict[names.ZoneOrKind, Weight] = field(
        dict, "Mean number of close ties in the affected zones, by zone or kind of zone of the worried.", unit="persons"
    )
    reaction: Law = field(lambda: lognormal(300.0, 1.5), "Time from learning to the first call or message.", unit="s")
    message_share: Probability = field(0.4, "Share of first contacts made by SMS rather than voice.")
    message_answered: Probability = field(0.8, "Chance that an SMS is answered.")
    message_reply: Law = field(lambda: lognormal(240.0, 1.2), "Time to the answer of an SMS.", unit="s")
    follow_up: Law = field(
        lambda: lognormal(1200.0, 1.0),
        "Time from a message to the next try, by voice or message, where no answer has come; made with the chance of a redial.",
        unit="s",
    )
    message_after_failure: Probability = field(0.5, "Chance to send an SMS when giving up calling.")
    post_after_failure: Probability = field(0.02, "Chance to post on `post_topic` when giving up, for who has an account.")
    post_topic: names.Topic | None = field(None, "Topic of those posts.")
    talk_calls: Weight = field(0.4, "Mean number of other calls that the news makes a person place.", unit="calls")
    talk_messages: Weight = field(1.5, "Mean number of other messages.", unit="SMS")
    talk_news: Probability = field(
        0.1,
        "Share of those messages that open a talk, and so tell whoever reads them; the others are among people who know.",
    )
    talk_spread: Law = field(lambda: lognormal(3600.0, 1.2), "Time from learning to those calls and messages.", unit="s")
    group: GroupMessages | None = field(None, "Messages to a group; empty: none.")
    safe_post: Probability = field(
        0.0, "Chance that somebody worried about, who has an account, posts that he or she is safe after learning."
    )
    safe_after: Law = field(lambda: lognormal(1800.0, 1.2), "Time from learning to that post.", unit="s")
    safe_seen: Probability = field(0.2, "Chance that the worried one sees it, and worries no more.")
    mutual: Probability = field(
        0.0, "Share of ties that go both ways, where who worries lives in an affected zone too. Assumption: 0.4 to 0.9."
    )
    tells: Probability = field(
        0.0,
        "Share of those worried about who, once they know, call or write to the worried one that they are safe. "
        "Assumption: 0.2 to 0.7.",
    )
    tells_after: Law = field(lambda: lognormal(900.0, 1.2), "Time from learning to that call or message.", unit="s")
    passed_on: Probability = field(
        0.0, "Chance that who knows somebody to be safe tells so another who worries about them. Assumption: 0.1 to 0.5."
    )
    passed_after: Law = field(lambda: lognormal(900.0, 1.2), "Time from knowing to telling.", unit="s")
    news: dict[Slug, News] = field(dict, "Later events, which wake new worry.", max_length=LATER_NEWS)


class SafetyCheck(Sourced):
    """Facebook's Safety Check."""

    at: When = field(..., "Activation.", unit="s")
    zones: dict[names.ZoneOrKind, Probability] = field(
        ..., "Share of the people of a zone who are asked (they have Facebook and are located there)."
    )
    marks: Probability = field(..., "Share of those asked who mark themselves in the end.")
    delay: AnyClockLaw = field(..., "Time from activation to the mark.", unit="s")
    contact: Probability = field(0.5, "Chance that the worried one is a contact and sees the mark.")
    unmarked: Probability = field(
        0.0, "Chance that a worried contact looks for a mark once, finds none, and calls (once more)."
    )
    unmarked_after: Law = field(lambda: lognormal(1800.0, 1.2), "Time from activation to that look.", unit="s")
    friends: Probability = field(
        0.0,
        "Chance that a contact who knows somebody asked to be safe marks them. Assumption: 0.05 to 0.3.",
        source="the feature: NBC Washington, 14 November 2015; the share: assumption",
    )
    friends_after: AnyClockLaw = field(
        lambda: lognormal(1800.0, 1.2), "Time to that mark, from the activation or from knowing.", unit="s"
    )
    prompted: Probability = field(
        0.0,
        "Chance that somebody marks when a contact who finds no mark asks by notification. Assumption: 0.1 to 0.6.",
        source="people were asked by text message too: TIME 4112882; the share: assumption",
    )
    prompted_after: AnyClockLaw = field(lambda: lognormal(900.0, 1.2), "Time from being asked to that mark.", unit="s")
    notified: Weight = field(88.0, "People notified by each mark.", unit="persons", source="T20c / T20b")
