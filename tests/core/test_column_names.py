"""Keys become columns: characters, clashes, and what cannot be one."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from xetrack import Reader, Tracker, XetrackWarning
from xetrack.errors import InvalidKeyError, InvalidTableError


@pytest.mark.parametrize(
    ("key", "column"),
    [
        ("plain", "plain"),
        ("invalid key", "invalid_key"),
        ("@@", "__"),
        ("a.b/c-d", "a_b_c_d"),
        ("1st", "1st"),
        ("select", "select"),
        ("größe", "größe"),
        ("損失", "損失"),
        ("x" * 100, "x" * 64),
        ('"; DROP TABLE "default', "___DROP_TABLE__default"),
        (1, "1"),
        (0.5, "0_5"),
        (np.int64(3), "3"),
        (Decimal("1.5"), "1_5"),
        (Fraction(1, 2), "1_2"),
        ("\udcff", "_udcff"),
    ],
)
def test_a_key_keeps_letters_digits_and_underscores(tracker, key, column):
    """Anything else becomes ``_``; in `log`, in a batch, and again when all is prepared."""
    for _ in range(2):
        assert 5 == tracker.log({key: 5})[column]
    tracker.log_batch([{key: 5}])
    assert ["timestamp", "track_id", column] == tracker.columns
    assert [5, 5, 5] == [row[column] for row in tracker]


@pytest.mark.parametrize("key", ["", None, True, False, (1,), b"x", object(), np.bool_(True)])
def test_what_cannot_name_a_column_is_a_value_error_that_names_it(tracker, key):
    """What cannot name a column is a value error that names it, in every method that takes a key.

    Nothing is stored.
    """
    for call in (
        lambda: tracker.log({"fine": 1, key: 1}),
        lambda: tracker.log_batch([{"fine": 1}, {key: 1}]),
        lambda: tracker.set_param(key, 1),
        lambda: tracker.set_params({key: 1}),
        lambda: tracker.set_value(key, 1),
    ):
        with pytest.raises(InvalidKeyError) as caught:
            call()
        assert isinstance(caught.value, ValueError)
        assert repr(key) in str(caught.value)
    assert (0, {}) == (len(tracker), tracker.params)


@pytest.mark.parametrize(
    ("first", "second", "column"),
    [
        ("a b", "a_b", "a_b_2"),
        ("Loss", "loss", "loss_2"),
        ("x" * 64 + "1", "x" * 64 + "2", "x" * 62 + "_2"),
        ("straße", "STRASSE", "STRASSE_2"),
        ("timestamp", "x", "x"),
    ],
)
@pytest.mark.parametrize("ways", ["one row", "two rows", "batch"])
def test_promise_8_two_keys_never_share_a_column(db, first, second, column, ways):
    """The second gets a suffix, and both keep their values."""
    with Tracker(db, warnings=False) as tracker:
        if ways == "one row":
            tracker.log({first: 1, second: 2})
        elif ways == "two rows":
            tracker.log({first: 1})
            tracker.log({second: 2})
        else:
            tracker.log_batch([{first: 1}, {second: 2}])
        assert 4 == len(tracker.columns)
        assert {1, 2} <= {value for row in tracker for value in row.values()}
        assert [2] == [row[column] for row in tracker if row[column] is not None]
    with Tracker(db, warnings=False) as later:
        assert 3 == later.log({second: 3})[column]


def test_a_clash_is_warned_of_once(tracker):
    """The warning names both, and points at the user's line."""
    tracker.log({"Loss": 1})
    with pytest.warns(XetrackWarning, match="'loss'.*'loss_2'") as caught:
        tracker.log({"loss": 2})
    assert [__file__] == [one.filename for one in caught]
    tracker.log({"loss": 3})
    tracker.log({"loss": 3, "more": 1})
    tracker.log_batch([{"loss": 4}])
    assert [2, 3, 3, 4] == [row["loss_2"] for row in tracker][1:]


@pytest.mark.parametrize("key", ["timestamp", "track_id"])
def test_the_names_of_a_row_are_never_overwritten(tracker, key):
    """What a user logs under them is kept beside, with a warning."""
    with pytest.warns(XetrackWarning, match=f"'{key}_2'"):
        row = tracker.log({key: "mine"})
    assert ("mine", True) == (row[f"{key}_2"], row[key] != "mine")
    tracker.log_batch([{key: "mine"}])
    assert {tracker.track_id} == {row["track_id"] for row in tracker}
    assert ["mine", "mine"] == [row[f"{key}_2"] for row in tracker]


@pytest.mark.parametrize(
    "data", [{1: "a", "1": "b"}, {"timestamp": "a", "timestamp_2": "b"}], ids=str
)
@pytest.mark.parametrize("method", ["log", "log_batch"])
def test_two_keys_of_one_row_that_read_alike_are_both_kept(db, data, method):
    """A number and its digits; a suffixed name and one that was so from the start."""
    with Tracker(db, warnings=False) as tracker:
        getattr(tracker, method)(data if method == "log" else [data])
        (row,) = tracker
        assert {"a", "b"} <= set(row.values())


def test_promise_8_two_tables_never_share_a_name(db):
    """`v1.0` and `v2.0` differ in what a column name would lose."""
    for table in ("v1.0", "v2.0", "a b", 'quo"te', "default"):
        with Tracker(db, table=table) as tracker:
            tracker.log({"x": table})
    for table in ("v1.0", "v2.0", "a b", 'quo"te', "default"):
        assert [[table]] == list(Reader(db, table=table).select(["x"]).cells)


@pytest.mark.parametrize(
    "table",
    [
        *("", " ", "xetrack_cells", "SQLITE_x", "a\nb", None, "events", "Events"),
        *("assets", "ASSETS", "keys", "counts", "Counts", "json_each", "duckdb_tables"),
    ],
)
def test_a_table_name_that_is_not_free_is_a_value_error(db, table):
    """Names of internal tables and of the view `events` belong to the file."""
    Tracker(db).log({"x": 1})
    with pytest.raises(ValueError, match="table"):
        Tracker(db, table=table)
    assert ["default"] == Reader(db).tables


def test_a_reserved_name_says_which_are(db):
    """The next step is in the message; the table of another program is used as it is."""
    with pytest.raises(InvalidTableError, match=r"'assets'.*none of assets, counts, events"):
        Tracker(db, table="Assets")
    with sqlite3.connect(db) as connection:
        connection.execute("CREATE TABLE events (timestamp TEXT, track_id TEXT, x INTEGER)")
    connection.close()
    with Tracker(db, table="events") as tracker:
        tracker.log({"x": 1})
    assert [(1,)] == Reader(db, table="events").select(["x"]).rows()
