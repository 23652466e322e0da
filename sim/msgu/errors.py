"""The errors a user can meet, each with the exit code of the command that it ends.

Nothing is imported from the package here, so that every room may raise these.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

Loc = tuple[str | int, ...]


class SimError(Exception):
    """An error with a message for the user; anything else is a bug of ours (exit code 1)."""

    exit_code: ClassVar[int] = 1


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with an input, and where.

    Parameters
    ----------
    path
        File as the user named it, or ``--set[n]`` for the n-th override.
    line, col
        Position of the offending text, from 1.
    key
        Dotted path of the field, for instance ``closures.line-5.from``.
    given
        What was found there.
    allowed
        What may stand there.
    nearest
        Nearest fix, or an empty string where none is near.
    """

    path: str
    line: int
    col: int
    key: str
    given: str
    allowed: str
    nearest: str = ""

    def __str__(self) -> str:
        """One line: ``path:line:col: key: given - allowed - nearest``."""
        return self.said()

    def said(self, kind: str = "") -> str:
        """Return the line, with a word such as ``warning`` after the place where it is no error."""
        place = f"{self.path}:{self.line}:{self.col}: {kind + ': ' if kind else ''}"
        parts = [f"{place}{self.key or '(file)'}: {self.given}", self.allowed]
        if self.nearest:
            parts.append(self.nearest)
        return " - ".join(parts)


class InputError(SimError):
    """A scenario, policy, override or option that cannot be accepted: all its problems at once."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class InputWarning(UserWarning):
    """Something in an input that is accepted, though a reader may be misled by it; the command shows it and goes on."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.said("warning"))


class RefusedError(SimError):
    """A valid scenario refused before anything is built, because of its predicted size."""

    exit_code = 3


class StorageError(SimError):
    """Results that cannot be written, read or locked."""

    exit_code = 4


class ReplicationError(SimError):
    """A replication that failed while it ran."""

    exit_code = 5


class TargetError(SimError):
    """A calibration target that was not attained."""

    exit_code = 6


class SchemaProblem(ValueError):
    """Problems found by a field type or a schema validator, located relative to what was validated.

    Parameters
    ----------
    problems
        Each ``(loc, given, allowed, nearest)``; ``loc`` is the path of keys below the validated value, empty for
        the value itself; ``"[key]"`` as its last part points at the key before it instead of its value.
    """

    def __init__(self, problems: Iterable[tuple[Loc, str, str, str]]) -> None:
        self.problems: list[tuple[Loc, str, str, str]] = list(problems)
        super().__init__("; ".join(f"{given} - {allowed}" for _, given, allowed, _ in self.problems))

    @classmethod
    def here(cls, given: str, allowed: str, nearest: str = "") -> SchemaProblem:
        """Return one problem of the validated value itself."""
        return cls([((), given, allowed, nearest)])
