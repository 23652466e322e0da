"""Settings that hold for every verb: form of errors, tracebacks, language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from msgu.lang import Lang


@dataclass(frozen=True)
class Settings:
    """Options before or after any verb.

    Parameters
    ----------
    errors
        ``text``: one line for each problem; ``json``: one JSON object.
    debug
        Show the traceback of an error.
    lang
        Language of what is said.
    """

    errors: Literal["text", "json"] = "text"
    debug: bool = False
    lang: Lang = "en"
