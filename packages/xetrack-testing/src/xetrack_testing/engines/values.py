"""Values: what goes in comes out, equal and of the same type."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

from xetrack.interfaces.query import Query
from xetrack.model.names import DEFAULT_TABLE, OWN, checked_key
from xetrack_testing.engines.base import EngineFixtures
from xetrack_testing.rows import column, exact, fields, log, read, same
from xetrack_testing.samples import KEYS, OF_EACH_KIND, VALUES

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine
    from xetrack.model.kinds import Value


class ValuesContract(EngineFixtures):
    """Rows come back as they were logged."""

    many_columns = 2_500
    """Keys of a row in the test of many."""

    def test_a_value_of_every_kind_comes_back(self, engine: Engine) -> None:
        """A value of every kind comes back, equal and of its type, alone in its column."""
        log(engine, VALUES)
        (stored,) = read(engine)
        wrong = {
            name: stored.get(name)
            for name, value in VALUES.items()
            if exact(value) != exact(stored.get(name))
        }
        assert not wrong, "these did not come back as they are in xetrack_testing.samples.VALUES"

    def test_any_two_kinds_share_a_column(self, engine: Engine) -> None:
        """Whichever came first: a column widens, and what it held stays what it was."""
        for number, first in enumerate(OF_EACH_KIND):
            keys = [f"k{at}" for at in range(len(OF_EACH_KIND))]
            table = f"t{number}"
            log(engine, dict.fromkeys(keys, first), table=table)
            log(engine, dict(zip(keys, OF_EACH_KIND, strict=True)), table=table)
            above, below = read(engine, table)
            wrong = [
                (first, second, above[key], below[key])
                for key, second in zip(keys, OF_EACH_KIND, strict=True)
                if not same([first, second], [above[key], below[key]])
            ]
            assert not wrong, "first, second, and what came back of them"

    def test_any_kinds_share_a_column_in_any_order(self, engine: Engine) -> None:
        """Any kinds share a column in any order, row by row and in one batch."""
        chance = random.Random(7)  # noqa: S311 - the same mixtures each time
        keys = [f"k{at}" for at in range(40)]
        values = [*VALUES.values()]
        rows = [{key: chance.choice(values) for key in keys} for _ in range(8)]
        for row in rows:
            log(engine, row, table="rows")
        log(engine, *rows, table="batch")
        for table in ("rows", "batch"):
            stored = read(engine, table)
            wrong = {
                key: ([row[key] for row in rows], [row[key] for row in stored])
                for key in keys
                if not same([row[key] for row in rows], [row[key] for row in stored])
            }
            assert not wrong, "logged, and what came back"

    def test_big_integers_are_exact_beside_floats(self, engine: Engine) -> None:
        """A float of 64 bits cannot hold them, so they must not become one."""
        values: list[Value] = [0.5, 2**53 + 1, 2**62 + 1, 2**70 + 1, 0.25, -(2**53) - 1]
        for value in values:
            log(engine, {"x": value})
        assert [*map(exact, values)] == [*map(exact, column(engine, "x"))]

    def test_a_missing_cell_is_none_and_a_nan_is_a_nan(self, engine: Engine) -> None:
        """In columns of numbers too, where databases like to make one of them the other."""
        values: list[Value] = [1.5, None, math.nan, None, math.nan, 2.0]
        log(engine, *({"n": n, "x": value} for n, value in enumerate(values)))
        log(engine, {"n": 6})
        assert [*map(exact, [*values, None])] == [*map(exact, column(engine, "x"))]

    def test_cells_are_the_callers_own(self, engine: Engine) -> None:
        """What is changed after it was written, or after it was read, changes no stored cell."""
        for table in ("rows", "columns"):
            cell: list[Value] = [1, {"a": 2}]
            inserter = engine.inserter(table, fields([{"x": cell}]))
            row: list[Value] = [cell, "2026", "run"]
            if table == "rows":
                inserter.write([row])
            else:
                inserter.write_columns([[each] for each in row])
            cell.append("later")
            for _ in range(2):
                (stored,) = column(engine, "x", table)
                assert [1, {"a": 2}] == stored
                stored.append("later")
                stored[1]["a"] = 3

    def test_rows_come_back_in_the_order_they_were_logged(self, engine: Engine) -> None:
        """Rows come back in the order they were logged, whatever their timestamps."""
        inserter = engine.inserter(DEFAULT_TABLE, fields([{"n": 1}]))
        stamps = [("2024-01-03", "b"), ("2024-01-01", "b"), ("2024-01-02", "a"), ("0", "007")]
        for n, stamp in enumerate(stamps):
            inserter.write([[n, *stamp]])
        inserter.write([[4, "2023", "é"], [5, "2022", "a\0b"]])
        ((*own, numbers),) = engine.read(DEFAULT_TABLE, Query(columns=(*OWN, "n"))).batches
        assert [0, 1, 2, 3, 4, 5] == [*numbers]
        assert [*stamps, ("2023", "é"), ("2022", "a\0b")] == [*zip(*own, strict=True)]

    def test_hostile_keys_come_back(self, engine: Engine) -> None:
        """All in one row, and each with its own value in the next."""
        rows = [{key: at * number for at, key in enumerate(KEYS)} for number in (1, 2)]
        for row in rows:
            log(engine, row)
        assert rows == read(engine)

    def test_any_texts_are_keys(self, engine: Engine) -> None:
        """Any texts are keys, of any characters, surrogates and control characters among them."""
        chance = random.Random(7)  # noqa: S311 - the same texts each time
        keys = {
            checked_key(
                "".join(map(chr, chance.choices(range(last + 1), k=chance.randrange(1, 9))))
            )
            for last in (127, 255, 0xFFFF, 0x10FFFF)
            for _ in range(30)
        } - {*OWN}
        row = {key: number for number, key in enumerate(sorted(keys))}
        log(engine, row)
        assert [row] == read(engine)

    def test_a_row_may_have_thousands_of_keys(self, engine: Engine) -> None:
        """More than databases have columns: they come back, in the order they were added."""
        row = {f"k{n}": n for n in range(self.many_columns)}
        log(engine, row)
        log(engine, {f"k{self.many_columns - 1}": 0.5, "late": "x"})
        first, second = read(engine)
        assert {**row, "late": None} == first
        assert [*row, "late"] == [*first]
        assert (0.5, "x") == (second[f"k{self.many_columns - 1}"], second["late"])
