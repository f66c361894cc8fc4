"""Names in statements of users: keys, what is no column, and columns beyond those of a table."""

from __future__ import annotations

import pytest

from tests.engines import log
from xetrack import Reader, Tracker
from xetrack.builtin.sqlite.tables import overflow
from xetrack.errors import QueryError


@pytest.fixture
def full(any_engine, monkeypatch):
    """A table whose columns lie in `MORE` from the third key on."""
    monkeypatch.setattr(overflow, "MOST", 4)
    log(any_engine, *({"a": n, "b": -n, "k": n, "val/loss": n / 2, "c's": "x"} for n in range(3)))
    return any_engine


@pytest.mark.parametrize(
    ("select", "names", "rows"),
    [
        ('"val/loss"', ("val_loss",), [(0.0,), (0.5,), (1.0,)]),
        ("k, a", ("k", "a"), [(0, 0), (1, 1), (2, 2)]),
        ("default.k", ("k",), [(0,), (1,), (2,)]),
        ('K + "b" AS s', ("s",), [(0,), (0,), (0,)]),
        ('"c\'s"', ("c_s",), [("x",)] * 3),
    ],
)
def test_columns_beyond_those_of_a_table_have_names(full, select, names, rows):
    """As keys or as names, with what stands before them."""
    result = full.sql(f"SELECT {select} FROM default")
    assert (names, rows) == (result.names, result.rows)


def test_such_columns_stand_wherever_columns_do(full):
    """In conditions, order, groups and joins."""
    for query, rows in (
        ('SELECT a FROM events WHERE "val/loss" >= 0.5 ORDER BY k DESC', [(2,), (1,)]),
        ("SELECT count(*) FROM events GROUP BY k % 2 ORDER BY k % 2", [(2,), (1,)]),
        ("SELECT x.k, y.k FROM events x JOIN db.default AS y ON x.k = y.a + 1", [(1, 1), (2, 2)]),
        ("SELECT max(k) OVER () FROM events LIMIT 1", [(2,)]),
    ):
        found = full.sql(query).rows
        assert rows == (found if "JOIN" not in query else [(a, a) for a, _ in sorted(found)]), query


def test_an_alias_of_their_name_is_an_error_that_says_so(full):
    """What stands behind it could mean either."""
    with pytest.raises(QueryError, match="another name"):
        full.sql("SELECT max(k) AS k FROM events ORDER BY k")
    with pytest.raises(QueryError, match="nothing"):
        full.sql('SELECT "nothing" FROM events')


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ('SELECT "n" + 1 FROM default', '"n" + 1'),
        ("SELECT `n` + 1 FROM default", "`n` + 1"),
        ('SELECT n AS "a `b`" FROM default', "a `b`"),
        ('SELECT n AS "a ""b""" FROM default', 'a "b"'),
        ('SELECT "a`b" FROM default', "a_b"),
        ('SELECT max("val/loss") FROM default', 'max("val_loss")'),
    ],
)
def test_an_answer_has_the_names_of_the_statement(any_engine, query, name):
    """With its own quotes."""
    log(any_engine, {"n": 1, "a`b": 2, "val/loss": 3})
    assert (name,) == any_engine.sql(query).names


def test_a_text_in_double_quotes_is_an_error_that_says_how_to_write_it(any_engine):
    """Not a text that no row has."""
    log(any_engine, {"model": "cat"})
    with pytest.raises(QueryError, match="single ones"):
        any_engine.sql('SELECT * FROM default WHERE model = "cat"')
    with pytest.raises(QueryError):
        any_engine.sql("SELECT default")
    assert [("cat",)] == any_engine.sql("SELECT model FROM default WHERE model = 'cat'").rows


def test_a_key_that_two_tables_keep_apart_is_an_error(any_engine):
    """A statement over both cannot mean one column."""
    log(any_engine, {"a b": 1}, table="first")
    log(any_engine, {"a_b": 1, "a b": 2}, table="second")
    assert [(2,)] == any_engine.sql('SELECT "a b" FROM second').rows
    assert [(1,)] == any_engine.sql('SELECT "a b" FROM first').rows
    with pytest.raises(QueryError, match="a_b or a_b_2"):
        any_engine.sql('SELECT first."a b" FROM first, second')


def test_keys_that_differ_in_case_are_told_apart(any_engine):
    """Where SQLite by itself takes one for the other."""
    log(any_engine, {"Loss": 1, "loss": 2})
    assert [(1, 2)] == any_engine.sql('SELECT "Loss", "loss" FROM default').rows


@pytest.mark.slow
def test_the_reader_and_a_thousand_columns(tmp_path):
    """As a user types them."""
    with Tracker(tmp_path / "rows.db", warnings=False) as tracker:
        tracker.log({f"k/{n}": n for n in range(1_100)})
    frame = Reader(tmp_path / "rows.db").sql('SELECT "k/3", "k/1099" FROM events')
    assert {"k_3": 3, "k_1099": 1099} == frame.iloc[0].to_dict()
