"""How values lie in PostgreSQL: native types, and JSON for what these cannot say."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.postgres.engines import column, exact, fields, log, opened, same
from tests.profiles import examples
from xetrack.model.kinds import Kind
from xetrack_postgres.tables.storage import meaning
from xetrack_testing.samples import OF_EACH_KIND, VALUES

NAIVE = dt.datetime(2026, 1, 2, 3, 4, 5, 6)  # noqa: DTZ001 - as users have them
EAST = dt.timezone(dt.timedelta(hours=2))


@pytest.mark.parametrize(
    ("value", "sql_type"),
    [
        (True, "boolean"),
        (7, "bigint"),
        (-(2**63), "bigint"),
        (2**63, "numeric"),
        (-(10**4_000), "numeric"),
        (0.1, "double precision"),
        (math.inf, "double precision"),
        (5e-324, "double precision"),
        ("ß😀", "text"),
        (b"\0\xff", "bytea"),
        (NAIVE, "timestamp without time zone"),
        (dt.date(1, 1, 1), "date"),
        (dt.date(9999, 12, 31), "date"),
        (dt.time(23, 59, 59, 999_999), "time without time zone"),
        (Decimal("1.10"), "numeric"),
        (Decimal("-0.00000001"), "numeric"),
        (Path("a/b"), "text"),
        ({"b": [1.0, None], "a": "é"}, "json"),
        ([], "json"),
    ],
    ids=map(str, itertools.count()),
)
def test_a_value_lies_in_the_type_that_says_all_of_it(engine, by_hand, value, sql_type):
    """A value lies in the type that says all of it, and nothing of it is in the JSON."""
    log(engine, {"x": value})
    assert [exact(value)] == list(map(exact, column(engine, "x")))
    assert [(sql_type, None)] == by_hand('SELECT pg_typeof(x)::text, xetrack_more FROM "default"')


def test_a_dict_comes_back_in_its_order(engine):
    """A dict comes back in its order, and with its numbers as they were written.

    Jsonb would keep neither.
    """
    log(engine, {"x": {"b": 1.0, "a": 1e300, "c": -0.0}})
    assert '{"b": 1.0, "a": 1e+300, "c": -0.0}' == str(column(engine, "x")[0]).replace("'", '"')


@pytest.mark.parametrize(
    ("first", "value", "shown"),
    [
        (0.5, math.nan, None),
        (0.5, 2**60 + 1, 2.0**60),
        (0.5, 10**400, None),
        (0.5, True, 1.0),
        (0.5, "x", None),
        (1, "x", None),
        (1, True, 1),
        (10**30, 0.5, Decimal("0.5")),
        (10**30, 10**200_000, None),
        ("x", 5, "5"),
        ("x", "a\0b", "ab"),
        ("x", "\ud800", "?"),
        ("x", [1], "[1]"),
        (NAIVE, NAIVE.replace(tzinfo=EAST), NAIVE - dt.timedelta(hours=2)),
        (NAIVE, dt.datetime(1, 1, 1, tzinfo=EAST), None),
        (NAIVE, "x", None),
        (dt.time(1), dt.time(2, tzinfo=EAST), dt.time(2)),
        (Decimal("1.5"), Decimal("1E+3"), Decimal(1000)),
        (Decimal("1.5"), Decimal("-0"), Decimal(0)),
        (Decimal("1.5"), Decimal("sNaN"), None),
        (Decimal("1.5"), Decimal("Infinity"), None),
        (Path("a"), Path("\ud800"), None),
        ([1], 7, None),
        ([1], ["a\0b", {"\0": [1]}], None),
        (b"x", "x", None),
        (True, 2, None),
    ],
    ids=map(str, itertools.count()),
)
def test_what_a_type_cannot_say_lies_in_the_json(engine, by_hand, first, value, shown):
    """The column shows what comes closest; averages pass over a nan."""
    log(engine, {"x": first})
    log(engine, {"x": value})
    log(engine, {"x": value}, {"x": first})
    found = column(engine, "x")
    assert list(map(exact, (first, value, value, first))) == list(map(exact, found))
    rows = by_hand('SELECT x, xetrack_more IS NULL FROM "default" ORDER BY xetrack_row')
    assert [True, False, False, True] == [alone for _, alone in rows]
    assert [shown] * 2 == [cell for cell, alone in rows if not alone]


def test_nan_alone_makes_no_column_yet(engine, by_hand):
    """The first value that needs a type decides it."""
    log(engine, {"x": math.nan, "y": None})
    assert [] == by_hand(
        "SELECT 1 FROM information_schema.columns WHERE column_name = 'x' "
        "AND table_schema = current_schema()"
    )
    log(engine, {"x": "text", "y": math.nan})
    log(engine, {"x": math.nan, "y": 2})
    expected = [math.nan, "text", math.nan]
    assert list(map(exact, expected)) == list(map(exact, column(engine, "x")))
    assert list(map(exact, [None, math.nan, 2])) == list(map(exact, column(engine, "y")))


@pytest.fixture(scope="module")
def lasting(server):
    """An engine for many examples, each with a table of its own."""
    engine = opened(f"{server.url}&schema=examples")
    yield engine
    engine.close()


ORDERS = list(itertools.permutations([1, 0.5, 2**53 + 1, 10**30]))


@pytest.mark.parametrize("order", ORDERS, ids=map(str, itertools.count()))
def test_numbers_widen_without_loss(lasting, order):
    """Integers become floats in place, but those that a float would round."""
    lasting.drop("default")
    values = [math.nan, *order]
    for value in values:
        log(lasting, {"x": value})
    assert same(values, column(lasting, "x"))
    huge_first = order.index(10**30) < order.index(0.5)
    types = lasting.sql("SELECT DISTINCT pg_typeof(x)::text FROM events").rows
    assert [("numeric",) if huge_first else ("double precision",)] == types


@settings(max_examples=examples(40), suppress_health_check=list(HealthCheck))
@given(
    values=st.lists(st.sampled_from([*VALUES.values(), *OF_EACH_KIND]), min_size=1, max_size=7),
    batch=st.booleans(),
)
def test_any_kinds_share_a_column_and_move_to_another_table(lasting, values, batch):
    """Row by row or at once; what was read can be written again."""
    for table in ("one", "two"):
        lasting.drop(table)
        rows = [{"x": value} for value in values]
        for group in [rows] if batch else [[row] for row in rows]:
            log(lasting, *group, table=table)
        found = column(lasting, "x", table)
        assert same(values, found)
        values = found


ANY = st.tuples(st.decimals(), st.integers(), st.floats(), st.text(), st.binary())


@settings(max_examples=examples(40))
@given(values=ANY)
def test_whatever_numbers_and_texts_come_back(lasting, values):
    """Any numbers and texts come back, each beside the one before in one column of its kind."""
    row = {f"k{at}": value for at, value in enumerate(values)}
    log(lasting, row, table="whatever")
    lasting.drop("again")
    log(lasting, row, row, table="again")
    for at, value in enumerate(values):
        assert exact(value) == exact(column(lasting, f"k{at}", "whatever", tail=1)[0])
        assert [exact(value)] * 2 == list(map(exact, column(lasting, f"k{at}", "again")))


@pytest.mark.parametrize(
    ("kinds", "had", "means"),
    [
        ({Kind.INT, Kind.BIGINT}, None, Kind.INT),
        ({Kind.BIGINT, Kind.FLOAT}, None, Kind.FLOAT),
        ({Kind.INT, Kind.HUGEINT}, None, Kind.HUGEINT),
        ({Kind.INT, Kind.TEXT}, None, Kind.TEXT),
        ({Kind.RAWTEXT, Kind.NAN}, None, Kind.TEXT),
        ({Kind.NAN}, None, None),
        (set(), None, None),
        ({Kind.INT, Kind.FLOAT}, Kind.INT, Kind.FLOAT),
        ({Kind.INT, Kind.TEXT}, Kind.INT, Kind.INT),
        ({Kind.FLOAT, Kind.TEXT}, Kind.FLOAT, Kind.FLOAT),
    ],
)
def test_the_meaning_of_a_column_follows_from_its_kinds(kinds, had, means):
    """The meaning of a column follows from its kinds, and from what it meant before."""
    assert means is meaning(frozenset(kinds), had)


def test_a_text_with_nul_is_found_out_in_a_batch(engine):
    """No caller looks for one, and the server refuses it."""
    inserter = log(engine, {"x": "a"})
    rows = ["b", "c\0d", "e"]
    for append in (True, False):
        written = [[text, *row] for text, row in zip(rows, identities(), strict=False)]
        if append:
            with engine.lock:
                for row in written:
                    inserter.append(row)
        else:
            inserter.write(written)
    assert ["a", *rows, *rows] == column(engine, "x")
    assert {"x", "timestamp", "track_id"} == {field.key for field in fields([{"x": 1}])}


def identities():
    """What names three rows."""
    return [(dt.datetime.now(dt.UTC).isoformat() + str(n), "run") for n in range(3)]
