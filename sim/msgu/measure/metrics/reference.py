"""The table of metrics in the field reference, and what stands for each of their arguments."""

from __future__ import annotations

import re
from typing import Final

ARGUMENTS: Final = {
    "account": "a named account",
    "bin": "a duration of at least `1 s`",
    "by": "a time, as in the scenario",
    "desk": "a desk",
    "operator": "an operator of the telephones",
    "ordinary": "the ordinary number in the window, above 0",
    "state": "a state of people out",
    "topic": "a topic",
    "video": "a video",
    "zones": "zones, or `country` for all that are not abroad",
}
"""What may stand for each argument; several names of one kind are joined by `+`."""


def reference_table() -> str:
    """Return the metrics as a section of the field reference, in Markdown."""
    from msgu.measure.metrics.units import ALLOWED

    head = """
## Metrics

A figure of the evidence, or an outcome of a study, names one of these as its `metric`; `msgu metrics` prints the same.
A value is of the whole city, whatever the scale of the run; a count is over the window, a peak within it.
The `unit` of a figure is that of its metric, or one of the same kind, which is converted:
the scorecard and a calibration have value and bounds in the unit of the metric, `msgu evidence` has them as written.
A unit of another kind is refused.

"""
    kinds = {"rate": "posts/s", "count": "posts", "share": "share", "span": "s", "stay": "account hours", "times": "ratio",
             "rank": "rank"}  # fmt: skip
    units = "".join(f"| {unit} | {ALLOWED[kind].format(unit=unit)} |\n" for kind, unit in kinds.items())
    taken = "".join(f"| `{name}` | {meaning} |\n" for name, meaning in ARGUMENTS.items())
    rows = "".join(f"| `{name}({arguments})` | {unit} | {meaning} |\n" for name, arguments, unit, meaning in metric_rows())
    return (
        f"{head}| unit of the metric | what a figure may have |\n|---|---|\n{units}"
        f"\n| argument | what it takes; several names are joined by `+` |\n|---|---|\n{taken}"
        f"\nArguments in brackets may be left out.\n\n| metric | unit | meaning |\n|---|---|---|\n{rows}"
    )


def metric_rows() -> list[tuple[str, str, str, str]]:
    """Return name, arguments, unit and sentence of each metric."""
    from msgu.measure.metrics.catalogue import METRICS
    from msgu.measure.metrics.values import names

    said = {name: re.sub(r" \[[^]]*\]\.?$", ".", sentence) for name, sentence in names().items()}
    rows = []
    for name, form in sorted(METRICS.items()):
        needed, optional = form.required.split(), form.optional.split()
        rows.append((name, ", ".join([*(f"{a}=" for a in needed), *(f"[{a}=]" for a in optional)]), form.unit, said[name]))
    return rows
