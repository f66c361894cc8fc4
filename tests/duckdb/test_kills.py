"""kill -9 at any moment, in log, fold, widening and close: no row is lost, none comes twice."""

from __future__ import annotations

import os
import random
import signal
import sys
import time

import duckdb
import pytest

from tests.engines import column, log, opened, read, run
from xetrack.errors import NotADatabaseError, XetrackError
from xetrack_duckdb.row_log import flush, packed_batches
from xetrack_duckdb.row_log import flush_schedule as module

KILLS = int(os.environ.get("XETRACK_TEST_KILLS", "8"))
"""How many writers are killed; a release is tested with 200."""

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork"),
    pytest.mark.timeout(60 + 5 * KILLS),
]


def writing(path, first):
    """Log, fold, widen, read by SQL and close, again and again, and say what was acknowledged."""
    n = first
    packed_batches.LARGE = 2 + n // 100_000 % 2 * 8  # every other writer keeps batches by columns
    while True:
        engine = opened(path)
        for _ in range(25):
            row = {"n": n, f"k{n % 30}": [n, n / 2, "x", True, float("nan")][n // 30 % 5]}
            if n % 10 == 9:
                log(engine, row, {"batch": n}, {"batch": n})
            else:
                log(engine, row)
            sys.stdout.write(f"{n}\n")
            sys.stdout.flush()
            n += 1
            if n % 8 == 0:
                engine.count("default")
            if n % 17 == 0:
                engine.sql("SELECT count(*) FROM events")
        engine.close()


def killed(path, first, chance):
    """Fork a writer and kill it at some moment; return what it acknowledged."""
    reading, writes = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.dup2(writes, 1)
            sys.stdout = os.fdopen(1, "w")
            writing(path, first)
        finally:
            os._exit(1)
    os.close(writes)
    with os.fdopen(reading) as answers:
        found = [int(next(answers)) for _ in range(chance.randrange(1, 60))]
        time.sleep(chance.random() * 0.08)  # into a fold, a read or a close
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status)
        # A line that was cut is no acknowledgement.
        return found + [int(line) for line in answers if line.endswith("\n")]


def test_acknowledged_rows_survive_a_kill_at_any_time_once(path):
    """Each writer goes on with the file that the one before was killed over."""
    chance = random.Random(int(os.environ.get("XETRACK_TEST_SEED", "7")))
    acknowledged = []
    for number in range(KILLS):
        acknowledged += killed(path, number * 100_000, chance)
        if number % 10 == 9 or number == KILLS - 1:
            engine = opened(path)
            rows = read(engine)
            stored = [row["n"] for row in rows if row["n"] is not None]
            assert len(set(stored)) == len(stored)
            assert sorted(stored) == stored
            assert set(acknowledged) <= set(stored)
            # Each writer had at most one row that it could not acknowledge.
            assert len(stored) - len(acknowledged) <= number + 1
            batches = [row["batch"] for row in rows if row.get("batch") is not None]
            assert len(batches) == 2 * len(set(batches))
            assert {n for n in stored if n % 10 == 9} == set(batches)
            for row in rows:
                if row["n"] is not None:
                    n = row["n"]
                    expected = [n, n / 2, "x", True, float("nan")][n // 30 % 5]
                    assert str(row[f"k{n % 30}"]) in {str(expected), str(float(n))}
            engine.close()


@pytest.mark.parametrize("number", [300, 5_000], ids=["rows", "batch"])
@pytest.mark.parametrize("step", ["before", "after"])
def test_a_kill_around_the_commit_of_a_fold_neither_loses_nor_doubles(path, step, number):
    """Before it nothing was brought; after it the rows are in both files, and count once."""
    code = """
import os, sys
from tests.engines import log, opened
from xetrack_duckdb.row_log import flush as folding, packed_batches as batches
engine = opened(sys.argv[1])
log(engine, *({"n": n} for n in range(100)))
engine.count("default")
log(engine, *({"n": n} for n in range(100, int(sys.argv[3]))))
if sys.argv[2] == "before":
    folding.set_mark = lambda *_: os._exit(9)
else:
    type(engine.log.engine).discard = batches.discard = lambda *_, **__: os._exit(9)
engine.count("default")
"""
    assert 9 == run(code, path, step, number, check=False).returncode
    engine = opened(path)
    assert list(range(number)) == column(engine, "n")
    log(engine, {"n": number})
    assert list(range(number + 1)) == column(engine, "n")
    assert [] == packed_batches.list_pending(engine.log.engine)
    engine.close()


def test_what_a_killed_process_left_is_brought_in_when_a_writer_opens(path):
    """Another program then finds the rows in the DuckDB file itself."""
    code = """
import os, sys
from tests.engines import log, opened
log(opened(sys.argv[1]), *({"n": n} for n in range(50)))
os._exit(9)
"""
    assert 9 == run(code, path, check=False).returncode
    opened(path).close()
    with duckdb.connect(path, read_only=True) as connection:
        assert [(50,)] == connection.execute("SELECT count(*) FROM events").fetchall()


def test_the_wal_of_duckdb_after_a_kill_during_ddl_is_replayed(path):
    """Columns were added and widened and the file not closed: all comes back."""
    code = """
import os, sys
from tests.engines import log, opened
engine = opened(sys.argv[1])
mine = None
for n in range(12):
    log(engine, {"n": n, f"k{n}": n, "w": [1, 0.5, "x"][n % 3]})
    mine = engine.connection
assert os.path.exists(sys.argv[1] + ".wal")
os._exit(9)
"""
    assert 9 == run(code, path, check=False).returncode
    assert path.with_name(path.name + ".wal").exists()
    engine = opened(path)
    assert list(range(12)) == column(engine, "n")
    assert [1.0, 0.5, "x"] * 4 == column(engine, "w")
    assert [None] * 11 + [11] == column(engine, "k11")
    engine.close()


def damaged(path, change):
    """A database of one run whose file was changed; return all files as they are then."""
    engine = opened(path)
    log(engine, *({"n": n, "t": "x" * 50} for n in range(20_000)))
    engine.close()
    path.write_bytes(change(path.read_bytes()))
    return {one.name: one.read_bytes() for one in path.parent.iterdir() if "-shm" not in one.name}


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[:5_000],
        lambda data: data[:14],
        lambda data: data[:12] + (10_000).to_bytes(8, "little") + data[20:],
        lambda data: data[:4_096] + bytes(8_192) + data[12_288:],
    ],
    ids=["half", "header", "magic", "version", "headers"],
)
def test_a_file_that_cannot_be_read_is_a_typed_error_and_stays(tmp_path, change):
    """Truncated, or of a storage version to come: every file is as it was."""
    path = tmp_path / "damaged.duckdb"
    before = damaged(path, change)
    with pytest.raises(XetrackError) as caught:
        read(opened(path, read_only=True))
    assert str(path) in str(caught.value)
    with pytest.raises(XetrackError):
        read(opened(path))
    after = {one.name: one.read_bytes() for one in tmp_path.iterdir() if "-shm" not in one.name}
    assert before[path.name] == after[path.name]
    assert before.keys() <= after.keys()


