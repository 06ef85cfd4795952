"""The arrows between the packages go one way, and each heavy library has one border file."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "corpus": {"corpus"},
    "search": {"search", "corpus"},
    "indexer": {"indexer", "search", "corpus"},
    "web": {"web", "search", "corpus"},
}
# The model's type is named wherever it is handed on; it is loaded in one place.
SENTENCE_TRANSFORMERS = [
    "indexer/convert.py",
    "indexer/models.py",
    "indexer/tuning/command.py",
    "indexer/tuning/save.py",
    "indexer/tuning/train.py",
    "search/torch_runtime.py",  # where OpenVINO is not installed
]
BORDERS = {
    "faiss": ["search/nearest.py"],
    "tantivy": ["search/lexical.py"],
    "tokenizers": ["indexer/precision.py", "search/encoder.py"],
    "openvino": [
        "indexer/convert.py",
        "indexer/precision.py",
        "search/openvino_runtime.py",
    ],  # converts models, and runs them
    "nncf": ["indexer/precision.py"],
    "sentence_transformers": SENTENCE_TRANSFORMERS,
    "transformers": ["indexer/models.py"],
    "torch": ["indexer/convert.py", "indexer/tuning/train.py", "search/torch_runtime.py"],
    "safetensors": ["indexer/models.py", "indexer/tuning/save.py"],
    "huggingface_hub": ["indexer/models.py"],
    "ir_measures": ["indexer/measures.py"],
    "pymilvus": ["search/milvus/connection.py", "search/milvus/writing.py"],
    "grpc": ["search/milvus/connection.py"],
    "rapidfuzz": ["search/vocabulary.py"],
    "sklearn": ["indexer/likeness.py", "indexer/map.py"],
    "ray": ["indexer/spread/driver.py"],
    "pyarrow": ["indexer/spread/staging.py"],
    "babel": ["web/catalogue.py", "web/languages.py"],
}


@functools.cache
def imported(path: Path) -> frozenset[str]:
    """Top-level names of all that a file imports, at its top or inside a function."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(path.relative_to(ROOT).parts[0] if node.level else (node.module or "").partition(".")[0])
    return frozenset(names)


def sources(package: str) -> list[Path]:
    """The Python files of a package; never none."""
    found = sorted((ROOT / package).rglob("*.py"))
    assert found, f"{package} has no files"
    return found


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_arrows_go_one_way(package: str) -> None:
    against = MAY_IMPORT.keys() - MAY_IMPORT[package]
    assert {str(path.relative_to(ROOT)): imported(path) & against for path in sources(package)} == {
        str(path.relative_to(ROOT)): set() for path in sources(package)
    }


@pytest.mark.parametrize("library", BORDERS)
def test_a_heavy_library_has_one_border_file(library: str) -> None:
    files = [path for package in MAY_IMPORT for path in sources(package)]
    assert sorted(str(path.relative_to(ROOT)) for path in files if library in imported(path)) == BORDERS[library]


@pytest.mark.parametrize("module", ["search.engine", "web"])
def test_opening_an_index_does_not_load_torch(module: str) -> None:
    check = f"import sys, {module}; print(sorted(sys.modules.keys() & {{'torch', 'sentence_transformers', 'indexer'}}))"
    done = subprocess.run([sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")
