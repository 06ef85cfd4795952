"""What is read to train on, and what the note says of it."""

from __future__ import annotations

import argparse
from pathlib import Path

from indexer.tuning.material import Material, add_options
from search.layout import file_hash
from tests.indexer.test_evaluate import write_pack


def test_the_note_names_every_file_that_was_read(tmp_path: Path) -> None:
    pack, beside = write_pack(tmp_path / "toys"), write_pack(tmp_path / "toys-again", records=False)
    parser = argparse.ArgumentParser()
    add_options(parser)
    records = pack / "records.jsonl.gz"
    given = [str(records), "--pack", str(pack), "--pack", str(beside), "--no-terms", "--no-written"]
    material = Material.read(parser.parse_args(given))
    read = [records, *(folder / name for folder in (pack, beside) for name in ("queries.jsonl", "qrels.txt"))]
    assert material.provenance() == {
        "data": {f"{path.parent.name}/{path.name}": file_hash(path) for path in read},
        "terms": "",
    }
