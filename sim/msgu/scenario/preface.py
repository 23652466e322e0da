"""The beginning of the field reference: how scenario files are written."""

from __future__ import annotations

from typing import Final

PREFACE: Final = """\
# Scenarios: field reference

This file is made from the schema by `python -m msgu.cli.reference`; do not edit it.
`msgu check FILE` says everything that is wrong with a file, `msgu explain FILE` tells it in words.
An input that is accepted though a reader may be misled, such as a block that begins after the end of the night, or at a time
before the start that is read as the next day's, is warned of with its place, and the exit code stays 0.
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
- `2e3` and `2000` are the same whole number; digits are not grouped, and the decimal sign is a point.
- Refused because they hide something: empty values, duplicate keys, aliases, anchors, tags, merge keys,
  tabs as indentation, invisible characters.
  Invisible are control characters, marks of direction, joiners, soft hyphens, fillers, tags, blank Braille, written or escaped;
  only inside an emoji do a joiner and a selector of its form stay.
- Refused because nothing would come of them: unknown keys, hours other than `"0"` to `"23"`, zones that are not there,
  quantiles outside `"0"` to `"1"`, relative weights that are all 0, names twice in a list,
  zones or topics of a dial without them, a unit that is not of the kind of its metric.
- Refused because nothing sensible needs them: `.nan`, `.inf`, files above 5 MB or 20 levels.

## How files are put together

- The order is: extended file < this file < policies (in the order of their ids) < `--set`.
- Mappings are merged key by key; anything else is replaced whole; lists are never merged.
- A mapping with another `law` replaces the earlier one whole.
- `extends: other.yaml` lays a file over another one.
- `places: NAME` stands for the content of `places/NAME.yaml`, `evidence: NAME` for `evidence/NAME.yaml`.
- All these files lie under the scenario's own folder and are regular files: a link out of it, a FIFO or a device is not opened.
- A YAML file has at most 5,000,000 bytes, an edge list at most 8 GB.
- A study may name a scenario and policies of other folders, by relative paths that end at YAML files.
- Two policies that set the same value are an error; a policy cannot replace a list of the scenario,
  nor its id, title, start or horizon, nor scale, seed and `record` of a run.
  Changes of the evidence by a policy are said by `check`, `explain` and `run`.
- `--set closures.line-5.until=22:10` sets one value; a key that holds a dot is put between double quotes.
  It changes what is there; what is new is given with all that it needs, a zone or an operator whole:
  `--set 'phones.operators.new={share: 1}'`.

## Confidence

A first-party or primary data; B attributed press or testimony; C unattributed or rounded; D inferred;
M an assumption, to be varied by at least a factor of two.

## Fields
"""
