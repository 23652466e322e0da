"""Tables of offers of shelter and of the people who look for one."""

from __future__ import annotations

from typing import Final

from msgu.results.columns import BIN, TIME, ZONE, Table, table

TABLES: Final[dict[str, Table]] = {
    "offers": table(
        "posts", "Offers of shelter in the order in which they were posted.",
        ("offer", "i4", "index", "Number of the offer."),
        ("post", "i4", "row", "Its post."),
        ("verified", "i1", "code", "1 once volunteers had checked it, for the curated map."),
        ("checked", "f8", "s", "When they had; NaN for never."),
    ),
    "seekers": table(
        "people", "People who looked for shelter.",
        ("person", "i4", "index", "Person out."), ZONE,
        ("look", "f8", "s", "When they first looked at the stream or the map."),
        ("yes", "f8", "s", "When a host said yes; NaN for never."),
        ("door", "f8", "s", "When they arrived there; NaN for never."),
        ("looks", "i4", "readings", "How often they looked."),
        ("tries", "i4", "contacts", "How many hosts they contacted."),
        full=True,
    ),
    "hosts": table(
        "people", "What became of the hosts at full size for whom each offer stands.",
        ("offer", "i4", "index", "Offer, as a row of `offers`."),
        ("seen", "i4", "hosts", "Hosts whose post somebody who looked for shelter met."),
        ("asked", "i4", "hosts", "Hosts contacted by somebody."),
        ("useful", "i4", "hosts", "Hosts who took somebody in."),
        full=True,
    ),
    "unreached": table(
        "people", "People who were stranded at any time, by whether offers of shelter could reach them.",
        ZONE,
        ("reach", "i1", "index", "Whether they looked, and if not why, as a row of `names['reaches']`."),
        ("people", "i4", "persons", "People."),
        full=True,
    ),
    "contacts": table(
        "people", "Contacts between a seeker and a host.",
        TIME,
        ("person", "i4", "index", "Person who seeks shelter."),
        ("offer", "i4", "index", "Offer, as a row of `offers`."),
        ("clone", "i4", "index", "Which of the hosts that this offer stands for."),
        ("outcome", "i1", "code", "0 yes, 1 full, 2 stale, 3 no, 4 too far, 5 hoax."),
        full=True,
    ),
    "reading": table(
        "people", "What seekers read and did by bin and zone.",
        BIN, ZONE,
        ("items", "i4", "items", "Items of the stream read."),
        ("offers", "i4", "items", "Offers among them."),
        ("near", "i4", "items", "Offers near enough among them."),
        ("contacts", "i4", "contacts", "Hosts contacted."),
        ("housed", "i4", "persons", "Seekers to whom a host said yes."),
        ("in_vain", "i4", "contacts", "Contacts that came to nothing."),
        full=True,
    ),
    "heard": table(
        "people", "People out who heard that shelter is offered, where that must be heard of.",
        BIN, ZONE,
        ("how", "i1", "code", "0 with their resident's account, 1 by a broadcast or a message, 2 from somebody stranded."),
        ("stranded", "i1", "code", "1 where they were stranded at any time, be it before or later."),
        ("people", "i4", "persons", "People who heard then for the first time."),
        full=True, optional=True,
    ),
    "heard_by_accounts": table(
        "posts", "Accounts that may host and heard that shelter is offered, where that must be heard of.",
        BIN, ZONE,
        ("accounts", "i4", "accounts", "Accounts that heard then for the first time, of those that may host."),
        ("hosts", "i4", "accounts", "Those of them that decided to offer."),
        optional=True,
    ),
}  # fmt: skip
