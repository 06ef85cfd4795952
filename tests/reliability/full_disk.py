"""Builds on a disk that has too little room: `python -m tests.reliability.full_disk FOLDER ONTOLOGY DEPARTMENTS`.

The folder is on a small disk of its own. One line a size says what came of it; the first fault ends with exit 1.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from unittest import mock

from indexer.build import build
from indexer.verify import verify
from search.errors import SearchError
from search.layout import Layout
from tests.toy_encoder import ToyEncoder
from tests.toy_records import LIP, RECORDS

ROOM_KB = (4, 12, 20, 28, 36, 44)  # left for the second build


def main(folder: Path) -> int:
    """0 when the published version came through every time."""
    layout = Layout(folder / "index")
    first = build(RECORDS, layout, ToyEncoder()).manifest.id
    for room in ROOM_KB:
        filler = folder / "filler"
        free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_bsize
        filler.write_bytes(b"x" * max(0, free - room * 1024))
        try:
            build([LIP], layout, ToyEncoder())
        except SearchError as error:
            said = str(error)
        else:
            said = "it was built"
        filler.unlink()
        if layout.published() != first or verify(layout.version(first), ToyEncoder()).records != len(RECORDS):
            print(f"with {room} KB: the published version was changed")
            return 1
        if [path.name for path in layout.versions.iterdir()] != [first]:
            print(f"with {room} KB: what was begun fills the disk")
            return 1
        if "there is no room left on the disk of" not in said:
            print(f"with {room} KB: {said}")
            return 1
        print(f"with {room} KB: {said}")
    built = build([LIP], layout, ToyEncoder()).manifest.id
    whole = layout.published() == built and sorted(path.name for path in layout.versions.iterdir()) == [first, built]
    print("with room again: built, and nothing is left over" if whole else "with room again: something is left over")
    return 0 if whole else 1


if __name__ == "__main__":
    with (
        mock.patch("indexer.derive.ontology_file", return_value=Path(sys.argv[2])),
        mock.patch("indexer.derive.departments_file", return_value=Path(sys.argv[3])),
        mock.patch("indexer.together.word_lists", return_value={}),
    ):
        sys.exit(main(Path(sys.argv[1])))
