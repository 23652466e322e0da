"""`python -m benchmarks NAME [REV] [--quick]`: run one benchmark and print its ratios."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

NAMES = sorted(p.stem for p in Path(__file__).parent.glob("*.py") if "\ndef run(" in p.read_text(encoding="utf-8"))


def main() -> None:
    """Read the words, run, print one line for each ratio."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it works")
    parser.add_argument("revision", nargs="?", metavar="REV", help="of `against`: what is compared with (base-speed)")
    words = parser.parse_args()
    if words.revision and words.name != "against":
        parser.error(f"{words.name} takes no revision: `against REV` alone does")
    given = (words.quick, words.revision) if words.revision else (words.quick,)
    ratios = import_module(f"benchmarks.{words.name}").run(*given)
    print()
    for ratio in ratios:
        print(ratio.line())


if __name__ == "__main__":
    main()
