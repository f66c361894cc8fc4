"""A server that dies: every acknowledged row is there once, whoever logged it."""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from subprocess import PIPE, Popen

import psycopg
import pytest

from tests.engines import ROOT
from tests.postgres.engines import cells, column, log, opened, read
from xetrack.errors import OutcomeUnknownError, StorageError
from xetrack.interfaces.query import Query
from xetrack_postgres.driver_errors import ServerAwayError
from xetrack_postgres.engine import PostgresEngine

PROCESSES, ROWS = 8, 500

WRITER = """
import sys
from xetrack import Tracker
url, number, rows = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with Tracker(url, params={"who": number}, warnings=False) as tracker:
    print("ready", flush=True)
    sys.stdin.readline()
    for n in range(rows):
        row = tracker.log({"n": n, f"k{n % 5}": n / 3, "text": f"{number}-{n}"})
        print(row["text"], flush=True)
"""


@pytest.fixture
def url(mortal, schema):
    """A schema of the server that may be killed."""
    return f"{mortal.url}&schema={schema}"


def writers(url, tmp_path):
    """Processes that begin together, each with a home of its own."""
    found = []
    for number in range(PROCESSES):
        home = tmp_path / f"home{number}"
        home.mkdir()
        command = [sys.executable, "-c", WRITER, url, str(number), str(ROWS)]
        found.append(
            Popen(
                command,
                cwd=ROOT,
                env={**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home)},
                stdin=PIPE,
                stdout=PIPE,
                stderr=PIPE,
                text=True,
            )
        )
    for one in found:
        assert "ready\n" == one.stdout.readline(), one.stderr.read()
    for one in found:
        one.stdin.write("go\n")
        one.stdin.flush()
    return found


@pytest.mark.timeout(120)
def test_every_acknowledged_row_is_there_once_after_a_kill(mortal, url, tmp_path):
    """Eight processes of five hundred rows; the server is killed twice amid them."""
    started = writers(url, tmp_path)
    answers = [""] * PROCESSES
    readers = [
        threading.Thread(target=lambda at=at, one=one: answers.__setitem__(at, one.communicate()))
        for at, one in enumerate(started)
    ]
    for one in readers:
        one.start()
    for share in (4, 2):
        while _count(mortal, url) < PROCESSES * ROWS // share:
            time.sleep(0.01)
        mortal.kill()
        time.sleep(0.3)
        mortal.start()
    for one in readers:
        one.join()
    assert [""] * PROCESSES == [error for _, error in answers]
    assert [0] * PROCESSES == [one.returncode for one in started]
    engine = opened(url)
    rows = read(engine)
    engine.close()
    acknowledged = [text for answer, _ in answers for text in answer.split()]
    assert sorted(acknowledged) == sorted(row["text"] for row in rows)
    for number in range(PROCESSES):
        mine = [row for row in rows if row["who"] == number]
        assert [*range(ROWS)] == [row["n"] for row in mine]


def _count(mortal, url):
    engine = opened(url)
    try:
        return engine.count("default")
    finally:
        engine.close()


class Losing:
    """A cursor whose server dies after it stored a row, and before it said so."""

    def __init__(self, cursor, die):
        self._cursor, self._die = cursor, die

    def execute(self, *args, **kwargs):
        """Store the row, and lose the answer."""
        self._cursor.execute(*args, **kwargs)
        self._die()
        raise psycopg.OperationalError("server closed the connection unexpectedly")


def test_a_row_whose_acknowledgement_was_lost_is_not_doubled(mortal, url):
    """It was stored; the tracker tries again on the new server, and finds it there."""
    engine = opened(url)
    inserter = log(engine, {"n": 0})

    def die():
        mortal.kill()
        mortal.start()

    for append in (True, False):
        inserter.append(cells({"n": 1}, "n"))
        engine.cursor = Losing(engine.cursor, die)
        row = cells({"n": 2}, "n")
        with engine.lock:
            (inserter.append(row) if append else inserter.write([row]))
        inserter.append(cells({"n": 3}, "n"))
    assert [0, 1, 2, 3, 1, 2, 3] == column(engine, "n")
    engine.close()


def test_a_block_in_which_the_server_dies_stores_nothing(mortal, url):
    """No row after the restart is stored without those before it."""
    engine = opened(url)
    inserter = log(engine, {"n": 0})

    def block():
        with engine.transaction():
            inserter.write([cells({"n": 1}, "n")])
            mortal.kill()
            mortal.start()
            with pytest.raises(StorageError, match="within a transaction"):
                inserter.write([cells({"n": 2}, "n")])

    with pytest.raises(StorageError):
        block()
    assert [0] == column(engine, "n")
    inserter.write([cells({"n": 3}, "n")])
    assert [0, 3] == column(engine, "n")
    engine.close()


def test_reading_goes_on_after_a_restart(mortal, url):
    """A read that was begun ends with a typed error; the next one has all rows."""
    engine = opened(url)
    log(engine, *({"n": n} for n in range(5_000)))
    batches = engine.read("default", Query()).batches
    next(batches)
    mortal.kill()
    mortal.start()
    with pytest.raises(StorageError):
        list(batches)
    assert [*range(5_000)] == column(engine, "n")
    assert 5_000 == engine.count("default")
    assert [(5_000,)] == engine.sql("SELECT count(*) FROM events").rows
    assert 5_000 == engine.update("default", {"n": 1}, [])
    engine.close()


def test_a_server_that_is_away_is_a_typed_error(mortal, url):
    """A server that is away is a typed error, at the start at once.

    Amid logging after the deadline, and later rows are stored.
    """
    secret = url.replace("postgres:@", "postgres:hush%21@")
    engine = opened(secret, timeout=0.5)
    inserter = log(engine, {"n": 0})
    mortal.kill()
    try:
        for fail in (
            lambda: opened(secret),
            lambda: opened(secret, read_only=True),
            lambda: inserter.write([cells({"n": 1}, "n")]),
            lambda: read(engine),
            lambda: engine.sql("SELECT 1"),
        ):
            with pytest.raises(ServerAwayError, match="Start the server") as caught:
                fail()
            chain = "".join(traceback.format_exception(caught.value))
            assert "hush" not in chain
            assert "postgres:***@" in chain
        assert not PostgresEngine.owns(url)
    finally:
        mortal.start()
    inserter.write([cells({"n": 2}, "n")])
    assert [0, 2] == column(engine, "n")
    engine.close()


def test_a_row_under_way_to_a_server_that_stays_away_may_be_stored(mortal, url):
    """Nobody can be asked; a later one was never sent."""
    engine = opened(url, timeout=0.2)
    inserter = log(engine, {"n": 0})
    mortal.kill()
    try:
        with pytest.raises(
            ServerAwayError, match=r"not known whether.*read what is there"
        ) as caught:
            inserter.write([cells({"n": 1}, "n")])
        assert isinstance(caught.value, OutcomeUnknownError)
        with pytest.raises(ServerAwayError, match="Start the server") as caught:
            inserter.write([cells({"n": 2}, "n")])
        assert not isinstance(caught.value, OutcomeUnknownError)
    finally:
        mortal.start()
    engine.close()


def test_rows_wait_for_a_server_that_restarts(mortal, url):
    """A restart within the deadline is seen as a pause."""
    engine = opened(url)
    inserter = log(engine, {"n": 0})
    mortal.kill()
    restart = threading.Timer(0.5, mortal.start)
    restart.start()
    inserter.append(cells({"n": 1}, "n"))
    restart.join()
    log(engine, {"n": 2, "new": 1})
    assert [0, 1, 2] == column(engine, "n")
    engine.close()
