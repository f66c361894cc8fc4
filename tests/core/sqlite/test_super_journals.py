"""A journal that names another file, which SQLite would remove after the rollback, is refused."""

import os
import shutil
import sqlite3
import struct
from contextlib import closing

import pytest

from tests.preloaded import run_code
from xetrack import Reader, Tracker, copy
from xetrack.builtin.sqlite.connections.read_modes import read_modes, uri
from xetrack.builtin.sqlite.file_type import is_sqlite
from xetrack.errors import NotADatabaseError
from xetrack.interfaces.engines.sqlite_files import has_super_journal

MAGIC = bytes.fromhex("d9d505f920a163d7")
PAGE = 4096


@pytest.fixture
def victim(tmp_path):
    """A file of the user that must stay."""
    path = tmp_path / "precious.txt"
    path.write_text("precious")
    return path


@pytest.fixture
def hot(tmp_path, victim):
    """A database with a journal that waits to be rolled back, and names the victim."""
    path = tmp_path / "x.db"
    forge(path, victim)
    return path


def interrupted(path):
    """Leave a database as a program does that was killed in the middle of a transaction."""
    origin = path.with_name("origin.db")
    with closing(sqlite3.connect(origin, isolation_level=None)) as connection:
        connection.execute('CREATE TABLE "default" (timestamp, track_id, a)')
        connection.execute("PRAGMA cache_size=5")
        rows = [(number, "x" * 900) for number in range(500)]
        connection.executemany('INSERT INTO "default" VALUES (?, ?, 1)', rows)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute('UPDATE "default" SET a = 2')
        shutil.copy(origin, path)
        shutil.copy(f"{origin}-journal", f"{path}-journal")


def forge(path, victim):
    interrupted(path)
    name = str(victim).encode()
    with path.with_name(f"{path.name}-journal").open("ab") as journal:
        journal.write(struct.pack(">I", 2**30 // PAGE + 1) + name)
        journal.write(struct.pack(">II", len(name), sum(name)) + MAGIC)


def test_sqlite_itself_removes_the_file_that_such_a_journal_names(hot, victim):
    """Or the other tests show nothing."""
    with closing(sqlite3.connect(hot)) as connection:
        connection.execute('SELECT a FROM "default"').fetchone()
    assert not victim.exists()


CALLS = {
    "reader": lambda path: Reader(path).to_df(),
    "length": lambda path: len(Reader(path)),
    "sql": lambda path: Reader(path).sql("SELECT * FROM events"),
    "tracker": lambda path: Tracker(path).log({"a": 1}),
    "named engine": lambda path: Tracker(path, engine="sqlite").log({"a": 1}),
    "copy from": lambda path: copy(path, f"{path}.copy"),
    "copy to": lambda path: copy(mine(path), path),
    "connection": lambda path: Tracker(path).conn.execute("SELECT 1"),
}


def mine(path):
    path = path.with_name("mine.db")
    with Tracker(path) as tracker:
        tracker.log({"a": 1})
    return path


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_no_other_file_is_removed(hot, victim, call):
    before = hot.read_bytes()
    with pytest.raises(NotADatabaseError, match=r"names another file.*without a journal"):
        call(hot)
    assert victim.read_text() == "precious"
    assert hot.read_bytes() == before


def test_a_link_to_the_database_is_refused_too(hot, victim, tmp_path):
    link = tmp_path / "link.db"
    link.symlink_to(hot)
    with pytest.raises(NotADatabaseError):
        Reader(link).to_df()
    assert victim.exists()


def test_a_linked_journal_is_refused_too(hot, victim):
    """SQLite follows the link, and so does who asks."""
    journal = hot.with_name("x.db-journal")
    journal.symlink_to(journal.rename(hot.with_name("elsewhere")))
    assert has_super_journal(str(hot))
    with pytest.raises(NotADatabaseError):
        Reader(hot).to_df()
    assert victim.exists()


def test_a_missing_or_empty_database_beside_such_a_journal_is_refused(hot, victim):
    for change in (lambda: hot.write_bytes(b""), hot.unlink):
        change()
        with pytest.raises(NotADatabaseError):
            Tracker(hot).log({"a": 1})
        assert victim.exists()


def test_the_look_at_the_kind_of_a_file_opens_no_such_file(hot, victim):
    assert is_sqlite(str(hot))
    hot.write_bytes(b"something else" * 1000)
    assert not is_sqlite(str(hot))
    assert victim.exists()


def test_every_way_to_open_a_file_asks(hot):
    for ask in (lambda: uri(str(hot), "rwc"), lambda: list(read_modes(str(hot)))):
        with pytest.raises(NotADatabaseError):
            ask()


def test_a_usual_journal_is_rolled_back(tmp_path):
    """What a program left that was killed is read as it was before."""
    path = tmp_path / "x.db"
    interrupted(path)
    assert not has_super_journal(str(path))
    with Reader(path) as reader:
        assert {row["a"] for row in reader.to_df().to_dict("records")} == {1}


@pytest.mark.parametrize("content", [b"", b"x", MAGIC[1:], MAGIC + b"x"])
def test_a_journal_that_ends_otherwise_names_no_file(tmp_path, content):
    (tmp_path / "x.db-journal").write_bytes(content)
    assert not has_super_journal(str(tmp_path / "x.db"))


def test_what_is_no_journal_names_no_file(tmp_path):
    assert not has_super_journal(str(tmp_path / "x.db"))
    assert not has_super_journal("a\0b")
    (tmp_path / "x.db-journal").mkdir()
    assert not has_super_journal(str(tmp_path / "x.db"))


def test_who_asks_drops_no_lock(tmp_path):
    """The journal may be a link to a database that this process has locked."""
    locked = tmp_path / "locked.db"
    with closing(sqlite3.connect(locked, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE t (a)")
        connection.execute("BEGIN EXCLUSIVE")
        (tmp_path / "x.db-journal").symlink_to(locked)
        assert not has_super_journal(str(tmp_path / "x.db"))
        code = (
            "import sqlite3, sys\n"
            "try: sqlite3.connect(sys.argv[1], timeout=0).execute('SELECT * FROM t')\n"
            "except sqlite3.OperationalError as error: print(error)"
        )
        done = run_code(code, locked, cwd=tmp_path, env={**os.environ}, timeout=60)
        assert "locked" in done.out
