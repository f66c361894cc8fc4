"""Objects in rows: the row holds the id, and both are stored together."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass

import numpy as np
import pytest

from tests.assets.conftest import sql
from xetrack import Reader, Tracker, XetrackWarning
from xetrack.errors import (
    AssetNotFoundError,
    InvalidKeyError,
    StorageError,
    UnknownComponentError,
    UnsupportedValueError,
)
from xetrack_assets.store import SQLiteAssetStore

ARRAY = np.arange(5.0)


class Model:
    """Something that only pickle can say."""

    def __init__(self, weights):
        self.weights = weights

    def __eq__(self, other):
        return type(other) is Model and self.weights == other.weights

    __hash__ = None


def test_the_row_holds_the_id(tracker, db):
    """The first 16 digits of the SHA-256 of the content, also for whoever reads the row later."""
    row = tracker.log({"accuracy": 0.9, "model": Model(1)})
    assert row == tracker.latest == tracker[1]
    content = bytearray()
    tracker._asset_manager.store.content(row["model"], content.extend)
    assert hashlib.sha256(content).hexdigest()[:16] == row["model"]
    assert [("text",)] == sql(db, 'SELECT typeof(model) FROM "default"')
    assert Model(1) == tracker.get(row["model"]) == Reader(db).assets[row["model"]]


def test_promise_12_equal_content_is_stored_once(tracker):
    """Equal content is stored once: whoever logs it, under whatever key."""
    ids = {tracker.log({key: ARRAY})[key] for key in ("a", "b", "a")}
    with Tracker(tracker.db) as other:
        ids.add(other.log({"a": ARRAY.copy()})["a"])
        (asset,) = ids
        assert 1 == len(tracker.assets) == len(other.assets)
        assert 3 == tracker.assets.info(asset).references
        found = {(one.table, one.key, one.track_id) for one in tracker.assets.references(asset)}
        runs = tracker.track_id, other.track_id
        wanted = [("a", runs[0]), ("b", runs[0]), ("a", runs[1])]
        assert {("default", key, run) for key, run in wanted} == found


def test_promise_12_a_key_names_the_object_that_this_run_logged_last(tracker):
    """A key names the object that this run logged last.

    A key that is no asset is an error or the default.
    """
    with Tracker(tracker.db) as other:
        for value in (1, 2):
            tracker.log({"the model": Model(value), "x": "text"})
        other.log({"the model": Model(3)})
        tracker.log({"x": "text"})
        assert Model(2) == tracker.get("the model") == tracker.get("the_model")
        assert Model(3) == other.get("the model")
        for name in ("x", "nothing", "", "0123456789abcdef"):
            with pytest.raises(AssetNotFoundError):
                tracker.get(name)
            assert "mine" == tracker.get(name, default="mine")
            assert tracker.get(name, default=None) is None


def test_a_unique_beginning_of_6_digits_finds_an_asset(tracker):
    """In either case, and so does the whole digest; 5 are too few, foreign digits no asset."""
    asset = tracker.log({"a": ARRAY})["a"]
    digest = tracker.assets.info(asset).header.digest
    for name in (asset[:6], asset[:6].upper(), asset, digest, digest[:40]):
        assert ARRAY.tolist() == tracker.get(name).tolist()
        assert name in tracker.assets
    wrong = digest[:-1] + ("0" if digest[-1] != "0" else "1")
    for name in (asset[:5], wrong, "%" * 6, "g" * 16, "", 7, None):
        assert name not in tracker.assets


def test_a_beginning_that_several_assets_share_is_an_error_that_names_them(tracker, db):
    """A beginning that several assets share is an error that names them, also where a default was
    given.
    """
    ids = [tracker.assets.put(n) for n in range(2)]
    for number, asset in enumerate(ids):
        sql(db, "UPDATE xetrack_assets SET id = ? WHERE id = ?", f"abcdef000000000{number}", asset)
    with pytest.raises(AssetNotFoundError, match=r"abcdef0000000000, abcdef0000000001"):
        tracker.get("abcdef", default=1)


def test_promise_25_objects_are_taken_wherever_values_are(tracker):
    """Params, single ones too, and what is set later, in all rows or some."""
    with Tracker(tracker.db, params={"p": Model("p")}) as run:
        assert Model("p") == run.get("p")
        run.log({"x": 1})
        run.set_param("q", Model("q"))
        run.set_params({"r": Model("r")})
        run.log_batch([{"x": 2}, {"x": 3, "b": ARRAY}])
        assert 3 == run.set_value("s", Model("s"))
        assert 1 == run.set_where("t", Model("t"), "x", 2)
        for key in "pqrst":
            assert Model(key) == run.get(key)
        assert ARRAY.tolist() == run.get("b").tolist()
        rows = list(run)
        assert run[1]["p"] == rows[2]["p"]
        assert [None, rows[1]["t"], None] == [row["t"] for row in rows]
        assert 1 == Reader(tracker.db).set_value("u", Model("u"), run.track_id) // 3
        assert Model("u") == run.get("u")
        assert [] == run.assets.gc()


def test_one_object_in_many_rows_of_a_batch_is_encoded_once(tracker, monkeypatch):
    """One object in many rows of a batch is encoded once, and stored once."""
    made = []
    codecs = tracker._asset_manager.codecs
    contents = codecs.contents
    monkeypatch.setattr(codecs, "contents", lambda value: made.append(1) or contents(value))
    tracker.log_batch([{"a": ARRAY, "n": n} for n in range(10)])
    assert ([1], 1) == (made, len(tracker.assets))


@dataclass
class Config:
    """A model whose fields become columns."""

    rate: float
    loss: object


def test_calls_keep_what_their_results_hold(tracker):
    """Items of a dict are assets, a result that is no dict is text; so are fields of arguments."""

    def train(config):
        return {"accuracy": 0.5, "model": Model(7)}

    result = tracker.track(train, args=[Config(0.1, Model(1))], params={"data": ARRAY})
    assert Model(7) == result["model"] == tracker.get("model")
    assert ARRAY.tolist() == tracker.get("data").tolist()
    assert tracker.latest["config_loss"].startswith("<")
    tracker.track(lambda: Model(8))
    assert tracker.latest["function_result"].startswith("<")
    assert 2 == len(tracker.assets)
    row = tracker.log({"config": Config(0.1, Model(1))})
    assert Model(1) == tracker.get(row["config_loss"])


class Raises:
    """Pickling it raises what nobody expects."""

    def __reduce__(self):
        raise AttributeError("a network is down")


@pytest.mark.parametrize("value", [threading.Lock(), Raises(), (n for n in ())])
def test_promise_27_what_cannot_be_pickled_costs_its_asset_not_the_row(tracker, value):
    """In `log`, batches, calls and params: the cell is missing, a warning names the key."""
    with pytest.warns(XetrackWarning, match="'bad'.*left out"):
        assert tracker.log({"x": 1, "bad": value})["bad"] is None
    with pytest.warns(XetrackWarning, match="'bad'"):
        tracker.log_batch([{"x": 2, "bad": value}, {"x": 3}])
    with pytest.warns(XetrackWarning, match="'bad'"):
        assert {"bad": value} == tracker.track(lambda: {"bad": value})
    with pytest.warns(XetrackWarning, match="'worse'"):
        tracker.set_param("worse", value)
    tracker.log({"x": 4})
    assert [1, 2, 3, None, 4] == [row["x"] for row in tracker]
    assert 0 == len(tracker.assets)


def test_promise_24_assets_that_cannot_be_stored_cost_no_row(tracker, monkeypatch):
    """The row is stored without them, with a warning; the next row is stored as ever."""
    write = SQLiteAssetStore._write

    def failing(self, connection, content):
        write(self, connection, content)
        connection.execute("SELECT * FROM nothing_there")

    monkeypatch.setattr(SQLiteAssetStore, "_write", failing)
    with pytest.warns(XetrackWarning, match="'a' was left out of its row"):
        assert tracker.log({"x": 1, "a": ARRAY})["a"] is None
    monkeypatch.undo()
    assert (1, 0) == (len(tracker), len(tracker.assets))
    tracker.log({"x": 2, "a": ARRAY})
    assert [1, 2] == [row["x"] for row in tracker]


def test_a_row_that_fails_leaves_no_asset(tracker, monkeypatch):
    """Content, reference and row are one transaction."""
    tracker.log({"a": np.arange(3)})

    def failing(*_, **__):
        raise StorageError("x", "Writing to", "the disk is full")

    monkeypatch.setattr(tracker._recorder, "_store", failing)
    with pytest.raises(StorageError):
        tracker.log({"a": ARRAY, "new": 1})
    monkeypatch.undo()
    assert 1 == len(tracker.assets)
    assert ARRAY.tolist() == tracker.get(tracker.log({"a": ARRAY, "new": 2})["a"]).tolist()


def test_a_batch_with_a_bad_key_stores_no_asset(tracker):
    """A batch with a bad key stores no asset, as promise 4 demands of rows."""
    with pytest.raises(InvalidKeyError):
        tracker.log_batch([{"a": ARRAY}, {"": 1}])
    assert (0, 0) == (len(tracker), len(tracker.assets))


def test_assets_in_memory():
    """Assets are stored in memory as in a file."""
    with Tracker(Tracker.IN_MEMORY, compress=True) as tracker:
        asset = tracker.log({"a": np.zeros(100_000)})["a"]
        assert 0 == tracker.get("a").sum()
        info = tracker.assets.info(asset)
        assert info.stored_size < info.header.size / 10
        tracker.assets.delete(asset)
        assert 0 == len(tracker.assets)
        assert tracker.assets.gc() == []


def test_the_logs_get_the_id(tmp_path):
    """A tracker that keeps no rows has no place for objects, and says so."""
    with Tracker(tmp_path / "x.db", jsonl=tmp_path / "x.jsonl") as tracker:
        asset = tracker.log({"a": ARRAY})["a"]
    assert [asset] == Reader.read_jsonl(tmp_path / "x.jsonl")["a"].tolist()
    with Tracker(Tracker.SKIP_INSERT) as tracker:
        assert tracker.assets is None
        with pytest.raises(UnsupportedValueError, match="keeps none"):
            tracker.log({"a": ARRAY})


def test_a_store_that_is_named_must_be_there(db):
    """Its name is not forgotten in favour of another."""
    with pytest.raises(UnknownComponentError, match="'s3'"):
        Tracker(db, asset_store="s3")
    assert not db.exists()


def test_promise_20_reading_assets_creates_nothing(db):
    """A file without assets has none, and stays as it was."""
    with Tracker(db) as tracker:
        tracker.log({"x": 1})
    before = sql(db, "SELECT name FROM sqlite_schema")
    with Reader(db) as reader:
        assert (0, []) == (len(reader.assets), list(reader.assets))
        assert "0123456789abcdef" not in reader.assets
        assert {} == reader.assets.verify()
    assert before == sql(db, "SELECT name FROM sqlite_schema")


def test_plain_rows_make_no_tables_of_assets(tracker, db):
    """Who logs no objects pays nothing for them."""
    tracker.log({"x": 1, "y": [1, 2]})
    tracker.log_batch([{"x": 1}])
    names = {name for (name,) in sql(db, "SELECT name FROM sqlite_schema")}
    assert not {name for name in names if "asset" in name}
    assert "_opened" not in vars(tracker._asset_manager)
