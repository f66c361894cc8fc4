"""What is compared with cells takes what ``log`` takes, on every engine."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xetrack import Condition, Reader, Tracker
from xetrack.errors import InvalidArgumentError, QueryError
from xetrack.model.kinds import NotPlainError, kind_of


class Phase(enum.Enum):
    """An enum of texts."""

    TRAIN = "train"


WHEN = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)
FORMS = {
    "numpy int": (np.int64(3), 3),
    "numpy float": (np.float32(0.5), 0.5),
    "numpy bool": (np.bool_(True), True),
    "numpy text": (np.str_("cat"), "cat"),
    "numpy date": (np.datetime64("2024-05-01T12:00:00"), WHEN.replace(tzinfo=None)),
    "array without axes": (np.array(7), 7),
    "pandas time": (pd.Timestamp(WHEN), WHEN),
    "enum": (Phase.TRAIN, "train"),
    "other zone": (WHEN.astimezone(dt.timezone(dt.timedelta(hours=2))), WHEN),
    "date": (dt.date(2024, 5, 1), dt.date(2024, 5, 1)),
    "decimal": (Decimal("1.50"), Decimal("1.50")),
    "path": (Path("a/b"), Path("a/b")),
    "list": ([np.int64(1), Phase.TRAIN], [1, "train"]),
}
"""A value as a user has it, and the cell that it equals."""


@pytest.fixture(params=["rows.db", pytest.param("rows.duckdb", marks=pytest.mark.slow), ":memory:"])
def location(request, tmp_path):
    """Where a database of each engine may come."""
    return request.param if request.param == ":memory:" else str(tmp_path / request.param)


@pytest.mark.parametrize("form", FORMS)
def test_a_condition_takes_what_log_takes(location, form):
    """The condition finds the row, in the answer of the engine and in `Condition.matches`."""
    value, cell = FORMS[form]
    with Tracker(location) as tracker:
        tracker.log_batch([{"x": cell}, {"x": "another"}])
        view = tracker._run_view.table_view
        assert Condition("x", "=", value).matches(cell)
        assert [(cell,)] == view.select(["x"], [Condition("x", "=", value)]).rows()
        assert [("another",)] == view.select(["x"], [Condition("x", "!=", value)]).rows()
        assert tracker.set_where("there", value=np.bool_(True), where_key="x", where_value=value)


@pytest.mark.parametrize("form", [form for form in FORMS if form != "list"])
@pytest.mark.parametrize("name", ["rows.db", pytest.param("rows.duckdb", marks=pytest.mark.slow)])
def test_sql_takes_what_log_takes(tmp_path, name, form):
    """A parameter equals the cell that it would become, by position and by name."""
    value, cell = FORMS[form]
    if name == "rows.db" and form == "other zone":
        cell = value  # a text with its zone there
    with Tracker(tmp_path / name) as tracker:
        tracker.log({"x": cell})
    reader, sign = Reader(tmp_path / name), ":v" if name == "rows.db" else "$v"
    assert 1 == len(reader.sql("SELECT x FROM events WHERE x = ?", [value]))
    assert 1 == len(reader.sql(f"SELECT x FROM events WHERE x = {sign}", {"v": value}))


@pytest.mark.parametrize("name", ["rows.db", pytest.param("rows.duckdb", marks=pytest.mark.slow)])
def test_datetimes_compare_in_sql(tmp_path, name):
    """Earlier and later, whatever the form of the parameter."""
    with Tracker(tmp_path / name) as tracker:
        tracker.log_batch([{"day": WHEN + dt.timedelta(days=day)} for day in range(4)])
    for value in (WHEN + dt.timedelta(days=2), pd.Timestamp(WHEN + dt.timedelta(days=2))):
        days = Reader(tmp_path / name).sql("SELECT day FROM events WHERE day < ?", [value])
        assert 2 == len(days), value


def test_lists_are_json_on_sqlite_and_lists_on_duckdb(tmp_path):
    """As the database keeps them, or as its statements take them."""
    for name, query in (
        ("rows.db", "SELECT x FROM events WHERE x IN (SELECT value FROM json_each(?))"),
        ("rows.duckdb", "SELECT x FROM events WHERE list_contains(?, x)"),
    ):
        with Tracker(tmp_path / name) as tracker:
            tracker.log_batch([{"x": number} for number in range(4)])
        assert 2 == len(Reader(tmp_path / name).sql(query, [[np.int64(1), np.int8(2)]]))


def test_what_no_cell_holds_is_a_typed_error(tmp_path):
    """An object, or an operator that is none; nobody sees a bare `KeyError`."""
    with pytest.raises(InvalidArgumentError, match="its id"):
        Condition("x", "=", object())
    with pytest.raises(InvalidArgumentError, match="<="):
        Condition("x", "~", 1)
    with pytest.raises(NotPlainError, match=r"numpy\.int64"):
        kind_of(np.int64(3))
    for name in ("rows.db", "rows.duckdb"):
        with Tracker(tmp_path / name) as tracker:
            tracker.log({"x": 1})
        with pytest.raises(QueryError):
            Reader(tmp_path / name).sql("SELECT x FROM events WHERE x = ?", [object()])
