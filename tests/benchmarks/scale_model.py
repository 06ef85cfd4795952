"""What it would take to hold 100 million and 1,000 million passages: arithmetic on figures measured and assumed.

python -m tests.benchmarks.scale_model   writes docs/scaling/model.json
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "docs" / "scaling"
SIZES = (100_000_000, 1_000_000_000)
GB = 1e9
GIB = 2**30

Numbers = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to keep the vectors: how large the segments are, and whether the vectors stay on disk."""

    name: str
    segment: str
    on_disk: bool = False


KINDS = (
    Kind("HNSW", "segment_mb"),
    Kind("HNSW, large segments", "large_segment_mb"),
    Kind("DiskANN, large segments", "large_segment_mb", on_disk=True),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of this machine: of the encoder (`ray.json`), the engine (`scale.json`) and the site (`bench.json`)."""

    dimension: int
    passages_a_record: float
    encoded_a_core_second: float
    segment_rows: int
    search_cpu_ms: float
    index_cpu_ms_a_row: float
    questions_a_core_second: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one size takes with one kind of index. Money is in USD, memory in GB of all replicas together."""

    passages: int
    index: str
    memory_gb: float
    search_cores: float
    query_nodes: int
    held_by: str
    web_cores: int
    storage_gb: float
    encode_hours: float
    load_hours: float
    index_hours: float
    build_hours: float
    build_price: float
    month_price: float


def main() -> None:
    """Writes the estimates beside what they were made from."""
    (FOLDER / "model.json").write_text(json.dumps(model(FOLDER), indent=2) + "\n")


def model(folder: Path) -> dict[str, Any]:
    """The estimates of all sizes and kinds, and what they were made from, of the reports in a folder."""
    assumed, measured = assumptions(folder / "assumptions.toml"), measured_here(folder)
    found = [asdict(estimate(size, kind, assumed, measured)) for size in SIZES for kind in KINDS]
    published = published_cpu_ms(assumed, measured)
    return {"measured": asdict(measured), "published_search_cpu_ms": published, "estimates": found}


def assumptions(path: Path) -> dict[str, float]:
    """The value of each assumption, by its name."""
    return {name: float(item["value"]) for name, item in tomllib.loads(path.read_text()).items()}


def measured_here(folder: Path) -> Measured:
    """The figures that the model takes from the reports in a folder, and from that of the site beside it."""
    ray, scale = json.loads((folder / "ray.json").read_text()), json.loads((folder / "scale.json").read_text())
    site = json.loads((folder.parent / "benchmarks" / "bench.json").read_text())["http"]
    largest = max(scale["rows"]["sizes"], key=lambda size: size["rows"])
    plain = ray["ways"]["plain"]  # it keeps every core busy, and the start of Ray is not in it
    [busy] = [load for load in site["ours"]["load"] if load["clients"] == 8]
    return Measured(
        dimension=scale["rows"]["dimension"],
        passages_a_record=round(plain["passages"] / ray["records"], 3),
        encoded_a_core_second=round(plain["encoding_passages_per_s"] / ray["machine"]["cores"], 1),
        segment_rows=largest["rows"],
        search_cpu_ms=min(load["cpu_ms_a_search"] for load in largest["clients"]),
        index_cpu_ms_a_row=round(largest["write_cpu_ms_a_row"] + largest["index_cpu_ms_a_row"], 3),
        questions_a_core_second=round(busy["per_second"] / site["machine"]["cores"], 1),
    )


def published_cpu_ms(assumed: Numbers, measured: Measured) -> float:
    """Processor time of a search that the engine's own report comes to, brought to our dimension."""
    a_core = assumed["published_searches"] / assumed["published_cores"]
    return round(1000 / a_core * measured.dimension / assumed["published_dimensions"], 3)


def estimate(passages: int, kind: Kind, assumed: Numbers, measured: Measured) -> Estimate:
    """What so many passages take with one kind of index."""
    raw = 4.0 * measured.dimension
    records = passages / measured.passages_a_record
    memory = memory_gb(passages, records, kind, assumed, raw)
    cores = search_cores(passages, kind, assumed, measured)
    nodes, held_by = query_nodes(memory, cores, passages, kind, assumed, raw)
    web = math.ceil(assumed["peak_questions"] / measured.questions_a_core_second / assumed["busy"])
    storage = (passages * (2 * raw + assumed["other_bytes"]) + records * assumed["record_bytes"]) / GB
    encode_core_hours = passages / measured.encoded_a_core_second / 3600
    index_core_hours = passages * measured.index_cpu_ms_a_row / 1000 / 3600
    hours = (
        encode_core_hours / assumed["encode_cores"],
        passages / assumed["load_rows"] / 3600,
        index_core_hours / assumed["index_cores"],
    )
    node_price = assumed["disk_node_price" if kind.on_disk else "node_price"]
    an_hour = nodes * node_price + web * assumed["core_price"] + assumed["fixed_price"]
    return Estimate(
        passages=passages,
        index=kind.name,
        memory_gb=round(memory),
        search_cores=round(cores, 1),
        query_nodes=nodes,
        held_by=held_by,
        web_cores=web,
        storage_gb=round(storage),
        encode_hours=round(hours[0], 2),
        load_hours=round(hours[1], 2),
        index_hours=round(hours[2], 2),
        build_hours=round(sum(hours), 1),
        build_price=round((encode_core_hours + index_core_hours) * assumed["core_price"]),
        month_price=round(an_hour * assumed["hours"] + storage * assumed["storage_price"]),
    )


def memory_gb(passages: int, records: float, kind: Kind, assumed: Numbers, raw: float) -> float:
    """Memory of all replicas: vectors and their graphs (on disk: codes and a cache), columns, records that are read."""
    vector = raw * assumed["disk_memory_share"] if kind.on_disk else raw + 4 * assumed["graph_links"]
    each = passages * (vector + assumed["other_bytes"]) + records * assumed["record_bytes"] * assumed["mapped_share"]
    return assumed["replicas"] * each / GB


def search_cores(passages: int, kind: Kind, assumed: Numbers, measured: Measured) -> float:
    """Cores that are busy with searching at the peak: a search asks the graph of every segment.

    A graph of n vectors takes as many times longer than one of m as its logarithm is larger.
    """
    rows = assumed[kind.segment] * 2**20 / (4 * measured.dimension)
    segments = math.ceil(passages / rows)
    slower = math.log(rows) / math.log(measured.segment_rows)
    cpu_s = measured.search_cpu_ms / 1000 * slower * segments * (assumed["disk_cpu_factor"] if kind.on_disk else 1)
    return assumed["peak_questions"] * assumed["searches"] * cpu_s


def query_nodes(
    memory: float, cores: float, passages: int, kind: Kind, assumed: Numbers, raw: float
) -> tuple[int, str]:
    """How many query nodes, and whether memory, cores or disk decided it; each replica has as many."""
    node = "disk_node" if kind.on_disk else "node"
    needed = {
        "memory": memory * GB / (assumed[f"{node}_gb"] * GIB * assumed["memory_share"]),
        "cores": cores / assumed["busy"] / assumed[f"{node}_cores"],
    }
    if kind.on_disk:
        disk = assumed["replicas"] * passages * raw * assumed["disk_size_factor"]
        needed["disk"] = disk / (assumed["disk_node_tb"] * 1e12 * assumed["memory_share"])
    held_by = max(needed, key=lambda name: needed[name])
    replicas = int(assumed["replicas"])
    return replicas * max(1, math.ceil(needed[held_by] / replicas)), held_by


if __name__ == "__main__":
    main()
