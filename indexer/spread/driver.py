"""The process that drives a Ray cluster: joins it, has it work on staged records, and passes on what comes back.

The one file that knows Ray.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from indexer.spread.work import Columns, Maker

LOCAL = "local"  # the address of a cluster of this machine alone, which ends with the command
DONE = None  # what is sent after the last batch
BESIDE = 2  # processors for reading and moving records, beside the encoders: without them all wait for each other
BATCH = 64  # records encoded at a time: what an encoder that is killed loses
STORE_MB = 300  # memory for what travels, on a cluster of this machine alone
ENVIRONMENT = {"RAY_USAGE_STATS_ENABLED": "0"}  # no request to anybody
# A cluster on this machine's own address stays there; else Ray takes another one, by which others can reach it.
ALONE = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}

SAID = re.compile(r"^(?!ray\.)[A-Za-z_][\w.]*: (.+)$", re.MULTILINE)  # the type of an error, and what it says


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be encoded where: `encoders` None for as many as the cluster can spare."""

    address: str
    encoders: int | None
    folder: Path
    maker: Maker


class Worker:
    """A worker where it runs: made once, and asked for each batch, all in one thread; Ray would take several."""

    def __init__(self, maker: Maker) -> None:
        self._own = ThreadPoolExecutor(1, "worker")
        self._work = self._own.submit(maker).result()

    def __call__(self, batch: Columns) -> Columns:
        return self._own.submit(self._work, batch).result()


def run(job: Job, pipe: Connection) -> None:
    """Sends batches (`Columns`), then DONE; or one line that says why not, for the user."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, sys.stdout.fileno())
    os.dup2(quiet, sys.stderr.fileno())  # what goes wrong is said once, by whoever reads the pipe
    os.environ |= ENVIRONMENT | (ALONE if job.address.startswith((LOCAL, "127.")) else {})
    try:
        _encode(job, pipe)
        pipe.send(DONE)
    except BrokenPipeError:  # whoever read it has ended
        return
    except Exception as error:
        pipe.send(reason(error))


def _encode(job: Job, pipe: Connection) -> None:
    import ray
    from ray import data

    encoders = _join(ray, job)
    data.DataContext.get_current().enable_progress_bars = False
    rows = data.read_parquet(str(job.folder)).repartition(target_num_rows_per_block=BATCH)
    made = rows.map_batches(
        Worker,
        fn_constructor_args=(job.maker,),
        batch_size=None,
        compute=data.ActorPoolStrategy(size=encoders),
        num_cpus=1,
    )
    for batch in made.iter_batches(batch_size=None):
        pipe.send({name: list(column) for name, column in batch.items()})
    ray.shutdown()


def _join(ray: Any, job: Job) -> int:
    """How many encoders run on the cluster that was joined. Raises ValueError when it is too small for them."""
    settings = {"log_to_driver": False, "logging_level": logging.ERROR}
    if job.address == LOCAL:
        cores = len(os.sched_getaffinity(0))
        own = {"num_cpus": cores + BESIDE, "object_store_memory": STORE_MB << 20, "include_dashboard": False}
        ray.init(address="local", _node_ip_address="127.0.0.1", **own, **settings)
    else:
        ray.init(address=job.address, **settings)
    most = int(ray.cluster_resources().get("CPU", 0)) - BESIDE
    wanted = job.encoders or max(1, most)
    if wanted > most:
        raise ValueError(f"it has {most + BESIDE} processors, and {wanted} encoders need {wanted + BESIDE}")
    return wanted


def reason(error: BaseException) -> str:
    """What went wrong, in one line: the last error that is not Ray's own, in a text of all that it led to."""
    while str(error.__cause__ or ""):
        error = error.__cause__ or error
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    return SAID.findall("\n".join(lines))[-1] if SAID.search("\n".join(lines)) else lines[-1]
