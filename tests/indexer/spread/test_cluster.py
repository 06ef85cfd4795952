"""Parts of a real Ray cluster are killed, one kind after the other: nothing is lost, and nothing is there twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from corpus.records import content_hash
from indexer.build import build
from indexer.cache import EmbeddingCache, key_of
from indexer.cuts import CutCache, cut_record
from indexer.spread.cluster import Cluster
from indexer.spread.driver import ALONE, BATCH, BESIDE, ENVIRONMENT
from indexer.spread.fill import fill
from indexer.spread.work import Model
from indexer.verify import verify
from search.errors import SearchError
from search.layout import Layout
from tests.indexer.spread.slow import RECORDS, Slow, encoded, nodes
from tests.toy_encoder import CARD, ToyEncoder

PATIENCE_S = 120
SLOW_S = 1.0  # a batch
TEXTS = [passage.embedded for record in RECORDS for passage in cut_record(record, ToyEncoder())]


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A cluster of one node that has room for two encoders, on this machine's own address."""
    for name, value in (ENVIRONMENT | ALONE).items():
        monkeypatch.setenv(name, value)
    from ray.cluster_utils import Cluster as Rig

    found = Rig(initialize_head=True, head_node_args=node(cpus=BESIDE + 2))
    yield found
    found.shutdown()


def node(cpus: int) -> dict[str, Any]:
    """The settings of a node with so many processors."""
    small = {"object_store_memory": 100 << 20, "include_dashboard": False}
    return {"num_cpus": cpus, "node_ip_address": "127.0.0.1", **small}


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """An index folder that is not there yet."""
    return Layout(tmp_path / "index")


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """Where encoders write down what they do."""
    folder = tmp_path / "notes"
    folder.mkdir()
    return folder


@pytest.fixture
def beside() -> Iterator[ThreadPoolExecutor]:
    """A thread for what goes on while something is killed."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def until(met: Callable[[], object], what: str) -> None:
    """Waits for it."""
    end = time.monotonic() + PATIENCE_S
    while not met():
        assert time.monotonic() < end, f"there was no {what} in {PATIENCE_S} s"
        time.sleep(0.1)


def filling(beside: ThreadPoolExecutor, rig: Any, layout: Layout, notes: Path, encoders: int) -> Future[int]:
    """The caches being filled, once every encoder has encoded something."""
    cluster, slow = Cluster(rig.address, encoders), Slow(notes, SLOW_S)
    found = beside.submit(fill, RECORDS, layout, ToyEncoder(), cluster, slow)
    until(lambda: found.done() or (len(nodes(notes)) == encoders and len(encoded(notes)) > BATCH), "encoder")
    return found


def known(layout: Layout) -> int:
    """How many records the caches hold by now."""
    cuts = CutCache(layout.cache, CARD)
    found = len(cuts.get([content_hash(record) for record in RECORDS]))
    cuts.close()
    return found


def assert_whole(layout: Layout) -> None:
    """Every record is cut and every text has its own vector; a build on that has nothing to do, and is whole."""
    cuts, vectors = CutCache(layout.cache, CARD), EmbeddingCache(layout.cache, CARD)
    assert len(cuts.get([content_hash(record) for record in RECORDS])) == len(RECORDS)
    found = vectors.get([key_of(text) for text in TEXTS])
    assert len(found) == len(set(TEXTS))
    assert [found[key_of(text)].tolist() for text in TEXTS] == ToyEncoder().encode(TEXTS).tolist()
    cuts.close()
    vectors.close()
    built = build(RECORDS, layout, ToyEncoder())
    assert (built.embedded, built.manifest.records) == (0, len(RECORDS))
    verify(layout.version(built.manifest.id), ToyEncoder())
    assert not layout.staging.exists()


@pytest.mark.cluster
def test_a_killed_encoder_costs_its_batch(rig: Any, layout: Layout, notes: Path, beside: ThreadPoolExecutor) -> None:
    work = filling(beside, rig, layout, notes, encoders=2)
    os.kill(next(iter(nodes(notes))), signal.SIGKILL)
    assert work.result(PATIENCE_S) == len(RECORDS)
    assert len(nodes(notes)) == 3
    assert_whole(layout)


@pytest.mark.cluster
def test_a_killed_node_costs_its_batches(rig: Any, layout: Layout, notes: Path, beside: ThreadPoolExecutor) -> None:
    second = rig.add_node(**node(cpus=2))
    work = filling(beside, rig, layout, notes, encoders=4)
    there = [process for process, name in nodes(notes).items() if name == second.node_id]
    assert there != []
    rig.remove_node(second, allow_graceful=False)
    assert work.result(PATIENCE_S) == len(RECORDS)
    assert_whole(layout)


@pytest.mark.cluster
def test_a_killed_driver_goes_on_where_it_was(rig: Any, layout: Layout, notes: Path) -> None:
    command = [sys.executable, "-m", "tests.indexer.spread.filling", rig.address, str(layout.root), str(notes)]
    first = subprocess.Popen([*command, str(SLOW_S)], stderr=subprocess.DEVNULL)
    until(lambda: first.poll() is not None or known(layout) >= 2 * BATCH, "batch")
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert layout.staging.exists()
    done = subprocess.run([*command, "0"], capture_output=True, text=True, check=True)
    sent_again = int(done.stdout)
    assert 0 < sent_again <= len(RECORDS) - 2 * BATCH
    assert_whole(layout)


@pytest.mark.cluster
def test_a_lost_cluster_is_said_in_one_line(rig: Any, layout: Layout, notes: Path, beside: ThreadPoolExecutor) -> None:
    work, address = filling(beside, rig, layout, notes, encoders=2), rig.address
    rig.remove_node(rig.head_node, allow_graceful=False)
    with pytest.raises(SearchError, match=f"the cluster at {address} was lost; .* run the command again"):
        work.result(PATIENCE_S)
    assert not layout.staging.exists()
    twice = {text: count for text, count in Counter(encoded(notes)).items() if count > 1}
    assert twice == {}


@pytest.mark.cluster
def test_a_machine_that_does_not_see_the_model_says_so(rig: Any, layout: Layout, tmp_path: Path) -> None:
    with pytest.raises(SearchError, match=f"cannot go on: .*does not see {tmp_path}/gone; put --index where all"):
        fill(RECORDS, layout, ToyEncoder(), Cluster(rig.address, 1), Model(tmp_path / "gone"))


@pytest.mark.cluster
def test_a_cluster_that_is_too_small_says_so(rig: Any, layout: Layout) -> None:
    with pytest.raises(SearchError, match="it has 4 processors, and 3 encoders need 5"):
        fill(RECORDS, layout, ToyEncoder(), Cluster(rig.address, 3), ToyEncoder)


def test_a_cluster_of_this_machine_alone(layout: Layout) -> None:
    assert fill(RECORDS, layout, ToyEncoder(), Cluster("local", 2), ToyEncoder) == len(RECORDS)
    assert_whole(layout)
