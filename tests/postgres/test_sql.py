"""SQL from a user: names as people write them, and reading only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.postgres.engines import log, opened
from xetrack.errors import QueryError
from xetrack_postgres.reading.tokens import called_names, expand_names, is_single_statement, tokens


@pytest.fixture
def three(engine):
    """Three rows in the default table."""
    log(engine, *({"n": n, "word": f"default.{n}", "lo_res": n / 2} for n in range(3)))
    return engine


LITERALS = [
    "'default'",
    "'it''s db.default'",
    r"E'it\'s db.default'",
    "$$db.default$$",
    "$a$ $$db.default $b$ default$a$",
    '"default"',
    "-- db.default\n",
    "/* db.default /* default */ db.default */",
    "U&'default'",
    "x'00'",
]


@pytest.mark.parametrize("text", LITERALS)
def test_literals_and_comments_are_untouched(text):
    """However PostgreSQL lets them be written, also where they do not end."""
    assert f"SELECT {text}, n" == expand_names(f"SELECT {text}, n", "s")
    assert text[:-1] == "".join(part for _, part in tokens(text[:-1]))


@given(st.text(alphabet="ab'\"$-/*\\ E%(\n"))
def test_tokens_join_to_the_text(text):
    """Tokens join to the text, whatever it is."""
    assert text == "".join(part for _, part in tokens(text))


def test_names_of_the_default_table_become_names_of_postgresql():
    """In the schema of the URL, whatever that is called."""
    query = "SELECT DEFAULT.n, d.default FROM Db.Default JOIN db.events USING (n) WHERE db = 1"
    expected = (
        'SELECT "default".n, d."default" FROM "my ""s"""."default" '
        'JOIN "my ""s""".events USING (n) WHERE db = 1'
    )
    assert expected == expand_names(query, 'my "s"')


def test_functions_are_told_from_columns(three):
    """A column may be called as a function that is refused begins."""
    query = 'SELECT count (x), "a b"(1), lo_res, (x) . F, g."h" FROM "i"'
    assert ["count", "a b", "f", "h"] == list(called_names(query))
    assert [(0.0,), (0.5,), (1.0,)] == three.sql("SELECT lo_res FROM events ORDER BY 1").rows
    with pytest.raises(QueryError, match="lo_unlink is not allowed"):
        three.sql("SELECT lo_unlink /* a comment */ (1)")


def test_texts_whose_end_the_server_sees_elsewhere_are_no_statement():
    """Texts whose end the server sees elsewhere are no statement, nor are two statements, or names
    by code points; a semicolon in a text is.
    """
    for sql in ("E'a'\n'b'", "e'a'\r--b\n'c'", 'U&"a"', "1; 2", "1;;2"):
        assert not is_single_statement(f"SELECT {sql}"), sql
    for sql in ("E'a'", "'a'\n'b'", "1;", "';'", "1 -- ;\n", "U&'a'"):
        assert is_single_statement(f"SELECT {sql}"), sql
    assert ["f"] == list(called_names("SELECT 1 -- a comment\r, f()"))


def test_per_cent_signs_are_what_they_are(three):
    """Without parameters a text may hold them; with them they are doubled."""
    assert [(3,)] == three.sql("SELECT count(*) FROM default WHERE word LIKE 'd%'").rows
    query = "SELECT count(*) FROM default WHERE word LIKE 'd%%' AND n > %(least)s"
    assert [(2,)] == three.sql(query, {"least": 0}).rows
    with pytest.raises(QueryError):
        three.sql("SELECT '%' || %s", ("x",))


def test_statements_that_tell_are_allowed(three):
    """Plans and settings; a semicolon at the end too."""
    assert "Scan" in three.sql("EXPLAIN SELECT * FROM default WHERE n = 1;").rows[0][0]
    assert [("on",)] == three.sql("SHOW default_transaction_read_only").rows
    assert [(1,), (2,)] == three.sql("VALUES (1), (2);").rows
    assert 3 == len(three.sql("TABLE events").rows)
    assert [(1,)] == three.sql("(SELECT 1)").rows
    assert 2 == len(three.sql("EXPLAIN SELECT * FROM default WHERE n = 1", limit=2).rows[:2])


def test_a_deadline_says_how_long_it_was(three):
    """A deadline says how long it was, and that the server stopped it."""
    with pytest.raises(QueryError, match=r"longer than 0\.2 seconds"):
        three.sql("SELECT count(*) FROM generate_series(1, 10000000000)", timeout=0.2)
    assert [("0",)] == three.sql("SHOW statement_timeout").rows


def test_foreign_tables_are_reached_by_their_schema(three, server):
    """Ours come first; what is in other schemas has to be named."""
    with pytest.raises(QueryError):
        three.sql("SELECT * FROM pg_stat_nothing")
    assert three.sql("SELECT count(*) FROM pg_catalog.pg_class").rows[0][0] > 100


def test_a_role_that_may_only_read_reads(three, server, url):
    """Reader and SQL need no right to write; what writes is refused by the server."""
    schema = three.address.schema
    for sql in (
        f"CREATE ROLE only_{schema} LOGIN",
        f'GRANT USAGE ON SCHEMA "{schema}" TO only_{schema}',
        f'GRANT SELECT ON ALL TABLES IN SCHEMA "{schema}" TO only_{schema}',
    ):
        three.connection.execute(sql)
    reader = opened(url.replace("postgres:@", f"only_{schema}@"), read_only=True)
    assert 3 == reader.count("default")
    assert [(3,)] == reader.sql("SELECT count(*) FROM db.default").rows
    reader.close()
    writer = opened(url.replace("postgres:@", f"only_{schema}@"))
    with pytest.raises(PermissionError, match="GRANT"):
        log(writer, {"n": 1})
    writer.close()
    assert 3 == three.count("default")


def test_a_table_that_is_not_there_points_to_the_tables(three):
    """And a column to the columns."""
    with pytest.raises(QueryError, match="See the tables with: xt tables DB"):
        three.sql("SELECT * FROM evnts")
    with pytest.raises(QueryError, match="See the names with: xt columns DB"):
        three.sql("SELECT evnts FROM events")
