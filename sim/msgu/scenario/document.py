"""The field reference and the JSON Schema, made from the schema itself.

`msgu.cli.reference` adds the metrics and writes the files.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel, WithJsonSchema
from pydantic.fields import FieldInfo

from msgu.scenario.policy import PolicyFile
from msgu.scenario.schema.root import Scenario
from msgu.units import format_distance, format_duration, format_rate, format_speed

_ALIASED: Final = {"[a-z0-9][a-z0-9-]*": "id", "[ABCDM]": "A, B, C, D or M"}
_FORMATS: Final = {"s": format_duration, "/s": format_rate, "m": format_distance, "m/s": format_speed}
_SIGNS: Final = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}

_PREFACE: Final = """\
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
"""How scenario files are written."""


# ---- the models ----


def models(root: type[BaseModel]) -> list[type[BaseModel]]:
    """Return a model and all those below it, each once, in the order in which they are met."""
    found: list[type[BaseModel]] = []
    _collect(root, found)
    return found


def _collect(annotation: Any, found: list[type[BaseModel]]) -> None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation not in found:
            found.append(annotation)
            for info in annotation.model_fields.values():
                _collect(info.annotation, found)
        return
    for inner in get_args(annotation):
        _collect(inner, found)


def written_defaults(model: type[BaseModel]) -> dict[str, Any]:
    """Return the defaults of a model's fields as they would be written in YAML."""
    return model.model_construct().model_dump(mode="json", warnings=False)


# ---- the field reference ----


def reference_text() -> str:
    """Return the field reference as Markdown."""
    parts = [_PREFACE]
    parts += [_section(model) for model in models(Scenario)]
    parts.append("## Policy files\n\nA policy file has two blocks.\n")
    parts += [_section(model) for model in models(PolicyFile)]
    return "\n".join(parts)


def _section(model: type[BaseModel]) -> str:
    title = f"### {model.__name__}\n\n{' '.join((model.__doc__ or '').split())}\n\n"
    head = "| key | meaning | form | unit | range | default | source |\n|---|---|---|---|---|---|---|\n"
    defaults = written_defaults(model)
    return title + head + "".join(_row(name, info, defaults) for name, info in model.model_fields.items())


def _row(name: str, info: FieldInfo, defaults: dict[str, Any]) -> str:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    unit = str(extra.get("unit", "1"))
    cells = (
        f"`{name}`",
        info.description or "",
        form(info.annotation, info.metadata),
        "" if unit == "1" else unit,
        _range(info),
        _default(name, info, defaults),
        str(extra.get("source", "")) if _has_number(defaults.get(name)) else "",
    )
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"


def _default(name: str, info: FieldInfo, defaults: dict[str, Any]) -> str:
    if info.is_required():
        return "**required**"
    value = defaults.get(name)
    text = "empty" if value in ({}, [], "") else json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict) and value and _is_model(_bare(info.annotation)):
        return "its defaults"
    return text if text == "empty" else f"`{text}`"


def _has_number(value: Any) -> bool:
    """Return whether a default says something that needs a source."""
    return value not in (None, "", [], {}) and not (isinstance(value, dict) and "law" not in value)


def form(annotation: Any, metadata: list[Any]) -> str:
    """Return in words what may be written for an annotation."""
    named = _named(metadata)
    if named:
        return named
    origin, options = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return form(options[0], list(options[1:]))
    if origin in (Union, UnionType):
        return " or ".join("null" if option is NoneType else form(option, []) for option in options)
    if origin is Literal:
        return ", ".join(f"`{option}`" for option in options)
    if origin is dict:
        return f"mapping: {form(options[0], [])} → {form(options[1], [])}"
    if origin is list:
        return f"list of {form(options[0], [])}"
    if origin is tuple:
        return "list: " + ", ".join(form(option, []) for option in options)
    if _is_model(annotation):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    words = {str: "text", int: "whole number", float: "number", bool: "true or false", object: "anything"}
    return words.get(annotation, str(annotation))


