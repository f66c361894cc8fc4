"""Statements that would do more than read, or that must go on working."""

from __future__ import annotations

CALLS = tuple(
    f"SELECT {call}"
    for call in (
        "pg_read_file('{file}')",
        "pg_catalog.pg_read_file('{file}')",
        "pg_read_binary_file('{file}')",
        "('{file}'::text).pg_read_file",
        "(('{file}'::text)) . /* of a text */ \"pg_read_file\"",
        "f.pg_read_file FROM unnest(ARRAY['{file}']) AS f",
        "E'a'\n'\\'', pg_read_file('{file}') --'",
        "1 -- a comment\r, pg_read_file('{file}')",
        "U&\"pg\\005fread_file\"('{file}')",
        "pg_ls_dir('/')",
        "pg_stat_file('{file}')",
        "lo_import('{file}')",
        "lo_get(1)",
        "ts_stat('SELECT to_tsvector(set_config(''role'', ''postgres'', false))')",
        "ts_stat('SELECT to_tsvector(pg_read_file(''{file}''))')",
        "ts_rewrite('a'::tsquery, 'SELECT ''a''::tsquery, pg_read_file(''{file}'')::tsquery')",
        "query_to_xml('SELECT pg_read_file(''{file}'')', true, true, '')",
        "query_to_xml_and_xmlschema('SELECT 1', true, true, '')",
        "cursor_to_xml('xetrack_sql', 1, true, true, '')",
        "database_to_xml(true, true, '')",
        "schema_to_xml('{schema}', true, true, '')",
        "table_to_xml('{schema}.victims', true, true, '')",
        "set_config('role', 'postgres', false)",
        "set_config('transaction_read_only', 'off', true)",
        "pg_sleep(0)",
        "pg_terminate_backend(1)",
        "pg_cancel_backend(1)",
        "pg_reload_conf()",
        "pg_notify('a', 'b')",
        "pg_advisory_lock(1)",
        "pg_try_advisory_lock_shared(1)",
        "pg_advisory_unlock_all()",
        "pg_logical_emit_message(false, 'a', 'b')",
        "pg_export_snapshot()",
        "pg_stat_reset()",
        "pg_switch_wal()",
        "dblink('host=/tmp', 'SELECT 1')",
        "setval('{schema}.xetrack_versions', 1)",
        "{schema}.fleeing()",
        "fleeing()",
        '"fleeing"()',
        "('x'::text).fleeing",
        "x.fleeing FROM unnest(ARRAY['x']) AS x",
        "lower('1'::json)",
        "defining()",
        # Letters of identifiers and of the marks of literals, as the server takes them.
        "$€$ ' $€$ AS p, pg_read_file('{file}'), $€$ ' $€$ AS q",
        "1 AS €$$, pg_read_file($a${file}$a$) AS y, 2 AS z€$$",
        "1 AS \N{NO-BREAK SPACE}$$, pg_read_file($a${file}$a$), 2 AS \N{NO-BREAK SPACE}$$",
        "1 AS \N{ARABIC-INDIC DIGIT THREE}$$, fleeing(), 2 AS \N{ARABIC-INDIC DIGIT THREE}$$",
        "$%$ ' $%$, ' , fleeing(), ' '",
        f"{'f' * 63}and_more()",
        "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}()",
    )
)

PLACED = (
    ("SELECT 1 AS x%(a)s$$, fleeing() AS y, 2 AS z%(a)s$$", {"a": 1}),
    ("SELECT fleeing%(a)s()", {"a": 1}),
    ("SELECT %(a'b)s, fleeing(), %(a'b)s", {"a'b": 1}),
    ("SELECT $%s$$ ' $$, ' , fleeing(), ' '", [1]),
    ("SELECT %s$$ ' $$, ' , fleeing(), ' '", [1]),
)
"""Statements in which placeholders become something else for the server."""

_CALL = "{schema}.planned(0)"

PLANNED = {
    "an index": f"CREATE INDEX ON {{schema}}.bait ((n + {_CALL}))",
    "a part of an index": f"CREATE INDEX ON {{schema}}.bait (n) WHERE n > {_CALL}",
    "a check": f"ALTER TABLE {{schema}}.bait ADD CHECK (n <> {_CALL} + 99)",
    "statistics": f"CREATE STATISTICS {{schema}}.s ON (n + {_CALL}), n FROM {{schema}}.bait",
    "a check of a child": "CREATE TABLE {schema}.child (CHECK (n <> {schema}.planned(0) + 99)) "
    "INHERITS ({schema}.bait)",
    "an index of a grandchild": "CREATE TABLE {schema}.child () INHERITS ({schema}.bait); "
    "CREATE TABLE {schema}.grandchild () INHERITS ({schema}.child); "
    f"CREATE INDEX ON {{schema}}.grandchild ((n + {_CALL}))",
}
"""What the server computes when it plans a statement on a table."""

