"""One step on an index in Milvus in a process of its own, to be killed: python -m tests.homes.crash ADDRESS STEP NUMBER

Says "begun" when it begins and "done" when it is done. Used by `tests.homes.kills`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from indexer import derive, together
from indexer.build import Changes
from indexer.milvus import build as building
from search.address import MilvusAddress, parse
from search.errors import SearchError
from tests.reliability.crash import changes_of, records_of, stored
from tests.toy_encoder import ToyEncoder
from tests.toy_records import ONTOLOGY

STEPS = ("build", "update")
BATCH = 2  # records at once, so that there are several batches to be killed in


@contextmanager
def toy_lists() -> Iterator[None]:
    """Short lists of words, and no departments."""
    with tempfile.TemporaryDirectory(prefix="medqa-toy-") as folder:
        ontology, departments = Path(folder) / "toy.obo", Path(folder) / "none.toml"
        ontology.write_text(ONTOLOGY, encoding="utf-8")
        departments.write_text("", encoding="utf-8")
        with (
            mock.patch.object(derive, "ontology_file", return_value=ontology),
            mock.patch.object(derive, "departments_file", return_value=departments),
            mock.patch.object(together, "word_lists", return_value={}),
            mock.patch.object(building, "BATCH", BATCH),
        ):
            yield


def step(address: MilvusAddress, name: str, number: int) -> None:
    """Does the step."""
    if name == "build":
        building.build(map(stored, records_of(number)), address, ToyEncoder())
    else:
        building.update(Changes([stored(record) for record in changes_of(number).put]), address, ToyEncoder())


def main() -> int:
    """0 done, 1 failed, with the reason on stderr."""
    address = parse(sys.argv[1])
    assert isinstance(address, MilvusAddress)
    print("begun", flush=True)
    try:
        with toy_lists():
            step(address, sys.argv[2], int(sys.argv[3]))
    except SearchError as error:
        print(error, file=sys.stderr)
        return 1
    print("done", flush=True)
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # the client's threads may be in the middle of something
