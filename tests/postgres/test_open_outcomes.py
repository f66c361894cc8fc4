"""A COMMIT that hangs, while its client is cut off: nobody knows its outcome, and that is told."""

from __future__ import annotations

import math
import os
import socket
import struct
from functools import partial

import numpy as np
import psycopg
import pytest

from tests.engines import quiet
from tests.postgres.engines import cells, column, fields, log, opened, where
from xetrack import Tracker
from xetrack.errors import InterruptedWriteError, OutcomeUnknownError, RowNotStoredError
from xetrack.interfaces.engine import Settings
from xetrack_postgres.asset_store import PostgresAssetStore
from xetrack_postgres.connections.receipts import Receipts
from xetrack_postgres.driver_errors import ServerAwayError
from xetrack_postgres.writing import spool
from xetrack_postgres.writing.inserter import PostgresInserter
from xetrack_testing.stores.base import content

OBJECT = np.arange(3)
NOBODYS = content(b"nobody's")


def unknown():
    """An error that says so, and what to do first."""
    return pytest.raises(
        OutcomeUnknownError, match=r"not known whether it was done.*Read what is there"
    )


class Session:
    """A session that lives on when its client is cut off, as one that waits for a standby does."""

    def __init__(self):
        self.kept = None

    def cut(self, connection):
        """Take the network away from the client, and keep it."""
        there, gone = socket.socketpair()
        gone.close()
        self.kept = os.dup(connection.pgconn.socket)
        os.set_blocking(self.kept, True)
        os.dup2(there.fileno(), connection.pgconn.socket)
        there.close()

    def end(self, sql):
        """Let the server get on with it."""
        message = sql.encode() + b"\0"
        os.write(self.kept, b"Q" + struct.pack("!i", 4 + len(message)) + message)
        answer = b""
        while b"Z\0\0\0\5" not in answer:
            answer += os.read(self.kept, 4096)
        self.close()

    def close(self):
        """Let go of it."""
        if self.kept is not None:
            os.close(self.kept)
        self.kept = None


@pytest.fixture
def session(monkeypatch):
    """Cut off the client of the next COMMIT of a write."""
    execute, session, writers = psycopg.Connection.execute, Session(), []

    def cutting(self, query, *args, **kwargs):
        if query == "BEGIN":
            writers.append(self)
        if query == "COMMIT" and self in writers:
            monkeypatch.setattr(psycopg.Connection, "execute", execute)
            session.cut(self)
        return execute(self, query, *args, **kwargs)

    def arm():
        monkeypatch.setattr(psycopg.Connection, "execute", cutting)
        return session

    yield arm
    session.close()


@pytest.fixture
def tracker(url, monkeypatch):
    """A tracker that waits only shortly, and has logged a row with an object."""
    monkeypatch.setattr("xetrack.tracker.Settings", partial(Settings, timeout=0.2))
    with Tracker(url, track_id="run") as tracker:
        tracker.log({"n": 0, "w": np.arange(2)})
        yield tracker


ENDS = pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK"])


def numbers(url):
    """What is stored of all rows."""
    engine = opened(url)
    found = column(engine, "n")
    engine.close()
    return found


@ENDS
@pytest.mark.parametrize(
    "store",
    [
        lambda tracker: tracker.log({"n": 1, "w": OBJECT}),
        lambda tracker: tracker.log_batch([{"n": 1, "w": OBJECT}, {"n": 1}]),
        lambda tracker: tracker.log_batch([{"n": 1}, {"n": 1}]),
    ],
    ids=["a row with an object", "a batch with an object", "a batch"],
)
def test_rows_of_open_outcome_are_not_written_again(tracker, url, session, store, end):
    """They cannot be seen yet, and may come; so they are neither there nor not there."""
    hung = session()
    with unknown() as caught:
        store(tracker)
    assert not isinstance(caught.value, InterruptedWriteError)
    assert [0] == numbers(url)
    hung.end(end)
    tracker.log({"n": 2, "w": OBJECT})
    assert ([[0, 1, 2], [0, 1, 1, 2]] if end == "COMMIT" else [[0, 2]]).count(numbers(url))


