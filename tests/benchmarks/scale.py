"""`make scale`: how Milvus behaves as rows, query nodes, replicas and clients grow, and when a query node is killed.

python -m tests.benchmarks.scale INDEX --parts FOLDER --work FOLDER [--only rows,nodes,kill] [--rows N...] --json FILE

The vectors of the index come first, then vectors drawn around them (`growth.drawn`). Vector searches alone are
measured, each as `search` makes one of the several that a question needs. Everything runs on this machine: clients take
from the same cores as servers, so that processor time a search says more than searches a second.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from pymilvus import MilvusClient

from corpus.jsonl import read_all, replacing
from corpus.records import Record
from corpus.sample import paths
from search.address import MilvusAddress
from search.dense import Vectors, load_views
from search.encoder import ModelEncoder
from search.layout import Layout, Manifest
from search.milvus.client import Client
from search.milvus.schema import Column, Kind
from tests.benchmarks.bench import machine
from tests.benchmarks.growth import drawn
from tests.benchmarks.load import summary
from tests.benchmarks.milvus_rig import Rig
from tests.benchmarks.vector_load import PROCESSES, connected, load, search

ROWS = (10_000, 50_000, 200_000)
CLUSTER_ROWS = 20_000
BATCH = 1_000  # rows an upsert
FLUSHED = 2_000  # rows between two flushes where the queue keeps 5 MB
CLIENTS = (1, 8, 32)
SECONDS = 10.0
ASKED = 50  # questions by which recall is measured
PROBED = 10  # and by which it is measured again and again after a kill: more of them take seconds under load
KILL_CLIENTS, KILL_AFTER_S, KILL_S = 8, 8.0, 40.0
NAME = "scale"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how a Milvus grows, on servers that are started for it.")
    parser.add_argument("index", type=Path, help="index folder whose vectors are taken")
    parser.add_argument("--parts", type=Path, required=True, help="folder with milvus, etcd and confluent_kafka")
    parser.add_argument("--work", type=Path, required=True, help="folder for the servers' data; it is emptied")
    parser.add_argument("--only", default=",".join(PARTS), help="which parts to run (default: %(default)s)")
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS)
    parser.add_argument("--json", type=Path, required=True)
    args = parser.parse_args()
    real, questions = vectors_of(args.index)
    for name in args.only.split(","):
        for found in PARTS[name](args, real, questions):
            _save(found, args.json, len(real))


def _save(parts: dict[str, Any], path: Path, real: int) -> None:
    """Puts figures into the file beside those of other parts, and other numbers of rows, that stand there."""
    figures = json.loads(path.read_text()) if path.exists() else {}
    run = datetime.now(UTC).isoformat(timespec="minutes")
    for part, found in parts.items():
        if "sizes" in found:
            others = figures.get(part, {}).get("sizes", [])
            kept = [size for size in others if size["rows"] != found["sizes"][0]["rows"]]
            found["sizes"] = sorted([*kept, *found["sizes"]], key=lambda size: size["rows"])
        figures[part] = {"run": run, "machine": machine(), "real_vectors": real, **found}
        print(json.dumps({part: found}), file=sys.stderr, flush=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        file.write(json.dumps(figures, indent=2) + "\n")


def vectors_of(index: Path) -> tuple[Vectors, Vectors]:
    """The vectors of all views of an index, and those of questions: messages of the built-in corpus."""
    layout = Layout(index)
    version = layout.version(layout.published() or "")
    encoder = ModelEncoder.load(layout.model(Manifest.load(version).model.fingerprint))
    messages = [item.question for item in read_all(paths()) if isinstance(item, Record) and item.question]
    real = np.concatenate([view.vectors(view.rows) for view in load_views(version.dense).values()])
    return np.random.default_rng(5).permutation(real), encoder.encode(messages)


def measure_rows(args: argparse.Namespace, real: Vectors, questions: Vectors) -> Iterator[dict[str, Any]]:
    """A server of one process, with more and more rows."""
    for size in args.rows:
        vectors = drawn(real, size)
        with Rig(args.work, args.parts, query_nodes=0) as rig, connected(rig.address) as client:
            written = write(rig, client, vectors, flushed=size)
            found = asked(rig, client, vectors, questions)
            of = {"rows": size, "real": min(size, len(real)), "load": machine()["load"]}
            held = rig.memory_mb()["standalone"]
        yield {"rows": {"dimension": real.shape[1], "sizes": [{**of, **written, "memory_mb": held, **found}]}}


def measure_nodes(args: argparse.Namespace, real: Vectors, questions: Vectors) -> Iterator[dict[str, Any]]:
    """A cluster with one and two query nodes and replicas."""
    vectors = drawn(real, CLUSTER_ROWS)
    shapes = []
    with Rig(args.work, args.parts, query_nodes=1) as rig, connected(rig.address) as client:
        written = write(rig, client, vectors, flushed=FLUSHED)
        for nodes, replicas in ((1, 1), (2, 1), (2, 2)):
            if nodes == 2 and "query1" not in rig.processes:
                rig.add_query_node("query1")
            client.release_collection(NAME)
            client.load_collection(NAME, replica_number=replicas, timeout=120)
            shapes.append({"query_nodes": nodes, "replicas": replicas, "memory_mb": rig.memory_mb(),
                           **asked(rig, client, vectors, questions)})  # fmt: skip
    yield {"nodes": {"rows": CLUSTER_ROWS, **written, "shapes": shapes}}


def measure_kill(args: argparse.Namespace, real: Vectors, questions: Vectors) -> Iterator[dict[str, Any]]:
    """A cluster of two query nodes and replicas, of which one is killed under load."""
    vectors = drawn(real, CLUSTER_ROWS)
    with Rig(args.work, args.parts, query_nodes=2) as rig, connected(rig.address) as client:
        write(rig, client, vectors, flushed=FLUSHED)
        client.release_collection(NAME)
        client.load_collection(NAME, replica_number=2, timeout=120)
        yield {"kill": {"rows": CLUSTER_ROWS, **kill(rig, client, vectors, questions)}}


PARTS: dict[str, Callable[[argparse.Namespace, Vectors, Vectors], Iterator[dict[str, Any]]]] = {
    "rows": measure_rows, "nodes": measure_nodes, "kill": measure_kill,
}  # fmt: skip


def write(rig: Rig, client: MilvusClient, vectors: Vectors, flushed: int) -> dict[str, Any]:
    """Seconds to write the rows and until they are indexed and can be searched, and the processor time of both."""
    product = Client(MilvusAddress(rig.address, NAME))
    columns = (Column("passage", Kind.WHOLE, key=True), Column("record", Kind.WHOLE),
               Column("vector", Kind.VECTOR, vectors.shape[1]))  # fmt: skip
    product.create(NAME, columns)
    client.release_collection(NAME)
    start, before = time.perf_counter(), sum(rig.cpu_s().values())
    for first in range(0, len(vectors), BATCH):
        some = vectors[first : first + BATCH]
        product.upsert(NAME, [
            {"passage": first + number, "record": (first + number) // 5, "vector": vector.tolist()}
            for number, vector in enumerate(some)
        ])  # fmt: skip
        if (first + len(some)) % flushed == 0:
            product.flush(NAME)
    product.flush(NAME)
    written, cpu = time.perf_counter() - start, sum(rig.cpu_s().values())
    client.compact(NAME)
    _until(lambda: client.describe_index(NAME, "vector")["pending_index_rows"] == 0, "index")
    client.load_collection(NAME, timeout=300)
    product.close()
    indexed = sum(rig.cpu_s().values()) - cpu
    return {
        "written_s": round(written, 1), "rows_a_second": round(len(vectors) / written),
        "write_cpu_ms_a_row": round(1000 * (cpu - before) / len(vectors), 3),
        "indexed_s": round(time.perf_counter() - start - written, 1),
        "index_cpu_ms_a_row": round(1000 * indexed / len(vectors), 3),
    }  # fmt: skip


def asked(rig: Rig, client: MilvusClient, vectors: Vectors, questions: Vectors) -> dict[str, Any]:
    """Recall, and the waiting times and processor time a search of more and more clients."""
    for question in questions[:ASKED]:
        search(client, NAME, question)
    found = []
    for clients in CLIENTS:
        before = sum(rig.cpu_s().values())
        made = load(rig.address, NAME, questions, clients, SECONDS)
        cpu = sum(rig.cpu_s().values()) - before
        if made.failed:
            raise RuntimeError(f"{len(made.failed)} searches failed: {made.failed[0][1]}")
        found.append({
            "clients": clients, **summary([seconds for _, seconds in made.answered]),
            "per_second": round(len(made.answered) / SECONDS, 1),
            "cpu_ms_a_search": round(1000 * cpu / len(made.answered), 2),
        })  # fmt: skip
    return {**recall(client, vectors, questions), "clients": found}


def recall(client: MilvusClient, vectors: Vectors, questions: Vectors) -> dict[str, float]:
    """Shares of the 10 and the 100 nearest that are found."""
    met, asked = {10: 0, 100: 0}, questions[:ASKED]
    for question in asked:
        found, right = search(client, NAME, question), np.argsort(-(vectors @ question))
        for k in met:
            met[k] += len({*found[:k]} & {*right[:k].tolist()})
    return {f"recall_at_{k}": round(count / (k * len(asked)), 4) for k, count in met.items()}


def kill(rig: Rig, client: MilvusClient, vectors: Vectors, questions: Vectors) -> dict[str, Any]:
    """What clients notice when one of two query nodes is killed with -9: failures, waiting, and recall afterwards."""
    questions_probed = questions[:PROBED]
    whole = recall(client, vectors, questions_probed)["recall_at_10"]
    box: list[Any] = []
    begun = PROCESSES.Event()
    clients = threading.Thread(
        target=lambda: box.append(load(rig.address, NAME, questions, KILL_CLIENTS, KILL_S, begun, True)), daemon=True
    )
    clients.start()
    begun.wait(120)
    time.sleep(KILL_AFTER_S)
    killed = time.time()
    rig.kill("query0")
    probes = []
    while clients.is_alive():
        try:
            share = recall(client, vectors, questions_probed)["recall_at_10"]
            probes.append((time.time() - killed, share))
        except Exception as error:  # a probe is a client as well
            probes.append((time.time() - killed, 0.0))
            print(f"a probe failed: {str(error)[:160]}", file=sys.stderr)
    clients.join()
    [made] = box
    everybody = [*made.answered, *made.retried]
    after = [seconds for end, seconds in everybody if end > killed]
    before = [seconds for end, seconds in everybody if end <= killed]
    low = [at for at, share in probes if share < whole]
    failed = [at - killed for at, _ in [*made.failed, *made.retried_failed]]
    return {
        "clients": KILL_CLIENTS, "failed": len(made.failed), "failed_as_the_site": len(made.retried_failed),
        "why": sorted({why for _, why in [*made.failed, *made.retried_failed]}),
        "before": summary(before), "after": summary(after), "slowest_after_s": round(max(after), 2),
        "recall_before": whole, "recall_after": probes[-1][1], "recall_lowest": min(share for _, share in probes),
        "recall_whole_after_s": round(next(at for at, _ in probes if not low or at > low[-1]), 1),
        "failed_last_after_s": round(max(failed, default=0.0), 1),
    }  # fmt: skip


def _until(met: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 600
    while not met():
        if time.monotonic() > end:
            raise TimeoutError(f"there was no {what}")
        time.sleep(0.5)


if __name__ == "__main__":
    main()
