"""Runs a Milvus 2.3.5 standalone from its Python package: python server.py FOLDER BINARIES PORT HEALTH_PORT

Run by the Python that has that package (`make var/milvus/.ready`). Says "ready" once it answers, and ends with its
standard input, so that it does not outlive whoever started it. Ended by SIGKILL: it takes minutes over anything milder.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import milvus

ROLES = ("rootCoord", "proxy", "queryCoord", "queryNode", "indexCoord", "indexNode", "dataCoord", "dataNode")
PATIENCE_S = 90


def main() -> int:
    folder, binaries = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    port, health = int(sys.argv[3]), int(sys.argv[4])
    for path in (folder, binaries):
        path.mkdir(parents=True, exist_ok=True)
    milvus._initialize_data_files(str(binaries))  # unpacks the server where that was not done yet
    conf = folder / "conf"
    conf.mkdir(exist_ok=True)
    configured(folder, port, conf)
    settings = {
        "LD_LIBRARY_PATH": str(binaries / "bin"),
        "MILVUSCONF": str(conf),
        "METRICS_PORT": str(health),
        "DEPLOY_MODE": "STANDALONE",
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
        if not answers(f"http://127.0.0.1:{health}/healthz", server):
            print(f"Milvus did not start; {folder / 'log.txt'} says why", flush=True)
            return 1
        print("ready", flush=True)
        sys.stdin.read()
    finally:
        server.kill()
        server.wait()
    return 0


def configured(folder: Path, port: int, conf: Path) -> None:
    """Writes a configuration in which every role listens on this machine alone, on ports that are free."""
    config = milvus.MilvusServerConfig(data_dir=str(folder))
    config.set("proxy.port", port)
    for role in ROLES:
        config.set(f"{role}.ip", "127.0.0.1")
    config.resolve()
    clients, peers = free_port(), free_port()  # of its etcd; else those that another Milvus may have
    (conf / "etcd.yaml").write_text(
        f"name: default\nlisten-client-urls: http://127.0.0.1:{clients}\n"
        f"advertise-client-urls: http://127.0.0.1:{clients}\nlisten-peer-urls: http://127.0.0.1:{peers}\n"
        f"initial-advertise-peer-urls: http://127.0.0.1:{peers}\ninitial-cluster: default=http://127.0.0.1:{peers}\n"
    )
    text = (folder / "configs/milvus.yaml").read_text()
    text = text.replace("\netcd:\n", f"\netcd:\n  config:\n    path: {conf / 'etcd.yaml'}\n", 1)
    (conf / "milvus.yaml").write_text(text)
    shutil.copy(folder / "configs/glog.conf", conf)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


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