@ENDS
def test_a_row_of_a_role_without_receipts_is_not_written_again(
    tracker, url, session, end, monkeypatch
):
    """Where nothing can be asked, it is not known at once."""
    monkeypatch.setattr(Receipts, "_put", lambda *_: None)
    hung = session()
    with unknown():
        tracker.log({"n": 1, "w": OBJECT})
    hung.end(end)
    assert ([0, 1] if end == "COMMIT" else [0]) == numbers(url)


def test_a_row_that_is_found_is_stored(tracker, url, session, monkeypatch):
    """Though nobody could say so at first, it is there, with its object."""
    hung, ask = session(), Receipts._is_stored

    def late(self, receipt):
        try:
            return ask(self, receipt)
        finally:
            if hung.kept is not None:
                hung.end("COMMIT")

    monkeypatch.setattr(Receipts, "_is_stored", late)
    tracker.log({"n": 1, "w": OBJECT})
    assert [0, 1] == numbers(url)


@ENDS
def test_the_row_of_a_call_is_not_written_again(tracker, url, session, end):
    """Nor in a simpler form; its caller gets the result with the error."""
    tracker.track(lambda: {"n": 0, "w": OBJECT})
    hung = session()
    with pytest.raises(RowNotStoredError, match="may not be stored") as caught:
        tracker.track(lambda: {"n": 1, "w": OBJECT})
    assert not caught.value.is_known
    assert 1 == caught.value.result["n"]
    hung.end(end)
    assert ([0, 0, 1] if end == "COMMIT" else [0, 0]) == numbers(url)


CHANGES = {
    "set_value": (
        lambda engine, store: engine.update("default", {"n": 5}, []),
        lambda engine, store: column(engine, "n") == [5],
    ),
    "delete": (
        lambda engine, store: engine.delete("default", [where("n", 0)]),
        lambda engine, store: engine.count("default") == 0,
    ),
    "drop": (
        lambda engine, store: engine.drop("default"),
        lambda engine, store: "default" not in engine.tables(),
    ),
    "a fact": (
        lambda engine, store: engine.set_fact("name", "there"),
        lambda engine, store: engine.fact("name") == "there",
    ),
    "a collection": (
        lambda engine, store: store.collect(frozenset),
        lambda engine, store: store.info(NOBODYS.id) is None,
    ),
    "references": (
        lambda engine, store: store.dereference(table="default"),
        lambda engine, store: not any(store.references(info.id) for info in store.infos()),
    ),
}
"""Changes, and whether each of them was made."""


@ENDS
@pytest.mark.parametrize(("change", "is_made"), CHANGES.values(), ids=CHANGES)
def test_a_change_of_open_outcome_is_told_of(tracker, url, session, change, is_made, end):
    """It may yet be made, so it is not called one that others were in the way of."""
    engine = opened(url, timeout=0.2)
    store = PostgresAssetStore(engine)
    with store.storing([NOBODYS], []):
        pass
    hung = session()
    with unknown():
        change(engine, store)
    hung.end(end)
    assert is_made(engine, store) == (end == "COMMIT")
    engine.close()


def test_an_object_without_a_row_is_told_of(tracker, session):
    """It may be stored."""
    hung = session()
    with unknown():
        tracker.assets.put(OBJECT)
    hung.end("COMMIT")
    assert 2 == len(tracker.assets)


class Hanging:
    """A cursor whose statement is carried out, in a transaction that hangs."""

    def __init__(self, cursor, session):
        self._cursor, self._session = cursor, session

    def execute(self, *args, **kwargs):
        """Store the row, and lose the answer."""
        self._cursor.connection.execute("BEGIN")
        self._cursor.execute(*args, **kwargs)
        self._session.cut(self._cursor.connection)
        self._cursor.connection.execute("SELECT 1")


