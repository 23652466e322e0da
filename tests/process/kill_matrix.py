"""The kill matrix: every command, stopped at every stage by every signal; what came of it, as a table.

``python -m tests.process.kill_matrix [COMMAND ...]`` runs it whole, or for some commands, and ends with 0 where nothing is wrong.
A stage is met by what can be seen from outside: a file that appears, a line that is said.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests import ROOT, SCENARIOS
from tests import TOY as TOY_FILE
from tests.process.test_workers import marked

TOY: Final = str(TOY_FILE)
CODES: Final = {
    signal.SIGINT: {130, -signal.SIGINT},
    signal.SIGTERM: {143, -signal.SIGTERM},
    signal.SIGKILL: {-signal.SIGKILL},
}
"""What a shell calls 130, 143 and 137; negative where the signal came before the command could hear it."""
PATIENCE: Final = 120.0
"""Longest wait for a stage, or for an end [s]."""
NO_RESULT: Final = re.compile(r"(^|/)(run\.log|\.lock|verified\.json)$")

Seen = Callable[[Path, subprocess.Popen[str]], bool]


@dataclass(frozen=True)
class Command:
    """A command: words that make what it needs, its own, those that go on after a stop, and its stages."""

    words: list[str]
    stages: dict[str, Seen]
    again: list[str] = field(default_factory=list)
    before: tuple[list[str], ...] = ()
    fine: frozenset[int] = frozenset({0})
    made: str = ""
    """Pattern of the results that are compared; all below the folder where empty."""


class Cell(NamedTuple):
    """One command stopped at one stage by one signal."""

    command: str
    stage: str
    signal: str
    code: int
    over: bool
    resumed: str
    left: list[str]
    orphans: int
    seconds: float

    @property
    def wrong(self) -> str:
        """What is wrong with it; empty where nothing is."""
        number = signal.Signals[self.signal]
        found = []
        if self.code not in CODES[number] and not (self.over and self.code in (0, 6)):
            found.append("code")
        if self.resumed != "same":
            found.append(self.resumed)
        if self.left:
            found.append("leftovers")
        if self.orphans:
            found.append("orphans")
        return ", ".join(found)


# ---- stages ----


def at_start(_out: Path, _process: subprocess.Popen[str]) -> bool:
    """Before anything is said or written."""
    return True


def some(pattern: str, n: int = 1) -> Seen:
    """So many files of a pattern are there."""
    return lambda out, _: len(list(out.glob(pattern))) >= n


def computing(seconds: float) -> Seen:
    """So much time of the processor was spent, on a loaded machine as on an idle one."""

    def seen(_out: Path, process: subprocess.Popen[str]) -> bool:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") >= seconds

    return seen


def logged(event: str, n: int = 1) -> Seen:
    """So many lines of an event stand in the log of the run."""

    def seen(out: Path, _process: subprocess.Popen[str]) -> bool:
        log = out / "run.log"
        return log.exists() and log.read_text(encoding="utf-8").count(f'"event": "{event}"') >= n

    return seen


def is_complete(out: Path, _process: subprocess.Popen[str]) -> bool:
    """Every night is kept and the manifest says so."""
    return '"state": "complete"' in (out / "manifest.json").read_text(encoding="utf-8")


RUN: Final = ["run", TOY, "--reps", "3", "--out", "OUT"]
NIGHT: Final = "replications/[0-9]*"
RUNNING: Final[dict[str, Seen]] = {
    "start": at_start,
    "importing": computing(0.25),
    "building": logged("start"),
    "first night": some("replications/.[0-9]*"),
    "between nights": some(NIGHT, 2),
    "last night": some(NIGHT, 3),
}
COMPARED: Final[dict[str, Seen]] = {
    "start": at_start,
    "planning": some("plan.json"),
    "one measure has no night": some("nights/*/replications/[0-9]*", 1),
    "between nights": some("nights/*/replications/[0-9]*", 3),
    "reporting": some("compare.json"),
    "drawing": some("effects.csv"),
}


def commands(folder: Path) -> dict[str, Command]:
    """Return every command of the matrix; studies are written into a folder."""
    from tests.unit.study.test_calibrate import STUDY as CALIBRATION
    from tests.unit.study.test_compare import STUDY, written
    from tests.unit.study.test_sensitivity import written as explored

    study = written(folder, STUDY.split("  sceptics:")[0].replace("reps: 10", "reps: 3"))
    calibration, graph = folder / "calibration.yaml", str(SCENARIOS / "degenerate" / "d06-reed-frost.yaml")
    calibration.write_text(CALIBRATION.replace("SCENARIO", "toy.yaml"), encoding="utf-8")  # `written` put it there
    (folder / "explored").mkdir()
    compare = ["compare", study, "--out", "OUT"]
    calibrate = ["calibrate", str(calibration), "--out", "OUT"]
    explore = ["sensitivity", str(explored(folder / "explored")), "--out", "OUT"]
    one = [["run", TOY, "--reps", "2", "--out", "OUT"]]
    shard = [*RUN, "--shard", "1/1"]
    shards = ([*RUN, "--shard", "1/2"], [*RUN, "--shard", "2/2"])
    reading: dict[str, Seen] = {"importing": computing(0.25), "working": computing(0.6)}
    night = "nights/*/replications/[0-9]*"
    return {
        "run": Command(RUN, RUNNING, [*RUN, "--resume"]),
        "run --workers 2": Command(
            [*RUN, "--workers", "2"],
            {"starting workers": some(".workers/*"), **{name: RUNNING[name] for name in list(RUNNING)[3:]}},
            [*RUN, "--resume", "--workers", "2"],
        ),
        "run --shard": Command(shard, {name: RUNNING[name] for name in ("building", "last night")}, shard),
        "run --report": Command([*RUN, "--report"], {"reporting": is_complete}, [*RUN, "--resume", "--report"]),
        "compare": Command(compare, COMPARED),
        "compare --workers 2": Command(
            [*compare, "--workers", "2"], {name: COMPARED[name] for name in ("between nights", "reporting")}
        ),
        "sensitivity": Command(explore, {"first point": some(night), "points": some(night, 12)}),
        "calibrate": Command(
            calibrate,
            {"studying": some("study.json"), "nights": some("nights/*.json", 3),
             "fitting": some("nights/*.json", 12), "writing": some("calibration.json")},
            [*calibrate, "--resume"], fine=frozenset({0, 6}),
        ),
        "report": Command(
            ["report", "OUT"],
            {"drawing": computing(1.5), "writing": some("report/*")}, before=tuple(one),
        ),
        "report of a comparison": Command(
            ["report", "OUT", "--lang", "fr"], {"drawing": computing(1.5)}, before=(compare,)
        ),
        "graph build": Command(
            ["graph", "build", graph, "--out", "OUT/graph"],
            {"building": computing(0.5), "writing": some(".graph-*")}, fine=frozenset({0, 4}),
        ),
        "score": Command(["score", "OUT"], reading, before=tuple(one)),
        "cascades": Command(["cascades", "OUT", "--out", "OUT/c.csv"], reading, before=tuple(one), fine=frozenset({0, 4})),
        "verify": Command(["verify", "OUT"], {"working": computing(0.5)}, before=tuple(one)),
        "replay": Command(["replay", "OUT"], reading, before=tuple(one)),
        "collect": Command(["collect", "OUT"], {"start": at_start, "importing": computing(0.25)}, before=shards),
        "explain": Command(["explain", str(SCENARIOS / "paris-2015-11-13.yaml")], {"working": computing(0.3)}),
        "check": Command(["check", str(SCENARIOS / "paris-2015-11-13.yaml")], {"working": computing(0.3)}),
    }  # fmt: skip


# ---- one cell ----


def msgu(words: Sequence[str], out: Path, mark: str = "") -> subprocess.Popen[str]:
    """Start a command in a process group of its own; every process that it starts carries its mark."""
    env = os.environ | {"MSGU_TEST_MARK": mark, "PYTHONPATH": str(ROOT)}
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # what runs in the background would ignore it
    return subprocess.Popen(
        [sys.executable, "-m", "msgu", *(word.replace("OUT", str(out)) for word in words)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=env, cwd=ROOT, start_new_session=True,
        preexec_fn=heard,
    )  # fmt: skip


def until(seen: Callable[[], bool], process: subprocess.Popen[str], seconds: float = PATIENCE) -> bool:
    """Wait for a stage; whether it was met before the command ended."""
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        try:
            if seen():
                return True
        except (OSError, IndexError):
            pass
        time.sleep(0.002)
    return False


def results(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, but for those that tell of one run."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in sorted(files.items()) if not NO_RESULT.search(name)}


def whole(command: Command, folder: Path) -> tuple[Path, dict[str, bytes]]:
    """Run a command undisturbed; return the folder as it was before, and its results."""
    out = folder / "whole"
    out.mkdir()
    for words in command.before:
        finish(words, out, command.fine)
    before = folder / "before"
    shutil.copytree(out, before)
    finish(command.words, out, command.fine)
    return before, results(out)


def finish(words: Sequence[str], out: Path, fine: frozenset[int]) -> tuple[int, str]:
    """Run a command to its end; return its code and what it said, and complain where it is not fine."""
    process = msgu(words, out)
    said = process.communicate(timeout=600)[1]
    return process.returncode, "" if process.returncode in fine else said


def cell(
    name: str, command: Command, stage: str, number: signal.Signals, made: tuple[Path, dict[str, bytes]], at: Path
) -> Cell:
    """Stop a command at a stage by a signal, look, and go on."""
    before, expected = made
    out, mark = at / "out", uuid.uuid4().hex
    shutil.copytree(before, out)
    process = msgu(command.words, out, mark)
    until(lambda: command.stages[stage](out, process), process)
    began, over = time.monotonic(), process.poll() is not None
    if not over:
        os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
    try:
        said = process.communicate(timeout=PATIENCE)[1]
        seconds = time.monotonic() - began
    except subprocess.TimeoutExpired:
        process.kill()
        said, seconds = process.communicate()[1], PATIENCE
    end = time.monotonic() + 5
    while (left := marked(mark)) and time.monotonic() < end:
        time.sleep(0.05)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    over = over or (process.returncode in command.fine and results(out) == expected)
    code, trouble = finish(command.again or command.words, out, command.fine)
    here = results(out)
    gone = [key for key in expected if here.get(key) != expected[key]]
    resumed = f"stuck ({code}: {trouble.strip()[-160:]})" if trouble else (f"lost {gone[0]}" if gone else "same")
    if "bug of ours" in said or "Traceback" in said:
        resumed = f"said {said.strip()[-300:]}"
    shutil.rmtree(out)
    return Cell(
        name, stage, number.name, process.returncode, over, resumed, sorted(set(here) - set(expected)), len(left), seconds
    )


def cells(names: Sequence[str] = (), signals: Sequence[signal.Signals] = tuple(CODES), stages: int = 99) -> Iterator[Cell]:
    """Run the matrix for some commands (all where none is named), yielding cell by cell."""
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room)
        every = commands(folder)
        for i, name in enumerate(names or every):
            place = folder / f"command-{i}"
            place.mkdir()
            made = whole(every[name], place)
            for stage in list(every[name].stages)[:stages]:
                for number in signals:
                    yield cell(name, every[name], stage, number, made, place)


def line(one: Cell) -> str:
    """Return a cell as a row of the table."""
    left = f"{len(one.left)} ({one.left[0]})" if one.left else "0"
    how = " (over already)" if one.over else ""
    return (
        f"| {one.command} | {one.stage} | {one.signal[3:]} | {one.code}{how} | {one.resumed} | {left} | {one.orphans} "
        f"| {one.seconds:.1f} | {one.wrong or 'ok'} |"
    )


def main(names: Sequence[str]) -> int:
    """Print the table of some commands, or of all."""
    print("| command | stage | signal | code | goes on | leftovers | orphans | seconds to the end | |")
    print("|---|---|---|---|---|---|---|---|---|")
    done: list[Any] = []
    for one in cells(names):
        done.append(one)
        print(line(one), flush=True)
    wrong = [one for one in done if one.wrong]
    print(f"{len(done)} cells, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
