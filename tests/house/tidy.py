"""What every file that is committed must be: not large, readable as what its name says, without remains of a merge.

`python -m tests.house.tidy FILE...` prints what is wrong and ends with 1; a hook of `.pre-commit-config.yaml` calls it.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

LARGEST = 300_000
"""Bytes of a file; what is larger is an artefact of a release or is made by a command."""
BINARY = {".gif", ".ico", ".jpg", ".parquet", ".png"}
MERGE = ("<<<<<<< ", ">>>>>>> ")


def wrong_with(path: Path) -> Iterator[str]:
    """Give a sentence for each thing that is wrong with a file."""
    size = path.stat().st_size
    if size > LARGEST:
        yield f"{size:,} bytes, of at most {LARGEST:,}"
    if path.suffix in BINARY:
        return
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError as error:
        yield f"not UTF-8: {error}"
        return
    yield from _of_text(text)
    yield from _of_format(path.suffix, text)


def _of_text(text: str) -> Iterator[str]:
    if text and not text.endswith("\n"):
        yield "no end of line at the end"
    for number, line in enumerate(text.split("\n"), 1):
        if line.endswith("\r"):
            yield f"line {number}: ends with a carriage return"
        elif line != line.rstrip():
            yield f"line {number}: white space at the end"
        if line.startswith(MERGE):
            yield f"line {number}: remains of a merge"


def _of_format(suffix: str, text: str) -> Iterator[str]:
    try:
        if suffix in {".yaml", ".yml", ".cff"}:
            YAML(typ="safe").load(text)
        elif suffix == ".toml":
            tomllib.loads(text)
        elif suffix == ".json":
            json.loads(text)
    except (YAMLError, ValueError) as error:
        yield f"not {suffix[1:].upper()}: {error}"


def main(paths: Iterable[str]) -> int:
    """Print what is wrong with the files; 1 if anything is."""
    found = [f"{path}: {wrong}" for path in paths for wrong in wrong_with(Path(path))]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
