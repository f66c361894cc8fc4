"""Rows that wait on this machine while the server is away, and are stored when it is back."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from subprocess import PIPE, Popen

import numpy as np
import pytest

from tests.engines import ROOT
from tests.postgres.engines import cells, column, exact, fields, log, opened, read
from tests.sweeps import at_line, interrupt, lines_of
from xetrack import Reader, Tracker
from xetrack.errors import InvalidArgumentError, StorageError, XetrackWarning
from xetrack_postgres.driver_errors import ServerAwayError
from xetrack_postgres.writing import spool
from xetrack_testing.samples import VALUES


@pytest.fixture(autouse=True)
def _hasty(monkeypatch):
    """The spool looks at every row whether the server is back."""
    monkeypatch.setattr(spool, "EVERY", 0.0)


@pytest.fixture
def folder(tmp_path):
    """Where rows wait; made with the first of them."""
    return tmp_path / "waiting"


@pytest.fixture
def plain_url(mortal, schema):
    """A database of the server that may be killed."""
    return f"{mortal.url}&schema={schema}"


@pytest.fixture
def url(plain_url, folder):
    """The same with a spool."""
    return f"{plain_url}&spool={folder}"


@pytest.fixture
def away(mortal):
    """The server is away for the test, which may start it before its end."""
    mortal.kill()
    yield
    mortal.start()


def test_rows_wait_and_come_in_their_order(mortal, url, plain_url, folder):
    """Of every kind, in new columns and tables too; nothing is left in the folder."""
    engine = opened(url, timeout=0.2)
    inserter = log(engine, {"n": 0})
    assert not folder.exists()
    mortal.kill()
    try:
        inserter.append(cells({"n": 1}, "n"))
        log(engine, {"n": 2, **VALUES}, {"n": 3})
        log(engine, {"n": 4}, table="other")
        (file,) = folder.iterdir()
        assert 0o600 == file.stat().st_mode & 0o777
        with pytest.raises(ServerAwayError):
            read(engine)
    finally:
        mortal.start()
    inserter.append(cells({"n": 5}, "n"))
    assert [0, 1, 2, 3, 5] == column(engine, "n")
    (row,) = read(engine, offset=2, limit=1)
    assert exact({"n": 2, **VALUES}) == exact(row)
    assert [4] == column(engine, "n", "other")
    engine.close()
    assert [] == list(folder.iterdir())


def test_a_row_that_was_stored_and_spooled_is_there_once(mortal, url, monkeypatch):
    """Its acknowledgement was lost, and the server stayed away; the spool stores it again."""
    engine = opened(url, timeout=0.2)
    inserter = log(engine, {"n": 0})
    inserter.append(cells({"n": 1}, "n"))
    real = engine.cursor

    class Losing:
        def execute(self, *args, **kwargs):
            real.execute(*args, **kwargs)
            mortal.kill()
            return real.execute("SELECT 1")

    engine.cursor = Losing()
    inserter.append(cells({"n": 2}, "n"))
    mortal.start()
    inserter.append(cells({"n": 3}, "n"))
    assert [0, 1, 2, 3] == column(engine, "n")
    engine.close()


def test_a_tracker_starts_without_its_server(mortal, url, plain_url, folder, away):
    """It logs, renames and closes; another one brings its rows along."""
    with Tracker(url, params={"seed": 7}) as tracker:
        assert "a_b" in tracker.log({"a b": 1, "x": 0.5})
        tracker.log_batch([{"x": 1.5}, {"x": 2.5}])
        assert 1.5 == tracker.log({"x": 1.5})["x"]
    assert 1 == len(list(folder.iterdir()))
    mortal.start()
    with Tracker(url) as other:
        other.log({"x": 9})
    with Reader(plain_url) as reader:
        assert [0.5, 1.5, 2.5, 1.5, 9] == [row["x"] for row in reader.select().dicts()]
        assert [7, 7, 7, 7, None] == [row["seed"] for row in reader.select().dicts()]
    assert [] == list(folder.iterdir())


@pytest.mark.parametrize("is_known", [True, False])
def test_the_first_object_waits_for_a_server_that_is_away(
    mortal, url, plain_url, tmp_path, away, is_known
):
    """Where objects belong, the server alone knows; nothing but an object waits for it."""
    store = (tmp_path / "objects").as_uri()
    if is_known:
        mortal.start()
        with Tracker(plain_url, asset_store=store) as other:
            other.log({"n": 0, "model": np.zeros(3)})
        mortal.kill()
    with Tracker(url, asset_store=store) as tracker:
        tracker.log({"n": 1})
        back = threading.Timer(0.5, mortal.start)
        back.start()
        tracker.log({"n": 2, "model": np.full(3, 2.0)})
        back.join()
    with Reader(plain_url, asset_store=store) as reader:
        rows = [row for row in reader.select().dicts() if row["n"]]
        assert [1, 2] == [row["n"] for row in rows]
        assert [2.0] * 3 == reader.assets[rows[1]["model"]].tolist()


def test_a_server_that_stays_away_is_waited_for_once(mortal, url, away):
    """Nobody waits for it with each row."""
    engine = opened(url, timeout=0.4)
    took = []
    for _ in range(2):
        begun = time.monotonic()
        with pytest.raises(ServerAwayError):
            engine.awaited_fact("asset_store")
        took.append(time.monotonic() - begun)
    engine.close()
    assert took[0] > 0.4
    assert took[1] < 0.4


KILLED = """
import sys
from xetrack import Tracker
tracker = Tracker(sys.argv[1])
for n in range(10**9):
    tracker.log({"n": n})
    print(n, flush=True)
