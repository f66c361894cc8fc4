"""S13: a cell that its column's kind cannot decode stays what it is, whatever stands in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from xetrack import Reader, Tracker, copy
from xetrack.model.kinds import FROM_TEXT, Kind

KEYS = {
    "json": [1],
    "huge": 2**70,
    "decimal": Decimal("0.1"),
    "moment": datetime(2026, 1, 1, tzinfo=UTC),
    "day": date(2026, 1, 1),
    "path": Path("a"),
}
TEXTS = [
    "",
    "[" * 100_000,
    "[" * 900 + "]" * 900,
    '{"a":' * 150 + "1" + "}" * 150,
    "9" * 10_000,
    "[" + "9" * 10_000 + "]",
    "0x",
    "+1e999999999999999999",
    "\0zz",
    "\0ff",
    "9999-99-99",
    "0001-01-01T00:00:00+24:00",
    '{"$xetrack": "hugeint", "value": 5}',
    '{"$xetrack": "path", "value": []}',
    '{"$xetrack": "dict"}',
    '{"$xetrack": "dict", "value": [[[], 1]]}',
    '{"$xetrack": [], "value": 1}',
    '{"$xetrack": "decimal", "value": "x"}',
    '{"$xetrack": "none", "value": "x"}',
]


@pytest.mark.parametrize("text", TEXTS, ids=[f"{one[:12]!a}" for one in TEXTS])
def test_s13_hostile_texts_in_cells_are_read_and_copied(text, tmp_path):
    """By a reader, as rows and as a frame; and a tracker can log after them."""
    path = tmp_path / "rows.db"
    with Tracker(path) as tracker:
        tracker.log(KEYS)
    with closing(sqlite3.connect(path)) as connection, connection:
        for key in KEYS:
            connection.execute(f'UPDATE "default" SET "{key}" = ?', (text,))
    with Reader(path) as reader:
        (row,) = reader.select().dicts()
        for key, value in KEYS.items():
            # A path or a number may well be meant by it; nothing else is made of it.
            assert text == row[key] or type(row[key]) is type(value)
        assert 1 == len(reader.to_df())
    copy(path, tmp_path / "copy.db")
    with Tracker(path) as tracker, Reader(tmp_path / "copy.db") as copied:
        tracker.log(KEYS)
        assert KEYS.items() <= tracker[-1].items()
        assert row == copied.select().dicts()[0]


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_no_plain_value_is_a_value_error(text):
    """What is no plain value is a value error, and no other error, on which nobody counts."""
    try:
        FROM_TEXT[Kind.JSON](text)
    except ValueError:
        return
    pytest.fail(f"{text[:40]} was read")