def _named(metadata: list[Any]) -> str:
    for item in metadata:
        if isinstance(item, WithJsonSchema) and item.json_schema is not None:
            return _unit_form(item.json_schema)
        pattern = getattr(item, "pattern", None)
        for body, name in _ALIASED.items():
            if pattern is not None and str(pattern) == f"^{body}$":
                return name
    return ""


def _unit_form(schema: dict[str, Any]) -> str:
    names = {
        "s": "duration",
        "/s": "rate",
        "m": "distance",
        "m/s": "speed",
        "s since start": "time",
        "date and time": "date and time",
    }
    name = names.get(str(schema.get("x-unit")), "")
    if not name:
        return str(schema["x-forms"]).replace("`1/100`, `0.01` or `1`", "`1/100`")
    return f"{name}, `{schema['examples'][0]}`"


def _bare(annotation: Any) -> Any:
    inner = [option for option in get_args(annotation) if option is not NoneType]
    if get_origin(annotation) is Annotated or (get_origin(annotation) in (Union, UnionType) and len(inner) == 1):
        return _bare(inner[0])
    return annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _traits(annotation: Any, metadata: list[Any]) -> Iterator[Any]:
    """Yield the metadata of a field, also of what stands beside null."""
    for item in metadata:
        yield from item.metadata if isinstance(item, FieldInfo) else (item,)
    origin, options = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _traits(options[0], list(options[1:]))
    elif origin in (Union, UnionType):
        for option in options:
            yield from _traits(option, [])


def _range(info: FieldInfo) -> str:
    traits = list(_traits(info.annotation, info.metadata))
    schemas = [item.json_schema for item in traits if isinstance(item, WithJsonSchema) and item.json_schema is not None]
    write = _FORMATS.get(str(schemas[0].get("x-unit"))) if schemas else None
    if schemas and "maximum" in schemas[0]:
        return "0 to 1"
    counted = "characters" if _bare(info.annotation) is str else "items"
    limits: dict[str, str] = {}
    for item in traits:
        for name, text in _limits(item, write, counted):
            limits.setdefault(name, text)
    if not limits and (write or (schemas and "minimum" in schemas[0])):
        return "≥ 0"
    return ", ".join(limits.values())


def _limits(trait: Any, write: Callable[[float], str] | None, counted: str) -> Iterator[tuple[str, str]]:
    """Yield the limits that a trait of a field sets, each with its name."""
    for name, sign in _SIGNS.items():
        value = getattr(trait, name, None)
        if value is not None:
            yield name, f"{sign} {write(value) if write else f'{value:g}' if value < 1e6 else f'{value:.4g}'}"
    for name, words in (("max_length", "at most"), ("min_length", "at least")):
        value = getattr(trait, name, None)
        if value is not None:
            yield name, f"{words} {value} {counted}"


# ---- the JSON Schema ----


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files, with defaults as they are written."""
    schema = Scenario.model_json_schema()
    names = {model.__name__: model for model in models(Scenario)}
    for name, part in schema["$defs"].items():
        _write_defaults(part, names[name])
    _write_defaults(schema, Scenario)
    _name_files(schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema


def _write_defaults(part: dict[str, Any], model: type[BaseModel]) -> None:
    defaults = written_defaults(model)
    for key, entry in part.get("properties", {}).items():
        if "default" in entry or (key in defaults and key not in part.get("required", ())):
            entry["default"] = defaults[key]


def _name_files(schema: dict[str, Any]) -> None:
    """Allow what the loader puts together from other files."""
    properties = schema["properties"]
    for block in ("places", "evidence"):
        properties[block] = {
            "description": f"{properties[block].get('description', '')} Or the name of a file in `{block}/`.",
            "anyOf": [{"$ref": f"#/$defs/{block.capitalize()}"}, {"type": "string"}],
        }
    properties["extends"] = {
        "type": "string",
        "description": "File under this folder that this one is laid over.",
    }
    schema["anyOf"] = [{"required": schema.pop("required")}, {"required": ["extends"]}]


def json_schema_text() -> str:
    """Return the JSON Schema as text, always in the same order."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    raise SystemExit("written by: python -m msgu.cli.reference")
