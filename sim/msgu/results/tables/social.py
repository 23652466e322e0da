"""Tables of posts, beliefs, followers gained and films."""

from __future__ import annotations

from typing import Final

from msgu.results.columns import BIN, TIME, TOPIC, Table, table

ORIGINS: Final = ("spontaneous", "response", "pulse", "dated", "automatic", "told")
"""How a post comes about, in the order of the kernels' codes: by a driver or a worried person, as a response, in a synchronised
pulse, by a named account or as a notice, by an automatic account, by an account that has come to hold something of a claim."""

TABLES: Final[dict[str, Table]] = {
    "posts": table(
        "posts", "One row for each post; the row number is the post.",
        TIME,
        ("author", "i4", "index", "Account that wrote it."),
        ("nth", "i4", "posts", "How many posts of this author on this topic came before."),
        TOPIC,
        ("kind", "i1", "index", "Kind of post, as a row of `names['kinds']`."),
        ("variant", "i1", "index", "Spelling of the hashtag, as a row of `names['variants/TOPIC']`."),
        ("parent", "i4", "row", "Post that it answers or shares; -1 for none."),
        ("root", "i4", "row", "First post of its cascade; its own row for an original."),
        ("origin", "i1", "code", "0 spontaneous, 1 response, 2 synchronised pulse, 3 dated, 4 of an automatic account, 5 told."),
        ("zone", "i2", "index", "Zone of the author, as a row of `names['zones']`."),
    ),
    "topic_curves": table(
        "posts", "Posts by bin and topic; rows with posts only.",
        BIN, TOPIC,
        ("posts", "i4", "posts", "Originals and retweets in the bin."),
        ("originals", "i4", "posts", "Originals in the bin."),
    ),
    "beliefs": table(
        "posts", "Accounts by what they believe of each claim at the end of the bin.",
        BIN, TOPIC,
        ("believes", "i4", "accounts", "Accounts that believe it."),
        ("doubts", "i4", "accounts", "Accounts that have heard of it and never believed it."),
        ("corrected", "i4", "accounts", "Accounts that believed it and accepted a correction."),
    ),
    "gains": table(
        "posts", "One row for each account that begins to follow a named one.",
        TIME,
        ("account", "i2", "index", "Who is followed, as a row of `names['accounts']`."),
        ("follower", "i4", "index", "Who follows."),
    ),
    "videos": table(
        "posts", "Who watches the films that posts carry; rows with viewers only.",
        BIN,
        ("video", "i2", "index", "Film, as a row of `names['videos']`."),
        ("opened", "i4", "viewings", "Viewings that began in the bin."),
        ("watching", "i4", "accounts", "Who watches at the end of the bin."),
        ("seconds", "f8", "s", "Time that the viewings that began in the bin last."),
    ),
}  # fmt: skip
