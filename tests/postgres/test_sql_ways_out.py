"""Ways out of SQL that only reads: none works, whoever asks, and usual statements run."""

from __future__ import annotations

import psycopg
import pytest

from tests.postgres.engines import log, opened
from tests.postgres.servers import Server
from tests.postgres.ways_out import (
    CALLS,
    ONLY_FOR_READERS,
    PLACED,
    PLANNED,
    STATEMENTS,
    USUAL,
)
from xetrack.errors import QueryError

SECRET = "TOP-SECRET"
SCHEMA = "ways"

MADE = """
CREATE TABLE victims (x text);
CREATE FUNCTION fleeing() RETURNS text VOLATILE LANGUAGE plpgsql AS $$
DECLARE secret text := 'none';
BEGIN
    EXECUTE 'RESET ROLE';
    BEGIN secret := pg_read_file('{file}'); EXCEPTION WHEN OTHERS THEN NULL; END;
    BEGIN INSERT INTO {schema}.victims VALUES ('x'); EXCEPTION WHEN OTHERS THEN NULL; END;
    RETURN secret;
END $$;
CREATE FUNCTION fleeing(text) RETURNS text LANGUAGE sql AS 'SELECT {schema}.fleeing()';
CREATE FUNCTION lower(json) RETURNS text LANGUAGE sql AS 'SELECT {schema}.fleeing()';
CREATE FUNCTION defining() RETURNS text SECURITY DEFINER LANGUAGE sql
    AS 'SELECT {schema}.fleeing()';
CREATE FUNCTION {long}() RETURNS text LANGUAGE sql AS 'SELECT {schema}.fleeing()';
CREATE FUNCTION "İ"() RETURNS text LANGUAGE sql
    AS 'SELECT {schema}.fleeing()';
CREATE FUNCTION "fleeing$1"() RETURNS text LANGUAGE sql AS 'SELECT {schema}.fleeing()';
CREATE FUNCTION planned(int) RETURNS int IMMUTABLE LANGUAGE plpgsql
    AS $$ BEGIN
    BEGIN PERFORM {schema}.fleeing(); EXCEPTION WHEN OTHERS THEN NULL; END;
    RETURN 1;
END $$;
CREATE TABLE bait AS SELECT 1 AS n;
CREATE FUNCTION checked(text) RETURNS boolean LANGUAGE sql AS 'SELECT {schema}.fleeing() <> $1';
CREATE DOMAIN checking AS text CHECK ({schema}.checked(VALUE));
CREATE VIEW looking AS SELECT {schema}.fleeing();
CREATE VIEW stating AS
    SELECT word FROM ts_stat('SELECT to_tsvector(pg_read_file(''{file}''))');
CREATE TABLE policed AS SELECT 1 AS x;
ALTER TABLE policed ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON policed USING ({schema}.checked('x'));
GRANT USAGE ON SCHEMA {schema} TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO PUBLIC;
"""

EVENTS = f'CREATE VIEW {SCHEMA}.events AS SELECT * FROM {SCHEMA}."default"'

OPERATOR = "CREATE OPERATOR {schema}.<<<>>> (RIGHTARG = text, FUNCTION = {schema}.fleeing)"


@pytest.fixture(scope="module")
def lonely():
    """A server on which no role but the superuser was ever made."""
    found = Server()
    yield found
    found.stop()


@pytest.fixture(scope="module")
def by_super(lonely):
    """Run SQL as the superuser, by other means."""
    with psycopg.connect(lonely.url, autocommit=True) as found:
        yield found.execute


@pytest.fixture(scope="module")
def names(lonely):
    """What the statements name: a schema, and a file that the server can read."""
    path = lonely.folder / "secret"
    path.write_text(SECRET)
    path.chmod(0o644)
    return {"schema": SCHEMA, "file": path}


