"""A server that dies amid an answer: who hands on nothing before all is there has all."""

from __future__ import annotations

import pandas as pd
import psycopg
import pytest

from tests.postgres.engines import column, log, opened, where
from xetrack import Reader, Tracker, copy
from xetrack.assets.cells import ids_in_rows
from xetrack.errors import InterruptedReadError, InterruptedWriteError
from xetrack.interfaces.engines.series import SeriesQuery
from xetrack.interfaces.query import Query
from xetrack_postgres.asset_store import PostgresAssetStore
from xetrack_postgres.reading.select import BATCH
from xetrack_testing.stores.base import content

MANY = 2 * BATCH + 1
"""Rows of which two batches are fetched after the moment that they are from."""


@pytest.fixture
def url(mortal, schema):
    """A schema of the server that may be killed."""
    return f"{mortal.url}&schema={schema}"


@pytest.fixture
def dies_at(mortal, monkeypatch):
    """Let the server die when a certain batch from now on is asked for, and start again."""
    fetch, asked = psycopg.ServerCursor.fetchmany, []

    def fetchmany(self, size=0):
        asked.append(size)
        if len(asked) == dying[-1]:
            mortal.kill()
            mortal.start()
        return fetch(self, size)

    dying = []

    def arm(number):
        asked.clear()
        dying.append(number)
        monkeypatch.setattr(psycopg.ServerCursor, "fetchmany", fetchmany)

    yield arm
    assert dying
    assert len(asked) >= dying[-1]


def test_a_first_batch_that_is_lost_is_asked_for_again(url, dies_at):
    """Nobody has seen a row yet, so it may be from another moment."""
    engine = opened(url)
    log(engine, *({"n": n} for n in range(MANY)))
    dies_at(1)
    assert [*range(MANY)] == column(engine, "n")
    engine.close()


def test_an_answer_of_less_than_a_batch_needs_no_server_afterwards(mortal, url):
    """It is all there once the first row is."""
    engine = opened(url, timeout=0.5)
    log(engine, *({"n": n} for n in range(BATCH - 1)))
    batches = engine.read("default", Query(columns=("n",))).batches
    mortal.kill()
    try:
        assert [*range(BATCH - 1)] == [n for (cells,) in batches for n in cells]
    finally:
        mortal.start()
    engine.close()


def test_who_hands_rows_on_is_told_to_read_again(url, dies_at):
    """No later moment goes with the rows that are out already."""
    engine = opened(url)
    log(engine, *({"n": n} for n in range(MANY)))
    batches = engine.read("default", Query()).batches
    next(batches)
    dies_at(1)
    with pytest.raises(InterruptedReadError, match=r"was lost meanwhile.*Read again\."):
        list(batches)
    assert [*range(MANY)] == column(engine, "n")
    engine.close()


@pytest.fixture
def many(url):
    """A tracker that has logged many rows."""
    with Tracker(url, track_id="run", warnings=False) as tracker:
        tracker.log_batch([{"n": n, "x": 2 * n} for n in range(MANY)])
        yield tracker


WHOLE = {
    "select": lambda tracker, reader, path: reader.select(["n"]).cells[0],
    "to_df": lambda tracker, reader, path: reader.to_df()["n"].tolist(),
    "latest": lambda tracker, reader, path: reader.latest()["n"].tolist(),
    "the frame of a run": lambda tracker, reader, path: tracker.to_df()["n"].tolist(),
    "head": lambda tracker, reader, path: tracker.head(MANY)["n"].tolist(),
    "a column of a run": lambda tracker, reader, path: tracker["n"].tolist(),
    "a file": lambda tracker, reader, path: _written(tracker, path),
}
"""What collects all rows before it returns; each for `n`."""


def _written(tracker, path):
    tracker.to_csv(path / "rows.csv")
    return pd.read_csv(path / "rows.csv")["n"].tolist()


@pytest.mark.parametrize("read", WHOLE.values(), ids=WHOLE)
def test_who_collects_all_rows_reads_again(many, url, dies_at, tmp_path, read):
    """A frame, a list or a file is made of one moment, which may be a later one."""
    reader = Reader(url)
    dies_at(2)
    assert [*range(MANY)] == [*read(many, reader, tmp_path)]
    reader.close()


def test_buckets_that_python_computes_are_computed_again(url, dies_at):
    """A column that was text before its numbers came is one of those."""
    engine = opened(url)
    log(engine, {"n": 0, "y": "text"})
    log(engine, *({"n": n, "y": 1} for n in range(1, MANY)))
    dies_at(2)
    (bucket,) = engine.read_series("default", SeriesQuery(x="n", y=("y",), buckets=1))
    assert MANY == bucket.rows
    assert MANY == engine.count("default", [where("n", 0, ">=")])
    engine.close()


def test_a_collection_begins_anew_when_its_look_at_the_rows_is_lost(url, dies_at):
    """It looks at all rows within its transaction, which is lost with the read."""
    engine = opened(url)
    store = PostgresAssetStore(engine)
    alive, dead = content(b"alive"), content(b"dead")
    with store.storing([alive, dead], []):
        pass
    log(engine, *({"n": n, "x": alive.id} for n in range(MANY)))
    dies_at(2)
    assert [dead.id] == store.collect(lambda: ids_in_rows(engine))
    assert [alive.id] == [info.id for info in store.infos()]
    engine.close()


def test_a_read_within_a_block_is_lost_with_the_block(url, dies_at):
    """So the block may be begun anew; a read after it is one by itself."""
    engine = opened(url)
    log(engine, *({"n": n} for n in range(MANY)))

    def block():
        with engine.transaction():
            log(engine, {"n": -1})
            dies_at(2)
            column(engine, "n")

    with pytest.raises(InterruptedWriteError, match="nothing of it is stored"):
        block()
    assert [*range(MANY)] == column(engine, "n")
    with engine.transaction():
        rest = engine.read("default", Query()).batches
        next(rest)
    dies_at(1)
    with pytest.raises(InterruptedReadError):
        list(rest)
    engine.close()


def test_an_import_whose_look_at_known_rows_is_lost_stores_nothing(url, dies_at, tmp_path):
    """It looks at them in its own transaction; the same call can be made again."""
    with Tracker(str(tmp_path / "a.db"), track_id="other", warnings=False) as tracker:
        tracker.log({"n": -1})
    with Tracker(url, track_id="run", warnings=False) as tracker:
        tracker.log_batch([{"n": n} for n in range(MANY)])
        dies_at(2)
        with pytest.raises(InterruptedWriteError, match="nothing of it is stored"):
            copy(str(tmp_path / "a.db"), url)
        assert MANY == len(tracker.to_df(all=True))
        copy(str(tmp_path / "a.db"), url)
        assert MANY + 1 == len(tracker.to_df(all=True))
