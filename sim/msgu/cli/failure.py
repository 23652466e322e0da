"""Errors and warnings as the user sees them: all problems on stderr, a traceback only with ``--debug``."""

from __future__ import annotations

import json
import sys
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TextIO

from msgu.cli.settings import Settings
from msgu.errors import InputError, InputWarning, Problem, SimError


@contextmanager
def warnings_shown(settings: Settings) -> Iterator[list[Problem]]:
    """Show each warning of an input once: as a line at once, with ``--errors=json`` in the document at the end.

    Yields the warnings so far.
    """
    told: list[Problem] = []
    with warnings.catch_warnings():
        warnings.simplefilter("always", InputWarning)
        usual = warnings.showwarning

        def show(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: TextIO | None = None,
            line: str | None = None,
        ) -> None:
            if not isinstance(message, InputWarning):
                usual(message, category, filename, lineno, file, line)
            elif message.problem not in told:
                told.append(message.problem)
                if settings.errors == "text":
                    _write(str(message))

        warnings.showwarning = show
        yield told


def report_warnings(told: Sequence[Problem], settings: Settings) -> None:
    """Print what was warned of by a command that ended well, where programs read it."""
    if told and settings.errors == "json":
        _show("", (), 0, settings, told)


def report_error(error: SimError, settings: Settings, told: Sequence[Problem] = ()) -> int:
    """Show an error of the user's input or of a run, and return its exit code; `told` is what was warned of before."""
    if settings.debug:
        traceback.print_exception(error)
    problems = error.problems if isinstance(error, InputError) else ()
    _show(str(error), problems, error.exit_code, settings, told)
    return error.exit_code


def report_usage(message: str, settings: Settings) -> int:
    """Show what is wrong with the words of the command, and return the exit code of bad input."""
    _show(f"msgu: {message}\nTry `msgu --help`.", (), InputError.exit_code, settings)
    return InputError.exit_code


def report_bug(error: Exception, settings: Settings) -> int:
    """Show an error that is our fault, and return 1."""
    if settings.debug:
        traceback.print_exception(error)
    what = " ".join(str(error).split())[:300]
    hint = "" if settings.debug else "; add --debug to see where"
    _show(f"msgu: a bug of ours: {type(error).__name__}: {what}{hint}", (), SimError.exit_code, settings)
    return SimError.exit_code


def _show(message: str, problems: tuple[Problem, ...], code: int, settings: Settings, told: Sequence[Problem] = ()) -> None:
    if settings.errors == "json":
        said = {
            "exit": code,
            "message": "" if problems else message,
            "problems": [asdict(problem) for problem in problems],
            "warnings": [asdict(problem) for problem in told],
        }
        message = json.dumps(said, ensure_ascii=False, indent=1)
    _write(message)


def _write(message: str) -> None:
    data = (message + "\n").encode(sys.stderr.encoding or "utf-8", "backslashreplace")
    sys.stderr.flush()
    stream = getattr(sys.stderr, "buffer", None)
    if stream is None:
        sys.stderr.write(data.decode(sys.stderr.encoding or "utf-8"))
    else:
        stream.write(data)
        stream.flush()
