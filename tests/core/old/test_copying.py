"""Files that xetrack 0.7 wrote are copied, and take copies."""

from __future__ import annotations

import pytest

from tests.engines import log, opened, same
from xetrack import Reader, Tracker, copy
from xetrack.errors import RowExistsError


def _rows(path, table="default"):
    return Reader(path, table=table).select().dicts()


@pytest.mark.parametrize("name", ["runs.db", "duckdb.db"])
def test_old_rows_are_copied_as_they_are_read(old, tmp_path, expected, name):
    """Of every table, in their order; again, nothing is added, and the old file is as it was."""
    tables, before = expected[name], (old / name).read_bytes()
    number = sum(map(len, tables.values()))
    assert number == copy(old / name, tmp_path / "new.db", tables="all")
    assert 0 == copy(old / name, tmp_path / "new.db", tables="all")
    for table, rows in tables.items():
        found = _rows(tmp_path / "new.db", table)
        assert len(rows) == len(found)
        for column in found[0]:
            assert same([row.get(column) for row in rows], [row[column] for row in found])
    assert before == (old / name).read_bytes()


def test_an_old_file_takes_the_rows_of_another(old, expected, present, tmp_path):
    """Beside those it has, which it gets but once."""
    Tracker(tmp_path / "new.db", {"accuracy": "1e3"}).log({"epoch": 2**70, "brand": [1]})
    assert 1 == copy(tmp_path / "new.db", old / "runs.db")
    assert 0 == copy(tmp_path / "new.db", old / "runs.db")
    wanted = [*expected["runs.db"]["default"], *_rows(tmp_path / "new.db")]
    assert present(wanted) == present(_rows(old / "runs.db"))


def test_old_files_of_the_same_rows_add_nothing_to_each_other(old, tmp_path):
    """No column needs to be claimed for that."""
    copy(old / "runs.db", tmp_path / "one.db", tables="all")
    assert 0 == copy(tmp_path / "one.db", old / "runs.db", tables="all")


def test_an_old_table_that_takes_an_identity_once_is_left_as_it_was(old, tmp_path):
    """The error says what to do, as its primary key allows no other row."""
    before = _rows(old / "runs.db")
    names = {"timestamp": before[3]["timestamp"], "track_id": before[3]["track_id"]}
    engine = opened(tmp_path / "new.db")
    fields = log(engine, {"epoch": "other"}, table="x")._fields
    engine.inserter("default", fields).write([("other", names["timestamp"], names["track_id"])])
    engine.inserter("default", fields).write([("more", "2030-01-01 00:00:00.000000", "later")])
    engine.close()
    with pytest.raises(RowExistsError, match="Copy into a new database"):
        copy(tmp_path / "new.db", old / "runs.db")
    assert before == _rows(old / "runs.db")
