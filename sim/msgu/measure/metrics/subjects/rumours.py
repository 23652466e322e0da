"""Metrics of claims and their denials: how a rumour ends, who is corrected, who denies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.measure.metrics.spec import BELIEFS, POSTS, Arguments, metric, ratio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from msgu.measure.view import Night, Window


def _times(night: Night, window: Window, a: Arguments, *, denies: bool) -> NDArray[np.float64]:
    """Times of the posts of claims within a window that deny them, or that do not."""
    denials = night.posts(a["topic"], window, ["correction"])
    chosen = denials if denies else night.posts(a["topic"], window) & ~denials
    times: NDArray[np.float64] = night.table("posts")["time"][chosen]
    return times


def _most(night: Night, window: Window, a: Arguments, *, denies: bool) -> float:
    """Greatest number in a bin of the window."""
    from msgu.measure.metrics.peak import raw_peak

    times, width = _times(night, window, a, denies=denies), float(a["bin"])
    return raw_peak(times, window.start, window.end, width) * width


@metric(POSTS, "ratio", "posts", "topic bin", better="less")
def claim_over_peak(night: Night, window: Window, a: Arguments) -> float:
    """Mean rate of posts of a claim in the window, denials left out, over its greatest rate in any bin of the night."""
    rate = len(_times(night, window, a, denies=False)) / (window.end - window.start)
    return ratio(rate, _most(night, night.whole, a, denies=False) / a["bin"])


@metric(POSTS, "s", "posts", "topic", better="less")
def time_to_half(night: Night, window: Window, a: Arguments) -> float:
    """Time from the window's beginning until half of its posts of a claim are written, denials left out [s]."""
    import numpy as np

    times = _times(night, window, a, denies=False)
    return float(np.median(times)) - window.start if len(times) else float("nan")


@metric(POSTS, "share", "posts", "topic", better="more")
def denying_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of the posts of a claim that deny it."""
    return ratio(len(_times(night, window, a, denies=True)), float(night.posts(a["topic"], window).sum()))


@metric(POSTS, "ratio", "posts", "topic bin", better="more")
def denials_over_claims(night: Night, window: Window, a: Arguments) -> float:
    """Greatest number of denials in a bin over that of the other posts of a claim."""
    return ratio(_most(night, window, a, denies=True), _most(night, window, a, denies=False))


@metric(BELIEFS, "share", "beliefs", "topic", better="more")
def corrected_share(night: Night, window: Window, a: Arguments) -> float:
    """Share of the accounts that ever believed a claim which have accepted a correction by the window's end."""
    mine = night.rows_of("beliefs", "topic", a["topic"])
    corrected = night.standing("beliefs", "corrected", window.end, mine)
    return ratio(corrected, corrected + night.standing("beliefs", "believes", window.end, mine))
