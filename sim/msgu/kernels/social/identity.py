"""How posts are named in draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgu.kernels.base.packing import nth_of
from msgu.kernels.jit.compile import inlined

if TYPE_CHECKING:
    from msgu.kernels.arrays.social import Cascade


@inlined
def post_key(c: Cascade, j: int) -> int:
    """Topic of post `j`, and its number among those of its author on the topic, in one word."""
    return nth_of(int(c.post_topic[j]), int(c.post_nth[j]))
