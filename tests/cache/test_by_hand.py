"""Caches that are looked into by hand: `xetrack.caches`, and the same of a `Reader`."""

from __future__ import annotations

import doctest

import pytest

from xetrack import Reader, Tracker, caches
from xetrack.errors import CacheNotFoundError, InvalidArgumentError


@pytest.mark.parametrize(
    "shown",
    [caches.read_cache, caches.delete_cache_by_track_id, Tracker.cache_key],
    ids=lambda shown: shown.__name__,
)
def test_what_the_docstrings_show_is_so(shown, tmp_path, monkeypatch):
    """Each example begins in an empty folder."""
    monkeypatch.chdir(tmp_path)
    (example,) = doctest.DocTestFinder(recurse=False).find(shown, globs={})
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
    """A cache that is not there is a typed error, and looking for it makes none."""
    for ask in (
        lambda: home.read_cache(folder, "ab"),
        lambda: next(home.scan_cache(folder)),
        lambda: home.delete_cache_by_track_id(folder, "run"),
    ):
        with pytest.raises(CacheNotFoundError):
            ask()
    assert not folder.exists()


def test_the_key_of_a_call_is_that_of_its_result(tracker, folder):
    """Before it is computed as after, with all that tells calls apart."""
    before = tracker.cache_key(pow, [2], {"exp": 3}, {"seed": 1})
    assert not folder.exists()
    tracker.track(pow, args=[2], kwargs={"exp": 3}, params={"seed": 1})
    assert [before] == [key for key, _ in Reader.scan_cache(folder)]
    assert before == tracker._generate_cache_key(pow, [2], {"exp": 3}, {"seed": 1})
    assert before != tracker.cache_key(pow, [2], {"exp": 3})
    assert tracker.cache_key(len, [[1]]) is None


def test_a_call_without_a_key_is_told_of(tracker):
    """A tracker must have a cache, and the function take what it is given."""

    def give(x):
        return x

    with pytest.raises(InvalidArgumentError, match="arguments that give takes"):
        tracker.cache_key(give, [1, 2])
    with Tracker(Tracker.IN_MEMORY) as other, pytest.raises(InvalidArgumentError, match="cache="):
        other.cache_key(give, [1])
