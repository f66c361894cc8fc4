"""Whatever a key or a table is called, it comes back, or a typed error says why not."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engines import log, opened, read
from xetrack.errors import InvalidTableError, XetrackError

HOSTILE = [
    '"',
    "'",
    "`",
    "[",
    "];",
    'x"; DROP TABLE "default"; --',
    ";",
    "\0",
    "a\0b",
    "sqlite_x",
    "xetrack_cells",
    "rowid",
    "_rowid_",
    "_ROWID_",
    "oid",
    "OID",
    "k" * 5_000,
    "k" * 4_999 + "j",
    "a\ud800b",
    "\ud800",
    "\ud801",
    "😀",
    "select",
    "default",
    "order",
    "Loss",
    "loss",
    "LOSS",
    "É",
    "é",
    "e\u0301",
    "a b",
    "a_b",
    "a-b",
    "1",
    "1st",
    " ",
    "\n",
    "--",
    "?",
    ":x",
    "track-id",
    "NULL",
]


def test_hostile_keys_share_no_column_and_come_back(any_engine):
    """All at once in one row: every key has its value, and no statement goes wrong."""
    row = {key: number for number, key in enumerate(HOSTILE)}
    log(any_engine, row)
    log(any_engine, {key: float("nan") for key in HOSTILE})
    first, second = read(any_engine)
    assert row == first
    assert {"nan"} == set(map(str, second.values()))


@pytest.mark.parametrize("key", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_key_is_the_same_column_for_a_fresh_engine(engine, path, key):
    """The key leads to one column, whichever engine logs it."""
    log(engine, {key: 1})
    other = opened(path)
    log(other, {key: 2})
    assert [{key: 1}, {key: 2}] == read(engine)
    other.close()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(keys=st.lists(st.text(st.characters(codec=None), min_size=1), min_size=1, unique=True))
def test_any_texts_are_keys(keys):
    """Texts of any characters, surrogates too, are keys of one row."""
    engine = opened(":memory:")
    row = {key: number for number, key in enumerate(keys) if key not in {"timestamp", "track_id"}}
    log(engine, row)
    assert [row] == read(engine)
    engine.close()


@pytest.mark.parametrize("table", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_table_name_works_or_is_refused(engine, table):
    """The rows come back under that name, or a ValueError says why not; other tables stay."""
    log(engine, {"x": 1})
    try:
        log(engine, {"x": 2, "n": float("nan")}, table=table)
    except InvalidTableError as error:
        refused = error
    else:
        refused = None
        assert 2 == read(engine, table)[-1]["x"]
        assert "nan" == str(read(engine, table)[-1]["n"])
        assert table in engine.tables()
        if table != "default":
            assert 1 == engine.delete(table, [])
            engine.drop(table)
    assert refused is None or table == refused.table
    assert {"default"} == set(engine.tables())
    assert 1 <= engine.count("default")


@pytest.mark.parametrize("table", ["", " ", "\0", "\ud800", "sqlite_x", "xetrack_meta", "Default"])
def test_names_that_cannot_be_tables_are_typed_errors(engine, table):
    """Empty ones, control characters, surrogates, internal ones, and another's in other case."""
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
