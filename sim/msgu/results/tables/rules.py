"""Table of the rules."""

from __future__ import annotations

from typing import Final

from msgu.results.columns import TIME, Table, table

OFF, ON, LACKS = range(3)
"""Changes of a rule: it goes off or on, or lacks people."""

TABLES: Final[dict[str, Table]] = {
    "rules": table(
        "summary", "When each rule went on and off, in the order in which it happened; where the scenario has rules.",
        TIME,
        ("rule", "i2", "index", "Rule, as a row of `names['rules']`."),
        ("what", "i1", "code", f"{ON} it goes on, {OFF} off, {LACKS} it lacks people."),
        ("looked", "f8", "s", "When what it was decided on was seen; `time` where it is watched no longer."),
        ("true", "f8", "SI", "What there was to see then, in the unit of the observable; NaN where it is watched no longer."),
        ("seen", "f8", "SI", "What was seen, with its error; NaN likewise."),
        full=True, optional=True,
    ),
}  # fmt: skip
