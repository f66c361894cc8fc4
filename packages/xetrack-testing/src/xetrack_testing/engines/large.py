"""Large batches, tables and cells: where engines begin to cut, and to store in parts."""

from __future__ import annotations

import time
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from xetrack.interfaces.engine import Settings
from xetrack.model.names import DEFAULT_TABLE
from xetrack_testing.engines.base import EngineFixtures
from xetrack_testing.processes import killed
from xetrack_testing.rows import column, exact, fields, log, read, where

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xetrack.interfaces.engine import Engine, Inserter
    from xetrack.model.kinds import Value
    from xetrack_testing.engines.base import Opened

BATCH = 20_000
"""Rows of a large batch."""

MEBIBYTE = 2**20


def numbers_inserter(engine: Engine) -> Inserter:
    """Prepare an insert of rows with a number and a text.

    Parameters
    ----------
    engine
        Where to store them.
    """
    return engine.inserter(DEFAULT_TABLE, fields([{"n": 0, "t": ""}]))


def numbered(first: int, size: int = BATCH) -> list[list[Value]]:
    """Return the cells of rows with a number and a text, which count on.

    Parameters
    ----------
    first
        The number of the first row.
    size
        How many rows.
    """
    return [[n, f"t{n}", f"2026-01-01 {n:012d}", "run"] for n in range(first, first + size)]


def log_batches_for_ever(
    acknowledge: Callable[[float], None], engine_class: type[Engine], location: str
) -> None:
    """Store large batches until the process is killed.

    Parameters
    ----------
    acknowledge
        Called with the seconds that each batch took.
    engine_class
        The engine under test.
    location
        Where its database is.
    """
    inserter = numbers_inserter(engine_class(location, Settings()))
    for number in count():
        rows = numbered(number * BATCH)
        began = time.monotonic()
        inserter.write(rows)
        acknowledge(time.monotonic() - began)


class LargeContract(EngineFixtures):
    """What one engine promises of many rows, and of large ones."""

    many_rows = 100_000
    """Rows of a large table, a multiple of 20,000; lower it where storing them takes minutes."""

    @pytest.mark.parametrize("by", ["rows", "columns"])
    def test_a_large_batch_is_stored_wholly_or_not_at_all(self, engine: Engine, by: str) -> None:
        """20,000 rows of which the last cannot be stored leave none; without it all are there."""
        inserter = numbers_inserter(engine)

        def write(rows: Sequence[Sequence[Any]]) -> None:
            if by == "rows":
                inserter.write(rows)
            else:
                inserter.write_columns([*zip(*rows, strict=True)])

        write(numbered(0, 1))
        rows: list[list[Any]] = numbered(1)
        with pytest.raises(Exception):  # noqa: B017, PT011 - callers never write such a row
            write([*rows, [object(), "t", "2026", "run"]])
        assert 1 == engine.count(DEFAULT_TABLE), "rows of a batch that failed were stored"
        write(rows)
        stored = read(engine)
        assert 1 + BATCH == engine.count(DEFAULT_TABLE) == len(stored)
        wrong = [(n, row) for n, row in enumerate(stored) if (n, f"t{n}") != (row["n"], row["t"])]
        assert not wrong[:3], "rows of a large batch are lost, moved or changed"

    def test_a_large_table_is_counted_read_and_changed_in_full(self, engine: Engine) -> None:
        """Counting, cutting, setting and deleting know no largest number of rows."""
        inserter, rows = numbers_inserter(engine), self.many_rows
        for first in range(0, rows, BATCH):
            inserter.write_columns([*zip(*numbered(first, min(BATCH, rows - first)), strict=True)])
        assert rows == engine.count(DEFAULT_TABLE)
        assert rows - 5 == engine.count(DEFAULT_TABLE, [where("n", 5, ">=")])
        assert rows - 1 == engine.count(DEFAULT_TABLE, [where("t", "t7", "!=")])
        last = [*range(rows - 3, rows)]
        assert last == column(engine, "n", tail=3)
        assert last == column(engine, "n", columns=("n",), offset=rows - 3)
        assert last[::-1] == column(engine, "n", order="n", descending=True, limit=3)
        assert rows * (rows - 1) // 2 == sum(column(engine, "n", columns=("n",)))
        late = [where("n", rows - 10, ">=")]
        assert 10 == engine.update(DEFAULT_TABLE, {"t": "late"}, late)
        assert rows - 10 == engine.delete(DEFAULT_TABLE, [where("t", "late", "!=")])
        assert 10 == engine.count(DEFAULT_TABLE)

    def test_long_cells_come_back_whole(self, engine: Engine) -> None:
        """Texts, bytes and lists of more than a MiB, alone, in a batch, and set later."""
        size = 3 * MEBIBYTE + 1
        long: dict[str, Value] = {
            "text": f"{'x' * size}y",
            "letters": f"{'ß' * MEBIBYTE}😀",
            "bytes": bytes(range(256)) * (size // 256) + b"end",
            "list": ["x" * (MEBIBYTE + 1), 1.5],
            "raw": f"{'z' * MEBIBYTE}\ud800\0end",
        }
        log(engine, long)
        log(engine, {"text": "short"}, long, {"text": "short"})
        engine.add_columns(DEFAULT_TABLE, fields([long]))
        first = [where("text", "short")]
        assert 2 == engine.update(DEFAULT_TABLE, long, first)
        for key, value in long.items():
            for stored in column(engine, key):
                assert exact(value) == exact(stored), f"{key} is cut or changed"
        for key in ("text", "letters", "bytes"):
            assert 4 == engine.count(DEFAULT_TABLE, [where(key, long[key])]), key


class SharedLargeContract(EngineFixtures):
    """The promises of large batches to whoever opens the location next."""

    @pytest.mark.parametrize("part", [0.3, 0.8])
    def test_a_large_batch_is_whole_after_a_kill(
        self, opened: Opened, location: str, part: float
    ) -> None:
        """``kill -9`` in the middle of a batch of 20,000 rows: it is there in full, or not at all.

        The database takes rows at once.
        """
        took = killed(
            log_batches_for_ever,
            *(self.engine_class, location),
            after=2,
            later=lambda seconds: seconds * part,
        )
        engine = opened()
        stored = engine.count(DEFAULT_TABLE)
        assert 0 == stored % BATCH, f"{stored % BATCH} rows of a batch are stored, and not all"
        assert stored >= BATCH * len(took), "a batch that was acknowledged is lost"
        log(engine, {"n": -1, "t": ""})
        assert [-1] == column(engine, "n", tail=1)
