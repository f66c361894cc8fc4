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


@pytest.fixture(params=[True, False], ids=["stored", "not stored"])
def lost_commit(request, mortal, monkeypatch):
    """Let the server die at the next COMMIT of a write, after or before it is carried out."""
    execute, lost = psycopg.Connection.execute, []

    def is_reading(connection):
        return execute(connection, "SHOW transaction_read_only").fetchone() == ("on",)

    def losing(self, query, *args, **kwargs):
        if query != "COMMIT" or lost or is_reading(self):
            return execute(self, query, *args, **kwargs)
        lost.append(query)
        if request.param:
            execute(self, query)
        mortal.kill()
        mortal.start()
        mortal.take_numbers()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    def arm():
        monkeypatch.setattr(psycopg.Connection, "execute", losing)
        return request.param

    yield arm
    assert ["COMMIT"] == lost


@pytest.fixture
def dies_before(mortal, monkeypatch):
    """Let the server die before the next statement with certain words is sent, and start again."""
    execute, sought, died = psycopg.Connection.execute, [], []

    def dying(self, query, *args, **kwargs):
        if sought and sought[0] in str(query):
            died.append(sought.pop())
            mortal.kill()
            mortal.start()
        return execute(self, query, *args, **kwargs)

    def arm(words):
        sought.append(words)
        monkeypatch.setattr(psycopg.Connection, "execute", dying)

    yield arm
    assert died


def _rows(cursor):
    return cursor.fetchall() if cursor.description else []
