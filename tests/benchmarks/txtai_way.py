"""txtai, hybrid, with the same model, in an environment of its own that has txtai installed (make bench).

PYTHON tests/benchmarks/txtai_way.py RECORDS.jsonl MODEL QUESTIONS.json   prints the figures as JSON
"""

from __future__ import annotations

import json
import resource
import sys
import time
from importlib.metadata import version
from pathlib import Path


def main() -> None:
    from txtai import Embeddings

    with open(sys.argv[1], encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    rows = [(item["id"], f"{item['title']}\n{item['question']}\n" + "\n".join(a["text"] for a in item["answers"]), None)
            for item in records]  # fmt: skip
    engine = Embeddings(path=sys.argv[2], hybrid=True, content=True)
    start = time.perf_counter()
    engine.index(rows)
    build_s = time.perf_counter() - start
    times = []
    for question in json.loads(Path(sys.argv[3]).read_text()):
        start = time.perf_counter()
        engine.search(question.replace("'", " "), 10)
        times.append(time.perf_counter() - start)
    ordered = sorted(times[10:])
    print(json.dumps({
        "version": version("txtai"), "records": len(records), "build_s": round(build_s, 1),
        "records_per_s": round(len(records) / build_s, 1),
        **{f"p{point}_ms": round(1000 * ordered[int(point / 100 * (len(ordered) - 1))], 2) for point in (50, 95, 99)},
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
