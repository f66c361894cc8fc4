"""Caches that are looked into by hand: `xetrack.caches`, and the same of a `Reader`."""

from __future__ import annotations

import doctest

import pytest

from xetrack import Reader, caches
from xetrack.errors import CacheNotFoundError


@pytest.mark.parametrize("name", ["read_cache", "delete_cache_by_track_id"])
def test_what_the_docstrings_show_is_so(name, tmp_path, monkeypatch):
    """Each example begins in an empty folder."""
    monkeypatch.chdir(tmp_path)
    (example,) = doctest.DocTestFinder(recurse=False).find(getattr(caches, name), globs={})
    done = doctest.DocTestRunner().run(example)
    assert (0, len(example.examples)) == (done.failed, done.attempted)
    assert example.examples


@pytest.mark.parametrize("home", [caches, Reader])
def test_results_are_read_and_deleted_by_functions_and_by_a_reader(home, tracker, folder):
    """Both are the same three."""
    tracker.track(pow, args=[2, 3])
    ((key, entry),) = home.scan_cache(folder)
    assert {"result": 8, "cache": tracker.track_id} == entry == home.read_cache(folder, key)
    assert home.read_cache(folder, "ab") is None
    assert 1 == home.delete_cache_by_track_id(folder, tracker.track_id)
    assert [] == [*home.scan_cache(folder)]


@pytest.mark.parametrize("home", [caches, Reader])
def test_a_cache_that_is_not_there_is_a_typed_error(home, folder):
    """And looking for it makes none."""
    for ask in (
        lambda: home.read_cache(folder, "ab"),
        lambda: next(home.scan_cache(folder)),
        lambda: home.delete_cache_by_track_id(folder, "run"),
    ):
        with pytest.raises(CacheNotFoundError):
            ask()
    assert not folder.exists()
