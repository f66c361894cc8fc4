"""A cache whose folder is removed, renamed or replaced while it is open."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest

from xetrack import Reader
from xetrack.errors import XetrackWarning


def short(number):
    return [number, "value"]


def long(number):
    return b"%d" % number * 50_000


def removed(folder):
    shutil.rmtree(folder)


def renamed(folder):
    folder.rename(folder.with_name("elsewhere"))


def emptied(folder):
    shutil.rmtree(folder)
    folder.mkdir()


def without_database(folder):
    for path in folder.glob("cache.db*"):
        path.unlink()


def replaced(folder):
    """By the cache of another program, of which nothing is known yet."""
    other = folder.with_name("other")
    other.mkdir()
    with closing(sqlite3.connect(other / "cache.db")) as connection:
        connection.execute("CREATE TABLE Settings ( key TEXT NOT NULL UNIQUE, value)")
    shutil.rmtree(folder)
    other.rename(folder)


def replaced_by_a_copy(folder):
    """As tools do that keep folders in step."""
    shutil.copytree(folder, folder.with_name("copy"))
    shutil.rmtree(folder)
    folder.with_name("copy").rename(folder)


CHANGES = [removed, renamed, emptied, without_database, replaced, replaced_by_a_copy]


@pytest.mark.parametrize("function", [short, long])
@pytest.mark.parametrize("change", CHANGES)
def test_results_are_right_and_kept_in_the_folder_of_the_name(
    tracker, folder, function, change, recwarn
):
    for _ in range(2):
        assert tracker.track(function, args=[1]) == function(1)
    change(folder)
    for number in (1, 2, 2):
        assert tracker.track(function, args=[number]) == function(number)
    assert tracker.latest["cache"] == tracker.track_id
    said = [str(one.message) for one in recwarn if one.category is XetrackWarning]
    assert sum("was removed or replaced" in one for one in said) == 1, said
    assert function(2) in [entry["result"] for _, entry in Reader.scan_cache(folder)]


@pytest.mark.filterwarnings("ignore:.*:xetrack.errors.XetrackWarning")
def test_what_is_in_the_way_costs_warnings_only(tracker, folder):
    tracker.track(long, args=[1])
    shutil.rmtree(folder)
    folder.write_text("a file")
    with pytest.warns(XetrackWarning, match="are not cached"):
        assert tracker.track(long, args=[2]) == long(2)
    folder.unlink()
    for _ in range(2):
        assert tracker.track(long, args=[3]) == long(3)
    assert tracker.latest["cache"] == tracker.track_id


def test_a_cache_that_is_closed_is_looked_for_again_without_a_word(tracker, folder, recwarn):
    """Nobody had it open when it was removed."""
    tracker.track(short, args=[1])
    tracker.close()
    shutil.rmtree(folder)
    assert tracker.track(short, args=[1]) == short(1)
    assert [one for one in recwarn if one.category is XetrackWarning] == []
