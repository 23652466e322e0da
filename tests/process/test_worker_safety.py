"""Workers obey nobody but the command that started them, are ended when they freeze, and never outlive it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from msgu.errors import InputError
from msgu.scenario.load import load
from msgu.study.batch import dask_cluster, frozen_workers
from msgu.study.batch.job import Where
from msgu.study.batch.run import run_batch

from tests.process.test_workers import ENGINE, REPS, TOY, Child, dask, orphans_after, workers_of

NOBODY = 65534
STRANGER = """
import asyncio, os, sys
import distributed
from distributed.core import connect

async def knock(port, scheme, security, role):
    try:
        words = security.get_connection_args(role) if security else {}
        comm = await connect(f"{scheme}://127.0.0.1:{port}", timeout=3, **words)
        await comm.write({"op": "identity", "reply": True})
        return f"{scheme} {port}: {await asyncio.wait_for(comm.read(), 3)}"
    except (OSError, ValueError, TimeoutError) as error:
        return None

async def ask(port):
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /health HTTP/1.0\\r\\n\\r\\n")
        answer = await asyncio.wait_for(reader.read(5), 3)
        return f"http {port}: {answer!r}" if answer == b"HTTP/" else None
    except (OSError, TimeoutError):
        return None

async def all_of(ports):
    other = distributed.Security.temporary()
    doors = [knock(p, *how) for p in ports for how in (("tcp", None, ""), ("tls", other, "client"), ("tls", other, "worker"))]
    return [one for one in await asyncio.gather(*doors, *map(ask, ports)) if one]

if sys.argv[1] == "nobody":
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
print(asyncio.run(all_of([int(port) for port in sys.argv[2:]])))
"""


def listening() -> dict[int, int]:
    """Ports at which this process and its children listen, with the process."""
    here = psutil.Process()
    return {
        one.laddr.port: process.pid
        for process in (here, *here.children(recursive=True))
        for one in process.net_connections("tcp")
        if one.status == psutil.CONN_LISTEN
    }


async def identity(address: str, **words: Any) -> Any:
    from distributed.core import connect

    comm = await connect(address, timeout=10, **words)
    await comm.write({"op": "identity", "reply": True})
    answer = await comm.read()
    await comm.close()
    return answer


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, dict[int, int]]]:
    """The client of two workers, and every port that they brought."""
    before = listening()
    with dask_cluster.opened(Where(2), tmp_path_factory.mktemp("workers"), 2) as client:
        client.wait_for_workers(2)
        yield client, {port: pid for port, pid in listening().items() if port not in before}


@pytest.mark.parametrize("who", ["this user", "nobody"])
def test_no_port_of_a_run_answers_a_stranger(who: str, workers: tuple[Any, dict[int, int]]) -> None:
    if who == "nobody" and os.getuid() != 0:
        pytest.skip("only root may change the user")
    ports = workers[1]
    assert len(ports) >= 5 and len(set(ports.values())) == 3  # the scheduler, two watchers of workers, two workers
    done = subprocess.run(
        [sys.executable, "-c", STRANGER, who, *map(str, ports)], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_ports_of_a_run_answer_its_own_certificate(workers: tuple[Any, dict[int, int]]) -> None:
    client, ports = workers
    words = client.security.get_connection_args("client")

    async def each() -> list[Any]:
        return await asyncio.gather(*(identity(f"tls://127.0.0.1:{port}", **words) for port in ports))

    assert {one["type"] for one in asyncio.run(each())} == {"Scheduler", "Nanny", "Worker"}


def test_the_key_of_a_run_is_only_where_its_user_can_read(workers: tuple[Any, dict[int, int]]) -> None:
    import ssl

    modes: list[int] = []

    load = ssl.SSLContext.load_cert_chain

    def seen(self: ssl.SSLContext, certfile: Any, keyfile: Any = None, password: Any = None) -> None:
        modes.append(Path(keyfile).parent.stat().st_mode & 0o777)
        load(self, certfile, keyfile, password)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl.SSLContext, "load_cert_chain", seen)
        workers[0].security.get_connection_args("client")
    assert modes == [0o700]


# ---- frozen ----


def spawned() -> set[int]:
    """Worker processes of this one."""
    return {p.pid for p in psutil.Process().children(recursive=True) if "spawn_main" in " ".join(p.cmdline())}


def freeze_one(folder: Path, others: set[int], stopped: list[int]) -> None:
    """Stop a worker process of this one, not of the others, as soon as some night is kept."""
    until = time.monotonic() + 60
    while not list((folder / "replications").glob("[0-9]*")) and time.monotonic() < until:
        time.sleep(0.05)
    stopped.append(min(spawned() - others))
    os.kill(stopped[0], signal.SIGSTOP)


def test_a_frozen_worker_is_ended_and_said_and_its_night_is_done_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("msgu.study.batch.frozen_workers.SECONDS_OF_SILENCE", 8.0)  # a live one may starve for 3
    monkeypatch.setenv("MADE_NIGHTS_SLEEP", "0.3")
    out, stopped = tmp_path / "out", list[int]()
    harm = threading.Thread(target=freeze_one, args=(out, spawned(), stopped))
    harm.start()
    outcome = run_batch(load(TOY), out, reps=REPS, workers=2, engine=ENGINE)
    harm.join()
    assert outcome.ran == tuple(range(REPS)) and outcome.failed == ()
    lines = [json.loads(line) for line in (out / "run.log").read_text().splitlines()]
    assert [line["worker"] for line in lines if line["event"] == "frozen"] == stopped
    assert f"worker {stopped[0]} was frozen for 8 s" in caplog.text
    assert not psutil.pid_exists(stopped[0])


def test_a_frozen_worker_ends_with_a_command_that_is_killed(tmp_path: Path) -> None:
    child = Child(tmp_path / "out", 24, 2)
    child.until_done(2)
    os.kill(workers_of(child)[0], signal.SIGSTOP)
    child.kill()
    assert orphans_after(child) == []


def test_a_worker_that_has_ended_is_not_called_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that stands still is; `clocks` tells since when."""
    monkeypatch.setattr("msgu.study.batch.frozen_workers.SECONDS_OF_SILENCE", 0.0)
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    clocks: dict[int, tuple[float, float]] = {}
    assert frozen_workers._stands(child.pid, clocks) and list(clocks) == [child.pid]
    child.communicate(b"\n")
    assert not frozen_workers._stands(child.pid, clocks)


