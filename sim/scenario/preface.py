"""The beginning of the field reference: how scenario files are written."""

from __future__ import annotations

from typing import Final

PREFACE: Final = """\
# Scenarios: field reference

This file is made from the schema by `python -m sim.scenario.document`; do not edit it.
`msgu check FILE` says everything that is wrong with a file, `msgu explain FILE` tells it in words.
`msgu schema` prints the JSON Schema for editors.
With `# yaml-language-server: $schema=schema.json` as first line, an editor completes keys and marks errors.

## How it is written

- YAML 1.2 in UTF-8, one mapping of `key: value`; keys are text as written.
- A quantity carries its unit; a bare number for a quantity is an error.
  Durations: `20 s`, `20 min`, `1 h 30 min`, `2 d`.
  Rates: `7000 /s`, `120 /min`, `3 /h`, `1 /d`.
  Distances: `800 m`, `1.2 km`.
  Speeds: `5 km/h`, `1.4 m/s`.
  Scales: `1/100`, `0.01` or `1`, always one over a whole number.
- A time is `22:34:06` or `22:30`: the first such local time at or after the start.
  Later times need their date, `2015-11-15T10:00:00+01:00`, or are counted from the start, `T+2 d`.
- Local time is that of `time_zone`, an IANA name such as `Europe/Paris`, whose clocks may change in mid-crisis.
  It must have the UTC offset of `start` then.
  A local time that does not exist, or exists twice, is refused with both readings, to be written with their UTC offset.
  Without `time_zone` the UTC offset of `start` holds throughout; a scenario is warned of where clocks usually change meanwhile.
- A zone elsewhere has `utc_offset_h`, such as `5.75`, or a `time_zone` of its own; else the scenario's local time.
- Moments lie in the years 2 to 9998, UTC offsets from `-12:00` to `+14:00`.
- A hashtag is put between quotes, since `#` begins a comment; a comment has a space after its `#`.
- Refused because two readers would read them differently: `yes`, `no`, `on`, `off`, `0777`, `1_000`, `0x1F`.
- Refused because they hide something: empty values, duplicate keys, aliases, anchors, tags, merge keys,
  tabs as indentation, invisible characters.
- Refused because nothing sensible needs them: `.nan`, `.inf`, files above 5 MB or 20 levels.

## How files are put together

- The order is: extended file < this file < policies (in the order of their ids) < `--set`.
- Mappings are merged key by key; anything else is replaced whole; lists are never merged.
- A mapping with another `law` replaces the earlier one whole.
- `extends: other.yaml` lays a file over another one.
- `places: NAME` stands for the content of `places/NAME.yaml`, `evidence: NAME` for `evidence/NAME.yaml`.
- All these files lie under the scenario's own folder.
- Two policies that set the same value are an error; a policy cannot replace a list of the scenario.
- `--set closures.line-5.until=22:10` sets one value; a key that holds a dot is put between double quotes.

## Confidence

A first-party or primary data; B attributed press or testimony; C unattributed or rounded; D inferred;
M an assumption, to be varied by at least a factor of two.

## Fields
"""
