"""Seeds become keys as docs/concepts/common-draws.md says, so that another program can draw what the model draws."""

from __future__ import annotations

import hashlib

import pytest
from msgu.streams import STREAMS, Stream, key, keys, named


def digest(text: str) -> int:
    """The 64-bit BLAKE2b digest of a text, little-endian."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def test_the_key_of_a_stream_is_the_published_digest() -> None:
    assert key(5, 3, "seeing") == digest("msgu-sim/1/5/3/seeing") == 0x9792E032ED9D9A03
    assert named(key(5, 3, "desk"), "hotline") == digest(f"{digest('msgu-sim/1/5/3/desk')}/hotline")


def test_streams_of_the_world_are_those_of_replication_minus_one_in_every_night() -> None:
    for replication in (0, 7):
        found = keys(5, replication)
        assert list(found) == list(STREAMS)
        for name, one in found.items():
            assert one == digest(f"msgu-sim/1/5/{-1 if name.startswith('world.') else replication}/{name}"), name


def test_a_misspelt_stream_is_no_new_stream() -> None:
    with pytest.raises(KeyError, match="seing"):
        key(5, 3, "seing")


def test_a_stream_that_a_phenomenon_declares_for_itself_has_the_key_of_its_name() -> None:
    assert key(5, 3, Stream("tides", "when the water turns")) == digest("msgu-sim/1/5/3/tides")
    assert key(5, 3, Stream("seeing", "the same name is the same stream")) == key(5, 3, "seeing")
