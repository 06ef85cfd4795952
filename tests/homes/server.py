"""Runs a Milvus 2.3.5 standalone from its Python package: python server.py FOLDER BINARIES

Run by the Python that has that package (`make var/milvus/.ready`). Says "ready" and its port once it answers, and ends
with its standard input or by SIGTERM, so that it does not outlive whoever started it. Where it ends before it answers,
as when others took one of its ports meanwhile, it is started again on other ports. Ended by SIGKILL: it takes minutes
over anything milder.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import milvus

ROLES = ("rootCoord", "proxy", "queryCoord", "queryNode", "indexCoord", "indexNode", "dataCoord", "dataNode")
# Milliseconds after which its parts look at what there is to do, a fifth to a tenth of what they are by themselves: a
# read of all that was written waits for the next tick, and a test is little else than such reads.
OFTEN = {
    "PROXY_TIMETICKINTERVAL": 40,
    "QUERYCOORD_CHECKINTERVAL": 100,
    "QUERYCOORD_CHECKCHANNELINTERVAL": 100,
    "QUERYCOORD_CHECKSEGMENTINTERVAL": 100,
    "QUERYCOORD_DISTPULLINTERVAL": 100,
}
STARTS, PATIENCE_S = 3, 120
# Else a segment without an index of its own, as those of a few pages are, gets an interim one, which misses passages.
EXACT = {"QUERYNODE_SEGCORE_INTERIMINDEX_ENABLEINDEX": "false"}
LAST_LINES = 30  # of its log, where it does not start


def main() -> int:
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    base, binaries = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    binaries.mkdir(parents=True, exist_ok=True)
    milvus._initialize_data_files(str(binaries))  # unpacks the server where that was not done yet
    for start in range(STARTS):
        if run(base / str(start), binaries):
            return 0
    print("Milvus did not start; the end of its log is on standard error", flush=True)
    return 1


def run(folder: Path, binaries: Path) -> bool:
    """Starts it, says so and keeps it until the input ends; False, with the end of its log, if it does not start."""
    port, health = configured(folder)
    settings = {
        "LD_LIBRARY_PATH": str(binaries / "bin"),
        "MILVUSCONF": str(folder / "conf"),
        "METRICS_PORT": str(health),
        "DEPLOY_MODE": "STANDALONE",
        **{name: str(interval) for name, interval in OFTEN.items()},
        **EXACT,
    }
    with open(folder / "log.txt", "w") as log:
        server = subprocess.Popen(
            [binaries / "bin/milvus", "run", "standalone"],
            cwd=folder,
            env=os.environ | settings,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        started = answers(f"http://127.0.0.1:{health}/healthz", server)
        if started:
            print("ready", port, flush=True)
            sys.stdin.read()
    finally:
        server.kill()
        server.wait()
    if not started:
        lines = (folder / "log.txt").read_text(errors="replace").splitlines()
        print(*(line[:300] for line in lines[-LAST_LINES:]), sep="\n", file=sys.stderr)
    return started


def configured(folder: Path) -> tuple[int, int]:
    """Writes a configuration in which every role listens on this machine alone, on ports that are free: the port of
    the server and that of its health."""
    conf = folder / "conf"
    conf.mkdir(parents=True)
    config = milvus.MilvusServerConfig(data_dir=str(folder))
    names = [name for name in config.configurable_items if name.endswith("_port")]
    clients, peers, health, *ports = free_ports(3 + len(names))
    chosen = dict(zip(names, ports, strict=True))
    for name, port in chosen.items():  # those it would choose by itself, a Milvus that starts beside it chooses too
        config.set(name, port)
    for role in ROLES:
        config.set(f"{role}.ip", "127.0.0.1")
    config.resolve()
    (conf / "etcd.yaml").write_text(
        f"name: default\nlisten-client-urls: http://127.0.0.1:{clients}\n"
        f"advertise-client-urls: http://127.0.0.1:{clients}\nlisten-peer-urls: http://127.0.0.1:{peers}\n"
        f"initial-advertise-peer-urls: http://127.0.0.1:{peers}\ninitial-cluster: default=http://127.0.0.1:{peers}\n"
    )
    text = (folder / "configs/milvus.yaml").read_text()
    text = text.replace("\netcd:\n", f"\netcd:\n  config:\n    path: {conf / 'etcd.yaml'}\n", 1)
    (conf / "milvus.yaml").write_text(text)
    shutil.copy(folder / "configs/glog.conf", conf)
    return chosen["proxy_port"], health


def free_ports(count: int) -> list[int]:
    """Different ports that nobody listens on now."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for found in sockets:
            found.bind(("127.0.0.1", 0))
        return [int(found.getsockname()[1]) for found in sockets]


def answers(address: str, server: subprocess.Popen[bytes]) -> bool:
    """Whether it says that it is well before it ends, and before patience does."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if b"OK" in answer.read():
                    return True
        except OSError:
            time.sleep(0.2)
    return False


if __name__ == "__main__":
    raise SystemExit(main())
