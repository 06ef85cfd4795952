"""A connection to one Milvus: every call has a deadline, failures are counted, and what is lost is said in one line.

A read that fails is tried once more within its deadline; after failures in a row nothing is tried for some seconds
(`search.milvus.breaker`). What cannot be reached is HomeLost, what is not there NotThere; a server that is too old, or
does not let this program in, is IndexRefused.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import grpc
from pymilvus import MilvusClient, MilvusException
from pymilvus.exceptions import ParamError

from search.address import TOKEN, MilvusAddress
from search.errors import HomeLost, IndexRefused, NotThere, SearchError
from search.milvus.breaker import Breaker

Values = dict[str, Any]  # the columns of one row; of a search also its `score`
T = TypeVar("T")

FIRST_S = 2.0  # of a read's deadline, what its first attempt may take
READ_S = 4.0  # both attempts
TRY_S = 1.0  # to see whether a server is back
OPEN_S = 30.0  # to read what opening needs
WRITE_S = 60.0
LEAST_VERSION = (2, 3)
WORDS_FROM = (2, 5)  # the first version with BM25
NOT_FOUND = (100, 1600)  # Milvus's codes of a collection, and of an alias, that is not there
WRONG = range(1100, 1200)  # its codes of requests that no server would take
KEPT_OUT = (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED)

logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it quotes requests, and these are reported here


class Connection:
    """A connection, and how calls over it are made. Safe to use from several threads, not over a fork."""

    def __init__(self, address: MilvusAddress, breaker: Breaker | None = None) -> None:
        """Connects. Raises HomeLost, and IndexRefused where the server is too old or does not let this program in."""
        self.address, self._breaker = address, breaker or Breaker()
        self.lite = not address.uri.startswith("http")
        self._client = self._connect()
        version = re.findall(r"\d+", str(self._reading(lambda s: self._client.get_server_version(timeout=s))))
        self.server = f"{'milvus-lite' if self.lite else 'Milvus'} {'.'.join(version[:3])}"
        numbers = tuple(map(int, version[:2]))
        if not self.lite and numbers < LEAST_VERSION:
            raise IndexRefused(f"{address}: this is {self.server}, and 2.3 or later is needed; update the server")
        self.has_words = self.lite or numbers >= WORDS_FROM

    def _connect(self) -> MilvusClient:
        uri = self.address.uri
        if self.lite:
            Path(uri).parent.mkdir(parents=True, exist_ok=True)
        elif "[" in uri:  # the library takes the brackets off an IPv6 address, and gRPC needs them
            uri = re.sub(r"\[.*\]", lambda host: quote(host[0], safe=""), uri)
        try:
            return MilvusClient(uri=uri, token=self.address.token, timeout=FIRST_S)
        except (MilvusException, grpc.RpcError, grpc.FutureTimeoutError) as error:
            raise self._lost(error) from None

    def close(self) -> None:
        """Lets go of the connection."""
        self._client.close()

    def _reading(self, call: Callable[[float], T], seconds: float = READ_S) -> T:
        """What a read gives, tried once more where it failed before its time was over."""
        started = time.monotonic()
        try:
            return self._once(call, max(FIRST_S, seconds / 2))
        except HomeLost:
            left = seconds - (time.monotonic() - started)
            if left < FIRST_S / 4:
                raise
            return self._once(call, left)

    def _writing(self, call: Callable[[float], T], seconds: float = WRITE_S) -> T:
        return self._once(call, seconds)

    def _once(self, call: Callable[[float], T], seconds: float) -> T:
        self._breaker.check(lambda: self._tried(lambda s: self._client.get_server_version(timeout=s), TRY_S))
        found = self._tried(call, seconds)
        self._breaker.worked()
        return found

    def _tried(self, call: Callable[[float], T], seconds: float) -> T:
        try:
            return call(seconds)
        except (MilvusException, grpc.RpcError, grpc.FutureTimeoutError) as error:
            if isinstance(error, ParamError) or getattr(error, "code", None) in WRONG:  # it is this program that errs
                raise
            raise self._lost(error) from None

    def _lost(self, error: Exception) -> SearchError:
        """What to say of an error of the library's; what counts for the breaker is counted."""
        if getattr(error, "code", None) in NOT_FOUND:
            self._breaker.worked()
            return NotThere(f"{self.address}: what the index lies in is not there ({_said(error)})")
        for each in (error, error.__cause__):  # which of connecting says no more than that it failed
            if each is not None and _kept_out(each):
                return IndexRefused(f"{self.address} does not let this program in ({_said(each)}); set ${TOKEN}")
        why = f"{self.address} cannot be reached, or did not answer in time ({_said(error)})"
        self._breaker.failed(why)
        return HomeLost(why)


def _said(error: BaseException) -> str:
    """The beginning of the library's own words, in one line."""
    details = getattr(error, "details", None)
    said = details() if callable(details) else getattr(error, "message", "")
    return " ".join(str(said or error).split())[:120]


def _kept_out(error: BaseException) -> bool:
    """Whether the server wants another name, password or token, or does not allow that to this one."""
    code = getattr(error, "code", None)
    status = code() if callable(code) else None
    return status in KEPT_OUT or bool(re.search("(?i)unauthenticated|auth check failure|permission", _said(error)))
