"""DuckDB's lock stays with the process, whatever else the process does with the file."""

from __future__ import annotations

import os
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

import xetrack
from tests.engines import column, log, opened, start
from xetrack import Reader, Tracker
from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.errors import DatabaseBusyError, NotADatabaseError, StorageError
from xetrack.interfaces.engine import Settings
from xetrack.process import open_files
from xetrack_duckdb.engine import DuckDBEngine
from xetrack_duckdb.files import creation
from xetrack_duckdb.files.database_file import file_at
from xetrack_duckdb.files.lock_file import LockFile

ATTACHES = int(os.environ.get("XETRACK_TEST_ATTACHES", "30"))
"""How often a file is attached beside a storm of looks."""
LOCKS = Path("/proc/locks")

needs_locks = pytest.mark.skipif(not LOCKS.exists(), reason="only Linux lists the locks of files")


def is_locked(path):
    """Whether this process has DuckDB's lock on a file."""
    mine = (f" {os.getpid()} ", f":{path.stat().st_ino} ", "POSIX")
    return any(all(part in line for part in mine) for line in LOCKS.read_text().splitlines())


def by_cache(path):
    """Look as a cache does: by a name that a folder has for its database."""
    cache = path.with_name("cache")
    cache.mkdir(exist_ok=True)
    with_link = cache / "cache.db"
    with suppress(FileExistsError):  # another thread made it
        with_link.symlink_to(path)
    SQLiteEngine.owns(str(with_link))


def forced(path):
    """Open the file with the engine of another format."""
    with pytest.raises(NotADatabaseError):
        SQLiteEngine(str(path), Settings()).tables()
    with pytest.raises(NotADatabaseError):
        Tracker(path, engine="sqlite")


def by_other_names(path):
    """Look through a link, a second name and a relative path."""
    for name in ("link.duckdb", "hard.duckdb"):
        other = path.with_name(name)
        with suppress(FileExistsError):  # another thread made it
            other.symlink_to(path) if name == "link.duckdb" else other.hardlink_to(path)
        assert not SQLiteEngine.owns(str(other))
        assert DuckDBEngine.owns(str(other))


def by_reader(path):
    """Construct what looks at the file first."""
    Reader(path).close()


LOOKS = [by_reader, forced, by_other_names, by_cache]


@needs_locks
@pytest.mark.parametrize("look", LOOKS)
def test_no_look_of_another_thread_takes_the_lock_away(path, look):
    """No look of another thread takes the lock away: a storm of them, while one thread attaches and
    detaches.
    """
    engine = opened(path)
    log(engine, {"n": 1})
    engine.close()
    file, over, missing, errors = file_at(str(path)), threading.Event(), [], []

    def storm():
        while not over.is_set():
            try:
                look(path)
            except Exception as error:  # noqa: BLE001 - whatever it is
                errors.append(error)
                return

    threads = [threading.Thread(target=storm) for _ in range(3)]
    for one in threads:
        one.start()
    for at in range(ATTACHES):
        with file.lend(str(path), 30, "Testing") as connection:
            for _ in range(3):
                connection.execute("SELECT 1").fetchone()
            if not is_locked(path):
                missing.append(at)
    over.set()
    for one in threads:
        one.join()
    assert ([], []) == (missing, errors)
    assert not is_locked(path)


@needs_locks
@pytest.mark.parametrize("look", LOOKS)
def test_no_look_takes_the_lock_of_a_connection_away(path, look):
    """No look takes the lock of a connection away: `tracker.conn` of a Tracker and of a Reader."""
    engine = opened(path)
    log(engine, {"n": 1})
    mine = engine.connection
    look(path)
    assert is_locked(path)
    del mine
    engine.close()
    reader = opened(path, read_only=True)
    mine = reader.connection
    look(path)
    assert is_locked(path)
    assert [(1,)] == mine.execute("SELECT n FROM events").fetchall()
    reader.close()


WRITING = """
import sys
from tests.engines import log, opened
from xetrack.errors import DatabaseBusyError
engine = opened(sys.argv[1], timeout=0.3)
log(engine, {"n": 2})
try:
    print(engine.count("default"))
except DatabaseBusyError as error:
    print("busy", error.pid)
"""


def test_a_copy_by_the_users_own_code_lets_no_other_writer_in(path):
    """It takes DuckDB's lock away; the second fence stays."""
    engine = opened(path)
    log(engine, {"n": 1})
    mine = engine.connection
    shutil.copy(path, path.with_name("copy"))
    with start(WRITING, path) as process:
        assert (f"busy {os.getpid()}\n", "") == process.communicate(timeout=50)
    del mine
    engine.close()
    assert not path.with_name("rows.duckdb.lock").exists()
    with start(WRITING, path) as process:
        assert ("3\n", "") == process.communicate(timeout=50)