@pytest.fixture
def hanging(url):
    """An engine whose next row hangs, its inserter and the session of it."""
    session = Session()

    def made(extra=""):
        engine = opened(url + extra, timeout=0.2)
        inserter = log(engine, {"n": 0})
        inserter.append(cells({"n": 1}, "n"))
        engine.cursor = Hanging(engine.cursor, session)
        return engine, inserter, session

    yield made
    session.close()


@ENDS
def test_a_single_row_of_open_outcome_is_told_of(url, hanging, end):
    """Its number makes it one row, however often it is sent; but nobody sends it any more."""
    engine, inserter, hung = hanging()
    with unknown() as caught, engine.lock:
        inserter.append(cells({"n": 2}, "n"))
    assert not isinstance(caught.value, ServerAwayError)
    hung.end(end)
    assert ([0, 1, 2] if end == "COMMIT" else [0, 1]) == numbers(url)
    engine.close()


@ENDS
def test_a_single_row_of_open_outcome_waits_in_a_spool(url, hanging, tmp_path, end):
    """Sent again from there, it is stored once."""
    engine, inserter, hung = hanging(f"&spool={tmp_path}")
    with engine.lock:
        inserter.append(cells({"n": 2}, "n"))
    hung.end(end)
    engine.close()
    assert [0, 1, 2] == numbers(url)
    assert not [*tmp_path.iterdir()]


def test_rows_that_come_after_it_wait_for_it_seldom(hanging, tmp_path, monkeypatch):
    """Each of them waited for the session that held the row before it, and the next one again."""
    monkeypatch.setattr(spool, "EVERY", 0.0)
    flush, tries = spool.Spool._flush_line, []

    def counted(self, line, path):
        tries.append(line)
        flush(self, line, path)

    monkeypatch.setattr(spool.Spool, "_flush_line", counted)
    engine, inserter, hung = hanging(f"&spool={tmp_path}")
    with engine.lock:
        for number in range(2, 8):
            inserter.append(cells({"n": number}, "n"))
    assert 1 == len(tries)
    hung.end("COMMIT")
    engine.close()
    assert list(range(8)) == numbers(engine.url.partition("&spool")[0])


@ENDS
@pytest.mark.parametrize("is_away", [False, True], ids=["there", "away"])
def test_where_a_spool_cannot_take_it_that_is_told_of(url, hanging, tmp_path, is_away, end):
    """It was called not stored, and was to be tried again when there is room on the disk."""
    place = tmp_path / "file"
    place.touch()
    engine, inserter, hung = hanging(f"&spool={place}")
    engine.is_away = is_away
    engine.spool._next = math.inf
    with unknown(), engine.lock:
        inserter.append(cells({"n": 2}, "n"))
    hung.end(end)
    assert ([0, 1, 2] if end == "COMMIT" else [0, 1]) == numbers(url)


def test_rows_of_a_call_within_a_call_are_stored_soon(engine):
    """Where an interrupt met what was about to store them, an idle task does."""
    log(engine, {"n": 0})
    engine.pending_rows.store("default", fields([{"n": 1}]), [cells({"n": 1}, "n")], 7)
    interrupts = [KeyboardInterrupt]

    def work():
        while interrupts:
            raise interrupts.pop()
        log(engine, {"n": 2})

    with pytest.raises(KeyboardInterrupt), engine.transaction():
        engine.after_write(work)
    assert 1 == engine.pending_rows.waiting()
    quiet()
    assert 0 == engine.pending_rows.waiting()
    assert [0, 1, 2] == column(engine, "n")


def test_rows_of_a_call_within_a_call_are_sent_again(engine, monkeypatch):
    """They wait for the end of the call around it, and are there once."""
    log(engine, {"n": 0})
    write = PostgresInserter.write_with_retries

    def unsure(self, *rows, **how):
        monkeypatch.setattr(PostgresInserter, "write_with_retries", write)
        write(self, *rows, **how)
        raise OutcomeUnknownError(engine.location)

    monkeypatch.setattr(PostgresInserter, "write_with_retries", unsure)
    engine.pending_rows.store("default", fields([{"n": 1}]), [cells({"n": 1}, "n")], 7)
    engine.after_transaction()
    assert [0, 1] == column(engine, "n")
