"""Conditions and order select what Python would, wherever a cell lies."""

from __future__ import annotations

import datetime as dt
import math
import secrets
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from tests.postgres.engines import column, log, opened, where
from xetrack.interfaces.query import OPERATORS, Query
from xetrack_postgres.tables import widening

UTC = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
CELLS = [
    *(7, "7", 7.5, None, math.nan, True, "x", b"7", 10**30, str(10**30), Decimal(7), Path("x")),
    *([7], {"a": 1, "b": 2}, UTC, UTC.replace(tzinfo=None), dt.date(2024, 1, 1), dt.time(1)),
    *(-(10**30), "\ud800", "a\0b", Path("x/y"), Path("x.y"), 2**60 + 1, "é", "Z", "a"),
    *(Decimal("0.1"), Decimal("1E+3"), Decimal("NaN"), Decimal("Infinity"), math.inf, -math.inf),
]
VALUES = [
    *CELLS,
    *(0, 7.0, Decimal("7.5"), 10**31, -1, {"b": 2, "a": 1}, "", b"", [], 0.1, 2**60, 2.0**60),
    *(10**400, -(10**400), 2**53 + 1, Decimal("0.10"), Decimal("1E-20000"), Decimal("1E+200000")),
    *(dt.time(1, tzinfo=dt.UTC), UTC.astimezone(dt.timezone(dt.timedelta(hours=2)))),
]
PLAIN = {
    "int": [7, 2**60, 2**60 + 1, -1, None],
    "huge": [7, 10**30, -(10**30), None],
    "float": [7.0, 0.1, 2.0**60, math.inf, -math.inf, None],
    "strayed": [7.0, math.nan, 2**60 + 1, "x", None, 0.1],
    "text": ["7", "Z", "a", "é", "x", None],
    "strayed text": ["7", "a\0b", "\ud800", None],
    "bool": [True, False, None],
    "bytes": [b"7", b"", b"\xff", None],
    "decimal": [Decimal("0.1"), Decimal("7.50"), Decimal("NaN"), None],
    "datetime": [UTC, UTC.replace(tzinfo=None), None],
    "date": [dt.date(2024, 1, 1), None],
    "time": [dt.time(1), dt.time(2), None],
    "path": [Path("x"), Path("x/y"), Path("x.y"), None],
    "json": [[7], {"a": 1, "b": 2}, None],
    "nothing": [None, math.nan],
}


@pytest.fixture(scope="module")
def lasting(server):
    """An engine with a table for each list of cells, and all of them in one."""
    # Tests of other modules may come between, and then it is made twice on one server.
    engine = opened(f"{server.url}&schema=conditions_{secrets.token_hex(4)}")
    for name, cells in {"all": CELLS, **PLAIN}.items():
        log(engine, *({"n": n, "x": cell} for n, cell in enumerate(cells)), table=name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(widening, "MOST", 3)
        log(engine, *({"n": n, "x": cell} for n, cell in enumerate(CELLS)), table="in JSON")
    yield engine
    engine.close()


@pytest.mark.parametrize("table", ["all", "in JSON", *PLAIN])
def test_a_condition_selects_what_python_would(lasting, table):
    """7 equals 7.0 and Decimal(7) but never "7"; nothing is rounded for a comparison."""
    cells = PLAIN.get(table, CELLS)
    for operator, value in product(OPERATORS, VALUES):
        condition = where("x", value, operator)
        expected = [n for n, cell in enumerate(cells) if condition.matches(cell)]
        assert expected == column(lasting, "n", table, where=(condition,)), condition
    assert len(expected) == lasting.count(table, [condition])


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("table", ["all", "in JSON", *PLAIN])
def test_order_goes_by_value_with_missing_cells_last(lasting, table, descending):
    """Order goes by value with missing cells last: texts by their characters, whatever the
    database's collation.
    """
    rows = [{"n": n, "x": cell} for n, cell in enumerate(PLAIN.get(table, CELLS))]
    query = {"order": "x", "descending": descending}
    for offset, limit, tail in product([0, 2], [None, 0, 3], [None, 1]):
        cut = {**query, "offset": offset, "limit": limit, "tail": tail}
        expected = [row["n"] for row in Query(**cut).apply(rows)]
        assert expected == column(lasting, "n", table, **cut), cut


def test_mixtures_are_sorted_with_conditions(lasting):
    """Mixtures are sorted with conditions where a condition that only Python can decide stands
    beside.
    """
    condition = where("x", Path("x.y"), ">=")
    both = column(lasting, "n", "all", order="x", where=(condition, where("n", 5, ">")))
    assert [CELLS.index(Path("x.y"))] == both
