"""Workers, shards and remote schedulers: the same bits whoever runs a batch, whatever dies, and nothing left behind."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgu.cli import main
from msgu.errors import InputError, ReplicationError, StorageError
from msgu.scenario.load import load
from msgu.study.batch import run_log
from msgu.study.batch.folder import BatchFolder, locked
from msgu.study.batch.manifest import read_manifest
from msgu.study.batch.plan import plan_batch
from msgu.study.batch.run import run_batch
from msgu.study.batch.shards import Shard, collect_batch, run_shard, shard_of
from msgu.study.batch.verify import replay_one, verify_batch
from msgu.study.comparison.facts import as_facts
from msgu.study.comparison.found import compare
from msgu.study.comparison.plan import Plan, from_study
from msgu.study.comparison.plan_file import keep
from msgu.study.comparison.run import collect_comparison, run_nights

from tests import ROOT, SCENARIOS, TOY
from tests.unit.study.test_compare import STUDY, written
from tests.unit.study.test_sensitivity import written as written_exploration

REPS = 12
ENGINE = ("made_nights:build", "made_nights:simulate")
"""As workers find it: they see the folder of the tests, and elsewhere another package may be called `tests`."""
sys.path.append(str(ROOT / "tests"))
SEEN = os.pathsep.join((str(ROOT), str(ROOT / "tests")))

CHILD = """
import sys
sys.path.insert(0, sys.argv[1])
from msgu.scenario.load import load
from msgu.study.batch.run import run_batch
ENGINE = ("made_nights:build", "made_nights:simulate")
if __name__ == "__main__":
    out, reps, workers, cluster = sys.argv[3], int(sys.argv[4]), int(sys.argv[5]), sys.argv[6]
    run_batch(load(sys.argv[2]), out, reps=reps, workers=workers, cluster=cluster, resume=True, engine=ENGINE,
              progress=lambda e: print(e.state, e.replication, flush=True))
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, str]]:
    """Fingerprints of undisturbed batches of so many nights."""
    out = tmp_path_factory.mktemp("whole")
    return {n: run_batch(load(TOY), out / str(n), reps=n, engine=ENGINE).fingerprint for n in (REPS, 24, 64)}


# ---- processes, known by a mark in their environment ----


class Child:
    """A batch in a process group of its own; every process that it starts carries its mark."""

    def __init__(self, folder: Path, reps: int, workers: int, cluster: str = "", **harm: str) -> None:
        self.mark = uuid.uuid4().hex
        script = folder.parent / f"child-{self.mark}.py"
        script.write_text(CHILD, encoding="utf-8")
        words = [sys.executable, str(script), str(ROOT), str(TOY), str(folder), str(reps), str(workers), cluster]
        env = os.environ | {"PYTHONPATH": SEEN, "MSGU_TEST_MARK": self.mark, "MADE_NIGHTS_SLEEP": "0.3"} | harm
        self.process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env, start_new_session=True
        )

    def until_done(self, n: int) -> None:
        """Wait until so many nights are done."""
        assert self.process.stdout is not None
        while n > 0 and (line := self.process.stdout.readline()):
            n -= line.startswith("done")

    def others(self) -> list[int]:
        """Processes that carry the mark, but for the first."""
        return [pid for pid in marked(self.mark) if pid != self.process.pid]

    def kill(self) -> None:
        self.process.kill()
        self.end()

    def end(self, timeout: float = 60) -> int:
        code = self.process.wait(timeout)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


