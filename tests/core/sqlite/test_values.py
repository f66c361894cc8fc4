"""Values come back equal and of the same type, whatever lies beside them in the column."""

from __future__ import annotations

import math
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engines import column, exact, log, opened, where
from tests.profiles import examples
from xetrack.builtin.sqlite.tables.storage import declaration
from xetrack.model.kinds import Kind
from xetrack_testing.samples import VALUES

plain = st.sampled_from(list(VALUES.values()))


@settings(max_examples=examples(60), suppress_health_check=list(HealthCheck))
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
