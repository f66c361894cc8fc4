"""Rows pass through the filters of a tracker before anybody gets them."""

from __future__ import annotations

import dataclasses
import pickle
import sqlite3

import pytest

from xetrack import Tracker, XetrackWarning
from xetrack.errors import InvalidArgumentError, RowFilterError, RowNotStoredError
from xetrack.interfaces.rows.filters import RowFilter
from xetrack.interfaces.sinks import Sink

SECRET = "hunter2-the-secret"


class Redact(RowFilter):
    """Masks what is under a key with a password."""

    def filter(self, row):
        return {key: "***" if "password" in key else value for key, value in row.items()}


class Heard(Sink):
    """Keeps rows and runs."""

    quick = True

    def __init__(self):
        super().__init__({})
        self.rows, self.runs = [], []

    def opened(self, run):
        self.runs.append(run)

    def emit(self, row, level):
        self.rows.append(dict(row))


@dataclasses.dataclass
class Config:
    """A config with a secret, which gets a column of its own."""

    user: str = "ada"
    password: str = SECRET


def login(config, password):
    return {"password": password, "ok": True}


def test_no_secret_gets_anywhere(db):
    """Neither from a row, a batch, a call, params, a record of the logger, nor the run's params."""
    sink = Heard()
    with Tracker(db, {"db_password": SECRET}, filters=[Redact({})], sinks=[sink]) as tracker:
        row = tracker.log({"password": SECRET, "x": 1})
        assert ("***", "***", 1) == (row["password"], row["db_password"], row["x"])
        assert row == tracker.latest == sink.rows[0]
        tracker.log({"config": Config()})
        tracker.log_batch([{"password": SECRET}, {"other": Config(), "x": 2}])
        tracker.logger.monitor({"password": SECRET})
        result = tracker.track(lambda: {"password": SECRET})
        assert {"password": SECRET} == result
        for _ in range(300):  # until the quick way is taken
            tracker.log({"password": SECRET, "x": 1})
        assert "***" == tracker.log({"password": SECRET, "x": 1})["password"]
    assert SECRET not in repr(sink.rows)
    assert SECRET not in repr(sink.runs)
    with sqlite3.connect(db) as connection:
        assert SECRET not in "\n".join(connection.iterdump())
    assert {"db_password": SECRET} == tracker.params


def test_filters_are_called_in_their_order_and_may_be_functions():
    """Each gets what the one before returned; a dict may be changed in place."""

    def to_metres(row):
        row["metres"] = row.pop("feet") * 0.3048
        return row

    def rounded(row):
        return {
            key: round(value) if isinstance(value, float) else value for key, value in row.items()
        }

    with Tracker(":memory:", filters=[to_metres, rounded]) as tracker:
        row = tracker.log({"feet": 10})
        assert (3, False) == (row["metres"], "feet" in row)
        assert [3] == [row["metres"] for row in tracker]
        assert 6 == tracker.log_batch([{"feet": 10}, {"feet": 20}])["metres"]


def test_a_filter_of_one_column_does_not_fail_for_the_description_of_a_run():
    """The params alone are no row; those who are told of the run get none of them then."""

    def to_metres(row):
        row["metres"] = row.pop("feet") * 0.3048
        return row

    sink = Heard()
    with Tracker(":memory:", {"token": SECRET}, filters=[to_metres], sinks=[sink]) as tracker:
        assert 3.048 == tracker.log({"feet": 10})["metres"]
    assert [{}] == [run.params for run in sink.runs]


@pytest.mark.parametrize("rows", [1, 400])
def test_a_row_that_is_vetoed_is_stored_nowhere(rows):
    """The answer is empty, and the row before is still the latest."""
    sink = Heard()
    with Tracker(
        ":memory:", sinks=[sink], filters=[lambda row: row if row.get("x", 1) > 0 else None]
    ) as tracker:
        first = [tracker.log({"x": 1}) for _ in range(rows)][-1]
        assert {} == tracker.log({"x": 0})
        assert first == tracker.latest
        assert {} == tracker.log_batch([{"x": 0}])
        assert 2 == tracker.log_batch([{"x": 0}, {"x": 2}, {"x": -1}])["x"]
        tracker.logger.monitor({"x": -1})
        assert 7 == tracker.track(lambda: 7)
        assert {"x": -1} == tracker.track(lambda: {"x": -1})
        assert rows + 2 == len(tracker) == len(sink.rows)


