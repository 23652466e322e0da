"""Phrases in one language, with numbers and laws of delay as it writes them."""

from __future__ import annotations

from typing import Any

from msgu.lang import Lang
from msgu.scenario.phrases import WORDS
from msgu.units import format_duration


class Speaker:
    """Says a phrase in one language."""

    def __init__(self, lang: Lang) -> None:
        self.lang: Lang = lang

    def __call__(self, phrase: str, **parameters: object) -> str:
        """Return a phrase of `msgu.scenario.phrases` with its blanks filled."""
        return WORDS[phrase][self.lang].format(**parameters)

    def number(self, value: float) -> str:
        """Return a number with its thousands apart, as the language writes them."""
        text = f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"
        return text.replace(",", "\u202f") if self.lang == "fr" else text

    def listing(self, names: Any) -> str:
        """Return names in a row, or the word for all of them."""
        return ", ".join(str(name) for name in names) or self("all")


def law(value: Any, say: Speaker) -> str:
    """Return a law of delay in words."""
    if value.law == "awake":
        return say("awake", delay=law(value.delay, say))
    if value.law == "lognormal":
        return say("lognormal", median=format_duration(value.median), sigma=f"{value.sigma:g}")
    if value.law == "exponential":
        return say("exponential", mean=format_duration(value.mean))
    if value.law == "fixed":
        return say("fixed", value=format_duration(value.value))
    if value.law == "seismic":
        return say("seismic", s0=format_duration(value.s0), theta=f"{value.theta:g}")
    return say("empirical", quantiles=", ".join(f"{p}: {format_duration(q)}" for p, q in value.quantiles.items()))