def test_a_fence_that_a_kill_left_is_no_hindrance(path):
    """It is used and removed by the next."""
    path.with_name("rows.duckdb.lock").write_text("1")
    engine = opened(path)
    log(engine, {"n": 1})
    assert [1] == column(engine, "n")
    engine.close()
    assert ["rows.duckdb", "rows.duckdb.rows"] == sorted(
        one.name for one in path.parent.iterdir() if "-" not in one.name
    )


def test_fences_keep_writers_out_and_let_readers_together(path):
    """Whoever reads makes none, but enters one that is there."""
    first, second, third = LockFile(str(path)), LockFile(str(path)), LockFile(str(path))
    assert first.acquire(shared=False)
    assert not second.acquire(shared=False)
    assert not second.acquire(shared=True)
    assert os.getpid() == second.holder()
    first.remove()
    first.remove()
    assert not path.with_name("rows.duckdb.lock").exists()
    assert second.acquire(shared=True)
    assert third.acquire(shared=True)
    path.with_name("rows.duckdb.lock").touch()
    assert second.acquire(shared=True)
    assert third.acquire(shared=True)
    assert not first.acquire(shared=False)
    second.remove()
    assert not first.acquire(shared=False)
    third.remove()
    assert not path.with_name("rows.duckdb.lock").exists()


def test_an_error_names_no_lock_of_this_very_process_as_anothers(path):
    """It says which of its own connections is in the way, and no time where nobody waited."""
    engine = opened(path)
    log(engine, {"n": 1})
    reader = opened(path, read_only=True, timeout=0.2)
    mine = reader.connection
    with (
        ThreadPoolExecutor(1) as other,
        pytest.raises(DatabaseBusyError, match="another connection of this process") as caught,
    ):
        other.submit(lambda: opened(path, timeout=0.2).count("default")).result()
    assert os.getpid() == caught.value.pid
    assert "0 seconds" not in str(DatabaseBusyError("x", 0, 1))
    del mine
    reader.close()
    engine.close()


KILLED = """
import os, sys
from tests.engines import log, opened
from xetrack_duckdb.files import creation as making
kill = lambda *_: os._exit(9)
if sys.argv[2] == "made":
    making._put = kill
else:
    os.link = lambda new, path, link=os.link: (link(new, path), kill())
log(opened(sys.argv[1]), {"n": 1})
"""


@pytest.mark.parametrize("when", ["made", "linked"])
def test_a_kill_while_a_file_is_made_leaves_none_or_a_whole_one(path, when):
    """What it left beside it is swept."""
    with start(KILLED, path, when) as process:
        process.communicate(timeout=50)
        assert 9 == process.returncode
    assert path.with_name("rows.duckdb.new").exists()
    assert (when == "linked") == path.exists()
    engine = opened(path)
    log(engine, {"n": 2})
    assert [2] == column(engine, "n")
    engine.close()
    assert not path.with_name("rows.duckdb.new").exists()


@pytest.mark.parametrize("wrong", ["full", "half"])
def test_a_disk_that_is_full_while_a_file_is_made_leaves_nothing(path, monkeypatch, wrong):
    """A disk that is full while a file is made leaves nothing, and all goes on when there is
    room.
    """

    def full(new, _path):
        Path(new).write_bytes(Path(new).read_bytes()[:4_096])
        raise OSError(28, "No space left on device")

    if wrong == "half":
        path.with_name("rows.duckdb.new").write_bytes(b"half a file")
    else:
        monkeypatch.setattr(creation, "_put", full)
        with pytest.raises(StorageError, match="No space left"):
            log(opened(path), {"n": 1})
        assert [] == [one for one in path.parent.iterdir() if ".rows" not in one.name]
        assert not file_at(str(path)).is_in_use
        monkeypatch.undo()
    engine = opened(path)
    log(engine, {"n": 2})
    assert [2] == column(engine, "n")
    engine.close()


def test_a_file_that_came_meanwhile_is_never_replaced(path, monkeypatch):
    """Another program made it in the same moment."""
    link = os.link

    def late(new, place):
        Path(place).write_bytes(b"somebody else's")
        link(new, place)

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(xetrack.errors.XetrackError):
        log(opened(path), {"n": 1})
    assert b"somebody else's" == path.read_bytes()
    path.unlink()


def test_without_second_names_a_file_is_moved_to_its_place(path, monkeypatch):
    """Some file systems have no hard links."""

    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    engine = opened(path)
    log(engine, {"n": 1})
    assert [1] == column(engine, "n")
    engine.close()
    assert not path.with_name("rows.duckdb.new").exists()


def test_what_is_open_is_read_without_opening_it(tmp_path):
    """Through the descriptor that is there, under whatever name; nothing else is said to be."""
    path, link = tmp_path / "x", tmp_path / "link"
    path.write_bytes(b"0123456789abcdef" * 2)
    link.symlink_to(path)
    assert open_files.head(path) is None
    assert open_files.head(tmp_path / "none") is None
    assert open_files.head("\0") is None
    with path.open("rb") as file:
        file.seek(5)
        assert b"0123" == open_files.head(link, 4)
        assert 5 == file.tell()
        assert open_files.is_held(link)
    assert not open_files.is_held(path)