def fail(row):
    raise KeyError(row["password"])


@pytest.mark.parametrize("wrong", [fail, lambda row: 7, lambda row: [*row], lambda row: "x"])
def test_a_filter_that_fails_keeps_the_row_out(db, wrong):
    """Its error names the filter, and not what it was to remove."""
    sink = Heard()
    with Tracker(db, sinks=[sink], filters=[wrong]) as tracker:
        with pytest.raises(RowFilterError, match="row filter") as found:
            tracker.log({"password": SECRET})
        assert wrong.__qualname__ == found.value.name
        with pytest.raises(RowFilterError):
            tracker.log_batch([{"password": SECRET}])
        with pytest.raises(RowFilterError):
            tracker.logger.monitor({"password": SECRET})
        assert SECRET not in str(found.value) + found.value.reason
        assert (0, []) == (len(tracker), sink.rows)
    assert str(found.value) == str(pickle.loads(pickle.dumps(found.value)))
    with sqlite3.connect(db) as connection:
        assert SECRET not in "\n".join(connection.iterdump())


def test_one_bad_row_of_a_batch_keeps_all_of_it_out():
    """All or none, as for any other error."""

    def check(row):
        if row["x"] == 2:
            raise ValueError
        return row

    with Tracker(":memory:", filters=[check]) as tracker:
        with pytest.raises(RowFilterError, match="ValueError"):
            tracker.log_batch([{"x": 1}, {"x": 2}])
        assert 0 == len(tracker)


def test_the_result_of_a_call_is_not_lost_with_its_row():
    """The function has run by then; a tracker that raises nothing warns."""
    with Tracker(":memory:", filters=[fail]) as tracker:
        with pytest.raises(RowNotStoredError) as found:
            tracker.track(lambda: 42, params={"password": SECRET})
        assert 42 == found.value.result
        assert SECRET not in str(found.value)
    with Tracker(":memory:", filters=[fail], raise_on_error=False) as tracker:
        with pytest.warns(XetrackWarning, match="was not stored") as warned:
            assert 42 == tracker.track(lambda: 42, params={"password": SECRET})
        assert SECRET not in str(warned[0].message)


def test_a_filter_cannot_change_what_it_was_not_given():
    """The params stay as they are, also what is within them."""

    def spoil(row):
        row["list"].append(1)
        row.clear()
        return row

    with Tracker(":memory:", {"list": []}, filters=[spoil]) as tracker:
        row = tracker.log({"x": 1})
        tracker.log({"x": 1})
        assert {"timestamp", "track_id"} == {*row}
        assert {"list": []} == tracker.params


@pytest.mark.parametrize("wrong", [7, "redact", {"a": 1}, None, [7], [object()]])
def test_what_is_no_list_of_filters_is_refused(wrong):
    """Before anything is made."""
    with pytest.raises(InvalidArgumentError, match="filter"):
        Tracker(":memory:", filters=wrong)


def test_a_tracker_with_filters_can_be_pickled(db):
    """Its copy filters as well."""
    tracker = Tracker(db, filters=[Redact({})])
    copy = pickle.loads(pickle.dumps(tracker))
    assert "***" == copy.log({"password": SECRET})["password"]


def test_the_offset_of_local_time_is_not_lost():
    """It says which moment a row is of, and is no secret."""
    with Tracker(":memory:", filters=[lambda row: {"x": row["x"]}]) as tracker:
        tracker.log({"x": 1})
        tracker._recorder._clock.is_clear = False
        assert "utc_offset" in tracker.log({"x": 1})
        assert "utc_offset" in tracker.log({"x": 1})
