"""The way in: options of every verb, the verbs, and the exit code.

Exit codes: 0 ok, 1 a bug of ours, 2 bad input, 3 refused before running, 4 storage or lock,
5 a replication failed, 6 a calibration target was not attained, 130 and 143 stopped by a signal.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

from sim.cli.failure import report_bug, report_error, report_usage, report_warnings, warnings_shown
from sim.cli.settings import Settings
from sim.errors import Problem, SimError

_SHORT = ("check", "explain", "schema")
"""Verbs that end before garbage matters; without its collection they take a tenth less time (0.43 s for 0.48 s)."""
_FLAGS = ("--debug",)
_VALUED = ("--errors", "--lang")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    argv
        Words after the command's name; those of the process when None.
    """
    words, settings = read_settings(list(sys.argv[1:] if argv is None else argv))
    if isinstance(settings, str):
        return report_usage(settings, Settings())
    was_collecting = gc.isenabled()
    if words[:1] and words[0] in _SHORT:
        gc.disable()
    try:
        return _run(words, settings)
    finally:
        if was_collecting:
            gc.enable()


def _run(words: list[str], settings: Settings) -> int:
    """Run one verb; every error becomes a message and an exit code here."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")  # looking for plugins takes 25 ms of every command
    from typer import Abort
    from typer.exceptions import TyperException

    from sim.cli.app import build_app

    told: list[Problem] = []
    try:
        with warnings_shown(settings) as told:
            code = build_app()(args=words or ["--help"], prog_name="msgu", standalone_mode=False, obj=settings)
        sys.stdout.flush()
        report_warnings(told, settings)
        return code if isinstance(code, int) else 0
    except SimError as error:
        return report_error(error, settings, told)
    except TyperException as error:
        return report_usage(error.format_message(), settings)
    except (KeyboardInterrupt, Abort):
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as error:
        return report_bug(error, settings)


def read_settings(words: list[str]) -> tuple[list[str], Settings | str]:
    """Take the options of every verb out of the words, wherever they stand.

    Returns
    -------
    The other words, and the settings or what is wrong with them.
    """
    rest: list[str] = []
    found: dict[str, str] = {}
    waiting = iter(words)
    for word in waiting:
        name, equals, value = word.partition("=")
        if word == "--":
            rest += [word, *waiting]
        elif word in _FLAGS:
            found[word] = "yes"
        elif name in _VALUED:
            found[name] = value if equals else next(waiting, "")
        else:
            rest.append(word)
    return rest, _settings(found)


def _settings(found: dict[str, str]) -> Settings | str:
    errors, lang = found.get("--errors", "text"), found.get("--lang", "en")
    if errors not in ("text", "json"):
        return f"--errors: '{errors}' - text or json"
    if lang not in ("fr", "en"):
        return f"--lang: '{lang}' - fr or en"
    return Settings("json" if errors == "json" else "text", "--debug" in found, "fr" if lang == "fr" else "en")