# ---- a cluster at an address ----


def certificates(folder: Path) -> dict[str, str]:
    """The settings of Dask, as environment, that name a certificate and a key made for this test."""
    import distributed

    made = distributed.Security.temporary()
    (folder / "ca.pem").write_text(made.tls_ca_file)
    (folder / "key.pem").touch(0o600)
    (folder / "key.pem").write_text(made.tls_client_key)
    tls = "DASK_DISTRIBUTED__COMM__TLS__"
    words = {f"{tls}CA_FILE": str(folder / "ca.pem")}
    for role in ("CLIENT", "SCHEDULER", "WORKER"):
        words |= {f"{tls}{role}__CERT": str(folder / "ca.pem"), f"{tls}{role}__KEY": str(folder / "key.pem")}
    return words


def test_a_cluster_with_certificates_runs_for_who_has_one_and_refuses_who_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (env := certificates(tmp_path)).items():
        monkeypatch.setenv(name, value)
    with dask(tmp_path, 1, "--protocol", "tls") as (address, _):
        assert address.startswith("tls://")
        assert Child(tmp_path / "out", 2, 1, address).end() == 0
        for name in env:
            monkeypatch.delenv(name)
        monkeypatch.setattr("msgu.study.batch.dask_cluster.SECONDS_TO_ANSWER", 2.0)
        for way in (address, address.replace("tls:", "tcp:")):
            with pytest.raises(InputError, match=r"--cluster.*certificate"):
                run_batch(load(TOY), tmp_path / "none", reps=2, cluster=way, engine=ENGINE, resume=True)
    assert len(list((tmp_path / "out" / "replications").glob("[0-9]*"))) == 2