@pytest.fixture(scope="module")
def mighty(lonely, names):
    """The superuser's engine, on rows beside all that somebody could have made."""
    engine = opened(f"{lonely.url}&schema={SCHEMA}")
    rows = ({"n": n, "word": f"a.{n}", "version": n, "name": "x", "date": 1} for n in range(3))
    log(engine, *rows)
    execute = engine.connection.execute
    execute('ALTER TABLE "default" ADD t timestamp DEFAULT now(), ADD data json')
    execute("""UPDATE "default" SET data = '{"a": 1, "b": [1, 2]}'""")
    execute("DROP VIEW events")
    execute(EVENTS)
    execute(filled(MADE, names))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def humble(lonely, mighty, by_super):
    """The engine of a role that may read, and write into a table."""
    by_super("CREATE ROLE reader LOGIN")
    by_super(f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA {SCHEMA} TO reader")
    engine = opened(f"{lonely.url.replace('postgres:@', 'reader@')}&schema={SCHEMA}")
    yield engine
    engine.close()


def filled(sql, names):
    named = sql.replace("{schema}", names["schema"]).replace("{file}", str(names["file"]))
    return named.replace("{long}", "f" * 63)


def check_kept(engine, by_super, names, answer):
    """Nothing was told, and nothing changed."""
    assert SECRET.lower() not in repr(answer).lower()
    assert [] == by_super(f"SELECT * FROM {names['schema']}.victims").fetchall()
    assert 3 == engine.count("default")
    made = "SELECT 1 FROM pg_class WHERE relname = 'made'"
    assert by_super(made).fetchone() is None


@pytest.mark.parametrize("sql", [*CALLS, *STATEMENTS])
def test_no_way_out_for_anybody(sql, mighty, humble, by_super, names):
    """Refused to a superuser and to a role that may only read alike."""
    for engine in (mighty, humble):
        with pytest.raises(QueryError) as failure:
            engine.sql(filled(sql, names))
        check_kept(engine, by_super, names, failure.value.reason)


@pytest.mark.parametrize(("sql", "values"), PLACED)
def test_a_placeholder_makes_no_name_and_no_literal(sql, values, mighty, humble, by_super, names):
    """The driver writes a number in its place, which may be a part of what is beside it."""
    for engine in (mighty, humble):
        with pytest.raises(QueryError) as failure:
            engine.sql(filled(sql, names), values)
        check_kept(engine, by_super, names, failure.value.reason)


def test_placeholders_stand_anywhere_else(mighty):
    """Beside operators, parentheses, casts and literals; a doubled per cent sign is one."""
    sql = "SELECT %(a)s::int+%(a)s::int, 'a%%' LIKE %(b)s, (7%%%(a)s::int) FROM default LIMIT 1"
    assert [(4, True, 1)] == mighty.sql(sql, {"a": 2, "b": "a_"}).rows
    assert [(5,)] == mighty.sql("SELECT 12%7").rows


@pytest.mark.parametrize("sql", PLANNED.values(), ids=PLANNED)
def test_what_is_computed_when_a_statement_is_planned_stops_a_superuser(
    sql, mighty, by_super, names
):
    """It runs though the statement names a table only, and no function."""
    for each in filled(sql, names).split("; "):
        by_super(each)
    by_super(f"DELETE FROM {SCHEMA}.victims")  # who makes it runs it
    try:
        with pytest.raises(QueryError, match="an index, a constraint or statistics"):
            mighty.sql("SELECT * FROM bait WHERE n = 1")
        check_kept(mighty, by_super, names, "")
    finally:
        by_super(f"DROP TABLE {SCHEMA}.bait CASCADE")
        by_super(f"CREATE TABLE {SCHEMA}.bait AS SELECT 1 AS n")
    assert [(1,)] == mighty.sql("SELECT n FROM bait WHERE n = 1").rows


@pytest.mark.parametrize("sql", ONLY_FOR_READERS)
def test_code_of_others_never_runs_with_rights_that_matter(sql, mighty, humble, by_super, names):
    """A superuser is refused; a reader's rights suffice for nothing."""
    with pytest.raises(QueryError, match="CREATE ROLE reader"):
        mighty.sql(filled(sql, names))
    answer = None
    try:
        answer = humble.sql(filled(sql, names)).rows
    except QueryError as error:
        answer = error.reason
    check_kept(humble, by_super, names, answer)


def test_an_operator_or_a_cast_of_others_stops_a_superuser(mighty, by_super, names):
    """They are called wherever a type fits."""
    by_super(filled(OPERATOR, names))
    with pytest.raises(QueryError, match="the operator"):
        mighty.sql("SELECT <<<>>> 'x'::text")
    by_super(f"DROP OPERATOR {SCHEMA}.<<<>>> (NONE, text)")
    by_super(f"CREATE TYPE {SCHEMA}.mine AS (x text)")
    by_super(
        f"CREATE FUNCTION {SCHEMA}.turned({SCHEMA}.mine) RETURNS text LANGUAGE sql "
        f"AS 'SELECT {SCHEMA}.fleeing()'"
    )
    by_super(f"CREATE CAST ({SCHEMA}.mine AS text) WITH FUNCTION {SCHEMA}.turned AS IMPLICIT")
    with pytest.raises(QueryError, match="a cast"):
        mighty.sql("SELECT n FROM default")
    by_super(f"DROP TYPE {SCHEMA}.mine CASCADE")
    assert 3 == len(mighty.sql("SELECT n FROM default").rows)


def test_a_view_that_took_the_place_of_ours_stops_a_superuser(mighty, by_super, names):
    """It is not ours for its name."""
    by_super(f"DROP VIEW {SCHEMA}.events")
    by_super(f"CREATE VIEW {SCHEMA}.events AS SELECT {SCHEMA}.fleeing()")
    with pytest.raises(QueryError, match="CREATE ROLE reader"):
        mighty.sql("SELECT * FROM events")
    check_kept(mighty, by_super, names, "")
    by_super(f"DROP VIEW {SCHEMA}.events")
    by_super(EVENTS)
    by_super(f"GRANT SELECT ON {SCHEMA}.events TO PUBLIC")
    assert 3 == len(mighty.sql("SELECT * FROM events").rows)


def test_a_superuser_is_refused_where_others_may_make_something(mighty, by_super):
    """Between a look and a statement they could make anything; who is set as role is no matter."""
    by_super(f"CREATE ROLE m{SCHEMA} LOGIN")
    assert [(1,)] == mighty.sql("SELECT 1").rows
    by_super(f"GRANT CREATE ON SCHEMA {SCHEMA} TO m{SCHEMA}")
    try:
        with pytest.raises(QueryError, match=f"m{SCHEMA} may have made"):
            mighty.sql("SELECT 1")
    finally:
        by_super(f"REVOKE ALL ON SCHEMA {SCHEMA} FROM m{SCHEMA}")
        by_super(f"DROP ROLE m{SCHEMA}")


def test_a_right_that_only_set_role_gives_is_one(mighty, by_super):
    """Whoever is a member of a role without its rights takes them when they like."""
    by_super(f"CREATE ROLE builders{SCHEMA} NOLOGIN")
    by_super(f"CREATE ROLE m{SCHEMA} LOGIN NOINHERIT")
    by_super(f"GRANT builders{SCHEMA} TO m{SCHEMA} WITH INHERIT FALSE")
    assert [(1,)] == mighty.sql("SELECT 1").rows
    by_super(f"GRANT CREATE ON SCHEMA {SCHEMA} TO builders{SCHEMA}")
    try:
        with pytest.raises(QueryError, match=f"m{SCHEMA} may have made"):
            mighty.sql("SELECT 1")
    finally:
        by_super(f"REVOKE ALL ON SCHEMA {SCHEMA} FROM builders{SCHEMA}")
        by_super(f"DROP ROLE m{SCHEMA}")
        by_super(f"DROP ROLE builders{SCHEMA}")


def test_a_superuser_who_set_another_role_is_one(lonely, mighty, by_super):
    """A superuser who set another role is one, as SQL can set it back."""
    by_super(f"CREATE ROLE s{SCHEMA}")
    by_super(f"GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO s{SCHEMA}")
    engine = opened(f"{lonely.url}&schema={SCHEMA}&options=-crole%3Ds{SCHEMA}", read_only=True)
    with pytest.raises(QueryError, match="CREATE ROLE reader"):
        engine.sql("SELECT * FROM looking")
    assert [(3,)] == engine.sql("SELECT count(*) FROM default").rows
    engine.close()
    by_super(f"DROP OWNED BY s{SCHEMA}")
    by_super(f"DROP ROLE s{SCHEMA}")


@pytest.mark.parametrize("sql", USUAL)
def test_usual_statements_run_for_everybody(sql, mighty, humble, names):
    """Aggregates, windows, joins, JSON, dates, texts, series."""
    for engine in (mighty, humble):
        assert engine.sql(filled(sql, names)).rows
