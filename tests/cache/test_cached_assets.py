"""Objects in cached results: each is stored once, however often its call is answered."""

from __future__ import annotations

import sqlite3
from array import array
from contextlib import closing

import numpy as np
import pytest

from xetrack import Reader, Tracker
from xetrack.assets.manager import AssetManager


class Model:
    """An object whose pickle is another one after it was loaded: its texts are shared no more."""

    def __init__(self, seed):
        self.seed = seed
        self.names = ["".join(["a", str(seed)])] * 2
        self.texts = {name: name for name in ("seed", "names")}


def fit(seed):
    return {"loss": seed / 2, "model": Model(seed), "weights": np.arange(seed + 2)}


def number_of(db, table="xetrack_assets"):
    with closing(sqlite3.connect(db)) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


@pytest.fixture
def db(tmp_path):
    return tmp_path / "runs.db"


def test_thirty_cached_models_stay_thirty(db, folder):
    """And each row of a hit refers to the one that was stored first."""
    ids = []
    for _ in range(3):
        with Tracker(db, cache=folder) as tracker:
            for seed in range(30):
                assert seed == tracker.track(fit, args=[seed])["model"].seed
            ids.append((tracker["model"].tolist(), tracker["weights"].tolist()))
        assert 60 == number_of(db)
    assert ids[0] == ids[1] == ids[2]
    assert 30 == len(set(ids[0][0]))
    reader = Reader(db)
    assert [0, 29] == [reader.assets[ids[2][0][seed]].seed for seed in (0, 29)]
    assert 180 == number_of(db, "xetrack_asset_references")


def test_another_database_gets_the_object_itself(tmp_path, folder):
    """Its store does not have that of the first."""
    for name in ("first.db", "second.db", "second.db"):
        with Tracker(tmp_path / name, cache=folder) as tracker:
            tracker.track(fit, args=[3])
            assert 3 == tracker.get(tracker.latest["model"]).seed
        assert 2 == number_of(tmp_path / name)


def test_an_object_that_was_removed_is_stored_anew(db, folder):
    """So that no row names what is not there."""
    with Tracker(db, cache=folder) as tracker:
        tracker.track(fit, args=[3])
        with closing(sqlite3.connect(db)) as connection, connection:
            connection.execute("DELETE FROM xetrack_assets")
            connection.execute('DELETE FROM "assets"')
        tracker.track(fit, args=[3])
        assert tracker.latest["cache"]
        assert 3 == tracker.get(tracker.latest["model"]).seed


def test_an_object_that_is_removed_just_then_is_stored_anew(db, folder, monkeypatch):
    """Between the look at the store and the row."""
    with Tracker(db, cache=folder) as tracker:
        tracker.track(fit, args=[3])
        stored_content = AssetManager.stored_content

        def remove(manager, asset_id, value):
            content = stored_content(manager, asset_id, value)
            with closing(sqlite3.connect(db)) as connection, connection:
                connection.execute("DELETE FROM xetrack_assets")
                connection.execute('DELETE FROM "assets"')
            return content

        monkeypatch.setattr(AssetManager, "stored_content", remove)
        tracker.track(fit, args=[3])
        assert tracker.latest["cache"]
        assert 3 == tracker.get(tracker.latest["model"]).seed
        assert 2 == len(tracker.to_df())


def test_a_hit_encodes_no_object(db, folder, monkeypatch):
    """Not even to find its id."""
    with Tracker(db, cache=folder) as tracker:
        tracker.track(fit, args=[3])
        monkeypatch.setattr(AssetManager, "content", None)
        tracker.track(fit, args=[3])
        assert tracker.latest["cache"]


def test_an_entry_of_a_run_without_a_store_has_no_ids(tmp_path, folder, monkeypatch):
    """The text is in the row; a later database stores the object."""
    monkeypatch.setattr(AssetManager, "has_store", lambda manager: False)
    with Tracker(tmp_path / "first.db", cache=folder) as tracker:
        tracker.track(fit, args=[3])
    monkeypatch.undo()
    with Tracker(tmp_path / "second.db", cache=folder) as tracker:
        tracker.track(fit, args=[3])
        assert 3 == tracker.get(tracker.latest["model"]).seed


def test_an_object_that_somebody_else_signed_is_stored_by_this_user(db, folder):
    """Theirs could not be loaded."""
    with Tracker(db, cache=folder) as tracker:
        tracker.track(fit, args=[3])
        with closing(sqlite3.connect(db)) as connection, connection:
            connection.execute("UPDATE xetrack_assets SET seal = zeroblob(32)")
        tracker.track(fit, args=[3])
        assert 3 == tracker.get(tracker.latest["model"]).seed


@pytest.mark.slow
def test_many_objects_are_more_than_an_entry_says(db, folder):
    """Then they are encoded on each hit, as those of another store are."""

    def many():
        return {f"{'x' * 50}{at}": array("h", [at, at]) for at in range(900)}

    with Tracker(db, cache=folder) as tracker:
        for _ in range(2):
            assert array("h", [7, 7]) == tracker.track(many)[f"{'x' * 50}7"]
        assert tracker.latest["cache"]
