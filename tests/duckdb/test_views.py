"""Views that another program makes in a DuckDB file of ours."""

from __future__ import annotations

import duckdb
import pytest

from xetrack import Reader, Tracker
from xetrack.errors import StorageError


@pytest.mark.parametrize("table", ["default", 'a "b" c'])
def test_a_view_in_the_place_of_a_table_keeps_no_row_out_for_ever(path, table):
    """The error says what to type; until then the rows wait in the log, and each comes once."""
    sql = '"' + table.replace('"', '""') + '"'
    with Tracker(path, track_id="run", table=table) as tracker:
        tracker.log({"x": 1})
    with duckdb.connect(path) as connection:
        connection.execute(f"ALTER TABLE {sql} RENAME TO before")
        connection.execute(f"CREATE VIEW {sql} AS FROM before")
    tracker = Tracker(path, track_id="run", table=table)
    tracker.log({"x": 2})
    tracker.log_batch([{"x": 3}, {"x": 4, "y": 5}])
    for work in (tracker.to_df, tracker.close, Reader(path, table=table).to_df):
        with pytest.raises(StorageError, match=r"ALTER VIEW .* RENAME TO") as caught:
            work()
        assert "free space" not in str(caught.value)
    typed = str(caught.value).partition("Type in DuckDB: ")[2].partition("\n")[0]
    with duckdb.connect(path) as connection:
        connection.execute(typed)
    tracker.close()
    assert [2, 3, 4] == Reader(path, table=table).to_df()["x"].tolist()
