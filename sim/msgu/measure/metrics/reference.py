"""The table of metrics in the field reference, and the rows of the list that the command prints."""

from __future__ import annotations

import re


def reference_table() -> str:
    """Return the metrics as a section of the field reference, in Markdown."""
    from msgu.measure.metrics.arguments import KINDS
    from msgu.measure.metrics.catalogue import DECLARED
    from msgu.measure.metrics.units import ALLOWED, kind_of

    head = """
## Metrics

A figure of the evidence, or an outcome of a study, names one of these as its `metric`; `msgu metrics` prints the same.
A value is of the whole city, whatever the scale of the run; a count is over the window, a peak within it.
The `unit` of a figure is that of its metric, or one of the same kind, which is converted:
the scorecard and a calibration have value and bounds in the unit of the metric, `msgu evidence` has them as written.
A unit of another kind is refused.

"""
    example = {kind_of(metric.unit): metric.unit for metric in reversed(DECLARED)}
    units = "".join(f"| {example[kind]} | {text.format(unit=example[kind])} |\n" for kind, text in ALLOWED.items())
    taken = "".join(f"| `{name}` | {kind.takes} |\n" for name, kind in KINDS.items())
    rows = "".join(f"| `{name}({arguments})` | {unit} | {meaning} |\n" for name, arguments, unit, meaning in metric_rows())
    return (
        f"{head}| unit of the metric | what a figure may have |\n|---|---|\n{units}"
        f"\n| argument | what it takes; several names are joined by `+` |\n|---|---|\n{taken}"
        f"\nArguments in brackets may be left out.\n\n| metric | unit | meaning |\n|---|---|---|\n{rows}"
    )


def metric_rows() -> list[tuple[str, str, str, str]]:
    """Return name, arguments, unit and sentence of each metric."""
    from msgu.measure.metrics.catalogue import METRICS

    rows = []
    for metric in METRICS.values():
        arguments = ", ".join([*(f"{a}=" for a in metric.required), *(f"[{a}=]" for a in metric.optional)])
        rows.append((metric.name, arguments, metric.unit, re.sub(r" \[[^]]*\]\.?$", ".", metric.sentence)))
    return rows
