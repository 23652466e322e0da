"""Kill a command at a file operation, for one operation after another, and see what is left: a process of its own that forks.

``python -m tests.process.killed FOLDER STEP < asked.json`` reads the words of the commands; it prints what was found as JSON.
Every trial is a child of this process, which has everything imported and compiled already.
"""

from __future__ import annotations

import builtins
import io
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

OPERATIONS = ("open", "mkdir", "rename", "replace", "fsync", "unlink", "rmdir", "chmod", "symlink", "link")
KILLED = 137
NO_RESULT = {"run.log", ".lock", "verified.json"}
"""Files that tell of one run, or are no results."""


def without_pictures() -> None:
    """Let pages be written without their pictures, which take most of the time and touch no file."""
    from msgu.report.calibration import page as calibration
    from msgu.report.comparison import page as compare_page
    from msgu.report.run_page import page

    compare_page.effects = compare_page.courses = lambda *_: None  # type: ignore[assignment]
    for module in (calibration, page):
        for name in ("png", "svg", "render"):
            if hasattr(module, name):
                setattr(module, name, lambda *_, **__: b"picture")


def sharing_all() -> None:
    """Let alternatives share nights with the baseline however little that saves."""
    from msgu.study.batch import shared_night

    shared_night.WORTH = 0.0  # type: ignore[misc]


def counted(kill_at: int) -> list[int]:
    """Count operations on files from now on, and end this process at one of them; the list holds the count."""
    count = [0]

    def met(real: Callable[..., Any], counts: Callable[..., bool]) -> Callable[..., Any]:
        def operation(*args: Any, **kwargs: Any) -> Any:
            if counts(*args, **kwargs):
                count[0] += 1
                if count[0] == kill_at:
                    os._exit(KILLED)
            return real(*args, **kwargs)

        return operation

    def writes(_path: Any, mode: str = "r", *_: Any, **__: Any) -> bool:
        return mode != "r" and mode != "rb"

    for name in OPERATIONS:
        setattr(os, name, met(getattr(os, name), lambda *_, **__: True))
    builtins.open = io.open = met(io.open, writes)  # type: ignore[assignment]
    return count


def child(work: Callable[[], int]) -> int:
    """Run something in a child and return its exit code."""
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            signal.alarm(120)
            code = work()
        finally:
            sys.stdout.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def commands(lines: list[list[str]], out: Path, fine: set[int]) -> int:
    """Run some commands one after the other; stop at the first that fails."""
    from msgu.cli import main

    for words in lines:
        code = main([word.replace("OUT", str(out)) for word in words])
        if code not in fine:
            return code
    return 0


def results(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder by its name, but for those that tell of one run."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if not path.is_dir()}
    wanted = {name: path for name, path in sorted(found.items()) if path.name not in NO_RESULT}
    return {name: path.read_bytes() for name, path in wanted.items()}


def finished(folder: Path, expected: dict[str, bytes]) -> dict[str, int]:
    """Return the numbers of the files of nights that are over."""
    here = results(folder) if folder.exists() else {}
    records = [name for name in here if "/replications/" in f"/{name}" and "/." not in f"/{name}"]
    return {name: (folder / name).stat().st_ino for name in records if here[name] == expected.get(name)}


def trial(asked: dict[str, Any], folder: Path, k: int, expected: dict[str, bytes]) -> dict[str, Any]:
    """Kill at the k-th operation, go on, and return what is there."""
    out = folder / f"out-{k}"
    begun(asked, folder, out)

    def until() -> int:
        counted(k)
        return commands(asked["first"], out, set(asked["fine"]))

    died = child(until)
    before = finished(out, expected)
    records = {Path(name).parent for name in before}
    whole = {str(place / "record.json") for place in records if str(place / "record.json") in before}
    code = child(lambda: commands(asked["then"], out, set(asked["fine"])))
    after = finished(out, expected)
    lost = [name for name in whole if after.get(name) != before[name]]
    found = {"k": k, "died": died, "code": code, "files": results(out), "lost": lost}
    shutil.rmtree(out, ignore_errors=True)
    return found


def begun(asked: dict[str, Any], folder: Path, out: Path) -> None:
    if asked["before"]:
        shutil.copytree(folder / "before", out)


def main() -> None:
    """Try one operation after another."""
    folder, step = Path(sys.argv[1]), int(sys.argv[2])
    asked = json.loads(sys.stdin.read())
    answer = sys.stdout
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    without_pictures()
    sharing_all()
    fine = set(asked["fine"])
    if asked["before"]:
        assert commands(asked["before"], folder / "before", fine) == 0
    whole = folder / "whole"
    begun(asked, folder, whole)
    assert commands(asked["first"], whole, fine) == 0  # compiles and imports what the children need
    expected = results(whole)
    begun(asked, folder, folder / "count")
    read, write = os.pipe()

    def count() -> int:
        met = counted(0)
        code = commands(asked["first"], folder / "count", fine)
        os.write(write, str(met[0]).encode())
        return code

    assert child(count) == 0
    operations = int(os.read(read, 20))
    wrong = []
    tried = range(1 + operations % step, operations + 1, step)
    for k in tried:
        found = trial(asked, folder, k, expected)
        other = sorted(name for name in {*found["files"], *expected} if found["files"].get(name) != expected.get(name))
        if found["died"] != KILLED or found["code"] != 0 or other or found["lost"]:
            wrong.append({"k": k, "died": found["died"], "code": found["code"], "other": other, "lost": found["lost"]})
    print(json.dumps({"operations": operations, "tried": len(tried), "wrong": wrong}), file=answer)


if __name__ == "__main__":
    main()
