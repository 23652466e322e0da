"""Mistakes that the parser of the command line would not report: options without a value, options given twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def wrong_words(command: Any, words: list[str]) -> str:
    """Return what is wrong with the words of a command, or an empty string.

    An empty text is what a shell makes of an unset variable: `--scale "$SCALE"` would run the whole city.
    Of an option given twice the parser takes the last.
    """
    command, rest = _verb(command, words)
    once = {
        name: option
        for option in command.params
        for name in (*option.opts, *option.secondary_opts)
        if name.startswith("-") and not option.multiple and not getattr(option, "is_flag", False)
    }
    return next(_wrong(once, rest), "")


def _verb(command: Any, words: list[str]) -> tuple[Any, list[str]]:
    """Return the verb that is called, and the words after it."""
    verbs = getattr(command, "commands", None)
    if verbs and words and words[0] in verbs:
        return _verb(verbs[words[0]], words[1:])
    return command, words


def _wrong(once: dict[str, Any], words: list[str]) -> Iterator[str]:
    seen: set[str] = set()
    before = ""
    for word in words:
        name, equals, value = word.partition("=")
        if word == "--":
            return
        if not word or (word.startswith("--") and equals and not value):
            option = name or before
            which = option if option.startswith("--") else "an argument"
            yield f"{which}: an empty text - a value - leave it out, or set the variable of the shell that stands there"
        elif name in once and not (before in once and "=" not in before):
            if name in seen:
                yield f"{name}: given twice - once - delete one of the two"
            seen.add(name)
        before = word
