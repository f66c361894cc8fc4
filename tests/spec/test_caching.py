"""Function result caching of the guide and the reference."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import pytest

from tests.preloaded import run_command
from tests.spec.shown import OWN, SECONDS, Between, cells
from xetrack import Reader, Tracker
from xetrack.errors import XetrackWarning

RAN = []


@pytest.fixture(autouse=True)
def _nothing_ran():
    RAN.clear()


@pytest.fixture
def tracker():
    """As the guide makes it."""
    with Tracker(db="track_db", cache="cache_dir") as made:
        yield made


def expensive_computation(x: int, y: int) -> int:
    """Simulate expensive computation"""
    RAN.append((x, y))
    return x**y


def test_basic_usage(tracker):
    """Each call once; params of the tracker and of the call count."""
    assert 1024 == tracker.track(expensive_computation, args=[2, 10])
    assert 1024 == tracker.track(expensive_computation, args=[2, 10])
    assert 59049 == tracker.track(expensive_computation, args=[3, 10])
    params = {"model": "v2"}
    assert 1024 == tracker.track(expensive_computation, args=[2, 10], params=params)
    assert 1024 == tracker.track(expensive_computation, args=[2, 10], params=params)
    assert [(2, 10), (3, 10), (2, 10)] == RAN


def test_a_row_says_where_its_result_is_from():
    """Empty where it was computed, else the run that did."""
    with Tracker("track_db", cache="cache_dir", track_id="abc123") as first:
        first.track(expensive_computation, args=[2, 10])
    with Tracker("track_db", cache="cache_dir", track_id="def456") as second:
        second.track(expensive_computation, args=[2, 10])
        row = {
            "function_name": "expensive_computation",
            "args": "[2, 10]",
            "kwargs": "{}",
            "error": "",
            "function_time": Between(0, 0),
            "cache": "abc123",
            "function_result": 1024,
            "timestamp": OWN["timestamp"],
            "track_id": "def456",
        }
        assert cells(row) == cells(second.latest)
    df = Reader(db="track_db").to_df()
    found = df[["function_name", "function_time", "cache", "track_id"]].to_dict("split")["data"]
    assert [
        ["expensive_computation", SECONDS, "", "abc123"],
        ["expensive_computation", 0.0, "abc123", "def456"],
    ] == found


def test_reading_the_cache_directly(tracker):
    """The cache is read directly, one entry by its key, and all of them."""
    tracker.track(expensive_computation, args=[2, 10])
    cache_key = tracker._generate_cache_key(expensive_computation, [2, 10], {}, {})
    assert cache_key is not None
    cached_data = Reader.read_cache("cache_dir", cache_key)
    wanted = {"result": 1024, "cache": tracker.track_id}
    assert wanted == cached_data
    assert [(cache_key, wanted)] == list(Reader.scan_cache("cache_dir"))
    assert None is Reader.read_cache("cache_dir", "0" * 64)
    assert None is tracker._generate_cache_key(len, [[1]], {}, {})


def test_cache_force_runs_again_and_refreshes(tracker):
    """The next call finds what is new."""
    tracker.track(expensive_computation, args=[2, 10])
    assert 1024 == tracker.track(expensive_computation, args=[2, 10], cache_force=True)
    assert 1024 == tracker.track(expensive_computation, args=[2, 10])
    assert [(2, 10), (2, 10)] == RAN
    assert ["", "", tracker.track_id] == tracker["cache"].tolist()


def test_the_entries_of_a_run_are_deleted(tracker):
    """The entries of a run are deleted, by the reader, and by `xt`."""
    tracker.track(expensive_computation, args=[2, 10])
    assert 1 == Reader.delete_cache_by_track_id("cache_dir", tracker.track_id)
    assert 0 == Reader.delete_cache_by_track_id("cache_dir", "cool-name-1234")
    tracker.track(expensive_computation, args=[2, 10])
    for words in (["ls", "cache_dir"], ["delete", "cache_dir", tracker.track_id]):
        command = [sys.executable, "-m", "xetrack_cli", "cache", *words]
        done = run_command(command, capture_output=True, text=True, check=True)
        assert tracker.track_id in done.stdout
    assert [] == list(Reader.scan_cache("cache_dir"))


class Config:
    def __init__(self, value):
        self.value = value

    def __hash__(self):
        return hash(self.value)

    def __eq__(self, other):
        return isinstance(other, Config) and self.value == other.value


class HashableList:
    def __init__(self, items):
        self.items = tuple(items)

    def __hash__(self):
        return hash(self.items)

    def __eq__(self, other):
        return isinstance(other, HashableList) and self.items == other.items


def process(thing):
    RAN.append(thing)
    return 1


def test_hashable_objects_are_found_and_unhashable_ones_are_not_cached(tracker):
    """Hashable objects are found and unhashable ones are not cached, with one warning for the
    type.
    """
    tracker.track(process, args=[Config("production")])
    tracker.track(process, args=[Config("production")])
    with pytest.warns(XetrackWarning, match="list is unhashable") as said:
        [tracker.track(process, args=[[1, 2, 3]]) for _ in range(2)]
    tracker.track(process, args=[HashableList([1, 2, 3])])
    tracker.track(process, args=[HashableList([1, 2, 3])])
    mine = tracker.track_id
    assert (1, ["", mine, "", "", "", mine]) == (len(said), tracker["cache"].tolist())


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    learning_rate: float
    batch_size: int
    epochs: int
    model_name: str
    optimizer: str = "adam"


def train_model(config: TrainingConfig) -> dict:
    """Complex training function with many parameters"""
    RAN.append(config)
    return {"accuracy": 0.95, "loss": 0.05}


def test_frozen_dataclasses_are_found_by_their_values(tracker):
    """Their fields are columns, of a hit too."""

    def config(rate):
        return TrainingConfig(learning_rate=rate, batch_size=32, epochs=10, model_name="bert")

    results = [tracker.track(train_model, args=[config(rate)]) for rate in (0.001, 0.001, 0.002)]
    assert [{"accuracy": 0.95, "loss": 0.05}] * 3 == results
    assert [config(0.001), config(0.002)] == RAN
    assert [0.001, 0.001, 0.002] == tracker["config_learning_rate"].tolist()
    assert ["", tracker.track_id, ""] == tracker["cache"].tolist()


@dataclass
class Unfrozen:
    value: int


def test_a_dataclass_that_is_not_frozen_is_not_cached(tracker):
    """It is unhashable."""
    with pytest.warns(XetrackWarning, match="Unfrozen is unhashable"):
        [tracker.track(process, args=[Unfrozen(1)]) for _ in range(2)]
    assert ["", ""] == tracker["cache"].tolist()


def test_predictions_are_cached_in_a_table_of_their_own():
    """Predictions are cached in a table of their own, as the reference's pattern has it."""
    tracker = Tracker(db="exp.db", table="predictions", cache="cache")
    dataset = ["a", "b", "a"]
    for item in dataset:
        tracker.track(process, args=[item])
    assert ["a", "b"] == RAN
    tracker.close()