def marked(mark: str) -> list[int]:
    """Processes of this machine that carry a mark and are no zombies."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            alive = (path / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
            if alive and f"MSGU_TEST_MARK={mark}".encode() in (path / "environ").read_bytes():
                found.append(int(path.name))
        except (OSError, IndexError):
            continue
    return found


def workers_of(child: Child) -> list[int]:
    """Processes of the mark that run jobs: those started by multiprocessing's spawn."""
    return [pid for pid in child.others() if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def orphans_after(child: Child, seconds: float = 5.0) -> list[int]:
    """Processes that are left so long after the end of the first."""
    until = time.monotonic() + seconds
    while (left := child.others()) and time.monotonic() < until:
        time.sleep(0.1)
    return left


@contextmanager
def dask(folder: Path, workers: int, *words_of_scheduler: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A scheduler and workers as someone would start them by hand; yields the address and the scheduler."""
    file = folder / f"scheduler-{uuid.uuid4().hex}.json"
    env = os.environ | {"PYTHONPATH": SEEN, "MADE_NIGHTS_SLEEP": "0.3"}
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": env, "cwd": folder}
    python = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    scheduler = subprocess.Popen([*python, "--no-dashboard", "--scheduler-file", str(file), *words_of_scheduler], **quiet)
    started = [scheduler]
    try:
        until = time.monotonic() + 30
        while not file.exists() and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(0.3)
        address = str(json.loads(file.read_text())["address"])
        for _ in range(workers):
            words = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard",
                     "--death-timeout", "10", "--local-directory", str(folder / "dask")]  # fmt: skip
            started.append(subprocess.Popen(words, **quiet))
        yield address, scheduler
    finally:
        for process in started[::-1]:
            process.terminate()
        for process in started:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


# ---- the same bits ----


def test_one_worker_two_workers_and_a_remote_scheduler_give_one_fingerprint(
    tmp_path: Path, whole: dict[int, dict[str, str]]
) -> None:
    two = run_batch(load(TOY), tmp_path / "two", reps=REPS, workers=2, engine=ENGINE)
    with dask(tmp_path, 2) as (address, _):
        far = run_batch(load(TOY), tmp_path / "far", reps=REPS, cluster=address, engine=ENGINE)
    assert two.fingerprint == far.fingerprint == whole[REPS]
    assert two.ran == far.ran == tuple(range(REPS))
    assert (tmp_path / "two" / "manifest.json").read_bytes() == (tmp_path / "far" / "manifest.json").read_bytes()


def test_a_comparison_is_the_same_by_one_process_two_workers_a_scheduler_and_shards(tmp_path: Path) -> None:
    plan = small_comparison(tmp_path)
    run_nights(plan, tmp_path / "one", engine=ENGINE)
    run_nights(plan, tmp_path / "two", workers=2, engine=ENGINE)
    with dask(tmp_path, 1) as (address, _):
        run_nights(plan, tmp_path / "far", cluster=address, engine=ENGINE)
    for number in (2, 1, 3):
        run_nights(plan, tmp_path / "cut", engine=ENGINE, shard=Shard(number, 3))
    collect_comparison(plan, tmp_path / "cut")
    facts = [as_facts(compare(plan, tmp_path / name)) for name in ("one", "two", "far", "cut")]
    assert all(other == facts[0] for other in facts[1:])
    manifests = [sorted((tmp_path / name / "nights").glob("*/manifest.json")) for name in ("one", "two", "far", "cut")]
    assert len({b"".join(path.read_bytes() for path in paths) for paths in manifests}) == 1


def small_comparison(folder: Path) -> Plan:
    plan = from_study(written(folder, STUDY.replace("reps: 10", "reps: 3")))
    return replace(plan, choices=plan.choices[:3])


def test_an_exploration_is_the_same_by_one_process_and_by_a_scheduler(tmp_path: Path) -> None:
    study = str(written_exploration(tmp_path))
    with dask(tmp_path, 1) as (address, _):
        assert main(["sensitivity", study, "--cluster", address, "--out", str(tmp_path / "far")]) == 0
    assert main(["sensitivity", study, "--out", str(tmp_path / "one")]) == 0
    for name in ("sensitivity.json", "sensitivity.csv"):
        assert (tmp_path / "far" / name).read_bytes() == (tmp_path / "one" / name).read_bytes()
    far = [path.relative_to(tmp_path / "far") for path in sorted((tmp_path / "far" / "nights").glob("*/manifest.json"))]
    assert len(far) == 24  # eight points, each with the baseline and two alternatives
    assert all((tmp_path / "far" / path).read_bytes() == (tmp_path / "one" / path).read_bytes() for path in far)


def test_what_passes_the_scheduler_is_a_path_and_no_world(tmp_path: Path) -> None:
    import pickle

    from msgu.study.batch.job import job_of

    paris = load(SCENARIOS / "paris-2015-11-13.yaml")
    job = job_of(BatchFolder(tmp_path, plan_batch(paris, None, None, 5)), 3)
    assert len(pickle.dumps(tuple(job))) < 1000


# ---- what dies ----


def test_a_worker_that_dies_under_a_night_costs_nothing(
    tmp_path: Path, whole: dict[int, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MADE_NIGHTS_DIE_ONCE", f"2 7:{tmp_path}")
    outcome = run_batch(load(TOY), tmp_path / "out", reps=REPS, workers=2, engine=ENGINE)
    assert (tmp_path / "died-2").exists() and (tmp_path / "died-7").exists()
    assert outcome.fingerprint == whole[REPS] and outcome.failed == ()


def test_a_night_that_kills_every_worker_is_recorded_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MADE_NIGHTS_ALWAYS_DIE", "1")
    outcome = run_batch(load(TOY), tmp_path / "out", reps=5, workers=2, engine=ENGINE)
    assert outcome.failed == (1,) and outcome.ran == (0, 2, 3, 4)
    told = json.loads((tmp_path / "out" / "failures" / "0001.json").read_text())
    assert told["error"] == "KilledWorker" and told["replication"] == 1
    monkeypatch.delenv("MADE_NIGHTS_ALWAYS_DIE")
    again = run_batch(load(TOY), tmp_path / "out", reps=5, workers=1, resume=True, engine=ENGINE)
    assert again.ran == (1,) and again.failed == ()


def test_a_failed_night_is_verified_and_can_be_replayed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MADE_NIGHTS_FAIL", "1")
    outcome = run_batch(load(TOY), tmp_path / "out", reps=3, engine=ENGINE)
    assert outcome.failed == (1,)
    told = json.loads((tmp_path / "out" / "failures" / "0001.json").read_text())
    assert (told["error"], told["message"]) == ("ArithmeticError", "night 1 went wrong")
    assert "made_nights.py" in told["traceback"]
    assert verify_batch(tmp_path / "out").failed == (1,)
    assert replay_one(tmp_path / "out", 1).failed_before
    assert main(["replay", str(tmp_path / "out"), "--rep", "1"]) == 0
    assert "had failed, and does not fail now" in capsys.readouterr().out
    monkeypatch.setattr("msgu.engine.run.simulate", lambda *_: 1 / 0)
    with pytest.raises(ReplicationError, match="replication 1 fails again: ZeroDivisionError"):
        replay_one(tmp_path / "out", 1)


@pytest.mark.parametrize("workers", [1, 2])
def test_kills_lose_nothing_count_nothing_twice_and_leave_no_orphan(
    workers: int, tmp_path: Path, whole: dict[int, dict[str, str]], full: bool
) -> None:
    """SIGKILL of the parent or of a worker, up to three times; then an undisturbed end."""
    reps, trials = (64, 10) if full else (24, 2)
    for trial in range(trials):
        out, sleep = tmp_path / f"trial-{trial}", "0.1" if full else "0.2"
        for kill in range(1 + trial % 3):
            child = Child(out, reps, workers, MADE_NIGHTS_SLEEP=sleep)
            child.until_done(1 + 3 * kill)
            time.sleep(0.07 * (trial % 4))
            if workers > 1 and (trial + kill) % 2 and (targets := workers_of(child)):
                os.kill(targets[trial % len(targets)], signal.SIGKILL)
                child.until_done(2)
            child.kill()
            assert orphans_after(child) == []
        here = {int(path.name) for path in (out / "replications").glob("[0-9]*")}
        assert 0 < len(here) < reps
        last = run_batch(load(TOY), out, reps=reps, resume=True, engine=ENGINE)
        assert set(last.kept) == here and set(last.ran) == set(range(reps)) - here
        assert last.fingerprint == whole[reps] and verify_batch(out).replications == reps


def told_of(out: Path) -> int:
    """Nights that the log of a run tells to be done."""
    log = out / "run.log"
    return log.read_text(encoding="utf-8").count('"event": "done"') if log.exists() else 0


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["ctrl-c", "term"])
def test_a_signal_ends_the_command_with_its_code_and_the_same_words_go_on(
    number: signal.Signals, code: int, workers: int, tmp_path: Path
) -> None:
    mark, out = uuid.uuid4().hex, tmp_path / "out"
    words = [sys.executable, "-m", "msgu", "run", str(TOY), "--reps", "400", "--out", str(out), "--workers", str(workers)]
    env = os.environ | {"PYTHONPATH": SEEN, "MSGU_TEST_MARK": mark}
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a test that runs in the background would ignore it
    command = subprocess.Popen(
        words, stderr=subprocess.PIPE, text=True, env=env, start_new_session=True, preexec_fn=heard
    )  # fmt: skip
    until = time.monotonic() + 120
    while told_of(out) < 3 and time.monotonic() < until:  # a busy command may not have heard yet of nights that are there
        time.sleep(0.1)
    os.killpg(command.pid, number) if number == signal.SIGINT else command.send_signal(number)
    said = command.communicate(timeout=30)[1]
    assert command.returncode == code, said
    assert "go on with --resume" in said and "Traceback" not in said
    until = time.monotonic() + 5
    while marked(mark) and time.monotonic() < until:
        time.sleep(0.1)
    assert marked(mark) == []
    kept = sum(path.name.isdigit() for path in (out / "replications").iterdir())
    assert kept >= 3
    batch = BatchFolder(out, plan_batch(load(TOY), None, None, 400))
    assert all(batch.valid_record(int(p.name)) for p in (out / "replications").iterdir() if p.name.isdigit())
    last = json.loads((out / "run.log").read_text().splitlines()[-1])
    assert last["event"] == "stopped" and last["done"] >= 1


def test_a_scheduler_that_is_killed_is_told_and_another_goes_on(tmp_path: Path, whole: dict[int, dict[str, str]]) -> None:
    out = tmp_path / "out"
    with dask(tmp_path, 1) as (address, scheduler):
        child = Child(out, REPS, 1, address)
        child.until_done(3)
        scheduler.kill()
        began = time.monotonic()
        assert child.end(60) != 0
        assert time.monotonic() - began < 30
    here = {int(path.name) for path in (out / "replications").glob("[0-9]*")}
    assert 3 <= len(here) < REPS
    with dask(tmp_path, 1) as (address, _):
        last = run_batch(load(TOY), out, reps=REPS, cluster=address, resume=True, engine=ENGINE)
    assert last.fingerprint == whole[REPS]


def test_an_address_where_nothing_answers_is_bad_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("msgu.study.batch.dask_cluster.SECONDS_TO_ANSWER", 1.0)
    for address in ("tcp://127.0.0.1:9", "nonsense"):
        with pytest.raises(InputError, match=r"--cluster.*Dask scheduler"):
            run_batch(load(TOY), tmp_path / "out", reps=2, cluster=address, engine=ENGINE, resume=True)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of closing what is thrown away
def test_workers_that_are_slow_to_close_undo_nothing(
    tmp_path: Path, whole: dict[int, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    import distributed

    def late(close: Any) -> Any:
        def closing(self: Any, timeout: float | None = None) -> None:
            before = vars(self).setdefault("told_late", [])
            close(self)
            before.append(timeout)
            if len(before) == 1:  # what is thrown away is closed once more, where nobody listens
                raise TimeoutError(f"timed out after {timeout} s.")

        return closing

    for kind in (distributed.LocalCluster, distributed.Client):
        monkeypatch.setattr(kind, "close", late(kind.close))
    outcome = run_batch(load(TOY), tmp_path / "out", reps=REPS, workers=2, engine=ENGINE)
    gc.collect()  # here, and not in another test
    assert outcome.fingerprint == whole[REPS]
    assert read_manifest(tmp_path / "out")["state"] == "complete"


# ---- the log ----


def test_the_log_tells_each_night_and_beats_while_none_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_log, "BEAT", 0.1)
    monkeypatch.setenv("MADE_NIGHTS_SLEEP", "0.5")
    run_batch(load(TOY), tmp_path / "out", reps=2, engine=ENGINE)
    lines = [json.loads(line) for line in (tmp_path / "out" / "run.log").read_text().splitlines()]
    events = [line["event"] for line in lines]
    assert events[0] == "start" and events[-1] == "end" and events.count("done") == 2
    beats = [line for line in lines if line["event"] == "beat"]
    assert len(beats) >= 4 and {"seconds", "done", "of", "left_s", "host", "pid"} <= set(beats[0])
    between = [beat for beat in beats if beat["done"] == 1]  # another may follow the second night, before the end is written
    assert between and all(beat["left_s"] > 0 for beat in between)


# ---- shards ----


def test_shards_beside_one_another_make_the_same_batch(tmp_path: Path, whole: dict[int, dict[str, str]]) -> None:
    out = str(tmp_path / "out")
    words = [sys.executable, "-m", "msgu", "run", str(TOY), "--reps", "5", "--out", out]
    env = os.environ | {"PYTHONPATH": SEEN}
    shards = [subprocess.Popen([*words, "--shard", f"{i}/3"], env=env, stdout=subprocess.DEVNULL) for i in (1, 2, 3)]
    assert [shard.wait(300) for shard in shards] == [0, 0, 0]
    assert main(["collect", out]) == 0
    assert main(["run", str(TOY), "--reps", "5", "--out", str(tmp_path / "plain")]) == 0
    assert (tmp_path / "out" / "manifest.json").read_bytes() == (tmp_path / "plain" / "manifest.json").read_bytes()
    assert main(["verify", out]) == 0


def test_a_missing_shard_is_named_and_a_stopped_one_goes_on(tmp_path: Path, whole: dict[int, dict[str, str]]) -> None:
    scenario, out = load(TOY), tmp_path / "out"
    run_shard(scenario, out, REPS, Shard(1, 2), engine=ENGINE)
    with pytest.raises(StorageError, match="replications 1, 3, 5, 7, 9, 11 are missing"):
        collect_batch(out)

    def stop(event: Any) -> None:
        if event.state == "done" and event.replication == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_shard(scenario, out, REPS, Shard(2, 2), progress=stop, engine=ENGINE)
    again = run_shard(scenario, out, REPS, Shard(2, 2), engine=ENGINE)
    assert again.kept == (1, 3, 5) and again.ran == (7, 9, 11)
    assert collect_batch(out)["fingerprint"] == whole[REPS]
    assert collect_batch(out)["state"] == "complete"


def test_a_failed_night_of_a_shard_is_collected_as_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MADE_NIGHTS_FAIL", "2")
    for number in (1, 2):
        run_shard(load(TOY), tmp_path, 4, Shard(number, 2), engine=ENGINE)
    assert collect_batch(tmp_path)["failed"] == [2]
    assert main(["collect", str(tmp_path)]) == 5


def test_shards_of_another_run_and_whole_runs_beside_shards_are_kept_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("msgu.study.batch.shards.JOIN_SECONDS", 0.3)
    scenario = load(TOY)
    run_shard(scenario, tmp_path, 4, Shard(1, 2), engine=ENGINE)
    with pytest.raises(StorageError, match="another seed"):
        run_shard(load(TOY, (), ["seed=9"]), tmp_path, 4, Shard(2, 2), engine=ENGINE)
    with pytest.raises(StorageError, match="shards of 4 replications"):
        run_shard(scenario, tmp_path, 6, Shard(2, 2), engine=ENGINE)
    with locked(tmp_path, shared=True), pytest.raises(StorageError, match="another run is writing"):
        run_batch(scenario, tmp_path, reps=4, resume=True, engine=ENGINE)
    with locked(tmp_path), pytest.raises(StorageError, match="another run is writing"):
        run_shard(scenario, tmp_path, 4, Shard(2, 2), engine=ENGINE)


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "a/b", "1/2/3", "-1/3", "", "1/0", "²/3"])
def test_a_shard_that_is_none_is_bad_input(text: str) -> None:
    with pytest.raises(InputError, match="--shard"):
        shard_of(text)


def test_the_page_of_a_comparison_by_shards(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan, out = small_comparison(tmp_path), tmp_path / "out"
    keep(plan, out)
    for number in (1, 2):
        run_nights(plan, out, engine=ENGINE, shard=Shard(number, 2))
        if number == 1:
            assert main(["collect", str(out)]) == 4
            assert "are missing" in capsys.readouterr().err
    assert main(["collect", str(out)]) == 0
    assert (out / "comparison.html").exists()
