"""Values come back equal and of the same type, whatever lies beside them in the column."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engines import column, exact, log, opened, same, where
from xetrack.builtin.sqlite.storage import declaration
from xetrack.kinds import TAG, Kind

VALUES = {
    "None": None,
    "true": True,
    "false": False,
    "zero": 0,
    "int": -7,
    "2**53": 2**53,
    "2**53+1": 2**53 + 1,
    "-2**53-1": -(2**53) - 1,
    "2**63-1": 2**63 - 1,
    "-2**63": -(2**63),
    "2**63": 2**63,
    "10**5000": 10**5000,
    "float": 0.1,
    "whole float": 1.0,
    "big float": 1e300,
    "nan": math.nan,
    "inf": math.inf,
    "-inf": -math.inf,
    "-0.0": -0.0,
    "text": "cat",
    "empty": "",
    "007": "007",
    "1e3": "1e3",
    "nan text": "nan",
    "looks like JSON": "[1]",
    "unicode": "ß😀",
    "surrogate": "a\ud800b",
    "NUL": "a\0b",
    "bytes": b"\0\xff",
    "no bytes": b"",
    "naive": dt.datetime(2024, 2, 29, 23, 59, 59, 1),  # noqa: DTZ001 - as users have them
    "aware": dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
    "offset": dt.datetime(2024, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=-3, minutes=30))),
    "date": dt.date(1, 1, 1),
    "time": dt.time(1, 2, 3, 4),
    "decimal": Decimal("1.10"),
    "decimal nan": Decimal("NaN"),
    "path": Path("a/../b c"),
    "list": [1, 1.0, True, None, [math.nan, "x"]],
    "dict": {"a": math.inf, "b": [dt.date(2024, 1, 1), b"x"]},
    "odd keys": {1: "a", "1": "b", None: "c", 1.5: "d", True and "t": "e"},
    "tag": {TAG: "float", "value": "nan"},
    "surrogate in list": ["\udfff"],
    "no list": [],
}
plain = st.sampled_from(list(VALUES.values()))


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_a_value_comes_back_alone_in_its_column(engine, path, value):
    """Each value is read by a fresh engine as it was written by another."""
    log(engine, {"x": value})
    engine.close()
    with_fresh = opened(path, read_only=True)
    assert [exact(value)] == [exact(one) for one in column(with_fresh, "x")]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(values=st.lists(plain, min_size=1, max_size=8), batch=st.booleans(), seed=plain)
def test_values_of_any_kinds_share_a_column_in_any_order(values, batch, seed):
    """Row by row or in one batch, after any first value, all come back as they went in."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "rows.db")
        writer = opened(path)
        log(writer, {"x": seed})
        if batch:
            log(writer, *({"x": value} for value in values))
        else:
            for value in values:
                log(writer, {"x": value})
        reader = opened(path)
        assert same([seed, *values], column(reader, "x"))
        ((check,),) = writer.connection.execute("PRAGMA integrity_check").fetchall()
        assert "ok" == check
        reader.close()
        writer.close()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(values=st.lists(plain, min_size=1, max_size=6))
def test_the_declared_type_is_what_the_kinds_ask_for(values):
    """However a column came to its kinds, it is declared as a column made for all of them."""
    with TemporaryDirectory() as folder:
        writer = opened(Path(folder, "rows.db"))
        for value in values:
            log(writer, {"x": value})
        (found,) = [one for one in writer.columns("default") if one.name == "x"]
        info = writer.connection.execute('PRAGMA table_xinfo("default")').fetchall()
        assert declaration(found.kinds) == next(row[2] for row in info if row[1] == "x")
        writer.close()


@pytest.mark.parametrize(
    ("kinds", "declared"),
    [
        ({Kind.BOOL}, "BOOLEAN"),
        ({Kind.BOOL, Kind.INT}, "BIGINT"),
        ({Kind.INT, Kind.BIGINT}, "BIGINT"),
        ({Kind.INT, Kind.FLOAT, Kind.NAN}, "DOUBLE"),
        ({Kind.BIGINT, Kind.FLOAT}, ""),
        ({Kind.BOOL, Kind.FLOAT}, ""),
        ({Kind.TEXT, Kind.PATH, Kind.NAN}, "VARCHAR"),
        ({Kind.INT, Kind.TEXT}, ""),
        ({Kind.BYTES}, "BLOB"),
        ({Kind.NAN}, ""),
        (set(), ""),
    ],
)
def test_a_type_is_declared_only_where_it_converts_nothing(kinds, declared):
    """Other programs see numbers as numbers and text as text; mixtures have no type."""
    assert declared == declaration(kinds)


def test_whole_floats_stay_floats_when_a_column_becomes_a_mixture(engine):
    """SQLite keeps 1.0 in a DOUBLE column as an integer; as a text joins, it is 1.0 still."""
    for value in (1, 2.0, 0.5, "007", True):
        log(engine, {"x": value})
    assert [exact(v) for v in (1.0, 2.0, 0.5, "007", True)] == list(map(exact, column(engine, "x")))


def test_big_integers_stay_exact_beside_floats(engine):
    """An integer beyond 2**53 is not rounded, before or after floats."""
    for value in (0.5, 2**53 + 1, 2**62 + 1, 0.25):
        log(engine, {"x": value})
    assert [0.5, 2**53 + 1, 2**62 + 1, 0.25] == column(engine, "x")


def test_sums_see_numbers_as_other_programs_do(engine, by_hand):
    """SQL of other programs averages a column with nan over what are numbers."""
    log(engine, {"x": 1.0}, {"x": math.nan}, {"x": 2})
    assert [(1.5, 2)] == by_hand("SELECT avg(x), count(x) FROM events")


@pytest.mark.parametrize("durability", ["normal", "full"])
def test_a_thousand_rows_of_a_batch_keep_their_notes(path, durability):
    """In a batch of several statements each nan is where it was logged."""
    engine = opened(path, durability=durability)
    values = [math.nan if number % 7 == 0 else number / 2 for number in range(1_001)]
    log(engine, *({"x": value} for value in values))
    assert list(map(exact, values)) == list(map(exact, column(engine, "x")))
    assert 143 == engine.count("default", [where("x", math.nan)])
    engine.close()
