"""How a file is opened to be read, while whoever closes it last removes what lies beside it."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.engines import log, opened, run, start
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


CHURN = """
import os, sys
path = sys.argv[1]
print("begun", flush=True)
while True:
    for ending in ("-wal", "-shm"):
        with open(path + ending, "wb") as file:
            file.write(b"x")
    for ending in ("-wal", "-shm"):
        os.unlink(path + ending)
"""


def test_what_comes_and_goes_while_it_is_looked_at_is_no_right_that_is_missing(path):
    """One look in seven took a log that had just come for somebody else's.

    The index was then opened to be read only, which no writer of the process got over.
    """
    churning = start(CHURN, path)
    assert "begun\n" == churning.stdout.readline()
    try:
        opened = {next(iter(read_modes.read_modes(str(path)))).uri for _ in range(5_000)}
    finally:
        churning.kill()
        churning.communicate()
    assert {read_modes.uri(str(path), "rw")} == opened


READ_AND_WRITE = """
import os, sys
from tests.engines import column, log, opened
from xetrack.interfaces.query import Query
os.setuid(65534)
path = sys.argv[1]
reader = opened(path, read_only=True)
batches = iter(reader.read("default", Query()).batches)
next(batches)
writer = opened(path)
log(writer, {"x": 9999, "new": 1})
rest = sum(len(columns[0]) for columns in batches)
writer.close()
print(rest, sorted(column(reader, "x"))[-1])
"""


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="needs to give up root")
def test_who_may_write_a_file_of_another_user_reads_and_writes_it_in_one_process():
    """While its log is there: what opened the index only to read it left no writer in."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        owner = opened(folder / "rows.db")
        log(owner, *({"x": n} for n in range(2_000)))
        for file in folder.iterdir():
            file.chmod(0o666)
        assert "1500 9999\n" == run(READ_AND_WRITE, folder / "rows.db").stdout
        owner.close()


def test_a_log_that_goes_while_it_is_opened_is_another_way_to_read(path, monkeypatch):
    """Of a file that belongs to somebody else, who has just closed it."""
    monkeypatch.setattr(read_modes, "_is_own", lambda _: False)
    pool = SQLiteEngine(str(path), Settings(read_only=True)).connections
    path.with_name("rows.db-wal").write_bytes(b"x")
    tried = []

    def opened(uri):
        tried.append(uri)
        if len(tried) == 1:
            path.with_name("rows.db-wal").unlink(missing_ok=True)
            path.with_name("rows.db-shm").unlink(missing_ok=True)
            uri = "file:/nowhere/rows.db?mode=ro"
        return sqlite3.connect(uri, uri=True, factory=Connection)

    handle = pool.to_read(opened)
    assert 2 == len(tried)
    assert [("t",)] == handle.execute("SELECT name FROM sqlite_master").fetchall()
    handle.close()


class Connection(sqlite3.Connection):
    """What can have a state."""
