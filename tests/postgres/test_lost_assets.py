"""A server that dies while objects are stored with their rows: both are there, once."""

from __future__ import annotations

import time
import warnings

import numpy as np
import pytest

from tests.postgres.engines import column, log, opened, where
from xetrack import Reader, Tracker
from xetrack.errors import InterruptedWriteError, XetrackWarning
from xetrack_postgres.asset_store import PostgresAssetStore

OBJECT = np.arange(3)
FIRST, SECOND = [0, 1], [0, 1, 2]

REFERENCE = 'xetrack_asset_references" VALUES'
"""In the statement that stores the use of an object, after its content."""


@pytest.fixture
def url(mortal, schema):
    """A schema of the server that may be killed."""
    return f"{mortal.url}&schema={schema}"


@pytest.fixture
def tracker(url):
    """A tracker that has logged an object and a row, so that all tables are there."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with Tracker(url, track_id="run") as tracker:
            tracker.log({"n": 0, "labels": np.arange(2)})
            yield tracker


def objects(url, key="labels"):
    """The objects of all rows, as another reader finds them."""
    with Tracker(url) as reader:
        cells = reader.to_df(all=True)[key].tolist()
        return [reader.assets.get(cell).tolist() for cell in cells if isinstance(cell, str)]


def test_a_row_with_an_object_outlives_the_server(tracker, url, dies_before):
    """Nothing of it was stored, so it is stored anew with its object."""
    dies_before(REFERENCE)
    tracker.log({"n": 1, "labels": OBJECT})
    dies_before("pg_current_xact_id_if_assigned")
    tracker.log_batch([{"n": 2, "labels": OBJECT}])
    assert [0, 1, 2] == tracker.to_df()["n"].tolist()
    assert [FIRST, SECOND, SECOND] == objects(url)


def test_a_row_with_an_object_whose_outcome_was_lost_is_there_once(tracker, url, lost_commit):
    """With its object, whether the COMMIT came through or not."""
    lost_commit()
    tracker.log({"n": 1, "labels": OBJECT})
    assert [0, 1] == tracker.to_df()["n"].tolist()
    assert [FIRST, SECOND] == objects(url)


def test_a_cell_of_json_is_found_though_its_row_was_lost_first(tracker, url, dies_before):
    """That its column has such was noted in the transaction that was lost, and is noted again."""
    tracker.log({"x": "abc", "labels": OBJECT})
    dies_before("pg_current_xact_id_if_assigned")
    tracker.log({"x": "a\0b", "labels": OBJECT})
    engine = opened(url)
    assert 1 == engine.count("default", [where("x", "a\0b")])
    assert 3 == engine.update("default", {"x": "new"}, ())
    assert ["new"] * 3 == column(engine, "x")
    engine.close()


def test_an_object_that_is_set_outlives_the_server(tracker, url, dies_before):
    """The cell and its object are one transaction too."""
    dies_before(REFERENCE)
    assert 1 == tracker.set_value("labels", OBJECT)
    reader = Reader(url)
    dies_before(REFERENCE)
    assert 1 == reader.set_value("others", OBJECT, track_id="run")
    reader.close()
    assert [SECOND] == objects(url)
    assert [SECOND] == objects(url, "others")


def test_an_object_without_a_row_outlives_the_server(tracker, url, dies_before):
    """One that is put, and one that is a param."""
    dies_before(REFERENCE)
    assert SECOND == tracker.assets.get(tracker.assets.put(OBJECT, "labels")).tolist()
    dies_before(REFERENCE)
    with Tracker(url, params={"classes": OBJECT}) as other:
        other.log({"n": 1})
    assert SECOND in objects(url, "classes")


def test_what_changes_assets_and_facts_outlives_the_server(tracker, url, dies_before):
    """It is counted once, whenever the server died."""
    engine = opened(url)
    store = PostgresAssetStore(engine)
    (asset,) = (info.id for info in store.infos())
    dies_before("xetrack_facts")
    assert "there" == engine.set_fact("name", "there")
    dies_before("DELETE FROM")
    assert 1 == store.dereference(asset=asset)
    dies_before("DELETE FROM")
    assert [asset] == store.collect(frozenset)
    dies_before("DELETE FROM")
    store.delete(asset)
    assert not store.infos()
    engine.close()


def test_a_block_within_another_is_not_begun_again(url, dies_before):
    """What the outer one has stored is gone with the server, so that fails at once."""
    engine = opened(url)
    log(engine, {"n": 0})
    store = PostgresAssetStore(engine)
    with store.storing([], []):
        pass

    def block():
        with engine.transaction():
            dies_before("DELETE FROM")
            store.dereference(asset="ab")

    with pytest.raises(InterruptedWriteError, match="nothing of it is stored"):
        block()
    assert 1 == engine.count("default")
    engine.close()


def _end(connection):
    connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def _idle(connection):
    connection.execute("SET idle_in_transaction_session_timeout = 20")
    time.sleep(0.1)
    connection.execute("SELECT 1")


def _close(connection):
    connection.close()
    connection.execute("SELECT 1")


CUTS = {"the server ends it": _end, "it waited too long": _idle, "the network is cut": _close}
"""What may happen to a connection each time that an object is sent."""


@pytest.fixture(params=CUTS.values(), ids=CUTS)
def cut(request, monkeypatch):
    """Have the connection cut, a number of times, at each content that is sent."""
    write, left, seen = PostgresAssetStore._write, [0], []

    def cutting(self, connection, content):
        seen.append(content.id)
        if left[0]:
            left[0] -= 1
            request.param(connection)
        write(self, connection, content)

    def arm(number):
        left[0] = number
        monkeypatch.setattr(PostgresAssetStore, "_write", cutting)
        return seen

    return arm


LOGS = {
    "a row": lambda tracker: tracker.log({"n": 1, "labels": OBJECT}),
    "a batch": lambda tracker: tracker.log_batch([{"n": 1, "labels": OBJECT}]),
    "the result of a call": lambda tracker: tracker.track(lambda: {"n": 1, "labels": OBJECT}),
}


@pytest.mark.parametrize("store", LOGS.values(), ids=LOGS)
def test_an_object_that_cuts_its_connection_each_time_does_not_cost_its_row(tracker, cut, store):
    """It is left out with a warning after a few attempts, long before the deadline."""
    seen, begun = cut(10_000), time.monotonic()
    with pytest.warns(XetrackWarning, match="'labels'.*was cut each time"):
        store(tracker)
    assert 1 < len(seen) < 10
    assert 20 > time.monotonic() - begun
    assert [0, 1] == tracker.to_df()["n"].tolist()
    assert 1 == len(tracker.assets)


def test_an_object_whose_connection_is_cut_twice_is_stored(tracker, url, cut):
    """Two restarts are no reason to give it up."""
    cut(2)
    tracker.log({"n": 1, "labels": OBJECT})
    assert [FIRST, SECOND] == objects(url)


def test_a_param_that_cuts_its_connection_each_time_does_not_cost_the_rows(tracker, url, cut):
    """Nor does an object that is to replace what is stored change anything."""
    cut(10_000)
    with pytest.warns(XetrackWarning, match="'classes'"):
        tracker.set_params({"classes": OBJECT})
    tracker.log({"n": 1})
    with pytest.raises(InterruptedWriteError):
        tracker.set_value("labels", OBJECT)
    assert [0, 1] == tracker.to_df()["n"].tolist()
    assert [FIRST] == objects(url)
