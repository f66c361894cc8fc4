"""A column of another type rewrites its table: whoever reads or sets meanwhile sees all rows."""

from __future__ import annotations

import os
import threading
import time
import traceback
from contextlib import suppress

import psycopg
import pytest

from tests.postgres.engines import fields, log, opened, where
from xetrack import Reader, Tracker
from xetrack_postgres.driver_errors import ServerAwayError

KILLS = int(os.environ.get("XETRACK_TEST_WIDENING_KILLS", "1"))
"""How often the server is killed while columns widen; a release is tested with 20."""

BETWEEN = 1.5
"""Seconds between two kills."""

ROWS = 500

WAITING = "SELECT 1 FROM pg_locks WHERE NOT granted"


@pytest.fixture
def three(engine):
    """Three rows in the default table, and a view of the user's that needs no column of theirs."""
    log(engine, *({"n": n, "name": "x", "other": "1"} for n in range(3)))
    engine.connection.execute('CREATE VIEW counted AS SELECT count(*) AS total FROM "default"')
    return engine


def rewritten(server, schema, look):
    """Return what a look gives that begins while the table is being rewritten."""
    found = []
    thread = threading.Thread(target=lambda: found.append(look()))
    with psycopg.connect(server.url, autocommit=True) as other:
        with psycopg.connect(server.url) as writer:
            writer.execute(f"DROP VIEW IF EXISTS {schema}.events")
            writer.execute(
                f'ALTER TABLE {schema}."default" ALTER other TYPE text USING other::int + 1'
            )
            writer.execute(f'CREATE VIEW {schema}.events AS SELECT * FROM {schema}."default"')
            thread.start()
            while thread.is_alive() and not other.execute(WAITING).fetchone():
                time.sleep(0.01)
        thread.join()
    return found


def test_a_look_that_begins_before_a_rewrite_ends_sees_all_rows(three, server, schema, url):
    """PostgreSQL shows an older snapshot no row of a rewritten table, so none may be older."""
    reader = Reader(url)
    tracker = Tracker(url, track_id="other", warnings=False)
    tracker.log({"n": 3, "other": "1"})
    looks = {
        "count": lambda: three.count("default"),
        "to_df": lambda: len(reader.to_df()),
        "sql": lambda: three.sql("SELECT count(*) FROM default").rows[0][0],
        "events": lambda: three.sql("SELECT count(*) FROM db.events").rows[0][0],
        "update": lambda: three.update("default", {"name": "y"}, (where("n", 0, ">="),)),
        "set_value": lambda: 3 + tracker.set_value("name", "z"),
        "delete": lambda: 4 + three.delete("default", (where("n", 9, ">"),)),
    }
    for name, look in looks.items():
        assert [4] == rewritten(server, schema, look), name
    reader.close()
    tracker.close()


def test_a_view_of_the_users_sees_all_rows_too(three, server, schema):
    """It is the view that a statement names, and the table below it that is rewritten."""
    counted = "SELECT total FROM counted"
    assert [3] == rewritten(server, schema, lambda: three.sql(counted).rows[0][0])


def test_an_insert_goes_on_as_long_as_others_change_the_table(engine, url):
    """However often that is before the insert comes through."""
    log(engine, {"n": 0})
    other = opened(url)
    row = {"n": 1, "timestamp": "t", "track_id": "a"}
    inserter = engine.inserter("default", fields([row]))
    changes = 0
    prepare = inserter._prepare

    def prepared():
        nonlocal changes
        found = prepare()
        if changes < 40:
            changes += 1
            other.connection.execute("UPDATE xetrack_tables SET version = DEFAULT")
        return found

    inserter._prepare = prepared
    other.connection.execute("UPDATE xetrack_tables SET version = DEFAULT")
    inserter.write([[*row.values()]])
    assert (40, 2) == (changes, engine.count("default"))
    other.close()


class Model:
    """Threads that log, widen, set and read, and what must come of it."""

    def __init__(self, url):
        self.url = url
        self.failures = []
        self.counts = dict.fromkeys(("widened", "read", "set"), 0)
        self.acknowledged = []
        self._stop = threading.Event()
        self._ready = threading.Semaphore(0)
        with Tracker(url, track_id="base", warnings=False) as tracker:
            tracker.log_batch([{"id": -1 - n, "v": 1} for n in range(ROWS)])

    def run(self, meanwhile):
        """Run all while something else is done."""
        works = [self.widens, self.reads, self.asks, *[self.sets] * 2]
        threads = [threading.Thread(target=self._loop, args=pair) for pair in enumerate(works)]
        for one in threads:
            one.start()
        try:
            for _ in threads:
                self._ready.acquire(timeout=50)
            meanwhile()
        finally:
            self._stop.set()
            for one in threads:
                one.join()

    def _loop(self, number, work):
        try:
            with Tracker(self.url, track_id=f"t{number}", warnings=False) as tracker:
                tracker.other = Reader(self.url)
                len(tracker.other)
                self._ready.release()  # who comes while the server is away is refused at once
                step = 0
                while not self._stop.is_set():
                    work(tracker, number, step)
                    step += 1
                tracker.other.close()
        except BaseException:  # noqa: BLE001 - another thread looks at it
            self.failures.append(traceback.format_exc())

    def widens(self, tracker, number, step):
        """Log integers into a new column, and then a float."""
        for value in (1, 0.5):
            tracker.log({"id": 2 * step + (value != 1), f"c{step % 50}_{step // 50}": value})
            self.acknowledged.append(2 * step + (value != 1))
        self.counts["widened"] += 1

    def reads(self, tracker, number, step):
        """Count the rows, which never become fewer."""
        least = ROWS + len(self.acknowledged)
        found = len(tracker.other) if step % 4 else len(tracker.other.to_df())
        if found < least:
            self.failures.append(f"{found} rows instead of {least}")
        self.counts["read"] += 1

    def asks(self, tracker, number, step):
        """Do the same by SQL."""
        least = ROWS + len(self.acknowledged)
        with suppress(ServerAwayError):  # what brings a server down is not sent twice
            (found,) = tracker.other.sql("SELECT count(*) AS n FROM events")["n"]
            if found < least:
                self.failures.append(f"{found} rows instead of {least} by SQL")

    def sets(self, tracker, number, step):
        """Set a cell, and look whether it is set."""
        if step == 0:
            tracker.log({"mark": 0})
        wanted = step if step % 3 else step + 0.5
        number = tracker.set_value("mark", wanted)
        found = tracker.to_df()["mark"].tolist()
        if (number, found) != (1, [wanted]):
            self.failures.append(f"{number} rows set to {wanted}, found {found}")
        self.counts["set"] += 1


def test_reading_and_setting_while_columns_widen_and_the_server_is_killed(mortal, schema):
    """Never fewer rows, never a set that is lost, and no error."""
    model = Model(f"{mortal.url}&schema={schema}")

    def meanwhile():
        for _ in range(KILLS):
            time.sleep(BETWEEN)
            mortal.kill()
            mortal.start()
        time.sleep(BETWEEN)

    model.run(meanwhile)
    assert not model.failures, "\n".join(model.failures)
    assert 0 not in model.counts.values()
    stored = Reader(model.url).to_df()["id"].dropna().tolist()
    assert len(stored) == len(set(stored))
    assert set(model.acknowledged) <= set(stored)
