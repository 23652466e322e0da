"""The way in: options of every verb, the verbs, and the exit code.

Exit codes: 0 ok, 1 a bug of ours, 2 bad input, 3 refused before running, 4 storage or lock (an output that is full, too),
5 a replication failed, 6 a calibration target was not attained, 130 and 143 stopped by a signal,
141 whoever read the output of a command that ended well was gone.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Sequence

from msgu.cli.failure import report_bug, report_error, report_usage, report_warnings, warnings_shown
from msgu.cli.settings import Settings
from msgu.cli.stops import Output, Stop, outputs_kept, signals_heard
from msgu.errors import Problem, SimError, StorageError

_SHORT = ("check", "explain", "schema")
"""Verbs that end before garbage matters; without its collection they take a tenth less time (0.43 s for 0.48 s)."""
_FLAGS = ("--debug",)
_VALUED = ("--errors", "--lang")
_OF_THE_MACHINE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM})
"""Errors of the system that no part of the program could foresee, and that are no bug of ours."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    argv
        Words after the command's name; those of the process when None.
    """
    words, settings = read_settings(list(sys.argv[1:] if argv is None else argv))
    was_collecting = gc.isenabled()
    if words[:1] and words[0] in _SHORT:
        gc.disable()
    try:
        with outputs_kept() as output, signals_heard() as stop:
            if isinstance(settings, str):
                return report_usage(settings, Settings())
            code = _run(words, settings, stop)
            sys.stdout.flush()
            return code or _unheard(output, settings)
    finally:
        if was_collecting:
            gc.enable()


def _unheard(output: Output | None, settings: Settings) -> int:
    """Return the exit code of a command that ended well, by whether its output could be written."""
    trouble = output.trouble if output is not None else None
    if trouble is None:
        return 0
    if trouble.errno == errno.EPIPE:
        return 141
    return report_error(StorageError(f"the output of the command cannot be written: {trouble.strerror}"), settings)


def _run(words: list[str], settings: Settings, stop: Stop) -> int:
    """Run one verb; every error becomes a message and an exit code here."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")  # looking for plugins takes 25 ms of every command
    told: list[Problem] = []
    try:
        from typer.exceptions import TyperException
        from typer.main import get_command

        from msgu.cli.app import build_app
        from msgu.cli.given_words import wrong_words

        command = get_command(build_app())
        if wrong := wrong_words(command, words):
            return report_usage(wrong, settings)
        try:
            with warnings_shown(settings) as told:
                code = command(args=words or ["--help"], prog_name="msgu", standalone_mode=False, obj=settings)
            report_warnings(told, settings)
            return code if isinstance(code, int) else 0
        except TyperException as error:
            return stop.code or report_usage(error.format_message(), settings)
    except BaseException as error:
        if stop.code:  # whatever it led to
            return stop.code
        return _reported(error, settings, told)


def _reported(error: BaseException, settings: Settings, told: list[Problem]) -> int:
    """Report what ended a command, and return its exit code."""
    from typer import Abort

    match error:
        case SimError():
            return report_error(error, settings, told)
        case Abort() | KeyboardInterrupt():
            return 130
        case OSError() if error.errno in _OF_THE_MACHINE:
            where = f"{error.filename}: " if error.filename else ""
            return report_error(StorageError(f"{where}{error.strerror}"), settings, told)
        case Exception():
            return report_bug(error, settings)
        case _:
            raise error


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
        elif name in _VALUED and name in found:
            return rest, f"{name}: given twice - once - delete one of the two"
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
