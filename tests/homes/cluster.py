"""`python -m tests.homes.cluster PARTS WORK`: the contract of every home, held against a Milvus of several processes.

PARTS is what `make var/scale/.ready` brings together; the cluster is started in WORK and ends with the tests.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.milvus_rig import Rig

QUERY_NODES = 2


def main() -> int:
    """Exit status of the tests."""
    parts, work = map(Path, sys.argv[1:])
    with Rig(work, parts, QUERY_NODES) as rig:
        address = rig.address.replace("http://", "milvus://")
        command = [sys.executable, "-m", "pytest", "tests/homes", "-k", "cluster"]
        return subprocess.run(command, env=os.environ | {"MEDQA_TEST_CLUSTER": address}, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
