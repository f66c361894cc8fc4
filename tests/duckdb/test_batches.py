"""Large batches, which the row log keeps by columns: the rows are those of any batch, in order."""

from __future__ import annotations

import math
from contextlib import suppress
from datetime import date

import pytest

from tests.engines import column, fields, log, opened, read, same
from xetrack import Tracker, copy
from xetrack.errors import DatabaseBusyError
from xetrack_duckdb.row_log import flush, packed_batches
from xetrack_testing.samples import VALUES

MANY = packed_batches.LARGE

COLUMNS = {
    "whole": [1, -(2**63), 2**63 - 1],
    "gaps": [None, 7],
    "float": [0.1, math.inf, -0.0, 2, math.nan, None],
    "nan": [math.nan],
    "nan_gaps": [None, math.nan],
    "truth": [True, False, None],
    "truths": [False, True],
    "text": ["a", "", "ש😀", "a\nb", None],
    "texts": ["x", "y" * 100],
    "one": ["always"],
    "zero": ["a\0b"],
    "nothing": [None],
}
"""Cells that are kept by columns."""

ROWS = {"mixed": list(VALUES.values()), "zeros": ["a\0b", "a"], "day": [date(2026, 1, 1), None]}
"""Cells that are not."""


def repeated(columns):
    """As many rows as are kept by columns, with these cells again and again."""
    return [{key: cells[at % len(cells)] for key, cells in columns.items()} for at in range(MANY)]


def waiting(engine):
    """How many batches are in the log."""
    return len(packed_batches.list_pending(engine.log.engine))


def in_order(engine, *numbers):
    """Whether the rows have these numbers, in this order."""
    return [n for part in numbers for n in part] == column(engine, "n")


def test_columns_of_other_kinds_are_kept_as_rows():
    """Each of them is reason enough for all of its batch."""
    for key, given in {**COLUMNS, **ROWS}.items():
        rows = repeated({"n": [1], key: given})
        columns = [[row[name] for row in rows] for name in rows[0]]
        described = fields(rows)[: len(columns)]
        assert (key in ROWS) == (packed_batches.pack_batch(described, columns) is None), key


@pytest.mark.slow
@pytest.mark.parametrize("extra", [{}, ROWS], ids=["columns", "rows"])
@pytest.mark.parametrize("widens", [False, True])
def test_every_value_of_a_batch_comes_back(path, extra, widens):
    """Every value of a batch comes back, also into columns that had, or get, other kinds before the
    batch is brought to DuckDB.
    """
    engine = opened(path)
    rows = repeated({**COLUMNS, **extra})
    others = dict.fromkeys(COLUMNS, "a text") if widens else {}
    log(engine, others)
    log(engine, *rows)
    assert waiting(engine) == (not extra)
    log(engine, dict.fromkeys(COLUMNS, 0.5) if widens else {})
    first, *found, last = read(engine)
    assert (0, others or {}) == (waiting(engine), {k: v for k, v in first.items() if v})
    assert last["text"] == (0.5 if widens else None)
    for key in rows[0]:
        assert same([row[key] for row in rows], [row[key] for row in found]), key
    engine.close()


def test_batches_and_rows_of_many_writers_keep_their_order(path):
    """Batches and rows of many engines or processes keep their order, with flushes in between or
    none.
    """
    one, other = opened(path), opened(path)
    n = 0
    for step in range(7):
        for engine in (one, other):
            number = MANY if (step + (engine is one)) % 3 else 3
            log(engine, *({"n": at} for at in range(n, n + number)))
            n += number
        if step == 2:
            assert in_order(one, range(n))
    assert waiting(one) > 4
    assert in_order(other, range(n))
    assert not waiting(one)
    one.close()
    other.close()


def test_a_batch_behind_rows_that_a_fold_has_not_seen_waits(path, monkeypatch):
    """It comes between the moment that the rows are from and the look for batches."""
    engine, other = opened(path), opened(path)
    log(engine, {"n": 0})
    look = packed_batches.list_pending

    def late(known):
        monkeypatch.setattr(packed_batches, "list_pending", look)
        monkeypatch.setattr(flush.packed_batches, "list_pending", later)
        return look(known)

    def later(known):
        monkeypatch.setattr(packed_batches, "list_pending", look)
        log(other, {"n": 1})
        log(other, *({"n": at} for at in range(2, MANY + 2)))
        return look(known)

    monkeypatch.setattr(packed_batches, "list_pending", late)
    assert in_order(engine, [0])
    assert 1 == waiting(engine)
    assert in_order(engine, range(MANY + 2))
    engine.close()
    other.close()


def test_a_batch_that_was_brought_and_not_discarded_counts_once(path, monkeypatch):
    """Others may be writing just then; it goes with the next fold."""
    engine = opened(path)

    def busy(*_):
        raise DatabaseBusyError(str(path), 0.0)

    monkeypatch.setattr(packed_batches, "discard", busy)
    log(engine, *({"n": at} for at in range(MANY)))
    assert in_order(engine, range(MANY))
    log(engine, *({"n": at} for at in range(MANY, 2 * MANY)))
    assert in_order(engine, range(2 * MANY))
    assert 2 == waiting(engine)
    monkeypatch.undo()
    assert in_order(engine, range(2 * MANY))
    assert not waiting(engine)
    engine.close()


def test_a_batch_goes_with_its_table(path):
    """Dropped before a fold it comes into no table made after it; one logged then does."""
    engine = opened(path)
    prepared = log(engine, *({"n": -1, "gone": 1} for _ in range(MANY)))
    engine.drop("default")
    assert not waiting(engine)
    other = opened(path)
    log(engine, *({"n": -1, "gone": 1} for _ in range(MANY)))
    other.log.engine.drop("default")  # as when somebody has the DuckDB file
    log(other, {"n": 0})
    cells = [[1] * MANY, [2] * MANY, ["t"] * MANY, ["run"] * MANY]
    prepared.write_columns(cells)
    assert in_order(engine, [0], cells[0])
    assert [None, *cells[1]] == column(engine, "gone")
    assert not waiting(engine)
    engine.close()
    other.close()


def test_a_batch_is_part_of_a_transaction(path):
    """All is stored with it, or nothing; and a copy is one."""
    engine = opened(path)
    log(engine, {"n": 0})
    with suppress(RuntimeError), engine.transaction():
        log(engine, *({"n": 1} for _ in range(MANY)))
        raise RuntimeError
    assert in_order(engine, [0])
    with engine.transaction():
        log(engine, *({"n": 1} for _ in range(MANY)))
        log(engine, {"n": 2})
    assert in_order(engine, [0], [1] * MANY, [2])
    assert not waiting(engine)
    engine.close()
    again = path.with_name("again.duckdb")
    assert MANY + 2 == copy(path, again)
    with Tracker(again) as tracker:
        assert [0, *[1] * MANY, 2] == tracker.to_df(all=True)["n"].tolist()
