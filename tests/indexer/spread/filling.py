"""A process that fills the caches of an index of `slow.RECORDS` from a cluster, and says how many were sent there.

python -m tests.indexer.spread.filling ADDRESS ROOT NOTES SECONDS
"""

from __future__ import annotations

import sys
from pathlib import Path

from indexer.spread.cluster import Cluster
from indexer.spread.fill import fill
from search.layout import Layout
from tests.indexer.spread.slow import RECORDS, Slow
from tests.toy_encoder import ToyEncoder


def main() -> None:
    address, root, notes, seconds = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4])
    print(fill(RECORDS, Layout(root), ToyEncoder(), Cluster(address, 2), Slow(notes, seconds)))


if __name__ == "__main__":
    main()