"""


def test_rows_of_a_killed_process_are_brought_along(mortal, url, plain_url, folder, away):
    """What it acknowledged is stored by whoever comes next; a line that was cut is not."""
    command = [sys.executable, "-c", KILLED, url]
    with Popen(command, cwd=ROOT, stdout=PIPE, text=True) as process:
        acknowledged = [int(process.stdout.readline()) for _ in range(30)]
        process.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in process.stdout if line.endswith("\n")]
    (file,) = folder.iterdir()
    with file.open("ab") as lines:
        lines.write(b'{"table": "default", "wri')
    mortal.start()
    opened(url).close()
    engine = opened(plain_url)
    stored = column(engine, "n")
    engine.close()
    assert stored[: len(acknowledged)] == acknowledged
    assert len(stored) <= len(acknowledged) + 1
    assert [] == list(folder.iterdir())


def test_the_file_of_a_living_engine_is_left_to_it(mortal, url, folder, away):
    """Another engine that starts must not take it."""
    one, two = opened(url), opened(url)
    log(one, {"n": 1})
    log(two, {"n": 2})
    assert 2 == len(list(folder.iterdir()))
    mortal.start()
    log(two, {"n": 3})
    assert [2, 3] == column(two, "n")
    log(one, {"n": 4})
    assert [2, 3, 1, 4] == column(two, "n")
    one.close()
    two.close()
    assert [] == list(folder.iterdir())


def test_a_server_that_dies_while_rows_move_doubles_none(mortal, url, monkeypatch, away):
    """They are moved again from the first on."""
    engine = opened(url)
    for n in range(5):
        log(engine, {"n": n})
    mortal.start()
    write, calls = spool.PostgresInserter.write_with_retries, iter(range(3))

    def dying(*arguments, **options):
        if next(calls, None) == 2:
            mortal.kill()
        return write(*arguments, **options)

    monkeypatch.setattr(spool.PostgresInserter, "write_with_retries", dying)
    log(engine, {"n": 5})
    mortal.start()
    log(engine, {"n": 6})
    assert [*range(7)] == column(engine, "n")
    engine.close()


def test_a_fork_leaves_each_side_its_rows(mortal, url, away):
    """A fork leaves each side its rows: the child spools for itself."""
    engine = opened(url)
    log(engine, {"n": 0})
    child = os.fork()
    if not child:
        log(engine, {"n": 1})
        os._exit(0)
    assert (child, 0) == os.waitpid(child, 0)
    log(engine, {"n": 2})
    mortal.start()
    log(engine, {"n": 3})
    assert [0, 1, 2, 3] == sorted(column(engine, "n"))
    engine.close()


def test_a_spool_takes_rows_after_an_interrupt_at_any_line_of_its_closing(mortal, url, away):
    """A file that was closed and not yet forgotten is opened anew."""
    engine = opened(url)
    log(engine, {"n": 0})

    def one(number):
        try:
            reached = at_line(number, interrupt, engine.spool.abandon)
        except KeyboardInterrupt:
            reached = True
        log(engine, {"n": number})
        return reached

    last = max(lines_of(one))
    assert last > 2
    mortal.start()
    log(engine, {"n": last + 1})
    assert [*range(last + 2)] == sorted(column(engine, "n"))
    engine.close()


def test_rows_that_the_table_refuses_are_kept_beside(mortal, url, plain_url, folder):
    """A constraint of the user's own; the other rows are stored, and the user is told where."""
    engine = opened(url, timeout=0.2)
    log(engine, {"n": 0})
    engine.connection.execute('ALTER TABLE "default" ADD CHECK (n < 5)')
    mortal.kill()
    try:
        for n in (1, 9, 2):
            log(engine, {"n": n})
    finally:
        mortal.start()
    with pytest.warns(XetrackWarning, match="refused"):
        log(engine, {"n": 3})
    assert [0, 1, 2, 3] == column(engine, "n")
    engine.close()
    (file,) = folder.iterdir()
    assert ".refused" == file.suffix
    assert '"rows": [[9, ' in file.read_text()


def test_a_folder_that_takes_no_rows_is_a_typed_error(mortal, url, folder, away):
    """Then the row is not acknowledged."""
    engine = opened(url)
    folder.write_text("a file")
    with pytest.raises(StorageError, match="Spooling"):
        log(engine, {"n": 1})
    folder.unlink()
    engine.close()


def test_reading_needs_no_spool(mortal, url, folder, away):
    """A reader writes nothing, so it says that the server is away."""
    with pytest.raises(ServerAwayError):
        Reader(url)
    assert not folder.exists()


def test_an_empty_spool_is_a_typed_error(plain_url):
    """The text says what to give."""
    with pytest.raises(InvalidArgumentError, match="path of a folder"):
        opened(f"{plain_url}&spool=")


def test_columns_and_tables_are_unknown_while_the_server_is_away(mortal, url, away):
    """Answers are empty, so that a tracker can start; the names of columns are likely ones."""
    engine = opened(url)
    assert ([], ()) == (engine.tables(), engine.columns("default"))
    names = engine.add_columns("default", fields([{"a b": 1, "a-b": 1}]))
    assert ("a_b", "a_b_2", "timestamp", "track_id") == names
    engine.close()
