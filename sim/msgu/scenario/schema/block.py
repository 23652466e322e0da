"""What the schema says of each block of a scenario besides its form: written once, beside the field.

`msgu.scenario.blocks` answers from it; no other list of blocks is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from pydantic import BaseModel

Lane = Literal["event", "broadcast", "post", "pulse", "closure", "desk", "shelter", "measure", "danger", "rule"]
LANES: Final[tuple[Lane, ...]] = get_args(Lane)
"""Lanes of the page's timeline, from above."""


@dataclass(frozen=True)
class Dated:
    """Where times stand in a block.

    Parameters
    ----------
    below
        Dotted path from the block to what is dated, ``*`` for each of a mapping; empty: the block itself.
    key
        Field that holds the time.
    lane
        Lane of the page's timeline; None: not shown there.
    begins
        Whether something begins then that never happens after the end of a run.
    fr, en
        What happens, said where `msgu.scenario.timeline` and the page have no more to say of what is dated.
    """

    below: str = "*"
    key: str = "at"
    lane: Lane | None = None
    begins: bool = True
    fr: str = ""
    en: str = ""

    def text(self, lang: str) -> str:
        """Return what happens, in a language."""
        return self.fr if lang == "fr" else self.en


@dataclass(frozen=True)
class Block:
    """One block of a scenario.

    Parameters
    ----------
    dated
        What is dated in it.
    numbered
        Whether draws are keyed by the number of an entry, in the order of their ids, and not by its name.
    world
        Parts of the world that are made of it.
    of_posts
        Whether a run of posts alone needs it.
    needs
        What must be there besides: a network to post on, or a zone to be in.
    """

    dated: tuple[Dated, ...] = ()
    numbered: bool = False
    world: tuple[str, ...] = ()
    of_posts: bool = True
    needs: Literal["", "network", "zones"] = ""


def blocks_of(model: type[BaseModel]) -> dict[str, Block]:
    """Return the blocks of a model by name: what its fields are annotated with."""
    found = {name: [item for item in info.metadata if isinstance(item, Block)] for name, info in model.model_fields.items()}
    return {name: marks[0] for name, marks in found.items() if marks}