def test_a_log_that_cannot_be_replayed_is_a_typed_error_and_stays(tmp_path):
    """The write-ahead log of DuckDB is never removed by us."""
    path = tmp_path / "rows.duckdb"
    engine = opened(path)
    log(engine, {"n": 1})
    engine.close()
    code = """
import os, sys
import duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("CREATE TABLE t (x INTEGER)")
os._exit(9)
"""
    assert 9 == run(code, tmp_path / "other.duckdb", check=False).returncode
    wal = (tmp_path / "other.duckdb.wal").replace(tmp_path / "rows.duckdb.wal")
    before = wal.read_bytes(), path.read_bytes()
    with pytest.raises(XetrackError, match="replaying WAL"):
        read(opened(path))
    assert before == (wal.read_bytes(), path.read_bytes())
    wal.unlink()
    assert [{"n": 1}] == read(opened(path))


def test_a_layout_of_a_later_xetrack_is_refused(path):
    """Its file is not touched."""
    engine = opened(path)
    log(engine, {"n": 1})
    engine.close()
    with duckdb.connect(path) as connection:
        connection.execute("UPDATE xetrack_meta SET value = '2' WHERE name = 'format'")
    with pytest.raises(NotADatabaseError, match="a later xetrack"):
        read(opened(path))


def test_the_log_of_another_database_is_refused(tmp_path):
    """A file that was put in the place of another one keeps its rows, and so does the log."""
    for name in ("a", "b"):
        engine = opened(tmp_path / f"{name}.duckdb")
        log(engine, {"n": name})
        engine.close()
    (tmp_path / "b.duckdb").replace(tmp_path / "a.duckdb")
    with pytest.raises(NotADatabaseError, match="belongs to another database"):
        read(opened(tmp_path / "a.duckdb"))
    (tmp_path / "a.duckdb.rows").unlink()
    assert [{"n": "b"}] == read(opened(tmp_path / "a.duckdb"))


def test_a_file_that_comes_alone_is_read_and_written(tmp_path, path):
    """A file that comes without its log is read and written: readers make none; a writer makes
    one.
    """
    engine = opened(path)
    log(engine, {"Loss": 1, "loss": 2.5, "a b": "x", "n": float("nan")})
    engine.close()
    alone = tmp_path / "alone.duckdb"
    path.replace(alone)
    reader = opened(alone, read_only=True)
    assert (["default"], 6) == (reader.tables(), len(reader.columns("default")))
    before = read(reader)
    reader.close()
    assert not (tmp_path / "alone.duckdb.rows").exists()
    writer = opened(alone)
    log(writer, {"loss": 7, "Loss": "y", "a_b": 3})
    assert {**before[0], "a_b": None}.keys() == read(writer)[0].keys()
    assert [2.5, 7.0] == column(writer, "loss")
    assert [1, "y"] == column(writer, "Loss")
    writer.close()


def test_large_logs_are_brought_in_beside_the_caller(path, monkeypatch):
    """When many rows wait, a thread brings them to DuckDB, in several transactions."""

    monkeypatch.setattr(module, "BIG", 3_000)
    monkeypatch.setattr(flush, "ROWS", 1_000)
    engine = opened(path)
    log(engine, *({"n": n} for n in range(5_000)))
    # A look at the log would hold the lock, and the fold waits for nobody.
    engine.flush_schedule._thread.join(timeout=40)
    assert engine.log.is_empty()
    assert list(range(5_000)) == column(engine, "n")
    engine.close()
