"""The plain way: sentence-transformers and a flat FAISS index in a Flask application, as a first version would be.

`gunicorn "tests.benchmarks.plain:create('FOLDER')"` serves what `save` wrote there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from flask import Flask, Response, jsonify, request
from sentence_transformers import SentenceTransformer

from search.dense import Vectors

K = 10


class Plain:
    """A model, a flat index of the passages and the record of each passage."""

    def __init__(self, folder: Path) -> None:
        self.model = SentenceTransformer(str(folder / "model"), device="cpu")
        self.index = faiss.read_index(str(folder / "flat.faiss"))
        self.owners = np.load(folder / "owners.npy")
        with open(folder / "records.jsonl", encoding="utf-8") as file:
            self.records = [json.loads(line) for line in file]

    def search(self, text: str) -> list[dict[str, Any]]:
        """The records of the nearest passages, each once."""
        vector = self.model.encode([text], normalize_embeddings=True, show_progress_bar=False)
        scores, found = self.index.search(vector, K)
        best = {int(self.owners[row]): float(score) for score, row in zip(scores[0], found[0], strict=True)}
        return [{"score": score, **self.records[owner]} for owner, score in best.items()]


def save(folder: Path, model: SentenceTransformer, vectors: Vectors, owners: Any, records: Sequence[str]) -> None:
    """Writes what `Plain` opens: vectors of the passages, the number of each one's record, and records as JSON."""
    folder.mkdir()
    model.save(str(folder / "model"))
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    faiss.write_index(index, str(folder / "flat.faiss"))
    np.save(folder / "owners.npy", owners)
    (folder / "records.jsonl").write_text("\n".join(records) + "\n")


def create(folder: str) -> Flask:
    """The application."""
    app, plain = Flask(__name__), Plain(Path(folder))

    @app.post("/api/search")
    def search() -> Response:
        return jsonify(results=plain.search(request.get_json()["q"]))

    return app
