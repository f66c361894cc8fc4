"""Asset stores and caches by URL, by name and as classes, with options of their own."""

from __future__ import annotations

import pytest

from tests.core.configuration.parts import Bucket, Results
from xetrack import Reader, Tracker
from xetrack.configuration.making import make_store
from xetrack.errors import (
    CacheFailedError,
    InvalidArgumentError,
    PartFailedError,
    PartOptionError,
)
from xetrack.opening import open_cache


def made(tracker):
    """What the asset store of a tracker or reader is made with."""
    manager = tracker._asset_manager
    return make_store(manager._choice)(manager._engine, compress=True).made_with


@pytest.mark.parametrize(
    ("form", "location", "region"),
    [
        ("bucket", None, "eu"),
        ("bucket?region=us", None, "us"),
        ("bkt://team/models", "bkt://team/models", "eu"),
        ("bkt://team/models?region=us", "bkt://team/models", "us"),
        (("bkt://team/models", {"region": "us&eu"}), "bkt://team/models", "us&eu"),
        (("bucket", {"location": "bkt://team", "region": "us"}), "bkt://team", "us"),
    ],
)
def test_a_store_is_made_with_its_location_and_options(installed, form, location, region):
    """For trackers and readers, and again for the changes of a reader."""
    with Tracker("runs.db", asset_store=form) as tracker:
        tracker.log({"x": 1})
    for facade in (tracker, Reader("runs.db", asset_store=form)):
        manager = facade._asset_manager
        expected = {"compress": True, "region": region, "retries": 3}
        if location:
            expected["location"] = location
        assert expected == made(facade)
        assert "bucket" == manager._choice.name


def test_a_store_that_describes_no_options_gets_its_whole_url(installed):
    """It may read the query itself."""
    tracker = Tracker("runs.db", asset_store="raw://team?region=us")
    assert {"compress": True, "location": "raw://team?region=us"} == made(tracker)


def test_a_store_may_be_a_class(installed):
    """With options or without."""
    assert {"compress": True} == made(Tracker("runs.db", asset_store=Bucket))
    tracker = Tracker("runs.db", asset_store=(Bucket, {"location": "bkt://b", "retries": 1}))
    assert {"compress": True, "location": "bkt://b", "retries": 1} == made(tracker)


def test_the_store_of_a_project_is_for_databases_that_last(installed, project):
    """What is kept in memory, or not at all, leaves no objects in a bucket of the team."""
    project('[parts]\nasset_store = "bkt://team?retries=5"\n', "xetrack.toml")
    assert 5 == made(Tracker("runs.db"))["retries"]
    for db in (Tracker.IN_MEMORY, Tracker.SKIP_INSERT):
        assert Tracker(db)._asset_manager._choice is None
    assert "bucket" == Tracker(":memory:", asset_store="bucket")._asset_manager._choice.name


def test_a_wrong_option_of_a_store_comes_before_the_database(installed, tmp_path):
    """Nothing is made."""
    with pytest.raises(PartOptionError, match="'retries' of asset_store: it is 'few'"):
        Tracker("runs.db", asset_store="bkt://b?retries=few")
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("form", "location", "ttl"),
    [
        ("mem://host/1", "mem://host/1", 60),
        ("mem://host/1?ttl=5", "mem://host/1", 5),
        (("mem://host/1", {"ttl": 5}), "mem://host/1", 5),
        (("results", {"location": "mem://host/1", "ttl": 5}), "mem://host/1", 5),
        ((Results, {"location": "mem://host/1", "ttl": 5}), "mem://host/1", 5),
        ({"name": "results", "location": "mem://host/1"}, "mem://host/1", 60),
    ],
)
def test_a_cache_is_made_with_its_location_and_options(installed, form, location, ttl):
    """The limit of its size is the tracker's."""
    cache = open_cache(form, 1_000)
    assert (location, 1_000, ttl) == (cache.location, cache.size_limit, cache.ttl)


def test_a_cache_may_be_in_the_file_of_a_project(installed, project):
    """And in none of the call."""
    project('[parts]\ncache = "mem://host"\n[options.results]\nttl = 7\n', "xetrack.toml")
    made_with = Tracker("runs.db")._call_cache.cache
    assert ("mem://host", 7) == (made_with.location, made_with.ttl)


def test_a_cache_by_name_needs_a_location(installed):
    """The error says where to give it."""
    with pytest.raises(InvalidArgumentError, match=r"\('results', \{'location'"):
        open_cache(("results", {"ttl": 5}))


def test_what_a_class_does_not_take_is_an_error_that_names_it(installed):
    """A class describes no options, so it is its own error."""
    with pytest.raises(CacheFailedError, match=r"'Results'.*'__init__': TypeError"):
        open_cache((Results, {"location": "mem://host", "colour": "red"}))


def test_a_store_that_cannot_be_made_is_named_with_its_url(installed, monkeypatch):
    """And not with the path of the database."""

    def fail(*_, **__):
        raise OSError("no route")

    monkeypatch.setattr(installed.Bucket, "__init__", fail)
    manager = Tracker("runs.db", asset_store="bkt://me:secret@place")._asset_manager
    with pytest.raises(PartFailedError, match=r"failed at 'bkt://me:\*\*\*@place' in '__init__'"):
        make_store(manager._choice)(manager._engine)
