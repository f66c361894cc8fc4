"""Values of any kinds in one column of DuckDB, whatever came first and however it widened."""

from __future__ import annotations

import math
import time
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.sqlite.test_values import VALUES
from tests.engines import cells, column, exact, fields, log, opened, read, same
from tests.profiles import examples
from xetrack.model.kinds import Kind, kind_of
from xetrack_duckdb.tables.column_types import decode_cell, decode_noted_cell, encode_cell, layout

plain = st.sampled_from(list(VALUES.values()))


@settings(max_examples=examples(20), suppress_health_check=list(HealthCheck))
@given(parts=st.lists(st.lists(plain, min_size=1, max_size=4), min_size=1, max_size=4))
def test_values_of_any_kinds_share_a_column_in_any_order(engine, parts):
    """Between the parts they are brought to DuckDB, where the column widens with each."""
    engine.drop("default")  # cheaper than a file for each example
    for part in parts:
        log(engine, *({"x": value} for value in part))
        engine.count("default")
    wanted = [value for part in parts for value in part]
    assert same(wanted, column(engine, "x"))


NUMBERS = [True, 7, 2**60 + 1, 2**100 + 1, 10**60, 0.1, -0.0, VALUES["decimal"], math.nan, None]
OTHERS = [
    VALUES[name]
    for name in ("007", "bytes", "naive", "aware", "offset", "date", "time", "path", "dict")
]
PAIRS = [*permutations(NUMBERS, 2), *((one, two) for one in NUMBERS for two in OTHERS)]
PAIRS += [*((two, one) for one, two in PAIRS[90:]), *permutations(OTHERS, 2)]


@pytest.mark.slow
def test_every_kind_widens_to_every_other(path):
    """Each pair in a column of its own: the first in DuckDB, then the second, then a text."""
    engine = opened(path)
    names = [f"c{at}" for at in range(len(PAIRS))]
    rows = [dict(zip(names, values, strict=True)) for values in zip(*PAIRS, strict=True)]
    rows.append(dict.fromkeys(names, "a text"))
    for row in rows:
        log(engine, row)
        engine.count("default")
    found = read(engine)
    for name, pair in zip(names, PAIRS, strict=True):
        assert same([*pair, "a text"], [row[name] for row in found]), pair
    engine.close()


@pytest.mark.parametrize("beside", [Kind.INT, Kind.FLOAT, Kind.TEXT, Kind.BOOL, Kind.JSON])
def test_a_cell_and_its_note_give_the_value_back(beside):
    """In a column of its own kind, and with any other."""
    for name, value in VALUES.items():
        kind = kind_of(value)
        for kinds in ({kind}, {kind, beside}, {kind, beside, Kind.FLOAT}, set(Kind)):
            how = layout(frozenset(kinds - {None}))
            cell, note = encode_cell(value, how)
            back = decode_noted_cell(cell, note, how) if note else decode_cell(cell, how)
            assert same([value, 0.5], [back, 0.5]), (name, kinds)


def test_a_note_that_another_program_left_behind_does_not_count(engine):
    """Where a cell was changed by SQL, it is what it is now."""
    log(engine, {"x": 2**60 + 1, "y": math.nan, "z": 5}, {"x": 0.5, "y": 1.5, "z": "text"})
    mine = engine.connection
    mine.execute("UPDATE \"default\" SET x = 4.5, y = 2, z = 'new' WHERE rowid = 0")
    del mine
    assert [{"x": 4.5, "y": 2.0, "z": "new"}, {"x": 0.5, "y": 1.5, "z": "text"}] == read(engine)


@pytest.mark.slow
def test_more_keys_than_a_thousand(path):
    """In one row and in later ones, with kinds that change."""
    engine = opened(path)
    keys = [f"key {number}" for number in range(1_100)]
    log(engine, {key: number for number, key in enumerate(keys)})
    assert 1_102 == len(engine.columns("default"))
    log(engine, {key: float(number) for number, key in enumerate(keys[:9])}, {"one more": "x"})
    first, second, third = read(engine)
    assert list(range(1_100)) == [first[key] for key in keys]
    assert list(range(9)) == [second[key] for key in keys[:9]]
    assert ("x", None) == (third["one more"], third["key 7"])
    assert ["x"] == [one for one in column(engine, "one more", columns=("one_more",)) if one]
    engine.close()


def test_the_order_of_rows_is_that_of_logging(engine):
    """Through many folds, also when columns came and widened meanwhile."""
    for number in range(30):
        log(engine, *({"n": number * 100 + at, f"k{number % 3}": at} for at in range(100)))
        if number % 7 == 0:
            engine.count("default")
        if number % 11 == 0:
            log(engine, {"n": None, "k0": "text"})
    found = [n for n in column(engine, "n") if n is not None]
    assert list(range(3_000)) == found


def test_a_prepared_insert_costs_no_look_at_duckdb(engine, monkeypatch):
    """The file is not even opened while rows are logged."""
    row = {"x": 1}
    inserter = engine.inserter("default", fields([row]))

    def refuse(*_):
        pytest.fail("the DuckDB file was opened")

    monkeypatch.setattr(engine.file, "borrow", refuse)
    began = time.perf_counter()
    for _ in range(200):
        inserter.write([cells(row, row)])
    assert time.perf_counter() - began < 5
    monkeypatch.undo()
    assert 200 == engine.count("default")
    assert [exact(1)] * 200 == list(map(exact, column(engine, "x")))
