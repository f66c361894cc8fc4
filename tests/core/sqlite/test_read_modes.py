"""How a file is opened to be read, while whoever closes it last removes what lies beside it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from xetrack.builtin.sqlite.connections import read_modes
from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.interfaces.engine import Settings


@pytest.fixture
def path(tmp_path):
    """A database, and what seems to be its log and the index of that."""
    path = tmp_path / "rows.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (a)")
    connection.close()
    for ending in ("-wal", "-shm"):
        path.with_name(f"rows.db{ending}").write_bytes(b"x")
    return path


@pytest.mark.parametrize("ending", ["-wal", "-shm"])
def test_what_goes_while_it_is_looked_at_is_no_right_that_is_missing(path, ending, monkeypatch):
    """Such a file was taken for one of somebody else's, and could not be opened."""
    may = read_modes._may

    def goes(place, right):
        if place.endswith(ending):
            Path(place).unlink(missing_ok=True)
        return may(place, right)

    monkeypatch.setattr(read_modes, "_may", goes)
    (mode,) = read_modes.read_modes(str(path))
    assert read_modes.uri(str(path), "rw") == mode.uri


def test_a_log_that_goes_while_it_is_opened_is_another_way_to_read(path, monkeypatch):
    """Of a file that belongs to somebody else, who has just closed it."""
    monkeypatch.setattr(read_modes, "_is_own", lambda _: False)
    pool = SQLiteEngine(str(path), Settings(read_only=True)).connections
    tried = []

    def opened(uri):
        tried.append(uri)
        if len(tried) <= 2:
            path.with_name("rows.db-wal").unlink(missing_ok=True)
            path.with_name("rows.db-shm").unlink(missing_ok=True)
            uri = "file:/nowhere/rows.db?mode=ro"
        return sqlite3.connect(uri, uri=True, factory=Connection)

    handle = pool.to_read(opened)
    assert 3 == len(tried)
    assert [("t",)] == handle.execute("SELECT name FROM sqlite_master").fetchall()
    handle.close()


class Connection(sqlite3.Connection):
    """What can have a state."""
