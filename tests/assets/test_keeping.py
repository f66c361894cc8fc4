"""References, orphans, damage: what is kept, and for how long."""

from __future__ import annotations

import random
from array import array

import numpy as np
import pytest
from sqlitedict import SqliteDict

from tests.assets.conftest import sql
from xetrack import Reader, Tracker
from xetrack.builtin.sqlite.connections.pool import ConnectionPool
from xetrack.errors import AssetNotFoundError, DamagedAssetError, XetrackWarning

ARRAY = np.arange(5.0)


def test_promise_12_a_run_that_is_deleted_leaves_other_runs_their_assets(tracker, db):
    """What nobody else refers to goes with `gc`."""
    with Tracker(db) as other, Reader(db) as reader:
        shared = tracker.log({"shared": ARRAY})["shared"]
        other.log({"shared": ARRAY})
        own = other.log({"own": array("b", [1, 1])})["own"]
        assert [] == reader.assets.gc()
        reader.delete_run(other.track_id)
        assert 1 == reader.assets.info(shared).references
        assert [own] == reader.assets.gc()
        assert ARRAY.tolist() == tracker.get("shared").tolist()
        reader.delete_run(tracker.track_id)
        assert [shared] == tracker.assets.gc()
        assert 0 == len(reader.assets)


def test_an_id_that_was_logged_by_itself_keeps_its_asset(tracker, db):
    """The guide advises it: store an object once, then log its id; in lists and dicts too."""
    ids = [tracker.log({"model": array("b", [n, n])})["model"] for n in range(4)]
    first, _, _, last = ids
    with Tracker(db, table="others") as other, Reader(db) as reader:
        other.log({"model": first})
        other.log({"models": {"best": [last]}})
        assert array("b", [0, 0]) == other.get("model")
        reader.delete_run(tracker.track_id)
        assert ids[1:3] == reader.assets.gc()
        assert [first, last] == [info.id for info in reader.assets]


def test_an_object_that_was_put_by_itself_is_kept_for_its_run(tracker, db):
    """An object that was put by itself is kept for its run until the run is deleted."""
    asset = tracker.assets.put(array("b", [1, 1]))
    tracker.log({"x": 1})
    assert [] == tracker.assets.gc()
    Reader(db).delete_run(tracker.track_id)
    assert [asset] == tracker.assets.gc()


def test_a_table_that_is_begun_anew_keeps_no_asset(tracker, db):
    """Those of other tables stay."""
    tracker.log({"a": array("b", [1, 1])})
    with Tracker(db, table="others") as other:
        kept = other.log({"b": array("b", [2, 2])})["b"]
    with Tracker(db, reset=True, params={"p": array("b", [3, 3])}) as anew:
        assert 1 == len(anew.assets.gc())
        assert {kept, anew.params["p"]} == {info.id for info in anew.assets}


def test_remove_asset_removes_references_and_then_the_content(tracker, db):
    """Under one column or key, or all; its id leaves the cells there, and no others."""
    asset = tracker.log({"a": ARRAY})["a"]
    tracker.log({"b c": ARRAY})
    with Tracker(db, table="others", track_id="another") as other:
        other.log_batch([{"a": ARRAY, "note": f"see {asset}"}, {"a": "text", "by_hand": asset}])
    with Reader(db) as reader:
        assert reader.remove_asset(asset, column="b_c") is True
        assert [(asset, None), (None, None)] == reader.select(["a", "b c"]).rows()
        assert ["a", "a"] == [one.key for one in reader.assets.references(asset)]
        assert asset in reader.assets
        reader.remove_asset(asset[:8])
        assert asset not in reader.assets
        assert tracker[1]["a"] is None
        others = Reader(db, table="others").select(["a", "note", "by_hand"]).rows()
        assert [(None, f"see {asset}", None), ("text", None, None)] == others
        with pytest.raises(AssetNotFoundError):
            reader.remove_asset(asset)


