"""Folders of xetrack 0.7: looked into with trust, never answered from, and used for new results."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from xetrack import Reader, Tracker
from xetrack.errors import CacheNotFoundError, UntrustedPickleError

FIXTURES = Path(__file__).parents[1] / "fixtures/old"
RUN = "eighth-run-0008"


@pytest.fixture
def old(tmp_path):
    """A copy of the folder."""
    return shutil.copytree(FIXTURES / "cache", tmp_path / "old")


@pytest.fixture
def expected():
    """Keys and values, as pairs."""
    found = json.loads((FIXTURES / "expected.json").read_text("utf-8"))["cache"]
    return [(_key(key), _value(value)) for key, value in found]


def _key(found):
    name, args, kwargs, params = found
    return name, tuple(args), tuple(map(tuple, kwargs)), tuple(map(tuple, params))


def _value(found):
    result = found["result"]
    if isinstance(result, dict) and "times" in result:
        result = result["text"] * result["times"]
    return {**found, "result": result}


def snapshot(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_everything_is_read_with_trust(old, expected):
    """Keys, results and runs; the folder stays as it was."""
    before = snapshot(old)
    assert expected == list(Reader.scan_cache(old, trust=True))
    for key, value in expected:
        assert value == Reader.read_cache(old, key, trust=True)
    assert None is Reader.read_cache(old, ("__main__.other", (), (), ()), trust=True)
    assert before == snapshot(old)


def test_nothing_is_read_without_trust(old, expected):
    """The error says what to give."""
    with pytest.raises(UntrustedPickleError, match="trust=True"):
        list(Reader.scan_cache(old))
    with pytest.raises(UntrustedPickleError, match="XETRACK_TRUST=1"):
        Reader.read_cache(old, expected[0][0])
    assert None is Reader.read_cache(old, ("__main__.other", (), (), ()))


def test_a_run_is_deleted_without_trust(old):
    """A run is deleted without trust, with the files of its results."""
    assert 0 == Reader.delete_cache_by_track_id(old, "no-run-0000")
    assert 5 == Reader.delete_cache_by_track_id(old, RUN)
    assert [] == list(Reader.scan_cache(old))
    assert [] == list(old.rglob("*.val"))


def test_new_results_go_into_an_old_folder(old, expected):
    """Beside what is there, whose keys tell objects by a bare hash()."""
    with Tracker(Tracker.IN_MEMORY, cache=old) as tracker:
        assert [3, 3] == [tracker.track(len, args=["abc"]) for _ in range(2)]
        assert ["", tracker.track_id] == tracker["cache"].tolist()
    assert 6 == len(list(Reader.scan_cache(old, trust=True)))


def test_reading_makes_nothing(tmp_path):
    """Promise 20: a folder that is not there is an error, or a tracker that did nothing."""
    for look in (
        lambda: Reader.read_cache(tmp_path / "cache", "ab"),
        lambda: list(Reader.scan_cache(tmp_path / "cache")),
        lambda: Reader.delete_cache_by_track_id(tmp_path / "cache", "run"),
    ):
        with pytest.raises(CacheNotFoundError, match="There is no cache at"):
            look()
    Tracker(Tracker.IN_MEMORY, cache=tmp_path / "cache").close()
    (tmp_path / "empty").mkdir()
    assert [] == list(Reader.scan_cache(tmp_path / "empty"))
    assert [tmp_path / "empty"] == list(tmp_path.iterdir())
    assert [] == list((tmp_path / "empty").iterdir())
