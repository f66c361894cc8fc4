"""Keys, values and objects as users have them, through the methods of trackers and readers."""

from __future__ import annotations

from array import array

import pytest

from tests.core.test_values_that_go_in import FORMS
from xetrack import Condition, Reader, Tracker
from xetrack.errors import QueryError


def test_conditions_and_sql_take_what_log_takes(url):
    """Each form of a value finds the row of its cell."""
    with Tracker(url, warnings=False) as tracker:
        tracker.log({name: cell for name, (_, cell) in FORMS.items()})
        tracker.log({"numpy int": -1})
    with Reader(url) as reader:
        for name, (value, cell) in FORMS.items():
            assert [(cell,)] == reader.select([name], [Condition(name, "=", value)]).rows(), name
            if name != "list":
                query = f'SELECT count(*) AS n FROM events WHERE "{name}" = %s'
                assert [1] == reader.sql(query, [value])["n"].tolist(), name
        query = 'SELECT count(*) AS n FROM events WHERE "numpy int" = ANY(%(values)s)'
        assert [2] == reader.sql(query, {"values": [FORMS["numpy int"][0], -1]})["n"].tolist()


def test_keys_name_columns_in_queries_and_in_sql(url):
    """Also behind an alias; a name that is none is an error."""
    with Tracker(url, warnings=False) as tracker:
        tracker.log_batch([{"val/loss": n / 2, "n": n} for n in range(3)])
        assert "val/loss" in tracker
    with Reader(url) as reader:
        rows = reader.select(["n"], [Condition("val/loss", ">", 0)], order="val/loss").rows()
        assert [(1,), (2,)] == rows
        frame = reader.sql('SELECT max(e."val/loss") AS "val/loss" FROM db.events AS e')
        assert {"val/loss": [1.0]} == frame.to_dict("list")
        with pytest.raises(QueryError, match="val-loss"):
            reader.sql('SELECT "val-loss" FROM events')


def test_a_removed_asset_leaves_no_id(url):
    """In any table, and only where it stood."""
    with Tracker(url) as tracker, Tracker(url, table="others") as other:
        asset = tracker.log({"a": array("b", [1, 2]), "b": "text"})["a"]
        tracker.log({"a": array("b", [3, 4])})
        other.log({"c": array("b", [1, 2])})
    with Reader(url) as reader, Reader(url, table="others") as others:
        assert reader.remove_asset(asset) is True
        first, second = reader.select(["a", "b"]).rows()
        assert (None, "text") == first
        assert second[0] in reader.assets
        assert [(None,)] == others.select(["c"]).rows()
