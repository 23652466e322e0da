"""How an error is shown: all problems on stderr, a traceback only with ``--debug``."""

from __future__ import annotations

import json
import sys
import traceback
from dataclasses import asdict

from sim.cli.settings import Settings
from sim.errors import InputError, Problem, SimError


def report_error(error: SimError, settings: Settings) -> int:
    """Show an error of the user's input or of a run, and return its exit code."""
    if settings.debug:
        traceback.print_exception(error)
    problems = error.problems if isinstance(error, InputError) else ()
    _show(str(error), problems, error.exit_code, settings)
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


def _show(message: str, problems: tuple[Problem, ...], code: int, settings: Settings) -> None:
    if settings.errors == "json":
        said = {
            "exit": code,
            "message": "" if problems else message,
            "problems": [asdict(problem) for problem in problems],
        }
        message = json.dumps(said, ensure_ascii=False, indent=1)
    data = (message + "\n").encode(sys.stderr.encoding or "utf-8", "backslashreplace")
    sys.stderr.flush()
    stream = getattr(sys.stderr, "buffer", None)
    if stream is None:
        sys.stderr.write(data.decode(sys.stderr.encoding or "utf-8"))
    else:
        stream.write(data)
        stream.flush()
