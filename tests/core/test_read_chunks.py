"""Files that are read while they may be open databases: no lock on them is lost."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

import pytest

from xetrack import Reader, Tracker
from xetrack.process import open_files
from xetrack.process.file_digests import digest_path

LOCKS = Path("/proc/locks")
pytestmark = pytest.mark.skipif(not LOCKS.exists(), reason="the system does not list its locks")


def locks_on(path):
    """Count the locks on a file."""
    return LOCKS.read_text().count(f":{path.stat().st_ino} ")


@pytest.fixture
def path(tmp_path):
    """A database of some chunks."""
    path = tmp_path / "data.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE a (b)")
        connection.executemany("INSERT INTO a VALUES (?)", [("x" * 1_000,)] * 200)
    connection.close()
    return path


@pytest.fixture
def locked(path):
    """Lock the database, and return the connection that has the lock."""
    opened = []

    def lock():
        opened.append(sqlite3.connect(path))
        opened[-1].execute("BEGIN IMMEDIATE")
        assert locks_on(path)
        return opened[-1]

    yield lock
    for connection in opened:
        connection.close()


def test_a_file_that_is_open_is_read_through_its_descriptor(path, locked):
    """By each of its names, and as a part of a folder."""
    expected = hashlib.sha256(path.read_bytes()).hexdigest()
    link = path.with_name("link")
    link.symlink_to(path)
    locked()
    number = len([*Path("/dev/fd").iterdir()])
    assert expected == digest_path(path)["sha256"] == digest_path(link)["sha256"]
    assert 2 == digest_path(path.parent)["files"] - path.with_name("data.db-journal").exists()
    assert locks_on(path)
    assert number == len([*Path("/dev/fd").iterdir()])


def test_a_file_that_is_opened_meanwhile_keeps_its_locks(path, locked):
    """To close what was opened before would drop them."""
    content = path.read_bytes()
    chunks = open_files.read_chunks(path, 10_000)
    read = next(chunks)
    locked()
    assert content == read + b"".join(chunks)
    assert locks_on(path)


def test_a_file_that_is_closed_meanwhile_is_read_to_its_end(path, locked):
    """From where the descriptor was gone."""
    content = path.read_bytes()
    connection = locked()
    chunks = open_files.read_chunks(path, 10_000)
    read = next(chunks)
    connection.close()
    assert content == read + b"".join(chunks)


def test_a_file_of_nobody_is_closed(path):
    """Whether it is read to its end or not."""
    number = len([*Path("/dev/fd").iterdir()])
    assert path.read_bytes() == b"".join(open_files.read_chunks(path, 999))
    unfinished = open_files.read_chunks(path, 10)
    next(unfinished)
    unfinished.close()
    assert number == len([*Path("/dev/fd").iterdir()])


def test_logs_are_read_beside_an_open_database(tmp_path):
    """Of a folder that has both; a database is no log, by its name alone either."""
    with Tracker(tmp_path / "runs.db", logs_path=tmp_path) as tracker:
        tracker.log({"loss": 0.5})
        files = sorted(tmp_path.glob("runs.db*"))
        # A checkpoint of a quiet file takes more of them for a moment; a lost lock leaves none.
        before = [locks_on(path) > 0 for path in files]
        assert any(before)
        assert [0.5] == Reader.read_logs(tmp_path)["loss"].tolist()
        assert 0 == len(Reader.read_jsonl(tmp_path / "runs.db"))
        assert before == [locks_on(path) > 0 for path in files]


def test_data_that_a_run_uses_may_have_its_own_database_in_it(tmp_path):
    """The locks of the tracker stay, so that no other process takes the file for its own."""
    with Tracker(tmp_path / "runs.db") as tracker:
        tracker.log({"loss": 0.5})
        before = [locks_on(path) for path in sorted(tmp_path.glob("runs.db*"))]
        assert any(before)
        tracker.use(tmp_path)
        assert before == [locks_on(path) for path in sorted(tmp_path.glob("runs.db*"))]