def test_a_tracker_takes_the_id_out_of_all_cells(tracker, db):
    """Of all runs and tables, as a reader does; and it goes on logging."""
    asset = tracker.log({"a": ARRAY, "b c": ARRAY})["a"]
    with Tracker(db, table="others", track_id="another") as other:
        other.log({"a": ARRAY, "note": f"see {asset}"})
    assert tracker.remove_asset(asset, "b c")
    assert (asset, None) == (tracker[1]["a"], tracker[1]["b_c"])
    assert tracker.remove_asset(asset[:8])
    assert tracker[1]["a"] is None
    assert [(None, f"see {asset}")] == Reader(db, table="others").select(["a", "note"]).rows()
    assert asset == tracker.log({"a": ARRAY})["a"]
    assert tracker.remove_asset(asset, remove_keys=False)
    assert asset == tracker[2]["a"]


def test_a_param_that_was_removed_is_none_in_later_rows(tracker):
    """And no other param is."""
    tracker.set_params({"model": ARRAY, "weights": ARRAY, "lr": 0.1})
    asset = tracker.log({"n": 1})["model"]
    assert tracker.remove_asset(asset, "model")
    row = tracker.log({"n": 2})
    assert (None, asset, 0.1) == (row["model"], row["weights"], row["lr"])
    assert tracker.remove_asset(asset)
    assert tracker.log({"n": 3})["weights"] is None


def test_references_can_be_kept_so_that_storing_again_brings_the_asset_back(tracker, db):
    """`remove_keys=False` removes the content only."""
    asset = tracker.log({"a": ARRAY})["a"]
    with Reader(db) as reader:
        reader.remove_asset(asset, remove_keys=False)
        assert asset not in reader.assets
        assert asset == tracker[1]["a"]
        assert 1 == len(reader.assets.references(tracker.log({"b": array("b", [1, 1])})["b"]))
        with Tracker(db) as other:
            other.log({"c": ARRAY})
        assert ARRAY.tolist() == tracker.get("a").tolist()
        assert 2 == reader.assets.info(asset).references


