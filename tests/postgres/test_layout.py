"""What lies in the database, and what others may do to it: no row is lost by that."""

from __future__ import annotations

import math
import threading

import psycopg
import pytest

from tests.postgres.engines import cells, column, exact, fields, log, opened, read, where
from xetrack.errors import (
    DatabaseBusyError,
    InvalidTableError,
    NotADatabaseError,
    StorageError,
    XetrackError,
)
from xetrack.interfaces.query import Query
from xetrack_postgres.tables import catalog, widening
from xetrack_testing.samples import VALUES


def real(by_hand, relation="default"):
    """The columns of a relation for keys."""
    found = by_hand(
        "SELECT attname FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped "
        f"""AND attrelid = to_regclass('"{relation}"') ORDER BY attnum"""
    )
    own = {"timestamp", "track_id"}
    return [name for (name,) in found if name not in own and not name.startswith("xetrack_")]


@pytest.fixture
def few(monkeypatch):
    """Tables have four columns, two of them for keys."""
    monkeypatch.setattr(widening, "MOST", 4)


def test_keys_beyond_the_columns_of_a_table_lie_in_json(engine, by_hand, few):
    """Of every kind, in the order in which they came; SQL sees them there."""
    log(engine, {"a": 1, "b": 1})
    log(engine, VALUES)
    log(engine, {"late": 0.5}, {"late": 2, "a": 2})
    assert ["a", "b"] == real(by_hand)
    names = [one.key for one in engine.columns("default")]
    assert ["timestamp", "track_id", "a", "b", *VALUES, "late"] == names
    assert exact({"a": None, "b": None, **VALUES, "late": None}) == exact(read(engine)[1])
    assert [None, None, 0.5, 2] == column(engine, "late")
    sql = "SELECT xetrack_more ->> 'late' FROM db.default WHERE xetrack_more ->> 'late' <> '2'"
    assert [("0.5",)] == by_hand(sql.replace("db.default", '"default"') + " AND a IS NULL")
    engine.add_columns("default", fields([{"late": "text"}]))
    assert 1 == engine.update("default", {"late": "text", "a": 7}, [where("late", 2)])
    assert 1 == engine.update("default", {"late": None}, [where("late", 0.5)])
    assert [None, None, None, "text"] == column(engine, "late")
    assert [7] == column(engine, "a", where=(where("late", "text"),))
    assert 3 == engine.delete("default", [where("late", None)])


def test_a_full_row_of_every_column_fits(engine, by_hand):
    """As many columns as we make, each with what takes most room in a row."""
    row = {f"k{n}": "x" * 40 if n % 2 else n / 3 for n in range(widening.MOST + 50)}
    log(engine, row, row)
    assert widening.MOST - 2 == len(real(by_hand))
    assert [row, row] == read(engine)


def test_long_names_get_columns_of_their_own(engine, by_hand):
    """Of 63 bytes at most, as PostgreSQL would cut them, and all keys alike with them."""
    keys = [
        "k" * 63,
        "k" * 64,
        "k" * 70,
        "\u00fc" * 31,
        "\u00fc" * 32,
        "\u00fc" * 33,
        "\u20ac" * 22,
    ]
    tables = ["t" * 63, "t" * 70, "t" * 71, "\u00fc" * 40]
    for table in tables:
        log(engine, {key: n for n, key in enumerate(keys)}, table=table)
        assert [{key: n for n, key in enumerate(keys)}] == read(engine, table)
        assert all(len(one.name.encode()) <= 63 for one in engine.columns(table))
    assert tables == engine.tables()
    engine.drop(tables[1])
    assert [tables[0], *tables[2:]] == engine.tables()
    assert 7 == len(real(by_hand, "t" * 63))


def test_names_of_the_systems_own_columns_are_kept_free(engine):
    """PostgreSQL has a ``ctid`` in every table, and we have ours."""
    row = {name: n for n, name in enumerate(["ctid", "XMIN", "xetrack_row", "xetrack_more", "oid"])}
    log(engine, row)
    assert [row] == read(engine)


