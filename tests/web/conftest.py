"""The site over a shelf of toy indexes, with a clock that the test moves."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.toy import Shelf, ToyEngine
from web import create_app
from web.serving import at_once


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture
def shelf() -> Shelf:
    """An index folder with one version, v1."""
    return Shelf(ToyEngine())


@pytest.fixture
def app(shelf: Shelf, clock: Clock) -> Flask:
    """The site over the shelf."""
    return create_app(Path("toy"), opener=shelf.open, published=shelf.published, clock=clock, start=at_once)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor."""
    return app.test_client()


@pytest.fixture
def empty_client(clock: Clock) -> FlaskClient:
    """A visitor of a site without an index."""
    shelf = Shelf()
    app = create_app(Path("toy"), opener=shelf.open, published=shelf.published, clock=clock, start=at_once)
    return app.test_client()
