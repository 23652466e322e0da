"""Shards as an array of jobs of a real SLURM on one machine; skipped where SLURM or the right to start it is absent."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgu.cli import main

from tests import ROOT, TOY

NEEDED = ("sbatch", "sinfo", "squeue", "scancel", "slurmctld", "slurmd", "munged", "mungekey")

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not all(shutil.which(name) for name in NEEDED),
    reason="no SLURM here, or no right to start it (Debian: slurm-wlm, munge; as root)",
)

SETTINGS = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmdPort={next}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CryptoType=crypto/munge
SlurmUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
MpiDefault=none
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=1000 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A SLURM of one machine, in a folder of its own; yields the environment that its commands need."""
    folder = tmp_path_factory.mktemp("slurm")
    for name in ("state", "spool"):
        (folder / name).mkdir()
    host = subprocess.run(["hostname", "-s"], capture_output=True, text=True, check=True).stdout.strip()
    port = 20000 + os.getpid() % 20000
    settings = SETTINGS.format(host=host, port=port, next=port + 1, folder=folder, cpus=os.cpu_count() or 1)
    (folder / "slurm.conf").write_text(settings, encoding="utf-8")
    env = os.environ | {"SLURM_CONF": str(folder / "slurm.conf"), "PYTHONPATH": str(ROOT)}
    log = (folder / "daemons.log").open("w")
    key = folder / "munge.key"
    subprocess.run(["mungekey", "--create", "--keyfile", str(key)], check=True)
    daemons = [
        ["munged", "--foreground", "--force", f"--socket={folder}/munge.socket", f"--key-file={key}", "--num-threads=2",
         f"--pid-file={folder}/munged.pid", f"--seed-file={folder}/munged.seed", f"--log-file={folder}/munged.log"],
        ["slurmctld", "-D", "-f", env["SLURM_CONF"]],
        ["slurmd", "-D", "-f", env["SLURM_CONF"], "-N", host],
    ]  # fmt: skip
    running: list[subprocess.Popen[bytes]] = []
    try:
        for words in daemons:
            running.append(subprocess.Popen(words, env=env, stdout=log, stderr=log))
            time.sleep(1.0)
        _until_idle(env, folder)
        yield env
    finally:
        for process in running[::-1]:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        log.close()


def _until_idle(env: dict[str, str], folder: Path, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        said = subprocess.run(["sinfo", "-h", "-o", "%T"], env=env, capture_output=True, text=True, check=False).stdout
        if said.strip() == "idle":
            return
        time.sleep(0.5)
    logs = "\n".join(path.read_text(errors="replace")[-2000:] for path in sorted(folder.glob("*.log")))
    pytest.skip(f"SLURM does not start here:\n{logs}")


ARRAY = """\
#!/bin/sh
#SBATCH --array=1-4
#SBATCH --cpus-per-task=1
#SBATCH --mem=100
#SBATCH --output={out}.%a.log
{python} -m msgu run {toy} --reps 10 --out {out} --shard $SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT
"""


def test_an_array_of_jobs_makes_the_same_batch(slurm: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    script = tmp_path / "array.sh"
    script.write_text(ARRAY.format(python=sys.executable, toy=TOY, out=out), encoding="utf-8")
    submitted = subprocess.run(
        ["sbatch", "--parsable", "--wait", str(script)],
        env=slurm,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    logs = "\n".join(path.read_text(errors="replace") for path in sorted(tmp_path.glob("out.*.log")))
    assert submitted.returncode == 0, submitted.stderr + logs
    assert len(list(tmp_path.glob("out.*.log"))) == 4
    assert main(["collect", str(out)]) == 0
    assert main(["run", str(TOY), "--reps", "10", "--out", str(tmp_path / "plain")]) == 0
    assert (out / "manifest.json").read_bytes() == (tmp_path / "plain" / "manifest.json").read_bytes()


def test_a_job_that_is_cancelled_is_missing_and_sent_again_goes_on(slurm: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    script = tmp_path / "one.sh"
    words = f"{sys.executable} -m msgu run {TOY} --reps 2000 --out {out} --shard 1/2"
    script.write_text(f"#!/bin/sh\n#SBATCH --mem=100\n#SBATCH --output={out}.log\nexec {words}\n", encoding="utf-8")
    job = subprocess.run(
        ["sbatch", "--parsable", str(script)], env=slurm, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    until = time.monotonic() + 300
    while sum(path.name.isdigit() for path in (out / "replications").glob("*")) < 3 and time.monotonic() < until:
        time.sleep(0.2)
    subprocess.run(["scancel", job.stdout.strip()], env=slurm, check=True)
    while (
        subprocess.run(["squeue", "-h"], env=slurm, capture_output=True, text=True, check=True).stdout
        and time.monotonic() < until
    ):
        time.sleep(0.5)
    kept = sum(path.name.isdigit() for path in (out / "replications").glob("*"))
    assert 3 <= kept < 1000
    assert main(["collect", str(out)]) == 4
    assert main(["run", str(TOY), "--reps", "2000", "--out", str(out), "--shard", "2/1000"]) == 0
    assert sum(path.name.isdigit() for path in (out / "replications").glob("*")) == kept + 2
