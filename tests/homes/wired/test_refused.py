"""An index in Milvus that is not opened, and why: the server, the model, the token, or nothing that is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import grpc
import pytest
from pymilvus import MilvusClient, MilvusException

from indexer.milvus.versions import Versions
from search.address import MilvusAddress
from search.errors import IndexRefused
from search.milvus import opening
from search.milvus.schema import ABOUT, Collections
from search.opening import open_index, published
from tests.toy_encoder import CARD, ToyEncoder


def test_a_server_too_old_is_refused(address: MilvusAddress, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MilvusClient, "get_server_version", lambda self, timeout: "v2.2.16")
    with pytest.raises(IndexRefused, match=r"this is Milvus 2\.2\.16, and 2\.3 or later is needed; update the server"):
        open_index(address, ToyEncoder())


def test_another_model_is_refused(address: MilvusAddress) -> None:
    with pytest.raises(IndexRefused, match="the index was made by toy"):
        open_index(address, ToyEncoder(replace(CARD, fingerprint="71" * 32)))


def test_a_model_that_is_not_here_is_named(address: MilvusAddress, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDQA_MODELS", "var/none")
    with pytest.raises(IndexRefused, match=f"the model toy is not in var/none/{'70' * 16}; .* indexer convert"):
        open_index(address)


def test_an_index_that_is_not_there_is_named(address: MilvusAddress) -> None:
    other = replace(address, name="other")
    assert published(other) is None
    with pytest.raises(IndexRefused, match=f"there is no index at {other}; build one with"):
        open_index(other, ToyEncoder())


class Denied(grpc.RpcError):  # type: ignore[misc]
    """What the client's library raises where a server does not let it in."""

    def __init__(self, status: grpc.StatusCode, said: str) -> None:
        super().__init__(f"<_InactiveRpcError of RPC that terminated with:\n\tstatus = {status}\n>")
        self.status, self.said = status, said

    def code(self) -> grpc.StatusCode:
        return self.status

    def details(self) -> str:
        return self.said


WRONG_TOKEN = Denied(grpc.StatusCode.UNAUTHENTICATED, "auth check failure, please check api key is correct")
DENIALS = (
    (WRONG_TOKEN, "auth check failure, please check api key is correct"),
    (Denied(grpc.StatusCode.PERMISSION_DENIED, "PrivilegeQuery: deny to reader"), "PrivilegeQuery: deny to reader"),
    (MilvusException(65535, "permission deny:\ncollection not found"), "permission deny: collection not found"),
)


@pytest.mark.parametrize(("denied", "said"), DENIALS)
def test_a_refused_token_is_said_and_is_no_index_that_is_not_there(
    address: MilvusAddress, monkeypatch: pytest.MonkeyPatch, denied: Exception, said: str
) -> None:
    def refused(self: MilvusClient, *args: object, **kwargs: object) -> object:
        raise denied

    client = opening.client_of(address)
    versions = Versions(client, address.name)
    before = client.collections()
    for name in ("query", "describe_collection"):
        monkeypatch.setattr(MilvusClient, name, refused)
    asked: tuple[Callable[[], object], ...] = (
        lambda: published(address),
        lambda: open_index(address, ToyEncoder()),
        lambda: versions.live(),
        lambda: versions.begun("recipe"),
    )
    for ask in asked:
        with pytest.raises(IndexRefused) as error:
            ask()
        assert str(error.value) == f"{address} does not let this program in ({said}); set $MEDQA_MILVUS_TOKEN"
    assert client.collections() == before


def test_a_token_refused_in_connecting_is_said(address: MilvusAddress, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: MilvusClient, *args: object, **kwargs: object) -> None:
        raise MilvusException(2, "Fail connecting to server, illegal connection params") from WRONG_TOKEN

    monkeypatch.setattr(MilvusClient, "__init__", refused)
    with pytest.raises(IndexRefused, match=r"does not let this program in \(auth check .*\); set \$MEDQA_MILVUS_TO"):
        published(address)


def test_why_no_older_version_is_opened_is_said(address: MilvusAddress) -> None:
    with pytest.raises(IndexRefused, match=r"holds no older version that is whole$"):
        opening.open_older(address, ToyEncoder())
    client = opening.client_of(address)
    half = Collections(address.name, "20000101T000000000000Z")
    client.create(half.about, ABOUT)
    try:
        with pytest.raises(IndexRefused, match=r"is whole \(.*: what the index lies in is not there \(.*\)\)$"):
            opening.open_older(address, ToyEncoder())
    finally:
        client.drop(half.about)
