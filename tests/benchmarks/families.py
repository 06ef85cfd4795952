"""Counts the families in files of records, and times finding them, as a table.

python -m tests.benchmarks.families ../shared/data/medquad/records.jsonl.gz ...
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from corpus.jsonl import read_all
from corpus.records import Record
from indexer.families import families


def main() -> None:
    """Prints a row for each file."""
    parser = argparse.ArgumentParser(description="Count families.")
    parser.add_argument("records", nargs="+", type=Path)
    print("| collection | records | families | members | largest | seconds |\n|---|---|---|---|---|---|")
    for path in parser.parse_args().records:
        records = sorted((item for item in read_all([path]) if isinstance(item, Record)), key=lambda item: item.id)
        start = time.perf_counter()
        sizes = [len(family) for family in families(records)]
        seconds = time.perf_counter() - start
        cells = (path.parent.name, len(records), len(sizes), sum(sizes), max(sizes, default=0))
        print("| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else cell for cell in cells), f"| {seconds:.1f} |")


if __name__ == "__main__":
    main()
