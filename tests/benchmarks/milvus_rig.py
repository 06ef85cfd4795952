"""A real Milvus on 127.0.0.1, for measuring: a process a role, query nodes that can be killed, or all of it in one.

The server comes from the package milvus, whose binaries are unpacked once; `make scale` puts that, etcd and a stand-in
for Kafka into one folder. The queue keeps 5 MB: write little, then flush. Linux only, as processes are read in /proc.
"""

from __future__ import annotations

import lzma
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import yaml

HERE = "127.0.0.1"
PROXY, ETCD, PEERS, FIRST_ROLE, FIRST_METRICS = 21200, 21210, 21211, 21220, 21240
ROLES = ("rootCoord", "queryCoord", "dataCoord", "indexCoord", "proxy", "queryNode", "indexNode", "dataNode")
PATIENCE_S = 180
VARIABLE = re.compile(r"\{\{ *\w+(?:\(\w+\))?(?:: *(.*?))? *\}\}")
QUEUE_ADDRESS = re.compile(r"^[\d.]+:\d+$", re.MULTILINE)  # it also says that it is a stand-in
QUEUE = """
from confluent_kafka import Producer
producer = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "none"})
[broker] = producer.list_topics(timeout=10).brokers.values()
print(f"{broker.host}:{broker.port}", flush=True)
while True:
    producer.poll(1)
"""


class Rig:
    """A server in a folder: with `query_nodes` a cluster, without them one process, whose queue holds what it has to.

    `parts` is where the packages lie. Use in a `with` block, which kills what is left.
    """

    def __init__(self, folder: Path, parts: Path, query_nodes: int) -> None:
        self.folder, self.parts = folder.resolve(), parts.resolve()
        self.processes: dict[str, subprocess.Popen[Any]] = {}
        self._metrics = FIRST_METRICS
        shutil.rmtree(folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self._bin = _unpacked(self.parts)
        try:
            self._start(query_nodes)
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> Rig:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def address(self) -> str:
        return f"http://{HERE}:{PROXY}"

    def _start(self, query_nodes: int) -> None:
        client, peer = f"http://{HERE}:{ETCD}", f"http://{HERE}:{PEERS}"
        etcd = [str(self.parts / "usr/bin/etcd"), "--data-dir", str(self.folder / "etcd")]
        etcd += ["--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer]
        etcd += ["--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}"]
        self._spawn("etcd", etcd, {})
        if not query_nodes:
            self._config = self._settings("")
            self._role("standalone", ["standalone"])
            return
        self._spawn("queue", [sys.executable, "-c", QUEUE], {"PYTHONPATH": str(self.parts)})
        log = self.folder / "queue.log"
        _until(lambda: QUEUE_ADDRESS.search(log.read_text()), "queue")
        self._config = self._settings(QUEUE_ADDRESS.findall(log.read_text())[0])
        coordinators = [f"-{name}=true" for name in ("rootcoord", "querycoord", "datacoord", "indexcoord")]
        self._role("coordinators", ["mixture", *coordinators])
        self._role("data", ["mixture", "-datanode=true", "-indexnode=true"])
        for number in range(query_nodes):
            self.add_query_node(f"query{number}")
        self._role("proxy", ["proxy"])

    def add_query_node(self, name: str) -> None:
        """Starts one more query node, and returns when it is healthy."""
        self._role(name, ["querynode"], {"queryNode": {"port": FIRST_ROLE + 10 + len(self.processes)}})

    def kill(self, name: str) -> None:
        """Kills a process with -9."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def stop(self) -> None:
        """Kills all of it."""
        for name in reversed(list(self.processes)):
            self.kill(name)

    def memory_mb(self) -> dict[str, int]:
        """Resident memory of each process."""
        return {name: _status(process.pid) >> 10 for name, process in self.processes.items()}

    def cpu_s(self) -> dict[str, float]:
        """Processor time that each process has taken so far."""
        return {name: _cpu(process.pid) for name, process in self.processes.items()}

    def _settings(self, queue: str) -> dict[str, Any]:
        template = (self.parts / "milvus/data/config.yaml.template").read_text()
        config: dict[str, Any] = yaml.safe_load(VARIABLE.sub(lambda found: found[1] or '""', template))
        for number, role in enumerate(ROLES):
            config.setdefault(role, {}).update({"ip": HERE, "port": FIRST_ROLE + number})
        config["proxy"].update({"port": PROXY, "internalPort": PROXY + 1})
        config["etcd"]["endpoints"] = f"{HERE}:{ETCD}"
        config["etcd"]["use"] = {"embed": False}
        config["etcd"]["data"] = {"dir": str(self.folder / "etcd")}
        config["localStorage"]["path"] = str(self.folder / "data")
        config["common"]["storageType"] = "local"
        config["common"].setdefault("session", {})["ttl"] = 5  # seconds until a process that was killed is given up
        config["mq"] = {"type": "kafka" if queue else "rocksmq"}
        config["rocksmq"]["path"] = str(self.folder / "queue")
        config["kafka"] = {"brokerList": queue, "securityProtocol": "PLAINTEXT", "saslUsername": "",
                           "saslPassword": "", "saslMechanisms": ""}  # fmt: skip
        config["log"]["file"]["rootPath"] = ""
        return config

    def _role(self, name: str, arguments: list[str], changes: dict[str, dict[str, Any]] | None = None) -> None:
        folder = self.folder / name
        folder.mkdir()
        own = {part: {**self._config[part], **(changes or {}).get(part, {})} for part in self._config if
               isinstance(self._config[part], dict)}  # fmt: skip
        (folder / "milvus.yaml").write_text(yaml.safe_dump(self._config | own))
        shutil.copy(self.parts / "milvus/data/glog.conf", folder)
        self._metrics += 1
        port = self._metrics
        environment = {
            "LD_LIBRARY_PATH": str(self._bin),
            "MILVUSCONF": str(folder),
            "METRICS_PORT": str(port),
            "DEPLOY_MODE": "STANDALONE" if name == "standalone" else "CLUSTER",
            "MILVUS_RUN_DIR": str(folder),
        }
        self._spawn(name, [str(self._bin / "milvus"), "run", *arguments], environment)
        _until(lambda: self._healthy(name, port), name)

    def _healthy(self, name: str, port: int) -> bool:
        if self.processes[name].poll() is not None:
            raise RuntimeError(f"{name} ended; see {self.folder / name}.log")
        try:
            with urllib.request.urlopen(f"http://{HERE}:{port}/healthz", timeout=2) as answer:
                return b"OK" in answer.read()
        except OSError:
            return False

    def _spawn(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        with open(self.folder / f"{name}.log", "w") as log:
            self.processes[name] = subprocess.Popen(
                command, stdout=log, stderr=subprocess.STDOUT, env=os.environ | environment, cwd=self.folder,
                start_new_session=True,
            )  # fmt: skip


def _unpacked(parts: Path) -> Path:
    """Folder of the server's binary and its libraries."""
    folder = parts / "bin-milvus"
    if not (folder / "milvus").exists():
        folder.mkdir(exist_ok=True)
        for path in sorted((parts / "milvus/data/bin").glob("*.lzma")):
            target = folder / path.name.removesuffix(".lzma")
            target.write_bytes(lzma.decompress(path.read_bytes()))
            target.chmod(0o755)
    return folder


def _until(met: Any, what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not met():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not start in {PATIENCE_S} s")
        time.sleep(0.2)


def _status(pid: int) -> int:
    """Resident memory in KB."""
    return int(Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0])


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