def test_tables_of_others_are_not_taken_for_ours(server, engine, by_hand):
    """Neither in their schema nor in ours; a name that is taken is an error."""
    log(engine, {"x": 1})
    by_hand("CREATE TABLE public.runs (a int)")
    by_hand("CREATE TABLE theirs (a int)")
    try:
        assert ["default"] == engine.tables()
        assert 0 == engine.count("runs")
        assert () == engine.columns("theirs")
        with pytest.raises(InvalidTableError, match="'theirs'"):
            log(engine, {"x": 1}, table="theirs")
        with pytest.raises(InvalidTableError, match="a view 'events'"):
            log(engine, {"x": 1}, table="events")
        for name in ("pg_class", "PG_Class"):  # of the catalog, which SQL would read instead
            with pytest.raises(InvalidTableError, match="its own"):
                log(engine, {"x": 1}, table=name)
        log(engine, {"x": 1}, table="runs")
        assert ["default", "runs"] == engine.tables()
    finally:
        by_hand("DROP TABLE public.runs")


def test_a_column_of_another_program_is_read(engine, by_hand):
    """A column of another program is read, as text where its type is none of ours.

    A key of its name gets another column.
    """
    inserter = log(engine, {"x": 1})
    by_hand("ALTER TABLE \"default\" ADD COLUMN span interval DEFAULT '1 day', ADD size int")
    assert [None, None] == [one.key for one in engine.columns("default")[-2:]]
    inserter.write([cells({"x": 2}, "x")])
    log(engine, {"span": 5})
    rows = engine.read("default", Query()).batches
    assert [[1, 2, None], [None, None, 5], ["1 day"] * 3, [None] * 3] == list(next(rows))[2:]
    rows.close()
    assert [1, 2] == column(engine, "x", where=(where("span_2", None),))


def test_a_dropped_column_is_made_again(engine, by_hand):
    """An insert that was prepared before finds out."""
    inserter = log(engine, {"x": 1.5, "y": 2})
    by_hand('DROP VIEW events; ALTER TABLE "default" DROP COLUMN x')
    inserter.write([cells({"x": 2.5, "y": 3}, "xy")])
    assert [2, 3] == column(engine, "y")
    assert [None, 2.5] == column(engine, "x")


@pytest.mark.parametrize("gone", ['DROP TABLE "default" CASCADE', "DROP SCHEMA {} CASCADE"])
def test_what_another_program_dropped_is_made_again(engine, by_hand, schema, gone):
    """By an insert from before, and by reading, which says that nothing is there."""
    inserter = log(engine, {"x": 1})
    by_hand(gone.format(schema))
    with pytest.raises(XetrackError):
        read(engine)
    inserter.write([cells({"x": 2}, "x")])
    with engine.lock:
        inserter.append(cells({"x": 3}, "x"))
    assert [2, 3] == column(engine, "x")


def test_a_view_of_the_users_keeps_no_row_out(engine, by_hand):
    """PostgreSQL widens no column that a view stands on; then the JSON has what is wider."""
    log(engine, {"x": 1})
    by_hand("CREATE VIEW mine AS SELECT x FROM events")
    log(engine, {"x": 0.5, "new": 1})
    log(engine, {"x": 2})
    assert [1, 0.5, 2] == column(engine, "x")
    assert [(1,), (None,), (2,)] == by_hand("SELECT x FROM mine")
    with pytest.raises(StorageError, match="depend"):
        engine.drop("default")
    assert [1, 0.5, 2] == column(engine, "x")


def test_a_table_that_somebody_keeps_locked_gets_its_columns_in_json(
    engine, by_hand, server, monkeypatch
):
    """A new key waits for nobody's long transaction."""
    monkeypatch.setattr(widening, "DDL_PATIENCE", 0.05)
    log(engine, {"x": 1})
    with psycopg.connect(server.url) as reader:
        reader.execute(f'SELECT * FROM "{engine.address.schema}"."default"')
        log(engine, {"x": 0.5, "late": 1})
        assert [1, 0.5] == column(engine, "x")
    log(engine, {"later": 2})
    assert [None, None, 2] == column(engine, "later")
    assert [None, 1, None] == column(engine, "late")
    assert ["x"] == real(by_hand)


