"""Every table and column that a run may keep: name, dtype, unit, one sentence."""

from __future__ import annotations

from typing import Final, NamedTuple


class Column(NamedTuple):
    """One column of a table: name, dtype, unit, one sentence."""

    name: str
    dtype: str
    unit: str
    meaning: str


class Table(NamedTuple):
    """One table: layer of the fingerprint, whether at full size at any scale, one sentence, columns."""

    layer: str
    full: bool
    meaning: str
    columns: tuple[Column, ...]


LAYERS: Final = ("graph", "posts", "calls", "people", "summary")
"""Layers of a fingerprint, in order; a change names the first layer that it touched."""

_BIN = Column("bin", "i4", "bins", "Number of the time bin, from 0 at the start.")
_TOPIC = Column("topic", "i2", "index", "Topic, as a row of `names['topics']`.")
_ZONE = Column("zone", "i2", "index", "Zone, as a row of `names['zones']`.")
_TIME = Column("time", "f8", "s", "Time since the scenario's start.")


def _table(layer: str, meaning: str, *columns: Column | tuple[str, str, str, str], full: bool = False) -> Table:
    return Table(layer, full, meaning, tuple(Column(*column) for column in columns))


TABLES: Final[dict[str, Table]] = {
    "posts": _table(
        "posts", "One row for each post; the row number is the post.",
        _TIME,
        ("author", "i4", "index", "Account that wrote it."),
        ("nth", "i4", "posts", "How many posts of this author on this topic came before."),
        _TOPIC,
        ("kind", "i1", "index", "Kind of post, as a row of `names['kinds']`."),
        ("variant", "i1", "index", "Spelling of the hashtag, as a row of `names['variants/TOPIC']`."),
        ("parent", "i4", "row", "Post that it answers or shares; -1 for none."),
        ("root", "i4", "row", "First post of its cascade; its own row for an original."),
        ("origin", "i1", "code", "0 spontaneous, 1 response, 2 synchronised pulse, 3 dated, 4 of an automatic account."),
        ("zone", "i2", "index", "Zone of the author, as a row of `names['zones']`."),
    ),
    "topic_curves": _table(
        "posts", "Posts by bin and topic; rows with posts only.",
        _BIN, _TOPIC,
        ("posts", "i4", "posts", "Originals and retweets in the bin."),
        ("originals", "i4", "posts", "Originals in the bin."),
    ),
    "beliefs": _table(
        "posts", "Accounts by what they believe of each claim at the end of the bin.",
        _BIN, _TOPIC,
        ("believes", "i4", "accounts", "Accounts that believe it."),
        ("doubts", "i4", "accounts", "Accounts that have heard of it and never believed it."),
        ("corrected", "i4", "accounts", "Accounts that believed it and accepted a correction."),
    ),
    "gains": _table(
        "posts", "One row for each account that begins to follow a named one.",
        _TIME,
        ("account", "i2", "index", "Who is followed, as a row of `names['accounts']`."),
        ("follower", "i4", "index", "Who follows."),
    ),
    "videos": _table(
        "posts", "Who watches the films that posts carry; rows with viewers only.",
        _BIN,
        ("video", "i2", "index", "Film, as a row of `names['videos']`."),
        ("opened", "i4", "viewings", "Viewings that began in the bin."),
        ("watching", "i4", "accounts", "Who watches at the end of the bin."),
        ("seconds", "f8", "s", "Time that the viewings that began in the bin last."),
    ),
    "offers": _table(
        "posts", "Offers of shelter in the order in which they were posted.",
        ("offer", "i4", "index", "Number of the offer."),
        ("post", "i4", "row", "Its post."),
        ("verified", "i1", "code", "1 once volunteers had checked it, for the curated map."),
        ("checked", "f8", "s", "When they had; NaN for never."),
    ),
    "missing": _table(
        "posts", "Notices for missing persons in the order in which they were written.",
        _TIME,
        ("author", "i4", "index", "Account that wrote it."),
        ("post", "i4", "row", "Its post."),
        ("outcome", "i1", "code", "0 found, 1 in hospital, 2 dead."),
        ("known", "f8", "s", "When the news is known to who wrote it; may lie after the horizon."),
        ("closed", "i1", "code", "1 where a closing notice was written."),
        ("relays", "i4", "posts", "Copies by the relay accounts."),
        ("stale", "i4", "posts", "Of these after the news was known."),
    ),
    "cells": _table(
        "calls", "Cells that were run, with the legs of the whole night, those of ordinary calls included.",
        ("cell", "i4", "index", "Number of the cell."), _ZONE,
        ("channels", "i4", "channels", "Voice channels at the end."),
        ("weight", "f8", "cells", "Whole cells that it stands for at scale 1; one value for a zone."),
        ("busy", "i4", "channels", "Channels in use at the end."),
        ("offered", "i4", "legs", "Legs that asked for a channel."),
        ("lost", "i4", "legs", "Legs that found no free channel here."),
        ("lost_far", "i4", "legs", "Legs lost because the other end found none."),
        ("carried", "i4", "legs", "Legs that got a channel."),
        ("emergency", "i4", "calls", "Attempts to call an emergency number, among those offered."),
        ("emergency_lost", "i4", "calls", "Of these lost."),
        ("operator", "i1", "index", "Operator, as a row of `names['operators']`; -1 where all share the cell."),
    ),
    "calls": _table(
        "calls", "Legs of calls by zone and bin, ordinary calls included; rows with offered legs only.",
        _ZONE, _BIN,
        ("offered", "i4", "legs", "Legs that asked for a channel."),
        ("lost", "i4", "legs", "Legs that found no free channel here."),
        ("lost_far", "i4", "legs", "Legs lost because the other end found none."),
        ("carried", "i4", "legs", "Legs that got a channel."),
    ),
    "traffic": _table(
        "calls", "Calls and messages that the event caused, by bin and operator; ordinary ones not included.",
        _BIN,
        ("operator", "i1", "index", "Operator of the caller, as a row of `names['operators']`."),
        ("attempts", "i4", "calls", "Call attempts, redials included."),
        ("carried", "i4", "calls", "Attempts that got through."),
        ("sms", "i4", "SMS", "Messages sent as SMS."),
        ("data", "i4", "messages", "Messages meant for the data channel."),
        ("fallback", "i4", "SMS", "Of these sent as SMS, because the data channel was too slow."),
    ),
    "desks": _table(
        "calls", "Calls to desks by bin.",
        _BIN,
        ("desk", "i2", "index", "Desk, as a row of `names['desks']`."),
        ("received", "i4", "calls", "Calls that arrived, redials included."),
        ("busy", "i4", "calls", "Calls that met a full line."),
        ("answered", "i4", "calls", "Calls whose handling began."),
        ("abandoned", "i4", "calls", "Calls that gave up waiting."),
        ("waiting", "i4", "calls", "Callers waiting at the end of the bin."),
        ("serving", "i4", "calls", "Callers with an operator at the end of the bin."),
        full=True,
    ),
    "awareness": _table(
        "people", "People who know of the event at the end of the bin, by zone.",
        _BIN, _ZONE,
        ("aware", "i4", "persons", "People who know."),
    ),
    "people": _table(
        "people", "People out by state at the end of the bin; rows with people only.",
        _BIN, _ZONE,
        ("state", "i1", "index", "State, as a row of `names['states']`."),
        ("count", "i4", "persons", "People in that state in that zone."),
        full=True,
    ),
    "moves": _table(
        "people", "Changes of state of people out by bin; rows with changes only.",
        _BIN, _ZONE,
        ("state", "i1", "index", "State entered, as a row of `names['states']`."),
        ("entered", "i4", "persons", "Changes into that state of people who were out in that zone."),
        full=True,
    ),
    "seekers": _table(
        "people", "People who looked for shelter.",
        ("person", "i4", "index", "Person out."), _ZONE,
        ("look", "f8", "s", "When they first looked at the stream or the map."),
        ("yes", "f8", "s", "When a host said yes; NaN for never."),
        ("door", "f8", "s", "When they arrived there; NaN for never."),
        ("looks", "i4", "readings", "How often they looked."),
        ("tries", "i4", "contacts", "How many hosts they contacted."),
        full=True,
    ),
    "hosts": _table(
        "people", "What became of the hosts at full size for whom each offer stands.",
        ("offer", "i4", "index", "Offer, as a row of `offers`."),
        ("seen", "i4", "hosts", "Hosts whose post somebody who looked for shelter met."),
        ("asked", "i4", "hosts", "Hosts contacted by somebody."),
        ("useful", "i4", "hosts", "Hosts who took somebody in."),
        full=True,
    ),
    "unreached": _table(
        "people", "People who were stranded at any time, by whether offers of shelter could reach them.",
        _ZONE,
        ("reach", "i1", "index", "Whether they looked, and if not why, as a row of `names['reaches']`."),
        ("people", "i4", "persons", "People."),
        full=True,
    ),
    "contacts": _table(
        "people", "Contacts between a seeker and a host.",
        _TIME,
        ("person", "i4", "index", "Person who seeks shelter."),
        ("offer", "i4", "index", "Offer, as a row of `offers`."),
        ("clone", "i4", "index", "Which of the hosts that this offer stands for."),
        ("outcome", "i1", "code", "0 yes, 1 full, 2 stale, 3 no, 4 too far, 5 hoax."),
        full=True,
    ),
    "reading": _table(
        "people", "What seekers read and did by bin and zone.",
        _BIN, _ZONE,
        ("items", "i4", "items", "Items of the stream read."),
        ("offers", "i4", "items", "Offers among them."),
        ("near", "i4", "items", "Offers near enough among them."),
        ("contacts", "i4", "contacts", "Hosts contacted."),
        ("housed", "i4", "persons", "Seekers to whom a host said yes."),
        ("in_vain", "i4", "contacts", "Contacts that came to nothing."),
        full=True,
    ),
    "marks": _table(
        "people", "People who marked themselves safe, by bin.",
        _BIN,
        ("marks", "i4", "persons", "Marks in the bin."),
    ),
    "reassured": _table(
        "people", "Worries cleared by bin and by what cleared them.",
        _BIN,
        ("call", "i4", "ties", "By an answered call."),
        ("message", "i4", "ties", "By a message."),
        ("mark", "i4", "ties", "By a mark of Safety Check."),
        ("desk", "i4", "ties", "By a desk."),
        ("post", "i4", "ties", "By a post of the person worried about."),
    ),
    "worries": _table(
        "people", "Worries about a tie that last and that never arose; rows with either only.",
        _BIN,
        ("prevented", "i4", "ties", "Worries that never arose: the tie was known to be safe when the event became known."),
        ("still", "i4", "ties", "Worries that last at the end of the bin."),
        ("time", "f8", "s", "Time spent worrying in the bin, summed over ties."),
    ),
    "event_log": _table(
        "summary", "The raw event log, where the scenario asks for it.",
        _TIME,
        ("code", "i1", "code", "What happened."),
        ("who", "i8", "index", "To whom."),
        ("nth", "i8", "1", "Which one of theirs."),
        ("a", "i8", "1", "First detail."),
        ("b", "i8", "1", "Second detail."),
    ),
}  # fmt: skip
"""Every table that a run may keep."""

OPTIONAL: Final = frozenset({"event_log"})
