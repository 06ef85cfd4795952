"""Writing into Milvus: built, updated, rolled back, erased; one writer at a time; and what is refused, in one line."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.jsonl import write
from corpus.passages import cut
from corpus.records import Record
from indexer.build import Changes
from indexer.cli import main
from indexer.derive import deriving
from indexer.milvus import build as building
from indexer.milvus.build import build, update
from indexer.milvus.erase import erase
from indexer.milvus.loader import Loader
from indexer.milvus.place import MilvusPlace
from indexer.milvus.source import MilvusSource
from indexer.milvus.verify import verify_state
from indexer.milvus.versions import Versions
from search.address import MilvusAddress
from search.dense import Vectors
from search.errors import IndexRefused, NotFound, SearchError
from search.hits import Question
from search.milvus.opening import client_of, published
from search.milvus.schema import Collections
from search.opening import open_index
from tests.homes.conftest import BY_ID, PLAIN
from tests.homes.held import gaps, live, strange
from tests.toy_encoder import CARD, ToyEncoder
from tests.toy_records import EYELID, LIP

TWIN = replace(LIP, id="toy:again", source="Elsewhere")  # asks what LIP asks


def records(address: MilvusAddress) -> dict[str, Record]:
    """What is live, which must be whole: nothing missing, nothing twice, nothing strange."""
    found = live(address)
    assert gaps(found) == []
    assert (strange(found), found.rows) == (0, len(found.records))
    return found.records


def answers(address: MilvusAddress, text: str) -> list[str]:
    engine = open_index(address, ToyEncoder())
    found = [hit.record.id for hit in engine.search(Question(text)).hits]
    engine.close()
    return found


def test_a_build_holds_its_records_and_no_others(built: MilvusAddress) -> None:
    assert records(built) == BY_ID
    build([LIP], built, ToyEncoder())
    assert records(built) == {LIP.id: LIP}
    assert answers(built, "my lip") == [LIP.id]


def test_a_rebuild_embeds_nothing_again(built: MilvusAddress) -> None:
    assert build(PLAIN, built, ToyEncoder()).embedded == 0


def test_an_update_is_a_build_of_the_outcome(built: MilvusAddress) -> None:
    changed = replace(EYELID, question="It itches.")
    before = published(built)
    made = update(Changes([TWIN, changed], frozenset({"toy:tip"})), built, ToyEncoder())
    expected = {**BY_ID, TWIN.id: TWIN, changed.id: changed}
    del expected["toy:tip"]
    assert records(built) == expected
    assert (published(built), made.manifest.records) == (made.manifest.id, len(expected))
    assert before != made.manifest.id
    engine = open_index(built, ToyEncoder())
    family = engine.family(LIP.id)
    assert family is not None
    assert [member.id for member in family.members] == [TWIN.id, LIP.id]
    assert engine.record(changed.id) == changed
    engine.close()
    update(Changes(removed=frozenset({TWIN.id})), built, ToyEncoder())  # a family of one is none
    engine = open_index(built, ToyEncoder())
    assert engine.family(LIP.id) is None
    engine.close()


def test_an_update_embeds_what_is_new_alone(
    built: MilvusAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert update(Changes([replace(EYELID, question="It itches.")]), built, ToyEncoder()).embedded == 1
    monkeypatch.setenv("MEDQA_CACHE", str(tmp_path / "other"))  # on another machine, all of the record
    changed = replace(EYELID, question="It hurts.")
    expected = len({passage.embedded for passage in cut(changed, ToyEncoder(), CARD.max_tokens - 2)})
    assert update(Changes([changed]), built, ToyEncoder()).embedded == expected


def test_a_page_of_more_than_a_column_holds_comes_and_goes(built: MilvusAddress) -> None:
    endless = " ".join(secrets.token_hex(8) for _ in range(9_000))
    long = replace(EYELID, id="toy:long", question=endless)
    update(Changes([long]), built, ToyEncoder())
    assert records(built)["toy:long"] == long
    shorter = replace(long, question=endless[:100_000])
    update(Changes([shorter]), built, ToyEncoder())
    assert records(built)["toy:long"] == shorter
    update(Changes(removed=frozenset({"toy:long"})), built, ToyEncoder())
    client = client_of(built)
    names = Versions(client, built.name).live()
    assert names is not None
    assert Loader(client, names).about_like(["text/", "terms/", "heading/", "member/"]) == []


def test_a_build_that_was_interrupted_is_gone_on_with(
    built: MilvusAddress, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(building, "BATCH", 2)
    put, calls = Loader.put, []

    def stop(self: Loader, *given: object) -> None:
        calls.append(given)
        if len(calls) == 3:
            raise KeyboardInterrupt
        put(self, *given)  # type: ignore[arg-type]

    wanted = [TWIN, *PLAIN]
    with monkeypatch.context() as patch:
        patch.setattr(Loader, "put", stop)
        with pytest.raises(KeyboardInterrupt):
            build(wanted, built, ToyEncoder())
    assert records(built) == BY_ID
    capsys.readouterr()
    encoder = ToyEncoder()
    build(wanted, built, encoder)
    assert ", which holds 4 records already" in capsys.readouterr().err
    assert records(built) == {TWIN.id: TWIN, **BY_ID}
    assert answers(built, "lip twitching")[:1] == [TWIN.id]


def test_records_that_others_put_are_finished_into_the_same(built: MilvusAddress, tmp_path: Path) -> None:
    wanted = [*PLAIN, TWIN]
    expected = build(wanted, built, ToyEncoder()).manifest

    def others(names: Collections, missing: Sequence[Record], firsts: Mapping[str, int]) -> None:
        loader = Loader(client_of(built), names)
        with deriving(ToyEncoder(), tmp_path / "others") as deriver:
            for some in (missing[5:], missing[:3], missing[2:6], missing[:3]):  # in any order, and twice
                loader.put(deriver.pieces(some), firsts)

    made = build(wanted, built, ToyEncoder(), others).manifest
    assert (made.corpus, made.passages, made.records) == (expected.corpus, expected.passages, expected.records)
    assert records(built) == {record.id: record for record in wanted}
    engine = open_index(built, ToyEncoder())
    family = engine.family(LIP.id)
    assert family is not None
    assert [member.id for member in family.members] == [TWIN.id, LIP.id]
    engine.close()


def test_what_was_begun_of_other_records_is_removed(
    built: MilvusAddress, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(building, "write_state", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            build([LIP], built, ToyEncoder())
    build([EYELID], built, ToyEncoder())
    assert "which was never finished or was rolled back" in capsys.readouterr().err
    assert len(live(built).collections) == 6


@pytest.mark.parametrize("place", ["write_state", "make_current"])
def test_an_update_that_was_interrupted_is_finished_by_the_next(
    built: MilvusAddress, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = replace(EYELID, question="It itches.")
    changes = Changes([changed, TWIN], frozenset({"toy:tip"}))
    with monkeypatch.context() as patch:
        patch.setattr(building, place, lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            update(changes, built, ToyEncoder())
    with pytest.raises(IndexRefused, match=r"an update of .* is not finished; wait until it ends or, .* run it again"):
        list(MilvusPlace(built).verify())
    with pytest.raises(IndexRefused, match="is not finished"):
        MilvusSource(built)
    update(changes, built, ToyEncoder())  # although toy:tip is gone already
    expected = {**BY_ID, TWIN.id: TWIN, changed.id: changed}
    del expected["toy:tip"]
    assert records(built) == expected


def test_another_update_puts_right_what_an_interrupted_one_left(
    built: MilvusAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = replace(EYELID, question="It itches.")
    with monkeypatch.context() as patch:
        patch.setattr(Loader, "tidy", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            update(Changes([changed]), built, ToyEncoder())
    assert strange(live(built)) > 0  # passages of what the record said before
    update(Changes([TWIN]), built, ToyEncoder())
    assert records(built) == {**BY_ID, changed.id: changed, TWIN.id: TWIN}


def test_an_erased_record_is_nowhere(built: MilvusAddress, tmp_path: Path) -> None:
    canary = replace(LIP, id="toy:canary", title="Quetzalword here?", topics=("Okapiword",), source="Quokkaword")
    update(Changes([canary]), built, ToyEncoder())
    update(Changes([replace(canary, title="Quetzalword again")]), built, ToyEncoder())
    build([*PLAIN, canary], built, ToyEncoder())
    assert list((tmp_path / "cache").rglob("*.sqlite"))
    erased = erase(frozenset({canary.id}), built, ToyEncoder())
    assert (erased.records, len(erased.versions)) == (1, 1)
    assert records(built) == BY_ID
    assert len(live(built).collections) == 3
    assert not list((tmp_path / "cache").rglob("*.sqlite"))
    engine = open_index(built, ToyEncoder())
    with pytest.raises(NotFound):
        engine.record(canary.id)
    assert engine.suggest("quetzal") == ()
    assert "Okapiword" not in dict(engine.browse.topics())
    assert "Quokkaword" not in dict(engine.facets.sources)
    engine.close()
    with pytest.raises(SearchError, match=r"cannot erase toy:canary: no version of .* holds it; nothing was erased"):
        erase(frozenset({canary.id}), built, ToyEncoder())
    with pytest.raises(SearchError, match="these are all records of"):
        erase(frozenset(BY_ID), built, ToyEncoder())


def test_another_model_is_refused_by_an_update(built: MilvusAddress) -> None:
    before = records(built)
    other = ToyEncoder(replace(CARD, name="other", fingerprint="a1" * 32))
    with pytest.raises(
        IndexRefused, match=r"toy was made by toy \(7070\w+\), this is other \(a1a1\w+\); build the index again"
    ):
        update(Changes([TWIN]), built, other)
    assert records(built) == before


def test_a_version_that_does_not_verify_is_not_published(built: MilvusAddress, monkeypatch: pytest.MonkeyPatch) -> None:
    class Lying(ToyEncoder):
        """Gives every text the vector of a cough, until it is verified."""

        lies = True

        def encode(self, texts: Sequence[str]) -> Vectors:
            return super().encode(["cough"] * len(texts) if self.lies else texts)

    encoder, before = Lying(replace(CARD, fingerprint="b2" * 32)), published(built)

    def verify(*given: object) -> None:
        encoder.lies = False
        verify_state(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(building, "verify_state", verify)
    with pytest.raises(IndexRefused, match="has another text's vector"):
        build([LIP], built, encoder)
    assert published(built) == before
    assert records(built) == BY_ID


@pytest.mark.usefixtures("toy_model")
def test_the_commands(
    address: MilvusAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MEDQA_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr("indexer.milvus.place.encoder_in", lambda models, name: ToyEncoder())
    write([LIP, EYELID], tmp_path / "records.jsonl")
    at = ["--index", str(address)]
    assert main(["info", *at]) == 1
    assert capsys.readouterr().err.startswith(f"python -m indexer: there is no index at {address}; build one with: ")
    assert main(["build", str(tmp_path / "records.jsonl"), "--map", *at]) == 1
    assert "a map is made of an index in a folder" in capsys.readouterr().err
    assert main(["build", str(tmp_path / "records.jsonl"), *at]) == 0
    assert f"in {address}: 2 records, 13 passages (13 embedded now, 0 known before)\n" in capsys.readouterr().out
    assert main(["update", "--remove", "toy:lip", *at]) == 1
    assert "the model toy is not in " in capsys.readouterr().err
    (tmp_path / "models" / CARD.fingerprint[:32]).mkdir(parents=True)
    assert main(["update", "--remove", "toy:gone", *at]) == 1
    assert f"cannot remove toy:gone: no record of {address} has that id" in capsys.readouterr().err
    assert main(["update", "--remove", "toy:lip", *at]) == 0
    assert main(["verify", *at]) == 0
    assert "is whole: 1 records, " in capsys.readouterr().out
    assert main(["rollback", *at]) == 1
    assert (
        capsys.readouterr().err
        == f"python -m indexer: {address} holds no older version to go back to; build it again from its records\n"
    )


def test_a_server_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    write([LIP], tmp_path / "records.jsonl")
    assert main(["build", str(tmp_path / "records.jsonl"), "--index", "milvus://127.0.0.1:9/toy"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("python -m indexer: milvus://127.0.0.1:9/toy cannot be reached, or did not answer in time")
    assert said.count("\n") == 1
