"""Whatever a key or a table is called, it comes back, or a typed error says why not."""

from __future__ import annotations

import pytest

from tests.engines import log, opened, read
from xetrack.errors import InvalidTableError, XetrackError


@pytest.mark.parametrize("table", ["", " ", "\0", "\ud800", "sqlite_x", "xetrack_meta", "Default"])
def test_names_that_cannot_be_tables_are_typed_errors(engine, table):
    """Names that cannot be tables are typed errors: empty ones, control characters, surrogates,
    internal ones, and another's in other case.
    """
    log(engine, {"x": 1})
    with pytest.raises(InvalidTableError):
        engine.add_columns(table, [])
    assert () == engine.columns(table)
    assert ["default"] == engine.tables()


@pytest.mark.parametrize("table", ["", "\0", "\ud800", "sqlite_schema", "Default", "events", "x"])
def test_reading_what_is_no_table_is_a_typed_error(engine, table):
    """A view, an internal table, a name in other case: there is no such table of rows."""
    log(engine, {"x": 1})
    with pytest.raises(XetrackError, match="There is no table"):
        read(engine, table)
    assert 0 == engine.count(table)
    assert () == engine.columns(table)


def test_a_table_cannot_take_the_name_of_a_view(engine):
    """``events`` is the view over the default table."""
    log(engine, {"x": 1})
    with pytest.raises(InvalidTableError, match="a view 'events'"):
        log(engine, {"x": 1}, table="events")


@pytest.mark.parametrize(
    "name", ["a b.db", "q?mode=ro.db", "h#x.db", "p%20.db", "ü😀.db", "a\nb.db", "s\udc80.db"]
)
def test_any_file_name_is_opened_as_it_is(tmp_path, name):
    """Characters with a meaning in URIs name files like any other."""
    engine = opened(tmp_path / name)
    log(engine, {"x": 1})
    assert type(engine).owns(str(tmp_path / name))
    assert [{"x": 1}] == read(engine)
    assert [(1,)] == engine.sql("SELECT x FROM db.default").rows
    engine.close()
    assert [name] == [one.name for one in tmp_path.iterdir()]
