"""What an engine leaves behind, or does not: files, connections, threads."""

from __future__ import annotations

import gc
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.engines import column, log, opened, read, run, where
from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.errors import DatabaseNotFoundError, NotADatabaseError, StorageError, XetrackError
from xetrack.interfaces.query import Query

MAGIC = {
    "text": b"just a text, long enough to be no header at all" * 5,
    "duckdb": b"\0" * 8 + b"DUCK" + b"\x40" + b"\0" * 5_000,
    "damaged": b"SQLite format 3\0" + b"\xff" * 5_000,
}


def descriptors(path):
    """How many files at this path the process has open."""
    found = []
    for one in Path("/proc/self/fd").iterdir():
        try:
            found.append(str(one.readlink()))
        except OSError:
            continue
    return sum(one.startswith(str(path)) for one in found)


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/fd").is_dir(), reason="open files are counted in /proc"
)


def test_nothing_is_made_before_the_first_row(engine, path, tmp_path):
    """Opening, listing and counting leave the folder empty."""
    assert ([], (), 0) == (engine.tables(), engine.columns("x"), engine.count("x"))
    engine.drop("x")
    engine.close()
    assert [] == list(tmp_path.iterdir())


def test_a_missing_folder_is_made_with_the_first_row(tmp_path):
    """A missing folder is made with the first row, and not before."""
    engine = opened(tmp_path / "a" / "b" / "rows.db")
    assert [] == list(tmp_path.iterdir())
    log(engine, {"x": 1})
    engine.close()
    assert ["rows.db"] == [one.name for one in (tmp_path / "a" / "b").iterdir()]


def test_reading_leaves_the_folder_as_it_was(engine, path, tmp_path):
    """Reading leaves the folder as it was, not a byte of the file changes, and no -wal, -shm or
    journal stays.
    """
    log(engine, {"x": 1}, {"x": float("nan")})
    engine.close()
    before = path.read_bytes(), path.stat().st_mtime_ns
    reader = opened(path, read_only=True)
    read(reader)
    reader.sql("SELECT * FROM events")
    reader.connection.execute("SELECT * FROM events").fetchone()
    next(reader.read("default", Query()).batches)
    assert SQLiteEngine.owns(str(path))
    reader.close()
    assert ["rows.db"] == [one.name for one in tmp_path.iterdir()]
    assert before == (path.read_bytes(), path.stat().st_mtime_ns)


def test_a_file_of_another_program_is_not_touched_by_reading(path, tmp_path):
    """No table, view or journal mode of ours comes into it."""
    with closing(sqlite3.connect(path)) as other:
        other.executescript("CREATE TABLE t (x); INSERT INTO t VALUES (1)")
    before = path.read_bytes()
    reader = opened(path, read_only=True)
    assert [{"x": 1}] == read(reader, "t")
    assert [(1,)] == reader.sql("SELECT x FROM db.t").rows
    reader.close()
    assert before == path.read_bytes()
    assert ["rows.db"] == [one.name for one in tmp_path.iterdir()]


def test_an_engine_owns_what_sqlite_can_read(engine, path, tmp_path):
    """An engine owns what SQLite can read: a database and an empty file, but no missing one, folder
    or file of another format.
    """
    log(engine, {"x": 1})
    empty = tmp_path / "empty"
    empty.touch()
    assert SQLiteEngine.owns(str(path))
    assert SQLiteEngine.owns(str(empty))
    assert not SQLiteEngine.owns(str(tmp_path / "missing"))
    assert not SQLiteEngine.owns(str(tmp_path))
    assert not SQLiteEngine.owns(":memory:")
    assert not SQLiteEngine.owns("a\0b")
    for name, content in MAGIC.items():
        (tmp_path / name).write_bytes(content)
        assert not SQLiteEngine.owns(str(tmp_path / name)), name
    assert not (tmp_path / "missing").exists()


