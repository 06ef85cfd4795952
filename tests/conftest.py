"""The toy index, built once a run, and a copy of it for each test."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from corpus.sample import paths
from indexer.build import build
from indexer.convert import open_encoder
from search.encoder import ModelEncoder
from search.engine import Engine
from search.fusion import KINDS
from search.layout import Layout
from search.match import FORMS, Calibration
from search.opening import open_index
from tests.toy_encoder import ToyEncoder
from tests.toy_records import LISTED, ONTOLOGY, RECORDS

# No database, so that a run leaves nothing behind; no deadline, as the machine may have other work.
settings.register_profile("quiet", database=None, deadline=None)
settings.load_profile("quiet")

HOMES = "tests/homes/"
LONGEST = ("tests/test_quality.py", HOMES)  # in the order of their start: the first makes an index that others read
SLOW = {"model", "browser"}


def scope(nodeid: str) -> str:
    """What of the tests one process takes whole: a file, or the files of the homes, which share a Milvus server."""
    path = nodeid.split("::")[0]
    return HOMES if path.startswith(HOMES) else path


class ByFile(LoadScopeScheduling):
    """Of several processes each takes whole scopes."""

    def _split_scope(self, nodeid: str) -> str:
        return scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, then files with slow tests: no process is left with one of them at the end. Who
    reads the index that the first makes comes later, and does not wait for it."""
    slow = {scope(item.nodeid) for item in items if SLOW.intersection(item.keywords)}

    def place(item: pytest.Item) -> tuple[int, bool]:
        part = scope(item.nodeid)
        waits = "sample_index" in getattr(item, "fixturenames", ())
        return LONGEST.index(part) if part in LONGEST else len(LONGEST) + (part not in slow), waits

    items.sort(key=place)


def once_a_run(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Folder that the first process to need it makes, and that all processes of the run read."""
    base = factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, part = base / name, base / f"{name}.part"
    with FileLock(base / f"{name}.lock"):
        if not folder.exists():
            shutil.rmtree(part, ignore_errors=True)
            make(part)
            part.rename(folder)
    return folder


@pytest.fixture(scope="session")
def ontology(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """File of a vocabulary of two terms."""
    path = tmp_path_factory.mktemp("ontology") / "toy.obo"
    path.write_text(ONTOLOGY, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def departments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """File of no departments: nothing is inferred, and nothing embedded for it."""
    path = tmp_path_factory.mktemp("departments") / "none.toml"
    path.write_text("", encoding="utf-8")
    return path


@pytest.fixture(scope="session", autouse=True)
def toy_vocabulary(ontology: Path, departments: Path) -> Iterator[None]:
    """Every build reads that vocabulary and a short list of words, not the real ones, and knows no departments."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("indexer.derive.ontology_file", lambda: ontology)
        patch.setattr("indexer.derive.departments_file", lambda: departments)
        patch.setattr("indexer.together.word_lists", lambda path, words: dict.fromkeys([*words, *LISTED], 1000))
        yield


@pytest.fixture(scope="session", autouse=True)
def toy_curve() -> Iterator[None]:
    """The toy encoder's scores have a curve of their own: "same question" from 0.75, "related" from 0.45."""
    curve = Calibration(offset=-8.4, slope=12.125)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("search.match.CURVES", {weights: dict.fromkeys(FORMS, curve) for weights in KINDS.values()})
        yield


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, toy_vocabulary: None) -> Path:
    """Index folder over the toy records, built once; tests only read it."""
    root = tmp_path_factory.mktemp("built") / "index"
    build(RECORDS, Layout(root), ToyEncoder())
    return root


@pytest.fixture(scope="session")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """Index folder that holds the embedded model, converted once a run, and nothing else; tests only read it."""

    def make(folder: Path) -> None:
        open_encoder(Layout(folder))

    return Layout(once_a_run(tmp_path_factory, "converted", make))


@pytest.fixture(scope="session")
def sample_index(tmp_path_factory: pytest.TempPathFactory, converted: Layout) -> Path:
    """Index folder of the built-in corpus, by the real model, built once a run; tests only read it."""

    def make(folder: Path) -> None:
        shutil.copytree(converted.models, folder / "models")
        indexer("build", *paths(), "--index", folder)

    return once_a_run(tmp_path_factory, "sample", make)


def indexer(*arguments: object) -> None:
    """Runs the command in a process of its own: the toy vocabularies of the other tests are not in it."""
    done = subprocess.run(
        [sys.executable, "-m", "indexer", *map(str, arguments)],
        cwd=Path(__file__).parents[1],
        env=os.environ | {"HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr.splitlines()[-1]


@pytest.fixture
def index(built: Path, tmp_path: Path) -> Layout:
    """A built index over the toy records, this test's own."""
    return Layout(Path(shutil.copytree(built, tmp_path / "index")))


@pytest.fixture
def engine(built: Path) -> Iterator[Engine]:
    """The toy index, opened."""
    opened = open_index(built, ToyEncoder())
    yield opened
    opened.close()


@pytest.fixture
def toy_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command lines open the toy encoder, whatever model is asked for."""
    monkeypatch.setattr(ModelEncoder, "load", lambda folder, streams=1: ToyEncoder())
    monkeypatch.setattr("indexer.places.open_encoder", lambda layout, name=None: ToyEncoder())
    monkeypatch.setattr("indexer.evaluate.open_encoder", lambda layout, name=None: ToyEncoder())
