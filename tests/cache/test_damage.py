"""R16, S6: what is damaged, foreign or missing is a miss with a warning, and never a value."""

from __future__ import annotations

import random
import shutil
import sqlite3
import time
import warnings
from contextlib import closing

import numpy as np
import pytest

from tests.cache.conftest import RAN
from xetrack import Reader
from xetrack.errors import XetrackWarning


def long(x):
    RAN.append(x)
    return f"{x} " * 20_000


def short(x):
    RAN.append(x)
    return [x, "value"]


def plain(x):
    RAN.append(x)
    return x / 2


def database(folder):
    return sqlite3.connect(folder / "cache.db", isolation_level=None)


def cells(folder):
    with closing(database(folder)) as connection:
        return connection.execute(
            "SELECT key, value, filename FROM Cache ORDER BY rowid"
        ).fetchall()


def put(folder, key, value):
    with closing(database(folder)) as connection:
        connection.execute("UPDATE Cache SET value = ? WHERE key = ?", (value, key))


@pytest.mark.parametrize(("function", "result"), [(short, [1, "value"]), (plain, 0.5)])
def test_r16_a_flipped_bit_is_a_miss_that_heals(tracker, folder, ran, function, result):
    """Wherever it is in an entry, also in one that was read before: none of them gives a value."""
    tracker.track(function, args=[1])
    ((key, value, _),) = cells(folder)
    bits = range(8 * len(value))
    for bit in random.Random(1).sample(bits, 200):
        damaged = bytearray(value)
        damaged[bit // 8] ^= 1 << bit % 8
        put(folder, key, bytes(damaged))
        RAN.clear()
        with pytest.warns(XetrackWarning, match="is not used") as said:
            assert result == tracker.track(function, args=[1])
        assert ([1], 1, "") == (ran, len(said), tracker.latest["cache"])
        assert result == tracker.track(function, args=[1])
    tracker.track(function, args=[1])
    assert tracker.track_id == tracker.latest["cache"]


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty", "missing", "a folder", "linked"])
def test_r16_a_damaged_file_is_a_miss_that_heals(tracker, folder, ran, damage, tmp_path):
    """Long results have files of their own."""
    wanted = tracker.track(long, args=[1])
    (path,) = folder.rglob("*.val")
    data = bytearray(path.read_bytes())
    path.unlink()
    if damage == "flipped":
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    elif damage == "cut":
        path.write_bytes(data[:-1])
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "a folder":
        path.mkdir()
    elif damage == "linked":
        other = tmp_path / "other"
        other.mkdir()
        (other / path.name).write_bytes(b"mine")
        shutil.rmtree(path.parent)
        path.parent.symlink_to(other)
    with pytest.warns(XetrackWarning, match="is not used") as said:
        assert wanted == tracker.track(long, args=[1])
    assert wanted == tracker.track(long, args=[1])
    assert ([1, 1], 1) == (ran, len(said))
    assert damage != "linked" or b"mine" == (other / path.name).read_bytes()


def test_r16_a_row_that_names_a_file_elsewhere_reads_and_removes_nothing(tracker, folder, tmp_path):
    """The database may be somebody else's."""
    tracker.track(long, args=[1])
    victim = tmp_path / "victim"
    victim.write_text("mine")
    with closing(database(folder)) as connection:
        connection.execute("UPDATE Cache SET filename = '../victim'")
    with pytest.warns(XetrackWarning, match="names a file that is not its own"):
        tracker.track(long, args=[1])
    with closing(database(folder)) as connection:
        connection.execute("UPDATE Cache SET filename = ?", (str(victim),))
    assert 1 == Reader.delete_cache_by_track_id(folder, tracker.track_id)
    assert "mine" == victim.read_text()


def test_s6_an_entry_under_another_key_is_refused(tracker, folder, ran):
    """A signature holds for its own key only."""
    tracker.track(short, args=[1])
    tracker.track(short, args=[2])
    (one, first, _), (two, second, _) = cells(folder)
    put(folder, one, second)
    put(folder, two, first)
    with pytest.warns(XetrackWarning, match="does not carry your signature"):
        assert [1, "value"] == tracker.track(short, args=[1])
    with pytest.warns(XetrackWarning, match="does not carry your signature"):
        assert [2, "value"] == tracker.track(short, args=[2])
    assert [1, 2, 1, 2] == ran


def test_s6_an_entry_of_another_user_is_refused(track, folder, ran, tmp_path, monkeypatch):
    """An entry of another user is refused unless the user says that it can be trusted."""
    track().track(short, args=[1])
    tracker = track()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "other user"))
    with pytest.warns(XetrackWarning, match="does not carry your signature"):
        tracker.track(short, args=[1])
    monkeypatch.undo()
    RAN.clear()
    monkeypatch.setenv("XETRACK_TRUST", "1")
    assert [1, "value"] == tracker.track(short, args=[1])
    assert [] == ran


