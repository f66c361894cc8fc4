"""A real server, and a schema of its own for each test."""

from __future__ import annotations

import itertools
import os

import psycopg
import pytest

from tests.postgres.engines import opened
from tests.postgres.servers import Server

_numbers = itertools.count()


@pytest.fixture(scope="session")
def server():
    """A server for all tests of one worker."""
    found = Server()
    yield found
    found.stop()


@pytest.fixture(scope="module")
def mortal():
    """A server for the tests of one module, which may kill it."""
    found = Server()
    yield found
    found.start()
    found.stop()


@pytest.fixture
def schema():
    """The name of a schema that does not exist yet."""
    return f"t{os.getpid()}_{next(_numbers)}"


@pytest.fixture
def url(server, schema):
    """Where a database may come."""
    return f"{server.url}&schema={schema}"


@pytest.fixture
def engine(url):
    """An engine with nothing in its schema."""
    engine = opened(url)
    yield engine
    engine.close()


@pytest.fixture
def by_hand(server, schema):
    """Run SQL in the schema, as another program does."""
    with psycopg.connect(server.url, options=f"-csearch_path={schema}", autocommit=True) as found:
        yield lambda sql: _rows(found.execute(sql))


def _rows(cursor):
    return cursor.fetchall() if cursor.description else []
