"""Pure numbers: scales, probabilities, counts."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from msgu.errors import SchemaProblem
from msgu.units.quantity import EXACT, NUMBER, describe, digits, plain_number

SCALE_FORMS: Final = "one over a whole number: `1/100`, `0.01` or `1`"
PROBABILITY_FORMS: Final = "a number from 0 to 1"
COUNT_FORMS: Final = "a whole number, 0 or more"


def parse_scale(value: object) -> float:
    """Read `1/100`, `0.01` or `1`, the share of accounts and cells that is run: one over a whole number."""
    match = re.fullmatch(r"1 ?/ ?([1-9][0-9]{0,14})", value) if isinstance(value, str) else None
    if match:
        return 1 / int(match[1])
    if value == "1":
        return 1.0
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 1e-15 <= value <= 1:
        whole = round(1 / value)
        if 1 / whole == value:
            return float(value)
        raise SchemaProblem.here(f"{describe(value)} is not one over a whole number", SCALE_FORMS, f"1/{whole}")
    raise SchemaProblem.here(f"{describe(value)} is not a scale", SCALE_FORMS, _nearest_scale(value))


def _nearest_scale(value: object) -> str:
    if not isinstance(value, str):
        return ""
    match = re.fullmatch(r"\s*1\s*(?:/|:|over|sur)\s*([1-9][0-9 ,_]{0,14})\s*", value)
    percent = re.fullmatch(rf"\s*({NUMBER})\s*%\s*", value)
    if match:
        return "1/" + re.sub("[ ,_]", "", match[1])
    if re.fullmatch(r"0,[0-9]{1,12}", value) and float(plain_number(value)) > 0:
        return f"1/{round(1 / float(plain_number(value)))}"
    if percent and 1e-9 < float(percent[1]) <= 100:
        return f"1/{round(100 / float(percent[1]))}"
    return ""


def format_scale(scale: float) -> str:
    """Write a scale as `1/100`; reading it back gives the same bits."""
    return "1" if scale == 1 else f"1/{round(1 / scale)}"


def parse_probability(value: object) -> float:
    """Read a number from 0 to 1."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    if isinstance(value, str):
        text = plain_number(value.strip())
        percent = re.fullmatch(rf"({NUMBER})( ?%)?", text)
        share = Fraction(percent[1]) / (100 if percent[2] else 1) if percent else None
        nearest = digits(float(share)) if share is not None and share <= 1 else ""
        nearest += ", with a decimal point" if nearest and "," in value else ""
        raise SchemaProblem.here(f"{describe(value)} is not a probability", PROBABILITY_FORMS, nearest)
    raise SchemaProblem.here(f"{describe(value)} is not a probability", PROBABILITY_FORMS)


def parse_count(value: object) -> int:
    """Read a whole number, 0 or more; `1e6` is a whole number too."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= EXACT and value == int(value):
        return int(value)
    nearest = ""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}", plain_number(plain_number(value))):
        nearest = plain_number(plain_number(value))
    elif isinstance(value, float) and 0 <= value <= EXACT:
        nearest = str(round(value))
    raise SchemaProblem.here(f"{describe(value)} is not a count", COUNT_FORMS, nearest)