def test_delete_forgets_references_too(tracker, db):
    """A later store of equal content begins anew."""
    asset = tracker.log({"a": ARRAY})["a"]
    tracker.assets.delete(asset)
    with pytest.raises(AssetNotFoundError, match="xt assets ls"):
        tracker.get("a")
    assert "none" == tracker.get("a", default="none")
    with Tracker(db) as other:
        other.log({"a": ARRAY})
    assert 1 == tracker.assets.info(asset).references


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize(
    "value", [np.arange(300.0), array("b", range(100))], ids=["numpy", "pickle"]
)
def test_r13_a_flipped_bit_is_an_error_and_never_another_object(db, compress, value):
    """Wherever it is in the content; `verify` finds it, storing again after a delete mends it."""
    with Tracker(db, compress=compress) as tracker:
        asset = tracker.log({"a": value})["a"]
        ((content,),) = sql(db, 'SELECT value FROM "assets"')
        draw = random.Random(1)
        places = [0, len(content) * 8 - 1, *(draw.randrange(len(content) * 8) for _ in range(40))]
        for place in places:
            wrong = bytearray(content)
            wrong[place // 8] ^= 1 << place % 8
            sql(db, 'UPDATE "assets" SET value = ?', bytes(wrong))
            with pytest.raises(DamagedAssetError, match=asset):
                tracker.get(asset)
        assert [asset] == [*tracker.assets.verify()]
        for cut in (0, 1, len(content) // 2, len(content) - 1):
            sql(db, 'UPDATE "assets" SET value = ?', content[:cut])
            if compress and cut == len(content) - 1:  # then but a byte of a checksum is missing
                assert str(value) == str(tracker.get(asset))
            else:
                with pytest.raises(DamagedAssetError):
                    tracker.get(asset)
            # What is too short is seen when the object is stored again.
            assert asset == tracker.log({"a": value})["a"]
            assert {} == tracker.assets.verify()
        sql(db, 'UPDATE "assets" SET value = ?', b"x" + content)
        with pytest.raises(DamagedAssetError):
            tracker.get(asset)
        tracker.assets.delete(asset)
        tracker.log({"a": value})
        assert {} == tracker.assets.verify()
        assert str(value) == str(tracker.get(asset))


@pytest.mark.slow
@pytest.mark.parametrize("compress", [False, True])
def test_what_is_large_lies_in_pieces(db, compress):
    """Each is found missing, swapped or damaged."""
    array = np.random.default_rng(0).random(5_000_000)
    with Tracker(db, compress=compress) as tracker:
        asset = tracker.log({"a": array})["a"]
        assert array.tolist() == tracker.get(asset).tolist()
        count = "SELECT count(*), max(length(value)) FROM xetrack_asset_pieces"
        ((pieces, longest),) = sql(db, count)
        assert pieces > 1
        assert longest <= 2**24
        sql(db, "UPDATE xetrack_asset_pieces SET value = zeroblob(9) WHERE number = 2")
        with pytest.raises(DamagedAssetError):
            tracker.get(asset)
        sql(db, "DELETE FROM xetrack_asset_pieces WHERE number = 1")
        with pytest.raises(DamagedAssetError, match="missing"):
            tracker.get(asset)
        assert [asset] == [*tracker.assets.verify()]
        tracker.log({"a": array})
        assert {} == tracker.assets.verify()
        tracker.assets.delete(asset)
        assert [(0, None)] == sql(db, count)


MEMORY = """
import re
import numpy as np
from pathlib import Path
from xetrack import Tracker
def used():
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) / 1024
tracker = Tracker("track.db")
tracker.log({"a": np.arange(10)}); tracker.get("a")
before = used()
array = np.random.default_rng(0).random(25 * 2**20)
made = used()
asset = tracker.log({"a": array})["a"]
stored = used()
del array
found = tracker.get(asset)
print(int(made - before), int(stored - made), int(used() - max(stored, made)), len(found))
"""


def test_a_large_array_is_never_copied_as_a_whole(python):
    """200 MB: storing takes some pieces of memory, loading the array itself and some pieces."""
    made, storing, loading, length = map(int, python(MEMORY, fresh=True).split())
    assert (190 < made, length) == (True, 25 * 2**20)
    assert storing < 100
    assert loading < 100


def test_sqlitedict_reads_our_table(tracker, db):
    """The table and its layout are its own; what lies there are bytes as they are."""
    asset = tracker.assets.put(b"some bytes")
    tracker.close()
    # It sets the journal's mode itself, for which nobody else may have the file open.
    with SqliteDict(str(db), "assets", flag="r", decode=bytes, journal_mode="WAL") as found:
        assert {asset: b"some bytes"} == dict(found)


def test_a_foreign_table_of_that_name_costs_the_object(db):
    """A foreign table of that name costs the object, with a warning, and not its row."""
    sql(db, "CREATE TABLE assets (name TEXT)")
    with Tracker(db) as tracker:
        with pytest.warns(XetrackWarning, match="'a' was left out of its row"):
            tracker.log({"a": ARRAY})
        tracker.log({"x": 1})
        assert 2 == len(tracker)


def test_what_is_known_is_looked_up_without_opening_the_file_anew(tracker, monkeypatch):
    """A connection for looks answers, within a transaction, too."""
    value = np.arange(3)
    asset = tracker.log({"a": value})["a"]
    tracker.log({"a": value})  # opens it
    opened = []
    real = ConnectionPool._opened
    monkeypatch.setattr(
        ConnectionPool, "_opened", lambda *args, **kwargs: opened.append(1) or real(*args, **kwargs)
    )
    assert asset == tracker.log({"a": value})["a"]
    assert [] == opened
    with tracker._engine.transaction():
        assert asset == tracker.assets.info(asset).id
    assert [] == opened


def test_what_is_kept_in_memory_is_found_within_the_users_own_transaction():
    """There, the connection that writes is the user's as well."""
    with Tracker(Tracker.IN_MEMORY) as tracker:
        asset = tracker.log({"a": array("b", [1, 2])})["a"]
        tracker.conn.execute("BEGIN")
        assert array("b", [1, 2]) == tracker.get(asset)
        tracker.conn.execute("ROLLBACK")
