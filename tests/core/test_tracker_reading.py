"""What a tracker says of its own run."""

from __future__ import annotations

import numpy as np
import pytest

from xetrack import Tracker
from xetrack.errors import ColumnNotFoundError


@pytest.fixture
def run(db):
    """A run of five rows among those of another."""
    with Tracker(db) as tracker, Tracker(db) as other:
        for at in range(5):
            tracker.log({"at": at})
            other.log({"at": -at, "others": "x"})
        yield tracker


def ats(frame) -> list[int]:
    return frame["at"].tolist()


def test_promise_17_rows_of_a_run_are_counted_from_one_or_from_the_end(run):
    """`tracker[1]` is the first row, `tracker[-1]` the last."""
    assert [0, 4, 4, 0] == [run[number]["at"] for number in (1, 5, -1, -5)]
    assert run.latest == {k: v for k, v in run[-1].items() if k != "others"}


@pytest.mark.parametrize("number", [0, 6, -6, 10**6])
def test_promise_17_out_of_range_is_an_index_error(run, number):
    """Out of range is an index error, and says how rows are counted."""
    with pytest.raises(IndexError, match="counted from 1"):
        run[number]


def test_promise_17_a_row_is_numbered_by_a_whole_number(run):
    """NumPy's too; anything else is a `TypeError`."""
    assert [0, 4] == [run[np.int64(number)]["at"] for number in (1, -1)]
    for item in (1.5, None, slice(1, 3), (1,)):
        with pytest.raises(TypeError, match="integer"):
            run[item]


def test_promise_17_head_and_tail_are_those_of_the_run_in_the_order_logged(run):
    """Five by default, none for 0, all for more than there are."""
    assert [0, 1] == ats(run.head(2))
    assert [3, 4] == ats(run.tail(2))
    assert [0, 1, 2, 3, 4] == ats(run.head()) == ats(run.tail()) == ats(run.tail(99))
    assert ([], []) == (ats(run.head(0)), ats(run.tail(0)))


@pytest.mark.parametrize("n", [-1, 1.5, "5", True])
@pytest.mark.parametrize("method", ["head", "tail"])
def test_promise_17_a_number_of_rows_that_is_none_is_a_value_error(run, method, n):
    """An invalid number of rows is a value error, a negative one above all."""
    with pytest.raises(ValueError, match=rf"{method}=.*whole number from 0 on"):
        getattr(run, method)(n)


def test_promise_18_a_tracker_is_true_and_answers_and_iterates(db, run):
    """A tracker is true and answers and iterates, also one that has no row."""
    assert bool(run)
    assert bool(Tracker(db))
    assert "at" in run
    assert "nothing" not in run
    assert 5 not in run
    assert [0, 1, 2, 3, 4] == [row["at"] for row in run]
    assert [] == list(Tracker(db))


def test_counts_and_frames_are_of_this_run_or_of_all(run):
    """`len` is the count of the run."""
    assert (5, 5, 10) == (len(run), run.count_run(), run.count_all())
    assert (5, 10) == (len(run.to_df()), len(run.to_df(all=True)))
    assert [0, 0, 1, -1, 2, -2, 3, -3, 4, -4] == ats(run.to_df(all=True))
    assert {run.track_id} == set(run.to_df()["track_id"])


def test_a_column_by_name(run):
    """A column is read by its name, for this run; a missing one is an error that names near
    ones.
    """
    assert ([0, 1, 2, 3, 4], "at") == (run["at"].tolist(), run["at"].name)
    with pytest.raises(ColumnNotFoundError, match="Did you mean 'others'"):
        run["other"]


def test_columns_and_kinds(run):
    """Columns and kinds are listed in the order in which they were added."""
    assert ["timestamp", "track_id", "at", "others"] == run.columns
    assert {"timestamp": "text", "track_id": "text", "at": "int", "others": "text"} == run.dtypes


def test_a_tracker_shows_what_it_is_and_what_it_holds(run):
    """`repr` reads no row; `print` shows the run."""
    assert run.track_id in repr(run)
    assert "at" in str(run)
    assert "others" not in str(run)
    assert "default" == run.table_name


def test_print_shows_all_metrics_and_of_many_rows_the_ends():
    """However narrow the terminal is."""
    tracker = Tracker(Tracker.IN_MEMORY)
    tracker.log_batch([{f"column_{at}": 1_000 + row for at in range(30)} for row in range(100)])
    header, *lines, last = str(tracker).splitlines()
    assert tracker.columns[2:] == header.split()
    assert f"[100 rows of the run {tracker.track_id}]" == last
    assert 11 == len(lines)
    assert ("1000", "1099") == (lines[0].split()[-1], lines[-1].split()[-1])


def test_print_leaves_bookkeeping_out_unless_there_is_nothing_else():
    """Of a tracked call the result is shown, and an error where there is one."""
    with Tracker(Tracker.IN_MEMORY, params={"lr": 0.1}, raise_on_error=False) as tracker:
        tracker.track(lambda a: {"score": a}, args=[3])
        header, row, _ = str(tracker).splitlines()
        assert (["score", "lr"], ["0", "3", "0.1"]) == (header.split(), row.split())
        tracker.track(lambda: 1 / 0)
        header, _, failed, _ = str(tracker).splitlines()
        assert {"lr", "score", "error"} == set(header.split())
        assert "division by zero" in failed
    with Tracker(Tracker.IN_MEMORY) as tracker:
        tracker.track(int)
        tracker.log({})
        assert "function_result" in str(tracker)
    with Tracker(Tracker.IN_MEMORY) as tracker:
        tracker.log({})
        assert "track_id" in str(tracker)
        assert "[1 row of" in str(tracker)
        assert "Empty" in str(Tracker(Tracker.IN_MEMORY))


@pytest.mark.parametrize("value", [2**20_000, [1, {"a": -(2**20_000)}], {"a": 2**70}], ids=range(3))
def test_integers_of_any_length_are_printed(db, value):
    """Those that Python would not print in decimal are printed as they are kept."""
    with Tracker(db, warnings=False) as tracker:
        for one in (value, None, "text", [1, 2], {"a": "b"}):
            tracker.log({"x": one, "n": 1})
        *lines, _ = str(tracker).splitlines()
    assert (6, True) == (len(lines), "0x1" in lines[1] or "1180591620717411303424" in lines[1])
    for cell, line in zip(["None", "text", "[1, 2]", "{'a': 'b'}"], lines[2:], strict=True):
        assert line.removesuffix("1").rstrip().endswith(f" {cell}")