def test_an_engine_owns_a_database_that_is_locked(path):
    """Whoever holds the lock, the file is a database still."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("CREATE TABLE t (x)")
        other.execute("BEGIN EXCLUSIVE")
        assert SQLiteEngine.owns(str(path))


@pytest.mark.parametrize("name", MAGIC)
def test_a_file_of_another_format_is_a_typed_error_and_stays(tmp_path, name):
    """For reading and for writing, and not a byte of it changes."""
    path = tmp_path / name
    path.write_bytes(MAGIC[name])
    with pytest.raises((NotADatabaseError, StorageError)):
        opened(path)
    with pytest.raises((NotADatabaseError, StorageError)):
        opened(path, read_only=True)
    assert MAGIC[name] == path.read_bytes()
    assert [name] == [one.name for one in tmp_path.iterdir()]


def test_a_folder_is_a_typed_error(tmp_path):
    """It says what is there."""
    with pytest.raises(NotADatabaseError, match="folder"):
        log(opened(tmp_path), {"x": 1})


def test_a_missing_file_is_a_typed_error_for_reading(tmp_path):
    """No empty database is made in its place."""
    with pytest.raises(DatabaseNotFoundError):
        opened(tmp_path / "missing.db", read_only=True)
    assert [] == list(tmp_path.iterdir())


def test_a_file_of_a_later_layout_is_refused(engine, path, by_hand):
    """It says that a later version wrote it, before anything is changed."""
    log(engine, {"x": 1})
    engine.close()
    by_hand("UPDATE xetrack_meta SET value = 99 WHERE name = 'format'")
    with pytest.raises(NotADatabaseError, match="a later xetrack wrote it"):
        opened(path)
    with pytest.raises(NotADatabaseError, match="layout 99"):
        log(engine, {"y": 1})


@needs_proc
def test_a_closed_engine_has_no_file_open(engine, path):
    """A closed engine has no file open, not even where answers were not read to their end."""
    log(engine, *({"x": n} for n in range(5_000)))
    answers = engine.read("default", Query())
    next(answers.batches)
    mine = engine.connection.execute("SELECT * FROM events")
    mine.fetchone()
    assert descriptors(path) > 0
    engine.close()
    engine.close()
    # SQLite itself puts off closing, while another connection of the process is open.
    gc.collect()
    assert 0 == descriptors(path)
    assert 5_000 == engine.count("default")


@needs_proc
def test_a_forgotten_engine_has_no_file_open(path):
    """The connections close with it, as Python 3.13 asks for; -wal and -shm go too."""
    engine = opened(path)
    log(engine, {"x": 1})
    engine.connection.execute("SELECT 1").fetchone()
    answers = engine.read("default", Query())
    del engine, answers
    gc.collect()
    assert 0 == descriptors(path)
    assert ["rows.db"] == [one.name for one in path.parent.iterdir()]


def test_a_connection_outlives_its_engine_while_the_user_holds_it(path):
    """What the user was given works as long as they keep it."""
    engine = opened(path)
    log(engine, {"x": 1})
    mine = engine.connection
    del engine
    gc.collect()
    assert [(1,)] == mine.execute("SELECT x FROM events").fetchall()
    mine.close()


def test_a_program_that_ends_without_close_leaves_one_file(path, tmp_path):
    """A program that ends without close leaves one file, and no warning, with the warnings of open
    files switched on.
    """
    code = (
        "import sys\nfrom tests.engines import log, opened\n"
        "engine = opened(sys.argv[1])\nlog(engine, {'x': 1})\n"
        "engine.connection.execute('SELECT 1')\n"
    )
    found = run(code, path, fresh=True, env={**os.environ, "PYTHONWARNINGS": "error"})
    assert "" == found.stderr
    assert ["rows.db"] == [one.name for one in tmp_path.iterdir()]
    reader = opened(path)
    assert [1] == column(reader, "x")
    reader.close()


def test_nothing_opens_the_files_but_sqlite(path):
    """Closing a file that was opened by ``open()`` would drop the locks on it."""
    code = """
import sys
seen = []
sys.addaudithook(lambda event, args: seen.append(str(args[0])) if event == "open" else None)
from tests.engines import log, opened, read, where
path = sys.argv[1]
engine = opened(path)
for n in range(2_500):
    log(engine, {"x": n})
log(engine, {"x": "text", "y": float("nan")})
read(engine)
engine.sql("SELECT * FROM events")
engine.update("default", {"x": 1}, [where("x", 2)])
engine.delete("default", [where("x", 3)])
engine.connection.execute("SELECT 1")
type(engine).owns(path)
engine.drop("default")
engine.close()
assert seen
print(sum(path in one for one in seen))
"""
    assert "0\n" == run(code, path, fresh=True).stdout


@pytest.fixture
def open_folder():
    """A folder that every user can reach; pytest's own are for one user."""
    with TemporaryDirectory() as name:
        yield Path(name)


READ_ONLY = """
import os, sys
folder, action = sys.argv[1:]
from tests.engines import log, opened, read
os.setuid(65534)
from xetrack.errors import XetrackError
try:
    engine = opened(f"{folder}/rows.db", read_only=action == "read")
    print(read(engine) if action == "read" else log(engine, {"x": 2}))
except XetrackError as error:
    print("typed", isinstance(error, OSError), error)
"""


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="needs to give up root")
@pytest.mark.parametrize("action", ["read", "write"])
@pytest.mark.parametrize("what", ["folder", "file", "hidden"])
def test_missing_permissions_are_a_typed_error_or_no_obstacle(open_folder, what, action):
    """Reading works where SQLite can; otherwise the error names file and reason."""
    folder = open_folder
    engine = opened(folder / "rows.db")
    log(engine, {"x": 1})
    engine.close()
    folder.chmod(0o755 if what != "file" else 0o777)
    (folder / "rows.db").chmod(0o644 if what != "hidden" else 0o600)
    found = run(READ_ONLY, folder, action)
    assert found.stdout.startswith("typed True") or "[{'x': 1}]\n" == found.stdout
    assert action == "read" or "rows.db" in found.stdout
    engine = opened(folder / "rows.db")
    assert 1 == engine.count("default", [where("x", 1)])
    engine.close()


def test_errors_of_a_damaged_file_are_typed(engine, path, by_hand):
    """A page that is no page: the driver's own exception is never let through."""
    log(engine, *({"x": f"{n}" * 50} for n in range(500)))
    engine.close()
    content = bytearray(path.read_bytes())
    whole = bytes(content)
    content[-8 * 4096 :] = b"\xff" * (8 * 4096)
    path.write_bytes(content)
    reader = opened(path)
    for look in (lambda: read(reader), lambda: reader.count("default", [where("x", "0")])):
        with pytest.raises(XetrackError):
            look()
    reader.close()
    path.write_bytes(whole)