STATEMENTS = (
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY {schema}.victims FROM '{file}'",
    "DO 'BEGIN PERFORM 1; END'",
    "EXPLAIN ANALYZE INSERT INTO victims VALUES ('x')",
    "EXPLAIN ANALYZE WITH x AS (INSERT INTO victims VALUES ('x') RETURNING x) SELECT * FROM x",
    "EXPLAIN ANALYZE SELECT fleeing()",
    "WITH x AS (INSERT INTO victims VALUES ('x') RETURNING x) SELECT * FROM x",
    "SELECT 1; COMMIT; BEGIN READ WRITE; INSERT INTO victims VALUES ('x')",
    "SELECT 1 INTO made",
    "SHOW role; RESET ROLE",
    "SELECT * FROM victims FOR UPDATE",
    "SET ROLE postgres",
    "RESET SESSION AUTHORIZATION",
    "LOAD 'plpgsql'",
    "CALL fleeing()",
    "VALUES (fleeing())",
    "TABLE victims; DELETE FROM victims",
)

ONLY_FOR_READERS = (
    "SELECT * FROM looking",
    "SELECT * FROM stating",
    "SELECT * FROM policed",
    "SELECT 'x'::checking",
    "SELECT CAST('x' AS {schema}.checking)",
    "EXPLAIN ANALYZE SELECT * FROM looking",
)
"""What calls functions without naming them: for a reader, with the rights of a reader."""

USUAL = """
SELECT word, count(*), avg(n), stddev(n), percentile_cont(0.5)
WITHIN GROUP (ORDER BY n) FROM events GROUP BY GROUPING SETS
((word), ()) HAVING count(*) > 0

SELECT n, row_number() OVER w, lag(n, 1) OVER w, sum(n) FILTER
(WHERE n > 0) OVER (ORDER BY n ROWS BETWEEN 1 PRECEDING AND CURRENT
ROW) FROM default WINDOW w AS (ORDER BY n)

WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM
c WHERE x < 9), d (y, z) AS MATERIALIZED (SELECT x, x FROM c)
SELECT max(y) FROM d JOIN c ON (y = x)

SELECT a.n FROM events a LEFT JOIN LATERAL (SELECT b.n FROM db.default
b WHERE b.n = a.n) b USING (n) WHERE a.n IN (0, 1) AND EXISTS
(SELECT 1) AND NOT (a.n = ANY(ARRAY[5, 6]))

SELECT data->>'a', data->'b'->0, json_array_length(data->'b'),
jsonb_path_query(data::jsonb, '$.b[*]') FROM events, json_each(data)

SELECT date_trunc('day', t), extract(epoch FROM t), to_char(t,
'YYYY'), t::date, t + interval '1 day', CAST(t AS timestamp(0)),
age(t, t), t AT TIME ZONE 'UTC' FROM events

SELECT upper(word), substring(word FROM 1 FOR 2), trim(BOTH '
' FROM word), split_part(word, '.', 1), regexp_replace(word,
'a', 'b'), left(word, 1), word || E'\\n', coalesce(word, ''),
nullif(word, ''), greatest(n, 1), format('%s', n), position('a'
IN word) FROM events

SELECT generate_series(1, 3), unnest(ARRAY[1, 2, 3]), array_agg(n
ORDER BY n) FROM events

SELECT g.day::date, count(e.n) FROM generate_series(date '2026-01-01',
date '2026-01-03', interval '1 day') AS g(day) LEFT JOIN events
e ON e.t::date = g.day GROUP BY 1 ORDER BY 1

SELECT round(n::numeric(10, 2), 1), n::double precision, width_bucket(n,
0, 9, 3), random() FROM default TABLESAMPLE BERNOULLI (100)

SELECT e.version, e.name, e.date FROM events AS e

SELECT CASE WHEN n > 1 THEN 'many' ELSE 'few' END, string_agg(word,
';') FROM events GROUP BY 1 UNION ALL (VALUES ('a', 'b')) ORDER
BY 1;

EXPLAIN (FORMAT JSON) SELECT * FROM events

EXPLAIN ANALYZE SELECT * FROM events

SHOW server_version

SELECT count(*) FROM information_schema.columns WHERE table_schema
= '{schema}'
""".strip().split("\n\n")