def test_a_lock_of_another_program_is_waited_for_until_the_deadline(url, server):
    """Then it is a typed error, and the next row is stored."""
    engine = opened(url, timeout=0.3)
    inserter = log(engine, {"x": 1})
    with psycopg.connect(server.url) as other:
        other.execute(f'LOCK TABLE "{engine.address.schema}"."default"')
        for write in (inserter.write, lambda rows: inserter.append(rows[0])):
            with pytest.raises(DatabaseBusyError, match=r"0\.3 seconds"), engine.lock:
                write([cells({"x": 2}, "x")])
    inserter.write([cells({"x": 3}, "x")])
    assert [1, 3] == column(engine, "x")
    engine.close()


def test_columns_come_while_an_answer_is_read(engine):
    """A read holds no lock while its batches are fetched, in the same thread or another."""
    log(engine, *({"n": n} for n in range(5_000)))
    batches = engine.read("default", Query(columns=("n",))).batches
    next(batches)
    log(engine, {"n": 0.5, "new": "x"})
    thread = threading.Thread(target=engine.drop, args=("default",))
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
    assert 3_000 == sum(len(cell) for (cell,) in batches)


def test_a_schema_of_a_later_xetrack_is_refused(engine, by_hand, url):
    """Nothing is read or changed by one that does not know it."""
    log(engine, {"x": 1})
    by_hand(f"UPDATE xetrack_meta SET value = {catalog.FORMAT + 1}")
    for options in ({}, {"read_only": True}):
        with pytest.raises(NotADatabaseError, match="a later xetrack"):
            opened(url, **options)


def test_a_database_of_another_encoding_is_refused(server):
    """A database of another encoding is refused before anything is made in it."""
    with psycopg.connect(server.url, autocommit=True) as other:
        other.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    engine = opened(server.url.replace("/postgres?", "/latin?"))
    with pytest.raises(NotADatabaseError, match="LATIN1"):
        log(engine, {"x": 1})
    assert [] == engine.tables()
    engine.close()


def test_the_view_has_the_columns_of_the_keys(engine, by_hand):
    """In the order in which they came, with what a column became."""
    log(engine, {"b": 1, "a": math.nan})
    log(engine, {"b": 0.5, "a": "x", "c": [1]})
    log(engine, {"z": 1}, table="other")
    names = ("timestamp", "track_id", "b", "a", "c")
    assert names == engine.sql("SELECT * FROM events").names
    assert [(1.0, None, None), (0.5, "x", [1])] == by_hand("SELECT b, a, c FROM events")
    engine.drop("default")
    assert [] == by_hand("SELECT 1 FROM pg_views WHERE schemaname = current_schema()")


def test_equal_identities_of_two_writers_are_two_rows(url):
    """Equal identities of two writers are two rows, as in other databases.

    Only a row that is sent again is known by its number.
    """
    one, two = opened(url), opened(url)
    row = cells({"x": 1}, "x")
    for engine in (one, two, one):
        engine.inserter("default", fields([{"x": 1}])).write([row, row])
    assert [1] * 6 == column(one, "x")
    one.close()
    two.close()


def test_a_constraint_of_the_users_refuses_one_batch_only(engine, by_hand):
    """The text says what the server said; the next rows are stored."""
    log(engine, {"x": 1})
    by_hand('ALTER TABLE "default" ADD CHECK (x < 5)')
    inserter = engine.inserter("default", fields([{"x": 1}]))
    for rows in ([9], [2, 9]):
        with pytest.raises(StorageError, match="check constraint"):
            inserter.write([cells({"x": one}, "x") for one in rows])
    inserter.write([cells({"x": 3}, "x")])
    assert [1, 3] == column(engine, "x")


def test_full_durability_asks_the_server_for_it(url):
    """Full durability asks the server for it, whatever its own setting is."""
    engine = opened(f"{url}&options=-csynchronous_commit%3Doff", durability="full")
    log(engine, {"x": 1})
    sql = "SHOW synchronous_commit"
    assert ("on",) == engine.connections.writer.connection.execute(sql).fetchone()
    engine.close()
