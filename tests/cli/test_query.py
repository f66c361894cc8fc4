"""`xt sql`."""

from __future__ import annotations

import json

import pytest

from xetrack import Tracker


@pytest.mark.parametrize("table", ["db.events", "events", "db.default", "default", '"default"'])
def test_every_way_to_name_the_default_table_works(xt, db, table):
    """Nobody has to quote `default`, and what the documents show works."""
    done = xt("sql", db, f"SELECT count(*) AS rows FROM {table};")
    assert (0, "|   rows |\n|-------:|\n|      8 |\n", "") == done


def test_a_result_is_json_or_csv_on_request(xt, db):
    """The forms of output are those of every command."""
    query = "SELECT track_id, max(accuracy) AS best FROM events GROUP BY track_id ORDER BY best"
    assert [
        {"track_id": "other-1", "best": 0.25},
        {"track_id": "calm-fox-1", "best": 0.56},
    ] == json.loads(xt("sql", db, query, "--json").out)
    assert "track_id,best\nother-1,0.25\ncalm-fox-1,0.56\n" == xt("sql", db, query, "--csv").out


def test_names_that_sql_gives_twice_are_both_in_json(xt, db):
    """The second gets a suffix, rather than overwriting the first."""
    done = xt("sql", db, "SELECT 1 AS a, 2 AS a, 3 AS a_2", "--json")
    assert [{"a": 1, "a_2": 2, "a_2_2": 3}] == json.loads(done.out)


def test_an_empty_result_keeps_its_names(xt, db):
    """The names are shown, and that there is no row."""
    done = xt("sql", db, "SELECT epoch FROM events WHERE epoch > 99")
    assert (0, "No rows.\n") == (done.code, done.err)
    assert "| epoch   |" == done.out.splitlines()[0]


@pytest.mark.parametrize(
    "query", ["SELEC 1", "SELECT nope FROM events", "SELECT 1; SELECT 2", "", "SELECT * FROM nope"]
)
def test_bad_sql_fails_in_one_line(xt, db, query):
    """Bad SQL fails in one line: exit code 1, the reason and what to type, no traceback."""
    done = xt("sql", db, query)
    assert (1, "", 1) == (done.code, done.out, len(done.err.splitlines()))
    assert done.err.startswith("Error: ")


@pytest.mark.parametrize("ending", ["db", "duckdb"])
def test_a_table_that_is_not_there_points_to_the_tables(xt, tmp_path, ending):
    """And a column to the columns."""
    path = tmp_path / f"t.{ending}"
    with Tracker(path) as tracker:
        tracker.log({"a": 1})
    done = xt("sql", path, "SELECT * FROM evnts")
    assert done.err.endswith(f" See the tables with: xt tables {path}\n")
    done = xt("sql", path, "SELECT evnts FROM events")
    assert done.err.endswith(f" See the names with: xt columns {path}\n")


@pytest.mark.parametrize(
    "query", ["DELETE FROM events", 'DROP TABLE "default"', "ATTACH '/tmp/x.db' AS x"]
)
def test_sql_only_reads(xt, db, query):
    """A statement that would change something is refused, and nothing changes."""
    assert 1 == xt("sql", db, query).code
    assert "8\n" == xt("sql", db, "SELECT count(*) FROM events", "--csv").out.split("\n", 1)[1]


def test_words_without_quotes_are_explained(xt, db):
    """A query that the shell has split is wrong usage, and the message says why."""
    done = xt("sql", db, "SELECT", "1")
    assert (2, "") == (done.code, done.out)
    assert "needs quotes" in done.err
