"""Many processes on one DuckDB file: all log, one reads, some fork."""

from __future__ import annotations

import time

import pytest

import xetrack
from tests.engines import column, log, opened, start
from tests.faults.test_forks import (  # noqa: F401
    pytestmark,
    test_a_fork_waits_for_no_answer_of_another_thread,
    test_every_way_to_start_workers_keeps_every_row,
    test_what_is_half_read_during_a_fork_costs_no_row,
)
from xetrack.builtin.sqlite.engine import SQLiteEngine


@pytest.fixture
def engine(path):
    """An engine that has stored a row, so that its connections are open."""
    engine = opened(path)
    log(engine, {"n": -1, "who": "before"})
    yield engine
    engine.close()


WRITER = """
import sys, time
from xetrack import Tracker
number, begin = int(sys.argv[2]), float(sys.argv[3])
time.sleep(max(0, begin - time.time()))
with Tracker(sys.argv[1], {"writer": number}) as tracker:
    for at in range(500):
        tracker.log({"at": at, "loss": at / 2, "name": "x"})
"""

READER = """
import sys, time
from xetrack import Reader
counts = []
while sum(counts[-1:]) < 4_000:
    try:
        with Reader(sys.argv[1]) as reader:
            counts.append(len(reader))
    except FileNotFoundError:
        pass
    time.sleep(0.1)
print(counts == sorted(counts), len(counts))
"""


def test_eight_processes_log_while_a_ninth_reads(path):
    """4000 rows into a file that does not exist yet, no error, and counts never go down."""
    begin = time.time() + 2
    reader = start(READER, path)
    writers = [start(WRITER, path, number, begin) for number in range(8)]
    for one in writers:
        out, errors = one.communicate(timeout=55)
        assert ("", "", 0) == (out, errors, one.returncode)
    out, errors = reader.communicate(timeout=30)
    assert "" == errors
    assert "True" == out.split()[0]
    found = opened(path)
    writer, at = column(found, "writer"), column(found, "at")
    assert 4_000 == len(at)
    for number in range(8):
        assert list(range(500)) == [a for w, a in zip(writer, at, strict=True) if w == number]
    found.close()


LOOKING = """
import sys
import duckdb
try:
    duckdb.connect(sys.argv[1])
except duckdb.IOException:
    print("held")
else:
    print("free")
"""


@pytest.mark.parametrize("look", ["owns", "reader", "wrong engine", "tracker"])
def test_no_look_at_the_file_takes_its_lock_away(engine, path, look):
    """DuckDB's lock is lost to the process when anything in it closes the file."""
    log(engine, {"n": 1})
    mine = engine.connection
    if look == "owns":
        assert not SQLiteEngine.owns(str(path))
        assert type(engine).owns(str(path))
    elif look == "wrong engine":
        for cls in (xetrack.Reader, xetrack.Tracker):
            with pytest.raises(xetrack.errors.NotADatabaseError, match="engine='duckdb'"):
                cls(path, engine="sqlite")
    else:
        with {"reader": xetrack.Reader, "tracker": xetrack.Tracker}[look](path) as other:
            assert 2 == len(other.to_df(*[True] * (look == "tracker")))
    with start(LOOKING, path) as process:
        assert ("held\n", "") == process.communicate(timeout=30)
    assert mine is not None
    engine.close()
    with start(LOOKING, path) as process:
        assert ("free\n", "") == process.communicate(timeout=30)


def test_a_locked_duckdb_file_of_any_name_is_none_of_sqlites(tmp_path):
    """SQLite finds it locked, as it finds its own; the first bytes tell."""
    path = tmp_path / "rows.db"
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    with start(hold, path) as holder:
        assert "1\n" == holder.stdout.readline()
        assert not SQLiteEngine.owns(str(path))
        holder.communicate("\n", timeout=30)
