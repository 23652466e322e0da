"""Metrics of who writes, and of what is shared from what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.measure.metrics.spec import POSTS, Arguments, metric, ratio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from msgu.measure.view import Night, Window


def _written(night: Night, window: Window, a: Arguments) -> NDArray[np.int64]:
    """Posts of each account that wrote any, most first."""
    import numpy as np

    of = np.bincount(night.table("posts")["author"][night.posts(a.get("topic", ()), window)])
    return np.sort(of[of > 0])[::-1]


@metric(POSTS, "accounts", "posts", optional="topic")
def authors(night: Night, window: Window, a: Arguments) -> float:
    """Accounts that post, retweets among it."""
    return float(len(_written(night, window, a))) * night.factor("posts")


@metric(POSTS, "share", "posts", optional="topic")
def busiest_tenth_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of the posts that the tenth of the accounts writes which posts most, of those that post at all."""
    posts = _written(night, window, a)
    return ratio(float(posts[: -(-len(posts) // 10)].sum()), float(posts.sum()))


@metric(POSTS, "share", "posts", optional="topic")
def first_post_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of the retweets that were taken from the original itself rather than from another retweet."""
    posts = night.table("posts")
    shared = night.posts(a.get("topic", ()), window) & ~night.originals()
    return ratio(float((shared & (posts["parent"] == posts["root"])).sum()), float(shared.sum()))


@metric(POSTS, "share", "posts", optional="topic")
def never_shared_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of the originals of the window that nobody had shared by the end of the run."""
    import numpy as np

    roots = night.table("posts")["root"]
    mine = night.posts(a.get("topic", ()), window) & night.originals()
    alone = np.bincount(roots, minlength=len(roots)) == 1
    return ratio(float((mine & alone).sum()), float(mine.sum()))