@pytest.mark.parametrize("removed", ["all", "database", "file"])
def test_r16_a_folder_that_is_removed_is_made_again(tracker, folder, ran, removed):
    """A folder that is removed is made again while the tracker has it open."""
    tracker.track(short, args=[1])
    if removed == "all":
        shutil.rmtree(folder)
    else:
        for path in folder.glob("cache.db*"):
            path.unlink()
    time.sleep(0.2)
    for _ in range(2):
        assert [1, "value"] == tracker.track(short, args=[1])
    assert [1, 1] == ran
    assert ["", "", tracker.track_id] == tracker["cache"].tolist()


def test_r16_a_database_that_is_none_costs_warnings_only(track, folder, ran):
    """One warning, of the first that fails. It can be cleared."""
    folder.mkdir()
    (folder / "cache.db").write_bytes(b"this is no database" * 1_000)
    tracker = track()
    with pytest.warns(XetrackWarning) as said:
        assert [[1, "value"]] * 2 == [tracker.track(short, args=[1]) for _ in range(2)]
    (text,) = (str(one.message) for one in said)
    assert text.startswith("Reading the cache failed")
    assert 2 == len(ran)


def test_promise_24_a_result_that_cannot_be_pickled_reaches_the_caller(tracker, ran):
    """With a warning, and the row is there."""

    def give():
        RAN.append(0)
        return (one for one in [1])

    for _ in range(2):
        with pytest.warns(XetrackWarning, match="give was not cached.*cannot be pickled"):
            assert [1] == list(tracker.track(give))
    assert (2, ["", ""]) == (len(ran), tracker["cache"].tolist())


def test_promise_24_a_folder_that_cannot_be_made_costs_warnings_only(track, tmp_path, ran):
    """Under a file there is no folder."""
    (tmp_path / "file").write_text("")
    tracker = track(cache=tmp_path / "file" / "cache")
    with pytest.warns(XetrackWarning, match="are not cached") as said:
        assert [[1, "value"]] * 2 == [tracker.track(short, args=[1]) for _ in range(2)]
    assert 1 == len(said)


def test_promise_24_warnings_as_errors_cost_no_result(track, tmp_path, monkeypatch):
    """They are shown instead."""
    shown = []
    monkeypatch.setattr(warnings, "showwarning", lambda *about: shown.append(str(about[0])))
    (tmp_path / "file").write_text("")
    tracker = track(cache=tmp_path / "file" / "cache")
    assert [1, "value"] == tracker.track(short, args=[1])
    assert "are not cached" in shown[-1]


def test_promise_28_everything_is_kept_without_a_limit(tracker, folder):
    """diskcache itself would begin to remove from a gigabyte on."""
    for number in range(40):
        tracker.track(long, args=[number])
    with closing(database(folder)) as connection:
        settings = dict(connection.execute("SELECT key, value FROM Settings"))
    assert "none" == settings["eviction_policy"]
    assert 40 == len(list(Reader.scan_cache(folder)))


@pytest.mark.parametrize("so_far", ["", "CREATE TABLE Settings ( key TEXT NOT NULL UNIQUE, value)"])
def test_a_folder_that_another_process_is_just_making_is_empty(tracker, folder, so_far):
    """Its database is there before its table is: a miss without a warning, then a hit."""
    folder.mkdir()
    with closing(database(folder)) as connection:
        connection.execute(so_far)
    assert [] == list(Reader.scan_cache(folder))
    for run in ("", tracker.track_id):
        assert [1, "value"] == tracker.track(short, args=[1])
        assert run == tracker.latest["cache"]


def test_a_limit_removes_what_was_stored_first(track):
    """Bytes in all; the newest stay."""
    tracker = track(cache_size_limit=1_000_000)
    for number in range(60):
        tracker.track(long, args=[number])
    assert tracker.track(long, args=[59])
    assert tracker.track_id == tracker.latest["cache"]
    tracker.track(long, args=[0])
    assert "" == tracker.latest["cache"]


def test_an_array_comes_back_bit_by_bit(tracker):
    """An array comes back bit by bit, without pickle, in either order."""

    def give():
        return np.asfortranarray(np.arange(6, dtype="<f4").reshape(2, 3))

    tracker.track(give)
    found = tracker.track(give)
    assert (np.dtype("<f4"), True) == (found.dtype, found.flags.f_contiguous)
    assert np.array_equal(give(), found)


def test_a_result_for_which_there_is_no_space_leaves_nothing_behind(tracker, folder, monkeypatch):
    """Neither a row nor a file; earlier results are still there."""
    tracker.track(long, args=[1])
    writer = tracker._call_cache.cache._writer

    def full(*_, **__):
        writer.disk.store(b"x" * 100_000, False)
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(writer, "set", full)
        with pytest.warns(XetrackWarning, match="not cached.*disk is full"):
            tracker.track(long, args=[2])
    assert 1 == len(list(folder.rglob("*.val"))) == len(cells(folder))
    tracker.track(long, args=[1])
    assert tracker.track_id == tracker.latest["cache"]
